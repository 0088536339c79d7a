"""Whether the Jupyter server itself gives the cache away, as a file."""

from __future__ import annotations

import os
from typing import Any

from ..core.localchecks import served_words


def is_served(path: str, root: str, allow_hidden: bool) -> bool:
    """Whether ``/files`` and the contents API give out a file.

    Parameters
    ----------
    path
        The file's path; it need not be there.
    root
        The folder that is served.
    allow_hidden
        Whether files that are hidden below it are served too.
    """
    below = os.path.relpath(os.path.realpath(path), os.path.realpath(root)).split(os.sep)
    if below[0] == os.pardir:
        return False
    return allow_hidden or not any(part.startswith(".") for part in below)


def serves(serverapp: Any, path: str) -> bool:
    """Whether a Jupyter server gives out a file.

    Parameters
    ----------
    serverapp
        The server, with its contents manager.
    path
        The file's path.
    """
    manager = serverapp.contents_manager
    root = getattr(manager, "root_dir", None)
    # A manager without a folder has its contents elsewhere.
    return isinstance(root, str) and bool(root) and is_served(path, root, bool(manager.allow_hidden))


def warn_if_served(serverapp: Any, path: str, log: Any) -> bool:
    """Log a warning if a Jupyter server gives out the cache, and return whether it does."""
    found = serves(serverapp, path)
    if found:
        log.warning("deployKF: %s %s", *served_words(path))
    return found
