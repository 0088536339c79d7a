"""A mounted Kubernetes ServiceAccount token, looked at (deployKF's guide, "Kubernetes ServiceAccount Token")."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import (
    ServiceAccountError,
    ServiceAccountTokenExpired,
    ServiceAccountTokenForeign,
    ServiceAccountTokenMissing,
    ServiceAccountTokenUnreadable,
)
from .claims import read_claims
from .jsonvalue import moment, text, texts
from .words import one_line

#: The audience that the KFP API asks of a ServiceAccount token.
AUDIENCE = "pipelines.kubeflow.org"

_MOUNT = (
    "When you create the notebook, tick «Mount a serviceAccountToken to authenticate with Kubeflow Pipelines API» "
    "under «Advanced Options» → «Configurations»; "
    "in a Pod of your own, set the label kubeflow-pipelines-api-token=true."
)


@dataclass(frozen=True)
class ServiceAccountToken:
    """What is known of a mounted token; the token itself is not in it.

    Parameters
    ----------
    path
        Where it would be.
    present, readable
        Whether a file is there, and whether it could be read.
    audience
        The ``aud`` of the token.
    service_account, namespace
        Whose it is; None where the token does not say.
    expires_at
        Seconds since the epoch, or None.
    problem
        Why it can't be used; None where it can.
    """

    path: str
    present: bool
    readable: bool
    audience: tuple[str, ...] = ()
    service_account: str | None = None
    namespace: str | None = None
    expires_at: float | None = None
    problem: ServiceAccountError | None = None

    def to_dict(self) -> dict[str, object]:
        """As the REST API speaks of it."""
        return {
            "path": self.path,
            "present": self.present,
            "readable": self.readable,
            "usable": self.problem is None,
            "audience": list(self.audience),
            "service_account": self.service_account,
            "namespace": self.namespace,
            "expires_at": self.expires_at,
            "problem": self.problem.problem() if self.problem else None,
        }


def missing(path: str) -> ServiceAccountToken:
    """What to say where no file is mounted."""
    problem = ServiceAccountTokenMissing(f"No ServiceAccount token is mounted at {path}.", _MOUNT)
    return ServiceAccountToken(path, present=False, readable=False, problem=problem)


def unreadable(path: str, reason: str) -> ServiceAccountToken:
    """What to say where the file can't be read."""
    problem = ServiceAccountTokenUnreadable(
        f"The ServiceAccount token at {path} can't be read: {reason}.",
        "Check the Pod's volume mount; KF_PIPELINES_SA_TOKEN_PATH names the file.",
    )
    return ServiceAccountToken(path, present=True, readable=False, problem=problem)


def examine(path: str, content: str, now: float) -> ServiceAccountToken:
    """Say what a mounted token is good for.

    Parameters
    ----------
    path
        Where it was read.
    content
        Of the file.
    now
        Seconds since the epoch.
    """
    claims = read_claims(content.strip())
    if not claims:
        return unreadable(path, "it holds no token (no JWT)")
    audience = tuple(filter(None, map(one_line, texts(claims.get("aud"))[:20])))
    expires_at = moment(claims.get("exp"))
    namespace, service_account = _owner(claims)
    return ServiceAccountToken(
        path,
        present=True,
        readable=True,
        audience=audience,
        service_account=service_account,
        namespace=namespace,
        expires_at=expires_at,
        problem=_problem(path, audience, expires_at, now),
    )


def _problem(path: str, audience: tuple[str, ...], expires_at: float | None, now: float) -> ServiceAccountError | None:
    if AUDIENCE not in audience:
        return ServiceAccountTokenForeign(
            f"The ServiceAccount token at {path} is for {', '.join(audience) or 'no audience'}, "
            f"and Kubeflow Pipelines takes only {AUDIENCE}.",
            _MOUNT,
        )
    if expires_at is not None and expires_at <= now:
        return ServiceAccountTokenExpired(
            f"The ServiceAccount token at {path} has expired.",
            "The kubelet replaces it while the Pod runs: check the clock, and restart the notebook if it stays so.",
        )
    return None


def _owner(claims: dict[str, object]) -> tuple[str | None, str | None]:
    """Namespace and name, from the subject ``system:serviceaccount:<namespace>:<name>``."""
    parts = text(claims.get("sub")).split(":")
    if len(parts) == 4 and parts[:2] == ["system", "serviceaccount"]:
        return one_line(parts[2]) or None, one_line(parts[3]) or None
    return None, None
