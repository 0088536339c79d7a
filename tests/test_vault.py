"""The credentials of one user, beside programs that erase what is not theirs."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import Any

import pytest

from jupyterlab_deploykf import wiring
from jupyterlab_deploykf.core.credential import Credential
from jupyterlab_deploykf.core.session import SessionState
from jupyterlab_deploykf.errors import CacheNotWritable, CacheUnsafe, LoginRequired
from jupyterlab_deploykf.session import Sessions

from .conftest import read_cache, write_cache
from .support.issuer import Issuer

OTHER = "https://other.example.com/dex"


class TestAReferenceWriter:
    """Each save of the reference class keeps its own issuer only."""

    def test_erases_nothing_that_a_reader_has_seen(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        mine = issuer.entry()
        write_cache(cache, {issuer.url: mine})
        token = sessions.get_token(issuer.url)
        write_cache(cache, {OTHER: issuer.entry()})
        assert sessions.get_token(issuer.url) == token
        assert read_cache(cache)[issuer.url] == mine
        assert OTHER in read_cache(cache)

    def test_may_truncate_the_file_for_a_moment(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        write_cache(cache, {issuer.url: issuer.entry()})
        token = sessions.get_token(issuer.url)
        cache.write_text("")
        assert sessions.get_token(issuer.url) == token

    def test_is_beaten_though_nothing_can_be_written(
        self, sessions: Sessions, issuer: Issuer, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write_cache(cache, {issuer.url: issuer.entry()})
        token = sessions.get_token(issuer.url)
        write_cache(cache, {OTHER: issuer.entry()})

        def full(*_: object) -> None:
            raise CacheNotWritable("The disk is full.", "Free some space.")

        monkeypatch.setattr(sessions.store, "locked", full)
        assert sessions.get_token(issuer.url) == token

    def test_is_beaten_without_a_wait_though_a_process_was_stopped_with_the_lock(
        self, sessions: Sessions, issuer: Issuer, cache: Path
    ) -> None:
        write_cache(cache, {issuer.url: issuer.entry()})
        token = sessions.get_token(issuer.url)
        write_cache(cache, {OTHER: issuer.entry()})
        with wiring.make_sessions().store.locked():
            started = time.monotonic()
            assert sessions.get_token(issuer.url) == token
            assert time.monotonic() - started < 1.0

    def test_leaves_a_session_that_is_due_to_be_refreshed(
        self, sessions: Sessions, issuer: Issuer, cache: Path
    ) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
        assert sessions.session(issuer.url).state is SessionState.EXPIRED
        write_cache(cache, {OTHER: issuer.entry()})
        assert sessions.session(issuer.url).state is SessionState.EXPIRED
        # Somebody may have refreshed it meanwhile: it is not put back as it was.
        assert issuer.url not in read_cache(cache)
        assert sessions.get_token(issuer.url)
        assert issuer.token_requests() == 1
        assert read_cache(cache)[issuer.url]["refresh_token"] == issuer.refresh_token
        assert OTHER in read_cache(cache)


class TestWhatWasMeant:
    def test_a_logout_leaves_an_entry_that_says_so(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        write_cache(cache, {issuer.url: issuer.entry(), OTHER: {"id_token": "a.b.c"}})
        sessions.logout(issuer.url)
        assert read_cache(cache) == {issuer.url: {}, OTHER: {"id_token": "a.b.c"}}

    def test_a_logout_elsewhere_is_no_erasure(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        write_cache(cache, {issuer.url: issuer.entry()})
        sessions.get_token(issuer.url)
        wiring.make_sessions().logout(issuer.url)
        with pytest.raises(LoginRequired):
            sessions.get_token(issuer.url)
        assert read_cache(cache) == {issuer.url: {}}

    def test_a_file_that_was_deleted_stays_deleted(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        write_cache(cache, {issuer.url: issuer.entry()})
        sessions.get_token(issuer.url)
        cache.unlink()
        with pytest.raises(LoginRequired):
            sessions.get_token(issuer.url)
        # Also when a later login has made another one.
        write_cache(cache, {OTHER: issuer.entry()})
        with pytest.raises(LoginRequired):
            sessions.get_token(issuer.url)
        assert set(read_cache(cache)) == {OTHER}


class TestAnExchange:
    """What came of a refresh is saved, unless someone else knew better meanwhile."""

    @pytest.mark.parametrize(
        ("there", "is_saved"),
        [
            ("sent", True),
            # Refused to somebody whose answer was lost: ours came.
            ("", True),
            ("of another login", False),
        ],
    )
    def test_depends_on_the_refresh_token_that_is_there_now(
        self, sessions: Sessions, issuer: Issuer, cache: Path, there: str, is_saved: bool
    ) -> None:
        sent, renewed = (
            Credential.from_entry({**issuer.entry(), "refresh_token": name}) for name in ("sent", "renewed")
        )
        assert sent is not None
        assert renewed is not None
        write_cache(cache, {issuer.url: {**issuer.entry(), "refresh_token": there}})
        holds = sessions._vault.exchange(issuer.url, issuer.url, sent, renewed, None)
        assert holds is not None
        assert (holds is renewed) is is_saved
        assert read_cache(cache)[issuer.url]["refresh_token"] == ("renewed" if is_saved else there)

    def test_does_not_undo_a_logout(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        sent = Credential.from_entry(issuer.entry())
        assert sent is not None
        write_cache(cache, {issuer.url: {}})
        assert sessions._vault.exchange(issuer.url, issuer.url, sent, sent, None) is None
        assert read_cache(cache) == {issuer.url: {}}


class TestRestoring:
    def test_looks_again_under_the_lock(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        newer = issuer.entry()
        write_cache(cache, {issuer.url: newer})
        assert sessions.restore({issuer.url: {**newer, "id_token": "older"}}) == []
        assert read_cache(cache) == {issuer.url: newer}

    def test_puts_back_what_someone_has_set_back(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        old = issuer.entry(expires_in=100)
        issuer.refresh_token = "newer"
        new = issuer.entry(expires_in=3600)
        write_cache(cache, {issuer.url: old})
        assert sessions.restore({issuer.url: new}) == [issuer.url]
        assert read_cache(cache) == {issuer.url: new}

    def test_leaves_a_newer_state_of_the_same_session(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        remembered = issuer.entry(expires_in=100)
        issuer.refresh_token = "newer"
        newer = issuer.entry(expires_in=3600)
        write_cache(cache, {issuer.url: newer})
        assert sessions.restore({issuer.url: remembered}) == []
        assert read_cache(cache) == {issuer.url: newer}

    def test_leaves_a_login_of_someone_else_and_a_logout(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        remembered = issuer.entry()
        for there in (issuer.entry(expires_in=100, sub="user-2"), {}):
            write_cache(cache, {issuer.url: there})
            assert sessions.restore({issuer.url: {**remembered, "refresh_token": "newer"}}) == []
            assert read_cache(cache) == {issuer.url: there}


def test_a_logout_removes_all_that_may_hold_a_token(sessions: Sessions, issuer: Issuer, cache: Path) -> None:
    write_cache(cache, "{damaged")
    sessions.status()
    write_cache(cache, {issuer.url: issuer.entry()})
    cache.with_name(f"{cache.name}.99.ab.tmp").write_text('{"refresh')
    assert len(list(cache.parent.iterdir())) > 3
    sessions.logout(issuer.url)
    assert sorted(path.name for path in cache.parent.iterdir()) == [cache.name, f"{cache.name}.lock"]


def test_a_setback_is_forgotten_with_a_logout_and_with_a_login(sessions: Sessions, issuer: Issuer, cache: Path) -> None:
    for end in (
        lambda: sessions.logout(issuer.url),
        lambda: sessions.login(issuer.url, "goodcodegoodcodegoodcode2", "v" * 43, "nonce-of-this-attempt"),
    ):
        write_cache(cache, {issuer.url: {**issuer.entry(), "expires_at": time.time() - 1, "refresh_token": "dead"}})
        with pytest.raises(LoginRequired):
            sessions.get_token(issuer.url)
        assert sessions.session(issuer.url).problem
        assert list(cache.parent.glob("*.note"))
        end()
        assert sessions.session(issuer.url).problem is None
        assert not any(path.read_text().strip() for path in cache.parent.glob("*.note"))


class TestARefreshThatWasOvertaken:
    """What is in the cache by the time of the answer counts."""

    def overtaken(self, sessions: Sessions, issuer: Issuer, cache: Path, entry: dict[str, Any]) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
        issuer.before_token_answer = lambda: write_cache(cache, {issuer.url: entry})
        given: list[str] = []
        with contextlib.suppress(LoginRequired):
            given.append(sessions.get_token(issuer.url))
        assert given == ([entry["id_token"]] if entry else [])
        assert issuer.token_requests() == 1
        assert read_cache(cache) == {issuer.url: entry}

    def test_by_a_login_of_someone_else(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        self.overtaken(sessions, issuer, cache, {**issuer.entry(sub="user-2"), "refresh_token": "of-user-2"})

    def test_by_one_without_a_refresh_token(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        self.overtaken(sessions, issuer, cache, {**issuer.entry(sub="user-2"), "refresh_token": ""})

    def test_by_a_login_of_the_same_user(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        self.overtaken(sessions, issuer, cache, {**issuer.entry(name="Newer"), "refresh_token": "of-the-login"})

    def test_by_a_logout(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        self.overtaken(sessions, issuer, cache, {})

    def test_not_by_someone_who_was_refused_since_our_answer_was_on_its_way(
        self, sessions: Sessions, issuer: Issuer, cache: Path
    ) -> None:
        sent = issuer.entry(expires_in=-1)
        write_cache(cache, {issuer.url: sent})
        refused = {name: value for name, value in sent.items() if name != "refresh_token"}
        issuer.before_token_answer = lambda: write_cache(cache, {issuer.url: refused})
        assert sessions.get_token(issuer.url)
        assert read_cache(cache)[issuer.url]["refresh_token"] == issuer.refresh_token


def test_what_came_is_kept_though_the_cache_has_become_unsafe_meanwhile(
    sessions: Sessions, issuer: Issuer, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})

    def unsafe(*_: object, **__: object) -> None:
        raise CacheUnsafe("It is a link.", "Move it away.")

    with monkeypatch.context() as broken:
        broken.setattr("jupyterlab_deploykf.io.store.Transaction.save", unsafe)
        assert sessions.get_token(issuer.url)
    assert read_cache(cache)[issuer.url]["refresh_token"] == "refresh-0"
    assert sessions.get_token(issuer.url)
    sessions.keep_fresh(issuer.url)
    assert read_cache(cache)[issuer.url]["refresh_token"] == issuer.refresh_token


def test_a_setback_of_another_session_says_nothing(issuer: Issuer, home: Path, cache: Path) -> None:
    write_cache(cache, {issuer.url: {**issuer.entry(expires_in=-1), "refresh_token": "dead"}})
    with pytest.raises(LoginRequired):
        wiring.make_sessions().get_token(issuer.url)
    assert list(cache.parent.glob("*.note"))
    # A program of the reference kind logs in, and knows of no notes.
    write_cache(cache, {issuer.url: issuer.entry()})
    assert wiring.make_sessions().session(issuer.url).problem is None
