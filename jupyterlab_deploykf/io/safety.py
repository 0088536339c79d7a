"""Which files are safe to read and write: ours, and no links."""

from __future__ import annotations

import os
import stat

from .environment import sudo_user
from .ownership import is_ours


class UnsafeFile(Exception):
    """A file or folder that is a link, of the wrong kind, someone else's, or that has no home to be in.

    Parameters
    ----------
    reason
        A part of a sentence.
    next_step
        What the user can do about it; None if whoever catches it knows better.
    """

    def __init__(self, reason: str, next_step: str | None = None) -> None:
        super().__init__(reason)
        self.next_step = next_step


def advice(error: Exception) -> str | None:
    """What the user can do about an error of a file, if whoever raised it knew."""
    next_step = getattr(error, "next_step", None)
    return next_step if isinstance(next_step, str) else None


def check_safe(path: str, status: os.stat_result) -> None:
    """Refuse what another user could have put there.

    Root may read what belongs to the user who called sudo.

    Parameters
    ----------
    path
        The whole path.
    status
        From `os.lstat`, or `os.fstat` of the file opened without following links.

    Raises
    ------
    UnsafeFile
        With the reason as its text.
    """
    # Nearly always so, and asked with each read of the cache.
    if stat.S_ISREG(status.st_mode) and path.startswith(os.sep) and status.st_uid == _effective_user():
        return
    if not os.path.isabs(path):
        raise no_home(path)
    if stat.S_ISLNK(status.st_mode):
        raise UnsafeFile(f"{path} is a symbolic link")
    if not stat.S_ISREG(status.st_mode):
        raise UnsafeFile(f"{path} is not a file")
    if os.name == "posix" and os.geteuid() == 0 and status.st_uid == sudo_user(os.environ):
        return
    check_owner(path, status)


def _effective_user() -> int | None:
    return os.geteuid() if os.name == "posix" else None


def check_owner(path: str, status: os.stat_result) -> None:
    """Refuse what belongs to another user.

    Raises
    ------
    UnsafeFile
        With a next step that fits the owner.
    """
    try:
        if is_ours(path, status):
            return
        reason = ""
    except OSError as error:
        reason = f" ({error.strerror})"
    me = os.geteuid()
    if me == 0:
        next_step = "You are root: run this without sudo, or use sudo -H, or set HOME to a folder of root's."
    else:
        next_step = (
            f"If it should be yours, change its owner: sudo chown -R {me} {path}. "
            "Otherwise set HOME to a folder of yours."
        )
    raise UnsafeFile(f"{path} belongs to another user (uid {status.st_uid}){reason}", next_step)


def no_home(path: str) -> UnsafeFile:
    """The refusal of a place that depends on the current folder, since there is no home folder."""
    home = os.environ.get("HOME", "")
    if home:
        reason = f'HOME is "{home[:200]}", which is not an absolute path'
    elif path.startswith("~"):
        reason = "there is no home folder: HOME is not set, and this user has no entry in /etc/passwd"
    else:
        reason = f"{path} is not an absolute path"
    return UnsafeFile(reason, "Set HOME to a folder of yours, and start this again.")


def mend_mode(target: int | str, status: os.stat_result, mode: int) -> None:
    """Take rights away from others, if the file system lets us.

    Parameters
    ----------
    target
        A path or a descriptor.
    status
        Of the target.
    mode
        The rights that may stay.
    """
    if os.name == "posix" and stat.S_IMODE(status.st_mode) & ~mode & 0o777:
        try:
            os.chmod(target, stat.S_IMODE(status.st_mode) & mode)
        except OSError:
            # On a read-only file system the file is as safe as its owner made
            # it; refusing to read would not close it.
            return
