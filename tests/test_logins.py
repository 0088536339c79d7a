"""A login that would replace someone else's session, on a scriptable issuer and on a real Dex."""

from __future__ import annotations

import errno
import json
import logging
import threading
import time
import traceback
from pathlib import Path

import pytest

from jupyterlab_deploykf import wiring
from jupyterlab_deploykf.core.device import DeviceAttempt
from jupyterlab_deploykf.core.session import Session, SessionState
from jupyterlab_deploykf.dex_login import login_with_password
from jupyterlab_deploykf.errors import (
    CacheNotWritable,
    CodeRejected,
    ConfirmationExpired,
    DeployKFError,
    IssuerNotAllowed,
    OtherIdentity,
)
from jupyterlab_deploykf.io import files
from jupyterlab_deploykf.session import Sessions
from testbench.bench import Bench
from testbench.person import sign_in

from .conftest import read_cache, write_cache
from .support.issuer import Issuer
from .support.realbench import begin, log_in

VERIFIER = "v" * 43
GOOD_CODE = "goodcodegoodcodegoodcode2"
NONCE = "nonce-of-this-attempt"
SECOND = {"sub": "user-2", "email": "user2@example.com"}
THIRD = {"sub": "user-3", "email": "user3@example.com"}


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(home: Path, clock: Clock) -> Sessions:
    made = wiring.make_sessions()
    return Sessions(made.store, made.clusters, made._issuer_of, clock)


def log_in_as(sessions: Sessions, issuer: Issuer, who: dict[str, str], *, confirm_other: bool = True) -> Session:
    issuer.claims = dict(who)
    return sessions.login(issuer.url, GOOD_CODE, VERIFIER, NONCE, confirm_other=confirm_other)


def asked(sessions: Sessions, issuer: Issuer, who: dict[str, str] = SECOND) -> OtherIdentity:
    """Log in as someone else than the one who is there, up to the question."""
    with pytest.raises(OtherIdentity) as caught:
        log_in_as(sessions, issuer, who)
    return caught.value


def email(session: Session) -> str | None:
    return session.identity.email if session.identity else None


@pytest.mark.parametrize("expires_in", [3600.0, -1.0])
@pytest.mark.parametrize("refresh_token", ["refresh-0", ""])
def test_it_is_saved_when_it_is_confirmed_and_not_before(
    sessions: Sessions, issuer: Issuer, cache: Path, expires_in: float, refresh_token: str
) -> None:
    write_cache(cache, {issuer.url: {**issuer.entry(expires_in=expires_in), "refresh_token": refresh_token}})
    before = cache.read_bytes()
    question = asked(sessions, issuer)
    assert cache.read_bytes() == before
    assert [path.name for path in cache.parent.glob("*.tmp")] == []
    assert email(sessions.session(issuer.url)) == "user1@example.com"
    session = sessions.confirm_login(f"{issuer.url}/", question.confirmation)
    assert (email(session), session.state) == ("user2@example.com", SessionState.SIGNED_IN)
    assert read_cache(cache)[issuer.url]["refresh_token"] == issuer.refresh_token
    with pytest.raises(ConfirmationExpired, match="no login"):
        sessions.confirm_login(issuer.url, question.confirmation)


@pytest.mark.parametrize("entries", ["nothing", "logout", "unreadable", "the same"])
def test_it_is_saved_at_once_where_nobody_elses_session_is_lost(
    sessions: Sessions, issuer: Issuer, cache: Path, entries: str
) -> None:
    if entries != "nothing":
        same = issuer.entry(**SECOND, expires_in=-1)
        entry = {"logout": {}, "unreadable": {"id_token": "x", "expires_at": 1}, "the same": same}[entries]
        write_cache(cache, {issuer.url: entry, "https://other.example.com/dex": issuer.entry()})
    assert email(log_in_as(sessions, issuer, SECOND)) == "user2@example.com"


