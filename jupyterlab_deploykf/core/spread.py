"""When the server refreshes a session: a fleet whose tokens expire in the same second must not do it in one second."""

from __future__ import annotations

from typing import Callable

from .decide import windows

#: Which part of a token's lifetime the refreshes of a fleet are spread over.
PART = 10.0


def spread(lifetime: float) -> float:
    """Return the seconds over which the refreshes of tokens of this lifetime are spread.

    That is a tenth of the lifetime, and for tokens of more than an hour no longer than leaves
    some minutes between the advisory and the mandatory window, for another attempt.
    """
    advisory, mandatory = windows(lifetime)
    return min(lifetime / PART, (advisory - mandatory) * 0.6)


def due_at(expires_at: float, lifetime: float, share: float) -> float:
    """Return when a session is refreshed, by the same clock as `expires_at`; always in the advisory window.

    Parameters
    ----------
    expires_at
        When the ID token expires.
    lifetime
        How long it lives in all, in seconds.
    share
        A number in [0, 1), drawn once for each token.
    """
    advisory, _ = windows(lifetime)
    return expires_at - advisory + share * spread(lifetime)


def vary(seconds: float, random: Callable[[], float]) -> float:
    """Return a pause that differs a little from the last one, so that servers that began together drift apart.

    Parameters
    ----------
    seconds
        Its length on average.
    random
        Return a number in [0, 1).
    """
    return seconds * (0.75 + random() / 2)
