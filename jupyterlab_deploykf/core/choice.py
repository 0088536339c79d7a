"""Which cluster a person means."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from ..errors import NoCluster
from .cluster import Cluster, normalize_issuer
from .words import one_line


def merged(given: Cluster, fields: Collection[str], base: Cluster) -> Cluster:
    """Fill in what a place that counts first doesn't say of a cluster.

    Parameters
    ----------
    given
        The cluster by that place.
    fields
        The names of the fields that it sets.
    base
        The same issuer's cluster by another place.
    """
    taken = {field: getattr(given, field) for field in fields}
    if "ca_file" in taken:
        # A CA file is there to verify by.
        taken.setdefault("skip_tls_verify", False)
    return replace(base, **taken, source=given.source)


def choose(wanted: str, known: Sequence[Cluster]) -> Cluster:
    """Find a cluster by its name or its issuer.

    Parameters
    ----------
    wanted
        A name, or an issuer's URL; most people leave its scheme out.
    known
        The clusters to choose from.

    Returns
    -------
    Cluster
        One with the defaults where an issuer is not among them.

    Raises
    ------
    NoCluster
        It is a name, and no cluster or several have it.
    ConfigurationError
        It is a URL, and no issuer's.
    """
    text = wanted.strip()
    named = [cluster for cluster in known if cluster.name == text]
    if len(named) == 1:
        return named[0]
    if named:
        issuers = ", ".join(cluster.issuer for cluster in named)
        raise NoCluster(
            f"Several clusters are called «{one_line(text)}»: {issuers}.", "Name the issuer of the one you mean."
        )
    if not any(sign in text for sign in "/.:"):
        names = ", ".join(cluster.name for cluster in known) or "none"
        raise NoCluster(f"No cluster is called «{one_line(text)}».", f"The clusters that are known: {names}.")
    issuer = issuer_from_text(text)
    return next((cluster for cluster in known if cluster.issuer == issuer), Cluster(issuer, source="cache"))


def choose_default(configured: Sequence[Cluster], logged_in: Iterable[Cluster]) -> Cluster:
    """Find the cluster that is meant when none is named.

    The only one that is configured; of several, the only one with a session; if none is
    configured, the only one with a session.

    Parameters
    ----------
    configured
        The clusters to choose from.
    logged_in
        Those with a session in the cache, configured or not; only looked at if it matters.

    Raises
    ------
    NoCluster
        There is none, or it could be one of several; the message lists them.
    """
    if len(configured) == 1:
        return configured[0]
    sessions = {cluster.issuer: cluster for cluster in logged_in}
    if configured:
        sessions = {cluster.issuer: cluster for cluster in configured if cluster.issuer in sessions}
    if len(sessions) == 1:
        return next(iter(sessions.values()))
    several = list(sessions.values()) or configured
    if not several:
        raise NoCluster(
            "No deployKF cluster is known here.",
            "In JupyterLab run «Login to deployKF», in a terminal "
            "«jupyter deploykf login --cluster https://deploykf.example.com/dex»; in a script set "
            'DEPLOYKF_ISSUER_URL, or name it: get_token("https://deploykf.example.com/dex").',
        )
    listed = ", ".join(cluster.issuer for cluster in configured or several)
    raise NoCluster(
        f"There are several deployKF clusters here: {listed}.",
        f'Name the one that you mean: get_token("{several[0].issuer}"), in a terminal --cluster {several[0].issuer}.',
    )


def issuer_from_text(text: str) -> str:
    """An issuer's URL as people type it.

    Raises
    ------
    ConfigurationError
    """
    stripped = text.strip()
    return normalize_issuer(stripped if "://" in stripped else f"https://{stripped}")
