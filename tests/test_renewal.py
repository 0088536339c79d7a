"""Refreshing: no session is lost to a passing problem, and nobody with a valid token waits."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyterlab_deploykf import renewal, wiring
from jupyterlab_deploykf.core import setback
from jupyterlab_deploykf.core.session import SessionState
from jupyterlab_deploykf.errors import (
    CacheBusy,
    CacheNotWritable,
    ClientRejected,
    DeployKFError,
    IDTokenInvalid,
    IssuerFault,
    IssuerUnreachable,
    SessionEnded,
    TokenAnswerInvalid,
    UnexpectedError,
)
from jupyterlab_deploykf.io import http, store
from jupyterlab_deploykf.io.http import Http
from jupyterlab_deploykf.io.issuer import Issuer as IssuerClient
from jupyterlab_deploykf.io.store import Store
from jupyterlab_deploykf.session import Sessions
from testbench.bench import Bench
from testbench.options import BenchOptions, DexOptions

from .conftest import read_cache, write_cache
from .support.issuer import Issuer, serve_issuer
from .support.realbench import log_in

#: Seconds that a request of a test's may take: an issuer that hangs is found out soon.
TIMEOUT = 1.5


class Times:
    """What a test says that time it is, and how long something has paused."""

    def __init__(self) -> None:
        self.ahead = 0.0
        self.paused: list[float] = []

    def clock(self) -> float:
        return time.time() + self.ahead

    def monotonic(self) -> float:
        return time.monotonic() + sum(self.paused)

    def pause(self, seconds: float) -> None:
        # In no time, though the clock knows of it. What polls for another process does take some.
        if seconds > 0.5:
            self.paused.append(seconds)
        else:
            time.sleep(min(seconds, 0.005))


@pytest.fixture
def times() -> Times:
    return Times()


@pytest.fixture
def make(home: Path, times: Times) -> Callable[..., Sessions]:
    """Sessions as another process has them: nothing is shared but the files."""

    def made(timeout: float = TIMEOUT) -> Sessions:
        plain = wiring.make_sessions()
        return Sessions(
            plain.store,
            plain.clusters,
            lambda cluster: IssuerClient(cluster, Http(timeout), times.clock),
            times.clock,
            monotonic=times.monotonic,
            pause=times.pause,
            chance=lambda: 0.5,
        )

    return made


@pytest.fixture
def sessions(make: Callable[..., Sessions]) -> Iterator[Sessions]:
    made = make()
    yield made
    made.finish(30)


def expecting(error: type[DeployKFError], sessions: Sessions, issuer: str) -> Callable[[], None]:
    """Ask for a token, and expect an error: for a thread."""

    def ask() -> None:
        with pytest.raises(error):
            sessions.get_token(issuer)

    return ask


def notes(cache: Path) -> list[Path]:
    return [path for path in cache.parent.glob("*.note") if path.read_text().strip()]


def scripted(status: int, body: object) -> tuple[int, dict[str, str], bytes]:
    return status, {"content-type": "application/json"}, json.dumps(body).encode()


class TestALostAnswer:
    """The issuer has replaced the refresh token, and its answer never came."""

    @pytest.mark.parametrize("how", ["drop", "half", "stall"])
    @pytest.mark.parametrize("left", [-1.0, 200.0])
    def test_is_asked_for_again_at_once(
        self, sessions: Sessions, issuer: Issuer, cache: Path, how: str, left: float
    ) -> None:
        issuer.reuse_interval = 30
        write_cache(cache, {issuer.url: issuer.entry(expires_in=left)})
        issuer.losses = [how]
        assert sessions.get_token(issuer.url)
        sessions.finish(30)
        assert issuer.token_requests() == 2
        assert read_cache(cache)[issuer.url]["refresh_token"] == issuer.refresh_token
        assert sessions.session(issuer.url).problem is None
        assert notes(cache) == []

    @pytest.mark.parametrize("status", [502, 504])
    def test_is_what_a_gateway_means_that_got_none(
        self, sessions: Sessions, issuer: Issuer, cache: Path, status: int
    ) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
        issuer.scripted["/dex/token"] = scripted(status, {})
        with pytest.raises(IssuerFault):
            sessions.get_token(issuer.url)
        sessions.finish(30)
        assert issuer.token_requests() == len(renewal._REPETITIONS)

    def test_is_asked_for_several_times_within_the_reuse_interval(
        self, sessions: Sessions, issuer: Issuer, cache: Path, times: Times
    ) -> None:
        issuer.reuse_interval = 30
        write_cache(cache, {issuer.url: issuer.entry(expires_in=200)})
        issuer.losses = ["drop", "half", "drop", "half"]
        sessions.get_token(issuer.url)
        sessions.finish(30)
        assert issuer.token_requests() == 5
        assert sum(times.paused) < 30
        assert read_cache(cache)[issuer.url]["refresh_token"] == issuer.refresh_token

    def test_is_given_up_after_it_and_then_put_off(
        self, sessions: Sessions, make: Callable[..., Sessions], issuer: Issuer, cache: Path, times: Times
    ) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=200)})
        issuer.reuse_interval = 3600
        issuer.losses = ["drop"] * 50
        sessions.get_token(issuer.url)
        sessions.finish(30)
        made = issuer.token_requests()
        assert 4 <= made <= len(renewal._REPETITIONS)
        assert 20 < sum(times.paused) < 30
        other = make()
        for _ in range(5):
            assert sessions.get_token(issuer.url)
            assert other.get_token(issuer.url)
        assert issuer.token_requests() == made
        assert other.session(issuer.url).problem is not None

    def test_of_a_killed_process_is_asked_for_by_the_next_one(
        self, sessions: Sessions, issuer: Issuer, cache: Path
    ) -> None:
        issuer.reuse_interval = 30
        write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
        issuer.losses = ["stall"]
        answered = threading.Event()
        issuer.before_token_answer = answered.set
        script = f"from jupyterlab_deploykf import get_token; get_token({issuer.url!r})"
        process = subprocess.Popen([sys.executable, "-c", script])
        assert answered.wait(20)
        while issuer.losses:
            threading.Event().wait(0.01)  # until the issuer has made the tokens
        process.kill()
        process.wait()
        (note,) = notes(cache)
        assert not any(secret in note.read_text() for secret in ("refresh-", "access-", "eyJ"))
        assert sessions.get_token(issuer.url)
        assert issuer.token_requests() == 2
        assert read_cache(cache)[issuer.url]["refresh_token"] == issuer.refresh_token
        assert notes(cache) == []
        # The room that it had made is gone, too.
        assert list(cache.parent.glob("*.tmp")) == []

    def test_that_can_be_had_no_more_is_told_from_a_login_elsewhere(
        self, sessions: Sessions, issuer: Issuer, cache: Path
    ) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
        issuer.losses = ["drop"]
        with pytest.raises(SessionEnded, match="answer of the issuer was lost"):
            sessions.get_token(issuer.url)
        assert "refresh_token" not in read_cache(cache)[issuer.url]

    def test_what_was_surely_not_sent_is_not_repeated(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        entry = issuer.entry(expires_in=-1)
        sessions.provider(issuer.url)
        with serve_issuer() as gone:
            closed = f"{gone.url}/token"
        issuer.document = {"token_endpoint": closed}
        write_cache(cache, {issuer.url: entry})
        fresh = wiring.make_sessions()
        started = time.monotonic()
        with pytest.raises(IssuerUnreachable, match="refuses"):
            fresh.get_token(issuer.url)
        assert time.monotonic() - started < 1.0


class TestAProblemAfterTheAnswer:
    """The old refresh token is spent, so the new one is kept unless it may be someone else's."""

    def expect_kept(self, sessions: Sessions, issuer: Issuer, cache: Path, error: type[DeployKFError]) -> None:
        with pytest.raises(error):
            sessions.get_token(issuer.url)
        assert read_cache(cache)[issuer.url]["refresh_token"] == issuer.refresh_token != "refresh-0"
        assert sessions.session(issuer.url).state is SessionState.EXPIRED

    @pytest.mark.parametrize("ahead", [-600.0, 600.0, -86400.0, 86400.0])
    def test_a_clock_that_is_off_is_none(
        self, sessions: Sessions, issuer: Issuer, cache: Path, times: Times, ahead: float
    ) -> None:
        times.ahead = ahead
        write_cache(cache, {issuer.url: {**issuer.entry(expires_in=-1), "expires_at": times.clock() - 1}})
        assert sessions.get_token(issuer.url)
        assert read_cache(cache)[issuer.url]["expires_at"] == pytest.approx(times.clock() + 3600, abs=20)

    def test_keys_that_cant_be_fetched(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})

        def rotate() -> None:
            issuer.keys = ["rsa-2"]
            issuer.scripted["/dex/keys"] = scripted(503, {})

        issuer.before_token_answer = rotate
        self.expect_kept(sessions, issuer, cache, IssuerFault)
        issuer.before_token_answer = None
        del issuer.scripted["/dex/keys"]
        assert sessions.get_token(issuer.url)

    def test_a_key_that_is_not_published_yet(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
        published = issuer.answer("/dex/keys", {})
        issuer.before_token_answer = lambda: setattr(issuer, "keys", ["rsa-2"])
        issuer.scripted["/dex/keys"] = published
        self.expect_kept(sessions, issuer, cache, IDTokenInvalid)
        del issuer.scripted["/dex/keys"]
        assert sessions.get_token(issuer.url)

    def test_an_answer_without_id_token(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        entry = issuer.entry(expires_in=-1)
        write_cache(cache, {issuer.url: entry})
        issuer.scripted["/dex/token"] = scripted(200, {"access_token": "a", "refresh_token": "next"})
        with pytest.raises(TokenAnswerInvalid, match="no ID token"):
            sessions.get_token(issuer.url)
        assert read_cache(cache)[issuer.url] == {**entry, "refresh_token": "next"}

    def test_leaves_a_valid_token_in_use(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        entry = issuer.entry(expires_in=200)
        write_cache(cache, {issuer.url: entry})
        issuer.scripted["/dex/token"] = scripted(200, {"access_token": "a", "refresh_token": "next"})
        assert sessions.get_token(issuer.url) == entry["id_token"]
        sessions.finish(30)
        assert read_cache(cache)[issuer.url]["refresh_token"] == "next"
        assert sessions.get_token(issuer.url) == entry["id_token"]

    @pytest.mark.parametrize(
        "claims", [{"iss": "https://evil.example.com"}, {"sub": "someone-else"}, {"aud": "other"}, {"azp": "other"}]
    )
    @pytest.mark.parametrize("is_signed", [True, False])
    def test_nothing_is_kept_of_someone_elses(
        self, sessions: Sessions, issuer: Issuer, cache: Path, claims: dict[str, Any], is_signed: bool
    ) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
        before = cache.read_bytes()
        issuer.claims = claims
        if not is_signed:
            sessions.provider(issuer.url)
            published = issuer.answer("/dex/keys", {})
            issuer.scripted["/dex/keys"] = published
            issuer.keys = ["rsa-2"]
        with pytest.raises(IDTokenInvalid):
            sessions.get_token(issuer.url)
        assert cache.read_bytes() == before

    def test_nothing_is_kept_that_was_forged(self, sessions: Sessions, issuer: Issuer, cache: Path) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
        before = cache.read_bytes()
        forged = f"{issuer.id_token()[:-8]}AAAAAAAA"
        issuer.scripted["/dex/token"] = scripted(200, {"id_token": forged, "refresh_token": "next"})
        with pytest.raises(IDTokenInvalid, match="signature"):
            sessions.get_token(issuer.url)
        assert cache.read_bytes() == before

    @pytest.mark.parametrize("keys", [[], [{"kty": "oct", "k": "c2VjcmV0"}]])
    def test_what_could_not_be_verified_is_not_asked_for(
        self, sessions: Sessions, issuer: Issuer, cache: Path, keys: list[object]
    ) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
        issuer.scripted["/dex/keys"] = scripted(200, {"keys": keys})
        with pytest.raises(IDTokenInvalid, match="no key"):
            sessions.get_token(issuer.url)
        assert issuer.token_requests() == 0


class TestAnotherClient:
    """A refresh token is sent by the client that it was issued to, or not at all."""

    @pytest.mark.parametrize(
        "claims", [{"aud": "other"}, {"aud": ["a", "b"]}, {"aud": ["kubeflow-pipelines-sdk", "b"], "azp": "b"}]
    )
    def test_does_not_send_it(self, sessions: Sessions, issuer: Issuer, cache: Path, claims: dict[str, Any]) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=-1, **claims)})
        before = cache.read_bytes()
        with pytest.raises(ClientRejected, match="was not issued to the client"):
            sessions.get_token(issuer.url)
        assert issuer.requests == []
        assert cache.read_bytes() == before

    @pytest.mark.parametrize(
        "claims", [{"aud": ["b", "kubeflow-pipelines-sdk"]}, {"aud": None}, {"azp": "kubeflow-pipelines-sdk"}]
    )
    def test_is_not_seen_in_a_token_that_names_ours_or_none(
        self, sessions: Sessions, issuer: Issuer, cache: Path, claims: dict[str, Any]
    ) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=-1, **claims)})
        assert sessions.get_token(issuer.url)


