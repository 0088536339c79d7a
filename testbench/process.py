"""A child process: started, watched until ready, and stopped by its own id."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .errors import ChildFailed as ChildFailed

_POLL_SECONDS = 0.02
_LAST_LINES = 15

# The kernel sends the signal of PR_SET_PDEATHSIG when the *thread* that forked ends.
# So one thread, which lives as long as this process, starts all children.
_spawner = ThreadPoolExecutor(max_workers=1, thread_name_prefix="testbench-spawner")
_running: weakref.WeakSet[Child] = weakref.WeakSet()


class Child:
    """A program that runs for the bench.

    Parameters
    ----------
    name
        What messages call it, and what its log file is called after.
    command
        The program and its arguments.
    log
        The file that its output is appended to.
    ready
        Asked again and again until it is true; it must not block for long.
    env
        The child's whole environment; that of this process when absent.
    cwd
        Its working directory.
    grace
        Seconds between SIGTERM and SIGKILL.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        log: Path,
        ready: Callable[[], bool],
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        grace: float = 5.0,
    ) -> None:
        self.name = name
        self.log = log
        self._command = [str(part) for part in command]
        self._ready = ready
        self._env = env
        self._cwd = cwd
        self._grace = grace
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process is not None else None

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self, deadline: float = 30.0) -> None:
        """Start it and wait until it is ready.

        Parameters
        ----------
        deadline
            The most seconds to wait.

        Raises
        ------
        ChildFailed
            It ended, or was not ready in time; with its last lines.
        """
        if self.running:
            return
        self._process = process = _spawner.submit(self._spawn).result()
        _running.add(self)
        try:
            self._wait_until_ready(process, deadline)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop it: SIGTERM, and SIGKILL to its group where the grace was not enough."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(self._grace)
        except subprocess.TimeoutExpired:
            # It leads a session of its own, so the group holds nobody else.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        _running.discard(self)

    def last_lines(self) -> str:
        """The end of its log."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(f"    {line}" for line in lines[-_LAST_LINES:])

    def _spawn(self) -> subprocess.Popen[bytes]:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-I", "-S", _LEASH, str(os.getpid()), *self._command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self._env,
                cwd=self._cwd,
                start_new_session=True,  # Ctrl-C reaches us alone, and we stop things in order
            )

    def _wait_until_ready(self, process: subprocess.Popen[bytes], deadline: float) -> None:
        until = time.monotonic() + deadline
        while not self._ready():
            if (code := process.poll()) is not None:
                raise ChildFailed(
                    f"{self.name} ended at start with exit code {code}. Its last lines:\n{self.last_lines()}"
                )
            if time.monotonic() > until:
                raise ChildFailed(
                    f"{self.name} was not ready after {deadline:.0f} s. Its last lines:\n{self.last_lines()}"
                )
            time.sleep(_POLL_SECONDS)


_LEASH = str(Path(__file__).with_name("leash.py"))


@atexit.register
def _stop_what_is_left() -> None:
    for child in list(_running):
        child.stop()
