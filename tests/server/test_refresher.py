"""What the server does by itself."""

from __future__ import annotations

import asyncio
import logging
import shutil
import threading
import time
from pathlib import Path
from typing import Any, Callable

import pytest

from jupyterlab_deploykf import wiring
from jupyterlab_deploykf.core.session import Session, SessionState
from jupyterlab_deploykf.errors import IssuerFault, UnexpectedError
from jupyterlab_deploykf.io.http import Http
from jupyterlab_deploykf.io.issuer import Issuer as IssuerClient
from jupyterlab_deploykf.server.refresher import Refresher
from jupyterlab_deploykf.session import Sessions

from ..conftest import read_cache, write_cache
from ..support.issuer import Issuer, serve_issuer

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
    return make_refresher(sessions, clock=clock)


def make_refresher(sessions: Sessions, **fields: Any) -> Refresher:
    """One whose refreshes are not spread, unless a test asks for that."""
    return Refresher(sessions, lambda change, issuer: None, LOG, **{"random": lambda: 0.0, **fields})


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
    # In the middle: a due session with 720 seconds left, and no jitter.
    refresher = make_refresher(sessions, clock=clock, monotonic=clock, random=lambda: 0.5)
    write_cache(cache, {issuer.url: issuer.entry(expires_in=700)})
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


@pytest.mark.parametrize("look", ["status", "login"])
def test_it_stays_deleted_where_a_login_was_quicker_than_the_refresher(
    refresher: Refresher, issuer: Issuer, cache: Path, look: str
) -> None:
    other = "https://other.example.com/dex"
    write_cache(cache, {other: issuer.entry()})
    refresher.tick()
    cache.unlink()
    sessions = refresher._sessions
    if look == "status":
        sessions.status()
        write_cache(cache, {issuer.url: issuer.entry()})
    else:
        with sessions.store.locked() as transaction:
            transaction.save({issuer.url: issuer.entry()})
    refresher.tick()
    assert set(read_cache(cache)) == {issuer.url}


def test_a_logout_is_not_undone(refresher: Refresher, issuer: Issuer, cache: Path) -> None:
    write_cache(cache, {issuer.url: issuer.entry()})
    refresher.tick()
    wiring.make_sessions().logout(issuer.url)
    refresher.tick()
    assert read_cache(cache) == {issuer.url: {}}


def test_it_can_be_told_not_to_refresh(sessions: Sessions, issuer: Issuer, cache: Path) -> None:
    write_cache(cache, {issuer.url: issuer.entry(expires_in=100)})
    make_refresher(sessions, keeps_fresh=lambda: False).tick()
    assert issuer.requests == []


def test_it_follows_who_changes_their_mind_and_announces_that_once(
    sessions: Sessions, issuer: Issuer, cache: Path
) -> None:
    write_cache(cache, {issuer.url: issuer.entry(expires_in=100)})
    wish = [False]
    refresher = make_refresher(sessions, keeps_fresh=lambda: wish[0])
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
    refresher = make_refresher(sessions, keeps_fresh=lambda: wish[0])
    refresher.tick()
    cache.mkdir(parents=True)
    wish[0] = False
    assert refresher.tick() == []
    cache.rmdir()
    assert refresher.tick() == [("cache", "")]


@pytest.mark.parametrize("left", [100, -1])
def test_an_issuer_that_is_not_allowed_is_left_alone(
    home: Path, issuer: Issuer, cache: Path, caplog: pytest.LogCaptureFixture, left: float
) -> None:
    write_cache(cache, {issuer.url: issuer.entry(expires_in=left)})
    limited = wiring.make_sessions(allowed_issuers=["https://allowed.example.com/dex"])
    refresher = make_refresher(limited)
    refresher.tick()
    assert issuer.requests == []
    assert caplog.text == ""
    assert [refresher.amended(session).problem for session in limited.status()] == [None]


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


def huge_exp(issuer: Issuer) -> None:
    issuer.claims = {"exp": 10**400}


def bad_endpoint(issuer: Issuer) -> None:
    issuer.document = {"token_endpoint": "http://[::1/t"}


def bad_answer(issuer: Issuer) -> None:
    issuer.scripted["/dex/token"] = (200, {}, b'{"id_token": "a.b.c", "expires_in": 1e999}')


