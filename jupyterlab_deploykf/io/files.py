"""Private files: read with suspicion, written as a whole or not at all."""

from __future__ import annotations

import os
import stat

#: Bytes that a write sets aside before anything is spent on it (a code, a
#: refresh token): a full disk shows then, and not afterwards.
RESERVE = 32 * 1024

_PIECE = 64 * 1024

# Where a system lacks these (Windows), its own access lists do the work.
_O_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_O_BINARY = getattr(os, "O_BINARY", 0)


class UnsafeFile(Exception):
    """A file that is a link, not a plain file, or someone else's."""


def check_safe(path: str, status: os.stat_result) -> None:
    """Refuse what an attacker could have put there, and mend a mode that is too open.

    Parameters
    ----------
    path
        For the message.
    status
        From `os.lstat`, or `os.fstat` of the file opened without following links.

    Raises
    ------
    UnsafeFile
        With the reason as its text.
    """
    if stat.S_ISLNK(status.st_mode):
        raise UnsafeFile(f"{path} is a symbolic link")
    if not stat.S_ISREG(status.st_mode):
        raise UnsafeFile(f"{path} is not a file")
    if _is_foreign(status):
        raise UnsafeFile(f"{path} belongs to another user (uid {status.st_uid})")


def _is_foreign(status: os.stat_result) -> bool:
    return hasattr(os, "geteuid") and status.st_uid != os.geteuid()


def read_private(path: str, status: os.stat_result | None = None) -> bytes:
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
        _mend_mode(descriptor, opened, 0o600)
        pieces = [os.read(descriptor, opened.st_size + 1)]
        # More than there was a moment ago, or less than was asked for: up to the end.
        while pieces[-1] and sum(map(len, pieces)) != opened.st_size:
            pieces.append(os.read(descriptor, _PIECE))
        return b"".join(pieces)
    finally:
        os.close(descriptor)


def prepare_folder(folder: str) -> None:
    """Make a private folder, or mend the mode of one that is there.

    Raises
    ------
    UnsafeFile
        It belongs to someone else.
    OSError
        It can't be made.
    """
    os.makedirs(folder, mode=0o700, exist_ok=True)
    status = os.stat(folder)
    if _is_foreign(status):
        raise UnsafeFile(f"{folder} belongs to another user (uid {status.st_uid})")
    _mend_mode(folder, status, 0o700)


def _mend_mode(target: int | str, status: os.stat_result, mode: int) -> None:
    if os.name == "posix" and stat.S_IMODE(status.st_mode) & ~mode & 0o777:
        try:
            os.chmod(target, stat.S_IMODE(status.st_mode) & mode)
        except OSError:
            # On a read-only file system the file is as safe as its owner made
            # it; refusing to read would not close it.
            return


class Replacement:
    """A new content for a file, which appears whole or not at all.

    The temporary file stands in the same folder, so that replacing is a
    rename, and is private from its creation. Use as a context manager: what
    was not committed is removed.

    Parameters
    ----------
    path
        The file to replace; its folder must be there.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._temporary = f"{path}.{os.getpid()}.{os.urandom(4).hex()}.tmp"
        self._descriptor = os.open(
            self._temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _O_NOFOLLOW | _O_BINARY, 0o600
        )
        try:
            os.write(self._descriptor, b" " * RESERVE)
            os.fsync(self._descriptor)
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
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        view = memoryview(content)
        while view:
            view = view[os.write(self._descriptor, view) :]
        os.ftruncate(self._descriptor, len(content))
        os.fsync(self._descriptor)
        os.close(self._descriptor)
        self._descriptor = -1
        os.replace(self._temporary, self._path)
        self._temporary = ""
        _sync_folder(os.path.dirname(self._path))

    def discard(self) -> None:
        """Remove what was not put in place; harmless after `commit`."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        if self._temporary:
            temporary, self._temporary = self._temporary, ""
            os.unlink(temporary)


def _sync_folder(folder: str) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
