"""Threads of our own for what blocks, so that nobody else waits for an issuer that hangs.

The event loop's default executor has a few threads that Jupyter needs for its own
routes, its queue has no end, and the interpreter joins its threads at exit.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter, deque
from typing import Any, Callable, Generic, TypeVar

from ..errors import DeployKFError

#: Seconds after which a thread with nothing to do ends.
IDLE = 10.0

_T = TypeVar("_T")


class ServerBusy(DeployKFError):
    """Too many requests of this kind are under way."""

    code = "server_busy"
    retryable = True

    def __init__(self) -> None:
        super().__init__("The Jupyter server is busy with other requests.", "Try again in a moment.")


class Withdrawn(Exception):
    """A job was taken back before it began: nobody waits for it anymore."""


class Job(Generic[_T]):
    """A call that waits for a thread, or has one.

    Parameters
    ----------
    pool
        Where it runs.
    call
        What is called.
    lane
        The jobs with which it shares threads.
    """

    def __init__(self, pool: Pool, call: Callable[[], _T], lane: str) -> None:
        self._pool = pool
        self._call = call
        self._loop = asyncio.get_running_loop()
        self.lane = lane
        self.result: asyncio.Future[_T] = self._loop.create_future()
        # A job whose caller was canceled is not begun either.
        self.result.add_done_callback(lambda _: pool.remove(self))

    def withdraw(self, reason: Callable[[], Exception] = Withdrawn) -> bool:
        """Take the job back, unless it has begun; call it on the event loop.

        Parameters
        ----------
        reason
            Makes the exception that ends the wait for the result.

        Returns
        -------
        bool
            False if it has begun. It goes on then: a code that is spent is worth its session.
        """
        if not self._pool.remove(self):
            return False
        if not self.result.done():
            self.result.set_exception(reason())
        return True

    def perform(self) -> None:
        """Make the call in this thread, and pass its outcome to the event loop."""
        if self.result.done():
            return
        try:
            outcome = self._call()
        except BaseException as error:
            # A future takes no StopIteration, and a SystemExit in it would end the event loop.
            usable = isinstance(error, Exception) and not isinstance(error, StopIteration)
            self._pass_on(self.result.set_exception, error if usable else RuntimeError(type(error).__name__))
        else:
            self._pass_on(self.result.set_result, outcome)

    def _pass_on(self, settle: Callable[[Any], None], outcome: object) -> None:
        def if_awaited() -> None:
            if not self.result.done():
                settle(outcome)

        try:
            self._loop.call_soon_threadsafe(if_awaited)
        except RuntimeError:
            # The server has ended meanwhile, and nobody waits.
            if not self._loop.is_closed():
                raise


class Pool:
    """A few daemon threads with a bounded queue.

    Daemon threads never block the interpreter's exit, as the threads of
    `concurrent.futures` do.

    Parameters
    ----------
    name
        Of its threads.
    threads
        How many calls run at a time.
    share
        How many of them may be of one lane, so that an issuer that hangs leaves threads to the others.
    waiting
        How many calls may wait; None for any number.
    patience
        Seconds that a call may wait before it begins; None for as long as it takes.
    """

    def __init__(
        self, name: str, *, threads: int, share: int, waiting: int | None = None, patience: float | None = None
    ) -> None:
        self._name = name
        self._limit = threads
        self._share = share
        self._waiting = waiting
        self._patience = patience
        self._changed = threading.Condition()
        self._queue: deque[Job[Any]] = deque()
        self._running: Counter[str] = Counter()
        self._threads = 0
        self._idle = 0
        self._is_closed = False

    def __len__(self) -> int:
        """Return how many calls wait for a thread."""
        return len(self._queue)

    def submit(self, call: Callable[[], _T], lane: str = "") -> Job[_T]:
        """Queue a call; call it on the event loop.

        Parameters
        ----------
        call
            What to call in a thread.
        lane
            What it shares threads with, such as other requests to the same issuer.

        Raises
        ------
        ServerBusy
            The queue is full.
        """
        job = Job(self, call, lane)
        with self._changed:
            if self._is_closed or (self._waiting is not None and len(self._queue) >= self._waiting):
                raise ServerBusy()
            self._queue.append(job)
            try:
                self._have_a_thread()
            except RuntimeError:
                # The machine has no more threads. One of ours comes to it, or nobody does.
                if not self._threads:
                    self._queue.remove(job)
                    raise ServerBusy() from None
            self._changed.notify()
        if self._patience is not None:
            timer = asyncio.get_running_loop().call_later(self._patience, job.withdraw, ServerBusy)
            job.result.add_done_callback(lambda _: timer.cancel())
        return job

    async def run(self, call: Callable[[], _T], lane: str = "") -> _T:
        """Make a call in a thread, and return what it returns.

        Raises
        ------
        ServerBusy
        """
        return await self.submit(call, lane).result

    def remove(self, job: Job[Any]) -> bool:
        """Take a job out of the queue; return False if it isn't there."""
        with self._changed:
            if job not in self._queue:
                return False
            self._queue.remove(job)
            return True

    def close(self) -> None:
        """Begin nothing more, and refuse what waits; call it on the event loop. What runs is left to itself."""
        with self._changed:
            self._is_closed = True
            waiting = list(self._queue)
            self._changed.notify_all()
        for job in waiting:
            job.withdraw(ServerBusy)

    def _have_a_thread(self) -> None:
        # Idle threads that were told of earlier jobs may not have woken up yet.
        if self._idle >= len(self._queue) or self._threads >= self._limit:
            return
        thread = threading.Thread(target=self._work, name=f"deployKF {self._name}", daemon=True)
        thread.start()
        self._threads += 1

    def _work(self) -> None:
        while True:
            with self._changed:
                job = self._next()
            if job is None:
                return
            job.perform()
            with self._changed:
                self._running[job.lane] -= 1
                # Another one of its lane may begin.
                self._changed.notify()
            del job

    def _next(self) -> Job[Any] | None:
        """Under the lock: wait for a job, and take it; None if there is nothing to do."""
        while True:
            for job in self._queue:
                if self._running[job.lane] < self._share:
                    self._queue.remove(job)
                    self._running[job.lane] += 1
                    return job
            self._idle += 1
            is_told = self._changed.wait(IDLE)
            self._idle -= 1
            if self._is_closed or (not is_told and not self._queue):
                self._threads -= 1
                return None


class Workers:
    """The pools behind the REST API: a file is read at once, however long an issuer takes."""

    def __init__(self) -> None:
        # Whoever waits for the cache's lock leaves threads to those who only read.
        self.files = Pool("files", threads=4, share=2, waiting=256, patience=10.0)
        self.network = Pool("network", threads=8, share=4, waiting=32, patience=10.0)

    def close(self) -> None:
        """End with the server; call it on the event loop."""
        self.files.close()
        self.network.close()
