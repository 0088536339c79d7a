"""Refreshing a session, once for all processes, and losing nothing on the way.

Part of `session`, which has the use cases; loaded with it by kernels, so that
what a cached token does not need is imported where it is used.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Callable

from .core.credential import Credential
from .core.decide import Decision, decide
from .errors import CacheError, CacheNotWritable, DeployKFError, IssuerError, SessionEnded

if TYPE_CHECKING:
    from .core.cluster import Cluster
    from .core.held import Held
    from .io.issuer import Issuer
    from .io.store import Store, Transaction

#: Seconds between attempts to refresh a token that is still valid.
ATTEMPT_INTERVAL = 60.0

#: Which decisions lead to a refresh: kernels ask only for what they can't do without.
MANDATORY = frozenset({Decision.REFRESH_NOW})
ADVISORY = frozenset({Decision.REFRESH_NOW, Decision.REFRESH_SOON})
ALWAYS = frozenset({Decision.REFRESH_NOW, Decision.REFRESH_SOON, Decision.USE})


class _Memory:
    """What this process knows of a session and the cache does not.

    Void once the cache's entry is another one: whoever wrote that (a login, a
    logout, a refresh by another process) knew better.
    """

    __slots__ = ("entry", "failed_at", "problem", "unsaved")

    def __init__(self, entry: object, problem: DeployKFError, failed_at: float, unsaved: Credential | None) -> None:
        self.entry = entry
        self.problem = problem
        self.failed_at = failed_at
        self.unsaved = unsaved


class Renewal:
    """The credentials of one user, and what this process knows of them beyond the cache.

    Parameters
    ----------
    store
        The cache.
    client_of
        Gives the client of an issuer, by its URL.
    clock
        Seconds since the epoch.
    random
        Gives so many random bytes.
    """

    def __init__(
        self,
        store: Store,
        client_of: Callable[[str], Issuer],
        clock: Callable[[], float],
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._store = store
        self._client_of = client_of
        self._clock = clock
        self._random = random
        self._memories: dict[str, _Memory] = {}
        self._held: dict[str, Held] = {}

    def credential(self, issuer: str) -> Credential | None:
        """The credential of an issuer, or None.

        Raises
        ------
        CacheError
        """
        self.sweep()
        entry = self._store.entry(issuer)
        return self._credential(entry, self._memory(issuer, entry))

    def problem(self, issuer: str) -> DeployKFError | None:
        """The last trouble with a session, as long as it lasts.

        Raises
        ------
        CacheError
        """
        memory = self._memory(issuer, self._store.entry(issuer))
        return memory.problem if memory else None

    def renewed(
        self, issuer: str, wanted: frozenset[Decision], *, keep_valid: bool = True, refused: str = ""
    ) -> Credential | None:
        """Refresh a session if the decision, taken under the lock, is among those `wanted`.

        Parameters
        ----------
        issuer
            The cluster's issuer.
        wanted
            Decisions that lead to a refresh.
        keep_valid
            Whether trouble is put up with, and attempts are spaced, while the token is valid.
        refused
            An ID token that the API does not take: another one in the cache is as good as a refresh.

        Returns
        -------
        Credential or None
            A valid one, or None where a login is required.

        Raises
        ------
        SessionEnded, IssuerError, CacheError
        """
        try:
            with self._store.locked() as transaction:
                # Another process may have refreshed while this one waited.
                entry = transaction.entry(issuer)
                memory = self._memory(issuer, entry)
                credential = self._credential(entry, memory)
                if credential is None or not credential.refresh_token:
                    return credential if credential and credential.is_valid(self._clock()) else None
                if refused and credential.id_token != refused and credential.is_valid(self._clock()):
                    return credential
                is_wanted = decide(credential, self._clock()) in wanted
                if not is_wanted or (keep_valid and self._is_too_early(memory, credential)):
                    if memory and memory.unsaved:
                        self._save(issuer, issuer, credential, transaction)
                    return credential
                return self._refresh(issuer, credential, transaction)
        except (IssuerError, SessionEnded, CacheError) as error:
            current = self.credential(issuer)
            self._note(issuer, self._store.entry(issuer), error)
            if keep_valid and current is not None and current.is_valid(self._clock()):
                return current
            raise

    def obtain(self, issuer: str, ask: Callable[[Issuer], Credential | None], *, confirm_other: bool = False) -> bool:
        """Get a credential that is not a refresh of one, and save it.

        Parameters
        ----------
        issuer
            The cluster's issuer.
        ask
            Asks the issuer. It is called under the lock, once there is room for the answer.
            None where there is nothing to save yet.
        confirm_other
            Whether one that would replace another user's session is held, until `confirm` is called.

        Returns
        -------
        bool
            Whether there is a new session.

        Raises
        ------
        OtherIdentity
            It is held.
        LoginFailed, IssuerError, CacheError
        """
        client = self._client_of(issuer)
        with self._store.locked() as transaction, transaction.room():
            credential = ask(client)
            if credential is not None:
                # Whatever waited: its user has logged in again since.
                self._held.pop(issuer, None)
                key = client.provider().issuer
                if confirm_other:
                    self._hold_back(client.cluster, key, credential, transaction)
                self._save(issuer, key, credential, transaction)
        return credential is not None

    def confirm(self, cluster: Cluster, handle: str) -> None:
        """Save what `obtain` has held.

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
            with transaction.room():
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

    def discard(self, issuer: str) -> None:
        """Forget a session; the empty entry says that someone meant it.

        Raises
        ------
        CacheError
        """
        with self._store.locked() as transaction:
            transaction.save({issuer: {}})
            self._memories.pop(issuer, None)
            self._held.pop(issuer, None)

    def let_go(self, issuer: str, handle: str) -> bool:
        """Forget what `obtain` has held; no file is touched, so nothing is in the way of it.

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
        now = self._clock()
        for issuer, held in list(self._held.items()):
            if held.until <= now:
                self._forget(issuer, held)

    def _forget(self, issuer: str, held: Held) -> None:
        """Forget this one, and none that has come after it."""
        if self._held.get(issuer) is held:
            self._held.pop(issuer, None)

    def _hold_back(self, cluster: Cluster, key: str, credential: Credential, transaction: Transaction) -> None:
        """Under the lock: hold a credential that would replace another user's session, and ask; else do nothing."""
        from .core.held import hold, other_identity, replaced_identity

        before = replaced_identity(self._current(cluster.issuer, transaction), credential)
        if before is not None:
            held = hold(credential, key, before, self._clock(), self._random)
            self._held[cluster.issuer] = held
            raise other_identity(cluster, held)

    def _current(self, issuer: str, transaction: Transaction) -> Credential | None:
        entry = transaction.entry(issuer)
        return self._credential(entry, self._memory(issuer, entry))

    def _refresh(self, issuer: str, credential: Credential, transaction: Transaction) -> Credential:
        """Under the lock: refresh, verify, save."""
        client = self._client_of(issuer)
        with transaction.room():
            try:
                renewed = client.refresh(credential)
            except SessionEnded:
                current = Credential.from_entry(transaction.entry(issuer))
                if current and current.refresh_token not in ("", credential.refresh_token):
                    # A writer of the reference kind, which takes no lock, was
                    # quicker: the session goes on with what it wrote.
                    return current
                # It stays dead: nobody needs to ask again. The ID token may be valid yet.
                transaction.save({issuer: credential.without_refresh_token().to_entry()})
                raise
            self._save(issuer, client.provider().issuer, renewed, transaction)
        return renewed

    def _save(self, issuer: str, key: str, credential: Credential, transaction: Transaction) -> None:
        """Save under the issuer's own name of itself; what can't be saved is kept in memory."""
        try:
            transaction.save({key: credential.to_entry()})
        except CacheNotWritable as error:
            # The room was there a moment ago. The old refresh token is spent,
            # so the new one must not be lost: the next occasion saves again.
            self._note(issuer, transaction.entry(issuer), error, unsaved=credential)
            raise
        self._memories.pop(issuer, None)

    def _memory(self, issuer: str, entry: object) -> _Memory | None:
        """What is known beyond the cache, whose entry is `entry` now."""
        memory = self._memories.get(issuer)
        if memory is not None and memory.entry != entry:
            self._memories.pop(issuer, None)
            return None
        return memory

    def _note(self, issuer: str, entry: object, error: DeployKFError, *, unsaved: Credential | None = None) -> None:
        memory = self._memory(issuer, entry)
        kept = unsaved or (memory.unsaved if memory else None)
        self._memories[issuer] = _Memory(entry, error, self._clock(), kept)

    def _credential(self, entry: object, memory: _Memory | None) -> Credential | None:
        return (memory.unsaved if memory else None) or Credential.from_entry(entry)

    def _is_too_early(self, memory: _Memory | None, credential: Credential) -> bool:
        """Whether an attempt failed a short time ago, and the token is valid yet."""
        now = self._clock()
        return memory is not None and 0 <= now - memory.failed_at < ATTEMPT_INTERVAL and credential.is_valid(now)
