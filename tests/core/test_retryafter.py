"""When a server wants to be asked again."""

from __future__ import annotations

import random

import pytest

from jupyterlab_deploykf.core.retryafter import LONGEST, parse_retry_after, when_to_retry

#: Fri, 31 Dec 1999 23:59:59 GMT, as RFC 9110 has it.
DATE = 946684799.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("120", 120.0),
        (" 120\t", 120.0),
        ("0", 0.0),
        ("0000000000007", 7.0),
        ("3601", LONGEST),
        ("9" * 5000, LONGEST),
        ("-1", None),
        ("+1", None),
        ("1.5", None),
        ("1e3", None),
        ("inf", None),
        ("nan", None),
        ("١٢", None),
        ("soon", None),
        ("Fri, 31 Dec 1999 23:59:59 GMT", 99.0),
        ("Friday, 31-Dec-99 23:59:59 GMT", 99.0),
        ("Fri Dec 31 23:59:59 1999", 99.0),
        ("Fri, 31 Dec 1999 23:00:00 GMT", 0.0),
        ("Sat, 01 Jan 2000 23:59:59 GMT", LONGEST),
        ("Fri, 99 Xxx 1999 23:59:59 GMT", None),
        ("Fri, 31 Dec 99999999999 23:59:59 GMT", None),
    ],
)
def test_it_is_seconds_or_a_date_or_nothing(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, DATE - 99) == seconds


def test_whatever_stands_there_is_a_time_within_the_limit_or_nothing() -> None:
    dice = random.Random(1)
    letters = "0123456789 ,:+-.eE\tFriDecMonGMT\x00\ud800é٣"
    pieces = ["Fri", "31", "Dec", "1999", "23:59:59", "GMT", "+9999", "-0000", ",", "-1", "9" * 400, "99:99:99"]
    for _ in range(20000):
        text = "".join(dice.choices(letters, k=dice.randrange(30)))
        dated = " ".join(dice.choices(pieces, k=dice.randrange(8)))
        for value in (text, dated):
            found = parse_retry_after(value, dice.choice([0.0, DATE, 1e15]))
            assert found is None or 0.0 <= found <= LONGEST, value


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "in a minute"),
        (0.0, "in a minute"),
        (60.0, "in a minute"),
        (61.0, "in 2 minutes"),
        (LONGEST, "in 60 min"),
    ],
)
def test_users_are_not_told_to_come_back_too_early(seconds: float | None, words: str) -> None:
    assert words in when_to_retry(seconds)
