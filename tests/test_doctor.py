"""The doctor: what is broken turns its own line red, with words that help."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyterlab_deploykf.core.checks import TITLES, Check, State
from jupyterlab_deploykf.core.diagnosis import Diagnosis
from jupyterlab_deploykf.doctor import examine
from jupyterlab_deploykf.session import Sessions
from testbench.bench import Bench

from .conftest import write_cache
from .support.issuer import Issuer
from .support.realbench import log_in


def by_state(diagnosis: Diagnosis, state: State) -> list[str]:
    """The ids of the lines in a state."""
    return [check.id for check in diagnosis.checks if check.state is state]


def line(diagnosis: Diagnosis, id: str) -> Check:
    """A line by its id."""
    (check,) = (check for check in diagnosis.checks if check.id == id)
    return check


def waiting_for(diagnosis: Diagnosis, other: str) -> list[str]:
    """The ids of the lines that wait for another one."""
    return [check.id for check in diagnosis.checks if f"waits for «{TITLES[other]}»" in check.found]


@pytest.fixture
def signed_in(bench: Bench, sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """The real parts, and a session there; the namespace is the notebook's."""
    monkeypatch.setenv("DEPLOYKF_ISSUER_URL", bench.issuer)
    monkeypatch.setenv("NB_PREFIX", "/notebook/team-1/demo")
    log_in(sessions, bench)
    return bench


class TestOnTheRealParts:
    def test_where_all_is_well_no_line_is_red(self, signed_in: Bench, sessions: Sessions) -> None:
        seen: list[Check] = []
        diagnosis = examine(sessions, on_check=seen.append)
        assert [check.id for check in diagnosis.checks] == list(TITLES)
        assert tuple(seen) == diagnosis.checks
        assert by_state(diagnosis, State.PROBLEM) == []
        assert by_state(diagnosis, State.WARNING) == []
        assert by_state(diagnosis, State.OK) == [
            *("dns", "tcp", "discovery", "issuer", "clock", "token", "cache", "api", "namespace"),
        ]
        assert "user1@example.com is valid until" in line(diagnosis, "token").found
        assert "has signed it" in line(diagnosis, "token").found
        assert "asks for a sign-in, as it should" in line(diagnosis, "api").found
        assert "«team-1»" in line(diagnosis, "namespace").found
        assert diagnosis.problem is None

    def test_it_changes_nothing(self, signed_in: Bench, sessions: Sessions, cache: Path) -> None:
        before, requests = cache.read_bytes(), signed_in.token_requests
        examine(sessions)
        assert cache.read_bytes() == before
        assert signed_in.token_requests == requests

    def test_an_issuer_that_is_down(self, signed_in: Bench, sessions: Sessions) -> None:
        with signed_in.outage("dex"):
            diagnosis = examine(sessions)
        assert by_state(diagnosis, State.PROBLEM) == ["discovery"]
        assert "answers 503" in line(diagnosis, "discovery").found
        assert waiting_for(diagnosis, "discovery") == ["issuer", "token"]

    def test_a_gateway_where_a_path_was_forgotten(self, bench: Bench, sessions: Sessions) -> None:
        diagnosis = examine(sessions, bench.origin)
        assert by_state(diagnosis, State.PROBLEM) == ["discovery", "token"]
        assert f"try {bench.origin}/dex" in str(line(diagnosis, "discovery").next_step)
        assert line(diagnosis, "clock").state is State.OK

    def test_a_namespace_of_somebody_else(
        self, signed_in: Bench, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("NB_PREFIX", "/notebook/team-2/demo")
        diagnosis = examine(sessions)
        assert by_state(diagnosis, State.PROBLEM) == ["namespace"]
        found = line(diagnosis, "namespace")
        assert "does not allow it to list experiments in the namespace «team-2»" in found.found
        assert "namespace of yours" in str(found.next_step)

    def test_no_namespace_is_known(self, signed_in: Bench, sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("NB_PREFIX")
        diagnosis = examine(sessions)
        assert by_state(diagnosis, State.WARNING) == ["namespace"]

    def test_an_api_behind_a_sign_in_page_that_does_not_know_the_token(
        self, signed_in: Bench, sessions: Sessions, issuer: Issuer, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # Another issuer's token, which this gateway has no reason to take.
        write_cache(cache, {issuer.url: issuer.entry()})
        monkeypatch.setenv("DEPLOYKF_ISSUER_URL", issuer.url)
        monkeypatch.setenv("DEPLOYKF_API_URL", signed_in.api_url)
        diagnosis = examine(sessions)
        assert by_state(diagnosis, State.PROBLEM) == ["api"]
        assert "does not take the ID token of user1@example.com" in line(diagnosis, "api").found
        assert waiting_for(diagnosis, "api") == ["namespace"]

    def test_an_api_that_is_down(self, signed_in: Bench, sessions: Sessions) -> None:
        with signed_in.outage("pipeline"):
            diagnosis = examine(sessions)
        assert by_state(diagnosis, State.PROBLEM) == ["api"]

    def test_nobody_is_signed_in(self, bench: Bench, sessions: Sessions) -> None:
        diagnosis = examine(sessions, bench.issuer)
        assert by_state(diagnosis, State.PROBLEM) == ["token"]
        assert "You are not signed in at" in line(diagnosis, "token").found
        assert waiting_for(diagnosis, "token") == ["api", "namespace"]
        assert "answers, and asks for a sign-in" in line(diagnosis, "api").found
