"""The doctor: what is broken turns its own line red, with words that help."""

from __future__ import annotations

import os
import ssl
import stat
import time
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from filelock import FileLock

from jupyterlab_deploykf.core.checks import TITLES, Check, State
from jupyterlab_deploykf.core.diagnosis import Diagnosis
from jupyterlab_deploykf.doctor import examine
from jupyterlab_deploykf.session import Sessions
from testbench.bench import Bench
from testbench.options import BenchOptions
from testbench.pytest_plugin import MakeBench

from .conftest import write_cache
from .support.issuer import Issuer, serve_issuer
from .support.keys import sign
from .support.realbench import log_in

#: An answer of the API.
JSON = (200, {"content-type": "application/json"}, b"{}")


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

    def test_behind_https_the_ca_is_needed(
        self, make_bench: MakeBench, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bench = make_bench(replace(BenchOptions(), https=True))
        monkeypatch.setenv("DEPLOYKF_ISSUER_URL", bench.issuer)
        monkeypatch.setenv("NB_PREFIX", "/notebook/team-1/demo")
        monkeypatch.setenv("DEPLOYKF_CA_FILE", str(bench.ca_file))
        log_in(sessions, bench)
        diagnosis = examine(sessions)
        assert by_state(diagnosis, State.PROBLEM) == []
        assert by_state(diagnosis, State.OK)[:4] == ["dns", "tcp", "tls", "discovery"]
        assert f"trusted by the CAs in {bench.ca_file}" in line(diagnosis, "tls").found
        monkeypatch.delenv("DEPLOYKF_CA_FILE")
        diagnosis = examine(sessions)
        assert by_state(diagnosis, State.PROBLEM) == ["tls"]
        assert "not one that this machine trusts" in line(diagnosis, "tls").found
        assert "CA file" in str(line(diagnosis, "tls").next_step)
        assert waiting_for(diagnosis, "tls") == ["discovery", "issuer", "clock", "token", "api"]

    def test_a_service_account_token_stands_in_for_a_session(
        self, bench: Bench, sessions: Sessions, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = home / "token"
        file.write_text(bench.token_issuer.token("team-1", "default-editor"))
        monkeypatch.setenv("KF_PIPELINES_SA_TOKEN_PATH", str(file))
        monkeypatch.setenv("KF_PIPELINES_ENDPOINT", bench.internal_api_url)
        diagnosis = examine(sessions)
        assert diagnosis.cluster is None
        assert by_state(diagnosis, State.PROBLEM) == []
        assert by_state(diagnosis, State.OK) == ["cache", "api", "namespace", "service_account"]
        assert "team-1/default-editor" in line(diagnosis, "namespace").found


@pytest.fixture
def here(issuer: Issuer, sessions: Sessions, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Issuer:
    """The scriptable issuer as the one cluster, with a session, and no API."""
    monkeypatch.setenv("DEPLOYKF_ISSUER_URL", issuer.url)
    monkeypatch.setenv("DEPLOYKF_API_URL", issuer.url.replace("/dex", "/pipeline"))
    for version in ("v1beta1", "v2beta1"):
        issuer.scripted[f"/pipeline/apis/{version}/healthz"] = JSON
    write_cache(cache, {issuer.url: issuer.entry()})
    os.chmod(cache, 0o600)
    return issuer


def test_a_stopped_issuer(sessions: Sessions, cache: Path) -> None:
    with serve_issuer() as issuer:
        write_cache(cache, {issuer.url: issuer.entry()})
    diagnosis = examine(sessions, issuer.url)
    assert by_state(diagnosis, State.PROBLEM) == ["tcp"]
    assert "refuses the connection" in line(diagnosis, "tcp").found
    assert waiting_for(diagnosis, "tcp") == ["tls", "discovery", "issuer", "clock", "token", "api"]
    assert "user1@example.com is valid until" in line(diagnosis, "token").found


def test_a_name_that_is_not_known(sessions: Sessions) -> None:
    diagnosis = examine(sessions, "https://host.invalid/dex")
    assert by_state(diagnosis, State.PROBLEM) == ["dns", "token"]
    assert line(diagnosis, "dns").found == "The name host.invalid is not known here."


def test_an_issuer_that_calls_itself_otherwise(here: Issuer, sessions: Sessions) -> None:
    here.document["issuer"] = "https://other.example.com/dex"
    diagnosis = examine(sessions)
    assert by_state(diagnosis, State.PROBLEM) == ["issuer"]
    assert "of another issuer: https://other.example.com/dex" in line(diagnosis, "issuer").found
    assert waiting_for(diagnosis, "issuer") == ["token"]


@pytest.mark.parametrize(
    ("ahead", "state", "words"),
    [
        (5, State.OK, "agree to"),
        (60, State.WARNING, "seconds ahead of the issuer's"),
        (-60, State.WARNING, "seconds behind the issuer's"),
        (600, State.PROBLEM, "10 minutes ahead of the issuer's"),
        (-7200, State.PROBLEM, "120 minutes behind the issuer's"),
    ],
)
def test_a_clock_that_is_off(here: Issuer, sessions: Sessions, ahead: float, state: State, words: str) -> None:
    diagnosis = examine(sessions, clock=lambda: time.time() + ahead)
    assert line(diagnosis, "clock").state is state
    assert words in line(diagnosis, "clock").found
    assert by_state(diagnosis, State.PROBLEM) == (["clock"] if state is State.PROBLEM else [])
    if state is State.PROBLEM:
        assert waiting_for(diagnosis, "clock") == ["token"]


def test_a_token_that_only_looks_expired_waits_for_the_clock(here: Issuer, sessions: Sessions) -> None:
    diagnosis = examine(sessions, clock=lambda: time.time() + 5000)
    assert by_state(diagnosis, State.PROBLEM) == ["clock"]
    assert "By this machine's clock, the token has expired." in line(diagnosis, "token").found


def test_an_expired_token_that_nothing_renews(here: Issuer, sessions: Sessions, cache: Path) -> None:
    write_cache(cache, {here.url: {**here.entry(expires_in=-60), "refresh_token": ""}})
    os.chmod(cache, 0o600)
    diagnosis = examine(sessions)
    assert by_state(diagnosis, State.PROBLEM) == ["token"]
    assert "has ended" in line(diagnosis, "token").found
    assert "Log in again" in str(line(diagnosis, "token").next_step)
    assert [path for _, path, _ in here.requests if path == "/dex/keys"] == []


def test_an_expired_token_that_is_renewed_at_its_next_use(here: Issuer, sessions: Sessions, cache: Path) -> None:
    write_cache(cache, {here.url: here.entry(expires_in=-60)})
    os.chmod(cache, 0o600)
    diagnosis = examine(sessions)
    assert by_state(diagnosis, State.PROBLEM) == []
    assert by_state(diagnosis, State.WARNING)[0] == "token"
    assert "the next use gets a new one by itself" in line(diagnosis, "token").found
    assert here.token_requests() == 0


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"aud": "someone-else"}, "is not meant for the client «kubeflow-pipelines-sdk»"),
        ({"iss": "https://other.example.com/dex"}, "is of another issuer"),
    ],
)
def test_a_token_that_is_none_of_ours(
    here: Issuer, sessions: Sessions, cache: Path, claims: dict[str, str], words: str
) -> None:
    write_cache(cache, {here.url: here.entry(**claims)})
    os.chmod(cache, 0o600)
    diagnosis = examine(sessions)
    assert by_state(diagnosis, State.PROBLEM) == ["token"]
    assert words in line(diagnosis, "token").found


