"""Which credential a client uses."""

from __future__ import annotations

import pytest

from jupyterlab_deploykf.core.ways import Finding, Way, choose, parse_auth
from jupyterlab_deploykf.errors import AuthTypeUnknown


def findings(*usable: Way) -> tuple[Finding, ...]:
    return tuple(Finding(way, way in usable, f"{way.value} was looked at") for way in Way)


@pytest.mark.parametrize(
    ("usable", "interactive", "way", "asks"),
    [
        (tuple(Way), True, Way.SERVICE_ACCOUNT, False),
        ((Way.LOGIN, Way.STATIC), True, Way.LOGIN, False),
        ((Way.STATIC,), True, Way.STATIC, False),
        ((), True, Way.LOGIN, True),
        ((), False, None, False),
    ],
)
def test_the_first_that_is_there_is_used(
    usable: tuple[Way, ...], interactive: bool, way: Way | None, asks: bool
) -> None:
    choice = choose(None, findings(*usable), interactive)
    assert (choice.way, choice.asks) == (way, asks)


def test_it_says_why_the_others_were_passed_over() -> None:
    choice = choose(None, findings(Way.STATIC), False)
    assert choice.because == "static was looked at; service-account was looked at; login was looked at"


@pytest.mark.parametrize("interactive", [True, False])
def test_a_forced_way_is_taken_whatever_else_is_there(interactive: bool) -> None:
    choice = choose(Way.STATIC, findings(Way.SERVICE_ACCOUNT, Way.STATIC), interactive)
    assert (choice.way, choice.asks) == (Way.STATIC, False)
    # Nobody can be asked for a token that the kubelet has to mount.
    assert not choose(Way.SERVICE_ACCOUNT, findings(), interactive).asks
    assert choose(Way.LOGIN, findings(), interactive).asks is interactive


def test_another_word_is_refused_with_those_that_are_known() -> None:
    assert parse_auth("auto") is None
    assert parse_auth("login") is Way.LOGIN
    with pytest.raises(AuthTypeUnknown, match="auto, service-account, login, static") as caught:
        parse_auth("oauth")
    assert isinstance(caught.value, ValueError)
