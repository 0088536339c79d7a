"""Files without secrets that someone else may provide: a platform mounts them, or links to them."""

from __future__ import annotations

import errno
import os
import stat

from .ownership import is_ours
from .safety import UnsafeFile, check_owner, mend_mode, no_home

_WRITABLE = 0o022

# A pipe must not block us, and on Windows nothing is to be translated.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)

#: What the system says of a write to a file that is mounted.
_MOUNTED = (errno.EROFS, errno.EBUSY)


def read_shared(path: str) -> bytes:
    """Read a file whole that is ours or root's, through links if need be.

    A Kubernetes ConfigMap is a link to a link to root's file. What is read
    decides where tokens are sent, so nobody else may be able to write it.

    Parameters
    ----------
    path
        The whole path.

    Raises
    ------
    FileNotFoundError
        It isn't there.
    UnsafeFile
        Another user could have put it there.
    OSError
        It can't be read.
    """
    if not os.path.isabs(path):
        raise no_home(path)
    # Before it is opened: opening a device can have effects.
    _check(path, os.stat(path))
    descriptor = os.open(path, _FLAGS)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        _check(path, status)
        if _is_mine(status) and not os.path.islink(path):
            mend_mode(descriptor, status, 0o600)
        return file.read()


def is_provided(path: str) -> bool:
    """Whether someone else puts the file there, so that it isn't ours to change: a read-only mount, or a link."""
    try:
        status = os.stat(path)
        return _is_read_only(path) or (os.path.islink(path) and not is_ours(os.path.realpath(path), status))
    except OSError:
        return False


def is_mounted_error(error: Exception) -> bool:
    """Whether an error says that a file is mounted, and so can't be written or replaced."""
    return isinstance(error, OSError) and error.errno in _MOUNTED


def _check(path: str, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise UnsafeFile(f"{path} is not a file")
    if os.name != "posix" or _is_mine(status):
        return
    if status.st_uid != 0:
        check_owner(os.path.realpath(path), status)
    elif status.st_mode & _WRITABLE and not _is_read_only(path) and not is_ours(os.path.realpath(path), status):
        raise UnsafeFile(f"other users can write to {path}", f"Ask an administrator to change that: chmod go-w {path}.")


def _is_mine(status: os.stat_result) -> bool:
    return not hasattr(os, "geteuid") or status.st_uid == os.geteuid()


def _is_read_only(path: str) -> bool:
    return hasattr(os, "statvfs") and bool(os.statvfs(path).f_flag & os.ST_RDONLY)
