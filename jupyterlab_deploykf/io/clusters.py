"""Which clusters there are: the environment's, the administrator's and the user's own."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

from ..core.choice import choose_default, merged
from ..core.cluster import Cluster, issuer_key, normalize_issuer, parse_cluster
from ..core.jsonvalue import parse_value
from ..errors import ConfigurationError, DeployKFError, IssuerNotAllowed, ServerMisconfigured
from .environment import ISSUER_URL, cluster_entry, value
from .files import Replacement
from .home import prepare_folder
from .lock import LockTimeout, held
from .safety import UnsafeFile, advice
from .shared_file import is_mounted_error, is_provided, read_shared

#: Seconds to wait for another process that changes the list, which takes it no time.
LOCK_TIMEOUT = 10.0


class ClusterBook:
    """The clusters of one user.

    Parameters
    ----------
    path
        The user's own list, ``~/.config/kfp/deploykf.json``; it need not be there.
    environ
        The environment, looked at anew at each question: notebooks set variables.
    administrator
        Entries from traitlets.
    allowed_issuers
        The only issuers that may be used; None for any.
    unusable
        Why the administrator's settings can't be used, in a sentence; None if they can.
        They may forbid anything, so no issuer is allowed until they are fixed.
    lock_timeout
        Seconds to wait for another process that changes the user's list.
    """

    def __init__(
        self,
        path: str,
        environ: Mapping[str, str],
        administrator: Sequence[Mapping[str, object]] = (),
        allowed_issuers: Iterable[str] | None = None,
        *,
        unusable: str | None = None,
        lock_timeout: float = LOCK_TIMEOUT,
    ) -> None:
        self.path = path
        self._unusable = unusable
        self._lock_timeout = lock_timeout
        self._environ = environ
        self._preferred: list[Cluster] = []
        self._administrator = [parse_cluster(entry, "administrator") for entry in administrator]
        self._allowed = None if allowed_issuers is None else {normalize_issuer(url) for url in allowed_issuers}

    @property
    def problem(self) -> ServerMisconfigured | None:
        """Why no issuer is allowed; None if the administrator's settings can be used."""
        if self._unusable is None:
            return None
        return ServerMisconfigured(
            f"The Jupyter server's settings for deployKF can't be used. {self._unusable}",
            "Ask your administrator to fix c.DeployKF in the Jupyter server's configuration and to restart "
            "the server. Until then, nobody can log in here.",
        )

    def mark(self) -> tuple[object, ...]:
        """What the choice of a cluster depends on, cheaply: equal while nothing has changed."""
        try:
            # Of what a link points to: a ConfigMap's own link stays as it is.
            status = os.stat(self.path)
            own: tuple[int, ...] = (status.st_ctime_ns, status.st_ino)
        except OSError:
            own = ()
        return value(self._environ, ISSUER_URL), own

    def clusters(self) -> list[Cluster]:
        """All of them. If an issuer is in several places, the first counts.

        The environment goes first, since it speaks of this very process; then
        the administrator, then the user's own list. What the environment doesn't
        set of its cluster comes from the next place that has it.

        Raises
        ------
        ConfigurationError
            The environment or the user's list can't be used.
        """
        own = self.own()
        return self._distinct([*self._given(own), *own])

    def fixed(self) -> list[Cluster]:
        """The clusters that don't depend on the user's list, for when that can't be read."""
        return self._distinct(self._given())

    def own(self) -> list[Cluster]:
        """The user's own list.

        Raises
        ------
        ConfigurationError
            The file can't be read, or an entry of it can't be used.
        """
        try:
            content = read_shared(self.path)
        except FileNotFoundError:
            return []
        except (OSError, UnsafeFile) as error:
            raise self._unreadable(str(getattr(error, "strerror", None) or error), advice(error)) from None
        document = parse_value(content)
        if document is None:
            raise self._unreadable("it is not JSON")
        entries = document.get("clusters") if isinstance(document, dict) else None
        if not isinstance(entries, list):
            raise self._unreadable("it holds no list «clusters»")
        return [parse_cluster(entry, "file") for entry in entries]

    def prefer(self, cluster: Cluster) -> None:
        """Use a cluster in this process as it stands here, before it is saved anywhere.

        Raises
        ------
        IssuerNotAllowed
        """
        self.require_allowed(cluster.issuer)
        self._preferred = [cluster, *(c for c in self._preferred if c.issuer != cluster.issuer)]

    def is_fixed(self, issuer: str) -> bool:
        """Whether the environment or the administrator says what counts for an issuer."""
        return any(cluster.issuer == issuer for cluster in self._configured())

    def remember(self, cluster: Cluster) -> bool:
        """Keep a cluster that was used in the user's own list, unless it is configured as it is already.

        Returns
        -------
        bool
            Whether the list has changed.

        Raises
        ------
        ConfigurationError, IssuerNotAllowed
        """
        if self.is_fixed(cluster.issuer) or cluster in self.own():
            return False
        self.add_own(cluster)
        return True

    def add_own(self, cluster: Cluster, replaces: str | None = None) -> None:
        """Add a cluster to the user's own list, in place of the one with its issuer.

        Parameters
        ----------
        cluster
            What is to stand there.
        replaces
            The issuer of another one whose place it takes; it need not be there any more.

        Raises
        ------
        ConfigurationError, IssuerNotAllowed
            What stands in the list is never lost.
        """
        self.require_allowed(cluster.issuer)
        old = None if replaces is None else normalize_issuer(replaces)
        with self._changing() as own:
            issuers = [known.issuer for known in own]
            at = next((issuers.index(issuer) for issuer in (old, cluster.issuer) if issuer in issuers), len(own))
            gone = {old, cluster.issuer}
            own[:] = [
                *(known for known in own[:at] if known.issuer not in gone),
                cluster,
                *(known for known in own[at:] if known.issuer not in gone),
            ]

    def remove_own(self, issuer: str) -> None:
        """Take a cluster out of the user's own list.

        Raises
        ------
        ConfigurationError
            It does not stand there.
        """
        gone = normalize_issuer(issuer)
        with self._changing() as own:
            kept = [cluster for cluster in own if cluster.issuer != gone]
            if len(kept) == len(own):
                raise ConfigurationError(
                    f"{gone} does not stand in your own list of clusters, {self.path}.",
                    "A cluster of the environment or of the administrator is removed there; "
                    "one that is known from a session alone goes with «jupyter deploykf logout».",
                )
            own[:] = kept

    def find(self, issuer: str) -> Cluster:
        """The cluster of an issuer; with the defaults where it is not configured.

        Raises
        ------
        ConfigurationError, IssuerNotAllowed
        """
        wanted = normalize_issuer(issuer)
        self.require_allowed(wanted)
        try:
            clusters = self.clusters()
        except ConfigurationError:
            # A broken list of the user's must not stop a cluster that does not stand in it.
            clusters = self.fixed()
            if not any(cluster.issuer == wanted for cluster in clusters):
                raise
        for cluster in clusters:
            if cluster.issuer == wanted:
                return cluster
        return Cluster(issuer=wanted, source="cache")

    def default(self, cached: Iterable[str] = ()) -> Cluster:
        """The one cluster that is meant when none is named.

        Parameters
        ----------
        cached
            Issuers that the cache holds a session of; only looked at if the configuration doesn't say which one.

        Raises
        ------
        NoCluster
            There is none, or there are several; the message lists them.
        """
        # One after the other: who needs no cache must not fail at it.
        logged_in = (self.find(issuer) for issuer in cached if self.is_allowed(issuer))
        try:
            configured = self.clusters()
        except ConfigurationError:
            # A broken list of the user's is no problem for who needs none.
            configured = self.fixed()
            if not configured:
                raise
        return choose_default(configured, logged_in)

    def require_allowed(self, issuer: str) -> None:
        """Raise `IssuerNotAllowed` or `ServerMisconfigured` if the administrator does not allow an issuer."""
        problem = self.problem
        if problem is not None:
            raise problem
        if not self.is_allowed(issuer):
            allowed = ", ".join(sorted(self._allowed or ())) or "none"
            raise IssuerNotAllowed(
                f"The administrator of this Jupyter server does not allow the issuer {issuer}.",
                f"Use one of these, or ask the administrator: {allowed}.",
            )

    def is_allowed(self, issuer: str) -> bool:
        """Whether the administrator allows an issuer."""
        if self._unusable is not None:
            return False
        return self._allowed is None or issuer_key(issuer) in self._allowed

    @contextmanager
    def _changing(self) -> Iterator[list[Cluster]]:
        """The user's own list, to be changed in place: read and written under a lock, so that nobody's change is lost.

        All entries are written back, also those that don't count in this process.
        """
        if is_provided(self.path):
            raise self._provided()
        with ExitStack() as locked:
            try:
                prepare_folder(os.path.dirname(self.path))
                locked.enter_context(held(f"{self.path}.lock", self._lock_timeout))
            except LockTimeout:
                raise ConfigurationError(
                    f"Another process has held {self.path}.lock for {self._lock_timeout:.0f} seconds.",
                    "Try again. If it happens again, find the process that hangs (fuser shows it) and end it.",
                ) from None
            except (OSError, UnsafeFile) as error:
                raise self._not_writable(error) from None
            own = self.own()
            before = list(own)
            yield own
            if own != before:
                self._write(own)

    def _write(self, clusters: Sequence[Cluster]) -> None:
        content = json.dumps({"clusters": [cluster.to_entry() for cluster in clusters]}, indent=2)
        try:
            # A link to a file of ours, as a tool for dotfiles makes it, stays a link.
            with Replacement(os.path.realpath(self.path)) as replacement:
                replacement.commit(content.encode("utf-8"))
        except OSError as error:
            raise self._not_writable(error) from None

    def _given(self, own: Sequence[Cluster] = ()) -> list[Cluster]:
        return [*self._preferred, *self._configured(own)]

    def _configured(self, own: Sequence[Cluster] = ()) -> list[Cluster]:
        entry = cluster_entry(self._environ)
        if entry is None:
            return list(self._administrator)
        given = parse_cluster(entry, "environment")
        known = [*self._administrator, *own]
        base = next((cluster for cluster in known if cluster.issuer == given.issuer), None)
        return [given if base is None else merged(given, entry, base), *self._administrator]

    def _distinct(self, clusters: Iterable[Cluster]) -> list[Cluster]:
        by_issuer: dict[str, Cluster] = {}
        for cluster in clusters:
            if self.is_allowed(cluster.issuer):
                by_issuer.setdefault(cluster.issuer, cluster)
        return list(by_issuer.values())

    def _provided(self) -> ConfigurationError:
        return ConfigurationError(
            f"The list of clusters {self.path} can't be changed here: it is provided by the platform.",
            "Ask whoever manages the platform to change it. For another cluster, set DEPLOYKF_ISSUER_URL, "
            "or log in there: jupyter deploykf login --cluster https://deploykf.example.com/dex.",
        )

    def _not_writable(self, error: Exception) -> ConfigurationError:
        if is_mounted_error(error) and os.path.lexists(self.path):
            return self._provided()
        reason = getattr(error, "strerror", None) or str(error)
        return ConfigurationError(
            f"The list of clusters {self.path} can't be written: {reason}.",
            advice(error) or "Make the file writable for you, and save again.",
        )

    def _unreadable(self, reason: str, next_step: str | None = None) -> DeployKFError:
        return ConfigurationError(
            f"The list of clusters {self.path} can't be used: {reason}.",
            next_step or "Mend the file, or move it away and add the clusters again.",
        )
