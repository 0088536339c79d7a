"""Private files, written as a whole or not at all, on file systems as people have them."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jupyterlab_deploykf.io import files
from jupyterlab_deploykf.io.files import Replacement, read_private, sweep
from jupyterlab_deploykf.io.safety import UnsafeFile

OLD, NEW = b'{"old": 1}', b'{"new": "and longer than the old one was"}'


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "cache.json"
    path.write_bytes(OLD)
    return path


def replace(path: Path, content: bytes = NEW) -> None:
    with Replacement(str(path), len(content)) as replacement:
        replacement.commit(content)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def failing(number: int, only: Callable[..., bool] = lambda *_: True, real: Any = None) -> Callable[..., Any]:
    def call(*arguments: Any, **options: Any) -> Any:
        if only(*arguments):
            raise OSError(number, os.strerror(number))
        return real(*arguments, **options)

    return call


def is_whole(content: bytes) -> bool:
    return content.startswith(b"{") and content.endswith(b"}")


@pytest.mark.usefixtures("simple_disk")
def test_content_and_folder_are_flushed_before_and_after_the_rename(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, rename = os.fsync, os.replace

    def flush(descriptor: int) -> None:
        name = os.readlink(f"/proc/self/fd/{descriptor}")
        content = b"" if os.path.isdir(name) else os.pread(descriptor, 100, 0)
        steps.append("folder" if os.path.isdir(name) else "content" if content == NEW else "room")
        fsync(descriptor)

    def put(source: str, place: str) -> None:
        steps.append("rename")
        rename(source, place)

    monkeypatch.setattr(files.os, "fsync", flush)
    monkeypatch.setattr(files.os, "replace", put)
    replace(target)
    assert steps == ["room", "content", "rename", "folder"]


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EIO])
def test_a_folder_that_cant_be_flushed_is_no_failure(
    target: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    # CIFS, FUSE and WSL: the rename has happened.
    is_folder = lambda descriptor: os.path.isdir(f"/proc/self/fd/{descriptor}")  # noqa: E731 - one line says it
    monkeypatch.setattr(files.os, "fsync", failing(number, is_folder, os.fsync))
    replace(target)
    assert target.read_bytes() == NEW
    assert names(target.parent) == ["cache.json"]


@pytest.mark.parametrize("number", [errno.EBUSY, errno.EXDEV])
def test_a_file_that_cant_be_renamed_over_is_written_in_place(
    target: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    inode = target.stat().st_ino
    monkeypatch.setattr(files.os, "replace", failing(number))
    replace(target)
    assert target.read_bytes() == NEW
    assert target.stat().st_ino == inode
    assert names(target.parent) == ["cache.json"]


def test_a_file_that_is_written_in_place_is_flushed_before_its_copy_goes(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[str] = []
    fsync = os.fsync

    def flush(descriptor: int) -> None:
        flushed.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        if flushed[-1] == str(target):
            assert target.read_bytes() == NEW
            # Should the machine stop now, the content is in either of the two.
            assert len(names(target.parent)) == 2
        fsync(descriptor)

    monkeypatch.setattr(files.os, "replace", failing(errno.EBUSY))
    monkeypatch.setattr(files.os, "fsync", flush)
    replace(target)
    assert str(target) in flushed


@pytest.mark.parametrize("content", [NEW, b"{}"])
def test_nothing_of_a_longer_content_stays_behind_one_written_in_place(
    target: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setattr(files.os, "replace", failing(errno.EBUSY))
    replace(target, content)
    assert target.read_bytes() == content


class TestAMountedFile:
    """A file that is a mount point, as by a Kubernetes subPath."""

    @pytest.fixture(autouse=True)
    def mounted(self, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(files, "_is_mounted", lambda path: path == str(target))
        monkeypatch.setattr(files.os, "replace", failing(errno.EBUSY))

    def test_is_readable_json_at_every_step_before_the_write(self, target: Path) -> None:
        with Replacement(str(target), 500) as replacement:
            assert target.stat().st_size == 500
            assert target.read_bytes().strip() == OLD
            replacement.commit(NEW)
        assert target.read_bytes() == NEW

    def test_is_found_out_to_be_full_before_anything_is_spent(
        self, target: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        inode = target.stat().st_ino
        on_target = lambda descriptor, *_: os.fstat(descriptor).st_ino == inode  # noqa: E731 - one line says it
        monkeypatch.setattr(files.os, "write", failing(errno.ENOSPC, on_target, os.write))
        with pytest.raises(OSError, match="No space"):
            Replacement(str(target), 500)
        assert target.read_bytes() == OLD
        assert names(target.parent) == ["cache.json"]

    def test_that_was_cut_off_in_the_middle_is_finished(self, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with monkeypatch.context() as killed:
            killed.setattr(files, "_overwrite", lambda path, content: os._exit(9))
            child = os.fork()
            if child == 0:
                replace(target)
            os.waitpid(child, 0)
        target.write_bytes(NEW[:7])
        os.utime(target, (1, 1))
        sweep(str(target), is_whole=is_whole)
        assert target.read_bytes() == NEW
        assert names(target.parent) == ["cache.json"]

    def test_is_told_from_others_by_the_system(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.undo()
        assert not files._is_mounted(str(tmp_path / "cache.json"))
        assert files._is_mounted("/proc")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="mounting needs root, in a namespace of its own")
def test_a_real_bind_mount_is_written(target: Path, tmp_path: Path) -> None:
    source = tmp_path / "source.json"
    source.write_bytes(OLD)
    script = f"""