def test_it_waits_longer_after_each_failure_that_nobody_else_has_noted(
    sessions: Sessions, issuer: Issuer, cache: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts: list[float] = []

    def fail(_: str) -> None:
        attempts.append(clock.ahead)
        raise RuntimeError("x")

    monkeypatch.setattr(sessions, "keep_fresh", fail)
    write_cache(cache, {issuer.url: issuer.entry(expires_in=700)})
    # In the middle: no jitter.
    refresher = make_refresher(sessions, clock=clock, monotonic=lambda: clock.ahead, random=lambda: 0.5)
    for clock.ahead in range(0, 500, 5):
        refresher.tick()
    assert attempts == [0, 60, 180, 420]


class TestWhateverComesFromOutside:
    """An issuer or a file system may do what nobody thought of."""

    @pytest.mark.parametrize("left", [400, -1])
    @pytest.mark.parametrize("harm", [huge_exp, bad_endpoint, bad_answer])
    def test_is_that_sessions_problem_and_no_other(
        self, sessions: Sessions, issuer: Issuer, cache: Path, harm: Callable[[Issuer], None], left: float
    ) -> None:
        with serve_issuer() as other:
            write_cache(cache, {issuer.url: issuer.entry(expires_in=left), other.url: other.entry(expires_in=400)})
            harm(issuer)
            refresher = make_refresher(sessions)
            refresher.tick()
            told = {s.cluster.issuer: refresher.amended(s) for s in sessions.status()}
            assert told[issuer.url].problem is not None
            assert told[other.url].problem is None
            assert other.token_requests() == 1

    def test_the_caches_folder_may_go_in_the_middle_of_a_refresh(
        self, refresher: Refresher, issuer: Issuer, cache: Path
    ) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=400)})
        issuer.before_token_answer = lambda: shutil.rmtree(cache.parent, ignore_errors=True)
        refresher.tick()
        issuer.before_token_answer = None
        write_cache(cache, {issuer.url: issuer.entry()})
        refresher.tick()
        assert [s.state for s in refresher._sessions.status()] == [SessionState.SIGNED_IN]

    def test_an_error_that_nobody_thought_of_is_told_by_its_class(
        self,
        sessions: Sessions,
        issuer: Issuer,
        cache: Path,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        with serve_issuer() as other:
            write_cache(cache, {issuer.url: issuer.entry(expires_in=400), other.url: other.entry(expires_in=400)})
            clock = Clock()
            refresher = make_refresher(sessions, clock=clock, monotonic=clock, random=lambda: 0.5)
            keep_fresh = sessions.keep_fresh

            def fail(wanted: str) -> Session:
                if wanted == issuer.url:
                    raise RuntimeError("a secret")
                return keep_fresh(wanted)

            with monkeypatch.context() as patched:
                patched.setattr(sessions, "keep_fresh", fail)
                refresher.tick()
            told = {s.cluster.issuer: refresher.amended(s) for s in sessions.status()}
            problem = told[issuer.url].problem
            assert isinstance(problem, UnexpectedError)
            assert "RuntimeError" in caplog.text + problem.message
            assert "a secret" not in caplog.text + str(problem)
            assert other.token_requests() == 1
            # The next attempt is later, and clears it.
            assert refresher.tick() == []
            clock.ahead = 61
            assert refresher.tick() == [("refreshed", issuer.url)]
            assert all(refresher.amended(s).problem is None for s in sessions.status())

    def test_a_login_ends_the_problem_of_the_session_before(
        self, sessions: Sessions, issuer: Issuer, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=400)})
        refresher = make_refresher(sessions)
        monkeypatch.setattr(sessions, "keep_fresh", raises(RuntimeError("x")))
        refresher.tick()
        write_cache(cache, {issuer.url: issuer.entry()})
        assert [refresher.amended(s).problem for s in sessions.status()] == [None]
        sessions.logout(issuer.url)
        assert [refresher.amended(s).problem for s in sessions.status()] == []

    def test_a_watch_that_fails_stops_no_refresh(
        self, sessions: Sessions, issuer: Issuer, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=400)})
        refresher = make_refresher(sessions)
        monkeypatch.setattr(sessions.store, "signature", raises(RuntimeError("x")))
        refresher.tick()
        assert issuer.token_requests() == 1

    def test_a_problem_ends_with_a_success_that_brings_no_new_token(
        self, sessions: Sessions, issuer: Issuer, cache: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=400)})
        refresher = make_refresher(sessions, monotonic=clock)
        monkeypatch.setattr(sessions, "keep_fresh", raises(RuntimeError("x")))
        refresher.tick()
        assert [refresher.amended(s).problem for s in sessions.status()] != [None]
        # It was saved in the meantime, and nothing is to be done.
        monkeypatch.setattr(sessions, "keep_fresh", sessions.session)
        clock.ahead = 3600
        refresher.tick()
        assert [refresher.amended(s).problem for s in sessions.status()] == [None]

    @pytest.mark.parametrize("part", ["status", "restore", "settings", "announcement", "look"])
    def test_no_part_of_a_look_ends_the_task(
        self,
        sessions: Sessions,
        issuer: Issuer,
        cache: Path,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
        part: str,
    ) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=400)})
        fail = raises(RuntimeError("a secret"))
        announced: list[tuple[str, str]] = []

        def announce(change: str, where: str) -> None:
            announced.append((change, where))
            if part == "announcement":
                fail()

        refresher = Refresher(
            sessions,
            announce,
            LOG,
            keeps_fresh=fail if part == "settings" else lambda: True,
            random=lambda: 0.0,
        )
        if part == "status":
            monkeypatch.setattr(sessions, "status", fail)
        if part == "restore":
            monkeypatch.setattr(sessions.store, "signature", fail)
        if part == "look":
            # A mistake of our own, past all that guards its parts.
            monkeypatch.setattr(refresher, "_look", fail)

        async def life() -> bool:
            refresher.start()
            while "RuntimeError" not in caplog.text:
                await asyncio.sleep(0.01)
            running = refresher.is_running
            await refresher.stop()
            return running

        assert asyncio.run(asyncio.wait_for(life(), 30))
        assert "a secret" not in caplog.text


