"""The use cases against a real Dex and a real oauth2-proxy."""

from __future__ import annotations

import json
import stat
import time
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from jupyterlab_deploykf import wiring
from jupyterlab_deploykf.core.cluster import Cluster
from jupyterlab_deploykf.core.session import SessionState
from jupyterlab_deploykf.errors import (
    CertificateUntrusted,
    CodeRejected,
    IssuerFault,
    LoginRequired,
    NotAnIssuer,
    SessionEnded,
)
from jupyterlab_deploykf.session import Sessions
from testbench.bench import Bench
from testbench.options import BenchOptions, DexOptions
from testbench.person import sign_in, sign_in_to_gateway

from .conftest import read_cache, write_cache
from .support.realbench import begin, log_in


def experiments(bench: Bench, token: str, namespace: str = "team-1") -> requests.Response:
    return requests.get(
        f"{bench.api_url}/apis/v2beta1/experiments",
        params={"namespace": namespace},
        headers={"Authorization": f"Bearer {token}"},
        timeout=10,
        allow_redirects=False,
    )


def age(cache: Path, issuer: str, left: float) -> None:
    """Let time pass: the token has `left` seconds now."""
    entries = read_cache(cache)
    entries[issuer]["expires_at"] = time.time() + left
    write_cache(cache, entries)


def test_a_login_leads_to_a_token_that_the_api_takes(bench: Bench, sessions: Sessions, cache: Path) -> None:
    session = log_in(sessions, bench)
    assert session.state is SessionState.SIGNED_IN
    assert session.identity is not None
    assert session.identity.email == "user1@example.com"
    assert session.renewable
    assert session.expires_at == pytest.approx(time.time() + 3600, abs=10)
    assert session.idle_until == pytest.approx(time.time() + 7 * 86400, abs=10)
    entry = read_cache(cache)[bench.issuer]
    assert set(entry) == {"id_token", "access_token", "refresh_token", "token_type", "expires_in", "expires_at"}
    assert stat.S_IMODE(cache.stat().st_mode) == 0o600
    assert experiments(bench, sessions.get_token(bench.issuer)).status_code == 200


def test_a_valid_token_costs_no_request(bench: Bench, sessions: Sessions) -> None:
    log_in(sessions, bench)
    before = len(bench.requests.records)
    assert wiring.make_sessions().get_token(bench.issuer) == sessions.get_token()
    assert len(bench.requests.records) == before


def test_a_token_about_to_expire_is_refreshed_once(bench: Bench, sessions: Sessions, cache: Path) -> None:
    log_in(sessions, bench)
    old = sessions.get_token(bench.issuer)
    age(cache, bench.issuer, left=200)
    before = bench.token_requests
    assert sessions.get_token(bench.issuer)
    sessions.finish(20)
    renewed = sessions.get_token(bench.issuer)
    assert renewed != old
    assert sessions.get_token(bench.issuer) == renewed
    assert bench.token_requests == before + 1


def test_a_wrong_code_says_so_and_does_not_spend_the_attempt(bench: Bench, sessions: Sessions) -> None:
    request = begin(sessions, bench.issuer)
    code = sign_in(request.url, bench.users[0])
    with pytest.raises(CodeRejected, match="does not take this code"):
        sessions.login(bench.issuer, "a" * 25, request.code_verifier, request.nonce)
    assert sessions.login(bench.issuer, f" {code}\n", request.code_verifier, request.nonce).identity


def test_a_code_is_used_once(bench: Bench, sessions: Sessions) -> None:
    request = begin(sessions, bench.issuer)
    code = sign_in(request.url, bench.users[0])
    sessions.login(bench.issuer, code, request.code_verifier, request.nonce)
    with pytest.raises(CodeRejected):
        sessions.login(bench.issuer, code, request.code_verifier, request.nonce)
    assert sessions.get_token(bench.issuer)


def test_a_code_of_another_attempt_is_refused(bench: Bench, sessions: Sessions) -> None:
    mine, other = begin(sessions, bench.issuer), begin(sessions, bench.issuer)
    code = sign_in(other.url, bench.users[0])
    with pytest.raises(CodeRejected, match="another attempt"):
        sessions.login(bench.issuer, code, mine.code_verifier, mine.nonce)


def test_a_login_elsewhere_ends_the_session_and_says_so(bench: Bench, home: Path, cache: Path) -> None:
    sessions = wiring.make_sessions()
    log_in(sessions, bench)
    kept = cache.read_text()
    log_in(sessions, bench)
    cache.write_text(kept)
    age(cache, bench.issuer, left=200)
    valid = sessions.get_token(bench.issuer)
    assert experiments(bench, valid).status_code == 200
    session = sessions.session(bench.issuer)
    assert isinstance(session.problem, SessionEnded)
    assert "replaced by a login elsewhere" in session.problem.message
    age(cache, bench.issuer, left=-1)
    before = bench.token_requests
    with pytest.raises(SessionEnded, match="login elsewhere"):
        sessions.get_token(bench.issuer)
    assert bench.token_requests == before


def test_a_session_that_was_idle_for_too_long_says_so(tmp_path: Path, sessions: Sessions, cache: Path) -> None:
    options = replace(BenchOptions(), dex=DexOptions(idle="1ms", reuse_interval="0s"))
    with Bench(options, tmp_path / "bench") as bench:
        log_in(sessions, bench)
        age(cache, bench.issuer, left=-1)
        with pytest.raises(SessionEnded, match="not used for too long"):
            sessions.get_token(bench.issuer)


