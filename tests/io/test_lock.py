"""The locks between processes: exclusive, released with their holder, and never another file."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock

from jupyterlab_deploykf.io import lock as module
from jupyterlab_deploykf.io.lock import LockTimeout, held, try_hold
from jupyterlab_deploykf.io.safety import UnsafeFile

_HOLDER = """
import sys
from jupyterlab_deploykf.io.lock import held
with held(sys.argv[1], 5):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache.lock"


@contextmanager
def another_process(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock, until it reads a line or is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def can_be_held(path: Path) -> bool:
    lock = try_hold(str(path))
    if lock is None:
        return False
    lock.release()
    return True


def failing(number: int):
    def call(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    return call


def test_two_processes_exclude_each_other(path: Path) -> None:
    with another_process(path):
        assert try_hold(str(path)) is None
        with pytest.raises(LockTimeout, match=r"cache\.lock"), held(str(path), 0.05):
            pytest.fail("there are two holders")


def test_two_threads_exclude_each_other(path: Path) -> None:
    found = []
    with held(str(path), 0):
        thread = threading.Thread(target=lambda: found.append(can_be_held(path)))
        thread.start()
        thread.join()
    assert found == [False]


def test_it_can_be_held_again_after_the_context(path: Path) -> None:
    for _ in range(3):
        with held(str(path), 0):
            assert not can_be_held(path)
    assert can_be_held(path)


def test_an_error_in_the_context_releases_it(path: Path) -> None:
    with pytest.raises(ZeroDivisionError), held(str(path), 0):
        _ = 1 / 0
    assert can_be_held(path)


def test_a_killed_holder_releases_it(path: Path) -> None:
    with another_process(path) as holder:
        holder.send_signal(signal.SIGKILL)
        with held(str(path), 5):
            pass


def test_who_waits_gets_it_when_it_is_released(path: Path) -> None:
    with another_process(path) as holder:
        assert holder.stdin is not None
        holder.stdin.write("\n")
        holder.stdin.flush()
        with held(str(path), 5):
            pass


@pytest.mark.parametrize("ours_first", [True, False])
def test_it_excludes_programs_that_use_filelock(path: Path, ours_first: bool) -> None:
    # An older version of this package, in a kernel, does.
    if ours_first:
        with held(str(path), 0), pytest.raises(TimeoutError):
            FileLock(path, timeout=0).acquire()
    else:
        with FileLock(path):
            assert try_hold(str(path)) is None


def test_it_is_released_though_another_process_has_the_file_open(path: Path) -> None:
    lock = try_hold(str(path))
    assert lock is not None
    # What a process that was forked in an unlucky moment has.
    copy = os.dup(lock._descriptor)
    lock.release()
    try:
        other = try_hold(str(path))
        assert other is not None
        other.release()
    finally:
        os.close(copy)


def test_a_released_lock_can_be_released_again(path: Path) -> None:
    lock = try_hold(str(path))
    assert lock is not None
    lock.release()
    lock.release()
    assert can_be_held(path)


def test_the_file_stays_and_keeps_its_content(path: Path) -> None:
    path.write_text("of someone else")
    with held(str(path), 0):
        pass
    assert path.read_text() == "of someone else"


def test_a_new_file_is_private(path: Path) -> None:
    with held(str(path), 0):
        assert path.stat().st_mode & 0o777 == 0o600


class TestAPathThatIsNotSafe:
    @pytest.mark.parametrize("is_there", [True, False])
    def test_a_link_is_refused_and_its_target_stays_as_it_is(self, path: Path, tmp_path: Path, is_there: bool) -> None:
        target = tmp_path / "important"
        if is_there:
            target.write_text("content")
        path.symlink_to(target)
        with pytest.raises(UnsafeFile, match="symbolic link"), held(str(path), 0):
            pytest.fail("it was opened")
        assert (target.read_text() == "content") if is_there else not target.exists()

    def test_a_link_that_appears_after_the_look_is_refused(
        self, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path.symlink_to(tmp_path / "important")
        monkeypatch.setattr(module.os, "lstat", failing(errno.ENOENT))
        with pytest.raises(UnsafeFile, match="symbolic link"):
            try_hold(str(path))
        assert not (tmp_path / "important").exists()

    def test_a_file_with_a_second_name_is_refused(self, path: Path, tmp_path: Path) -> None:
        (tmp_path / "important").write_text("content")
        os.link(tmp_path / "important", path)
        with pytest.raises(UnsafeFile, match="hard link"):
            try_hold(str(path))

    def test_what_was_opened_is_judged_again(self, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "important").write_text("content")
        os.link(tmp_path / "important", path)
        # As if it had not been there at the first look.
        monkeypatch.setattr(module.os, "lstat", failing(errno.ENOENT))
        with pytest.raises(UnsafeFile, match="hard link"):
            try_hold(str(path))

    @pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
    def test_what_is_no_file_is_refused_at_once(self, path: Path, make) -> None:
        make(path)
        with pytest.raises(UnsafeFile, match="not a file"):
            try_hold(str(path))

    def test_the_file_of_another_user_is_refused(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path.touch()
        monkeypatch.setattr(module, "check_safe", lambda *_: (_ for _ in ()).throw(UnsafeFile("another user")))
        with pytest.raises(UnsafeFile, match="another user"):
            try_hold(str(path))


class TestAFileSystem:
    @pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
    def test_without_locks_is_told_at_once(self, path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
        monkeypatch.setattr(module.fcntl, "flock", failing(number))
        with pytest.raises(OSError, match=os.strerror(number)) as caught, held(str(path), 60):
            pytest.fail("there is no lock")
        assert caught.value.errno == number

    def test_that_says_eacces_for_a_held_lock_is_understood(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module.fcntl, "flock", failing(errno.EACCES))
        assert try_hold(str(path)) is None

    @pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.ENOSPC])
    def test_that_lets_nothing_be_opened_is_told_at_once(
        self, path: Path, monkeypatch: pytest.MonkeyPatch, number: int
    ) -> None:
        monkeypatch.setattr(module.os, "open", failing(number))
        with pytest.raises(OSError, match=os.strerror(number)), held(str(path), 60):
            pytest.fail("it was opened")

    def test_that_lost_the_file_for_a_moment_is_asked_again(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        answers = iter([failing(errno.ESTALE), failing(errno.ESTALE)])
        real = module.fcntl.flock
        monkeypatch.setattr(module.fcntl, "flock", lambda *given: next(answers, real)(*given))
        with held(str(path), 0):
            assert next(answers, None) is None

    def test_that_keeps_losing_the_file_is_told(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module.fcntl, "flock", failing(errno.ESTALE))
        with pytest.raises(OSError, match=os.strerror(errno.ESTALE)):
            try_hold(str(path))


def test_a_lock_on_a_removed_file_is_not_a_lock(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = module.fcntl.flock

    def removed_before(*given: int) -> None:
        # Someone tidies up between our opening the file and our locking it.
        monkeypatch.setattr(module.fcntl, "flock", real)
        path.unlink()
        real(*given)

    monkeypatch.setattr(module.fcntl, "flock", removed_before)
    with held(str(path), 0):
        assert not can_be_held(path)


class TestAForkedChild:
    """Of a process that holds the lock; the child's exit status is its verdict."""

    def child(self, verdict) -> int:
        pid = os.fork()
        if not pid:
            status = 2
            try:
                status = 0 if verdict() else 1
            finally:
                os._exit(status)
        return os.WEXITSTATUS(os.waitpid(pid, 0)[1])

    def test_does_not_hold_it(self, path: Path) -> None:
        with held(str(path), 0):
            assert self.child(lambda: not can_be_held(path)) == 0

    def test_does_not_release_it_for_its_parent(self, path: Path) -> None:
        lock = try_hold(str(path))
        assert lock is not None
        assert self.child(lambda: lock.release() is None) == 0
        assert not can_be_held(path)
        lock.release()

    def test_does_not_keep_it_when_its_parent_is_killed(self, path: Path) -> None:
        read, write = os.pipe()
        parent = os.fork()
        if not parent:
            with held(str(path), 0):
                os.close(write)
                if os.fork():
                    os.kill(os.getpid(), signal.SIGKILL)
                os.read(read, 1)  # outlives its parent
                os._exit(0)
        os.close(read)
        os.waitpid(parent, 0)
        try:
            # As soon as the child has been given its first moment.
            with held(str(path), 5):
                pass
        finally:
            os.close(write)

    def test_can_hold_it_after_its_parent(self, path: Path) -> None:
        with held(str(path), 0):
            pass
        assert self.child(lambda: can_be_held(path)) == 0
