"""The issuer's discovery document (OpenID Connect Discovery 1.0)."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import IssuerMismatch, NotAnIssuer
from .answer import Answer
from .cluster import Cluster, is_same_issuer
from .jsonvalue import parse_object
from .urls import Url, parse_url
from .words import one_line

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

    @property
    def authorization_url(self) -> Url:
        """The authorization endpoint, taken apart.

        Raises
        ------
        NotAnIssuer
        """
        url = parse_url(self.authorization_endpoint)
        if url is None:
            raise _unusable(self.issuer, "authorization_endpoint")
        return url


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
    if not isinstance(named, str) or not is_same_issuer(named, cluster.issuer):
        other = one_line(named) or "one that it does not name"
        raise IssuerMismatch(
            f"The document at {cluster.issuer} is of another issuer: {other}.",
            f"If you trust it, use {other} as the issuer; else ask your platform's administrator.",
            named=other,
        )
    endpoints = {name: _endpoint(cluster, name, document.get(name)) for name in _ENDPOINTS}
    return Provider(issuer=named, **endpoints, device_authorization_endpoint=_device_endpoint(cluster, document))


def _document(cluster: Cluster, answer: Answer) -> dict[str, object]:
    if 300 <= answer.status < 400:
        raise NotAnIssuer(
            # The path and the query of a login redirect hold state that is nobody's business.
            f"{cluster.issuer} answers with a redirect to {_origin(answer.headers.get('location'))}.",
            _suggestion(cluster),
        )
    document = parse_object(answer.body) if answer.status == 200 else None
    if document is None:
        kind = "a web page" if "html" in answer.headers.get("content-type", "") else "no discovery document"
        raise NotAnIssuer(
            f"There is no issuer at {cluster.issuer}: it answers {answer.status} with {kind}.",
            _suggestion(cluster),
        )
    return document


def _endpoint(cluster: Cluster, name: str, value: object) -> str:
    url = parse_url(value)
    if url is None:
        raise _unusable(cluster.issuer, name)
    if url.scheme == "http" and cluster.issuer.startswith("https:"):
        raise NotAnIssuer(
            f"The issuer {cluster.issuer} is on https, and its {name} is not.",
            "Ask your platform's administrator: secrets are not sent unencrypted.",
        )
    return str(url)


def _unusable(issuer: str, name: str) -> NotAnIssuer:
    return NotAnIssuer(
        f"The discovery document of {issuer} has no usable {name}.",
        "Ask your platform's administrator: the issuer's configuration is broken.",
    )


def _device_endpoint(cluster: Cluster, document: dict[str, object]) -> str | None:
    grants = document.get("grant_types_supported")
    if isinstance(grants, list) and _DEVICE_GRANT not in grants:
        return None
    try:
        return _endpoint(cluster, _DEVICE, document.get(_DEVICE))
    except NotAnIssuer:
        return None  # few need it: it must not stop the others


def _suggestion(cluster: Cluster) -> str:
    url = parse_url(cluster.issuer)
    if url is not None and not url.path:
        return f"On deployKF the issuer ends in /dex: try {cluster.issuer}/dex."
    if url is not None and url.scheme == "http" and url.path.endswith("/dex"):
        return f"Check the address; perhaps it is https://{url.netloc}{url.path}."
    return "Check the address: on deployKF it is https://<your deployKF host>/dex."


def _origin(location: object) -> str:
    url = parse_url(location)
    return url.origin if url else "another page"
