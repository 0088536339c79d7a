"""Private files: read with suspicion, written as a whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import sys
from contextlib import suppress
from typing import Callable

from ..core.secret import SecretBytes
from .safety import UnsafeFile, check_safe, mend_mode

if sys.platform != "win32":
    import fcntl

_PIECE = 64 * 1024

#: Bytes that a private file may have: thousands of sessions. Nothing of ours writes more, and what is larger
#: would take the machine's memory, and minutes, before it turned out to be no JSON.
MAX_SIZE = 32 * 1024 * 1024

#: The ends of a temporary file's name.
_TEMPORARY = ".tmp"

# Where a system lacks these (Windows), its own access lists do the work.
_O_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_O_BINARY = getattr(os, "O_BINARY", 0)


def read_private(path: str, status: os.stat_result | None = None) -> SecretBytes:
    """Read a private file whole.

    Parameters
    ----------
    path
        The file.
    status
        From `os.lstat`, where that was asked for already.

    Raises
    ------
    FileNotFoundError
        It is not there.
    UnsafeFile
        See `check_safe`.
    OSError
        It can't be read.
    """
    # Before it is opened: opening a pipe waits for its writer.
    check_safe(path, status or os.lstat(path))
    # Not by `open`, whose layers take as long as the rest: kernels read this for each change.
    descriptor = os.open(path, os.O_RDONLY | _O_NOFOLLOW | _O_BINARY)
    try:
        opened = os.fstat(descriptor)
        check_safe(path, opened)
        if opened.st_size > MAX_SIZE:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), path)
        mend_mode(descriptor, opened, 0o600)
        # Secret from the start: a frame that fails here would show the bytes.
        content = SecretBytes(os.read(descriptor, opened.st_size + 1))
        # More than there was a moment ago, or less than was asked for: up to the end.
        while len(content) != opened.st_size:
            more = SecretBytes(os.read(descriptor, _PIECE))
            if not more:
                break
            content = SecretBytes(content + more)
        return content
    finally:
        os.close(descriptor)


class Replacement:
    """A new content for a file, which appears whole or not at all.

    The temporary file stands in the same folder, so that replacing is a
    rename, and is private from its creation. It is locked while its writer
    lives, which is how `sweep` knows what a killed writer has left. Use as a
    context manager: what was not committed is removed.

    A file that can't be renamed over, since it is mounted by itself (a
    Kubernetes ``subPath``), is written in place: the room is made at its end
    first, as blanks, and the temporary file stays until the write is done, for
    `sweep` to finish it.

    Parameters
    ----------
    path
        The file to replace; its folder must be there.
    size
        Bytes that the content may have. They are set aside now, so that a full disk shows before anything
        is spent on the content (a code, a refresh token).

    Raises
    ------
    OSError
        There is no room, or the file can't be written.
    """

    def __init__(self, path: str, size: int = 0) -> None:
        self._path = path
        self._temporary = f"{path}.{os.getpid()}.{os.urandom(4).hex()}{_TEMPORARY}"
        self._descriptor = os.open(self._temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | _O_NOFOLLOW | _O_BINARY, 0o600)
        try:
            with suppress(OSError):  # a file system without locks, on which `sweep` touches nothing
                _lock(self._descriptor)
            _set_aside(self._descriptor, max(size, 1))
            self._is_in_place = _is_mounted(path)
            if self._is_in_place:
                _make_room_in(path, size)
        except OSError:
            self.discard()
            raise

    def __enter__(self) -> Replacement:
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()

    def commit(self, content: bytes) -> None:
        """Write, flush to the disk and put in place (fsync, rename, fsync of the folder).

        Raises
        ------
        OSError
            The old content is still there then.
        """
        self.put(content)
        sync_folder(os.path.dirname(self._path))

    def put(self, content: bytes) -> None:
        """Do the same without the last step, which keeps a caller waiting that has all it needs: see `sync_folder`.

        Raises
        ------
        OSError
        """
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        _write_all(self._descriptor, content)
        os.ftruncate(self._descriptor, len(content))
        os.fsync(self._descriptor)
        # Windows renames no file that is open. Until it is in place, the file's own lock guards it.
        os.close(self._descriptor)
        self._descriptor = -1
        if not self._is_in_place:
            self._is_in_place = not self._rename()
        if self._is_in_place:
            _overwrite(self._path, content)
        self.discard()

    def discard(self) -> None:
        """Remove what was not put in place; harmless after `commit`."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        if self._temporary:
            temporary, self._temporary = self._temporary, ""
            # Someone may have removed the whole folder meanwhile: then nothing is left to remove.
            with suppress(FileNotFoundError):
                os.unlink(temporary)

    def _rename(self) -> bool:
        """Put the temporary file in place; False where the file can't be renamed over."""
        try:
            os.replace(self._temporary, self._path)
        except OSError as error:
            if error.errno in (errno.EBUSY, errno.EXDEV):
                return False
            raise
        self._temporary = ""
        # What was renamed there is no mount point: the next write need not ask.
        with suppress(OSError):
            _renamed[self._path] = _inode(os.lstat(self._path))
        return True