def test_a_token_of_keys_that_the_issuer_has_lost(here: Issuer, sessions: Sessions) -> None:
    here.keys = ["rsa-2"]
    diagnosis = examine(sessions)
    assert by_state(diagnosis, State.PROBLEM) == ["token"]
    assert "signed with a key that the issuer does not publish" in line(diagnosis, "token").found


def test_a_cache_that_others_could_read(here: Issuer, sessions: Sessions, cache: Path) -> None:
    os.chmod(cache, 0o644)
    diagnosis = examine(sessions)
    assert by_state(diagnosis, State.PROBLEM) == []
    assert line(diagnosis, "cache").state is State.WARNING
    assert f"{cache} had mode 0644. It was made yours alone just now" in line(diagnosis, "cache").found
    assert stat.S_IMODE(cache.stat().st_mode) == 0o600
    assert line(examine(sessions), "cache").state is State.OK


def test_a_cache_that_is_no_json_stays_where_it_is(here: Issuer, sessions: Sessions, cache: Path) -> None:
    write_cache(cache, "{damaged")
    diagnosis = examine(sessions)
    assert by_state(diagnosis, State.PROBLEM) == ["cache"]
    assert f"{cache} is damaged" in line(diagnosis, "cache").found
    assert waiting_for(diagnosis, "cache") == ["token"]
    assert cache.read_text() == "{damaged"
    assert line(diagnosis, "discovery").state is State.OK


