"""A working client: which credential, which host, which namespace, and why."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..core.host import is_gateway, normalize_host, session_host
from ..core.session import SessionState
from ..core.ways import AUTO, Choice, Finding, Way, choose, parse_auth
from ..errors import ConfigurationError, DeployKFError, LoginRequired, NoCluster
from ..io import environment
from ..io.kfp_context import context_namespace
from ..io.service_account import look_at_service_account
from ..io.static_credentials import find_credentials
from .access import Access, ServiceAccountAccess, SessionAccess
from .connection import Connection
from .explanation import Explanation

if TYPE_CHECKING:
    from ..core.cluster import Cluster
    from ..core.service_account import ServiceAccountToken
    from ..session import Sessions

_NEXT = (
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
    password: str | None = None
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
    """

    def __init__(self, wanted: Wanted, sessions: Sessions, environ: Mapping[str, str], interactive: bool) -> None:
        self.wanted = wanted
        self.sessions = sessions
        self.environ = environ
        self.interactive = interactive
        self.no_cluster: NoCluster | None = None
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
            raise self.no_cluster or NoCluster("No deployKF cluster is known here.", _NEXT)
        return normalize_host(session_host(self.cluster, self.endpoint))

    def namespace(self) -> str | None:
        """The user's namespace: given, or set with kfp, or the notebook's, or the Pod's."""
        return (
            self.wanted.namespace
            or context_namespace()
            or environment.notebook_namespace(self.environ)
            or environment.pod_namespace()
            or self.service_account().namespace
        )

    def service_account(self) -> ServiceAccountToken:
        """The mounted token, as it is now."""
        return look_at_service_account(self.token_path, time.time())

    def _find_cluster(self) -> Cluster | None:
        try:
            return self.sessions.choose(self.wanted.cluster)
        except NoCluster as error:
            if self.wanted.cluster is not None:
                raise
            self.no_cluster = error
            return None

    def _find_service_account(self) -> Finding:
        token = self.service_account()
        if token.problem is not None:
            return Finding(Way.SERVICE_ACCOUNT, False, _clause(token.problem.message))
        who = f"{token.namespace}/{token.service_account}" if token.service_account else "a ServiceAccount"
        host = self.wanted.host or self.endpoint
        if host and is_gateway(normalize_host(host), self.sessions.known()):
            found = f"the token of {who} is mounted, and the platform's gateway does not take those"
            return Finding(Way.SERVICE_ACCOUNT, False, found)
        if self.wanted.cluster is not None and self.forced is None:
            found = f"the token of {who} is mounted, and may be for another cluster than the one that was named"
            return Finding(Way.SERVICE_ACCOUNT, False, found)
        return Finding(Way.SERVICE_ACCOUNT, True, f"the token of {who} is mounted at {token.path}")

    def _find_session(self) -> Finding:
        if self.cluster is None:
            return Finding(Way.LOGIN, False, _clause(self.no_cluster.message if self.no_cluster else "no cluster"))
        if self.login_required is not None:
            return Finding(Way.LOGIN, False, _clause(self.login_required.message))
        session = self.sessions.session(self.cluster.issuer)
        who = (session.identity.email or session.identity.subject) if session.identity else "someone"
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


@dataclass(frozen=True)
class Options:
    """How the client is made.

    Parameters
    ----------
    verify_ssl, ssl_ca_cert
        As given; None for what the cluster says.
    check
        Seconds for the one question; 0 for none.
    quiet
        Whether nothing is said.
    arguments
        For `kfp.Client`.
    """

    verify_ssl: bool | None
    ssl_ca_cert: str | None
    check: float
    quiet: bool
    arguments: Mapping[str, Any]


def explain(wanted: Wanted) -> Explanation:
    """The decision for `kfp_client`, and no client.

    Raises
    ------
    DeployKFError
    """
    surroundings = _look_around(wanted)
    choice = surroundings.choose()
    try:
        host: str | None = surroundings.host(choice.way)
    except ConfigurationError:
        host = None  # the table says that it is not known
    return Explanation(choice, host, surroundings.namespace())


