"""Which address of the Kubeflow Pipelines API goes with which credential."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import ConfigurationError
from .cluster import Cluster
from .urls import hide_user, parse_url
from .words import one_line

PORTS = {"http": 80, "https": 443}

_ODD_END = re.compile(r"://(?:[^/?#]*:(?:[/?#]|\Z)|[^/?#]*[?#])")


@dataclass(frozen=True)
class Origin:
    """Where a request goes: the part of a URL that decides who sees a credential (RFC 6454).

    Parameters
    ----------
    scheme
        ``http`` or ``https``.
    host
        In lower case; an IPv6 address without its brackets, in its short form.
    port
        From 1 to 65535; the scheme's own if the URL has none.
    """

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == PORTS[self.scheme] else f":{self.port}")


def find_origin(url: str) -> Origin | None:
    """Return the origin of an absolute http(s) URL; None if parsers could disagree about it.

    One of them decides, and another one connects: so a name that needs IDNA is none either.
    """
    found = parse_url(url) if url.isascii() else None
    # For some of them a query right after the host is part of it, and others stop at a colon without a port.
    if found is None or _ODD_END.search(url):
        return None
    return Origin(found.scheme, found.host, found.connect_port)


def normalize_host(text: str) -> str:
    """Bring the API's address as people give it into the form that kfp takes.

    Raises
    ------
    ConfigurationError
        It isn't an http(s) URL, or not one that all parsers read alike.
    """
    given = text.strip()
    url = given if "://" in given else f"https://{given}"
    origin, found = find_origin(url), parse_url(url)
    if origin is None or found is None or "?" in url or "#" in url:
        raise ConfigurationError(
            f"{one_line(hide_user(text))!r} is not the address of an API.",
            "Give a URL such as https://deploykf.example.com/pipeline: only a scheme, a host, a port and a path.",
        )
    return f"{origin}{found.path.rstrip('/')}"


def session_host(cluster: Cluster, endpoint: str | None) -> str:
    """The API for a session at a cluster, where the caller names none.

    Parameters
    ----------
    cluster
        Whose session it is.
    endpoint
        What kfp's own variable says. In a Pod that is often the API inside the
        cluster, which takes no ID token: so it counts first where it is on the
        cluster's origin, and else last.

    Raises
    ------
    ConfigurationError
        Nothing says where it is.
    """
    on_origin = endpoint if endpoint and is_gateway(endpoint, [cluster]) else None
    host = cluster.api_url or on_origin or cluster.derived_api_url or endpoint
    if host is None:
        raise ConfigurationError(
            f"Where the Kubeflow Pipelines API of {cluster.name} is, is not known.",
            "Give it: kfp_client(host=…) or --host, api_url of the cluster, or DEPLOYKF_API_URL.",
        )
    return host


def is_gateway(host: str, clusters: list[Cluster]) -> bool:
    """Whether an address is on the origin of a known cluster, whose gateway takes ID tokens."""
    origin = find_origin(host)
    known = {find_origin(url) for cluster in clusters for url in (cluster.issuer, cluster.api_url) if url}
    return origin is not None and origin in known


def resembles(text: str, clusters: list[Cluster]) -> bool:
    """Whether an address that isn't read alike by all parsers could be meant for a known cluster."""
    origins = [find_origin(url) for cluster in clusters for url in (cluster.issuer, cluster.api_url) if url]
    return any(origin.host in text.lower() for origin in origins if origin is not None)
