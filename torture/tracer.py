"""Ends a process at its n-th system call, or lets that call fail (Linux; to fail, x86-64).

``python -m torture.tracer SIDE URL HOME [GUIDE_FILE]`` reads commands, one JSON object a line, and answers
with one each. A command is done in a forked child, whose threads are all traced.
"""

from __future__ import annotations

import ctypes
import errno
import importlib
import json
import os
import pkgutil
import platform
import signal
import sys
import traceback
from pathlib import Path
from typing import Any, Callable

_TRACE_ME, _PEEK, _POKE, _SYSCALL, _SET_OPTIONS = 0, 3, 6, 24, 0x4200
#: TRACESYSGOOD, TRACEFORK, TRACECLONE and EXITKILL: ptrace(2).
_OPTIONS = 0x1 | 0x2 | 0x8 | 0x100000
_ALL_THREADS = 0x40000000
_AT_CALL = signal.SIGTRAP | 0x80

#: On x86-64: where a system call's number and its result stand.
_NUMBER, _RESULT = 15 * 8, 10 * 8

#: The system calls about files, on x86-64.
FILES = {
    0: "read",
    1: "write",
    2: "open",
    4: "stat",
    5: "fstat",
    6: "lstat",
    8: "lseek",
    73: "flock",
    74: "fsync",
    77: "ftruncate",
    82: "rename",
    83: "mkdir",
    87: "unlink",
    91: "fchmod",
    217: "getdents64",
    257: "openat",
    262: "newfstatat",
    264: "renameat",
}

#: Which of them may fail how: by the error's number; all of them if it isn't there.
FAILURES: dict[int, tuple[str, ...]] = {
    errno.ENOSPC: ("write", "openat", "mkdir", "rename", "fsync"),
    errno.EMFILE: ("openat",),
    errno.ENOLCK: ("flock",),
    errno.EROFS: ("openat", "rename", "unlink", "mkdir"),
    errno.EACCES: ("openat", "rename", "unlink"),
    errno.EDQUOT: ("write", "fsync"),
}

#: How a child ends.
TOKEN, TYPED, FOREIGN, LOGIN = 0, 3, 4, 5

IS_SUPPORTED = sys.platform == "linux"
CAN_FAIL = IS_SUPPORTED and platform.machine() == "x86_64"

CODE = "goodcodegoodcodegoodcode2"


def _ptrace(request: int, pid: int, place: int = 0, value: int = 0) -> int:
    call = _LIBC.ptrace
    call.restype = ctypes.c_long
    call.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    result: int = call(request, pid, place or None, value % 2**64)
    return result


_LIBC = ctypes.CDLL(None, use_errno=True)


class Trace:
    """One traced run.

    Parameters
    ----------
    work
        What the child does; it returns its exit status.
    at
        At which system call it is stopped, from 1.
    number
        The error with which that call fails; 0 to kill the process before it.
    is_ours
        Whether an exception that is none of ours is worth a word.
    """

    def __init__(self, work: Callable[[], int], at: int, number: int = 0, *, is_ours: bool = True) -> None:
        self._at = at
        self._number = number
        self._count = 0
        self._inside: set[int] = set()
        self._failing: set[int] = set()
        self.stopped_at = ""
        self.status: int | None = None
        self._pid = os.fork()
        if self._pid == 0:
            _ptrace(_TRACE_ME, 0)
            os.kill(os.getpid(), signal.SIGSTOP)
            status = FOREIGN
            try:
                status = work()
            except Exception as error:
                if is_ours:
                    self._say(error)
            finally:
                os._exit(status)

    @staticmethod
    def _say(error: Exception) -> None:
        """Say what none of our errors is, and where; without values, which may be tokens."""
        place = traceback.extract_tb(error.__traceback__)[-1]
        sys.stderr.write(f"{type(error).__name__} in {place.name}, {place.filename}:{place.lineno}\n")

    def run(self) -> None:
        """Go on until all threads have ended."""
        os.waitpid(self._pid, _ALL_THREADS)
        _ptrace(_SET_OPTIONS, self._pid, 0, _OPTIONS)
        _ptrace(_SYSCALL, self._pid)
        while True:
            try:
                thread, status = os.waitpid(-1, _ALL_THREADS)
            except ChildProcessError:
                return
            if not os.WIFSTOPPED(status):
                if thread == self._pid and os.WIFEXITED(status):
                    self.status = os.WEXITSTATUS(status)
                continue
            stop, passed_on = os.WSTOPSIG(status), 0
            if stop == _AT_CALL:
                self._at_call(thread)
            elif stop not in (signal.SIGTRAP, signal.SIGSTOP):
                passed_on = stop
            _ptrace(_SYSCALL, thread, 0, passed_on)

    def _at_call(self, thread: int) -> None:
        if thread in self._inside:
            self._inside.discard(thread)
            if thread in self._failing:
                self._failing.discard(thread)
                _ptrace(_POKE, thread, _RESULT, -self._number)
            return
        self._inside.add(thread)
        called = _ptrace(_PEEK, thread, _NUMBER) if CAN_FAIL else -1
        name = FILES.get(called, "")
        if self._number and name not in FAILURES.get(self._number, tuple(FILES.values())):
            return
        self._count += 1
        if self._count != self._at:
            return
        self.stopped_at = name or str(called)
        if self._number:
            self._failing.add(thread)
            _ptrace(_POKE, thread, _NUMBER, -1)
        else:
            os.kill(self._pid, signal.SIGKILL)


def _ours(home: str) -> Callable[[str, str], int]:
    import jupyterlab_deploykf
    from jupyterlab_deploykf import core, io
    from jupyterlab_deploykf.errors import DeployKFError, LoginRequired

    from .places import Home

    # What is imported in the child would be killed there, again and again.
    for package in (core, io):
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{module.name}")
    assert jupyterlab_deploykf.__name__
    importlib.import_module("encodings.idna")

    made: list[Any] = []
    there = Home(Path(home))

    def work(verb: str, url: str) -> int:
        # One for each child, which asks again with what it has in its memory.
        sessions = made[0] if made else there.sessions()
        made[:] = [sessions]
        try:
            if verb == "logout":
                sessions.logout(url)
            elif verb == "login":
                sessions.login(url, CODE, "v" * 43, "nonce-of-this-attempt")
            else:
                sessions.get_token(url)
            return TOKEN
        except LoginRequired:
            return LOGIN
        except DeployKFError:
            return TYPED
        finally:
            sessions.finish(60)

    return work


def _guides(guide_file: str) -> Callable[[str, str], int]:
    from .reference import LoginWanted, load

    guide = load(guide_file)
    importlib.import_module("encodings.idna")

    def work(verb: str, url: str) -> int:
        assert verb == "refresh"
        try:
            guide(url)
            return TOKEN
        except LoginWanted:
            return LOGIN

    return work


def main() -> None:
    """Answer commands until there are no more."""
    side, url, home = sys.argv[1:4]
    work = _ours(home) if side == "ours" else _guides(sys.argv[4])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        command: dict[str, Any] = json.loads(line)
        verb, twice = str(command["verb"]), bool(command.get("twice"))

        def task(verb: str = verb, twice: bool = twice) -> int:
            first = work(verb, url)
            # What could not be saved is in that process's memory, and has another chance while it lives.
            return work(verb, url) if twice and first in (TYPED, LOGIN) else first

        trace = Trace(task, int(command["at"]), int(command.get("number", 0)), is_ours=side == "ours")
        trace.run()
        sys.stdout.write(json.dumps({"stopped_at": trace.stopped_at, "status": trace.status}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
