"""The folder for our files, in a home that must be there and be ours."""

from __future__ import annotations

import errno
import os

from ..errors import CacheError, CacheNotWritable, CacheUnsafe
from .environment import FOLDER
from .safety import UnsafeFile, check_owner, mend_mode, no_home


class FolderNotMade(OSError):
    """A folder can't be made, with a next step for the user."""

    def __init__(self, error: OSError, nearest: str) -> None:
        super().__init__(error.errno, error.strerror)
        self.next_step = f"Make {nearest} writable for you, or set HOME to a folder of yours."


def prepare_folder(folder: str) -> None:
    """Make a private folder, or mend the mode of one that is there.

    A home folder is never made: one that is missing may be about to be mounted.

    Parameters
    ----------
    folder
        The whole path.

    Raises
    ------
    UnsafeFile
        It belongs to someone else, or there is no home that it could be made in.
    OSError
        It can't be made; `FolderNotMade` if a right to do so is missing.
    """
    _check_place(folder)
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise FolderNotMade(error, _nearest(folder)) from None
        raise
    status = os.stat(folder)
    check_owner(folder, status)
    mend_mode(folder, status, 0o700)


def home_problem(path: str) -> CacheError | None:
    """Say why a file of ours can't be made, before anything is written; None if it can, as far as one can tell.

    Parameters
    ----------
    path
        The cache's path.
    """
    folder = os.path.dirname(path)
    try:
        _check_place(folder)
        if os.path.isdir(folder):
            check_owner(folder, os.stat(folder))
            return None
    except UnsafeFile as error:
        return CacheUnsafe(f"The credential cache is not used: {error}.", error.next_step or "Move it away.")
    except OSError as error:
        return CacheNotWritable(
            f"The credential cache {path} can't be reached: {error.strerror}.", "Set HOME to a folder of yours."
        )
    nearest = _nearest(folder)
    if os.access(nearest, os.W_OK | os.X_OK):
        return None
    return CacheNotWritable(
        f"The credential cache {path} can't be made: {nearest} is not writable for you.",
        f"Make {nearest} writable for you, or set HOME to a folder of yours.",
    )


def _check_place(folder: str) -> None:
    """Refuse a folder that can't be made, or only where it doesn't belong.

    Raises
    ------
    UnsafeFile
        HOME doesn't name a folder that is there, or it names another user's and we are root.
    """
    if not os.path.isabs(folder):
        raise no_home(folder)
    if os.path.isdir(folder):
        return
    home = _home_of(folder)
    if home is not None and not os.path.isdir(home):
        what = "is not a folder" if os.path.lexists(home) else "does not exist"
        raise UnsafeFile(f"the home folder {home} {what}", "Create it, or set HOME to a folder of yours.")
    if os.name == "posix" and os.geteuid() == 0:
        # Root can write anywhere, and would lock the owner out of what it makes.
        nearest = _nearest(folder)
        check_owner(nearest, os.stat(nearest))


def _home_of(folder: str) -> str | None:
    """The home folder, if the folder is at its place in one."""
    is_in_place = folder.endswith(os.path.join(os.sep, *FOLDER))
    return os.path.dirname(os.path.dirname(folder)) if is_in_place else None


def _nearest(folder: str) -> str:
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    return folder
