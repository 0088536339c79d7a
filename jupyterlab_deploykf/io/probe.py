"""The way to a server, step by step: its name, a connection, a TLS handshake. Each has its limit in time."""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import time
from dataclasses import replace

from ..core.network import Network, Proxy, decide_network
from ..core.networkchecks import Connected, Resolved, Route, Secured
from ..core.urls import parse_url
from ..errors import ConfigurationError, DeployKFError
from .http import TLS
from .limit import within
from .network import find_network, make_context
from .trouble import ISSUER, explain, host_of


def route_to(url: str) -> Route:
    """The way that a request to a URL takes, as `core.network` decides it."""
    found = parse_url(url)
    scheme, host, port = (found.scheme, found.host, found.connect_port) if found else ("", host_of(url), 0)
    straight = Route(scheme, host, port, None, host, port)
    try:
        # Which CAs are trusted is a later line.
        proxy = _proxy_of(url)
    except ConfigurationError as error:
        return replace(straight, problem=error)
    if proxy is None:
        return straight
    return replace(straight, proxy=proxy.shown, near_host=proxy.host, near_port=proxy.port)


def resolve(route: Route, seconds: float) -> Resolved:
    """Look the name up."""
    if route.problem is not None:
        return Resolved(problem=route.problem)
    try:
        found = within(seconds, lambda: socket.getaddrinfo(route.near_host, route.near_port, type=socket.SOCK_STREAM))
    except UnicodeError:
        # What can't even be asked for, such as a label of more than 63 characters.
        return Resolved(
            problem=_explain(f"http://{route.near_host}", None, socket.gaierror(socket.EAI_NONAME, "no name"))
        )
    except OSError as error:
        return Resolved(problem=_explain(f"http://{route.near_host}", None, error))
    # In their order, each once: the first is tried first.
    return Resolved(tuple(dict.fromkeys(str(address[0]) for *_, address in found)))


def connect(route: Route, seconds: float) -> Connected:
    """Connect, and hang up."""
    begin = time.monotonic()
    try:
        within(seconds, lambda: socket.create_connection((route.near_host, route.near_port), seconds).close())
    except OSError as error:
        return Connected(problem=_explain(f"http://{route.near}", None, error))
    return Connected(time.monotonic() - begin)


def secure(url: str, tls: TLS, seconds: float) -> Secured:
    """Shake hands, with the certificate checked; through the proxy where there is one.

    Parameters
    ----------
    url
        On https.
    tls
        The CAs to trust; that the check is skipped in use is not looked at.
    seconds
        Limit for all of it.
    """
    try:
        network = find_network(url, tls.ca_file)
        context = make_context(network)
    except ConfigurationError as error:
        return Secured(problem=error)
    except OSError as error:
        return Secured(network.trusted, problem=_explain(url, tls.ca_file, error, network))
    try:
        certificate = within(seconds, lambda: _shake_hands(network, context, seconds))
    except (OSError, http.client.HTTPException) as error:
        return Secured(network.trusted, problem=_explain(url, tls.ca_file, error, network))
    ends = certificate.get("notAfter")
    return Secured(network.trusted, ssl.cert_time_to_seconds(str(ends)) if ends else None)


def can_tunnel(url: str) -> bool:
    """Whether `secure` knows the way: not through a proxy that is itself on https, or speaks SOCKS."""
    proxy = _proxy_of(url)
    return proxy is None or proxy.scheme == "http"


def _proxy_of(url: str) -> Proxy | None:
    # Whether the CAs can be read, and SOCKS be spoken, is for later lines.
    return decide_network(url, None, True, os.environ, os.path.exists).proxy


def _shake_hands(network: Network, context: ssl.SSLContext, seconds: float) -> dict[str, object]:
    origin, proxy = network.origin, network.proxy
    near = proxy or origin
    connection = http.client.HTTPConnection(near.host, near.port, timeout=seconds)
    if proxy is not None:
        connection.set_tunnel(origin.host, origin.port, proxy.authorization())
    try:
        connection.connect()
        with context.wrap_socket(connection.sock, server_hostname=origin.host) as secured:
            certificate: dict[str, object] = dict(secured.getpeercert() or {})
            return certificate
    finally:
        connection.close()


def _explain(url: str, ca_file: str | None, error: Exception, network: Network | None = None) -> DeployKFError:
    return explain(url, ca_file, error, ISSUER, network)
