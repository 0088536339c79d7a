"""Ending on Ctrl-C, SIGTERM, or the end of standard input: once, and in order."""

from __future__ import annotations

import os
import signal
import stat
import sys
import threading
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


def stop_at_end_of_input() -> None:
    """Send ourselves SIGTERM when standard input is closed, as when the program that started us ends.

    A pipe or a socket alone says that. ``/dev/null``, which shells and runners give to
    programs in the background, ends at once and means nothing.
    """
    mode = os.fstat(sys.stdin.fileno()).st_mode
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        return

    def wait() -> None:
        while sys.stdin.buffer.read(4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="testbench-stdin", daemon=True).start()


def wait_for_ever() -> None:
    """Wait for `StopRequested`."""
    while True:
        signal.pause()
