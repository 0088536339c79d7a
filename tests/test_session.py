"""The use cases under faults, forgeries and other times, on a scriptable issuer."""

from __future__ import annotations

import errno
import json
import logging
import os
import threading
import time
import traceback
from pathlib import Path

import pytest

from jupyterlab_deploykf import errors, wiring
from jupyterlab_deploykf.core.session import SessionState
from jupyterlab_deploykf.errors import (
    CacheNotWritable,
    CodeNotFound,
    DeployKFError,
    IDTokenInvalid,
    IssuerFault,
    IssuerMismatch,
    IssuerNotAllowed,
    IssuerUnreachable,
    LoginRequired,
    NoCluster,
    NotAnIssuer,
    SessionEnded,
    TokenAnswerInvalid,
)
from jupyterlab_deploykf.io import files
from jupyterlab_deploykf.session import Sessions

from .conftest import read_cache, write_cache
from .support.issuer import Issuer, serve_issuer

VERIFIER = "v" * 43
GOOD_CODE = "goodcodegoodcodegoodcode2"
NONCE = "nonce-of-this-attempt"


def log_in(sessions: Sessions, issuer: Issuer) -> None:
    sessions.login(issuer.url, GOOD_CODE, VERIFIER, NONCE)


def answer(status: int, body: object, kind: str = "application/json") -> tuple[int, dict[str, str], bytes]:
    return status, {"content-type": kind}, (body if isinstance(body, str) else json.dumps(body)).encode()


