"""Which headers a gateway passes on, and which are its own to say."""

from __future__ import annotations

from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy

from .kfp_api import USER_HEADER

Headers = CIMultiDict[str] | CIMultiDictProxy[str]

# They belong to one connection (RFC 9110, 7.6.1). Expect is answered by the server in front.
_HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-connection",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "expect",
    }
)

# Who the user is, is not the client's to say.
_NOT_FROM_CLIENTS = (USER_HEADER, "X-Auth-Request-Email", "X-Auth-Request-User", "X-Auth-Request-Groups")


def end_to_end(headers: Headers) -> CIMultiDict[str]:
    """The headers without those of the connection, and without those that ``Connection`` names."""
    named = {name.strip().lower() for value in headers.getall("Connection", []) for name in value.split(",")}
    return CIMultiDict(
        (name, value)
        for name, value in headers.items()
        if name.lower() not in _HOP_BY_HOP and name.lower() not in named
    )


def from_client(request: web.Request) -> CIMultiDict[str]:
    """A client's headers as they go on: host kept, forgeries dropped, ``X-Forwarded-*`` set."""
    headers = end_to_end(request.headers)
    for name in _NOT_FROM_CLIENTS:
        headers.popall(name, None)
    headers["X-Forwarded-Proto"] = request.scheme
    headers["X-Forwarded-Host"] = request.host
    headers["X-Forwarded-For"] = request.remote or ""
    return headers


def for_authorization(request: web.Request) -> CIMultiDict[str]:
    """What the external authorization sees of a request.

    The same as deployKF's Envoy sends (``EnvoyFilter-ext-authz.yaml``): no Accept, so
    that oauth2-proxy never takes a request for a background one by its content type.
    """
    headers = from_client(request)
    names = ("Host", "Authorization", "Cookie", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto")
    return CIMultiDict((name, value) for name in names for value in headers.getall(name, []))
