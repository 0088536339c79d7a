"""Whether a token is good enough: the one decision that everybody shares."""

from __future__ import annotations

from enum import Enum

from .credential import Credential

#: Seconds before the expiry from which the server's refresher acts. Wider than
#: the 300 s of deployKF's reference class on purpose: with a server running,
#: unmodified copies of that class never refresh and never prompt.
ADVISORY_WINDOW = 900.0

#: Seconds before the expiry from which whoever needs the token refreshes it.
MANDATORY_WINDOW = 300.0


#: Seconds by which a clock may be corrected without anyone taking notice.
CLOCK_STEP = 120.0


class Decision(Enum):
    """What to do with a credential before its token is used."""

    USE = "use"
    REFRESH_SOON = "refresh_soon"
    REFRESH_NOW = "refresh_now"
    LOGIN = "login"


def windows(lifetime: float) -> tuple[float, float]:
    """The advisory and the mandatory window for a token's lifetime, all in seconds.

    The advisory window is a quarter of the lifetime at the most, so that a
    short-lived token is not refreshed without end. The mandatory one keeps its
    proportion to it: were both capped alike, no time would be left between
    them in which the server refreshes and kernels go on undisturbed.
    """
    advisory = min(ADVISORY_WINDOW, lifetime / 4)
    return advisory, min(MANDATORY_WINDOW, advisory * MANDATORY_WINDOW / ADVISORY_WINDOW)


def decide(credential: Credential | None, now: float) -> Decision:
    """Decide what a credential is good for.

    Parameters
    ----------
    credential
        What the cache holds, or None.
    now
        Seconds since the epoch.

    Returns
    -------
    Decision
        `USE` while more than the advisory window is left, and for a token that
        can't be refreshed as long as it is valid; `REFRESH_SOON` and
        `REFRESH_NOW` inside the two windows; `LOGIN` where there is neither a
        valid token nor a way to refresh it.
    """
    if credential is None:
        return Decision.LOGIN
    if not credential.refresh_token:
        return Decision.USE if credential.is_valid(now) else Decision.LOGIN
    advisory, mandatory = windows(credential.lifetime)
    left = credential.expires_at - now
    if left > credential.lifetime + CLOCK_STEP:
        # It can't have more time than it ever had: this machine's clock was set back since.
        return Decision.REFRESH_NOW
    if left > advisory:
        return Decision.USE
    return Decision.REFRESH_SOON if left > mandatory else Decision.REFRESH_NOW


def good_until(credential: Credential) -> float:
    """Until when a token is used without another thought, in seconds since the epoch.

    From then on `decide` says `REFRESH_NOW`, or `LOGIN` for a token that can't
    be refreshed.
    """
    _, mandatory = windows(credential.lifetime)
    return credential.expires_at - (mandatory if credential.refresh_token else 0.0)
