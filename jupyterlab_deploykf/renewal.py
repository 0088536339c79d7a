"""Refreshing a session: once for all processes, losing nothing, and keeping nobody waiting who has a valid token.

A refresh runs in a thread of its own. Whoever has a valid token starts it and
goes on; whoever has none waits for it, for some seconds at most. A thread
waits for its issuer's turn (one lock for each issuer), decides again, asks,
and exchanges the entry in the cache for the new one. The lock of the cache
itself is held for the exchange only.

Part of `session`, which has the use cases; loaded with it by kernels, so that
what a cached token does not need is imported where it is used.
"""

from __future__ import annotations

import copy
import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Callable

from .core.credential import Credential
from .core.decide import Decision, decide
from .errors import CacheBusy, CacheError, DeployKFError, IssuerError, IssuerUnreachable, SessionEnded, UnexpectedError

if TYPE_CHECKING:
    from .core.setback import Setback
    from .core.tokenanswer import Refreshed
    from .io.issuer import Issuer
    from .io.store import Room
    from .vault import Vault

#: Seconds between attempts to refresh a token that is still valid.
ATTEMPT_INTERVAL = 60.0

#: Seconds that someone without a valid token waits for one.
PATIENCE = 14.0

#: Seconds that someone with a valid token gives a fast issuer, so as to go on with the newest.
GRACE = 0.02

#: Seconds between looks at what another process that has the turn is doing.
_LOOK = 0.02

#: Seconds to wait before each repetition of a request whose answer was lost; the issuer gives the same answer
#: for 30 seconds (`core.setback.REUSE_INTERVAL`).
_REPETITIONS = (0.0, 1.0, 3.0, 5.0, 7.0, 7.0)

#: Which decisions lead to a refresh: kernels ask only for what they can't do without.
MANDATORY = frozenset({Decision.REFRESH_NOW})
ADVISORY = frozenset({Decision.REFRESH_NOW, Decision.REFRESH_SOON})
ALWAYS = frozenset({Decision.REFRESH_NOW, Decision.REFRESH_SOON, Decision.USE})


def _pause(seconds: float) -> None:
    """Wait; not when the process is about to end, which this would hold up."""
    deadline = time.monotonic() + seconds
    while threading.main_thread().is_alive():
        left = deadline - time.monotonic()
        if left <= 0:
            return
        time.sleep(min(left, 0.1))