class TestLogin:
    def test_the_token_request_holds_what_the_attempt_began_with(self, sessions: Sessions, issuer: Issuer) -> None:
        log_in(sessions, issuer)
        (form,) = [form for _, path, form in issuer.requests if path == "/dex/token"]
        assert form == {
            "grant_type": "authorization_code",
            "code": GOOD_CODE,
            "code_verifier": VERIFIER,
            "redirect_uri": "urn:ietf:wg:oauth:2.0:oob",
            "client_id": "kubeflow-pipelines-sdk",
            "_authorization": "",
        }

    def test_a_wrong_nonce_is_refused_and_nothing_saved(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        with pytest.raises(IDTokenInvalid, match="nonce"):
            sessions.login(issuer.url, GOOD_CODE, VERIFIER, "another-nonce")
        assert not cache.exists()

    @pytest.mark.parametrize(
        ("claims", "said"),
        [({"aud": "someone"}, "client"), ({"iss": "https://evil.example.com"}, "another issuer"), ({"exp": 1}, "exp")],
    )
    def test_a_forged_id_token_is_refused(
        self, sessions: Sessions, issuer: Issuer, cache: Path, claims: dict[str, object], said: str
    ) -> None:
        issuer.claims = {**claims, "nonce": NONCE}
        with pytest.raises(IDTokenInvalid, match=said):
            log_in(sessions, issuer)
        assert not cache.exists()

    def test_keys_that_were_rotated_are_asked_for_again(self, sessions: Sessions, issuer: Issuer) -> None:
        log_in(sessions, issuer)
        issuer.keys = ["rsa-2"]
        log_in(sessions, issuer)
        assert sum(1 for _, path, _ in issuer.requests if path == "/dex/keys") == 2

    def test_text_without_a_code_makes_no_request(self, sessions: Sessions, issuer: Issuer) -> None:
        with pytest.raises(CodeNotFound):
            sessions.login(issuer.url, "Login Successful. Please copy this code", VERIFIER, NONCE)
        assert issuer.requests == []

    @pytest.mark.usefixtures("simple_disk")
    def test_a_full_disk_does_not_spend_the_code(
        self, sessions: Sessions, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(_: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as broken:
            broken.setattr(files.os, "fsync", full)
            with pytest.raises(CacheNotWritable, match="disk is full"):
                log_in(sessions, issuer)
        assert issuer.token_requests() == 0
        log_in(sessions, issuer)

    def test_a_disk_that_fills_up_meanwhile_loses_no_session(
        self, sessions: Sessions, issuer: Issuer, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as broken:
            broken.setattr(files.os, "replace", full)
            with pytest.raises(CacheNotWritable):
                log_in(sessions, issuer)
        assert sessions.get_token(issuer.url)
        assert sessions.session(issuer.url).problem
        sessions.keep_fresh(issuer.url)
        assert read_cache(cache)[issuer.url]["refresh_token"] == issuer.refresh_token


class TestDiscovery:
    @pytest.mark.parametrize(
        ("scripted", "error"),
        [
            (answer(200, "<html>Welcome</html>", "text/html"), NotAnIssuer),
            (answer(404, "not found", "text/plain"), NotAnIssuer),
            (answer(200, []), NotAnIssuer),
            (answer(200, {"issuer": "https://evil.example.com"}), IssuerMismatch),
            ((302, {"location": "https://login.example.com/?state=secret"}, b""), NotAnIssuer),
            (answer(503, "upstream connect error", "text/plain"), IssuerFault),
            (answer(429, {}), IssuerFault),
        ],
    )
    def test_what_is_no_issuer_is_told_apart(
        self,
        sessions: Sessions,
        issuer: Issuer,
        scripted: tuple[int, dict[str, str], bytes],
        error: type[DeployKFError],
    ) -> None:
        issuer.scripted["/dex/.well-known/openid-configuration"] = scripted
        with pytest.raises(error) as caught:
            sessions.provider(issuer.url)
        assert caught.value.next_step
        assert "secret" not in str(caught.value)

    def test_an_endpoint_without_https_is_refused_where_the_issuer_is_on_it(self) -> None:
        from jupyterlab_deploykf.core.answer import Answer
        from jupyterlab_deploykf.core.cluster import Cluster
        from jupyterlab_deploykf.core.provider import process_discovery

        document = {
            "issuer": "https://d.example.com/dex",
            "authorization_endpoint": "https://d.example.com/dex/auth",
            "token_endpoint": "http://d.example.com/dex/token",
            "jwks_uri": "https://d.example.com/dex/keys",
        }
        with pytest.raises(NotAnIssuer, match="token_endpoint is not"):
            process_discovery(Cluster("https://d.example.com/dex"), Answer(200, {}, json.dumps(document).encode()))

    def test_it_is_remembered(self, sessions: Sessions, issuer: Issuer) -> None:
        sessions.provider(issuer.url)
        sessions.provider(issuer.url)
        assert len(issuer.requests) == 1

    def test_nobody_there_is_said_with_the_next_step(self, sessions: Sessions) -> None:
        with serve_issuer() as gone:
            url = gone.url
        with pytest.raises(IssuerUnreachable, match="refuses the connection"):
            sessions.provider(url)
        with pytest.raises(IssuerUnreachable, match="not known here"):
            sessions.provider("https://no-such-host.invalid/dex")


class TestRefresh:
    def test_a_passing_fault_leaves_a_valid_token_in_use(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=200)})
        issuer.scripted["/dex/token"] = answer(503, {"error": "invalid_request"})
        assert sessions.get_token(issuer.url)
        sessions.finish(20)
        assert issuer.token_requests() == 1
        assert read_cache(cache)[issuer.url]["refresh_token"] == issuer.refresh_token

    def test_a_valid_token_is_not_refreshed_more_than_once_a_minute(
        self, sessions: Sessions, issuer: Issuer, cache: Path
    ) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=200)})
        issuer.scripted["/dex/token"] = answer(500, "down")
        for _ in range(5):
            sessions.get_token(issuer.url)
            sessions.finish(20)
        assert issuer.token_requests() == 1

    def test_an_expired_token_is_tried_again_at_once(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
        issuer.scripted["/dex/token"] = answer(500, "down")
        with pytest.raises(IssuerFault):
            sessions.get_token(issuer.url)
        del issuer.scripted["/dex/token"]
        assert sessions.get_token(issuer.url)

    def test_a_swapped_subject_is_refused_and_the_cache_untouched(
        self, sessions: Sessions, issuer: Issuer, cache: Path
    ) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
        before = cache.read_bytes()
        issuer.claims = {"sub": "someone-else"}
        with pytest.raises(IDTokenInvalid, match="another user"):
            sessions.get_token(issuer.url)
        assert cache.read_bytes() == before

    def test_a_redirect_of_the_token_request_is_not_followed(
        self, sessions: Sessions, issuer: Issuer, cache: Path
    ) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
        issuer.scripted["/dex/token"] = (307, {"location": f"{issuer.url}/elsewhere"}, b"")
        with pytest.raises(TokenAnswerInvalid):
            sessions.get_token(issuer.url)
        assert not [path for _, path, _ in issuer.requests if path == "/dex/elsewhere"]

    def test_a_dead_refresh_token_is_asked_about_once(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
        issuer.refresh_token = "rotated-by-someone-else"
        for _ in range(3):
            with pytest.raises(SessionEnded, match="login elsewhere"):
                sessions.get_token(issuer.url)
        assert issuer.token_requests() == 1
        assert wiring.make_sessions().session(issuer.url).state is SessionState.ENDED

    def test_a_quicker_writer_without_a_lock_is_followed(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})

        def reference_class_is_quicker() -> None:
            issuer.before_token_answer = None
            issuer.refresh_token = "theirs"
            write_cache(cache, {issuer.url: {**issuer.entry(), "id_token": issuer.id_token(name="Theirs")}})

        issuer.before_token_answer = reference_class_is_quicker
        assert sessions.get_token(issuer.url)
        assert read_cache(cache)[issuer.url]["refresh_token"] == "theirs"
        sessions.finish(20)
        assert sessions.session(issuer.url).problem is None

    def test_credentials_of_netrc_are_not_sent(
        self, sessions: Sessions, issuer: Issuer, cache: Path, home: Path
    ) -> None:
        (home / ".netrc").write_text("machine 127.0.0.1 login me password netrc-canary\n")
        (home / ".netrc").chmod(0o600)
        write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
        sessions.get_token(issuer.url)
        assert {form["_authorization"] for _, _, form in issuer.requests} == {""}

    def test_a_logout_stays_a_logout_under_a_racing_refresh(
        self, sessions: Sessions, issuer: Issuer, cache: Path
    ) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
        asked, go_on = threading.Event(), threading.Event()

        def wait() -> None:
            asked.set()
            assert go_on.wait(20)

        issuer.before_token_answer = wait

        def refresh() -> None:
            with pytest.raises(LoginRequired):
                sessions.get_token(issuer.url)

        refresher = threading.Thread(target=refresh)
        refresher.start()
        assert asked.wait(20)
        other = wiring.make_sessions()
        logout = threading.Thread(target=other.logout, args=(issuer.url,))
        logout.start()
        logout.join(20)
        go_on.set()
        refresher.join(20)
        assert read_cache(cache) == {issuer.url: {}}
        with pytest.raises(LoginRequired):
            other.get_token(issuer.url)

    def test_a_stalled_issuer_ends_in_an_error_of_ours(
        self, home: Path, issuer: Issuer, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from jupyterlab_deploykf.io.http import TLS, Http

        release = threading.Event()
        issuer.before_token_answer = lambda: (release.wait(20), None)[1]
        with pytest.raises(IssuerUnreachable, match="in time"):
            Http(timeout=0.2).post_form(f"{issuer.url}/token", {}, TLS())
        release.set()


class TestATokenThatWasGiven:
    """It is given again without a look into the file, and never for longer than it is the right one."""

    @pytest.fixture
    def now(self) -> list[float]:
        return [time.time()]

    @pytest.fixture
    def settled(self, home: Path, issuer: Issuer, cache: Path, now: list[float]) -> Sessions:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=3600)})
        cache.chmod(0o600)
        os.utime(cache, (1, 1))
        made = wiring.make_sessions()
        sessions = Sessions(made.store, made.clusters, made._issuer_of, lambda: now[0])
        sessions.get_token(issuer.url)
        return sessions

    def test_the_file_is_not_opened(self, settled: Sessions, issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(settled.store, "entries", lambda: pytest.fail("it was read"))
        assert settled.get_token(issuer.url) == settled.get_token(issuer.url)

    def test_another_writers_token_counts_at_once(self, settled: Sessions, issuer: Issuer, cache: Path) -> None:
        entry = issuer.entry(expires_in=3600)
        write_cache(cache, {issuer.url: entry})
        assert settled.get_token(issuer.url) == entry["id_token"]

    def test_one_of_a_file_that_may_still_change_is_not_given_again(
        self, settled: Sessions, issuer: Issuer, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # Two writes within the clock's granularity: the file's times and size are the same after the second one.
        write_cache(cache, {issuer.url: issuer.entry(expires_in=3600)})
        settled.get_token(issuer.url)
        monkeypatch.setattr(settled.store, "mark", lambda: (1, 1, 1))
        settled.get_token(issuer.url)
        entry = issuer.entry(expires_in=3500)
        write_cache(cache, {issuer.url: entry})
        assert settled.get_token(issuer.url) == entry["id_token"]

    def test_a_logout_counts_at_once(self, settled: Sessions, issuer: Issuer, cache: Path) -> None:
        write_cache(cache, {issuer.url: {}})
        with pytest.raises(LoginRequired):
            settled.get_token(issuer.url)

    def test_it_is_refreshed_when_its_time_has_come(self, settled: Sessions, issuer: Issuer, now: list[float]) -> None:
        settled.get_token(issuer.url)
        assert issuer.token_requests() == 0
        now[0] += 3400
        settled.get_token(issuer.url)
        settled.finish(20)
        assert issuer.token_requests() == 1

    def test_without_a_name_the_environment_still_decides(
        self, settled: Sessions, issuer: Issuer, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        token = settled.get_token()
        assert settled.get_token() == token
        monkeypatch.setenv("DEPLOYKF_ISSUER_URL", "https://other.example.com/dex")
        with pytest.raises(LoginRequired):
            settled.get_token()


class TestATokenThatTheApiRefuses:
    def test_another_one_in_the_cache_will_do(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=3600)})
        assert sessions.replace_refused(issuer.url, "the one before")
        assert issuer.token_requests() == 0

    def test_it_is_refreshed_once_for_all(self, home: Path, issuer: Issuer, cache: Path) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=2000)})
        several = [wiring.make_sessions() for _ in range(4)]
        refused = str(several[0].get_token(issuer.url))
        assert all(sessions.replace_refused(issuer.url, refused) for sessions in several)
        assert issuer.token_requests() == 1
        assert {sessions.get_token(issuer.url) for sessions in several}.isdisjoint({refused})

    def test_it_is_not_replaced_while_the_issuer_is_down(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=1800)})
        issuer.scripted["/dex/token"] = answer(503, "down")
        assert not sessions.replace_refused(issuer.url, str(sessions.get_token(issuer.url)))
        sessions.finish(20)

    def test_a_new_one_is_not_replaced(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=3599)})
        assert not sessions.replace_refused(issuer.url, str(sessions.get_token(issuer.url)))
        assert issuer.token_requests() == 0


