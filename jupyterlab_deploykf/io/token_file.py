"""A token in a private file, for programs that read one from there."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from contextlib import suppress

from ..errors import CacheNotWritable
from .files import Replacement
from .lock import Lock, try_hold
from .safety import UnsafeFile

#: How the folders' names begin, by which those of killed processes are found.
PREFIX = "deploykf-run-"

_TOKEN = "token"
_LOCK = "lock"

# What a file system without locks says.
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)

_FOLDER_FLAGS = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)


class TokenFile:
    """A file (0600) in a temporary folder (0700) of its own; both go at the end of the context.

    The folder is locked while its process lives, so that `sweep_token_folders` knows what a killed one has left.

    Attributes
    ----------
    path : str
        Where it is.

    Raises
    ------
    CacheNotWritable
        On entry and in `write`: there is no room for it.
    """

    def __init__(self) -> None:
        self._folder = ""
        self._written = ""
        self._lock: Lock | None = None
        self.path = ""

    def __enter__(self) -> TokenFile:
        try:
            self._folder, self._lock = _make_folder()
        except OSError as error:
            raise _not_writable(tempfile.gettempdir(), error) from None
        self.path = os.path.join(self._folder, _TOKEN)
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # Someone has removed it: that was to be done.
            _remove(self._folder)
        if self._lock is not None:
            self._lock.release()

    def write(self, token: str) -> None:
        """Put a token in place, as a whole; the same one again costs nothing."""
        if token == self._written:
            return
        try:
            with Replacement(self.path) as replacement:
                replacement.commit(token.encode("ascii"))
        except OSError as error:
            raise _not_writable(self._folder, error) from None
        self._written = token


def sweep_token_folders() -> list[str]:
    """Remove the folders of our processes that were killed before they could do so.

    Others' folders, links and folders of living processes stay, and so does what can't be removed.

    Returns
    -------
    list of str
        What was removed.
    """
    parent = tempfile.gettempdir()
    try:
        names = [name for name in os.listdir(parent) if name.startswith(PREFIX)]
    except OSError:
        return []  # It can't be listed: there is nothing that we could find.
    return [folder for name in names if _sweep(folder := os.path.join(parent, name))]


def _sweep(folder: str) -> bool:
    try:
        if not _is_private_folder(os.lstat(folder)):
            return False
        lock = try_hold(os.path.join(folder, _LOCK))
        if lock is None:
            return False
        with lock:
            _remove(folder)
    except (OSError, UnsafeFile):
        return False
    return True


def _make_folder() -> tuple[str, Lock | None]:
    while True:
        folder = tempfile.mkdtemp(prefix=PREFIX)
        try:
            lock = try_hold(os.path.join(folder, _LOCK))
        except FileNotFoundError:
            continue  # swept before it was locked
        except OSError as error:
            if error.errno in _NO_LOCKS:
                return folder, None  # Nobody can lock it, so nobody sweeps it.
            _remove(folder)
            raise
        if lock is not None:
            return folder, lock


def _remove(folder: str) -> None:
    """Remove what is ours in a folder of ours, and the folder if it's empty then.

    Who is about to use a new folder can lock it again once the lock file is gone, so that goes last.
    """
    if os.name != "posix":
        for name in sorted(os.listdir(folder), key=lambda name: name == _LOCK):
            os.unlink(os.path.join(folder, name))
        os.rmdir(folder)
        return
    descriptor = os.open(folder, _FOLDER_FLAGS)
    try:
        # By the descriptor: in a folder that all can write, the name could be another folder's by now.
        if not _is_private_folder(os.fstat(descriptor)):
            return
        for name in sorted(os.listdir(descriptor), key=lambda name: name == _LOCK):
            if name == _LOCK or name.startswith(_TOKEN):
                os.unlink(name, dir_fd=descriptor)
    finally:
        os.close(descriptor)
    os.rmdir(folder)


def _is_private_folder(status: os.stat_result) -> bool:
    if not stat.S_ISDIR(status.st_mode):
        return False
    return os.name != "posix" or (status.st_uid == os.geteuid() and not status.st_mode & 0o077)


def _not_writable(folder: str, error: OSError) -> CacheNotWritable:
    return CacheNotWritable(
        f"The token can't be written into {folder}: {error.strerror}.",
        "Free some space there, or set TMPDIR to another folder of yours.",
    )
