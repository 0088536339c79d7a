"""A Jupyter server beside an issuer that hangs, the refresher over months, and a fleet of servers."""

from __future__ import annotations

import logging
import time
from typing import Any

from benchmarks import fleet as fleets
from benchmarks import stalled as stalling
from jupyterlab_deploykf.errors import DeployKFError
from jupyterlab_deploykf.server.refresher import Refresher
from jupyterlab_deploykf.session import Sessions
from tests.support.server import WITH_TOKEN, hanging_issuer, real_server

from .issuer import TOKEN, Fault, serve
from .options import Options
from .places import Home
from .table import Row, one_time, times_of

#: Seconds until a server has ended that was sent SIGTERM.
END = 2.0

DAY = 86400.0
HOUR = 3600.0

#: Seconds from one look of the refresher to the next, in simulated time.
STEP = 90.0

#: Seconds of an outage of the issuer.
OUTAGE = 600.0


def stalled(options: Options) -> list[Row]:
    """Ask a Jupyter server 200 times a second while an issuer hangs, and end it."""
    rows = []
    limit = options.limit(stalling.LIMIT / 1e3)
    end = Row("SIGTERM while requests to an issuer hang", 0, remark=f"limit {END:.0f} s")
    ended: list[float] = []
    for drips in (False, True)[: options.few(2, 1)]:
        how = "drips headers" if drips else "is silent"
        with (
            hanging_issuer(drips=drips) as (url, _),
            real_server(options.folder / f"jupyter-{drips}", *WITH_TOKEN) as server,
        ):
            for path in stalling.PATHS:
                stalling.give_up(server, url)
                took = [milliseconds / 1e3 for milliseconds in stalling.measure(server, path)]
                p99 = took[int(len(took) * 0.99)]
                row = Row(f"200 requests per second to {path}, beside an issuer that {how}", len(took))
                row.took = times_of(took)
                row.remark = f"p99 {one_time(p99)}"
                if path == stalling.PATHS[0]:
                    row.remark += f" of at most {one_time(stalling.LIMIT / 1e3)}"
                    if p99 > limit:
                        row.misses.append(f"p99 is {one_time(p99)}")
                rows.append(row)
            stalling.give_up(server, url)
            ended.append(server.seconds_to_end())
    end.times, end.took = len(ended), times_of(ended)
    end.misses = [f"it took {one_time(each)}" for each in ended if each > options.limit(END)]
    return [*rows, end]


class Calendar:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = time.time()
        self.passed = 0.0

    def __call__(self) -> float:
        """Return the seconds since the epoch."""
        return self.now

    def monotonic(self) -> float:
        """Return seconds that no clock's setting moves."""
        return self.passed

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
        self.passed += seconds


def refresher(options: Options) -> list[Row]:
    """Run the refresher for months in simulated time, without and with an outage of the issuer each day."""
    return [_months(options, outages=False), _months(options, outages=True)]


def _months(options: Options, *, outages: bool) -> Row:
    days = options.few(90, 2)
    dice = options.dice("the refresher")
    what = ", an outage of 10 minutes each day" if outages else ""
    row = Row(f"the refresher over {days} simulated days{what}", days)
    clock = Calendar()
    log = logging.getLogger("torture")
    log.disabled = True
    with serve(now=clock, lifetime=HOUR) as issuer:
        home = Home(options.folder / f"days-{outages}")
        home.write({issuer.url: issuer.entry()})
        times: dict[str, Any] = {"monotonic": clock.monotonic, "pause": clock.wait, "chance": dice.random}
        sessions, kernel = home.sessions(clock, **times), home.sessions(clock, **times)
        watch = Refresher(sessions, lambda *_: None, log, clock=clock, monotonic=clock.monotonic, random=dice.random)
        begins = clock.now
        looks = expired = without = 0
        outage = begins + dice.uniform(0, DAY - OUTAGE) if outages else float("inf")
        while clock.now < begins + days * DAY:
            is_out = outage <= clock.now < outage + OUTAGE
            if is_out and issuer.fault is None:
                issuer.begin(Fault("an outage", answer=lambda _: (503, {}, b"down"), paths=(TOKEN,)))
            elif not is_out and issuer.fault is not None:
                issuer.end()
                outage += DAY - dice.uniform(-HOUR, HOUR)
            watch.tick()
            looks += 1
            if home.read()[issuer.url]["expires_at"] <= clock.now:
                # Whoever needs a token now asks for it, unless the issuer is down.
                expired += 1
                problem = _token_problem(kernel, issuer.url)
                without += bool(problem)
                if not outages or (problem and not is_out):
                    row.misses.append(f"day {(clock.now - begins) / DAY:.2f}: expired. {problem}")
            clock.wait(STEP)
        sessions.finish(30)
        kernel.finish(30)
        row.lost = len(row.misses)
        row.remark = (
            f"{issuer.generation:,} refreshes; at {looks - without:,} of {looks:,} looks there was a valid token"
        )
        if without:
            row.remark += ", at the others the issuer was down"
        problem = _goes_on(home, issuer.url, clock)
        if problem:
            row.misses.append(problem)
    return row


def _token_problem(sessions: Sessions, url: str) -> str:
    """Why there is no token; empty if there is one."""
    try:
        sessions.get_token(url)
    except DeployKFError as error:
        return error.message
    return ""


def _goes_on(home: Home, url: str, clock: Calendar) -> str:
    """Whether a refresh is still possible in the end."""
    clock.wait(2 * HOUR)
    sessions = home.sessions(clock)
    try:
        sessions.get_token(url)
    except DeployKFError as error:
        return error.message
    finally:
        sessions.finish(30)
    return ""


def fleet(options: Options) -> list[Row]:
    """Let the tokens of 1,000 servers expire in the same second, and the issuer have an outage."""
    servers = 1000
    load = fleets.simulate(servers, hours=options.few(24, 8), outage=(options.few(12, 3) * HOUR, 600.0))
    row = Row(f"a fleet of {servers:,} servers, all tokens expire in one second, 10 minutes' outage", servers)
    row.remark = f"at most {load.normal} requests per second, {load.after} after the outage (limits 15 and 40)"
    if load.normal > 15 or load.after > 40:
        row.misses.append(f"{load.normal} and {load.after} requests per second")
    spreadless = fleets.simulate(
        servers, hours=options.few(24, 8), outage=(options.few(12, 3) * HOUR, 600.0), spread=False
    )
    row.guide = f"without a spread: {spreadless.normal} per second"
    return [row]