import os, subprocess, sys
subprocess.run(["mount", "--bind", {str(source)!r}, {str(target)!r}], check=True)
from jupyterlab_deploykf.io.files import Replacement, _is_mounted
assert _is_mounted({str(target)!r})
with Replacement({str(target)!r}, 400) as replacement:
    replacement.commit({NEW!r})
"""
    result = subprocess.run(
        ["unshare", "--mount", sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert source.read_bytes() == NEW


@pytest.mark.parametrize("in_place", [False, True])
def test_all_is_written_and_read_though_the_system_takes_a_part_at_a_time(
    target: Path, monkeypatch: pytest.MonkeyPatch, in_place: bool
) -> None:
    write, read = os.write, os.read
    monkeypatch.setattr(files.os, "write", lambda descriptor, content: write(descriptor, content[:7]))
    monkeypatch.setattr(files.os, "read", lambda descriptor, size: read(descriptor, min(size, 5)))
    if in_place:
        monkeypatch.setattr(files.os, "replace", failing(errno.EBUSY))
    replace(target)
    assert target.read_bytes() == NEW
    assert read_private(str(target)) == NEW


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_what_is_no_file_is_not_even_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], None]
) -> None:
    # Opening a pipe waits for whoever writes to it.
    make(tmp_path / "odd")
    monkeypatch.setattr(files.os, "open", lambda *_: pytest.fail("it was opened"))
    with pytest.raises(UnsafeFile, match="not a file"):
        read_private(str(tmp_path / "odd"))


def test_what_is_opened_is_judged_again(tmp_path: Path, target: Path) -> None:
    # Someone puts a folder there after the look.
    with pytest.raises(UnsafeFile, match="not a file"):
        read_private(str(tmp_path), os.lstat(target))


def test_a_file_that_someone_has_put_in_the_way_is_not_written(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files.os, "urandom", bytes)
    there = target.with_name(f"{target.name}.{os.getpid()}.00000000.tmp")
    there.write_bytes(b"theirs")
    with pytest.raises(FileExistsError):
        Replacement(str(target), 10)
    assert there.read_bytes() == b"theirs"


class TestRoom:
    @pytest.mark.usefixtures("simple_disk")
    def test_is_as_large_as_what_is_asked_for(self, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        left = [60_000]

        def write(descriptor: int, content: bytes) -> int:
            # A disk that takes what it can, and says that it is full at the next write.
            taken = min(left[0], len(content))
            if not taken:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            left[0] -= taken
            return taken

        monkeypatch.setattr(files.os, "write", write)
        with pytest.raises(OSError, match="No space"):
            Replacement(str(target), 60_001)
        assert names(target.parent) == ["cache.json"]

    def test_leaves_nothing_behind_a_content_that_is_smaller(self, target: Path) -> None:
        with Replacement(str(target), 1000) as replacement:
            replacement.commit(NEW)
        assert target.read_bytes() == NEW

    def test_is_written_where_the_system_only_pretends_to_set_it_aside(
        self, target: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(files.os, "posix_fallocate", lambda *_: None)
        with Replacement(str(target), 10_000):
            (temporary,) = target.parent.glob("*.tmp")
            assert temporary.stat().st_size == 10_000

    def test_that_there_is_none_of_is_told_though_the_system_can_set_it_aside(
        self, target: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(files.os, "posix_fallocate", failing(errno.ENOSPC))
        monkeypatch.setattr(files.os, "write", failing(errno.ENOSPC))
        with pytest.raises(OSError, match="No space"):
            Replacement(str(target), 10_000)
        assert names(target.parent) == ["cache.json"]

    @pytest.mark.parametrize("has_fallocate", [True, False])
    def test_stays_set_aside_while_it_is_held(
        self, target: Path, monkeypatch: pytest.MonkeyPatch, has_fallocate: bool
    ) -> None:
        if not has_fallocate:
            monkeypatch.delattr(files.os, "posix_fallocate", raising=False)
        with Replacement(str(target), 10_000):
            (temporary,) = target.parent.glob("*.tmp")
            assert temporary.stat().st_blocks * 512 >= 10_000
            assert temporary.stat().st_mode & 0o777 == 0o600
        assert names(target.parent) == ["cache.json"]


class TestWhatAKilledWriterLeaves:
    def killed(self, target: Path, at: str) -> None:
        script = f"""
