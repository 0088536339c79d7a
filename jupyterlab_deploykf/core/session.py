"""A session as people see it: who, until when, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ..errors import DeployKFError, SessionEnded
from .claims import read_claims
from .cluster import Cluster
from .credential import Credential
from .identity import Identity
from .tokenanswer import session_ended


class SessionState(Enum):
    """What a session is good for now."""

    SIGNED_IN = "signed_in"
    EXPIRED = "expired"
    ENDED = "ended"
    SIGNED_OUT = "signed_out"


@dataclass(frozen=True)
class Session:
    """The session at one cluster. It holds no token.

    Parameters
    ----------
    cluster
        Where.
    state
        `SIGNED_IN` while the ID token is valid; `EXPIRED` where it is not and
        a refresh token is there; `ENDED` where it can't be refreshed.
    identity
        Whose it is, by the ID token.
    expires_at
        When the ID token expires, in seconds since the epoch.
    renewable
        Whether a refresh token is there to keep it fresh.
    problem
        The last trouble with it.
    """

    cluster: Cluster
    state: SessionState
    identity: Identity | None = None
    expires_at: float | None = None
    renewable: bool = False
    problem: DeployKFError | None = None

    def to_dict(self) -> dict[str, object]:
        """As the REST API speaks of it."""
        return {
            "cluster": self.cluster.to_dict(),
            "state": self.state.value,
            "identity": self.identity.to_dict() if self.identity else None,
            "expires_at": self.expires_at,
            "renewable": self.renewable,
            "problem": self.problem.problem() if self.problem else None,
        }


def describe(cluster: Cluster, credential: Credential | None, problem: DeployKFError | None, now: float) -> Session:
    """Say what a credential amounts to.

    Parameters
    ----------
    cluster
        Whose credential it is.
    credential
        What the cache holds, or None.
    problem
        The last trouble that is known of.
    now
        Seconds since the epoch.
    """
    if credential is None:
        return Session(cluster, SessionState.SIGNED_OUT, problem=problem)
    renewable = bool(credential.refresh_token)
    if credential.is_valid(now):
        state = SessionState.SIGNED_IN
    else:
        state = SessionState.EXPIRED if renewable else SessionState.ENDED
    if state is SessionState.ENDED and not isinstance(problem, SessionEnded):
        problem = session_ended(cluster)
    identity = Identity.from_claims(read_claims(credential.id_token))
    return Session(cluster, state, identity, credential.expires_at, renewable, problem)
