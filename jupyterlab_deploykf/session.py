"""The use cases: login, get_token, refresh, status, logout.

Everything that touches a credential goes through here: the server, the kfp
adapters and the command line only translate. This module is loaded by kernels
for their first token, so what a cached token does not need is imported where
it is used.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Callable

from .core.credential import Credential
from .core.decide import Decision, decide, good_until
from .core.secret import Secret
from .errors import LoginRequired, SessionEnded
from .logins import Logins
from .renewal import ADVISORY, ALWAYS, ATTEMPT_INTERVAL, MANDATORY, PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .core.cluster import Cluster
    from .core.session import Session
    from .io.clusters import ClusterBook
    from .io.issuer import Issuer
    from .io.store import Store


class _Recent:
    """A token that was given, and is given again while nothing has changed."""

    __slots__ = ("mark", "token", "until")

    def __init__(self, token: Secret, until: float, mark: object) -> None:
        self.token = token
        self.until = until
        self.mark = mark


class Sessions(Logins):
    """The sessions of one user.

    Parameters
    ----------
    store
        The cache.
    clusters
        Which clusters there are.
    issuer_of
        Gives the client of a cluster's issuer.
    clock
        Seconds since the epoch.
    **renewal
        For `renewal.Renewal`: its clocks, and whether a refresh ends with the process.
    """

    def __init__(
        self,
        store: Store,
        clusters: ClusterBook,
        issuer_of: Callable[[Cluster], Issuer],
        clock: Callable[[], float] = time.time,
        **renewal: Any,
    ) -> None:
        super().__init__(store, clusters, issuer_of, clock, **renewal)
        self._recent: dict[str | None, _Recent] = {}

    def get_token(self, issuer: str | None = None) -> Secret:
        """The ID token of a session, refreshed where it must be.

        With a token that is valid for a while this is one look at the file:
        no lock and no request.

        Parameters
        ----------
        issuer
            The issuer's URL or the cluster's name; None for the only cluster there is.

        Returns
        -------
        Secret
            A text that hides itself where it is displayed.

        Raises
        ------
        LoginRequired
            A human has to log in. It is never asked for here.
        NoCluster, IssuerNotAllowed, ConfigurationError
        IssuerError
            The token has expired, and the issuer could not be asked for another.
        CacheError
        """
        mark = self._mark(issuer)
        recent = self._recent.get(issuer)
        if recent is not None and recent.mark == mark and recent.until > self._clock():
            return recent.token
        credential = self.get_credential(issuer)
        if good_until(credential) > self._clock() and self.store.is_settled():
            self._recent[issuer] = _Recent(credential.id_token, good_until(credential), mark)
        return credential.id_token

    def get_credential(self, issuer: str | None = None) -> Credential:
        """The credential whose ID token `get_token` gives, with the time of its expiry.

        Parameters
        ----------
        issuer
            The issuer's URL; None for the only cluster there is.

        Raises
        ------
        LoginRequired, ConfigurationError, IssuerError, CacheError
            As `get_token`.
        """
        wanted = self._wanted(issuer)
        credential = self._vault.credential(wanted)
        decision = decide(credential, self._clock())
        if decision is Decision.REFRESH_NOW:
            credential = self._renewal.renewed(wanted, MANDATORY)
        if decision is Decision.LOGIN or credential is None:
            raise self._login_required(wanted)
        return credential

    def finish(self, seconds: float) -> None:
        """Wait for the refreshes that are under way, so that their tokens are saved; not longer than that."""
        self._renewal.finish(seconds)

    def replace_refused(self, issuer: str, token: str) -> bool:
        """Get another ID token, after the API has refused one that should be valid.

        An issuer that has lost its keys or was set up anew is a reason. A
        token that is younger than a minute is not replaced: it is not the
        token's fault then.

        Parameters
        ----------
        issuer
            The issuer's URL.
        token
            What was refused.

        Returns
        -------
        bool
            Whether `get_token` gives another one now.

        Raises
        ------
        LoginRequired, IssuerError, CacheError, ConfigurationError
        """
        wanted = self._wanted(issuer)
        credential = self._vault.credential(wanted)
        if credential is not None and credential.id_token == token:
            age = self._clock() - credential.issued_at
            if 0 <= age < ATTEMPT_INTERVAL:
                return False
            credential = self._renewal.renewed(wanted, ALWAYS, refused=token)
        return credential is not None and credential.id_token != token

    def choose(self, wanted: str | None = None) -> Cluster:
        """The cluster that a person means; no request is made.

        Parameters
        ----------
        wanted
            A name or an issuer's URL; None for the only cluster there is.

        Raises
        ------
        NoCluster, IssuerNotAllowed, ConfigurationError, CacheError
        """
        if wanted is None:
            return self.clusters.default(self._logged_in())
        from .core.choice import choose

        cluster = choose(wanted, self.known())
        self.clusters.require_allowed(cluster.issuer)
        return cluster

    def refresh(self, issuer: str) -> Session:
        """Refresh a session now, whatever time it has left.

        Raises
        ------
        LoginRequired, IssuerError, CacheError, ConfigurationError
        """
        cluster = self.clusters.find(issuer)
        if self._renewal.renewed(cluster.issuer, ALWAYS, keep_valid=False) is None:
            raise self._login_required(cluster.issuer)
        return self.session(cluster.issuer)

    def keep_fresh(self, issuer: str) -> Session:
        """Refresh a session that is inside its advisory window; leave others as they are.

        A refresh that fails leaves a valid token in use; the session's
        `problem` says why. One that takes long goes on in the background.

        Raises
        ------
        CacheError, ConfigurationError
        IssuerError
            The token is not valid any more.
        """
        self._renewal.renewed(issuer, ADVISORY, waits_for_newest=PATIENCE)
        return self.session(issuer)

    def logout(self, issuer: str) -> Session:
        """Forget a session on this machine.

        Dex has no revocation endpoint: what the issuer knows of the session
        expires by itself.

        Raises
        ------
        CacheError, ConfigurationError
        """
        from .core.cluster import normalize_issuer
        from .io.token_file import sweep_token_folders

        # A session may be ended at an issuer that is not allowed any more.
        wanted = normalize_issuer(issuer)
        self._vault.discard(wanted)
        # Files of commands that were killed hold a token, too.
        sweep_token_folders()
        return self.session(wanted)

    def session(self, issuer: str) -> Session:
        """The session at an issuer, as it is now; no request is made.

        Raises
        ------
        CacheError, ConfigurationError
        """
        from .core.cluster import Cluster, normalize_issuer
        from .core.session import describe

        wanted = normalize_issuer(issuer)
        cluster = next((c for c in self.known() if c.issuer == wanted), Cluster(wanted, source="cache"))
        return describe(cluster, self._vault.credential(wanted), self._vault.problem(wanted), self._clock())

    def status(self) -> list[Session]:
        """The sessions at all known clusters; no request is made.

        Raises
        ------
        CacheError
        """
        from .core.session import describe

        self._vault.sweep()
        now = self._clock()
        return [
            describe(cluster, self._vault.credential(cluster.issuer), self._vault.problem(cluster.issuer), now)
            for cluster in self.known()
        ]

    def known(self) -> list[Cluster]:
        """The configured clusters, and those that the cache holds a session of.

        Raises
        ------
        CacheError
        """
        from .core.cluster import Cluster, cached_issuers
        from .errors import ConfigurationError

        try:
            configured = self.clusters.clusters()
        except ConfigurationError:
            # The status says beside the sessions what is wrong with the list.
            configured = self.clusters.fixed()
        issuers = {cluster.issuer for cluster in configured}
        cached = cached_issuers(self._credentials())
        return configured + [Cluster(issuer, source="cache") for issuer in cached if issuer not in issuers]

    def restore(self, entries: dict[str, dict[str, object]]) -> list[str]:
        """Put back entries that a writer of the reference kind erased.

        Parameters
        ----------
        entries
            What was there before, by issuer.

        Returns
        -------
        list of str
            The issuers that were put back: not those that are there again, or
            whose user logged out.

        Raises
        ------
        CacheError
        """
        return self._vault.restore(entries)

    def _mark(self, issuer: str | None) -> object:
        """What a token that was given depends on: the cache, and where no issuer was named the choice of one."""
        if issuer is not None and "://" in issuer:
            return self.store.mark()
        return self.store.mark(), self.clusters.mark()

    def _wanted(self, issuer: str | None) -> str:
        if issuer is None or "://" not in issuer:
            return self.choose(issuer).issuer
        from .core.cluster import normalize_issuer

        wanted = normalize_issuer(issuer)
        self.clusters.require_allowed(wanted)
        return wanted

    def _credentials(self) -> dict[str, Credential]:
        """What the cache holds, by its keys."""
        found = {key: Credential.from_entry(entry) for key, entry in self.store.entries().items()}
        return {key: credential for key, credential in found.items() if credential is not None}

    def _logged_in(self) -> Iterator[str]:
        """The issuers of the sessions that go on; if there is none, of those that have ended. Read when asked for."""
        from .core.cluster import cached_issuers

        found, now = self._credentials(), self._clock()
        live = [key for key, credential in found.items() if decide(credential, now) is not Decision.LOGIN]
        yield from cached_issuers(live or found)

    def _login_required(self, issuer: str) -> LoginRequired:
        next_step = "In JupyterLab run the command «Login to deployKF», in a terminal «jupyter deploykf login»."
        notice = f" {self.store.notice.message}" if self.store.notice else ""
        if self._vault.credential(issuer) is None:
            return LoginRequired(f"You are not signed in at {issuer}.{notice}", next_step)
        problem = self._vault.problem(issuer)
        if isinstance(problem, SessionEnded):
            return SessionEnded(problem.message + notice, next_step)
        from .core.tokenanswer import session_ended

        return SessionEnded(session_ended(self.clusters.find(issuer)).message + notice, next_step)
