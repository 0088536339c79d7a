"""When to try again after a failure."""

from __future__ import annotations

from typing import Callable

#: Seconds after the first failure, and at the most.
FIRST_DELAY = 60.0
LONGEST_DELAY = 900.0


def delay(failures: int, random: Callable[[], float] = lambda: 0.5) -> float:
    """Seconds to wait after that many failures in a row: doubling, within limits, half more or less by chance.

    Parameters
    ----------
    failures
        At least 1.
    random
        Gives a number from 0 to 1.
    """
    return min(FIRST_DELAY * 2.0 ** (min(failures, 10) - 1), LONGEST_DELAY) * (0.5 + random())