def sweep(path: str, *, is_whole: Callable[[bytes], bool]) -> None:
    """Finish or remove what killed writers of a file have left. Call it under the file's lock.

    A temporary file that is whole and newer than the file is a write that was cut off just before its end:
    what it holds was obtained already, so it is put in place.

    Parameters
    ----------
    path
        The file that was written.
    is_whole
        Whether a temporary file's content is all of it.
    """
    for temporary in _leftovers(path):
        try:
            descriptor = os.open(temporary, os.O_RDWR | _O_NOFOLLOW | _O_BINARY)
        except OSError:
            continue  # gone, or in use
        try:
            _lock(descriptor)
            if _is_newer(os.fstat(descriptor), path):
                content = read_private(temporary)
                if is_whole(content):
                    with Replacement(path, len(content)) as replacement:
                        replacement.commit(content)
            os.unlink(temporary)
        except (OSError, UnsafeFile):
            continue  # its writer lives, or there is no room to finish it: the next sweep may
        finally:
            os.close(descriptor)


def _lock(descriptor: int) -> None:
    """Take a file's lock, or fail. Windows needs none: a file that is open can't be removed there."""
    if sys.platform != "win32":
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _leftovers(path: str) -> list[str]:
    folder, name = os.path.split(path)
    try:
        names = os.listdir(folder)
    except OSError:
        return []  # a folder that can be searched and not listed
    # The newest last, so that it has the last word.
    found = [os.path.join(folder, each) for each in names if each.startswith(f"{name}.") and each.endswith(_TEMPORARY)]
    return sorted(found, key=_changed_at)


def _changed_at(path: str) -> int:
    try:
        return os.lstat(path).st_mtime_ns
    except OSError:
        return 0


def _is_newer(status: os.stat_result, path: str) -> bool:
    # A file that is gone was deleted by its owner, and stays deleted.
    return stat.S_ISREG(status.st_mode) and status.st_mtime_ns >= (_changed_at(path) or sys.maxsize)


#: The files that were put in place by a rename.
_renamed: dict[str, tuple[int, int]] = {}


def _inode(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _is_mounted(path: str) -> bool:
    """Whether a file is a mount point, which can't be renamed over (Linux; elsewhere that shows when it is tried)."""
    with suppress(OSError):
        if _inode(os.lstat(path)) == _renamed.get(path):
            return False
    try:
        with open("/proc/self/mountinfo", "rb") as file:
            mounts = file.read()
    except OSError:
        return False
    # proc(5): blanks and backslashes are written as octal numbers.
    escaped = "".join(f"\\{ord(c):03o}" if c in " \t\n\\" else c for c in os.path.realpath(path))
    point = b" %s " % os.fsencode(escaped)
    return point in mounts and any(line.split(b" ", 5)[4:5] == [point.strip()] for line in mounts.splitlines())


def _make_room_in(path: str, size: int) -> None:
    """Have a file at least so long, by blanks at its end, which JSON does not mind."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | _O_NOFOLLOW | _O_BINARY)
    try:
        _write_all(descriptor, b" " * (size - os.fstat(descriptor).st_size))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _set_aside(descriptor: int, size: int) -> None:
    """Give a new file so many bytes of the disk, for good.

    Raises
    ------
    OSError
        There is no room.
    """
    if hasattr(os, "posix_fallocate"):
        with suppress(OSError):  # no room, or a file system that can't: the write below tells
            os.posix_fallocate(descriptor, 0, size)
            # The C library only pretends to on some network file systems.
            if os.fstat(descriptor).st_blocks * 512 >= size:
                return
    # No blanks: a file system that compresses would set nothing aside. No JSON either.
    _write_all(descriptor, os.urandom(size))
    # Some tell only now that there was no room.
    os.fsync(descriptor)


def _overwrite(path: str, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | _O_NOFOLLOW | _O_BINARY)
    try:
        _write_all(descriptor, content)
        os.ftruncate(descriptor, len(content))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, content: bytes) -> None:
    """Write all of it: a disk that fills up may take a part, and says so only at the next write."""
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]


def sync_folder(folder: str) -> None:
    """Make a rename durable, as far as the file system can.

    The rename has happened: a folder that can't be flushed (CIFS, FUSE and WSL say EINVAL) or not be opened
    is no reason to report that it has not.
    """
    if os.name != "posix":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
