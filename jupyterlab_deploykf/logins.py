"""The ways to a new session, and what has to be known of an issuer before.

Part of `session`, which has all other use cases, and loaded with it by
kernels: what a cached token does not need is imported where it is used.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Callable

from .renewal import Renewal
from .vault import Vault

if TYPE_CHECKING:
    from .core.cluster import Cluster
    from .core.device import DeviceAttempt
    from .core.provider import Provider
    from .core.session import Session
    from .io.clusters import ClusterBook
    from .io.issuer import Issuer
    from .io.store import Store


class Logins(ABC):
    """How one user comes to a session.

    Parameters
    ----------
    store, clusters, issuer_of, clock
        As `session.Sessions` has them.
    **renewal
        For `renewal.Renewal`.
    """

    def __init__(
        self,
        store: Store,
        clusters: ClusterBook,
        issuer_of: Callable[[Cluster], Issuer],
        clock: Callable[[], float],
        **renewal: Any,
    ) -> None:
        self.store = store
        self.clusters = clusters
        self._issuer_of = issuer_of
        self._clock = clock
        self._issuers: dict[Cluster, Issuer] = {}
        self._vault = Vault(store, clock)
        self._renewal = Renewal(self._vault, lambda issuer: self._issuer(clusters.find(issuer)), clock, **renewal)

    @abstractmethod
    def session(self, issuer: str) -> Session:
        """The session at an issuer, as it is now."""

    def login(self, issuer: str, code: str, code_verifier: str, nonce: str, *, confirm_other: bool = False) -> Session:
        """Trade an authorization code for a session, and save it.

        Parameters
        ----------
        issuer
            The issuer's URL.
        code
            What the user gave: the code is found in it.
        code_verifier, nonce
            Of the attempt that the code belongs to.
        confirm_other
            Whether a session that would replace another user's is held until `confirm_login` is called.

        Raises
        ------
        OtherIdentity
            It is held, in this process's memory.
        LoginFailed, IssuerError, CacheError, ConfigurationError
            The session that was there before is still there. Room in the
            cache is made sure of before the code is spent.
        """
        from .core.code import find_code
        from .core.secret import Secret

        # At once: a frame that fails below would show them.
        code, code_verifier, nonce = Secret(code), Secret(code_verifier), Secret(nonce)
        cluster = self.clusters.find(issuer)
        found = find_code(code)
        client = self._issuer(cluster)
        with self._vault.room(cluster.issuer) as room:
            credential = client.exchange(found, code_verifier, nonce)
            self._vault.put(cluster, client.provider().issuer, credential, room, confirm_other=confirm_other)
        return self.session(cluster.issuer)

    def confirm_login(self, issuer: str, confirmation: str) -> Session:
        """Save the session of a login that was held, since it replaces another user's.

        Parameters
        ----------
        issuer
            The issuer's URL.
        confirmation
            What `OtherIdentity` named.

        Raises
        ------
        ConfirmationExpired
            It is not held any more.
        OtherIdentity
            By now it would replace the session of yet another user: that is asked for anew.
        CacheError
            It is held yet: the same call may be made again.
        ConfigurationError
        """
        cluster = self.clusters.find(issuer)
        self._vault.confirm(cluster, confirmation)
        return self.session(cluster.issuer)

    def discard_login(self, issuer: str, confirmation: str) -> bool:
        """Forget a login that was held, since nobody is going to confirm it.

        Parameters
        ----------
        issuer
            The issuer's URL.
        confirmation
            What `OtherIdentity` named.

        Returns
        -------
        bool
            False where it is not held any more.

        Raises
        ------
        ConfigurationError
        """
        from .core.cluster import normalize_issuer

        return self._vault.let_go(normalize_issuer(issuer), confirmation)

    def allows_device(self, issuer: str) -> bool:
        """Whether a login on another device (RFC 8628) is to be offered; trouble with the question is a no.

        Raises
        ------
        ConfigurationError, IssuerNotAllowed
            Of the cluster itself.
        """
        from .io.device import allows_device

        return allows_device(self._issuer(self.clusters.find(issuer)))

    def begin_device(self, issuer: str) -> DeviceAttempt:
        """Begin a login on another device (RFC 8628).

        Raises
        ------
        DeviceNotAllowed, IssuerError, ConfigurationError
        """
        from secrets import token_bytes

        from .io.device import begin_device

        return begin_device(self._issuer(self.clusters.find(issuer)), token_bytes)

    def poll_device(self, attempt: DeviceAttempt, *, confirm_other: bool = False) -> Session | DeviceAttempt:
        """Look once whether a login on another device is done; if so, save its session.

        Parameters
        ----------
        attempt
            From `begin_device`, or from the last poll.
        confirm_other
            As for `login`.

        Returns
        -------
        Session or DeviceAttempt
            What to poll with next where the user is not done yet.

        Raises
        ------
        DeviceExpired, LoginDenied, LoginFailed
            The attempt is over.
        OtherIdentity
            As for `login`; the attempt is over too.
        IssuerError, CacheError, ConfigurationError
            The same attempt may be polled again where it is retryable.
        """
        from .core.device import DeviceAttempt
        from .io.device import poll_device

        cluster = self.clusters.find(attempt.issuer)
        client = self._issuer(cluster)
        with self._vault.room(cluster.issuer) as room:
            polled = poll_device(client, attempt)
            if isinstance(polled, DeviceAttempt):
                return polled
            self._vault.put(cluster, client.provider().issuer, polled, room, confirm_other=confirm_other)
        return self.session(cluster.issuer)

    def try_out(self, cluster: Cluster) -> Cluster:
        """Use a cluster in this process before it is remembered.

        Raises
        ------
        IssuerNotAllowed
        ConfigurationError
            The user's list, in which it would be remembered, can't be used: known now, and not after a login.
        """
        if not self.clusters.is_fixed(cluster.issuer):
            self.clusters.own()
        self.clusters.prefer(cluster)
        return cluster

    def add_cluster(self, cluster: Cluster, replaces: str | None = None) -> Cluster:
        """Verify an issuer by discovery, and add its cluster to the user's own list.

        The issuer is asked anew, by the cluster's own settings: whatever is known of it by others counts for nothing.

        Parameters
        ----------
        cluster
            What is to stand in the list.
        replaces
            The issuer of another one whose place it takes.

        Raises
        ------
        IssuerError, IssuerNotAllowed, ConfigurationError
            The list is as it was.
        """
        self.clusters.require_allowed(cluster.issuer)
        self._issuer_of(cluster).provider()
        self.clusters.add_own(cluster, replaces)
        return cluster

    def remember_cluster(self, issuer: str) -> bool:
        """Keep the cluster of a login in the user's own list, unless it is configured already; no request is made.

        Returns
        -------
        bool
            Whether the list has changed.

        Raises
        ------
        IssuerNotAllowed, ConfigurationError
        """
        from dataclasses import replace

        cluster = self.clusters.find(issuer)
        return cluster.source == "cache" and self.clusters.remember(replace(cluster, source="file"))

    def provider(self, issuer: str) -> tuple[Cluster, Provider]:
        """A cluster and its issuer's metadata, discovered.

        Raises
        ------
        IssuerError, ConfigurationError
        """
        cluster = self.clusters.find(issuer)
        return cluster, self._issuer(cluster).provider()

    def _issuer(self, cluster: Cluster) -> Issuer:
        # No lock: it could be held by another thread when a process forks.
        known = self._issuers.get(cluster)
        return known or self._issuers.setdefault(cluster, self._issuer_of(cluster))
