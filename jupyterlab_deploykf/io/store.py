"""The credential cache on disk, shared with every kernel and with the reference class.

A reader needs no lock: writers of ours replace the file as a whole. The
reference class writes in place, so a reader may meet half a file for a moment,
and looks again before it believes that the cache is damaged.
"""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import (
    CacheBusy,
    CacheDamaged,
    CacheError,
    CacheNotWritable,
    CacheUnreadable,
    CacheUnsafe,
    DeployKFError,
)
from .files import Replacement, UnsafeFile, check_safe, prepare_folder, read_private

#: The whole file: an object with one entry an issuer.
Entries = dict[str, object]

#: Seconds to wait for the lock: longer than a token request may take.
LOCK_TIMEOUT = 60.0

#: Seconds between looks at a file that may be half-written, and how many.
_LOOK_AGAIN = 0.02
_LOOKS = 6

#: A file changed so short a time ago (nanoseconds) may change again without
#: its time stamp moving: it is read, not remembered.
_RACY = 50_000_000


class Store:
    """The cache file.

    Parameters
    ----------
    path
        ``~/.config/kfp/dkf_credentials.json`` (`io.environment.cache_path`).
    lock_timeout
        Seconds to wait for another process.

    Attributes
    ----------
    notice : CacheDamaged or None
        Said once a damaged file was met, with the place where it went.
    """

    def __init__(self, path: str, *, lock_timeout: float = LOCK_TIMEOUT) -> None:
        self.path = path
        self.notice: CacheDamaged | None = None
        self._lock_timeout = lock_timeout
        self._memo: tuple[tuple[int, ...], Entries] | None = None

    def signature(self) -> tuple[int, ...] | None:
        """What changes when the file changes; None where there is no file."""
        try:
            return _signature(os.lstat(self.path))
        except OSError:
            return None

    def mark(self) -> tuple[int, ...] | None:
        """What tells one state of the file from another; None where it may change without this.

        Cheaper than `signature`, for a token that is asked for with each
        request of a client: the time of the last change of any kind, and the
        file itself.
        """
        try:
            status = os.lstat(self.path)
        except OSError:
            return None
        return status.st_ctime_ns, status.st_mtime_ns, status.st_ino

    def is_settled(self) -> bool:
        """Whether what was read last is what its mark stands for: the file was not changed a moment ago."""
        return self._memo is not None

    def entries(self) -> Entries:
        """All entries, as JSON values by issuer; empty where there is no file.

        Raises
        ------
        CacheUnreadable, CacheUnsafe
        """
        try:
            status = os.lstat(self.path)
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except OSError as error:
            raise _unreadable(self.path, error) from None
        signature = _signature(status)
        memo = self._memo
        if memo is not None and memo[0] == signature:
            return memo[1]
        entries = self._read(status)
        if entries is None:
            entries = self._mend()
        else:
            settled = time.time_ns() - status.st_mtime_ns > _RACY
            self._memo = (signature, entries) if settled else None
        return entries

    def entry(self, issuer: str) -> object:
        """The entry of an issuer, as the JSON value that it is; None where there is none.

        Raises
        ------
        CacheUnreadable, CacheUnsafe
        """
        entries = self.entries()
        return entries.get(entry_key(entries, issuer))

    def look(self) -> Entries | None:
        """All entries as they are; None where the file is damaged, which stays in its place.

        Raises
        ------
        CacheUnreadable, CacheUnsafe
        """
        return self._read()

    @contextmanager
    def locked(self) -> Iterator[Transaction]:
        """Be the only writer of ours, in any process, with room for the write made sure of.

        Raises
        ------
        CacheBusy
            Another process holds the lock for too long.
        CacheNotWritable
            Permissions, a full or read-only disk, or a file system without locks.
        CacheUnsafe
            The file or its folder is someone else's, or a link.
        """
        from filelock import FileLock, Timeout

        try:
            prepare_folder(os.path.dirname(self.path))
            lock = FileLock(f"{self.path}.lock", timeout=self._lock_timeout)
            lock.acquire()
        except Timeout:
            raise CacheBusy(
                f"Another process has held {self.path}.lock for {self._lock_timeout:.0f} seconds.",
                "Try again; if it goes on, find the process that hangs (fuser shows it) and end it.",
            ) from None
        except (OSError, UnsafeFile, NotImplementedError) as error:
            raise _not_writable(self.path, error) from None
        try:
            yield Transaction(self)
        finally:
            lock.release()

    def entries_now(self) -> Entries:
        """Under the lock: all entries from the disk; a damaged file is set aside first."""
        entries = self._read()
        if entries is None:
            self._set_aside()
            return {}
        return entries

    def _read(self, status: os.stat_result | None = None) -> Entries | None:
        """The entries; None where the file is damaged, and stays so for a while."""
        for look in range(_LOOKS):
            if look:
                time.sleep(_LOOK_AGAIN)
            try:
                content = read_private(self.path, None if look else status)
            except FileNotFoundError:
                return {}
            except UnsafeFile as error:
                raise _unsafe(error) from None
            except OSError as error:
                raise _unreadable(self.path, error) from None
            try:
                entries = json.loads(content.decode())
            except (ValueError, RecursionError):
                continue
            if isinstance(entries, dict):
                return entries
        # A writer of the reference kind that was killed leaves an empty file:
        # there is nothing in it to keep.
        return None if content.strip() else {}

    def _mend(self) -> Entries:
        try:
            with self.locked():
                return self.entries_now()
        except CacheNotWritable as error:
            raise CacheUnreadable(
                f"The credential cache {self.path} is damaged, and could not be set aside. {error.message}",
                "Move it away, and log in again.",
            ) from None

    def _set_aside(self) -> None:
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        place = f"{self.path}.damaged-{stamp}-{os.urandom(2).hex()}"
        try:
            os.replace(self.path, place)
        except OSError as error:
            raise _not_writable(self.path, error) from None
        self.notice = CacheDamaged(
            f"The credential cache {self.path} was damaged. It was kept as {place}.",
            "Log in again to the clusters that you use; then the damaged file can be deleted.",
        )


