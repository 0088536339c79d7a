"""The credentials of one user: the cache, and what this process knows beyond it.

Part of `session`, which has the use cases; loaded with it by kernels, so that
what a cached token does not need is imported where it is used.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Callable

from .core.credential import Credential
from .core.decide import Decision, decide
from .errors import CacheError, DeployKFError
from .io.store import find_entry

if TYPE_CHECKING:
    from .core.cluster import Cluster
    from .core.held import Held
    from .core.setback import Setback
    from .io.notes import Notes
    from .io.store import Room, Store, Transaction


#: Seconds for a lock that nobody with a valid token is kept waiting for.
_NO_WAIT = 0.02


class _Memory:
    """What this process knows of a session and the cache does not.

    Void once the cache's entry is another one: whoever wrote that (a login, a
    logout, a refresh by another process) knew better.
    """

    __slots__ = ("entry", "setback", "unsaved")

    def __init__(self, entry: object, setback: Setback | None, unsaved: Credential | None) -> None:
        self.entry = entry
        self.setback = setback
        self.unsaved = unsaved


def _is_still(current: Credential, sent: Credential) -> bool:
    """Whether a session is the one whose refresh token was sent.

    Also if somebody else, who sent the same, was refused since an answer had been lost: that one has taken the
    refresh token out, and left the ID token.
    """
    return current.refresh_token == sent.refresh_token or (
        not current.refresh_token and current.id_token == sent.id_token
    )


class Vault:
    """The credentials of one user.

    Parameters
    ----------
    store
        The cache.
    clock
        Seconds since the epoch.
    random
        Returns that many random bytes.
    """

    def __init__(self, store: Store, clock: Callable[[], float], random: Callable[[int], bytes] = os.urandom) -> None:
        self._store = store
        self._clock = clock
        self._random = random
        self._memories: dict[str, _Memory] = {}
        self._seen: dict[str, object] = {}
        self._times_gone = 0
        self._held: dict[str, Held] = {}
        self._noted: dict[str, Setback] = {}
        self._notes_made: Notes | None = None

    def credential(self, issuer: str) -> Credential | None:
        """Return the credential of an issuer; None if there is none.

        Raises
        ------
        CacheError
        """
        self.sweep()
        entry = self._entry(issuer)
        memory = self._memory(issuer, entry)
        return (memory.unsaved if memory else None) or Credential.from_entry(entry)

    def is_unsaved(self, issuer: str) -> bool:
        """Whether the credential could not be saved, and is in this process's memory only."""
        memory = self._memory(issuer, self._entry(issuer))
        return memory is not None and memory.unsaved is not None

    def setback(self, issuer: str) -> Setback | None:
        """Return the last attempt to refresh a session, if it failed: by this process, or by another one.

        Raises
        ------
        CacheError
        """
        return self.look(issuer)[1]

    def look(self, issuer: str) -> tuple[Credential | None, Setback | None]:
        """Return the credential of an issuer, and the last attempt to refresh it if that failed; one read for both.

        Raises
        ------
        CacheError
        """
        from .core.setback import session_mark

        self.sweep()
        entry = self._entry(issuer)
        memory = self._memory(issuer, entry)
        credential = (memory.unsaved if memory else None) or Credential.from_entry(entry)
        own = memory.setback if memory else None
        note = self._notes.read(issuer)
        if note is None or note.session != session_mark(credential):
            return credential, own
        if own is not None and own.failed_at >= note.failed_at:
            return credential, own
        known = self._noted.get(issuer)
        if known is None or (known.session, known.failed_at) != (note.session, note.failed_at):
            # Kept, so that the same problem stays the same object.
            known = self._noted[issuer] = note
        return credential, known

    def problem(self, issuer: str) -> DeployKFError | None:
        """Return the last problem with a session, as long as it lasts.

        Raises
        ------
        CacheError
        """
        setback = self.setback(issuer)
        return setback.problem if setback else None

    def take_note(self, issuer: str, setback: Setback) -> None:
        """Remember that an attempt failed, and tell other processes."""
        entry = self._entry(issuer)
        memory = self._memory(issuer, entry)
        self._memories[issuer] = _Memory(entry, setback, memory.unsaved if memory else None)
        self._notes.write(issuer, setback)

    def announce(self, issuer: str, setback: Setback) -> None:
        """Tell other processes that a request is under way, for the case that this one is killed."""
        self._notes.write(issuer, setback)

    def turn(self, issuer: str) -> AbstractContextManager[object] | None:
        """Take the turn to ask an issuer for new tokens; None if another process or thread has it.

        Raises
        ------
        CacheError
        """
        return self._store.try_turn(issuer)

    def room(self, issuer: str, *, in_turn: bool = False) -> AbstractContextManager[Room]:
        """Make sure of the room for one write before anything is spent on it; see `Store.room`.

        Raises
        ------
        CacheError
        """
        return self._store.room(issuer, in_turn=in_turn)

    def sync(self) -> None:
        """Make the last exchange durable."""
        self._store.sync()

    def exchange(
        self, issuer: str, key: str, sent: Credential, renewed: Credential, room: Room | None
    ) -> Credential | None:
        """Save what came of a refresh, unless someone else has changed the session meanwhile.

        Parameters
        ----------
        issuer
            The cluster's issuer.
        key
            The issuer's own name of itself, under which it is saved.
        sent
            The credential whose refresh token was sent.
        renewed
            What came of it.
        room
            From `room`; None where none was made.

        Returns
        -------
        Credential or None
            What holds now: another one after a login or a refresh elsewhere, and None after a logout.

        Raises
        ------
        CacheError
            It could not be saved, and is in this process's memory.
        """
        with self._store.locked() as transaction:
            entry = transaction.entry(issuer)
            memory = self._memory(issuer, entry)
            current = (memory.unsaved if memory else None) or Credential.from_entry(entry)
            if entry is not None and current is None:
                return None
            if current is not None and not _is_still(current, sent):
                return current
            self._save(issuer, key, renewed, entry, transaction, room)
        return renewed

    def put(
        self, cluster: Cluster, key: str, credential: Credential, room: Room, *, confirm_other: bool = False
    ) -> None:
        """Save the credential of a login.

        Parameters
        ----------
        cluster
            Where.
        key
            The issuer's own name of itself.
        credential
            What was obtained.
        room
            From `room`.
        confirm_other
            Whether one that would replace another user's session is held, until `confirm` is called.

        Raises
        ------
        OtherIdentity
            It is held.
        CacheError
        """
        with self._store.locked() as transaction:
            # Whatever waited: its user has logged in again since.
            self._held.pop(cluster.issuer, None)
            if confirm_other:
                self._hold_back(cluster, key, credential, transaction)
            self._save(cluster.issuer, key, credential, transaction.entry(cluster.issuer), transaction, room)

    def save_again(self, issuer: str) -> None:
        """Save what could not be saved before, if that is possible now without a wait."""
        try:
            with self._store.locked(_NO_WAIT) as transaction:
                entry = transaction.entry(issuer)
                memory = self._memory(issuer, entry)
                if memory is not None and memory.unsaved is not None:
                    self._save(issuer, issuer, memory.unsaved, entry, transaction, None)
        except CacheError:
            return  # the session's problem says so already

    def confirm(self, cluster: Cluster, handle: str) -> None:
        """Save what `put` has held.

        Parameters
        ----------
        cluster
            Where.
        handle
            What `OtherIdentity` named.

        Raises
        ------
        ConfirmationExpired
            Nothing of this handle is held any more.
        OtherIdentity
            It would replace the session of yet another user, and is held under a new handle.
        CacheError
            It is held yet.
        """
        from .core.held import confirmation_expired, identity_of

        issuer = cluster.issuer
        with self._store.locked() as transaction:
            held = self._held.get(issuer)
            if held is None or not held.is_named_by(handle, self._clock()):
                raise confirmation_expired(cluster)
            there = identity_of(self._current(issuer, transaction))
            if there is not None and there.subject != held.before.subject:
                # Another process has logged in since. One of the same user is the newer one: Dex keeps one
                # refresh token a user, so that of the held credential is dead.
                if there.subject == held.identity.subject:
                    self._held.pop(issuer, None)
                    return
                self._hold_back(cluster, held.key, held.credential, transaction)
            transaction.save({held.key: held.credential.to_entry()})
            self._held.pop(issuer, None)
            self._memories.pop(issuer, None)
            self._notes.clear(issuer)

    def discard(self, issuer: str) -> None:
        """Forget a session; the empty entry says that someone meant it.

        Raises
        ------
        CacheError
        """
        with self._store.locked() as transaction:
            transaction.save({issuer: {}})
            self._memories.pop(issuer, None)
            self._seen.pop(issuer, None)
            self._held.pop(issuer, None)
            self._notes.remove(issuer)

    def let_go(self, issuer: str, handle: str) -> bool:
        """Forget what `put` has held; no file is touched, so nothing is in the way of it.

        Parameters
        ----------
        issuer
            The cluster's issuer.
        handle
            What `OtherIdentity` named.

        Returns
        -------
        bool
            False where nothing of this handle is held any more.
        """
        held = self._held.get(issuer)
        if held is None or not held.is_named_by(handle, self._clock()):
            return False
        self._forget(issuer, held)
        return True

    def sweep(self) -> None:
        """Forget all that was held for too long, at whichever issuer.

        The server looks every few seconds: so no token is kept for longer than it is of use, also where a
        logout elsewhere has taken the issuer out of what is looked at.
        """
        if not self._held:
            return
        now = self._clock()
        for issuer, held in list(self._held.items()):
            if now >= held.until:
                self._forget(issuer, held)

    def restore(self, entries: dict[str, dict[str, object]], patience: float | None = None) -> list[str]:
        """Put back entries that a writer of the reference kind erased, or replaced by older ones.

        Parameters
        ----------
        entries
            What was there before, by issuer.
        patience
            Seconds to wait for the lock; None for the store's own.

        Returns
        -------
        list of str
            The issuers that were put back: not those that are there again, or
            whose user logged out.

        Raises
        ------
        CacheError
        """
        from .core.erasure import erased

        with self._store.locked(patience) as transaction:
            missing = erased(entries, transaction.entries(), file_exists=True)
            if missing:
                transaction.save(missing)
        return list(missing)

    @property
    def _notes(self) -> Notes:
        if self._notes_made is None:
            from .io.notes import Notes

            self._notes_made = Notes(self._store.path)
        return self._notes_made

    def _entry(self, issuer: str) -> object:
        """The entry of an issuer; one that a writer of the reference kind has erased is missed, and put back."""
        entries = self._store.entries()
        if self._times_gone != self._store.times_gone:
            # Who deletes the file means it, also where a login has made a new one since.
            self._times_gone = self._store.times_gone
            self._seen.clear()
        entry = find_entry(entries, issuer)
        if entry is not None:
            self._seen[issuer] = entry
            return entry
        seen = self._seen.get(issuer)
        credential = Credential.from_entry(seen)
        if credential is None or not isinstance(seen, dict):
            return None
        if decide(credential, self._clock()) is Decision.USE:
            # Nobody had a reason to refresh it meanwhile, so it is the newest.
            try:
                self.restore({issuer: seen}, _NO_WAIT)
            except CacheError:
                return seen  # it is good all the same; the next look tries again
        return seen

    def _current(self, issuer: str, transaction: Transaction) -> Credential | None:
        entry = transaction.entry(issuer)
        memory = self._memory(issuer, entry)
        return (memory.unsaved if memory else None) or Credential.from_entry(entry)

    def _forget(self, issuer: str, held: Held) -> None:
        """Forget a login that was held, unless another one has taken its place meanwhile."""
        if self._held.get(issuer) is held:
            self._held.pop(issuer, None)

    def _hold_back(self, cluster: Cluster, key: str, credential: Credential, transaction: Transaction) -> None:
        """Hold a credential that would replace another user's session, and ask for the yes."""
        from .core.held import hold, other_identity, replaced_identity

        before = replaced_identity(self._current(cluster.issuer, transaction), credential)
        if before is not None:
            held = self._held[cluster.issuer] = hold(credential, key, before, self._clock(), self._random)
            raise other_identity(cluster, held)

    def _save(
        self,
        issuer: str,
        key: str,
        credential: Credential,
        entry: object,
        transaction: Transaction,
        room: Room | None,
    ) -> None:
        """Save under the issuer's own name of itself; what can't be saved is kept in memory.

        Parameters
        ----------
        entry
            What is in the cache now.
        """
        try:
            transaction.save({key: credential.to_entry()}, room)
        except CacheError as error:
            # The room was there a moment ago. The old refresh token is spent,
            # so the new one must not be lost: the next occasion saves again.
            self._memories[issuer] = _Memory(entry, self._unwritable(credential, error), credential)
            raise
        self._memories.pop(issuer, None)
        self._notes.clear(issuer)

    def _unwritable(self, credential: Credential, error: CacheError) -> Setback:
        from time import monotonic

        from .core.setback import session_mark, setback_after

        now = monotonic()
        return setback_after(None, session_mark(credential), error, started_at=now, now=now, random=lambda: 0.5)

    def _memory(self, issuer: str, entry: object) -> _Memory | None:
        """What is known beyond the cache, whose entry is `entry` now."""
        memory = self._memories.get(issuer)
        if memory is not None and memory.entry != entry:
            self._memories.pop(issuer, None)
            return None
        return memory
