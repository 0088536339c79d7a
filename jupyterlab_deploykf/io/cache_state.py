"""The cache's file and folder, looked at: a damaged one is left in its place."""

from __future__ import annotations

import os
import shutil
import stat

from ..core.localchecks import CacheFound
from ..errors import CacheDamaged, CacheError, DeployKFError
from .home import home_problem
from .ownership import forced_mode
from .store import Entries, Store


def look_at_cache(path: str) -> tuple[CacheFound, Entries]:
    """Say in what state the cache is, before anything of ours mends its mode.

    Parameters
    ----------
    path
        From `io.environment.cache_path`.

    Returns
    -------
    CacheFound, dict
        What was found, and the entries themselves; none where they can't be read.
    """
    folder = os.path.dirname(path)
    mode, folder_mode = _mode(path), _mode(folder)
    problem: CacheError | None = None
    entries: Entries | None = {}
    try:
        entries = Store(path).look()
    except CacheError as error:
        problem = error
    if entries is None:
        problem = CacheDamaged(
            f"The credential cache {path} is damaged: it is not the JSON that it should be.",
            "Log in again: the damaged file is set aside then, and a new one is made.",
        )
    mode_now = _mode(path)
    found = CacheFound(
        path=path,
        mode=mode,
        mode_now=mode_now,
        folder_mode=folder_mode,
        sessions=sum(1 for entry in (entries or {}).values() if isinstance(entry, dict) and entry),
        free=_free(folder),
        problem=problem,
        is_mode_forced=problem is None and bool((mode_now or 0) & 0o077) and _is_forced(path),
    )
    return found, entries or {}


def try_to_write(path: str, seconds: float) -> DeployKFError | None:
    """Take the lock and make room, as a login would, and change nothing.

    Parameters
    ----------
    path
        The cache.
    seconds
        How long the lock is waited for.

    Returns
    -------
    DeployKFError or None
        Why it can't be written.
    """
    if not os.path.lexists(os.path.dirname(path)):
        # A folder is made by who needs it, and not by who looks around.
        return home_problem(path)
    try:
        with Store(path, lock_timeout=seconds).room(""):
            return None
    except CacheError as error:
        return error


def _mode(path: str) -> int | None:
    try:
        status = os.lstat(path)
    except OSError:
        return None
    # A link has no mode of its own, and where there are no modes (Windows) access lists do the work.
    return stat.S_IMODE(status.st_mode) if os.name == "posix" and not stat.S_ISLNK(status.st_mode) else None


def _is_forced(path: str) -> bool:
    try:
        return bool((forced_mode(path, os.lstat(path)) or 0) & 0o077)
    except OSError:
        return False


def _free(folder: str) -> int | None:
    try:
        return shutil.disk_usage(_nearest(folder)).free
    except OSError:
        return None  # some network file systems don't tell


def _nearest(folder: str) -> str:
    while not os.path.isdir(folder) and folder != os.path.dirname(folder):
        folder = os.path.dirname(folder)
    return folder
