"""File systems and users that a test can't have: what the system says of files is changed on its way."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any, Callable

import pytest


class Shown:
    """What `os.stat` gives, with another owner or mode."""

    def __init__(self, status: os.stat_result, uid: int, mode: int) -> None:
        self._status = status
        self.st_uid = uid
        self.st_mode = mode

    def __getattr__(self, name: str) -> Any:
        return getattr(self._status, name)


def show(
    monkeypatch: pytest.MonkeyPatch,
    belongs: Callable[[str], bool],
    uid: int,
    file_mode: int | None = None,
    folder_mode: int | None = None,
) -> None:
    """Show some files and folders with another owner, and, if given, with one mode for all.

    Parameters
    ----------
    belongs
        Whether a path is one of them.
    """

    def changed(real: Callable[..., os.stat_result], path_of: Callable[[Any], str]) -> Callable[..., Any]:
        def call(what: Any, *args: Any, **kwargs: Any) -> Any:
            status = real(what, *args, **kwargs)
            path = path_of(what)
            if not belongs(path):
                return status
            mode = folder_mode if stat.S_ISDIR(status.st_mode) else file_mode
            if stat.S_ISLNK(status.st_mode) or mode is None:
                return Shown(status, uid, status.st_mode)
            return Shown(status, uid, stat.S_IFMT(status.st_mode) | mode)

        return call

    monkeypatch.setattr(os, "stat", changed(os.stat, os.path.realpath))
    monkeypatch.setattr(os, "lstat", changed(os.lstat, os.path.abspath))
    monkeypatch.setattr(os, "fstat", changed(os.fstat, lambda number: os.readlink(f"/proc/self/fd/{number}")))


def force_owner(
    monkeypatch: pytest.MonkeyPatch, folder: Path, uid: int, file_mode: int = 0o777, folder_mode: int = 0o777
) -> None:
    """Have a file system like Azure Files in a folder: all is one user's, has one mode, and keeps it."""
    show(monkeypatch, lambda path: f"{path}/".startswith(f"{folder}/"), uid, file_mode, folder_mode)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "chmod", refuse)


def give_away(monkeypatch: pytest.MonkeyPatch, path: Path, uid: int) -> None:
    """Have another user own one file or folder."""
    show(monkeypatch, lambda shown: shown == str(path), uid)


def be_user(monkeypatch: pytest.MonkeyPatch, uid: int) -> None:
    """Be a user; what is made belongs to that user."""
    real = os.geteuid()
    monkeypatch.setattr(os, "getuid", lambda: uid)
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    if real != uid:
        # Files are made by the real user: show them as the new one's.
        show(monkeypatch, lambda _: True, uid)
