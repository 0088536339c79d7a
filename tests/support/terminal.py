"""A program in a real pseudo-terminal, and what a person sees and types there."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Makes the terminal its own, as a shell does: Ctrl-C reaches it then.
_IN_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)


class Terminal:
    """What stands on the screen, and the keyboard."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self.process = process
        self.screen = ""
        self._master = master
        self._seen = 0

    def wait_for(self, pattern: str, seconds: float = 30) -> re.Match[str]:
        """Read until something shows up behind what was waited for before."""
        deadline = time.monotonic() + seconds
        while not (found := re.compile(pattern).search(self.screen, self._seen)):
            assert self._read(deadline), f"{pattern!r} does not show up:\n{self.screen}"
        self._seen = found.end()
        return found

    def type(self, text: str) -> None:
        """Type."""
        os.write(self._master, text.encode())

    def end(self, seconds: float = 30) -> int:
        """Read to the end; the exit code."""
        deadline = time.monotonic() + seconds
        while self._read(deadline):
            pass
        return self.process.wait(max(0.1, deadline - time.monotonic()))

    def _read(self, deadline: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], max(0.0, deadline - time.monotonic()))
        try:
            piece = os.read(self._master, 65536) if ready else b""
        except OSError:  # Linux says so once nobody has the other side open
            return False
        self.screen += piece.decode().replace("\r\n", "\n")
        return bool(piece)


@contextmanager
def in_terminal(
    *arguments: str,
    env: Mapping[str, str] | None = None,
    stdout: int | None = None,
    program: Sequence[str] = (sys.executable, "-m", "jupyterlab_deploykf"),
) -> Iterator[Terminal]:
    """Run ``jupyter deploykf``, or another program, in a terminal; `stdout` may go elsewhere."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", _IN_TERMINAL, *program, *arguments],
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        stdin=slave,
        stdout=slave if stdout is None else stdout,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    try:
        yield Terminal(process, master)
    finally:
        process.kill()
        process.wait()
        os.close(master)


def run_cli(*arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run ``jupyter deploykf`` where there is no terminal."""
    return subprocess.run(
        command(*arguments),
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def command(*arguments: str) -> Sequence[str]:
    """How to run it in a process of its own."""
    return [sys.executable, "-m", "jupyterlab_deploykf", *arguments]