class Transaction:
    """What may be done under the lock; made by `Store.locked`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._replacement: Replacement | None = None

    def entry(self, issuer: str) -> object:
        """The entry of an issuer, read again from the disk; None where there is none."""
        entries = self._store.entries_now()
        return entries.get(entry_key(entries, issuer))

    @contextmanager
    def room(self) -> Iterator[None]:
        """Make sure of the room for one write before anything is spent on it.

        Raises
        ------
        CacheNotWritable, CacheUnsafe
        """
        try:
            check_safe(self._store.path, os.lstat(self._store.path))
        except FileNotFoundError:
            pass  # a first login
        except (UnsafeFile, OSError) as error:
            raise _not_writable(self._store.path, error) from None
        try:
            replacement = Replacement(self._store.path)
        except OSError as error:
            raise _not_writable(self._store.path, error) from None
        with replacement:
            self._replacement = replacement
            try:
                yield
            finally:
                self._replacement = None

    def save(self, changes: dict[str, dict[str, object]]) -> None:
        """Merge entries into the file; all others and unknown fields stay as they are.

        Parameters
        ----------
        changes
            Entries by issuer. An empty one is a logout: unlike a missing key,
            which is what a writer of the reference kind leaves of the issuers
            that it erases, it says that someone meant it.

        Raises
        ------
        CacheNotWritable, CacheUnsafe
        """
        if self._replacement is None:
            with self.room():
                self.save(changes)
            return
        entries = dict(self._store.entries_now())
        for issuer, entry in changes.items():
            entries[entry_key(entries, issuer)] = entry
        try:
            self._replacement.commit(json.dumps(entries, indent=2).encode("utf-8"))
        except OSError as error:
            raise _not_writable(self._store.path, error) from None
        self._replacement = None


def entry_key(entries: Entries, issuer: str) -> str:
    """The key under which an issuer stands: with a slash at the end where it writes itself so."""
    return f"{issuer}/" if issuer not in entries and f"{issuer}/" in entries else issuer


def _signature(status: os.stat_result) -> tuple[int, ...]:
    return (
        status.st_mtime_ns,
        status.st_ctime_ns,
        status.st_size,
        status.st_ino,
        status.st_mode,
        status.st_uid,
    )


def _unsafe(error: UnsafeFile) -> CacheUnsafe:
    return CacheUnsafe(
        f"The credential cache is not used: {error}.",
        "Move it away; the next login makes a new one that is yours alone.",
    )


def _unreadable(path: str, error: OSError) -> CacheUnreadable:
    return CacheUnreadable(
        f"The credential cache {path} can't be read: {error.strerror}.",
        "Make it readable for you (chmod 600), or move it away and log in again.",
    )


def _not_writable(path: str, error: Exception) -> DeployKFError:
    if isinstance(error, CacheError):
        return error
    if isinstance(error, UnsafeFile):
        return _unsafe(error)
    number = error.errno if isinstance(error, OSError) else errno.ENOLCK
    folder = os.path.dirname(path)
    if number in (errno.ENOSPC, errno.EDQUOT):
        return CacheNotWritable(
            f"The disk is full: the credential cache {path} can't be written.",
            "Free some space, and try again; nothing was lost.",
        )
    if number in (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP):
        return CacheNotWritable(
            f"The file system of {folder} has no file locks, so sessions can't be shared safely there.",
            "Ask for a home folder with locks (NFS: mount it with locking), or set HOME to another place.",
        )
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return CacheNotWritable(
        f"The credential cache {path} can't be written: {reason}.",
        f"Make {folder} writable for you, and try again; nothing was lost.",
    )
