"""The credential cache on disk, shared with every kernel and with the reference class.

A reader needs no lock: writers of ours replace the file as a whole. The
reference class writes in place, so a reader may meet half a file for a moment,
and looks again before it believes that the cache is damaged.

The lock is held for as long as a read and a write take, and never while
anybody waits for the network.
"""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from typing import TYPE_CHECKING

from ..core.credential import Credential
from ..core.jsonvalue import parse_shared
from ..core.secret import TOKENS, Secret, SecretBytes
from ..errors import (
    CacheBusy,
    CacheDamaged,
    CacheError,
    CacheNotWritable,
    CacheUnreadable,
    CacheUnsafe,
    DeployKFError,
)
from .files import Replacement, read_private, sweep, sync_folder
from .home import prepare_folder
from .safety import UnsafeFile, advice, check_safe

if TYPE_CHECKING:
    from .lock import Lock

#: The whole file: an object with one entry an issuer.
Entries = dict[str, object]

#: Seconds to wait for the lock, which nobody holds for more than some milliseconds.
LOCK_TIMEOUT = 5.0

#: Seconds between looks at a file that may be half-written, and how many.
_LOOK_AGAIN = 0.02
_LOOKS = 6

#: A file changed so short a time ago (nanoseconds) may change again without
#: its time stamp moving: it is read, not remembered.
_RACY = 50_000_000

#: Bytes that a new entry may be larger than the one before it: a user in many groups has a long token.
_GROWTH = 16 * 1024

#: What a network file system and a busy machine say that passes by itself.
_PASSING = frozenset({errno.ESTALE, errno.EIO, errno.EINTR, errno.EAGAIN, errno.EMFILE, errno.ENFILE})


class Store:
    """The cache file.

    Parameters
    ----------
    path
        ``~/.config/kfp/dkf_credentials.json`` (`io.environment.cache_path`).
    lock_timeout
        Seconds to wait for another process.

    """

    def __init__(self, path: str, *, lock_timeout: float = LOCK_TIMEOUT) -> None:
        self.path = path
        self._damage: tuple[str, CacheDamaged] | None = None
        self._lock_timeout = lock_timeout
        self._memo: tuple[tuple[int, ...], Entries] | None = None
        #: How often there was no file. Its owner has deleted it: what was in it is not to be missed.
        self.times_gone = 0

    @property
    def notice(self) -> CacheDamaged | None:
        """That a damaged file was met, and where it is now; None as soon as a login, of any process, has removed it."""
        return self._damage[1] if self._damage and os.path.lexists(self._damage[0]) else None

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
            self.times_gone += 1
            return {}
        except OSError:
            status = None  # looked at again below
        memo = self._memo
        if status is not None and memo is not None and memo[0] == _signature(status):
            return memo[1]
        entries = self._read(status)
        if entries is None:
            return self._mend()
        settled = status is not None and time.time_ns() - status.st_mtime_ns > _RACY
        self._memo = (_signature(status), entries) if status is not None and settled else None
        return entries

    def entry(self, issuer: str) -> object:
        """The entry of an issuer, as the JSON value that it is; None where there is none.

        Raises
        ------
        CacheUnreadable, CacheUnsafe
        """
        return find_entry(self.entries(), issuer)

    def look(self) -> Entries | None:
        """All entries as they are; None where the file is damaged, which stays in its place.

        Raises
        ------
        CacheUnreadable, CacheUnsafe
        """
        return self._read()

    @contextmanager
    def locked(self, patience: float | None = None) -> Iterator[Transaction]:
        """Be the only writer of ours, in any process, for as long as a read and a write take.

        What killed writers have left is finished or removed first.

        Parameters
        ----------
        patience
            Seconds to wait for another process; None for what the store was made with.

        Raises
        ------
        CacheBusy
            Another process holds the lock for too long.
        CacheNotWritable
            Permissions, a full or read-only disk, or a file system without locks.
        CacheUnsafe
            The file or its folder is someone else's, or a link.
        """
        from .lock import LockTimeout, held

        timeout = self._lock_timeout if patience is None else patience
        with ExitStack() as stack:
            try:
                prepare_folder(os.path.dirname(self.path))
                stack.enter_context(held(f"{self.path}.lock", timeout))
            except LockTimeout:
                raise CacheBusy(
                    f"Another process has held {self.path}.lock for {timeout:.0f} seconds.",
                    "Try again; if it goes on, find the process that hangs (fuser shows it) and end it.",
                ) from None
            except (OSError, UnsafeFile) as error:
                raise not_writable(self.path, error) from None
            self._sweep()
            yield Transaction(self)

    def sync(self) -> None:
        """Make the last write durable; only a crash of the machine could undo it before."""
        sync_folder(os.path.dirname(self.path))

    def try_turn(self, issuer: str) -> Lock | None:
        """Take the turn to ask an issuer for new tokens; None if another process has it.

        Each issuer has a lock of its own, so that one which hangs holds up no other. It may be held for as long
        as a token request takes; only processes without a valid token wait for it.

        Raises
        ------
        CacheNotWritable, CacheUnsafe
        """
        from .lock import try_hold

        try:
            prepare_folder(os.path.dirname(self.path))
            return try_hold(beside(self.path, issuer, "lock"))
        except (OSError, UnsafeFile) as error:
            raise not_writable(self.path, error) from None

    def exists(self) -> bool:
        """Whether there is a file."""
        return os.path.lexists(self.path)

    @contextmanager
    def room(self, issuer: str, *, in_turn: bool = False) -> Iterator[Room]:
        """Make sure of one write before anything is spent on it: a code, a refresh token.

        The lock is not held inside: give the room to `Transaction.save`.

        Parameters
        ----------
        issuer
            Whose entry is going to change.
        in_turn
            Whether the caller has the issuer's turn, which proves that there are locks. It calls `sync` in the end.

        Raises
        ------
        CacheBusy, CacheNotWritable, CacheUnsafe
        """
        if in_turn:
            room = Transaction(self).make_room(issuer, self.entries())
            room.is_synced_later = True
        else:
            with self.locked() as transaction:
                room = transaction.make_room(issuer, self.entries_now())
        with room.replacement:
            yield room

    def entries_now(self) -> Entries:
        """Under the lock: all entries from the disk; a damaged file is set aside first."""
        entries = self._read()
        if entries is None:
            self._set_aside()
            return {}
        return entries

    def _read(self, status: os.stat_result | None = None) -> Entries | None:
        """The entries; None where the file is damaged, and stays so for a while."""
        is_blank = False
        for look in range(_LOOKS):
            if look:
                time.sleep(_LOOK_AGAIN)
            try:
                content = read_private(self.path, None if look else status)
            except FileNotFoundError:
                self.times_gone += 1
                return {}
            except UnsafeFile as error:
                raise _unsafe(error) from None
            except OSError as error:
                if error.errno in _PASSING and look < _LOOKS - 1:
                    continue
                raise _unreadable(self.path, error) from None
            entries = _parsed(content)
            if entries is not None:
                return entries
            is_blank = not content.strip()
        # A writer of the reference kind that was killed leaves an empty file:
        # there is nothing in it to keep.
        return {} if is_blank else None

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
        place = f"{self._damaged}{stamp}-{os.urandom(2).hex()}"
        try:
            os.replace(self.path, place)
        except OSError as error:
            raise not_writable(self.path, error) from None
        damage = CacheDamaged(
            f"The credential cache {self.path} was damaged. It was moved to {place}.",
            "Log in again to the clusters that you use. The damaged file may hold tokens: the next login removes it.",
        )
        self._damage = place, damage

    @property
    def _damaged(self) -> str:
        return f"{self.path}.damaged-"

    def _sweep(self) -> None:
        """Finish or remove what killed writers have left, which holds tokens."""
        sweep(self.path, is_whole=lambda content: _parsed(content) is not None)

    def remove_damaged(self) -> None:
        """Remove what was set aside earlier, which may hold tokens too; under the lock."""
        folder, prefix = os.path.split(self._damaged)
        with suppress(OSError):  # a folder that can't be listed, or is not writable: its own trouble says so
            for name in os.listdir(folder):
                if name.startswith(prefix):
                    os.unlink(os.path.join(folder, name))