class Renewal:
    """Refreshes the sessions of one user.

    Parameters
    ----------
    vault
        The credentials.
    client_of
        Gives the client of an issuer, by its URL.
    clock
        Seconds since the epoch, for what tokens say of themselves.
    monotonic
        Seconds, for all that is about when to try again: a clock that is set must not stop a refresh.
    chance
        Gives a number from 0 to 1.
    pause
        Waits for that many seconds.
    ends_with_process
        Whether a refresh that is under way ends with the process. A server must end at once; everyone else
        lets it finish, so that its tokens are saved.
    """

    def __init__(
        self,
        vault: Vault,
        client_of: Callable[[str], Issuer],
        clock: Callable[[], float],
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
        pause: Callable[[float], None] = _pause,
        ends_with_process: bool = False,
    ) -> None:
        self._vault = vault
        self._client_of = client_of
        self._clock = clock
        self._monotonic = monotonic
        self._chance = chance
        self._pause = pause
        self._ends_with_process = ends_with_process
        self._jobs: dict[str, _Job] = {}

    def renewed(
        self,
        issuer: str,
        wanted: frozenset[Decision],
        *,
        keep_valid: bool = True,
        refused: str = "",
        waits_for_newest: float = GRACE,
    ) -> Credential | None:
        """Refresh a session if the decision is among those `wanted`.

        Parameters
        ----------
        issuer
            The cluster's issuer.
        wanted
            Decisions that lead to a refresh.
        keep_valid
            Whether problems are put up with, and attempts are spaced, while the token is valid.
        refused
            An ID token that the API does not take: another one in the cache is as good as a refresh.
        waits_for_newest
            Seconds to wait though there is a valid token.

        Returns
        -------
        Credential or None
            A valid one, or None where a login is required.

        Raises
        ------
        SessionEnded, IssuerError, CacheError
        """
        need = _Need(wanted, keep_valid, refused)
        deadline = self._monotonic() + PATIENCE
        for _ in range(3):
            credential, setback = self._vault.look(issuer)
            now = self._clock()
            is_valid = credential is not None and credential.is_valid(now)
            if credential is None or not credential.refresh_token:
                return credential if is_valid else None
            if not need.asks(credential, now):
                self._save_again(issuer)
                return credential
            if keep_valid and setback is not None and setback.holds_back(self._monotonic(), is_valid=is_valid):
                if is_valid or setback.problem is None:
                    self._save_again(issuer)
                    return credential
                raise copy.copy(setback.problem)
            job = self._start(issuer, need)
            goes_on = is_valid and keep_valid and not refused
            job.done.wait(waits_for_newest if goes_on else max(0.0, deadline - self._monotonic()))
            if job.problem is not None or not job.done.is_set():
                return self._after_trouble(issuer, job, keep_valid=keep_valid)
            if job.has_refreshed:
                return job.outcome
            if job.need is need:
                break
            # It was started by someone who needed less.
        return self._vault.credential(issuer)

    def finish(self, seconds: float) -> None:
        """Wait for the refreshes that are under way, so that their tokens are saved; not longer than that."""
        deadline = self._monotonic() + seconds
        for job in list(self._jobs.values()):
            job.done.wait(max(0.0, deadline - self._monotonic()))

    def _after_trouble(self, issuer: str, job: _Job, *, keep_valid: bool) -> Credential:
        """What holds though a refresh has failed, or is not done yet."""
        current = self._vault.credential(issuer)
        if keep_valid and current is not None and current.is_valid(self._clock()):
            return current
        problem = job.problem or job.last_problem
        if problem is None:
            cluster = self._client_of(issuer).cluster
            problem = IssuerUnreachable(
                f"The issuer of {cluster.name} does not answer in time.", "Check the network or VPN, and try again."
            )
        # Several may wait for one job: each gets an error of its own.
        raise copy.copy(problem)

    def _save_again(self, issuer: str) -> None:
        if self._vault.is_unsaved(issuer):
            self._vault.save_again(issuer)

    def _start(self, issuer: str, need: _Need) -> _Job:
        """Start a refresh, or join the one that is under way."""
        there = self._jobs.get(issuer)
        if there is not None and (there.pid != os.getpid() or there.done.is_set()):
            # Its thread was left behind by a fork, or has just ended.
            self._jobs.pop(issuer, None)
        made = _Job(issuer, need, self._monotonic())
        job = self._jobs.setdefault(issuer, made)
        if job is made:
            from .io.http import start

            thread = threading.Thread(target=self._work, args=(job,), name="deploykf-refresh")
            thread.daemon = self._ends_with_process
            start(thread)
        return job

    def _work(self, job: _Job) -> None:
        try:
            with self._turn(job) as is_mine:
                if is_mine:
                    self._refresh(job)
        except (IssuerError, SessionEnded, CacheError) as error:
            job.problem = error.with_traceback(None)
            self._take_note(job, error)
        except DeployKFError as error:
            job.problem = error.with_traceback(None)
        except Exception as error:
            # Nothing from outside may end whoever waits for this, such as the server's refresher.
            job.problem = UnexpectedError.of(error)
            self._take_note(job, job.problem)
        finally:
            if self._jobs.get(job.issuer) is job:
                self._jobs.pop(job.issuer, None)
            job.done.set()
        if job.has_asked:
            # After those who wait have what they need.
            self._vault.sync()

    @contextmanager
    def _turn(self, job: _Job) -> Iterator[bool]:
        """Wait for the issuer's turn; False if another process has done the work meanwhile.

        Raises
        ------
        IssuerError, SessionEnded
            Another process has asked meanwhile, and this is what came of it.
        CacheBusy
            It has the turn for too long.
        CacheError
        """
        while True:
            turn = self._vault.turn(job.issuer)
            if turn is not None:
                break
            credential, setback = self._vault.look(job.issuer)
            if credential is None or not job.need.asks(credential, self._clock()):
                yield False
                return
            self._raise_newer(job, setback)
            # Also for those who give up waiting for this a moment before: it isn't the issuer that is slow.
            job.last_problem = CacheBusy(
                "Another process has been refreshing this session for too long.",
                "Try again; if it goes on, restart the kernel or server that hangs.",
            )
            if self._monotonic() - job.started_at > PATIENCE:
                raise job.last_problem
            self._pause(_LOOK)
        job.last_problem = None
        with turn:
            yield True

    def _refresh(self, job: _Job) -> None:
        """In turn: decide again, refresh, verify, save."""
        issuer = job.issuer
        # Another process may have refreshed, or failed to, while this one waited.
        credential, job.before = self._vault.look(issuer)
        if credential is None or not credential.refresh_token or not job.need.asks(credential, self._clock()):
            return
        self._raise_newer(job, job.before)
        client = self._client_of(issuer)
        client.ready_for(credential)
        with self._vault.room(issuer, in_turn=True) as room:
            try:
                refreshed = self._ask(job, client, credential)
            except SessionEnded:
                if self._has_ended(issuer, credential, room):
                    raise
                return  # someone else's refresh or login was quicker: the session goes on with what they wrote
            key = client.provider().issuer
            job.outcome = self._vault.exchange(issuer, key, credential, refreshed.credential, room)
        if refreshed.problem is not None:
            raise refreshed.problem
        job.has_refreshed = True

    def _ask(self, job: _Job, client: Issuer, credential: Credential) -> Refreshed:
        """Ask for new tokens; repeat it while an answer that was lost can be had again.

        Dex replaces the refresh token when it answers. For some seconds it gives the same answer to the old one;
        after that the session is lost. So this is neither put off nor given up early.

        Raises
        ------
        SessionEnded, IssuerError
        """
        from .core.setback import under_way
        from .core.tokenanswer import lost_answer

        before = job.before
        if before is not None and before.is_repeatable(self._monotonic()):
            job.unknown_since = before.unknown_since
        for pause in _REPETITIONS:
            self._pause(pause)
            sent_at = self._monotonic()
            # Should this process be killed before it has the answer, another one asks again in time.
            flight = under_way(before, credential, job.unknown_since or sent_at)
            self._vault.announce(job.issuer, flight)
            job.has_asked = True
            try:
                return client.refresh(credential)
            except SessionEnded as error:
                if job.unknown_since is None and (before is None or before.unknown_since is None):
                    raise
                job.last_problem = lost_answer(client.cluster)
                raise job.last_problem from error
            except IssuerError as error:
                if job.unknown_since is None:
                    if not error.outcome_unknown:
                        raise
                    job.unknown_since = sent_at
                elif not (error.retryable or error.outcome_unknown):
                    raise
                job.last_problem = error.with_traceback(None)
            if not threading.main_thread().is_alive():
                # Another process may have the time: the note stays as it is.
                job.is_noted = True
                break
            if not flight.is_repeatable(self._monotonic()):
                break
        assert job.last_problem is not None
        raise job.last_problem

    def _has_ended(self, issuer: str, sent: Credential, room: Room) -> bool:
        """Save that a session has ended: nobody needs to ask again, and the ID token may still be valid."""
        ended = sent.without_refresh_token()
        return self._vault.exchange(issuer, issuer, sent, ended, room) is ended

    def _raise_newer(self, job: _Job, setback: Setback | None) -> None:
        """Raise what another process has found out since a job was started."""
        if (
            setback is not None
            and setback.problem is not None
            and setback.failed_at > job.started_at
            and not setback.is_repeatable(self._monotonic())
        ):
            job.is_noted = True
            raise copy.copy(setback.problem)

    def _take_note(self, job: _Job, problem: DeployKFError) -> None:
        """Remember that an attempt failed, and tell other processes."""
        if job.is_noted:
            return
        from .core.setback import session_mark, setback_after

        try:
            setback = setback_after(
                job.before,
                session_mark(self._vault.credential(job.issuer)),
                problem,
                started_at=job.started_at,
                now=self._monotonic(),
                random=self._chance,
                unknown_since=job.unknown_since,
            )
            self._vault.take_note(job.issuer, setback)
        except CacheError:
            # The cache can't be read by now, which whoever looks next is told.
            return


