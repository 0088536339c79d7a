"""Keeps sessions fresh ahead of time, and watches the cache for what others do to it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from typing import Callable

from ..core.backoff import delay
from ..core.erasure import Entry, erased, remember
from ..core.session import Session, SessionState
from ..errors import DeployKFError, SessionEnded
from ..session import Sessions

#: Seconds between looks at the clock and at the file's time stamp. Short, and
#: against the wall clock, so that a laptop that slept is fresh soon after.
TICK = 5.0

#: A change to announce, and whose session it is.
Change = tuple[str, str]


class Refresher:
    """One for each server.

    Parameters
    ----------
    sessions
        The use cases.
    announce
        Called on the event loop with each change and its issuer.
    log
        For trouble that nobody waits for.
    keeps_fresh
        Whether to refresh now; asked at each look, in its thread. Watching goes on without.
    clock
        Seconds since the epoch.
    """

    def __init__(
        self,
        sessions: Sessions,
        announce: Callable[[str, str], None],
        log: logging.Logger,
        *,
        keeps_fresh: Callable[[], bool] = lambda: True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._sessions = sessions
        self._announce = announce
        self._log = log
        self._keeps_fresh = keeps_fresh
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self._signature: tuple[int, ...] | None = None
        self._remembered: dict[str, Entry] = {}
        self._seen: dict[str, Session] | None = None
        self._kept_fresh: bool | None = None
        self._failures: dict[str, int] = {}
        self._next_attempt: dict[str, float] = {}

    def start(self) -> None:
        """Begin; call it on the event loop."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """End; a refresh that is under way finishes, so that its tokens are saved."""
        if self._task is None:
            return
        self._task.cancel()
        try:
            await self._task
        except asyncio.CancelledError:
            self._task = None

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            changes = await loop.run_in_executor(None, self.tick)
            for change, issuer in changes:
                self._announce(change, issuer)
            await asyncio.sleep(TICK)

    def tick(self) -> list[Change]:
        """Look once: put back what was erased, refresh what is due, and say what changed.

        Returns
        -------
        list of (str, str)
            Changes with their issuers, as `events` has the words.
        """
        try:
            return list(self._tick())
        except DeployKFError as error:
            # The cache can't be used at all: its own status says so to people.
            self._log.warning("deployKF: %s", error)
            return []

    def _tick(self) -> Iterator[Change]:
        self._guard()
        keeps_fresh = self._keeps_fresh()
        sessions = {session.cluster.issuer: session for session in self._sessions.status()}
        for issuer, session in list(sessions.items()):
            if keeps_fresh and self._is_due(session):
                sessions[issuer] = self._refresh(session)
        if self._kept_fresh is not None and self._kept_fresh != keeps_fresh:
            yield "cache", ""
        yield from self._changes(sessions)
        self._seen, self._kept_fresh = sessions, keeps_fresh

    def _guard(self) -> None:
        """Notice an erased entry, and put it back."""
        # Before the look: a change between the two is met at the next tick.
        signature = self._sessions.store.signature()
        if signature == self._signature and signature is not None:
            return
        entries = self._sessions.store.entries()
        lost = erased(self._remembered, entries, file_exists=signature is not None)
        if lost:
            restored = self._sessions.restore(lost)
            self._log.info("deployKF: put back what another program erased from the cache: %s", ", ".join(restored))
            signature = self._sessions.store.signature()
            entries = self._sessions.store.entries()
        self._remembered = remember(entries)
        self._signature = signature

    def _is_due(self, session: Session) -> bool:
        issuer = session.cluster.issuer
        return (
            session.renewable
            and self._sessions.clusters.is_allowed(issuer)
            and self._clock() >= self._next_attempt.get(issuer, 0.0)
        )

    def _refresh(self, session: Session) -> Session:
        issuer = session.cluster.issuer
        try:
            renewed = self._sessions.keep_fresh(issuer)
        except DeployKFError as error:
            self._log.warning("deployKF: the session at %s could not be refreshed: %s", issuer, error)
            self._back_off(issuer)
            return self._sessions.session(issuer)
        if renewed.problem:
            self._back_off(issuer)
        else:
            self._failures.pop(issuer, None)
            self._next_attempt.pop(issuer, None)
        return renewed

    def _back_off(self, issuer: str) -> None:
        self._failures[issuer] = self._failures.get(issuer, 0) + 1
        self._next_attempt[issuer] = self._clock() + delay(self._failures[issuer])

    def _changes(self, sessions: dict[str, Session]) -> Iterator[Change]:
        """What differs from the last look. The first look announces nothing."""
        if self._seen is None:
            return
        if self._seen.keys() != sessions.keys():
            yield "clusters", ""
        for issuer, session in sessions.items():
            before = self._seen.get(issuer)
            change = describe_change(before, session)
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