class Room:
    """The room for one write; made by `Store.room` or `Transaction.make_room`."""

    def __init__(self, replacement: Replacement) -> None:
        self.replacement = replacement
        #: Whether the caller makes the rename durable by `Store.sync`, once nobody waits for it.
        self.is_synced_later = False


class Transaction:
    """What may be done under the lock; made by `Store.locked`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._entries: Entries | None = None

    def entry(self, issuer: str) -> object:
        """The entry of an issuer, read again from the disk; None where there is none."""
        return find_entry(self.entries(), issuer)

    def entries(self) -> Entries:
        """All entries, read once from the disk."""
        if self._entries is None:
            self._entries = self._store.entries_now()
        return self._entries

    def make_room(self, issuer: str, entries: Entries) -> Room:
        """Make sure of one write that changes an issuer's entry; close its `replacement` in the end.

        Parameters
        ----------
        issuer
            Whose entry is going to change.
        entries
            What is in the cache.

        Raises
        ------
        CacheNotWritable, CacheUnsafe
        """
        path = self._store.path
        try:
            check_safe(path, _status_of(path))
        except FileNotFoundError:
            pass  # a first login
        except (UnsafeFile, OSError) as error:
            raise not_writable(path, error) from None
        size = len(_dumped(entries)) + len(_dumped({issuer: find_entry(entries, issuer)})) + _GROWTH
        try:
            return Room(Replacement(path, size))
        except OSError as error:
            raise not_writable(path, error) from None

    def save(self, changes: dict[str, dict[str, object]], room: Room | None = None) -> None:
        """Merge entries into the file; all others and unknown fields stay as they are.

        Parameters
        ----------
        changes
            Entries by issuer; one that stands there in several spellings is changed in all of them. An empty
            one is a logout: unlike a missing key, which is what a writer of the reference kind leaves of the
            issuers that it erases, it says that someone meant it.
        room
            From `Store.room`, where the write was made sure of.

        Raises
        ------
        CacheNotWritable, CacheUnsafe
        """
        self._store.remove_damaged()
        if room is None:
            made = self.make_room("", self.entries())
            with made.replacement:
                self.save(changes, made)
            return
        entries = dict(self.entries())
        for issuer, entry in changes.items():
            for key in entry_keys(entries, issuer) or [issuer]:
                entries[key] = entry
        try:
            if room.is_synced_later:
                room.replacement.put(_dumped(entries))
            else:
                room.replacement.commit(_dumped(entries))
        except OSError as error:
            raise not_writable(self._store.path, error) from None


def _status_of(path: str) -> os.stat_result:
    """Look at a file, and again if that fails with what passes."""
    for _ in range(_LOOKS - 1):
        try:
            return os.lstat(path)
        except OSError as error:
            if error.errno not in _PASSING:
                raise
            time.sleep(_LOOK_AGAIN)
    return os.lstat(path)


def beside(path: str, issuer: str, kind: str) -> str:
    """The place of a file beside the cache that speaks of one issuer."""
    return f"{path}.{sha256(issuer.encode('utf-8', 'replace')).hexdigest()[:12]}.{kind}"


def entry_keys(entries: Entries, issuer: str) -> list[str]:
    """The keys under which an issuer stands, in whichever spelling (RFC 3986, 6.2.2 and 6.2.3)."""
    others = [key for key in entries if key != issuer]
    found = [issuer] if issuer in entries else []
    if others:
        from ..core.cluster import issuer_key

        wanted = issuer_key(issuer)
        found += [key for key in others if wanted is not None and issuer_key(key) == wanted]
    return found


def find_entry(entries: Entries, issuer: str) -> object:
    """The entry of an issuer; of several spellings the one with the newest token, None where there is none."""
    if len(entries) == 1 and issuer in entries:
        return entries[issuer]
    found = [entries[key] for key in entry_keys(entries, issuer)]
    if len(found) > 1:
        found.sort(key=lambda entry: _expiry(Credential.from_entry(entry)), reverse=True)
    return found[0] if found else None


def _expiry(credential: Credential | None) -> float:
    return credential.expires_at if credential else float("-inf")


def _parsed(content: bytes) -> Entries | None:
    """The entries in a file's content, their tokens hidden; None where it holds no JSON object."""
    entries = parse_shared(content)
    if not isinstance(entries, dict):
        return None
    for entry in entries.values():
        if isinstance(entry, dict):
            for name in TOKENS:
                value = entry.get(name)
                if isinstance(value, str):
                    entry[name] = Secret(value)
    return entries


