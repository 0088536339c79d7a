"""When to try again after a failure."""

from __future__ import annotations

from typing import Callable

#: Seconds after the first failure, and at most, on average.
FIRST_DELAY = 60.0
LONGEST_DELAY = 900.0


def delay(failures: int, random: Callable[[], float], retry_after: float | None = None) -> float:
    """Return the seconds to wait after that many failures in a row.

    They double within limits, and vary by half in both directions: after an outage a
    fleet of servers must not come back in the same second.

    Parameters
    ----------
    failures
        At least 1.
    random
        Return a number in [0, 1).
    retry_after
        Seconds for which the issuer asks not to be asked (RFC 9110, 10.2.3); None if it doesn't. They are a minimum.
        The issuer may have named the same time to everybody, so these vary too.
    """
    middle = min(FIRST_DELAY * 2.0 ** (min(failures, 10) - 1), LONGEST_DELAY)
    ours = middle * (0.5 + random())
    return ours if retry_after is None else max(ours, retry_after + FIRST_DELAY * random())
