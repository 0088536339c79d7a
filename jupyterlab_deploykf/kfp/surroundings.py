"""What there is to connect with: looked at, and told in words."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Callable

from ..core.host import find_origin, is_gateway, normalize_host, session_host
from ..core.secret import Secret
from ..core.session import SessionState
from ..core.ways import AUTO, Choice, Finding, Way, choose, parse_auth
from ..errors import CacheError, ConfigurationError, DeployKFError, LoginRequired, NoCluster
from ..io import environment
from ..io.kfp_context import context_namespace
from ..io.service_account import look_at_service_account
from ..io.static_credentials import find_credentials

if TYPE_CHECKING:
    from ..core.cluster import Cluster
    from ..core.service_account import ServiceAccountToken
    from ..session import Sessions

#: What to do where no credential is there.
NEXT = (
    "In JupyterLab run «Login to deployKF», in a terminal «jupyter deploykf login»; for jobs inside the cluster "
    "mount a ServiceAccount token; for other jobs set DEPLOYKF_USERNAME and DEPLOYKF_PASSWORD."
)


@dataclass(frozen=True)
class Wanted:
    """What the caller of `kfp_client` gave."""

    cluster: str | None = None
    host: str | None = None
    namespace: str | None = None
    auth: str = AUTO
    username: str | None = None
    password: Secret | None = field(default=None, repr=False)
    auth_type: str | None = None


class Surroundings:
    """What there is to connect with.

    Parameters
    ----------
    wanted
        What the caller gave.
    sessions
        The cache.
    environ
        The environment.
    interactive
        Whether someone can be asked.

    Attributes
    ----------
    cluster
        The one that is meant; None where none is known.
    trouble
        Why it is not known, or what is wrong with the cache.
    login_required
        What was said of a session that could not be refreshed.
    """

    def __init__(self, wanted: Wanted, sessions: Sessions, environ: Mapping[str, str], interactive: bool) -> None:
        self.wanted = wanted
        self.sessions = sessions
        self.environ = environ
        self.interactive = interactive
        self.trouble: DeployKFError | None = None
        self.login_required: LoginRequired | None = None
        # Whoever gives a password means it.
        self.forced = parse_auth(wanted.auth) or (Way.STATIC if wanted.username or wanted.password else None)
        self.endpoint = environment.api_endpoint(environ)
        self.cluster = self._find_cluster()
        self.token_path = environment.service_account_token_path(environ)

    def choose(self) -> Choice:
        """Look around, and decide."""
        findings = (self._find_service_account(), self._find_session(), self._find_static())
        return choose(self.forced, findings, self.interactive)

    def host(self, way: Way | None) -> str:
        """The API's address for a way.

        Raises
        ------
        ConfigurationError
        """
        if self.wanted.host:
            return normalize_host(self.wanted.host)
        if way is Way.SERVICE_ACCOUNT:
            return normalize_host(self.endpoint or environment.INTERNAL_API)
        if self.cluster is None:
            if self.endpoint and way is Way.STATIC:
                return normalize_host(self.endpoint)
            raise self.trouble or NoCluster("No deployKF cluster is known here.", NEXT)
        return normalize_host(session_host(self.cluster, self.endpoint))

    def ui_host(self, way: Way, host: str) -> str | None:
        """The address at which people open runs in a browser; None if it is the API's own.

        Parameters
        ----------
        way
            How the client authenticates.
        host
            The API. A ServiceAccount token is for the one inside the cluster, whose name no browser knows.
        """
        if way is not Way.SERVICE_ACCOUNT or self.cluster is None or not self._is_inside(host):
            return None
        return self.cluster.api_url or self.cluster.derived_api_url

    def _is_inside(self, host: str) -> bool:
        """Whether an address is inside the cluster: a Service's name, or what kfp's variable names."""
        origin = find_origin(host)
        labels = origin.host.split(".") if origin else []
        return not self.wanted.host or "svc" in labels[1:]

    def namespace(self) -> str | None:
        """The user's namespace: given, or set with kfp, or the notebook's, or the Pod's."""
        return self.wanted.namespace or find_namespace(self.environ, self.service_account)

    def service_account(self) -> ServiceAccountToken:
        """The mounted token, as it is now."""
        return look_at_service_account(self.token_path, time.time())

    def _find_cluster(self) -> Cluster | None:
        try:
            return self.sessions.choose(self.wanted.cluster)
        except DeployKFError as error:
            # A list or a cache that can't be read is no trouble for those who need neither.
            if self.wanted.cluster is not None:
                raise
            self.trouble = error
            return None

    def _known(self) -> list[Cluster]:
        try:
            return self.sessions.known()
        except CacheError:
            return self.sessions.clusters.fixed()

    def _find_service_account(self) -> Finding:
        token = self.service_account()
        if token.problem is not None:
            return Finding(Way.SERVICE_ACCOUNT, False, _clause(token.problem.message))
        who = f"{token.namespace}/{token.service_account}" if token.service_account else "a ServiceAccount"
        host = self.wanted.host or self.endpoint
        if host and is_gateway(normalize_host(host), self._known()):
            found = f"the token of {who} is mounted, and the platform's gateway does not take those"
            return Finding(Way.SERVICE_ACCOUNT, False, found)
        if self.wanted.cluster is not None and self.forced is None:
            found = f"the token of {who} is mounted, and may be for another cluster than the one that was named"
            return Finding(Way.SERVICE_ACCOUNT, False, found)
        return Finding(Way.SERVICE_ACCOUNT, True, f"the token of {who} is mounted at {token.path}")

    def _find_session(self) -> Finding:
        if self.cluster is None:
            return Finding(Way.LOGIN, False, _clause(self.trouble.message if self.trouble else "no cluster"))
        if self.login_required is not None:
            return Finding(Way.LOGIN, False, _clause(self.login_required.message))
        try:
            session = self.sessions.session(self.cluster.issuer)
        except CacheError as error:
            self.trouble = error
            return Finding(Way.LOGIN, False, _clause(error.message))
        who = session.identity.called if session.identity else "someone"
        if session.state is SessionState.SIGNED_IN:
            return Finding(Way.LOGIN, True, f"{who} is signed in at {self.cluster.name}")
        if session.state is SessionState.EXPIRED:
            return Finding(Way.LOGIN, True, f"the session of {who} at {self.cluster.name} can be refreshed")
        if session.state is SessionState.ENDED:
            return Finding(Way.LOGIN, False, f"the session of {who} at {self.cluster.name} has ended")
        return Finding(Way.LOGIN, False, f"nobody is signed in at {self.cluster.name}")

    def _find_static(self) -> Finding:
        try:
            found = find_credentials(self.wanted.username, self.wanted.password, self.environ)
        except ConfigurationError as error:
            # A password file that is gone is no trouble for those who use another way.
            if self.forced is Way.STATIC:
                raise
            return Finding(Way.STATIC, False, _clause(error.message))
        return Finding(Way.STATIC, found.is_complete, found.described)


def cluster_at(host: str) -> Cluster | None:
    """The known cluster whose gateway an address is at; None if there is none, or if the list can't be read."""
    from ..wiring import shared_sessions

    sessions = shared_sessions()
    try:
        known = sessions.known()
    except CacheError:
        known = sessions.clusters.fixed()
    except ConfigurationError:
        return None  # whoever gives an address and a password needs no list
    return next((cluster for cluster in known if is_gateway(host, [cluster])), None)


def find_namespace(environ: Mapping[str, str], service_account: Callable[[], ServiceAccountToken]) -> str | None:
    """The user's namespace where nobody gives one: set with kfp, or the notebook's, or the Pod's.

    Parameters
    ----------
    environ
        The environment.
    service_account
        Looks at the mounted token; called where nothing else says it.

    Raises
    ------
    ConfigurationError
        kfp's settings can't be read.
    """
    return (
        context_namespace()
        or environment.notebook_namespace(environ)
        or environment.pod_namespace()
        or service_account().namespace
    )


def _clause(sentence: str) -> str:
    """A sentence as a part of another one."""
    return sentence[:1].lower() + sentence[1:].rstrip(".")