def _dumped(entries: Entries) -> SecretBytes:
    # Without an indent, as the reference class writes it: with one, Python's own slow encoder would.
    return SecretBytes(json.dumps(entries).encode("utf-8"))


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
        advice(error) or "Move it away. The next login makes a new one that is only yours.",
    )


#: What an error of the system means for the cache, and what to do: by its number.
_BUSY = "Too many files are open in this process or on this machine."
_NETWORK = "The file system answers with an error; it may be a network drive that has lost its server."
_ADVICE: dict[int, tuple[str, str]] = {
    errno.EACCES: ("", "Make it readable and writable for you (chmod 600), or move it away and log in again."),
    errno.EPERM: ("", "Make it readable and writable for you (chmod 600), or move it away and log in again."),
    errno.EMFILE: (_BUSY, "Close some files, or raise the limit (ulimit -n), and try again."),
    errno.ENFILE: (_BUSY, "Close some programs, and try again."),
    errno.ESTALE: (_NETWORK, "Try again; if it stays like this, have the home folder's drive mounted again."),
    errno.EIO: (_NETWORK, "Try again; if it stays like this, the disk or its server is broken."),
    errno.EROFS: ("", "Have the home folder mounted writable, or set HOME to another folder of yours."),
    errno.ELOOP: ("", "Move the link away."),
}


def _unreadable(path: str, error: OSError) -> CacheUnreadable:
    why, next_step = _ADVICE.get(error.errno or 0, ("", "Move it away, and log in again."))
    return CacheUnreadable(
        " ".join(filter(None, (f"The credential cache {path} can't be read: {error.strerror}.", why))), next_step
    )


def not_writable(path: str, error: Exception) -> DeployKFError:
    """What an error of the system means for a write of the cache."""
    if isinstance(error, CacheError):
        return error
    if isinstance(error, UnsafeFile):
        return _unsafe(error)
    number = (error.errno if isinstance(error, OSError) else errno.ENOLCK) or 0
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
    default = ("", f"Make {folder} writable for you, and try again; nothing was lost.")
    why, next_step = default if number in (errno.EACCES, errno.EPERM) else _ADVICE.get(number, default)
    return CacheNotWritable(
        " ".join(filter(None, (f"The credential cache {path} can't be written: {reason}.", why))),
        advice(error) or next_step,
    )