def raises(error: Exception) -> Callable[..., Any]:
    def fail(*_: object) -> Any:
        raise error

    return fail


class TestItsTask:
    def test_refreshes_and_announces_that_at_once(
        self, sessions: Sessions, issuer: Issuer, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # The next look is far away, but for the one after the refresh.
        monkeypatch.setattr("jupyterlab_deploykf.server.refresher.TICK", 600.0)
        write_cache(cache, {issuer.url: issuer.entry(expires_in=400)})

        async def life() -> tuple[str, str]:
            announced: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
            refresher = Refresher(sessions, lambda *change: announced.put_nowait(change), LOG)
            assert not refresher.is_running
            refresher.start()
            try:
                return await announced.get()
            finally:
                assert refresher.is_running
                await refresher.stop()
                assert not refresher.is_running

        assert asyncio.run(asyncio.wait_for(life(), 30)) == ("refreshed", issuer.url)

    def test_does_in_threads_what_may_block(
        self, sessions: Sessions, issuer: Issuer, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=400)})
        on_the_loop: list[str] = []
        called: set[str] = set()

        def watch(owner: object, name: str) -> None:
            real = getattr(owner, name)

            def call(*arguments: Any) -> Any:
                called.add(name)
                if threading.current_thread() is threading.main_thread():
                    on_the_loop.append(name)
                return real(*arguments)

            monkeypatch.setattr(owner, name, call)

        watch(sessions, "status")
        watch(sessions, "keep_fresh")
        watch(sessions.store, "signature")

        async def life() -> None:
            announced: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
            refresher = Refresher(sessions, lambda *change: announced.put_nowait(change), LOG, random=lambda: 0.0)
            watch(refresher, "_look")
            watch(refresher, "_changes")
            refresher.start()
            await announced.get()
            await refresher.stop()

        asyncio.run(asyncio.wait_for(life(), 30))
        assert called == {"status", "keep_fresh", "signature", "_look", "_changes"}
        assert on_the_loop == []

    def test_announces_the_other_changes_if_one_announcement_fails(
        self, sessions: Sessions, issuer: Issuer, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("jupyterlab_deploykf.server.refresher.TICK", 0.02)
        announced: list[str] = []

        def announce(change: str, where: str) -> None:
            announced.append(change)
            raise RuntimeError("x")

        async def life() -> None:
            refresher = Refresher(sessions, announce, LOG)
            refresher.start()
            while refresher._seen is None:
                await asyncio.sleep(0.01)
            # A cluster that nobody knew, and a session there: two changes of one look.
            write_cache(cache, {issuer.url: issuer.entry()})
            while not announced:
                await asyncio.sleep(0.01)
            await refresher.stop()

        asyncio.run(asyncio.wait_for(life(), 30))
        assert announced == ["clusters", "signed_in"]

    def test_goes_on_while_an_issuer_hangs(
        self, sessions: Sessions, issuer: Issuer, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("jupyterlab_deploykf.server.refresher.TICK", 0.02)
        gate = threading.Event()
        issuer.before_token_answer = gate.wait
        with serve_issuer() as other:
            write_cache(cache, {issuer.url: issuer.entry(expires_in=400), other.url: other.entry(expires_in=3600)})

            async def life() -> list[tuple[str, str]]:
                announced: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
                refresher = Refresher(sessions, lambda *change: announced.put_nowait(change), LOG)
                refresher.start()
                while issuer.token_requests() == 0:
                    await asyncio.sleep(0.01)
                entries = read_cache(cache)
                write_cache(cache, {**entries, other.url: {}})
                first = await announced.get()
                # Nor does anything pile up behind the one that hangs.
                assert len(refresher._asking) == 0
                return [first]

            try:
                # Sooner than the request to the issuer is given up.
                assert asyncio.run(asyncio.wait_for(life(), 10)) == [("clusters", "")]
            finally:
                gate.set()

    def test_ends_in_time_whatever_hangs(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        gate = threading.Event()
        issuer.before_token_answer = gate.wait
        write_cache(cache, {issuer.url: issuer.entry(expires_in=400)})

        async def life() -> float:
            refresher = make_refresher(sessions)
            refresher.start()
            while issuer.token_requests() == 0:
                await asyncio.sleep(0.01)
            begun = time.monotonic()
            await refresher.stop()
            return time.monotonic() - begun

        try:
            assert 1 <= asyncio.run(asyncio.wait_for(life(), 30)) < 5
        finally:
            gate.set()

    def test_waits_for_a_refresh_that_is_nearly_done(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        gate = threading.Event()
        issuer.before_token_answer = gate.wait
        write_cache(cache, {issuer.url: issuer.entry(expires_in=400)})

        async def life() -> None:
            refresher = make_refresher(sessions)
            refresher.start()
            while issuer.token_requests() == 0:
                await asyncio.sleep(0.01)
            stopping = asyncio.ensure_future(refresher.stop())
            await asyncio.sleep(0)
            gate.set()
            await stopping

        asyncio.run(asyncio.wait_for(life(), 30))
        assert read_cache(cache)[issuer.url]["refresh_token"] == issuer.refresh_token == "refresh-1"

    def test_may_be_stopped_before_it_begins_and_twice(self, refresher: Refresher) -> None:
        async def life() -> None:
            await refresher.stop()
            refresher.start()
            await refresher.stop()
            await refresher.stop()

        asyncio.run(asyncio.wait_for(life(), 20))


class TestTheTimes:
    def test_of_a_fleet_are_spread_inside_the_advisory_window(
        self, sessions: Sessions, issuer: Issuer, cache: Path
    ) -> None:
        drawn = iter([0.5, 0.25])
        clock = Clock()
        refresher = make_refresher(sessions, clock=clock, random=lambda: next(drawn))
        for left, requests in ((890, 0), (730, 0), (710, 1)):
            clock.ahead = 890 - left
            if left == 890:
                write_cache(cache, {issuer.url: issuer.entry(expires_in=890)})
            refresher.tick()
            assert issuer.token_requests() == requests
        # It was drawn once for the token that was there, and is drawn again for the next one.
        refresher.tick()
        assert next(drawn, None) is None

    def test_do_not_depend_on_a_wall_clock_that_was_wrong_for_a_while(self, issuer: Issuer, cache: Path) -> None:
        wall, steady = Clock(), Clock()
        plain = wiring.make_sessions()
        sessions = Sessions(
            plain.store,
            plain.clusters,
            lambda cluster: IssuerClient(cluster, Http()),
            wall,
            monotonic=steady,
            chance=lambda: 0.5,
        )
        refresher = make_refresher(sessions, clock=wall, monotonic=steady, random=lambda: 0.5)
        write_cache(cache, {issuer.url: issuer.entry(expires_in=700)})
        issuer.scripted["/dex/token"] = (503, {}, b"down")
        wall.ahead = 8 * 3600
        refresher.tick()
        assert issuer.token_requests() == 1
        wall.ahead = 0
        steady.ahead = 61
        del issuer.scripted["/dex/token"]
        assert refresher.tick() == [("refreshed", issuer.url)]

    def test_honor_what_the_issuer_asks_for(
        self, sessions: Sessions, issuer: Issuer, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=700)})
        steady = Clock()
        refresher = make_refresher(sessions, monotonic=steady, random=lambda: 0.5)
        asked = []

        def busy(wanted: str) -> Session:
            asked.append(wanted)
            raise IssuerFault("Too many requests.", "Wait.", retry_after=300.0)

        monkeypatch.setattr(sessions, "keep_fresh", busy)
        for ahead, count in ((0, 1), (299, 1), (329, 1), (331, 2)):
            steady.ahead = ahead
            refresher.tick()
            assert len(asked) == count