def test_a_cache_that_is_a_link(here: Issuer, sessions: Sessions, cache: Path, tmp_path: Path) -> None:
    os.replace(cache, tmp_path / "elsewhere")
    cache.symlink_to(tmp_path / "elsewhere")
    diagnosis = examine(sessions)
    assert by_state(diagnosis, State.PROBLEM) == ["cache"]
    assert "is a symbolic link" in line(diagnosis, "cache").found


def test_a_cache_whose_lock_is_held(here: Issuer, sessions: Sessions, cache: Path) -> None:
    with FileLock(f"{cache}.lock"):
        diagnosis = examine(sessions, patience=0.5)
    assert by_state(diagnosis, State.PROBLEM) == ["cache"]
    assert "Another process has held" in line(diagnosis, "cache").found


def test_a_folder_that_is_none(sessions: Sessions, cache: Path) -> None:
    cache.parent.parent.mkdir()
    cache.parent.write_text("")
    diagnosis = examine(sessions)
    assert "cache" in by_state(diagnosis, State.PROBLEM)
    assert "can't be read: Not a directory" in line(diagnosis, "cache").found


def test_a_certificate_that_nobody_vouches_for(sessions: Sessions) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with serve_issuer(context) as issuer:
        diagnosis = examine(sessions, issuer.url)
    assert by_state(diagnosis, State.PROBLEM) == ["tls", "token"]
    assert diagnosis.problem == line(diagnosis, "tls")


