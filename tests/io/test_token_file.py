"""The token file of a command, and what a killed process leaves of it."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jupyterlab_deploykf.io import token_file
from jupyterlab_deploykf.io.token_file import PREFIX, TokenFile, sweep_token_folders

from ..support.filesystem import give_away

_HOLDER = """
import sys
from jupyterlab_deploykf.io.token_file import TokenFile
with TokenFile() as file:
    file.write("canary")
    print(file.path, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


@contextmanager
def holder() -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A process that holds a token file, and the file's folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield process, Path(process.stdout.readline().strip()).parent
    finally:
        process.kill()
        process.communicate()


def leave(place: Path, name: str = f"{PREFIX}left", mode: int = 0o700) -> Path:
    """What a killed process leaves."""
    folder = place / name
    folder.mkdir(mode=mode)
    folder.chmod(mode)
    (folder / "token").write_text("canary")
    (folder / "token.17.ab12.tmp").write_text("canary")
    (folder / "lock").touch(0o600)
    return folder


def test_nothing_stays_of_one_that_ends(place: Path) -> None:
    with TokenFile() as file:
        file.write("one")
        file.write("two")
        assert Path(file.path).read_text() == "two"
        assert os.path.basename(os.path.dirname(file.path)).startswith(PREFIX)
    assert list(place.iterdir()) == []


def test_what_a_killed_process_leaves_is_swept(place: Path) -> None:
    with holder() as (process, folder):
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        assert (folder / "token").read_text() == "canary"
        assert sweep_token_folders() == [str(folder)]
    assert list(place.iterdir()) == []


def test_what_a_living_process_uses_stays(place: Path) -> None:
    with holder() as (_, folder), TokenFile() as file:
        file.write("one")
        assert sweep_token_folders() == []
        assert (folder / "token").read_text() == "canary"
        assert Path(file.path).read_text() == "one"


def test_a_killed_write_is_swept_with_it(place: Path) -> None:
    leave(place)
    sweep_token_folders()
    assert list(place.iterdir()) == []


class TestWhatIsNotOurs:
    def test_a_link_is_not_followed(self, place: Path, tmp_path: Path) -> None:
        target = leave(tmp_path, "target")
        (place / f"{PREFIX}link").symlink_to(target)
        assert sweep_token_folders() == []
        assert (target / "token").exists()

    def test_the_folder_of_another_user_stays(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        folder = leave(place)
        give_away(monkeypatch, folder, 4711)
        assert sweep_token_folders() == []
        assert (folder / "token").exists()

    def test_a_folder_that_others_can_write_stays(self, place: Path) -> None:
        folder = leave(place, mode=0o777)
        assert sweep_token_folders() == []
        assert (folder / "token").exists()

    def test_a_folder_with_another_name_stays(self, place: Path) -> None:
        folder = leave(place, "deploykf-other")
        assert sweep_token_folders() == []
        assert (folder / "token").exists()

    def test_a_lock_that_is_a_link_is_not_opened(self, place: Path, tmp_path: Path) -> None:
        folder = leave(place)
        (folder / "lock").unlink()
        (folder / "lock").symlink_to(tmp_path / "important")
        assert sweep_token_folders() == []
        assert not (tmp_path / "important").exists()

    def test_a_file_of_another_kind_stays(self, place: Path) -> None:
        folder = leave(place)
        (folder / "notes.txt").write_text("not ours")
        sweep_token_folders()
        assert sorted(path.name for path in folder.iterdir()) == ["notes.txt"]


def test_a_folder_that_is_swept_before_it_is_locked_is_made_again(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = tempfile.mkdtemp
    made: list[str] = []

    def swept_at_once(**given: str) -> str:
        made.append(real(**given))
        if len(made) < 3:
            assert sweep_token_folders() == [made[-1]]
        return made[-1]

    monkeypatch.setattr(token_file.tempfile, "mkdtemp", swept_at_once)
    with TokenFile() as file:
        file.write("one")
        assert os.path.dirname(file.path) == made[2]
        assert sweep_token_folders() == []
        assert Path(file.path).read_text() == "one"


def test_it_works_on_a_file_system_without_locks_and_nothing_is_swept_there(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: str) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(token_file, "try_hold", refuse)
    with TokenFile() as file:
        file.write("one")
        assert sweep_token_folders() == []
        assert Path(file.path).read_text() == "one"
    assert list(place.iterdir()) == []