def connect(wanted: Wanted, options: Options) -> Any:
    """A client for `kfp_client`.

    Raises
    ------
    DeployKFError
    """
    _refuse_credentials(options.arguments)
    from ..interactive import ask_login, say
    from .sdk import client_class

    surroundings = _look_around(wanted)
    choice = surroundings.choose()
    if choice.way is Way.LOGIN and not choice.asks:
        choice = _refreshed(surroundings, choice)
    if choice.way is Way.LOGIN and choice.asks:
        if surroundings.cluster is None:
            raise surroundings.no_cluster or _nothing(surroundings, choice)
        ask_login(surroundings.sessions, surroundings.cluster.issuer)
        surroundings.login_required = None
        choice = replace(surroundings.choose(), because="you have just logged in")
    connection = _connection(surroundings, choice, options)
    client = client_class()(connection, **options.arguments)
    if not options.quiet:
        where = f"; namespace {connection.namespace}" if connection.namespace else ""
        shown = connection.access.shown().credential
        say(f"Kubeflow Pipelines at {connection.host} with {shown}: {choice.because}{where}.")
    return client


def _look_around(wanted: Wanted) -> Surroundings:
    from ..interactive import is_interactive
    from ..wiring import shared_sessions

    return Surroundings(wanted, shared_sessions(), os.environ, is_interactive())


def reaches_known_host(host: str) -> bool:
    """Whether an address is the platform's: a known cluster's gateway, or the API inside the cluster.

    Raises
    ------
    ConfigurationError, CacheError
    """
    from ..wiring import shared_sessions

    wanted = normalize_host(host)
    inside = {environment.INTERNAL_API, environment.api_endpoint(os.environ)}
    return wanted in inside or is_gateway(wanted, shared_sessions().known())


def _refreshed(surroundings: Surroundings, choice: Choice) -> Choice:
    """Make sure of the session's token; where that has ended, decide without it."""
    assert surroundings.cluster is not None
    try:
        surroundings.sessions.get_token(surroundings.cluster.issuer)
    except LoginRequired as error:
        surroundings.login_required = error
        return surroundings.choose()
    return choice


def _connection(surroundings: Surroundings, choice: Choice, options: Options) -> Connection:
    if choice.way is None or (choice.way is Way.LOGIN and not choice.finding(Way.LOGIN).usable):
        raise _nothing(surroundings, choice)
    host = surroundings.host(choice.way)
    cluster = surroundings.cluster
    if cluster is not None and choice.way is Way.SERVICE_ACCOUNT and not is_gateway(host, [cluster]):
        cluster = None  # another host than the one that its TLS settings speak of
    verify = options.verify_ssl
    if verify is None:
        verify = cluster is None or not cluster.skip_tls_verify
    ca_file = (
        options.ssl_ca_cert or (cluster.ca_file if cluster else None) or environment.ca_bundle(surroundings.environ)
    )
    access = _access(surroundings, choice.way, host, verify, ca_file)
    return Connection(host, access, surroundings.namespace(), verify, ca_file, options.check)


def _access(surroundings: Surroundings, way: Way, host: str, verify: bool, ca_file: str | None) -> Access:
    if way is Way.SERVICE_ACCOUNT:
        access = ServiceAccountAccess(surroundings.token_path)
        access.headers()  # says at once what is wrong with it
        return access
    if way is Way.STATIC:
        from .static import make_static_access

        wanted = surroundings.wanted
        return make_static_access(
            host, wanted.username, wanted.password, wanted.auth_type, verify, ca_file, surroundings.interactive
        )
    assert surroundings.cluster is not None
    return SessionAccess(surroundings.sessions, surroundings.cluster.issuer)


def _nothing(surroundings: Surroundings, choice: Choice) -> DeployKFError:
    """What to say where no credential can be used."""
    if surroundings.no_cluster is not None and surroundings.forced is Way.LOGIN:
        return surroundings.no_cluster
    kind = type(surroundings.login_required or LoginRequired("", ""))
    return kind(f"There is no credential for Kubeflow Pipelines here: {choice.because}.", _NEXT)


def _clause(sentence: str) -> str:
    """A sentence as a part of another one."""
    return sentence[:1].lower() + sentence[1:].rstrip(".")


def _refuse_credentials(kwargs: Mapping[str, Any]) -> None:
    own = sorted({"existing_token", "credentials", "cookies", "client_id"} & set(kwargs))
    if own:
        raise ConfigurationError(
            f"kfp_client() chooses the credential itself, and was given {own[0]}.",
            "Use kfp.Client for a credential of your own, or auth=… to say which of ours.",
        )
