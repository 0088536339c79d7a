"""A working client: which credential, which host, which namespace, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..core.host import is_gateway, normalize_host, resembles
from ..core.ways import Choice, Way
from ..errors import ConfigurationError, DeployKFError, LoginRequired
from ..io import environment
from ..io.environ import ENVIRON
from .access import Access, ServiceAccountAccess, SessionAccess
from .connection import Connection
from .explanation import Explanation
from .surroundings import NEXT, Surroundings, Wanted


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
    from .sdk import make_client

    connection, because = find_connection(wanted, options)
    client = make_client(connection, options.arguments)
    announce(connection, because, options)
    return client


def announce(connection: Connection, because: str, options: Options) -> None:
    """Say in one line which credential a new client uses, and why."""
    from ..interactive import say

    if not options.quiet:
        where = f"; namespace {connection.namespace}" if connection.namespace else ""
        shown = connection.access.shown().credential
        say(f"Kubeflow Pipelines at {connection.host} with {shown}: {because}{where}.")


def find_connection(wanted: Wanted, options: Options) -> tuple[Connection, str]:
    """Decide where a client goes, with what, and say why; someone is asked to log in if need be.

    Raises
    ------
    DeployKFError
    """
    _refuse_credentials(options.arguments)
    from ..interactive import ask_login

    surroundings = _look_around(wanted)
    choice = surroundings.choose()
    if choice.way is Way.LOGIN and choice.finding(Way.LOGIN).usable:
        choice = _refreshed(surroundings, choice)
    if choice.way is Way.LOGIN and choice.asks:
        if surroundings.cluster is None:
            raise surroundings.trouble or _nothing(surroundings, choice)
        ask_login(surroundings.sessions, surroundings.cluster.issuer)
        surroundings.login_required = None
        choice = replace(surroundings.choose(), because="you have just logged in")
    return _connection(surroundings, choice, options), choice.because


def _look_around(wanted: Wanted) -> Surroundings:
    from ..interactive import is_interactive
    from ..wiring import shared_sessions

    return Surroundings(wanted, shared_sessions(), ENVIRON, is_interactive())


def reaches_known_host(host: str) -> bool:
    """Whether an address is the platform's: a known cluster's gateway, or the API inside the cluster.

    Raises
    ------
    ConfigurationError
        It could be meant for the platform, and another parser could read another host in it.
    CacheError
    """
    from ..wiring import shared_sessions

    known = shared_sessions().known()
    try:
        wanted = normalize_host(host)
    except ConfigurationError as error:
        if not resembles(host, known):
            return False
        refused = error
    else:
        inside = {environment.INTERNAL_API, environment.api_endpoint(ENVIRON)}
        return wanted in inside or is_gateway(wanted, known)
    raise refused


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
    ca_file = options.ssl_ca_cert or (cluster.ca_file if cluster else None)
    access = _access(surroundings, choice.way, host, verify, ca_file)
    ui_host = surroundings.ui_host(choice.way, host)
    return Connection(host, access, surroundings.namespace(), verify, ca_file, options.check, ui_host)


def _access(surroundings: Surroundings, way: Way, host: str, verify: bool, ca_file: str | None) -> Access:
    if way is Way.SERVICE_ACCOUNT:
        access = ServiceAccountAccess(surroundings.token_path)
        access.headers()  # says at once what is wrong with it
        return access
    if way is Way.STATIC:
        from .static import make_static_access

        wanted, cluster = surroundings.wanted, surroundings.cluster
        issuer = cluster.issuer if cluster is not None and is_gateway(host, [cluster]) else None
        return make_static_access(
            host, wanted.username, wanted.password, wanted.auth_type, verify, ca_file, surroundings.interactive, issuer
        )
    assert surroundings.cluster is not None
    return SessionAccess(surroundings.sessions, surroundings.cluster.issuer)


def _nothing(surroundings: Surroundings, choice: Choice) -> DeployKFError:
    """What to say where no credential can be used."""
    if surroundings.trouble is not None and surroundings.forced is Way.LOGIN:
        return surroundings.trouble
    kind = type(surroundings.login_required or LoginRequired("", ""))
    return kind(f"There is no credential for Kubeflow Pipelines here: {choice.because}.", NEXT)


def _refuse_credentials(kwargs: Mapping[str, Any]) -> None:
    own = sorted({"existing_token", "credentials", "cookies", "client_id"} & set(kwargs))
    if own:
        raise ConfigurationError(
            f"kfp_client() chooses the credential itself, and was given {own[0]}.",
            "Use kfp.Client for a credential of your own, or auth=… to say which of ours.",
        )
