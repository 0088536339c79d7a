"""``python -m benchmarks.fleet``: what a fleet of Jupyter servers asks an issuer, in simulated time.

All tokens expire in the same second at first, and the issuer is down for a while. When a
server asks is decided by the functions that the server uses.
"""

from __future__ import annotations

import heapq
import sys
from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Callable

from jupyterlab_deploykf.core.backoff import delay
from jupyterlab_deploykf.core.spread import due_at, vary
from jupyterlab_deploykf.server.refresher import TICK

HOUR = 3600.0
LIFETIME = HOUR

#: Seconds after its end for which an outage's retries are counted.
AFTERMATH = 1800.0


@dataclass(frozen=True)
class Load:
    """What the issuer sees.

    Parameters
    ----------
    normal
        The most requests in a second while all is well.
    outage
        The most in a second while the issuer is down.
    after
        The most in a second in the `AFTERMATH`.
    total
        All requests.
    lapsed
        How many tokens expired before they were refreshed.
    """

    normal: int
    outage: int
    after: int
    total: int
    lapsed: int


def simulate(
    servers: int,
    *,
    hours: float = 24,
    outage: tuple[float, float] = (12 * HOUR, 600.0),
    spread: bool = True,
    seed: int = 1,
) -> Load:
    """Run a fleet.

    Parameters
    ----------
    servers
        How many there are. Their tokens expire in the same second.
    hours
        How long it runs.
    outage
        When the issuer goes down, and for how long, in seconds.
    spread
        Whether refreshes are spread and attempts vary, as the server does it.
    seed
        For the dice.
    """
    dice = Random(seed)
    chance: Callable[[], float] = dice.random if spread else lambda: 0.0
    # Without jitter, the delay is the one in the middle.
    jitter: Callable[[], float] = dice.random if spread else lambda: 0.5
    begins, ends = outage[0], outage[0] + outage[1]
    seconds: Counter[int] = Counter()
    expires = [LIFETIME] * servers
    failures = [0] * servers
    lapsed = 0

    def next_look(at: float) -> float:
        """When a server that looks every few seconds notices that something is due."""
        return at + vary(TICK, chance) * chance()

    waiting = [(next_look(due_at(LIFETIME, LIFETIME, chance())), server) for server in range(servers)]
    heapq.heapify(waiting)
    while waiting and waiting[0][0] < hours * HOUR:
        now, server = heapq.heappop(waiting)
        seconds[int(now)] += 1
        if begins <= now < ends:
            failures[server] += 1
            due = now + delay(failures[server], jitter)
        else:
            failures[server] = 0
            lapsed += now >= expires[server]
            expires[server] = now + LIFETIME
            due = due_at(expires[server], LIFETIME, chance())
        heapq.heappush(waiting, (next_look(due), server))

    def peak(since: float, until: float) -> int:
        return max((count for second, count in seconds.items() if since <= second < until), default=0)

    late = ends + AFTERMATH
    return Load(
        normal=max(peak(0, begins), peak(late, hours * HOUR)),
        outage=peak(begins, ends),
        after=peak(ends, late),
        total=sum(seconds.values()),
        lapsed=lapsed,
    )


def report(servers: int = 1000) -> str:
    """Return the table that the benchmark prints."""
    lines = [
        f"{servers} servers whose tokens expire in the same second, 24 hours, and an outage of 10 minutes:",
        f"{'':18} {'normal peak':>13} {'in outage':>12} {'after it':>10} {'all requests':>13} {'expired tokens':>15}",
    ]
    for title, spread in (("spread, as it is", True), ("without that", False)):
        load = simulate(servers, spread=spread)
        lines.append(
            f"{title:18} {load.normal:>11}/s {load.outage:>10}/s {load.after:>8}/s {load.total:>13} {load.lapsed:>15}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    print(report())
    sys.exit(0)
