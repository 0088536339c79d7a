"""Ending on Ctrl-C, SIGTERM, or the end of standard input: once, and in order."""

from __future__ import annotations

import os
import signal
import stat
import sys
import threading
from queue import SimpleQueue
from types import FrameType


class StopRequested(BaseException):
    """Someone wants an end. As with KeyboardInterrupt, ``except Exception`` does not catch it."""


def stop_on_signals() -> None:
    """Raise `StopRequested` in the main thread on the first SIGINT, SIGTERM or SIGHUP; ignore later ones.

    A second Ctrl-C must not cut the clean-up short that the first one began.
    """
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        raise StopRequested

    for number in numbers:
        signal.signal(number, stop)


def read_input() -> SimpleQueue[str]:
    """Read standard input; send ourselves SIGTERM when it is closed, as when the program that started us ends.

    A pipe or a socket alone says that. ``/dev/null``, which shells and runners give to
    programs in the background, ends at once and means nothing.

    Returns
    -------
    SimpleQueue
        The lines. Who waits for one can be interrupted by `StopRequested`.
    """
    lines: SimpleQueue[str] = SimpleQueue()
    mode = os.fstat(sys.stdin.fileno()).st_mode
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        return lines

    def read() -> None:
        for line in sys.stdin:
            lines.put(line.strip())
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=read, name="testbench-stdin", daemon=True).start()
    return lines


def wait_for_ever() -> None:
    """Wait for `StopRequested`."""
    while True:
        signal.pause()
