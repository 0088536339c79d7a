"""Refreshes sessions ahead of time, and watches the cache for what others do to it."""

from __future__ import annotations

import asyncio
import logging
import random as chance
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Callable

from ..core.backoff import delay
from ..core.credential import DEFAULT_LIFETIME
from ..core.erasure import Entry, erased, remember
from ..core.session import Session, SessionState
from ..core.spread import due_at, vary
from ..errors import DeployKFError, IssuerFault, SessionEnded, UnexpectedError
from ..session import Sessions
from .pools import Pool

#: Seconds between looks at the clock and at the file's time stamp, on average. Short, and
#: against the wall clock, so that a laptop that slept is fresh soon after.
TICK = 5.0

#: How many issuers are asked at a time.
THREADS = 4

#: Seconds that a refresh under way has to save its tokens when the server ends. Jupyter itself
#: needs some of the 2 seconds that are promised.
STOP_PATIENCE = 1.0

#: A change to announce, and whose session it is.
Change = tuple[str, str]


class Refresher:
    """One for each server.

    Nothing from outside can end it: what nobody thought of is logged by its class,
    since its text may hold a secret, and the next look goes on.

    Parameters
    ----------
    sessions
        The use cases.
    announce
        Called on the event loop with each change and its issuer.
    log
        For problems that nobody waits for.
    keeps_fresh
        Whether to refresh now; asked at each look, in its thread. Watching goes on without.
    clock
        Seconds since the epoch: tokens expire by them.
    monotonic
        Seconds: attempts are spaced by them, whatever happens to the wall clock meanwhile.
    random
        Return a number in [0, 1).
    """

    def __init__(
        self,
        sessions: Sessions,
        announce: Callable[[str, str], None],
        log: logging.Logger,
        *,
        keeps_fresh: Callable[[], bool] = lambda: True,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        random: Callable[[], float] = chance.random,
    ) -> None:
        self._sessions = sessions
        self._announce = announce
        self._log = log
        self._keeps_fresh = keeps_fresh
        self._clock = clock
        self._monotonic = monotonic
        self._random = random
        # Looks go on while an issuer hangs, and so do the refreshes at the others.
        self._looking = Pool("cache watcher", threads=1, share=1)
        self._asking = Pool("refresher", threads=THREADS, share=1)
        self._task: asyncio.Task[None] | None = None
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._wake: asyncio.Event | None = None
        self._signature: tuple[int, ...] | None = None
        self._remembered: dict[str, Entry] = {}
        self._times_gone = 0
        self._seen: dict[str, Session] | None = None
        self._kept_fresh: bool | None = None
        self._wanted = False
        self._said = ""
        self._shares: dict[str, tuple[float | None, float]] = {}
        self._failures: dict[str, int] = {}
        self._next_attempt: dict[str, float] = {}
        self._problems: dict[str, tuple[float | None, DeployKFError]] = {}

    @property
    def is_running(self) -> bool:
        """Whether it looks after the sessions now."""
        return self._task is not None and not self._task.done()

    def start(self) -> None:
        """Begin; call it on the event loop."""
        self._wake = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._run(self._wake))

    async def stop(self) -> None:
        """End; a refresh under way has `STOP_PATIENCE` seconds to save its tokens."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            # This raises nothing that they end with, and ends in time whatever hangs.
            await asyncio.wait([task, *self._under_way.values()], timeout=STOP_PATIENCE)
        self._looking.close()
        self._asking.close()

    def amended(self, session: Session) -> Session:
        """Return a session with the problem of its last refresh, if the session itself doesn't know one."""
        expires_at, problem = self._problems.get(session.cluster.issuer, (None, None))
        is_same = session.state is not SessionState.SIGNED_OUT and session.expires_at == expires_at
        return replace(session, problem=problem) if is_same and problem and not session.problem else session

    async def _run(self, wake: asyncio.Event) -> None:
        while True:
            wake.clear()
            try:
                await self._once(wake)
            except Exception as error:
                self._log_unexpected("the watch over the sessions", error)
            try:
                await asyncio.wait_for(wake.wait(), vary(TICK, self._random))
            except asyncio.TimeoutError:
                continue

    async def _once(self, wake: asyncio.Event) -> None:
        for session in await self._looking.run(self._look):
            issuer = session.cluster.issuer
            if issuer not in self._under_way:
                task = asyncio.get_running_loop().create_task(self._refresh_apart(session, wake))
                self._under_way[issuer] = task
        for change, issuer in await self._looking.run(self._changes):
            try:
                self._announce(change, issuer)
            except Exception as error:
                self._log_unexpected("the announcement of a change", error)

    async def _refresh_apart(self, session: Session, wake: asyncio.Event) -> None:
        """Refresh a session while the looks go on, and look again when it is done."""
        issuer = session.cluster.issuer
        try:
            await self._asking.run(partial(self._refresh, session), issuer)
        except Exception as error:
            self._log_unexpected("a refresh", error)
        finally:
            self._under_way.pop(issuer, None)
            wake.set()

    def tick(self) -> list[Change]:
        """Look once: put back what was erased, refresh what is due, and say what changed.

        The same as the task does, one after the other and in the caller's thread.

        Returns
        -------
        list of (str, str)
            Changes with their issuers, as `events` has the words.
        """
        for session in self._look():
            self._refresh(session)
        return self._changes()

    def _look(self) -> list[Session]:
        """Put back what was erased, and return the sessions that are due."""
        try:
            self._guard()
        except DeployKFError as error:
            self._warn(error)
        except Exception as error:
            self._log_unexpected("the watch over the cache", error)
        try:
            self._wanted = self._keeps_fresh()
        except Exception as error:
            # What held before still holds.
            self._log_unexpected("the look at the settings", error)
        return [session for session in self._status() or () if self._is_due(session)] if self._wanted else []

    def _changes(self) -> list[Change]:
        """What differs from the last look. The first look announces nothing."""
        found = self._status()
        if found is None:
            return []
        sessions = {session.cluster.issuer: session for session in found}
        wanted = self._wanted
        changes: list[Change] = []
        if self._kept_fresh is not None and self._kept_fresh != wanted:
            changes.append(("cache", ""))
        if self._seen is not None:
            changes += _differences(self._seen, sessions)
        self._seen, self._kept_fresh = sessions, wanted
        return changes

    def _guard(self) -> None:
        """Notice an erased entry, and put it back."""
        # Before the look: a change between the two is met at the next tick.
        signature = self._sessions.store.signature()
        if signature == self._signature and signature is not None:
            return
        entries = self._sessions.store.entries()
        is_kept = signature is not None and self._times_gone == self._sessions.store.times_gone
        lost = erased(self._remembered, entries, file_exists=is_kept)
        if lost:
            restored = self._sessions.restore(lost)
            self._log.info("deployKF: put back what another program erased from the cache: %s", ", ".join(restored))
            signature = self._sessions.store.signature()
            entries = self._sessions.store.entries()
        self._remembered = remember(entries)
        self._times_gone = self._sessions.store.times_gone
        self._signature = signature

    def _status(self) -> list[Session] | None:
        """All sessions; None if the cache can't be used."""
        try:
            return [self.amended(session) for session in self._sessions.status()]
        except DeployKFError as error:
            # The cache's own status says so to people.
            self._warn(error)
        except Exception as error:
            self._log_unexpected("the look at the sessions", error)
        return None

    def _is_due(self, session: Session) -> bool:
        issuer = session.cluster.issuer
        if not session.renewable or session.expires_at is None or not self._sessions.clusters.is_allowed(issuer):
            return False
        if self._monotonic() < self._next_attempt.get(issuer, float("-inf")):
            return False
        # With a problem there may be something to save, though the token is good for a while.
        lifetime = session.lifetime or DEFAULT_LIFETIME
        is_time = self._clock() >= due_at(session.expires_at, lifetime, self._share(session))
        return is_time or session.problem is not None

    def _share(self, session: Session) -> float:
        """Which part of the spread is waited for: drawn once for each token."""
        issuer = session.cluster.issuer
        expires_at, share = self._shares.get(issuer, (None, 0.0))
        if expires_at is None or expires_at != session.expires_at:
            share = self._random()
            self._shares[issuer] = session.expires_at, share
        return share

    def _refresh(self, session: Session) -> None:
        issuer = session.cluster.issuer
        problem: DeployKFError | None
        try:
            problem = self._sessions.keep_fresh(issuer).problem
        except DeployKFError as error:
            self._log.warning("deployKF: the session at %s could not be refreshed: %s", issuer, error)
            problem = error
        except Exception as error:
            self._log_unexpected(f"the refresh of the session at {issuer}", error)
            problem = UnexpectedError.of(error)
        if problem is None:
            for known in (self._failures, self._next_attempt, self._problems):
                known.pop(issuer, None)
            return
        if problem is session.problem:
            # Nobody was asked, since it is too early by what the session knows.
            self._next_attempt[issuer] = self._monotonic() + TICK
            return
        self._problems[issuer] = session.expires_at, problem
        self._failures[issuer] = self._failures.get(issuer, 0) + 1
        retry_after = problem.retry_after if isinstance(problem, IssuerFault) else None
        wait = delay(self._failures[issuer], self._random, retry_after)
        self._next_attempt[issuer] = self._monotonic() + wait

    def _warn(self, error: DeployKFError) -> None:
        """Log why the cache can't be used, unless that was logged last."""
        if str(error) != self._said:
            self._log.warning("deployKF: %s", error)
        self._said = str(error)

    def _log_unexpected(self, what: str, error: Exception) -> None:
        self._log.error("deployKF: %s failed unexpectedly (%s), and goes on.", what, type(error).__name__)


def _differences(before: dict[str, Session], after: dict[str, Session]) -> Iterator[Change]:
    if before.keys() != after.keys():
        yield "clusters", ""
    for issuer, session in after.items():
        change = describe_change(before.get(issuer), session)
        if change:
            yield change, issuer


def describe_change(before: Session | None, after: Session) -> str | None:
    """The word for the difference between two looks at a session; None where there is none.

    Parameters
    ----------
    before
        None where the cluster was not known.
    after
        What it is now.
    """
    if before is None:
        return "signed_in" if after.state is SessionState.SIGNED_IN else None
    if isinstance(after.problem, SessionEnded) and not isinstance(before.problem, SessionEnded):
        return "session_ended"
    if after.problem and (before.problem is None or before.problem.code != after.problem.code):
        return "refresh_failed"
    if after.state is SessionState.SIGNED_OUT and before.state is not SessionState.SIGNED_OUT:
        return "signed_out"
    if after.expires_at != before.expires_at or after.identity != before.identity:
        same = before.identity is not None and before.identity == after.identity
        return "refreshed" if same else "signed_in"
    return "refreshed" if before.problem and not after.problem else None