class TestAnotherProcess:
    """What this process remembers beyond the cache is void once another one has written."""

    def test_its_login_ends_the_trouble_with_a_session_that_ended(
        self, sessions: Sessions, issuer: Issuer, cache: Path
    ) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
        issuer.refresh_token = "of-a-login-elsewhere"
        with pytest.raises(SessionEnded):
            sessions.get_token(issuer.url)
        log_in(wiring.make_sessions(), issuer)
        assert sessions.session(issuer.url).problem is None

    def test_its_refresh_ends_the_trouble_with_an_issuer_that_was_down(
        self, sessions: Sessions, issuer: Issuer, cache: Path
    ) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=200)})
        issuer.scripted["/dex/token"] = answer(503, "down")
        sessions.get_token(issuer.url)
        sessions.finish(20)
        assert sessions.session(issuer.url).problem
        del issuer.scripted["/dex/token"]
        # Of its own accord it would wait for a minute: the first one has left a note.
        wiring.make_sessions().refresh(issuer.url)
        assert sessions.session(issuer.url).problem is None

    @pytest.fixture
    def unsaved(self, sessions: Sessions, issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> Sessions:
        """Sessions that hold a credential which could not be saved."""

        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as broken:
            broken.setattr(files.os, "replace", full)
            with pytest.raises(CacheNotWritable):
                log_in(sessions, issuer)
        assert sessions.get_token(issuer.url)
        return sessions

    def test_its_login_replaces_what_could_not_be_saved(self, unsaved: Sessions, issuer: Issuer, cache: Path) -> None:
        log_in(wiring.make_sessions(), issuer)
        newest = read_cache(cache)[issuer.url]
        unsaved.keep_fresh(issuer.url)
        assert read_cache(cache)[issuer.url] == newest
        assert unsaved.get_token(issuer.url) == newest["id_token"]

    def test_its_logout_holds_for_what_could_not_be_saved(self, unsaved: Sessions, issuer: Issuer, cache: Path) -> None:
        wiring.make_sessions().logout(issuer.url)
        with pytest.raises(LoginRequired):
            unsaved.get_token(issuer.url)
        unsaved.keep_fresh(issuer.url)
        assert read_cache(cache) == {issuer.url: {}}


def test_who_is_not_signed_in_is_told_so_even_where_nothing_can_be_written(
    sessions: Sessions, issuer: Issuer, home: Path
) -> None:
    (home / ".config").write_text("no folder can be made here")
    with pytest.raises(LoginRequired, match="not signed in"):
        sessions.get_token(issuer.url)


class TestWhichCluster:
    def test_the_only_one_is_meant(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        write_cache(cache, {issuer.url: issuer.entry()})
        assert sessions.get_token() == read_cache(cache)[issuer.url]["id_token"]

    def test_none_at_all_says_how_to_begin(self, sessions: Sessions) -> None:
        with pytest.raises(NoCluster, match="No deployKF cluster") as caught:
            sessions.get_token()
        assert "Login to deployKF" in caught.value.next_step

    def test_several_are_listed(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        write_cache(cache, {issuer.url: issuer.entry(), "https://two.example.com/dex": issuer.entry()})
        with pytest.raises(NoCluster, match="several") as caught:
            sessions.get_token()
        assert issuer.url in str(caught.value)

    def test_the_environment_decides(
        self, sessions: Sessions, issuer: Issuer, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write_cache(cache, {issuer.url: issuer.entry(), "https://two.example.com/dex": issuer.entry()})
        monkeypatch.setenv("DEPLOYKF_ISSUER_URL", f" {issuer.url}/ ")
        assert sessions.get_token()

    def test_the_administrators_limit_holds_everywhere(self, home: Path, issuer: Issuer, cache: Path) -> None:
        write_cache(cache, {issuer.url: issuer.entry()})
        limited = wiring.make_sessions(allowed_issuers=["https://allowed.example.com/dex"])
        for use in (limited.get_token, limited.provider, limited.refresh):
            with pytest.raises(IssuerNotAllowed, match="does not allow"):
                use(issuer.url)
        with pytest.raises(IssuerNotAllowed):
            limited.login(issuer.url, GOOD_CODE, VERIFIER, NONCE)
        assert issuer.requests == []


def test_no_token_and_no_code_is_in_any_log_or_traceback(
    sessions: Sessions, issuer: Issuer, cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    texts = []
    issuer.claims = {"nonce": NONCE, "name": "idtoken-canary"}
    log_in(sessions, issuer)
    secrets = [str(read_cache(cache)[issuer.url][name]) for name in ("id_token", "access_token", "refresh_token")]
    for scripted in (
        answer(500, "down"),
        answer(400, {"error": "invalid_grant"}),
        answer(200, {"id_token": secrets[0]}),
    ):
        write_cache(
            cache, {issuer.url: {**read_cache(cache)[issuer.url], "expires_at": 1, "refresh_token": secrets[2]}}
        )
        issuer.scripted["/dex/token"] = scripted
        for call in (lambda: sessions.get_token(issuer.url), lambda: log_in(sessions, issuer)):
            try:
                texts.append(repr(call()))  # type: ignore[func-returns-value]
            except DeployKFError as error:
                texts.append("".join(traceback.format_exception(type(error), error, error.__traceback__)))
                texts.append(repr(error) + json.dumps(error.problem()))
    shown = "\n".join([*texts, caplog.text, repr(sessions.status()), repr(sessions.session(issuer.url).to_dict())])
    assert len(texts) >= 6
    for secret in (*secrets, GOOD_CODE, VERIFIER):
        assert secret not in shown


def test_every_error_has_a_code_of_its_own_and_says_what_to_do() -> None:
    def kinds(kind: type[DeployKFError]) -> list[type[DeployKFError]]:
        return [kind, *(k for child in kind.__subclasses__() for k in kinds(child) if k.__module__ == errors.__name__)]

    codes = [kind.code for kind in kinds(DeployKFError)]
    assert len(codes) == len(set(codes)) > 20
    drawn = errors.__doc__ or ""
    assert all(kind.__name__ in drawn and kind.__doc__ for kind in kinds(DeployKFError))
    leaves = [k for k in kinds(DeployKFError) if not k.__subclasses__()]
    assert all(leaf.code in drawn for leaf in leaves)
    documented = (Path(errors.__file__).parents[1] / "docs" / "errors.md").read_text()
    assert all(f"| `{kind.code}` | `{kind.__name__}` |" in documented for kind in kinds(DeployKFError))
    problem = errors.IssuerUnreachable("No answer.", "Try again.").problem()
    assert problem == {
        "code": "issuer_unreachable",
        "message": "No answer.",
        "next_step": "Try again.",
        "retryable": True,
        "field": "issuer",
    }
    assert "field" not in errors.IssuerFault("In trouble.", "Try again.").problem()


@pytest.mark.parametrize("key", ["deploykf.example.com/dex", "", "https://[x", "https://h:99999/dex", "a b", "\ud800"])
def test_an_odd_key_in_the_shared_cache_is_left_alone(
    sessions: Sessions, issuer: Issuer, cache: Path, key: str
) -> None:
    entry = issuer.entry()
    write_cache(cache, {key: entry, issuer.url: entry})
    assert [session.cluster.issuer for session in sessions.status()] == [issuer.url]
    assert sessions.get_token() == sessions.get_token(issuer.url)
    assert sessions.keep_fresh(issuer.url)
    sessions.logout(issuer.url)
    assert read_cache(cache) == {key: entry, issuer.url: {}}


def test_an_error_survives_the_way_through_json() -> None:
    def kinds(kind: type[DeployKFError]) -> list[type[DeployKFError]]:
        return [kind, *(k for child in kind.__subclasses__() for k in kinds(child))]

    for kind in kinds(DeployKFError):
        problem = {"code": kind.code, "message": "It happened.", "next_step": "Do this.", "field": "issuer"}
        error = errors.from_problem(problem)
        if kind is errors.OtherIdentity:
            assert error is None  # what is to be confirmed is in another process
            continue
        assert error is not None
        assert (error.code, str(error), error.field) == (kind.code, "It happened. Do this.", "issuer")
    assert errors.from_problem({"code": "no such code", "message": "", "next_step": ""}) is None