import os, signal
from jupyterlab_deploykf.io import files
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
files.{at} = die
with files.Replacement({str(target)!r}, 200) as replacement:
    replacement.commit({NEW!r})
"""
        subprocess.run([sys.executable, "-c", script], check=False)
        assert len(names(target.parent)) == 2

    def test_is_finished_if_it_is_whole(self, target: Path) -> None:
        self.killed(target, "os.replace")
        sweep(str(target), is_whole=is_whole)
        assert target.read_bytes() == NEW
        assert names(target.parent) == ["cache.json"]

    @pytest.mark.parametrize("at", ["os.ftruncate", "_is_mounted"])
    def test_is_removed_if_it_is_not(self, target: Path, at: str) -> None:
        self.killed(target, at)
        sweep(str(target), is_whole=is_whole)
        assert target.read_bytes() == OLD
        assert names(target.parent) == ["cache.json"]

    def test_is_removed_if_the_file_was_written_since(self, target: Path) -> None:
        self.killed(target, "os.replace")
        newer = b'{"newer": 1}'
        replace(target, newer)
        os.utime(target)
        sweep(str(target), is_whole=is_whole)
        assert target.read_bytes() == newer
        assert names(target.parent) == ["cache.json"]

    def test_is_removed_if_the_file_was_deleted_since(self, target: Path) -> None:
        self.killed(target, "os.replace")
        target.unlink()
        sweep(str(target), is_whole=is_whole)
        assert names(target.parent) == []

    def test_is_told_from_what_a_living_one_has(self, target: Path) -> None:
        with Replacement(str(target), 200) as replacement:
            sweep(str(target), is_whole=is_whole)
            replacement.commit(NEW)
        assert target.read_bytes() == NEW

    def test_of_other_files_is_left_alone(self, target: Path) -> None:
        other = target.with_name("other.json.1.abc.tmp")
        other.write_text("{}")
        link = target.with_name("cache.json.link.tmp")
        link.symlink_to(other)
        sweep(str(target), is_whole=is_whole)
        assert other.read_text() == "{}"


def test_a_folder_that_was_removed_meanwhile_raises_only_in_the_commit(target: Path) -> None:
    replacement = Replacement(str(target), 100)
    for path in target.parent.iterdir():
        path.unlink()
    target.parent.rmdir()
    with replacement, pytest.raises(FileNotFoundError):
        replacement.commit(NEW)


def test_a_file_that_is_far_too_large_is_not_read(target: Path) -> None:
    os.truncate(target, files.MAX_SIZE + 1)
    with pytest.raises(OSError, match="large"):
        read_private(str(target))