def test_terminals_and_libraries_replace_it_unasked(sessions: Sessions, issuer: Issuer, cache: Path) -> None:
    write_cache(cache, {issuer.url: issuer.entry()})
    assert email(log_in_as(sessions, issuer, SECOND, confirm_other=False)) == "user2@example.com"


def test_a_session_that_could_not_be_saved_counts_as_one(
    sessions: Sessions, issuer: Issuer, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(files.os, "replace", full)
        with pytest.raises(CacheNotWritable):
            log_in_as(sessions, issuer, {})
    assert asked(sessions, issuer).before["email"] == "user1@example.com"


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("broken_call", ["fsync", "replace"])
def test_a_full_disk_leaves_it_waiting(
    sessions: Sessions, issuer: Issuer, cache: Path, monkeypatch: pytest.MonkeyPatch, broken_call: str
) -> None:
    write_cache(cache, {issuer.url: issuer.entry()})
    before = cache.read_bytes()
    question = asked(sessions, issuer)
    with monkeypatch.context() as broken:
        broken.setattr(files.os, broken_call, full)
        for _ in range(2):
            with pytest.raises(CacheNotWritable, match="disk is full"):
                sessions.confirm_login(issuer.url, question.confirmation)
    assert cache.read_bytes() == before
    assert email(sessions.session(issuer.url)) == "user1@example.com"
    assert email(sessions.confirm_login(issuer.url, question.confirmation)) == "user2@example.com"


class TestItIsTooLate:
    @pytest.fixture
    def question(self, sessions: Sessions, issuer: Issuer, cache: Path) -> OtherIdentity:
        write_cache(cache, {issuer.url: issuer.entry()})
        return asked(sessions, issuer)

    def expect(self, sessions: Sessions, issuer: Issuer, cache: Path, handle: str) -> None:
        before = cache.read_bytes()
        with pytest.raises(ConfirmationExpired) as caught:
            sessions.confirm_login(issuer.url, handle)
        assert caught.value.next_step == "Log in again."
        assert cache.read_bytes() == before

    def test_after_ten_minutes(
        self, sessions: Sessions, issuer: Issuer, cache: Path, clock: Clock, question: OtherIdentity
    ) -> None:
        clock.ahead = 601
        self.expect(sessions, issuer, cache, question.confirmation)

    def test_and_no_token_is_kept_for_longer(
        self, sessions: Sessions, issuer: Issuer, clock: Clock, question: OtherIdentity
    ) -> None:
        clock.ahead = 599
        sessions.status()
        assert sessions._vault._held
        clock.ahead = 601
        sessions.status()
        assert not sessions._vault._held

    def test_also_where_a_logout_elsewhere_has_taken_the_issuer_out_of_sight(
        self, sessions: Sessions, issuer: Issuer, cache: Path, clock: Clock, question: OtherIdentity
    ) -> None:
        write_cache(cache, {issuer.url: {}})
        assert sessions.known() == []
        clock.ahead = 601
        sessions.status()
        assert not sessions._vault._held

    def test_after_it_was_declined(
        self, sessions: Sessions, issuer: Issuer, cache: Path, question: OtherIdentity
    ) -> None:
        assert not sessions.discard_login(issuer.url, "A" * 43)
        assert sessions.discard_login(f"{issuer.url}/", question.confirmation)
        assert not sessions._vault._held
        assert not sessions.discard_login(issuer.url, question.confirmation)
        self.expect(sessions, issuer, cache, question.confirmation)

    def test_after_a_logout(self, sessions: Sessions, issuer: Issuer, cache: Path, question: OtherIdentity) -> None:
        sessions.logout(issuer.url)
        self.expect(sessions, issuer, cache, question.confirmation)

    @pytest.mark.parametrize("confirm_other", [True, False])
    def test_after_another_login(
        self, sessions: Sessions, issuer: Issuer, cache: Path, question: OtherIdentity, confirm_other: bool
    ) -> None:
        log_in_as(sessions, issuer, {}, confirm_other=confirm_other)
        self.expect(sessions, issuer, cache, question.confirmation)

    def test_after_another_question(
        self, sessions: Sessions, issuer: Issuer, cache: Path, question: OtherIdentity
    ) -> None:
        newer = asked(sessions, issuer, THIRD)
        self.expect(sessions, issuer, cache, question.confirmation)
        assert email(sessions.confirm_login(issuer.url, newer.confirmation)) == "user3@example.com"

    def test_for_a_handle_of_nothing(
        self, sessions: Sessions, issuer: Issuer, cache: Path, question: OtherIdentity
    ) -> None:
        self.expect(sessions, issuer, cache, "A" * 43)
        assert sessions.confirm_login(issuer.url, question.confirmation)

    def test_in_another_process(self, sessions: Sessions, issuer: Issuer, cache: Path, question: OtherIdentity) -> None:
        self.expect(wiring.make_sessions(), issuer, cache, question.confirmation)


def test_a_login_that_fails_leaves_the_one_that_waits(sessions: Sessions, issuer: Issuer, cache: Path) -> None:
    write_cache(cache, {issuer.url: issuer.entry()})
    question = asked(sessions, issuer)
    with pytest.raises(CodeRejected):
        sessions.login(issuer.url, "b" * 25, VERIFIER, NONCE, confirm_other=True)
    assert sessions.confirm_login(issuer.url, question.confirmation)


class TestAnotherProcessWasQuicker:
    """What was confirmed is the loss of the session that the question named, and of no other."""

    def test_a_third_users_session_is_asked_about_anew(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        write_cache(cache, {issuer.url: issuer.entry()})
        first = asked(sessions, issuer)
        theirs = {issuer.url: issuer.entry(**THIRD)}
        write_cache(cache, theirs)
        with pytest.raises(OtherIdentity) as caught:
            sessions.confirm_login(issuer.url, first.confirmation)
        assert caught.value.before["email"] == "user3@example.com"
        assert caught.value.identity == first.identity
        assert read_cache(cache) == theirs
        with pytest.raises(ConfirmationExpired):
            sessions.confirm_login(issuer.url, first.confirmation)
        assert email(sessions.confirm_login(issuer.url, caught.value.confirmation)) == "user2@example.com"

    def test_a_newer_login_of_the_same_user_is_kept(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        write_cache(cache, {issuer.url: issuer.entry()})
        question = asked(sessions, issuer)
        log_in_as(wiring.make_sessions(), issuer, SECOND, confirm_other=False)
        newer = read_cache(cache)
        assert email(sessions.confirm_login(issuer.url, question.confirmation)) == "user2@example.com"
        assert read_cache(cache) == newer

    def test_after_a_logout_there_the_one_who_confirms_is_signed_in(
        self, sessions: Sessions, issuer: Issuer, cache: Path
    ) -> None:
        write_cache(cache, {issuer.url: issuer.entry()})
        question = asked(sessions, issuer)
        wiring.make_sessions().logout(issuer.url)
        assert email(sessions.confirm_login(issuer.url, question.confirmation)) == "user2@example.com"

    def test_a_login_during_the_token_request_is_seen(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        # As a writer of the reference kind, which takes no lock.
        theirs = {issuer.url: issuer.entry(**THIRD)}
        issuer.before_token_answer = lambda: write_cache(cache, theirs)
        assert asked(sessions, issuer).before["email"] == "user3@example.com"
        assert read_cache(cache) == theirs


def test_two_who_confirm_at_once_save_it_once(sessions: Sessions, issuer: Issuer, cache: Path) -> None:
    write_cache(cache, {issuer.url: issuer.entry()})
    question = asked(sessions, issuer)
    ended: list[str] = []

    def confirm() -> None:
        try:
            ended.append(str(email(sessions.confirm_login(issuer.url, question.confirmation))))
        except ConfirmationExpired as error:
            ended.append(error.code)

    threads = [threading.Thread(target=confirm) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(ended) == ["confirmation_expired"] * 3 + ["user2@example.com"]


def test_the_administrators_limit_holds(home: Path) -> None:
    limited = wiring.make_sessions(allowed_issuers=["https://allowed.example.com/dex"])
    with pytest.raises(IssuerNotAllowed):
        limited.confirm_login("https://other.example.com/dex", "A" * 43)


def test_an_issuer_that_writes_itself_with_a_slash_keeps_its_one_entry(
    sessions: Sessions, issuer: Issuer, cache: Path
) -> None:
    write_cache(cache, {f"{issuer.url}/": issuer.entry()})
    question = asked(sessions, issuer)
    sessions.confirm_login(issuer.url, question.confirmation)
    assert list(read_cache(cache)) == [f"{issuer.url}/"]


def test_no_token_and_no_handle_is_in_any_log_or_traceback(
    sessions: Sessions, issuer: Issuer, cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    write_cache(cache, {issuer.url: issuer.entry()})
    question = asked(sessions, issuer)
    held = sessions._vault._held
    texts = ["".join(traceback.format_exception(type(question), question, question.__traceback__)), repr(held)]
    problem = json.dumps(question.problem())
    try:
        sessions.confirm_login(issuer.url, question.confirmation[:-1])
    except DeployKFError as error:
        texts.append("".join(traceback.format_exception(type(error), error, error.__traceback__)))
    texts.append(repr(sessions.confirm_login(issuer.url, question.confirmation)))
    shown = "\n".join([*texts, caplog.text])
    entry = read_cache(cache)[issuer.url]
    tokens = [entry[name] for name in ("id_token", "access_token", "refresh_token")]
    assert not any(secret in shown for secret in (*tokens, question.confirmation, question.confirmation[:-1]))
    assert not any(token in problem for token in tokens)


def test_a_device_that_someone_else_signed_in_on_is_asked_about(
    sessions: Sessions, issuer: Issuer, cache: Path
) -> None:
    write_cache(cache, {issuer.url: issuer.entry()})
    tokens = {**issuer.entry(**SECOND), "refresh_token": "of-the-device"}
    del tokens["expires_at"]
    issuer.scripted["/dex/token"] = (200, {"content-type": "application/json"}, json.dumps(tokens).encode())
    attempt = DeviceAttempt.to_poll(issuer.url, "device-code", VERIFIER)
    with pytest.raises(OtherIdentity) as caught:
        sessions.poll_device(attempt, confirm_other=True)
    sessions.confirm_login(issuer.url, caught.value.confirmation)
    assert read_cache(cache)[issuer.url]["refresh_token"] == "of-the-device"


class TestOnARealDex:
    def test_both_sessions_are_good_until_it_is_confirmed(self, bench: Bench, sessions: Sessions, cache: Path) -> None:
        log_in(sessions, bench, bench.users[0])
        kept = cache.read_bytes()
        request = begin(sessions, bench.issuer)
        code = sign_in(request.url, bench.users[1])
        with pytest.raises(OtherIdentity) as caught:
            sessions.login(bench.issuer, code, request.code_verifier, request.nonce, confirm_other=True)
        assert cache.read_bytes() == kept
        # Who says no keeps a session that can be refreshed.
        assert email(sessions.refresh(bench.issuer)) == "user1@example.com"
        assert email(sessions.confirm_login(bench.issuer, caught.value.confirmation)) == "user2@example.com"
        assert email(sessions.refresh(bench.issuer)) == "user2@example.com"

    def test_a_password_of_someone_else_is_asked_about(self, bench: Bench, sessions: Sessions) -> None:
        first, second = bench.users[:2]
        login_with_password(sessions, bench.issuer, first.email, first.password, confirm_other=True)
        login_with_password(sessions, bench.issuer, first.email, first.password, confirm_other=True)
        with pytest.raises(OtherIdentity) as caught:
            login_with_password(sessions, bench.issuer, second.email, second.password, confirm_other=True)
        assert caught.value.before["email"] == first.email
        assert email(sessions.confirm_login(bench.issuer, caught.value.confirmation)) == second.email
