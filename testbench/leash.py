"""Run a program that ends when its parent does: ``leash.py PARENT_PID PROGRAM …``.

A program of its own, and not a ``preexec_fn``: code between fork and exec can
deadlock in a process with threads (``subprocess``, documentation of ``Popen``).
It imports nothing of the bench, since it starts isolated and in milliseconds.
"""

from __future__ import annotations

import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main() -> None:
    """Ask the kernel for the signal, then become the program."""
    parent, *command = sys.argv[1:]
    if sys.platform == "linux":
        import ctypes

        # Survives execve for an ordinary program (prctl(2)).
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != int(parent):  # it ended before we asked
            sys.exit(f"{command[0]}: the process that wanted it has ended")
    try:
        os.execvp(command[0], command)
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")


if __name__ == "__main__":
    main()
