"""A command that runs as if it had been started alone: its signals and its exit code."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence

#: What is passed on, as far as the system has it.
_PASSED_ON = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGBREAK")

#: What a keyboard sends to everyone in the foreground, the command among them.
_OF_THE_KEYBOARD = ("SIGINT", "SIGQUIT", "SIGBREAK")


def run_child(argv: Sequence[str], environ: Mapping[str, str], signals: Signals) -> int:
    """Run a command to its end.

    Parameters
    ----------
    argv
        The command and its arguments.
    environ
        Its whole environment.
    signals
        What takes our signals and passes them on.

    Returns
    -------
    int
        Its exit code; 128+n where signal n ended it.

    Raises
    ------
    OSError
        It is not there, or can't be run.
    """
    process = subprocess.Popen(argv, env=dict(environ))
    signals.pass_on_to(process)
    code = process.wait()
    return code if code >= 0 else 128 - code


class Signals:
    """Takes our signals while there is something to clear up; use it in the main thread, as a context.

    They are passed on to the command, those too that came before it was there.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []
        self._before: dict[int, object] = {}

    def __enter__(self) -> Signals:
        for number in _numbers(_PASSED_ON):
            # What is ignored (nohup) stays so, for the command as well.
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._take)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def pass_on_to(self, process: subprocess.Popen[bytes]) -> None:
        """Say where the command is."""
        self._process = process
        early, self._early = self._early, []
        for number in early:
            self._send(number)

    def _take(self, number: int, _: object) -> None:
        if self._process is None:
            self._early.append(number)
        elif not (number in _numbers(_OF_THE_KEYBOARD) and _in_foreground()):
            self._send(number)

    def _send(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)  # does nothing where it has ended


def _numbers(names: Sequence[str]) -> set[int]:
    return {getattr(signal, name) for name in names if hasattr(signal, name)}


def _in_foreground() -> bool:
    """Whether a keyboard's signal has reached the command by itself."""
    if os.name != "posix":
        return True
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
