"""Locks between processes: `flock` on a file that stays in its place.

The system releases such a lock when its holder dies, whatever it dies of, and
programs that use filelock on the same path exclude ours and are excluded by it.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from .safety import UnsafeFile, check_safe

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

#: Seconds between attempts.
_POLL = 0.01

#: Attempts with a file that is removed meanwhile (ESTALE on a network file system).
_OPENINGS = 3

#: What a lock that someone else holds is called; NFS says EACCES.
_CONTENTION = {errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK}

_FLAGS = (
    os.O_RDWR
    | os.O_CREAT
    | getattr(os, "O_NOFOLLOW", 0)
    # A pipe that takes the place of the file in this moment must not block us.
    | getattr(os, "O_NONBLOCK", 0)
)


class LockTimeout(Exception):
    """Someone else has held the lock all the time."""


class Lock:
    """A lock that is held until it is released; made by `try_hold`. Use it as a context manager.

    A forked child doesn't hold it, also if the fork happens while it is held.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def __enter__(self) -> Lock:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Let others have it; harmless if it was released before."""
        descriptor, self._descriptor = self._descriptor, -1
        _open_locks.discard(self)
        if descriptor < 0:
            return
        try:
            # Explicitly, since a process that was forked in an unlucky moment has the file open, too.
            _unlock(descriptor)
        finally:
            os.close(descriptor)

    def _forget(self) -> None:
        """Close the file without releasing the lock, which belongs to the parent process."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


_open_locks: set[Lock] = set()


@contextmanager
def held(path: str, timeout: float) -> Iterator[None]:
    """Hold a lock, and release it at the end of the context.

    It can't be taken twice: a second attempt waits, also in the same thread.

    Parameters
    ----------
    path
        The lock file, which is made if need be and never removed. Its folder must be there.
    timeout
        Seconds to wait for another holder; 0 for a single attempt.

    Raises
    ------
    LockTimeout
        Someone else has held it all the time.
    UnsafeFile
        The lock file is a link, has a second name, is no file, or belongs to someone else.
    OSError
        It can't be opened (EACCES, EROFS, ENOSPC), or its file system has no locks (ENOLCK, ENOSYS, EOPNOTSUPP).
    """
    deadline = time.monotonic() + timeout
    while True:
        lock = try_hold(path)
        if lock is not None:
            break
        left = deadline - time.monotonic()
        if left <= 0:
            raise LockTimeout(f"Another process has held {path} for {timeout:.0f} seconds")
        time.sleep(min(_POLL, left))
    with lock:
        yield


def try_hold(path: str) -> Lock | None:
    """Take a lock if nobody has it; None if someone does.

    Parameters
    ----------
    path
        As for `held`.

    Raises
    ------
    UnsafeFile, OSError
        As for `held`.
    """
    for opening in range(_OPENINGS):
        try:
            return _attempt(path)
        except OSError as error:
            if error.errno != errno.ESTALE or opening == _OPENINGS - 1:
                raise
    return None


def _attempt(path: str) -> Lock | None:
    lock = Lock(_open(path))
    # Before it is taken: a child that is forked now must not keep it.
    _open_locks.add(lock)
    is_held = False
    try:
        _check(path, os.fstat(lock._descriptor))
        if not _try_lock(lock._descriptor):
            return None
        if _was_removed(path, lock._descriptor):
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), path)
        is_held = True
        return lock
    finally:
        if not is_held:
            _open_locks.discard(lock)
            lock._forget()


def _open(path: str) -> int:
    # Opening a device can have effects, so look first; only the owner of the
    # folder could exchange it now, and what was opened is checked again.
    with suppress(FileNotFoundError):
        _check(path, os.lstat(path))
    try:
        return os.open(path, _FLAGS, 0o600)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise UnsafeFile(f"{path} is a symbolic link") from None
        raise


def _check(path: str, status: os.stat_result) -> None:
    """Refuse a lock file that is, or could be, another file."""
    check_safe(path, status)
    if status.st_nlink > 1:
        raise UnsafeFile(f"{path} has a second name (a hard link)")


def _was_removed(path: str, descriptor: int) -> bool:
    """Whether the file was removed before it was locked: the next one to come locks another file.

    Not by the inode's number alone, which some network file systems make up at each look.
    """
    try:
        there = os.lstat(path)
    except FileNotFoundError:
        return True
    opened = os.fstat(descriptor)
    return opened.st_nlink == 0 and opened.st_ino != there.st_ino


def _try_lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _CONTENTION:
            return False
        raise
    return True


def _unlock(descriptor: int) -> None:
    if sys.platform == "win32":
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def _forget_all() -> None:
    while _open_locks:
        _open_locks.pop()._forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)