class TestAnIssuerThatHangs:
    """Whoever has a valid token does not wait; whoever has none waits once."""

    def test_keeps_nobody_waiting_who_has_a_valid_token(
        self, make: Callable[..., Sessions], issuer: Issuer, cache: Path
    ) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=200)})
        issuer.losses = ["stall"] * 20
        several = [make(5.0) for _ in range(4)]
        started = time.monotonic()
        for _ in range(3):
            for each in several:
                assert each.get_token(issuer.url)
        # 12 calls, each of which would wait for 5 seconds.
        assert time.monotonic() - started < 4.0
        issuer.go_on.set()
        for each in several:
            each.finish(30)

    def test_is_found_out_once(
        self, make: Callable[..., Sessions], issuer: Issuer, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # A process that comes late goes by the note of the first: an attempt of one second is a long one here.
        monkeypatch.setattr(setback, "_SLOW", 0.1)
        monkeypatch.setitem(globals(), "TIMEOUT", 5.0)
        write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
        issuer.document = {"jwks_uri": f"{issuer.url}/token"}
        issuer.losses = ["drop"] * 20
        several = [make() for _ in range(4)]
        problems: list[DeployKFError] = []

        def hang() -> None:
            # Until all have begun, and long enough to count.
            while not all(each._renewal._jobs for each in several) or time.monotonic() - started < 0.15:
                time.sleep(0.001)

        issuer.before_token_answer = hang
        started = time.monotonic()

        together = threading.Barrier(4)

        def get(each: Sessions) -> None:
            together.wait(20)
            with pytest.raises(IssuerUnreachable) as caught:
                each.get_token(issuer.url)
            problems.append(caught.value)

        threads = [threading.Thread(target=get, args=(each,)) for each in several]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert len(problems) == 4
        assert issuer.token_requests() == 1
        issuer.go_on.set()

    def test_is_asked_by_one_thread_and_all_who_wait_get_an_error_of_their_own(
        self, sessions: Sessions, issuer: Issuer, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # So long that a busy machine makes no difference.
        monkeypatch.setitem(globals(), "TIMEOUT", 5.0)
        write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
        asked, go_on = threading.Event(), threading.Event()

        def hang() -> None:
            asked.set()
            go_on.wait(20)

        issuer.before_token_answer = hang
        issuer.refresh_token = "of another login"
        problems: list[object] = []
        starting, start = threading.Semaphore(0), sessions._renewal._start

        def join(*arguments: Any) -> Any:
            job = start(*arguments)
            starting.release()
            return job

        monkeypatch.setattr(sessions._renewal, "_start", join)

        def get() -> None:
            try:
                problems.append(sessions._renewal.renewed(issuer.url, renewal.MANDATORY))
            except SessionEnded as error:
                problems.append(error)

        threads = [threading.Thread(target=get) for _ in range(4)]
        for thread in threads:
            thread.start()
        assert asked.wait(20)
        assert all(starting.acquire(timeout=20) for _ in threads)
        workers = [each for each in threading.enumerate() if each.name == "deploykf-refresh"]
        go_on.set()
        for thread in threads:
            thread.join(30)
        assert len(workers) == 1
        assert [type(problem) for problem in problems] == [SessionEnded] * 4
        assert len({id(problem) for problem in problems}) == 4

    def test_holds_up_no_other_issuer(self, make: Callable[..., Sessions], issuer: Issuer, cache: Path) -> None:
        with serve_issuer() as healthy:
            write_cache(cache, {issuer.url: issuer.entry(expires_in=-1), healthy.url: healthy.entry(expires_in=-1)})
            asked = threading.Event()
            issuer.before_token_answer = asked.set
            issuer.losses = ["stall"] * 20
            hangs = make()
            thread = threading.Thread(target=expecting(DeployKFError, hangs, issuer.url))
            thread.start()
            assert asked.wait(20)
            assert make().get_token(healthy.url)
            # Nor does anything of the cache wait: its lock is not held.
            make().logout("https://third.example.com/dex")
            assert thread.is_alive()
            issuer.go_on.set()
            thread.join(30)

    def test_a_process_that_was_stopped_in_its_turn_is_not_waited_for(
        self, make: Callable[..., Sessions], sessions: Sessions, issuer: Issuer, cache: Path, times: Times
    ) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=200)})
        # The file locks of one process are those of others to each other.
        turn = Store(str(cache)).try_turn(issuer.url)
        assert turn is not None
        with turn:
            assert sessions.get_token(issuer.url)
            write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
            other = make()
            asker = threading.Thread(target=expecting(CacheBusy, other, issuer.url))
            asker.start()
            # Until it has found that someone else has the turn.
            while not any(job.last_problem for job in list(other._renewal._jobs.values())):
                threading.Event().wait(0.01)
            # Time passes.
            times.paused.append(renewal.PATIENCE + 1)
            asker.join(20)
            assert not asker.is_alive()
            # Nor does a thread go on waiting for it.
            (job,) = list(other._renewal._jobs.values()) or [None]
            assert job is None or job.done.wait(10)
        sessions.finish(30)

    def test_who_waits_for_another_process_is_not_told_that_the_issuer_is_slow(
        self, sessions: Sessions, issuer: Issuer, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # The wait ends a moment before the attempt that is waited for gives up.
        monkeypatch.setattr(renewal, "PATIENCE", 0.05)
        write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
        turn = Store(str(cache)).try_turn(issuer.url)
        assert turn is not None
        with turn, pytest.raises(CacheBusy, match="Another process"):
            sessions.get_token(issuer.url)
        sessions.finish(30)


@pytest.mark.parametrize(
    ("call", "what", "path"),
    [("get_token", "_keys", "/dex/keys"), ("provider", "_provider", "/dex/.well-known/openid-configuration")],
)
def test_a_fork_while_another_thread_asks_leaves_a_child_that_works(
    issuer: Issuer, home: Path, cache: Path, call: str, what: str, path: str
) -> None:
    write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
    script = f"""
import os, threading, time
from jupyterlab_deploykf import wiring
sessions = wiring.shared_sessions()
threading.Thread(target=lambda: sessions.{call}({issuer.url!r}), daemon=True).start()
while not any(client.{what}._under_way for client in list(sessions._issuers.values())):
    time.sleep(0.01)
child = os.fork()
if child == 0:
    started = time.monotonic()
    # Nor does it wait for what only its parent does: 10 seconds for the keys, or 14 for the token.
    print(len(sessions.get_token({issuer.url!r})) > 100 and time.monotonic() - started < 8, flush=True)
    os._exit(0)
os.waitpid(child, 0)
os._exit(0)
"""
    waiting = threading.Event()
    answered: list[int] = []
    plain = issuer.answer

    def slow_at_first(asked: str, form: dict[str, str]) -> Any:
        if asked == path and not answered:
            answered.append(1)
            waiting.wait(3)
        return plain(asked, form)

    issuer.answer = slow_at_first  # type: ignore[method-assign]
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    waiting.set()
    assert result.stdout.strip() == "True", result.stderr


@pytest.mark.parametrize("module", ["session", "io.clusters", "io.http"])
def test_a_fork_while_another_thread_imports_leaves_a_child_that_works(
    issuer: Issuer, home: Path, cache: Path, module: str
) -> None:
    write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
    script = f"""
import os, signal, sys, threading
from jupyterlab_deploykf import get_token

class Slow:
    def find_spec(self, name, path=None, target=None):
        if name == "jupyterlab_deploykf.{module}":
            sys.meta_path.remove(self)
            is_importing.set()
            may_go_on.wait(1)

is_importing, may_go_on = threading.Event(), threading.Event()
sys.meta_path.insert(0, Slow())
threading.Thread(target=get_token, args=({issuer.url!r},), daemon=True).start()
is_importing.wait(20)
child = os.fork()
if child == 0:
    signal.alarm(20)
    print(len(str(get_token({issuer.url!r}))) > 100, flush=True)
    os._exit(0)
may_go_on.set()
os.waitpid(child, 0)
os._exit(0)
"""
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert result.stdout.strip() == "True", result.stderr


def test_who_ends_waits_for_a_refresh_that_is_under_way(
    sessions: Sessions, issuer: Issuer, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_cache(cache, {issuer.url: issuer.entry(expires_in=200)})
    monkeypatch.setitem(globals(), "TIMEOUT", 20.0)
    is_waited_for = threading.Event()
    issuer.before_token_answer = lambda: (is_waited_for.wait(20), None)[1]
    assert sessions.get_token(issuer.url)
    (job,) = sessions._renewal._jobs.values()
    wait = job.done.wait
    monkeypatch.setattr(job.done, "wait", lambda seconds: (is_waited_for.set(), wait(seconds))[1])
    sessions.finish(20)
    assert job.done.is_set()
    assert read_cache(cache)[issuer.url]["refresh_token"] == issuer.refresh_token == "refresh-1"


def test_what_it_has_saved_is_made_durable_once_nobody_waits_for_it(
    sessions: Sessions, issuer: Issuer, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
    started: list[Any] = []
    flushed: list[bool] = []
    start, fsync = sessions._renewal._start, os.fsync

    def begin(*arguments: Any) -> Any:
        started.append(start(*arguments))
        return started[-1]

    def flush(descriptor: int) -> None:
        if os.readlink(f"/proc/self/fd/{descriptor}") == str(cache.parent):
            flushed.append(all(job.done.is_set() for job in started) and "refresh-1" in cache.read_text())
        fsync(descriptor)

    monkeypatch.setattr(sessions._renewal, "_start", begin)
    monkeypatch.setattr("jupyterlab_deploykf.io.files.os.fsync", flush)
    assert sessions.get_token(issuer.url)
    for thread in threading.enumerate():
        if thread.name == "deploykf-refresh":
            thread.join(20)
    assert flushed == [True]


def test_an_exit_in_the_middle_of_a_refresh_saves_its_tokens(issuer: Issuer, home: Path, cache: Path) -> None:
    write_cache(cache, {issuer.url: issuer.entry(expires_in=200)})
    issuer.before_token_answer = lambda: time.sleep(0.5)
    script = f"from jupyterlab_deploykf import get_token; get_token({issuer.url!r})"
    subprocess.run([sys.executable, "-c", script], timeout=60, check=True)
    assert issuer.token_requests() == 1
    assert read_cache(cache)[issuer.url]["refresh_token"] == issuer.refresh_token


def test_a_ctrl_c_in_the_middle_of_a_refresh_loses_and_shows_nothing(issuer: Issuer, home: Path, cache: Path) -> None:
    entry = issuer.entry(expires_in=-1)
    write_cache(cache, {issuer.url: entry})
    asked, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        asked.set()
        go_on.wait(20)

    issuer.before_token_answer = wait
    script = f"""
import sys, traceback
from jupyterlab_deploykf import get_token
try:
    get_token({issuer.url!r})
except KeyboardInterrupt as error:
    for frame, _ in traceback.walk_tb(error.__traceback__):
        print(frame.f_code.co_filename, repr(frame.f_locals))
"""
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert asked.wait(20)
    process.send_signal(signal.SIGINT)
    go_on.set()
    out, _ = process.communicate(timeout=60)
    assert "renewal.py" in out
    assert not any(secret in out for secret in (entry["id_token"], entry["refresh_token"]))
    assert "requests/" not in out
    assert read_cache(cache)[issuer.url]["refresh_token"] == issuer.refresh_token


class TestAnotherProcessIsQuicker:
    """Whoever gets the turn late has nothing left to do."""

    @pytest.mark.parametrize("is_refused", [False, True])
    def test_and_its_token_is_taken_before_asking(
        self,
        make: Callable[..., Sessions],
        sessions: Sessions,
        issuer: Issuer,
        cache: Path,
        monkeypatch: pytest.MonkeyPatch,
        is_refused: bool,
    ) -> None:
        entry = issuer.entry(expires_in=1800 if is_refused else -1)
        write_cache(cache, {issuer.url: entry})
        take, other = sessions._vault.turn, make()

        def late(issuer_url: str) -> Any:
            # Between the decision to refresh and the turn.
            monkeypatch.setattr(sessions._vault, "turn", take)
            other.refresh(issuer.url)
            return take(issuer_url)

        monkeypatch.setattr(sessions._vault, "turn", late)
        if is_refused:
            assert sessions.replace_refused(issuer.url, entry["id_token"])
        token = sessions.get_token(issuer.url)
        assert token == read_cache(cache)[issuer.url]["id_token"] != entry["id_token"]
        assert issuer.token_requests() == 1

    def test_and_keeps_nobody_waiting_who_has_its_token(
        self, sessions: Sessions, issuer: Issuer, cache: Path, times: Times
    ) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
        turn = Store(str(cache)).try_turn(issuer.url)
        assert turn is not None
        given: list[str] = []
        with turn:
            asker = threading.Thread(target=lambda: given.append(sessions.get_token(issuer.url)))
            asker.start()
            while not any(job.last_problem for job in list(sessions._renewal._jobs.values())):
                threading.Event().wait(0.01)
            entry = issuer.entry()
            write_cache(cache, {issuer.url: entry})
            asker.join(10)
            # It still holds the turn.
            assert given == [entry["id_token"]]
        assert issuer.token_requests() == 0


@pytest.mark.usefixtures("simple_disk")
def test_without_room_for_its_answer_nothing_is_asked(
    sessions: Sessions, issuer: Issuer, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("jupyterlab_deploykf.io.files.os.write", full)
        with pytest.raises(CacheNotWritable, match="disk is full"):
            sessions.get_token(issuer.url)
    assert issuer.token_requests() == 0
    assert sessions.get_token(issuer.url)


def test_what_nobody_expected_is_an_error_of_ours(
    sessions: Sessions, issuer: Issuer, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
    monkeypatch.setattr(IssuerClient, "refresh", lambda *_: [].pop())
    with pytest.raises(UnexpectedError, match="IndexError"):
        sessions.get_token(issuer.url)


def test_a_clock_that_jumps_stops_no_refresh(sessions: Sessions, issuer: Issuer, cache: Path, times: Times) -> None:
    write_cache(cache, {issuer.url: issuer.entry(expires_in=200)})
    issuer.scripted["/dex/token"] = scripted(503, {})
    times.ahead = 8 * 3600
    with pytest.raises(IssuerFault):
        sessions.get_token(issuer.url)
    times.ahead = 0.0
    del issuer.scripted["/dex/token"]
    times.paused.append(91.0)
    assert sessions.get_token(issuer.url)
    sessions.finish(30)
    assert issuer.token_requests() == 2


def test_a_token_that_has_more_time_than_it_can_have_is_refreshed(
    sessions: Sessions, issuer: Issuer, cache: Path, times: Times
) -> None:
    # It came while this machine's clock was 8 hours ahead.
    write_cache(cache, {issuer.url: {**issuer.entry(), "expires_at": time.time() + 9 * 3600}})
    assert sessions.get_token(issuer.url)
    sessions.finish(30)
    assert issuer.token_requests() == 1
    assert read_cache(cache)[issuer.url]["expires_at"] == pytest.approx(time.time() + 3600, abs=20)


def test_it_asks_again_no_earlier_than_the_issuer_wants(
    sessions: Sessions, issuer: Issuer, cache: Path, times: Times
) -> None:
    write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
    issuer.scripted["/dex/token"] = (429, {"retry-after": "300"}, b"{}")
    for _ in range(3):
        with pytest.raises(IssuerFault):
            sessions.get_token(issuer.url)
    assert issuer.token_requests() == 1
    del issuer.scripted["/dex/token"]
    times.paused.append(301.0)
    assert sessions.get_token(issuer.url)


@pytest.fixture(scope="module")
def quick_bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A real Dex whose refresh tokens can be used again for 2 seconds."""
    options = BenchOptions(dex=DexOptions(reuse_interval="2s"))
    with Bench(options, tmp_path_factory.mktemp("quick-bench")) as running:
        yield running


def test_a_real_dex_gives_a_lost_answer_again(quick_bench: Bench, home: Path, cache: Path) -> None:
    sessions = wiring.make_sessions()
    log_in(sessions, quick_bench)

    def token() -> str:
        return str(read_cache(cache)[quick_bench.issuer]["refresh_token"])

    for how in ("drop", "half"):
        # Within the interval of the last one, Dex replaces nothing, and nothing would be lost.
        before, deadline = token(), time.monotonic() + 30
        while token() == before and time.monotonic() < deadline:
            sessions.refresh(quick_bench.issuer)
        before = token()
        quick_bench.gateway.losses.append(how)
        requests = quick_bench.token_requests
        deadline = time.monotonic() + 30
        while token() == before and time.monotonic() < deadline:
            # Until the interval is over; the loss comes with the first of these.
            sessions.refresh(quick_bench.issuer)
        assert quick_bench.token_requests > requests
        assert sessions.session(quick_bench.issuer).problem is None
    assert os.listdir(cache.parent).count("note") == 0


def test_the_limits_are_those_that_are_promised() -> None:
    # Whoever has no token has one, or an error, after 15 seconds; whoever has one doesn't notice.
    assert renewal.GRACE <= 0.05
    assert renewal.PATIENCE < 15
    assert http.TIMEOUT < renewal.PATIENCE
    assert store.LOCK_TIMEOUT <= 5
    # A lost answer is asked for as long as it can be had, and no longer.
    assert setback.REUSE_INTERVAL == 30
    assert setback.REUSE_INTERVAL - 10 <= sum(renewal._REPETITIONS) < setback.REUSE_INTERVAL
