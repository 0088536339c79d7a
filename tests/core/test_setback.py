"""When to try again after a refresh that failed."""

from __future__ import annotations

from typing import Any

import pytest

from jupyterlab_deploykf.core.credential import Credential
from jupyterlab_deploykf.core.setback import Setback, session_mark, setback_after, under_way
from jupyterlab_deploykf.errors import IssuerFault, IssuerUnreachable

UNREACHABLE = IssuerUnreachable("No answer.", "Try again.")
SENT = Credential(id_token="id-canary", expires_at=1.0, refresh_token="refresh-canary")


def after(previous: Setback | None = None, problem: Any = UNREACHABLE, took: float = 0.0, **options: Any) -> Setback:
    return setback_after(previous, "mark", problem, started_at=100.0 - took, now=100.0, random=lambda: 0.5, **options)


def test_with_a_valid_token_it_waits_longer_after_each_failure() -> None:
    setback, waits = after(), []
    for _ in range(7):
        waits.append(setback.not_before - 100.0)
        setback = after(setback)
    assert waits == [60, 120, 240, 480, 900, 900, 900]


def test_without_one_it_asks_again_at_once_unless_that_took_long() -> None:
    quick, slow = after(took=0.2), after(took=8.0)
    assert not quick.holds_back(100.0, is_valid=False)
    assert quick.holds_back(100.0, is_valid=True)
    assert slow.holds_back(107.9, is_valid=False)
    assert not slow.holds_back(108.1, is_valid=False)


def test_one_that_took_very_long_does_not_hold_back_others_for_as_long() -> None:
    assert after(took=500.0).busy_until == 110.0


def test_chance_spreads_those_who_come_back() -> None:
    early, late = (
        setback_after(None, "mark", UNREACHABLE, started_at=0.0, now=0.0, random=lambda share=share: share)
        for share in (0.0, 0.999)
    )
    assert early.not_before == 30
    assert late.not_before == pytest.approx(90, abs=0.1)


def test_the_issuers_own_word_holds_for_everyone() -> None:
    setback = after(problem=IssuerFault("Busy.", "Try again.", retry_after=600.0))
    assert setback.holds_back(699.0, is_valid=True)
    assert setback.holds_back(699.0, is_valid=False)
    assert not setback.holds_back(701.0, is_valid=False)


def test_a_request_that_is_under_way_is_repeated_in_time_and_no_later() -> None:
    flight = under_way(None, SENT, since=100.0)
    assert [flight.is_repeatable(now) for now in (99.0, 100.0, 126.9, 127.1)] == [False, True, True, False]
    assert not flight.holds_back(110.0, is_valid=True)
    # Given up: the next attempt has its time like any other.
    assert not after(unknown_since=99.0).is_repeatable(100.0)


def test_a_note_of_the_future_holds_back_nobody() -> None:
    assert not after().holds_back(50.0, is_valid=True)


def test_a_sessions_mark_changes_with_its_tokens_and_shows_none() -> None:
    marks = [session_mark(SENT), session_mark(SENT.with_refresh_token("")), session_mark(None)]
    assert len(set(marks)) == 3
    assert "canary" not in str(marks)
    assert "canary" not in str(under_way(None, SENT, since=1.0).to_dict())


def test_what_is_written_is_read() -> None:
    for setback in (after(took=3.0, unknown_since=98.0), under_way(after(), SENT, since=100.0)):
        read = Setback.from_dict(setback.to_dict())
        assert read is not None
        assert read.to_dict() == setback.to_dict()
        assert (read.is_repeatable(101.0), read.holds_back(101.0, is_valid=True)) == (
            setback.is_repeatable(101.0),
            setback.holds_back(101.0, is_valid=True),
        )
