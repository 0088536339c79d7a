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

#: Seconds for which Dex keeps a refresh token that nobody uses: deployKF's
#: `dex.expiry.refreshToken.idle`, 168h by default (deployKF's guide, "Refresh Token Expiry").
IDLE_LIFETIME = 7 * 86400.0


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
    idle_until
        Until when it can be refreshed if nobody refreshes it before, in seconds
        since the epoch; None where there is no refresh token, or where the cache
        does not say how old it is. In all a session lives for 90 days, but when
        it began is not in the cache.
    problem
        The last trouble with it.
    lifetime
        How long its ID tokens live in all, in seconds; None without one.
    """

    cluster: Cluster
    state: SessionState
    identity: Identity | None = None
    expires_at: float | None = None
    renewable: bool = False
    idle_until: float | None = None
    problem: DeployKFError | None = None
    lifetime: float | None = None

    def to_dict(self) -> dict[str, object]:
        """As the REST API speaks of it."""
        return {
            "cluster": self.cluster.to_dict(),
            "state": self.state.value,
            "identity": self.identity.to_dict() if self.identity else None,
            "expires_at": self.expires_at,
            "renewable": self.renewable,
            "idle_until": self.idle_until,
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
    # Dex counts from the refresh token's last use, which gave the ID token that is here.
    is_dated = renewable and credential.issued_at > 0
    idle_until = credential.issued_at + IDLE_LIFETIME if is_dated else None
    return Session(
        cluster, state, identity, credential.expires_at, renewable, idle_until, problem, lifetime=credential.lifetime
    )