def test_after_a_logout_someone_has_to_log_in(bench: Bench, sessions: Sessions, cache: Path) -> None:
    log_in(sessions, bench)
    assert sessions.logout(bench.issuer).state is SessionState.SIGNED_OUT
    assert read_cache(cache) == {bench.issuer: {}}
    with pytest.raises(LoginRequired, match="not signed in"):
        sessions.get_token(bench.issuer)
    assert log_in(sessions, bench).state is SessionState.SIGNED_IN


def test_an_issuer_that_is_down_is_a_fault_that_passes(bench: Bench, sessions: Sessions, cache: Path) -> None:
    log_in(sessions, bench)
    with bench.outage("dex"):
        age(cache, bench.issuer, left=200)
        assert wiring.make_sessions().get_token(bench.issuer)
        age(cache, bench.issuer, left=-1)
        with pytest.raises(IssuerFault) as caught:
            wiring.make_sessions().get_token(bench.issuer)
        assert caught.value.retryable
    assert wiring.make_sessions().get_token(bench.issuer)


def test_a_page_that_is_no_issuer_says_where_issuers_are(bench: Bench, sessions: Sessions) -> None:
    with pytest.raises(NotAnIssuer, match="no issuer") as caught:
        sessions.provider(bench.origin)
    assert f"{bench.origin}/dex" in caught.value.next_step
    with pytest.raises(NotAnIssuer, match="redirect"):
        sessions.provider(bench.api_url)


def test_an_unknown_certificate_is_refused_until_its_ca_is_given(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Bench(replace(BenchOptions(), https=True), tmp_path / "bench") as bench:
        with pytest.raises(CertificateUntrusted, match="can't be trusted") as caught:
            wiring.make_sessions().provider(bench.issuer)
        assert "DEPLOYKF_CA_FILE" in caught.value.next_step
        monkeypatch.setenv("DEPLOYKF_ISSUER_URL", bench.issuer)
        monkeypatch.setenv("DEPLOYKF_CA_FILE", str(bench.ca_file))
        assert log_in(wiring.make_sessions(), bench).state is SessionState.SIGNED_IN


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_a_cluster_is_verified_as_its_entry_says_before_it_is_saved(tmp_path: Path, home: Path) -> None:
    with Bench(replace(BenchOptions(), https=True), tmp_path / "bench") as bench:
        sessions = wiring.make_sessions()
        with pytest.raises(CertificateUntrusted):
            sessions.add_cluster(Cluster(bench.issuer))
        # Nothing of it holds for what was not saved.
        assert sessions.clusters.clusters() == []
        sessions.add_cluster(Cluster(bench.issuer, ca_file=str(bench.ca_file)))
        sessions.provider(bench.issuer)
        # What was right before proves nothing for what is wrong now.
        with pytest.raises(CertificateUntrusted):
            sessions.add_cluster(Cluster(bench.issuer))
        sessions.provider(bench.issuer)
        sessions.add_cluster(Cluster(bench.issuer, skip_tls_verify=True))
        sessions.provider(bench.issuer)


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_skipping_tls_is_for_one_issuer_and_sets_nothing_else(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    with Bench(replace(BenchOptions(), https=True), tmp_path / "bench") as bench:
        sessions = wiring.make_sessions()
        sessions.clusters.add_own(Cluster(bench.issuer, skip_tls_verify=True))
        before = dict(os.environ)
        assert log_in(sessions, bench).cluster.skip_tls_verify
        assert dict(os.environ) == before
        with pytest.raises(CertificateUntrusted):
            sessions.provider(bench.issuer.replace("127.0.0.1", "localhost"))


def test_the_user_of_the_api_is_the_one_who_signed_in(bench: Bench, sessions: Sessions) -> None:
    log_in(sessions, bench, bench.users[1])
    token = sessions.get_token(bench.issuer)
    assert experiments(bench, token, "team-2").status_code == 200
    denied = experiments(bench, token, "team-1")
    assert denied.status_code == 403
    assert "user2@example.com" in denied.json()["message"]


def test_without_a_token_the_api_is_guarded(bench: Bench) -> None:
    answer = experiments(bench, "garbage")
    assert (answer.status_code, answer.text.strip()) == (401, "{}")
    with requests.Session() as browser:
        sign_in_to_gateway(browser, f"{bench.api_url}/", bench.users[0])
        forged = browser.get(
            f"{bench.api_url}/apis/v2beta1/experiments?namespace=team-2",
            headers={"kubeflow-userid": "user2@example.com"},
            timeout=10,
        )
    assert forged.status_code == 403


def test_two_clusters_stay_apart(bench: Bench, strict_bench: Bench, sessions: Sessions, cache: Path) -> None:
    log_in(sessions, bench)
    log_in(sessions, strict_bench, strict_bench.users[1])
    assert set(read_cache(cache)) == {bench.issuer, strict_bench.issuer}
    emails = {s.cluster.issuer: s.identity and s.identity.email for s in sessions.status()}
    assert emails == {bench.issuer: "user1@example.com", strict_bench.issuer: "user2@example.com"}
    assert json.dumps([s.to_dict() for s in sessions.status()])
