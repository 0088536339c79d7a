"""Which cluster a person means, and how times and texts are shown."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from jupyterlab_deploykf.core.choice import choose, choose_default
from jupyterlab_deploykf.core.cluster import Cluster
from jupyterlab_deploykf.core.words import duration, plain, until
from jupyterlab_deploykf.errors import ConfigurationError, NoCluster

A = Cluster("https://a.example.com/dex", name="platform")
B = Cluster("https://b.example.com/dex")
KNOWN = [A, B, Cluster("https://c.example.com/dex", name="twin"), Cluster("https://d.example.com/dex", name="twin")]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("platform", A),
        ("https://a.example.com/dex/", A),
        ("a.example.com/dex", A),
        ("b.example.com", B),
        ("https://new.example.com/dex", Cluster("https://new.example.com/dex", source="cache")),
    ],
)
def test_a_name_and_an_issuer_both_find_it(wanted: str, found: Cluster) -> None:
    assert choose(wanted, KNOWN) == found


def test_a_name_that_nobody_or_two_have_is_refused() -> None:
    with pytest.raises(NoCluster, match="platfrom") as caught:
        choose("platfrom", KNOWN)
    assert "platform" in caught.value.next_step
    with pytest.raises(NoCluster, match="Several"):
        choose("twin", KNOWN)
    with pytest.raises(ConfigurationError):
        choose("ftp://a.example.com", KNOWN)


@pytest.mark.parametrize(
    ("configured", "logged_in", "found"),
    [
        ([A], [], A),
        ([A], [B], A),
        ([A, B], [A], A),
        ([A, B], [B], B),
        # Of those that are configured, one: what else is in the cache doesn't count.
        ([A, B], [B, KNOWN[2]], B),
        ([], [A], A),
        ([], [A, A], A),
        # As it is configured, and not as the cache knows it.
        ([A, B], [Cluster(A.issuer, source="cache")], A),
    ],
)
def test_without_a_name_it_is_the_only_one_that_is_configured_or_logged_in(
    configured: list[Cluster], logged_in: list[Cluster], found: Cluster
) -> None:
    assert choose_default(configured, logged_in) == found


@pytest.mark.parametrize(
    ("configured", "logged_in", "said"),
    [
        ([], [], "No deployKF cluster"),
        ([A, B], [], f"several .*{A.issuer}, {B.issuer}"),
        ([A, B], [A, B], "several"),
        ([A, B], [KNOWN[2]], "several"),
        ([], [A, B], f"several .*{A.issuer}, {B.issuer}"),
    ],
)
def test_without_a_name_nothing_is_guessed(configured: list[Cluster], logged_in: list[Cluster], said: str) -> None:
    with pytest.raises(NoCluster, match=said):
        choose_default(configured, logged_in)


def test_who_is_logged_in_is_only_looked_at_if_it_matters() -> None:
    def broken_cache() -> Iterator[Cluster]:
        pytest.fail("the cache was read")
        yield A

    assert choose_default([A], broken_cache()) == A


def test_times_are_said_as_people_say_them() -> None:
    noon = 1_800_014_400.0  # 2027-01-15T12:00:00Z
    assert until(noon + 59 * 60, noon, time.gmtime) == "12:59 (in 59 min)"
    assert until(noon - 60, noon, time.gmtime) == "11:59 (1 min ago)"
    assert until(noon + 13 * 3600, noon, time.gmtime) == "2027-01-16 01:00 (in 13 h)"
    assert until(noon + 7 * 86400, noon, time.gmtime) == "2027-01-22 12:00 (in 7 days)"
    assert duration(291.9) == "4:51"


def test_what_steers_a_terminal_is_left_out() -> None:
    assert plain("a\x1b[2Jb\rc\u202ed\x9be\nü «»…") == "a[2Jbcde\nü «»…"