class _Need:
    """When a refresh is asked for."""

    __slots__ = ("keep_valid", "refused", "wanted")

    def __init__(self, wanted: frozenset[Decision], keep_valid: bool, refused: str) -> None:
        self.wanted = wanted
        self.keep_valid = keep_valid
        self.refused = refused

    def asks(self, credential: Credential, now: float) -> bool:
        """Whether a credential is not good enough."""
        if self.refused and credential.id_token != self.refused and credential.is_valid(now):
            return False
        return decide(credential, now) in self.wanted


class _Job:
    """One refresh, under way or done."""

    def __init__(self, issuer: str, need: _Need, started_at: float) -> None:
        self.issuer = issuer
        self.need = need
        self.started_at = started_at
        self.pid = os.getpid()
        self.done = threading.Event()
        self.problem: DeployKFError | None = None
        #: Why it takes so long: another process has the turn, or the request is being repeated.
        self.last_problem: DeployKFError | None = None
        #: Since when the outcome of a request is not known.
        self.unknown_since: float | None = None
        self.before: Setback | None = None
        #: Whether the problem is one that another process has noted.
        self.is_noted = False
        self.has_asked = False
        self.has_refreshed = False
        #: What holds then: another one after a login elsewhere, None after a logout.
        self.outcome: Credential | None = None
