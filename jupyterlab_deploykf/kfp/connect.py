"""A working client: which credential, which host, which namespace, and why."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..core.host import is_gateway, normalize_host
from ..core.ways import Choice, Way
from ..errors import ConfigurationError, DeployKFError, LoginRequired
from ..io import environment
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
    _refuse_credentials(options.arguments)
    from ..interactive import ask_login, say
    from .sdk import client_class

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
