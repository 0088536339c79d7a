"""What the server does by itself."""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path

import pytest

from jupyterlab_deploykf import wiring
from jupyterlab_deploykf.io.http import Http
from jupyterlab_deploykf.io.issuer import Issuer as IssuerClient
from jupyterlab_deploykf.server.refresher import Refresher
from jupyterlab_deploykf.session import Sessions

from ..conftest import read_cache, write_cache
from ..support.issuer import Issuer

LOG = logging.getLogger("test")


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
def refresher(sessions: Sessions, clock: Clock) -> Refresher:
    return Refresher(sessions, lambda change, issuer: None, LOG, clock=clock)


def test_a_session_is_refreshed_15_minutes_ahead(refresher: Refresher, issuer: Issuer, cache: Path) -> None:
    write_cache(cache, {issuer.url: issuer.entry(expires_in=910)})
    assert refresher.tick() == []
    assert issuer.token_requests() == 0
    write_cache(cache, {issuer.url: issuer.entry(expires_in=890)})
    assert refresher.tick() == [("refreshed", issuer.url)]
    assert read_cache(cache)[issuer.url]["expires_at"] == pytest.approx(time.time() + 3600, abs=10)
    assert refresher.tick() == []
    assert issuer.token_requests() == 1


def test_a_failure_is_said_once_and_tried_again_later_and_later(issuer: Issuer, cache: Path, clock: Clock) -> None:
    plain = wiring.make_sessions()
    sessions = Sessions(
        plain.store,
        plain.clusters,
        lambda cluster: IssuerClient(cluster, Http()),
        clock,
        monotonic=clock,
        chance=lambda: 0.5,
    )
    refresher = Refresher(sessions, lambda change, issuer: None, LOG, clock=clock)
    write_cache(cache, {issuer.url: issuer.entry(expires_in=800)})
    issuer.scripted["/dex/token"] = (503, {}, b"down")
    refresher.tick()
    assert issuer.token_requests() == 1
    clock.ahead = 59
    assert refresher.tick() == []
    assert issuer.token_requests() == 1
    clock.ahead = 61
    assert refresher.tick() == []
    assert issuer.token_requests() == 2
    del issuer.scripted["/dex/token"]
    clock.ahead = 120
    assert refresher.tick() == []
    clock.ahead = 182
    assert refresher.tick() == [("refreshed", issuer.url)]


def test_a_session_that_ended_is_announced_once(refresher: Refresher, issuer: Issuer, cache: Path) -> None:
    write_cache(cache, {issuer.url: issuer.entry(expires_in=3600)})
    refresher.tick()
    write_cache(cache, {issuer.url: issuer.entry(expires_in=800)})
    issuer.refresh_token = "of-a-login-elsewhere"
    assert refresher.tick() == [("session_ended", issuer.url)]
    assert refresher.tick() == []
    assert issuer.token_requests() == 1


def test_what_others_do_to_the_cache_is_announced(refresher: Refresher, issuer: Issuer, cache: Path) -> None:
    write_cache(cache, {})
    refresher.tick()
    write_cache(cache, {issuer.url: issuer.entry()})
    assert refresher.tick() == [("clusters", ""), ("signed_in", issuer.url)]
    wiring.make_sessions().logout(issuer.url)
    assert refresher.tick() == [("clusters", "")]


def test_what_a_reference_writer_erases_is_put_back(refresher: Refresher, issuer: Issuer, cache: Path) -> None:
    # Fact A: each save of the reference class keeps its own issuer alone.
    other = "https://other.example.com/dex"
    mine = issuer.entry()
    write_cache(cache, {issuer.url: mine})
    refresher.tick()
    write_cache(cache, {other: issuer.entry()})
    refresher.tick()
    assert set(read_cache(cache)) == {issuer.url, other}
    assert read_cache(cache)[issuer.url] == mine


def test_what_a_killed_reference_writer_leaves_is_put_back(refresher: Refresher, issuer: Issuer, cache: Path) -> None:
    write_cache(cache, {issuer.url: issuer.entry()})
    refresher.tick()
    cache.write_text("")
    refresher.tick()
    assert set(read_cache(cache)) == {issuer.url}


