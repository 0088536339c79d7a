"""Waiting for a long command, and saying so."""

from __future__ import annotations

import subprocess
import sys
import time

_LINE_SECONDS = 10.0
_TICK_SECONDS = 1.0


def wait_with_progress(process: subprocess.Popen[bytes], what: str) -> int:
    """Wait for a process; elapsed seconds count up on a terminal, else a line now and then.

    Parameters
    ----------
    process
        To wait for.
    what
        Shown before the seconds.

    Returns
    -------
    int
        Its exit code.
    """
    started = time.monotonic()
    on_terminal = sys.stdout.isatty()
    while True:
        try:
            code = process.wait(_TICK_SECONDS if on_terminal else _LINE_SECONDS)
        except subprocess.TimeoutExpired:
            text = f"  … {what}, {time.monotonic() - started:.0f} s"
            print(f"\r{text}" if on_terminal else text, end="" if on_terminal else "\n", flush=True)
        else:
            if on_terminal:
                print("\r\033[K", end="", flush=True)
            return code
