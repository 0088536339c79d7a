"""Whose a file is, on file systems with owners and on those without."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from jupyterlab_deploykf.io import ownership
from jupyterlab_deploykf.io.ownership import is_ours

from ..support.filesystem import be_user, force_owner, give_away

ME, SOMEONE = 1000, 4711


@pytest.fixture(autouse=True)
def _nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ownership, "_forced", {})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.touch(0o600)
    return path


def ours(path: Path) -> bool:
    return is_ours(str(path), os.lstat(path))


def test_our_own_file_is_ours_and_nothing_is_made_to_find_out(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ownership, "_make", lambda *_: pytest.fail("something was made"))
    assert ours(file)
    assert ours(tmp_path)


@pytest.mark.parametrize("owner", [0, SOMEONE])
def test_the_file_of_another_user_is_not_ours(file: Path, monkeypatch: pytest.MonkeyPatch, owner: int) -> None:
    be_user(monkeypatch, ME)
    give_away(monkeypatch, file, owner)
    assert not ours(file)
    assert not ours(file)  # and no answer is remembered for the next time
    assert os.listdir(file.parent) == [file.name]


def test_the_folder_of_another_user_is_not_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    be_user(monkeypatch, ME)
    give_away(monkeypatch, tmp_path, SOMEONE)
    assert not ours(tmp_path)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("owner", [0, SOMEONE])
def test_where_all_belongs_to_one_user_the_owner_tells_nothing(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: int
) -> None:
    be_user(monkeypatch, ME)
    force_owner(monkeypatch, tmp_path, owner)
    assert ours(file)
    assert ours(tmp_path)
    assert os.listdir(tmp_path) == [file.name]


def test_a_file_system_is_asked_once(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    be_user(monkeypatch, ME)
    force_owner(monkeypatch, tmp_path, 0)
    assert ours(file)
    monkeypatch.setattr(ownership, "_make", lambda *_: pytest.fail("something was made"))
    assert ours(file)


def test_a_file_of_a_third_user_is_not_ours_there(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    be_user(monkeypatch, ME)
    force_owner(monkeypatch, tmp_path, 0)
    give_away(monkeypatch, file, SOMEONE)
    assert not ours(file)


def test_what_others_can_write_is_not_ours_if_the_file_system_has_modes(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_user(monkeypatch, ME)
    force_owner(monkeypatch, tmp_path, 0, file_mode=0o600)
    assert ours(file)
    with monkeypatch.context() as loose:
        loose.setattr(ownership, "_make", lambda *_: pytest.fail("something was made"))
        force_owner(loose, tmp_path, 0, file_mode=0o622)
        assert not ours(file)


def test_a_file_that_is_mounted_by_itself_is_judged_by_its_own_file_system(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_user(monkeypatch, ME)
    force_owner(monkeypatch, tmp_path, 0)
    mounted = os.lstat(file)
    mounted.st_dev = mounted.st_dev + 1
    assert not is_ours(str(file), mounted)


def test_a_program_with_the_rights_of_another_user_takes_no_chances(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_user(monkeypatch, ME)
    force_owner(monkeypatch, tmp_path, 0)
    monkeypatch.setattr(os, "getuid", lambda: ME + 1)
    assert not ours(file)


def test_where_nothing_can_be_made_nothing_can_be_found_out(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    be_user(monkeypatch, ME)
    give_away(monkeypatch, file, 0)

    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(ownership, "_make", refuse)
    with pytest.raises(OSError, match="Read-only"):
        ours(file)
