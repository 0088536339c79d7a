"""From what was found to the words of a line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from jupyterlab_deploykf.core.apianswer import Shown
from jupyterlab_deploykf.core.apichecks import api_check
from jupyterlab_deploykf.core.checks import TITLES, Check, State, failed, first_problem, ok, waits, warning
from jupyterlab_deploykf.core.diagnosis import scrub
from jupyterlab_deploykf.core.localchecks import CacheFound, cache_check
from jupyterlab_deploykf.core.networkchecks import (
    Resolved,
    Route,
    Secured,
    clock_check,
    dns_check,
    tls_check,
    unencrypted_check,
)
from jupyterlab_deploykf.core.plain_client import PlainClient, plain_client_check
from jupyterlab_deploykf.errors import ApiUnauthorized, ApiUnreachable, CacheNotWritable, CertificateUntrusted

NOW = 1_700_000_000.0
DAY = 86400.0
HOST = "deploykf.example.com"
ROUTE = Route("https", HOST, 443, None, HOST, 443)
SHOWN = Shown("the ID token of user1@example.com", "Log in again.")
CACHE = CacheFound("/home/me/cache.json", 0o600, 0o600, 0o700, 1, 10**9)


def test_a_line_that_waits_names_the_other() -> None:
    check = waits("api", "token", "It answers.")
    assert (check.state, check.found) == (State.SKIPPED, "It answers. This waits for «Token».")


def test_the_first_problem_is_mended_first() -> None:
    error = CacheNotWritable("It is full.", "Free some.")
    checks = [ok("dns", "x"), warning("tls", "x", "y"), failed("cache", error), Check("api", State.PROBLEM, "x")]
    found = first_problem(checks)
    assert found is not None
    assert found.to_dict() == {
        "id": "cache",
        "title": "Cache file",
        "state": "problem",
        "found": "It is full.",
        "next_step": "Free some.",
    }
    assert first_problem(checks[:2]) is None


def test_many_addresses_are_cut_short() -> None:
    found = dns_check(ROUTE, Resolved(("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"))).found
    assert found == f"{HOST} is 10.0.0.1, 10.0.0.2, 10.0.0.3 and 1 more."


@pytest.mark.parametrize(
    ("found", "skip", "state", "words"),
    [
        (Secured("the usual CAs", NOW + 90 * DAY), False, State.OK, "(in 90 days)"),
        (Secured("the usual CAs", NOW + 3 * DAY), False, State.WARNING, "(in 3 days)"),
        (Secured("the usual CAs", NOW + 90 * DAY), True, State.WARNING, "It would pass the check."),
        (Secured(problem=CertificateUntrusted("No.", "Ask.")), False, State.PROBLEM, "No."),
        (Secured(problem=CertificateUntrusted("No.", "Ask.")), True, State.WARNING, "it would fail: No."),
    ],
)
def test_certificates(found: Secured, skip: bool, state: State, words: str) -> None:
    check = tls_check(ROUTE, found, skip, NOW)
    assert check.state is state
    assert words in check.found


@pytest.mark.parametrize(("host", "state"), [("127.0.0.1", State.SKIPPED), (HOST, State.WARNING)])
def test_http_matters_where_others_can_listen(host: str, state: State) -> None:
    assert unencrypted_check(Route("http", host, 80, None, host, 80)).state is state


@pytest.mark.parametrize(
    ("skew", "state"),
    [
        (None, State.SKIPPED),
        (0.4, State.OK),
        (-30.0, State.OK),
        (31.0, State.WARNING),
        (-120.0, State.WARNING),
        (121.0, State.PROBLEM),
        (-86400.0, State.PROBLEM),
    ],
)
def test_clocks(skew: float | None, state: State) -> None:
    assert clock_check(skew).state is state


@pytest.mark.parametrize(
    ("changes", "state", "words"),
    [
        ({}, State.OK, "holds 1 session, is yours alone (0600)"),
        ({"mode": None, "mode_now": None}, State.OK, "There is no cache yet"),
        ({"mode": 0o644}, State.WARNING, "had mode 0644"),
        ({"mode": 0o644, "mode_now": 0o644}, State.PROBLEM, "has mode 0644"),
        ({"mode": 0o777, "mode_now": 0o777, "is_mode_forced": True}, State.WARNING, "gives every file the mode 0777"),
        ({"folder_mode": 0o755}, State.OK, "is yours alone"),
        ({"folder_mode": 0o777}, State.WARNING, "had mode 0777"),
        ({"free": 1024}, State.WARNING, "1 kB are left"),
    ],
)
def test_caches(changes: dict[str, Any], state: State, words: str) -> None:
    found = replace(CACHE, **changes)
    check = cache_check(found, None, None)
    assert check.state is state
    assert words in check.found


@pytest.mark.parametrize(
    ("anonymous", "signed_in", "shown", "state"),
    [
        (ApiUnauthorized("401", "x"), None, SHOWN, State.OK),
        (None, None, SHOWN, State.OK),
        (ApiUnauthorized("401", "x"), ApiUnauthorized("401", "x"), SHOWN, State.PROBLEM),
        (ApiUnauthorized("401", "x"), None, None, State.SKIPPED),
        (ApiUnreachable("gone", "x"), None, None, State.PROBLEM),
    ],
)
def test_apis(
    anonymous: ApiUnauthorized | None, signed_in: ApiUnauthorized | None, shown: Shown | None, state: State
) -> None:
    assert api_check("https://x/pipeline", anonymous, signed_in, shown).state is state


PLAIN = PlainClient("2.17.0", None, False, None, False, "~/context.json", None, False, "/token", False, None)


@pytest.mark.parametrize(
    ("changes", "state", "words"),
    [
        ({}, State.WARNING, "http://localhost, since no address is given"),
        ({"endpoint": "https://x/pipeline"}, State.WARNING, "without any token"),
        # The token file counts only where no address is given.
        ({"endpoint": "http://x", "in_pod": True, "has_token": True}, State.WARNING, "without any token"),
        ({"in_pod": True, "has_token": True}, State.OK, "with the token at /token"),
        ({"in_pod": True}, State.WARNING, "finds no token at /token"),
        ({"kubeconfig": "~/.kube/config"}, State.WARNING, "the Kubernetes cluster of ~/.kube/config"),
        ({"endpoint": "http://x", "uses_iap": True}, State.OK, "Identity-Aware Proxy"),
        ({"brings": "the cookie"}, State.OK, "with the cookie of ~/context.json"),
        ({"lacks_namespace": True}, State.WARNING, "KeyError"),
        ({"version": None}, State.SKIPPED, "not installed in this Python"),
    ],
)
def test_plain_clients(changes: dict[str, Any], state: State, words: str) -> None:
    check = plain_client_check(replace(PLAIN, **changes), "kfp_client() uses your session.")
    assert check.state is state
    assert words in check.found
    assert "kfp_client() uses your session." in check.found


def test_secrets_are_scrubbed() -> None:
    text = scrub(
        "a refresh-canary b eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln c http://me:pw@host d", ["refresh-canary"]
    )
    assert text == "a (hidden) b (hidden) c http://host d"


def test_each_line_has_a_title() -> None:
    assert len(TITLES) == len(set(TITLES.values())) == 12