def test_a_certificate_that_goes_unchecked_is_a_warning(
    sessions: Sessions, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with serve_issuer(context) as issuer:
        monkeypatch.setenv("DEPLOYKF_ISSUER_URL", issuer.url)
        monkeypatch.setenv("DEPLOYKF_SKIP_TLS_VERIFY", "1")
        diagnosis = examine(sessions)
    found = line(diagnosis, "tls")
    assert found.state is State.WARNING
    assert "goes unchecked (skip_tls_verify)" in found.found
    assert "Checked, it would fail: 127.0.0.1" in found.found
    assert line(diagnosis, "discovery").state is State.OK


def test_an_api_of_the_older_version_alone(here: Issuer, sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    here.scripted["/pipeline/apis/v2beta1/healthz"] = (404, {}, b"")
    monkeypatch.setenv("NB_PREFIX", "/notebook/team-1/demo")
    question = "experiments?page_size=1&resource_reference_key.type=NAMESPACE&resource_reference_key.id=team-1"
    here.scripted[f"/pipeline/apis/v1beta1/{question}"] = JSON
    diagnosis = examine(sessions)
    assert (line(diagnosis, "api").state, line(diagnosis, "namespace").state) == (State.OK, State.OK)


def test_an_address_that_is_no_api(here: Issuer, sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOYKF_API_URL", here.url.replace("/dex", "/nothing"))
    diagnosis = examine(sessions)
    assert by_state(diagnosis, State.PROBLEM) == ["api"]
    assert "knows no Kubeflow Pipelines API there" in line(diagnosis, "api").found


def test_an_api_that_repeats_the_token_does_not_give_it_away(
    here: Issuer, sessions: Sessions, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = here.entry()
    write_cache(cache, {here.url: entry})
    words = f'{{"message": "bad: {entry["id_token"]}\\n✓ ok {entry["refresh_token"]} access-canary"}}'
    here.scripted["/pipeline/apis/v2beta1/healthz"] = (500, {}, words.encode())
    diagnosis = examine(sessions)
    assert "it says: bad: (hidden)" in line(diagnosis, "api").found
    assert "\n" not in line(diagnosis, "api").found
    for name in ("id_token", "access_token", "refresh_token"):
        assert entry[name] not in str(diagnosis.to_dict())


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"aud": ["other"], "exp": 4102444800}, "is for other, and Kubeflow Pipelines takes only"),
        ({"aud": ["pipelines.kubeflow.org"], "exp": 1}, "has expired"),
    ],
)
def test_a_service_account_token_that_can_not_be_used(
    here: Issuer,
    sessions: Sessions,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    claims: dict[str, object],
    words: str,
) -> None:
    here.scripted["/pipeline/apis/v2beta1/experiments?page_size=1&namespace=team-1"] = JSON
    file = home / "token"
    file.write_text(sign({"sub": "system:serviceaccount:team-1:editor", **claims}))
    monkeypatch.setenv("KF_PIPELINES_SA_TOKEN_PATH", str(file))
    diagnosis = examine(sessions)
    assert by_state(diagnosis, State.PROBLEM) == ["service_account"]
    assert words in line(diagnosis, "service_account").found


def test_settings_of_kfp_that_stop_it(here: Issuer, sessions: Sessions, home: Path) -> None:
    (home / ".config/kfp/context.json").write_text("{")
    diagnosis = examine(sessions)
    assert by_state(diagnosis, State.PROBLEM) == ["kfp_client"]
    assert "context.json can't be used: it is not JSON" in line(diagnosis, "kfp_client").found
    assert waiting_for(diagnosis, "kfp_client") == ["namespace"]


def test_a_broken_list_of_clusters_is_told(sessions: Sessions, home: Path) -> None:
    write_cache(home / ".config/kfp/deploykf.json", "{")
    diagnosis = examine(sessions)
    assert "deploykf.json can't be used: it is not JSON" in line(diagnosis, "dns").found
    assert "list of clusters: " in diagnosis.bundle


def test_a_setting_that_is_neither_yes_nor_no_is_told(
    here: Issuer, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEPLOYKF_SKIP_TLS_VERIFY", "maybe")
    assert "neither yes nor no" in line(examine(sessions), "dns").found


def test_the_bundle_says_what_is_installed_and_which_variables_are_set(
    here: Issuer, sessions: Sessions, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEPLOYKF_PASSWORD", "password-canary")
    monkeypatch.setenv("HTTP_PROXY", "http://me:proxy-canary@127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    bundle = examine(sessions).bundle
    for words in (
        "python: 3.",
        "platform: ",
        "jupyterlab: 4.",
        "kfp: not installed",
        "DEPLOYKF_PASSWORD",
        "HTTP_PROXY",
    ):
        assert words in bundle
    assert "canary" not in bundle
    assert "~/.config/kfp/dkf_credentials.json (there)" in bundle
    assert str(home) not in bundle
    assert all(f"] {title}: " in bundle for title in TITLES.values())


def test_a_proxy_that_is_not_there_is_named(sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://me:canary@127.0.0.1:9")
    diagnosis = examine(sessions, "https://deploykf.example.com/dex")
    assert "through the proxy http://127.0.0.1:9, which resolves deploykf.example.com" in line(diagnosis, "dns").found
    assert by_state(diagnosis, State.PROBLEM) == ["tcp", "token"]
    assert "NO_PROXY" in str(line(diagnosis, "tcp").next_step)
    assert "canary" not in str(diagnosis.to_dict())
