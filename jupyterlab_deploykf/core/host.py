"""Which address of the Kubeflow Pipelines API goes with which credential."""

from __future__ import annotations

from urllib.parse import urlsplit

from ..errors import ConfigurationError
from .cluster import Cluster


def normalize_host(text: str) -> str:
    """Bring the API's address as people give it into the form that kfp takes.

    Raises
    ------
    ConfigurationError
        It is no http(s) URL.
    """
    given = text.strip()
    host = given if "://" in given else f"https://{given}"
    parts = urlsplit(host)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(
            f"«{text[:200]}» is not the address of an API.", "Give a URL such as https://deploykf.example.com/pipeline."
        )
    return host.rstrip("/")


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
    origins = {_origin(url) for cluster in clusters for url in (cluster.issuer, cluster.api_url) if url}
    return _origin(host) in origins


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
