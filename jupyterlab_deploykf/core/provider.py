"""The issuer's discovery document (OpenID Connect Discovery 1.0)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..errors import IssuerMismatch, NotAnIssuer
from .answer import Answer
from .cluster import Cluster

_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_DEVICE = "device_authorization_endpoint"
_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@dataclass(frozen=True)
class Provider:
    """What the discovery document says, checked.

    Parameters
    ----------
    issuer
        Exactly as the issuer writes it: the key in the cache, and the ``iss``
        of its ID tokens.
    authorization_endpoint, token_endpoint, jwks_uri
        Where to send which request.
    device_authorization_endpoint
        Where a login on another device begins (RFC 8628, 4); None where there is none,
        or where the issuer lists its grants without that one.
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    device_authorization_endpoint: str | None = None


def discovery_url(issuer: str) -> str:
    """Where an issuer's document stands (OpenID Connect Discovery 1.0, 4)."""
    return f"{issuer.rstrip('/')}/.well-known/openid-configuration"


def process_discovery(cluster: Cluster, answer: Answer) -> Provider:
    """Validate the answer to a discovery request (OpenID Connect Discovery 1.0, 4.3).

    Parameters
    ----------
    cluster
        Whose issuer was asked.
    answer
        What came back.

    Raises
    ------
    NotAnIssuer
        It is a redirect, a page, or lacks an endpoint; or an endpoint leaves
        https though the issuer is on it.
    IssuerMismatch
        It names another issuer.
    """
    document = _document(cluster, answer)
    named = document.get("issuer")
    if not isinstance(named, str) or named.rstrip("/") != cluster.issuer:
        raise IssuerMismatch(
            f"The document at {cluster.issuer} is of another issuer: {str(named)[:200]}.",
            f"If you trust it, use {str(named)[:200]} as the issuer; else ask your platform's administrator.",
        )
    endpoints = {name: _endpoint(cluster, name, document.get(name)) for name in _ENDPOINTS}
    return Provider(issuer=named, **endpoints, device_authorization_endpoint=_device_endpoint(cluster, document))


def _document(cluster: Cluster, answer: Answer) -> dict[str, object]:
    if 300 <= answer.status < 400:
        raise NotAnIssuer(
            f"{cluster.issuer} answers with a redirect to {_host(answer.headers.get('location', ''))}.",
            _suggestion(cluster),
        )
    try:
        document = json.loads(answer.body) if answer.status == 200 else None
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        kind = "a web page" if "html" in answer.headers.get("content-type", "") else "no discovery document"
        raise NotAnIssuer(
            f"There is no issuer at {cluster.issuer}: it answers {answer.status} with {kind}.",
            _suggestion(cluster),
        )
    return document


def _endpoint(cluster: Cluster, name: str, value: object) -> str:
    parts = urlsplit(value) if isinstance(value, str) else urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise NotAnIssuer(
            f"The discovery document of {cluster.issuer} has no usable {name}.",
            "Ask your platform's administrator: the issuer's configuration is broken.",
        )
    if parts.scheme == "http" and cluster.issuer.startswith("https:"):
        raise NotAnIssuer(
            f"The issuer {cluster.issuer} is on https, and its {name} is not.",
            "Ask your platform's administrator: secrets are not sent unencrypted.",
        )
    return parts.geturl()


def _device_endpoint(cluster: Cluster, document: dict[str, object]) -> str | None:
    grants = document.get("grant_types_supported")
    if isinstance(grants, list) and _DEVICE_GRANT not in grants:
        return None
    try:
        return _endpoint(cluster, _DEVICE, document.get(_DEVICE))
    except NotAnIssuer:
        return None  # few need it: it must not stop the others


def _suggestion(cluster: Cluster) -> str:
    parts = urlsplit(cluster.issuer)
    if not parts.path:
        return f"On deployKF the issuer ends in /dex: try {cluster.issuer}/dex."
    if parts.scheme == "http" and parts.path.rstrip("/").endswith("/dex"):
        return f"Check the address; perhaps it is https://{parts.netloc}{parts.path}."
    return "Check the address: on deployKF it is https://<your deployKF host>/dex."


def _host(url: str) -> str:
    parts = urlsplit(url)
    # The path and the query of a login redirect hold state that is nobody's business.
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else "another page"
