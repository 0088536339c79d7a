"""Files that are not safe to read, and what to do about them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyterlab_deploykf.io import ownership
from jupyterlab_deploykf.io.files import read_private
from jupyterlab_deploykf.io.safety import UnsafeFile

from ..support.filesystem import be_user, force_owner, give_away

ME, SOMEONE = 1000, 4711


@pytest.fixture(autouse=True)
def _nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ownership, "_forced", {})
    monkeypatch.delenv("SUDO_UID", raising=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_text("content")
    path.chmod(0o600)
    return path


def test_a_file_of_root_comes_with_the_command_that_gives_it_back(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    be_user(monkeypatch, ME)
    give_away(monkeypatch, file, 0)
    with pytest.raises(UnsafeFile, match=r"belongs to another user \(uid 0\)") as caught:
        read_private(str(file))
    assert f"sudo chown -R {ME} {file}" in str(caught.value.next_step)


def test_root_is_told_to_do_without_sudo(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    be_user(monkeypatch, 0)
    give_away(monkeypatch, file, SOMEONE)
    with pytest.raises(UnsafeFile, match="another user") as caught:
        read_private(str(file))
    assert "without sudo" in str(caught.value.next_step)


@pytest.mark.parametrize(("caller", "is_read"), [(str(SOMEONE), True), ("4712", False), ("", False), ("-1", False)])
def test_sudo_reads_the_file_of_its_caller(
    file: Path, monkeypatch: pytest.MonkeyPatch, caller: str, is_read: bool
) -> None:
    be_user(monkeypatch, 0)
    give_away(monkeypatch, file, SOMEONE)
    monkeypatch.setenv("SUDO_UID", caller)
    if is_read:
        assert read_private(str(file)) == b"content"
    else:
        with pytest.raises(UnsafeFile, match="another user"):
            read_private(str(file))


def test_who_is_not_root_can_not_claim_to_be_sudo(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    be_user(monkeypatch, ME)
    give_away(monkeypatch, file, SOMEONE)
    monkeypatch.setenv("SUDO_UID", str(SOMEONE))
    with pytest.raises(UnsafeFile, match="another user"):
        read_private(str(file))


def test_a_file_is_read_where_all_files_belong_to_root(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_user(monkeypatch, ME)
    force_owner(monkeypatch, tmp_path, 0)
    assert read_private(str(file)) == b"content"


def test_a_link_is_refused_there_too(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "link").symlink_to(file)
    be_user(monkeypatch, ME)
    force_owner(monkeypatch, tmp_path, 0)
    with pytest.raises(UnsafeFile, match="symbolic link"):
        read_private(str(tmp_path / "link"))


def test_a_relative_path_is_refused_though_the_file_is_there(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)
    with pytest.raises(UnsafeFile, match="absolute path"):
        read_private(file.name)


def test_a_file_that_can_not_be_judged_says_why(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    be_user(monkeypatch, ME)
    give_away(monkeypatch, file, 0)

    def refuse(*_: object) -> None:
        raise OSError(30, os.strerror(30))

    monkeypatch.setattr(ownership, "_make", refuse)
    with pytest.raises(UnsafeFile, match=r"uid 0\) \(Read-only file system\)"):
        read_private(str(file))
