"""Whose a file is, also on file systems that can't say so.

On Azure Files, other CIFS mounts, and many FUSE mounts, every file belongs to
one user, often root, and has one mode, whoever makes it. There an owner tells
nothing, and who can reach the folder decides. A file that we make ourselves
shows whether a file system is of that kind.
"""

from __future__ import annotations

import os
import stat

# By device, owner and kind: the mode that our own new file was given there. One that
# was given our own user doesn't stand here, so a wrong answer is never remembered.
_forced: dict[tuple[int, int, bool], int] = {}

_WRITABLE = 0o022


def is_ours(path: str, status: os.stat_result) -> bool:
    """Whether a file or folder belongs to us, as far as its file system can tell.

    If the owner isn't us, a file (or folder) is made beside it (or in it) and removed:
    if that has the same owner, the file is as much ours as anything can be there.
    What others can write isn't ours, unless all that is made there can be written by others.

    Parameters
    ----------
    path
        The whole path.
    status
        From `os.lstat`, `os.stat` or `os.fstat`.

    Raises
    ------
    OSError
        The owner isn't us, and nothing can be made there to find out what that means.
    """
    if not hasattr(os, "geteuid") or status.st_uid == os.geteuid():
        return True
    if os.getuid() != os.geteuid():
        return False  # A program with the rights of another user takes no chances.
    mode = forced_mode(path, status)
    return mode is not None and not status.st_mode & _WRITABLE & ~mode


def forced_mode(path: str, status: os.stat_result) -> int | None:
    """Return the mode that a new file gets where `path` is, if its owner is also that of `path`; None if not.

    Raises
    ------
    OSError
        Nothing can be made there.
    """
    is_folder = stat.S_ISDIR(status.st_mode)
    key = status.st_dev, status.st_uid, is_folder
    if key not in _forced:
        made = _make(path if is_folder else os.path.dirname(path), is_folder)
        if (made.st_dev, made.st_uid) != (status.st_dev, status.st_uid):
            return None
        _forced[key] = stat.S_IMODE(made.st_mode)
    return _forced[key]


def _make(folder: str, is_folder: bool) -> os.stat_result:
    """Make a private, empty file or folder, look at it, and remove it."""
    path = os.path.join(folder, f".deploykf-{os.getpid()}-{os.urandom(4).hex()}")
    if is_folder:
        os.mkdir(path, 0o700)
        try:
            return os.lstat(path)
        finally:
            os.rmdir(path)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        return os.fstat(descriptor)
    finally:
        os.close(descriptor)
        os.unlink(path)
