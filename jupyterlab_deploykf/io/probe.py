"""The way to a server, step by step: its name, a connection, a TLS handshake. Each has its limit in time."""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import time
from base64 import b64encode
from urllib.parse import unquote, urlsplit

from ..core.networkchecks import Connected, Resolved, Route, Secured
from ..errors import DeployKFError, IssuerUnreachable
from .http import TLS
from .limit import within
from .trouble import ISSUER, explain, unreadable_ca_file

_PORTS = {"http": 80, "https": 443}


def route_to(url: str) -> Route:
    """The way that a request to a URL takes, by the same rules as requests: HTTPS_PROXY, NO_PROXY and so on."""
    parts, proxy = urlsplit(url), _proxy_of(url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    if proxy is None:
        return Route(parts.scheme, host, port, None, host, port)
    near = urlsplit(proxy)
    near_port = near.port or _PORTS.get(near.scheme, 1080)
    shown = f"{near.scheme}://{near.hostname}:{near_port}"
    return Route(parts.scheme, host, port, shown, near.hostname or "", near_port)


def resolve(route: Route, seconds: float) -> Resolved:
    """Look the name up."""
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
    route = route_to(url)
    ca_file, trusted = _authorities(tls)
    try:
        context = _context(ca_file)
    except OSError:
        return Secured(trusted, problem=unreadable_ca_file(ca_file))
    try:
        certificate = within(seconds, lambda: _shake_hands(url, route, context, seconds))
    except (OSError, http.client.HTTPException) as error:
        if route.proxy and "Tunnel connection failed" in str(error):
            return Secured(trusted, problem=_proxy_refuses(route, error))
        return Secured(trusted, problem=_explain(url, tls.ca_file, error))
    ends = certificate.get("notAfter")
    return Secured(trusted, ssl.cert_time_to_seconds(str(ends)) if ends else None)


def can_tunnel(url: str) -> bool:
    """Whether `secure` knows the way: not through a proxy that is itself on https, or speaks SOCKS."""
    proxy = _proxy_of(url)
    return proxy is None or urlsplit(proxy).scheme == "http"


def _shake_hands(url: str, route: Route, context: ssl.SSLContext, seconds: float) -> dict[str, object]:
    connection = http.client.HTTPConnection(route.near_host, route.near_port, timeout=seconds)
    if route.proxy:
        connection.set_tunnel(route.host, route.port, _proxy_authorization(url))
    try:
        connection.connect()
        with context.wrap_socket(connection.sock, server_hostname=route.host) as secured:
            certificate: dict[str, object] = dict(secured.getpeercert() or {})
            return certificate
    finally:
        connection.close()


def _context(ca_file: str) -> ssl.SSLContext:
    from urllib3.util.ssl_ import create_urllib3_context

    # The context that requests uses, so that both come to the same conclusion.
    context = create_urllib3_context()
    context.verify_mode = ssl.CERT_REQUIRED
    context.check_hostname = True
    if os.path.isdir(ca_file):
        context.load_verify_locations(capath=ca_file)
    else:
        context.load_verify_locations(cafile=ca_file)
    return context


def _authorities(tls: TLS) -> tuple[str, str]:
    """Which CAs count, and how to say it: the cluster's own, or what requests goes by."""
    if tls.ca_file:
        return tls.ca_file, f"the CAs in {tls.ca_file}"
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        if os.environ.get(name):
            return os.environ[name], f"the CAs in {os.environ[name]} ({name})"
    from requests.utils import DEFAULT_CA_BUNDLE_PATH

    return DEFAULT_CA_BUNDLE_PATH, "the usual CAs"


def _proxy_of(url: str) -> str | None:
    from requests.utils import get_environ_proxies, select_proxy

    proxy = select_proxy(url, get_environ_proxies(url, no_proxy=None))
    if not proxy:
        return None
    return str(proxy) if "://" in proxy else f"http://{proxy}"


def _proxy_authorization(url: str) -> dict[str, str]:
    parts = urlsplit(_proxy_of(url) or "")
    if not parts.username:
        return {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Proxy-Authorization": "Basic " + b64encode(pair.encode()).decode("ascii")}


def _explain(url: str, ca_file: str | None, error: Exception) -> DeployKFError:
    # Python 3.9 has a class of its own for this, which says nothing.
    timed_out = isinstance(error, socket.timeout)
    return explain(url, ca_file, TimeoutError() if timed_out else error, ISSUER)


def _proxy_refuses(route: Route, error: Exception) -> IssuerUnreachable:
    return IssuerUnreachable(
        f"The proxy {route.proxy} does not connect to {route.host}:{route.port} ({error}).",
        "Check HTTPS_PROXY and NO_PROXY, and ask who runs the proxy.",
    )