def test_a_file_that_the_user_deleted_stays_deleted(refresher: Refresher, issuer: Issuer, cache: Path) -> None:
    write_cache(cache, {issuer.url: issuer.entry()})
    refresher.tick()
    cache.unlink()
    refresher.tick()
    assert not cache.exists()
    write_cache(cache, {"https://other.example.com/dex": issuer.entry()})
    refresher.tick()
    assert set(read_cache(cache)) == {"https://other.example.com/dex"}


def test_a_logout_is_not_undone(refresher: Refresher, issuer: Issuer, cache: Path) -> None:
    write_cache(cache, {issuer.url: issuer.entry()})
    refresher.tick()
    wiring.make_sessions().logout(issuer.url)
    refresher.tick()
    assert read_cache(cache) == {issuer.url: {}}


def test_it_can_be_told_not_to_refresh(sessions: Sessions, issuer: Issuer, cache: Path) -> None:
    write_cache(cache, {issuer.url: issuer.entry(expires_in=100)})
    Refresher(sessions, lambda change, issuer: None, LOG, keeps_fresh=lambda: False).tick()
    assert issuer.requests == []


def test_it_follows_who_changes_their_mind_and_announces_that_once(
    sessions: Sessions, issuer: Issuer, cache: Path
) -> None:
    write_cache(cache, {issuer.url: issuer.entry(expires_in=100)})
    wish = [False]
    refresher = Refresher(sessions, lambda change, issuer: None, LOG, keeps_fresh=lambda: wish[0])
    assert [refresher.tick(), refresher.tick()] == [[], []]
    wish[0] = True
    assert refresher.tick() == [("cache", ""), ("refreshed", issuer.url)]
    assert refresher.tick() == []
    wish[0] = False
    assert [refresher.tick(), refresher.tick()] == [[("cache", "")], []]
    assert issuer.token_requests() == 1


def test_a_change_is_announced_though_the_cache_was_unusable_meanwhile(
    sessions: Sessions, issuer: Issuer, cache: Path
) -> None:
    wish = [True]
    refresher = Refresher(sessions, lambda change, issuer: None, LOG, keeps_fresh=lambda: wish[0])
    refresher.tick()
    cache.mkdir(parents=True)
    wish[0] = False
    assert refresher.tick() == []
    cache.rmdir()
    assert refresher.tick() == [("cache", "")]


def test_an_issuer_that_is_not_allowed_is_left_alone(
    home: Path, issuer: Issuer, cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_cache(cache, {issuer.url: issuer.entry(expires_in=100)})
    limited = wiring.make_sessions(allowed_issuers=["https://allowed.example.com/dex"])
    Refresher(limited, lambda change, issuer: None, LOG).tick()
    assert issuer.requests == []
    assert caplog.text == ""


def test_an_erasure_between_two_looks_at_the_file_is_noticed(
    refresher: Refresher, sessions: Sessions, issuer: Issuer, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_cache(cache, {issuer.url: issuer.entry()})
    read = sessions.store.entries

    def then_a_reference_writer_saves() -> dict[str, object]:
        entries = read()
        monkeypatch.setattr(sessions.store, "entries", read)
        write_cache(cache, {"https://other.example.com/dex": issuer.entry()})
        return entries

    monkeypatch.setattr(sessions.store, "entries", then_a_reference_writer_saves)
    refresher.tick()
    refresher.tick()
    assert issuer.url in read_cache(cache)


def test_an_unusable_cache_is_survived(refresher: Refresher, cache: Path, caplog: pytest.LogCaptureFixture) -> None:
    cache.mkdir(parents=True)
    assert refresher.tick() == []
    assert "not a file" in caplog.text


def test_it_ends_when_it_is_told_to(refresher: Refresher) -> None:
    async def life() -> None:
        refresher.start()
        await asyncio.sleep(0)
        await refresher.stop()

    asyncio.run(asyncio.wait_for(life(), 20))
