"""What the REST API and the command line both tell: all sessions, and all clusters, with what is wrong."""

from __future__ import annotations

from dataclasses import dataclass

from ._version import __version__
from .core.cluster import Cluster
from .core.session import Session
from .errors import DeployKFError
from .io.clusters import ClusterBook
from .io.home import home_problem
from .session import Sessions


@dataclass(frozen=True)
class StatusReport:
    """Who is signed in where.

    Parameters
    ----------
    sessions
        At all known clusters.
    cache_path
        Where they are kept.
    problem
        What is wrong with the cache, or was; None where nothing is.
    list_path
        The user's own list of clusters.
    list_problem
        Why that can't be read, so that its clusters are missing; None where it can.
    """

    sessions: tuple[Session, ...]
    cache_path: str
    problem: DeployKFError | None
    list_path: str
    list_problem: DeployKFError | None

    def to_dict(self) -> dict[str, object]:
        """As the REST API speaks of it."""
        return {
            "version": __version__,
            "cache": {"path": self.cache_path, "problem": _told(self.problem)},
            "clusters": {"path": self.list_path, "problem": _told(self.list_problem)},
            "sessions": [session.to_dict() for session in self.sessions],
        }


@dataclass(frozen=True)
class ClustersReport:
    """The clusters that are known.

    Parameters
    ----------
    clusters
        All that can be read.
    path
        The user's own list.
    problem
        What is wrong with that, or with the administrator's settings; None if nothing is.
    """

    clusters: tuple[Cluster, ...]
    path: str
    problem: DeployKFError | None

    def to_dict(self) -> dict[str, object]:
        """As the REST API speaks of it."""
        return {
            "clusters": [cluster.to_dict() for cluster in self.clusters],
            "path": self.path,
            "problem": _told(self.problem),
        }


def status_report(sessions: Sessions) -> StatusReport:
    """Look at the cache; no request is made, and trouble is part of the answer."""
    try:
        found, problem = tuple(sessions.status()), None
    except DeployKFError as error:
        found, problem = (), error
    book, path = sessions.clusters, sessions.store.path
    problem = problem or sessions.store.notice or home_problem(path)
    return StatusReport(found, path, problem, book.path, _list_problem(book))


def clusters_report(book: ClusterBook) -> ClustersReport:
    """List the clusters; trouble with the user's own list is told beside the others."""
    try:
        return ClustersReport(tuple(book.clusters()), book.path, book.problem)
    except DeployKFError as error:
        return ClustersReport(tuple(book.fixed()), book.path, error)


def _list_problem(book: ClusterBook) -> DeployKFError | None:
    try:
        book.own()
    except DeployKFError as error:
        return error
    return None


def _told(problem: DeployKFError | None) -> dict[str, object] | None:
    return problem.problem() if problem else None
