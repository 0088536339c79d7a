"""The doctor: everything that signing in needs, checked line by line.

It changes nothing: no token is refreshed, and no damaged cache is set aside.
(Only a mode that is too open is mended, as each reading of the cache does it.)
It needs no kfp SDK, and every wait of it has a limit.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Callable

from ..core.apichecks import unknown_namespace_check
from ..core.checks import TITLES, Check, State, failed, skipped, waits, warning
from ..core.choice import choose
from ..core.credential import Credential
from ..core.decide import decide
from ..core.diagnosis import Diagnosis, make_bundle, scrubbed
from ..core.host import is_gateway, normalize_host, session_host
from ..core.localchecks import cache_check, not_signed_in, service_account_check, session_check, verified_check
from ..core.plain_client import ours_sentence, plain_client_check
from ..core.secret import bearer
from ..core.session import SessionState, describe
from ..errors import ConfigurationError, DeployKFError
from ..io import environment
from ..io.cache_state import look_at_cache, try_to_write
from ..io.environ import ENVIRON
from ..io.http import TLS
from ..io.plain_client import is_pod, look_at_plain_client
from ..io.service_account import look_at_service_account
from ..io.store import find_entry
from ..kfp.access import ServiceAccountAccess, SessionAccess
from ..kfp.surroundings import Surroundings, Wanted, find_namespace
from ..reports import clusters_report
from .api import AtApi, Badge
from .issuer import AtIssuer
from .machine import describe_machine

if TYPE_CHECKING:
    from ..core.cluster import Cluster
    from ..session import Sessions

#: Seconds for each question: a name, a connection, a request, the cache's lock.
PATIENCE = 5.0

#: The lines about the issuer, and which lines each of them needs.
_NEEDS: dict[str, tuple[str, ...]] = {
    "dns": (),
    "tcp": ("dns",),
    "tls": ("dns", "tcp"),
    "discovery": ("dns", "tcp", "tls"),
    "issuer": ("dns", "tcp", "tls", "discovery"),
    "clock": ("dns", "tcp", "tls"),
}


def examine(
    sessions: Sessions,
    wanted: str | None = None,
    *,
    on_check: Callable[[Check], None] | None = None,
    environ: Mapping[str, str] = ENVIRON,
    clock: Callable[[], float] = time.time,
    patience: float = PATIENCE,
    served: bool = False,
) -> Diagnosis:
    """Check everything, in the order of `TITLES`.

    Parameters
    ----------
    sessions
        The use cases.
    wanted
        A cluster's name or its issuer's URL; None for the first one that is
        known. Where there is none, this machine is checked alone.
    on_check
        Told of each check when it is made; None where nobody looks on.
    environ
        The environment.
    clock
        Seconds since the epoch.
    patience
        Seconds for each question.
    served
        Whether the Jupyter server gives the cache away as a file.

    Raises
    ------
    NoCluster, IssuerNotAllowed, ConfigurationError
        The cluster that is named can't be checked. All other trouble is a line of the list.
    """
    examination = _Examination(sessions, wanted, environ, clock, patience, served)
    for id in TITLES:
        made = examination.check(id)
        if on_check is not None:
            on_check(made)
    return examination.diagnosis()


class _Examination:
    """The checks that were made, and what the later ones need of them."""

    def __init__(
        self,
        sessions: Sessions,
        wanted: str | None,
        environ: Mapping[str, str],
        clock: Callable[[], float],
        patience: float,
        served: bool,
    ) -> None:
        self._sessions = sessions
        self._served = served
        self._environ = environ
        self._clock = clock
        self._patience = patience
        self._made_at = clock()
        self._made: dict[str, Check] = {}
        # First of all: whatever reads the cache mends its mode, and sets a damaged one aside.
        self._cache, self._entries = look_at_cache(sessions.store.path)
        # Why the list of clusters can't be read; for those who need it, no more.
        self._trouble: DeployKFError | None = None
        self._cluster = self._find_cluster(wanted)
        self._at_issuer = AtIssuer(self._cluster, clock, patience) if self._cluster else None
        self._token_path = environment.service_account_token_path(environ)
        self._service_account = look_at_service_account(self._token_path, self._made_at)
        self._at_api: AtApi | None = None
        self._badge: Badge | None = None

    def check(self, id: str) -> Check:
        """Make a check, and keep it."""
        check = self._of_issuer(id) if id in _NEEDS else getattr(self, f"_check_{id}")()
        self._made[id] = scrubbed(check, _secrets(self._entries))
        return self._made[id]

    def diagnosis(self) -> Diagnosis:
        """All of it."""
        checks = tuple(self._made.values())
        paths = (self._sessions.store.path, self._sessions.clusters.path)
        machine = describe_machine(paths, self._environ, self._made_at)
        if self._trouble is not None:
            machine["list of clusters"] = self._trouble.message
        bundle = make_bundle(self._made_at, self._cluster, checks, machine, os.path.expanduser("~"))
        return Diagnosis(self._made_at, self._cluster, checks, bundle)

    def _find_cluster(self, wanted: str | None) -> Cluster | None:
        try:
            known = self._known()
        except ConfigurationError as error:
            if wanted is not None:
                raise
            self._trouble = error
            return None
        if wanted is None:
            return known[0] if known else None
        cluster = choose(wanted, known)
        self._sessions.clusters.require_allowed(cluster.issuer)
        return cluster

    def _known(self) -> list[Cluster]:
        """The clusters; those with a session alone count where the cache can be read."""
        report = clusters_report(self._sessions.clusters)
        self._trouble = report.problem
        return self._sessions.known() if self._cache.problem is None else list(report.clusters)

    def _broken(self, ids: tuple[str, ...]) -> str | None:
        """The first of these lines that has a problem."""
        return next((id for id in ids if self._made[id].state is State.PROBLEM), None)

    def _of_issuer(self, id: str) -> Check:
        if self._at_issuer is None:
            return self._no_cluster(id)
        broken = self._broken(_NEEDS[id])
        if broken is not None:
            return waits(id, broken)
        check: Check = getattr(self._at_issuer, id)()
        return check

    def _no_cluster(self, id: str) -> Check:
        if id != "dns":
            return skipped(id, "No deployKF cluster is known here.")
        if self._trouble is not None:
            return failed(id, self._trouble)
        return skipped(
            id,
            "No deployKF cluster is known here, so this machine is checked alone.",
            "Name one: jupyter deploykf doctor https://deploykf.example.com/dex",
        )

    def _check_token(self) -> Check:
        if self._cache.problem is not None:
            return waits("token", "cache")
        stands_in = self._service_account.problem is None
        if self._cluster is None or self._at_issuer is None:
            if stands_in:
                return skipped("token", "You are not signed in; the ServiceAccount token stands in for that.")
            return failed("token", not_signed_in("anywhere"))
        now = self._clock()
        credential = Credential.from_entry(find_entry(self._entries, self._cluster.issuer))
        problem = self._sessions.session(self._cluster.issuer).problem
        session = describe(self._cluster, credential, problem, now)
        if self._broken(("clock",)) and session.state in (SessionState.EXPIRED, SessionState.ENDED):
            return waits("token", "clock", "By this machine's clock, the token has expired.")
        local = session_check(session, decide(credential, now), now, stands_in)
        if local.state is not State.OK or credential is None:
            return local
        broken = self._broken(tuple(_NEEDS))
        if broken is not None:
            return waits("token", broken, local.found)
        verified = verified_check(local, self._cluster.client_id, self._at_issuer.verify(credential))
        if verified.state is State.OK:
            shown = SessionAccess(self._sessions, self._cluster.issuer).shown()
            self._badge = Badge({"authorization": bearer(credential.id_token)}, shown)
        return verified

    def _check_cache(self) -> Check:
        not_writable = None if self._cache.problem else try_to_write(self._cache.path, self._patience)
        return cache_check(self._cache, not_writable, self._sessions.store.notice, self._served)

    def _check_api(self) -> Check:
        try:
            host, tls = self._find_api()
        except ConfigurationError as error:
            return warning("api", error.message, error.next_step)
        if host is None:
            return waits("api", "token")
        if self._cluster is not None and is_gateway(host, [self._cluster]):
            broken = self._broken(("dns", "tcp", "tls"))
            if broken is not None:
                return waits("api", broken)
        self._at_api = AtApi(host, tls, self._badge, self._patience)
        return self._at_api.health()

    def _find_api(self) -> tuple[str | None, TLS]:
        """Where the API is, for the session or for the token that stands in; None where nothing says so.

        Raises
        ------
        ConfigurationError
        """
        endpoint = environment.api_endpoint(self._environ)
        if self._badge is None and self._made["token"].state is State.SKIPPED and self._service_account.problem is None:
            access = ServiceAccountAccess(self._token_path, self._clock)
            self._badge = Badge(access.headers(), access.shown())
            return normalize_host(endpoint or environment.INTERNAL_API), TLS()
        if self._cluster is None:
            return None, TLS()
        tls = TLS(self._cluster.ca_file, self._cluster.skip_tls_verify)
        return normalize_host(session_host(self._cluster, endpoint)), tls

    def _check_namespace(self) -> Check:
        try:
            namespace = find_namespace(self._environ, lambda: self._service_account)
        except ConfigurationError:
            return waits("namespace", "kfp_client")
        broken = self._broken(("api", "token"))
        if broken is not None or self._at_api is None or self._badge is None:
            return waits("namespace", broken or "token")
        if namespace is None:
            return unknown_namespace_check()
        return self._at_api.namespace(namespace, self._badge)

    def _check_service_account(self) -> Check:
        is_named = environment.value(self._environ, environment.SA_TOKEN_PATH) is not None
        return service_account_check(self._service_account, is_pod(self._environ), is_named)

    def _check_kfp_client(self) -> Check:
        plain = look_at_plain_client(self._environ)
        if self._cache.problem is not None:
            return plain_client_check(plain, "What kfp_client() would use is not known before «Cache file» is well.")
        try:
            # What it sees where nobody can be asked to log in.
            around = Surroundings(Wanted(), self._sessions, self._environ, interactive=False)
            ours = ours_sentence(around.choose())
        except DeployKFError as error:
            ours = f"kfp_client() stops: {error.message}"
        return plain_client_check(plain, ours)


def _secrets(entries: Mapping[str, object]) -> list[str]:
    """The texts of the cache that nobody may see."""
    names = ("id_token", "access_token", "refresh_token")
    found = [entry.get(name) for entry in entries.values() if isinstance(entry, dict) for name in names]
    return [secret for secret in found if isinstance(secret, str)]
