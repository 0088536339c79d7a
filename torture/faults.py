"""Issuers with a passing fault: is there a token or an error of ours, how soon, and does the session go on after it?"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from jupyterlab_deploykf.errors import DeployKFError, SessionEnded
from tests.support.issuer import Issuer, Scripted
from tests.support.keys import sign

from . import issuer as served
from .guide import ROOT, Guide
from .issuer import DISCOVERY, KEYS, TOKEN, Fault, Served, serve
from .kills import REUSE
from .options import Options
from .places import Home, environment
from .table import Row, times_of

#: Seconds that an answer may take, with and without a valid token.
WITH_TOKEN, WITHOUT = 0.05, 15.0

#: Seconds for which an issuer that has kept somebody waiting isn't asked again.
HELD_BACK = 12.0

#: Seconds that the guide's class is given before it counts as hanging.
GUIDE_PATIENCE = 20.0

ALL = (TOKEN, DISCOVERY, KEYS)
_HTML = b"<!DOCTYPE html><title>Log in to the network</title>"


def _says(status: int, body: bytes = b"{}", **headers: str) -> Callable[[Scripted], Scripted]:
    return lambda _: (status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def _changed(**fields: Any) -> Callable[[Scripted], Scripted]:
    """An answer with other fields; None leaves one out."""

    def change(right: Scripted) -> Scripted:
        status, headers, body = right
        merged = {**json.loads(body), **fields}
        return status, headers, json.dumps({k: v for k, v in merged.items() if v is not None}).encode()

    return change


def _claims(kid: str = "rsa-1", **claims: Any) -> Callable[[Scripted], Scripted]:
    """An answer whose ID token has other claims, or another key."""

    def change(right: Scripted) -> Scripted:
        status, headers, body = right
        import jwt

        fields = json.loads(body)
        plain = jwt.decode(fields["id_token"], options={"verify_signature": False})
        return status, headers, json.dumps({**fields, "id_token": sign({**plain, **claims}, kid)}).encode()

    return change


def _rotate_keys(issuer: Issuer) -> None:
    issuer.keys = ["rsa-2", "rsa-1"]


def faults() -> list[Fault]:
    """Return all of them. An issuer that answers about somebody else does so without using up the refresh token."""
    found = [
        Fault("connection refused", ALL, refuses=True),
        Fault("reset at once", ALL, send=served.reset),
        Fault("closed at once", ALL, send=served.drop),
        Fault("dropped after the request", acts=True, send=served.drop),
        Fault("reset after the request", acts=True, send=served.reset),
        Fault("half a body", acts=True, send=served.half),
        Fault("stall before the answer", acts=True, send=served.stall),
        Fault("stall in the body", acts=True, send=served.stall_in_body),
        Fault("dripping headers", acts=True, send=served.drip),
        Fault("an endless header line", acts=True, send=served.endless_line),
        Fault("endless 100 Continue", acts=True, send=served.endless_continue),
        Fault("a dripping body", acts=True, send=served.drip_body),
        Fault("an endless body", acts=True, send=served.endless_body),
        Fault("everything stalls", ALL, send=served.stall),
        Fault("all headers drip", ALL, send=served.drip),
    ]
    found += [Fault(f"status {n}", answer=_says(n)) for n in (302, 400, 401, 403, 404, 405, 408, 429, 500, 501, 503)]
    found += [Fault(f"status {n}, and it has acted", acts=True, answer=_says(n, _HTML)) for n in (502, 504)]
    found += [
        Fault("429 with Retry-After", answer=_says(429, retry_after="2")),
        Fault("503 with a Retry-After of a year", answer=_says(503, retry_after="31536000")),
        Fault("400 with a web page", answer=_says(400, _HTML)),
        Fault("400 invalid_client", answer=_says(400, b'{"error": "invalid_client"}')),
        Fault("400 invalid_scope", answer=_says(400, b'{"error": "invalid_scope"}')),
        Fault("500 invalid_request", answer=_says(500, b'{"error": "invalid_request"}')),
        Fault("200 with a web page", answer=_says(200, _HTML)),
        Fault("200 with a web page, and it has acted", acts=True, answer=_says(200, _HTML)),
        Fault("204 without a body", answer=_says(204, b"")),
        Fault("an empty 200, and it has acted", acts=True, answer=_says(200, b"")),
        Fault("truncated JSON", acts=True, answer=lambda right: (right[0], right[1], right[2][:-40])),
        Fault("JSON that is no object", acts=True, answer=_says(200, b"[1, 2]")),
        Fault("deep JSON", answer=_says(200, b"[" * 100_000)),
        Fault("bytes that are no UTF-8", answer=_says(200, b"\xff\xfe\x00")),
        Fault("false gzip", acts=True, answer=lambda right: (200, {"Content-Encoding": "gzip"}, right[2])),
        Fault("no id_token", acts=True, answer=_changed(id_token=None)),
        Fault("id_token is a number", acts=True, answer=_changed(id_token=7)),
        Fault("id_token is no JWT", acts=True, answer=_changed(id_token="no.jwt.here")),
        Fault("no refresh_token", acts=False, answer=lambda _: (200, {}, b'{"token_type": "bearer"}')),
        Fault("expires_in is odd", acts=True, answer=_changed(expires_in="1e400")),
        Fault("expires_in is negative", acts=True, answer=_changed(expires_in=-7)),
        Fault("a key that isn't published", acts=True, answer=_claims("rsa-9")),
        Fault("issued in 10 minutes", acts=True, answer=_claims(iat=time.time() + 600, exp=time.time() + 4200)),
        Fault("issued long ago", acts=True, answer=_claims(iat=time.time() - 9000, exp=time.time() - 5400)),
        Fault("keys out of reach after a rotation", (KEYS,), change=_rotate_keys, answer=_says(503)),
        Fault("keys that stall after a rotation", (KEYS,), change=_rotate_keys, send=served.stall),
        Fault("keys: a web page", (KEYS,), answer=_says(200, _HTML)),
        Fault("keys: none", (KEYS,), answer=_says(200, b'{"keys": []}')),
        Fault("keys: 404", (KEYS,), answer=_says(404)),
        Fault("discovery: a web page", (DISCOVERY,), answer=_says(200, _HTML)),
        Fault("discovery: 503", (DISCOVERY,), answer=_says(503)),
        Fault("discovery: stall", (DISCOVERY,), send=served.stall),
        Fault("discovery: another issuer", (DISCOVERY,), answer=_changed(issuer="https://evil.example.com/dex")),
        Fault("discovery: a broken URL", (DISCOVERY,), answer=_changed(token_endpoint="http://[::1/t")),
        Fault("discovery: 10**400", (DISCOVERY,), answer=_changed(token_endpoint=10**400)),
    ]
    found += [Fault(f"our clock is off by {hours:g} h", clock=hours * 3600) for hours in (-8, -1 / 6, 1 / 6, 8)]
    return found


def foreign_answers() -> list[Fault]:
    """Return those that speak of somebody else: nothing of them may be kept."""
    return [
        Fault("another sub", acts=True, answer=_claims(sub="user-2")),
        Fault("another iss", acts=True, answer=_claims(iss="https://evil.example.com/dex")),
        Fault("another aud", acts=True, answer=_claims(aud="other-client")),
        Fault("another azp", acts=True, answer=_claims(azp="other-client")),
    ]


@dataclass(frozen=True)
class Outcome:
    """What came of one fault.

    Parameters
    ----------
    seconds
        How long the answer took.
    wrong
        What was lost; empty if nothing.
    slow
        Whether the limit was missed.
    """

    seconds: float
    wrong: str
    slow: str


def meet(options: Options, fault: Fault, left: float) -> Outcome:
    """Ask for a token while an issuer has a fault, and again when it is over."""
    name = "".join(c if c.isalnum() else "-" for c in fault.name)
    home = Home(options.folder / f"fault-{name}-{left:.0f}")
    with serve(reuse_interval=REUSE) as issuer:
        # Without its own clock's fault: the token is good for that long by ours.
        home.write({issuer.url: {**issuer.entry(expires_in=left), "expires_at": time.time() + fault.clock + left}})
        off = [fault.clock]
        sessions = home.sessions(lambda: time.time() + off[0])
        if fault.change or set(fault.paths) == {TOKEN}:
            # As in a process that runs for some time: what the fault doesn't concern is known.
            _warm(home, sessions, issuer)
        issuer.begin(fault)
        begun = time.monotonic()
        wrong = ""
        try:
            sessions.get_token(issuer.url)
        except SessionEnded as error:
            wrong = f"the session has ended: {error.message}"
        except DeployKFError:
            wrong = ""
        except Exception as error:
            wrong = f"{type(error).__name__}, which is none of our errors"
        took = time.monotonic() - begun
        if left > 0:
            # The refresh goes on behind it; it must have met the fault.
            issuer.hit.wait(15)
            time.sleep(0.2)
        issuer.end()
        off[0] = 0.0
        sessions.finish(60)
        wrong = wrong or _after(home, sessions, issuer)
        limit = options.limit(WITH_TOKEN if left > 0 else WITHOUT)
        slow = f"{took:.3f} s of at most {limit} s" if took > limit else ""
        return Outcome(took, wrong, slow)


def _warm(home: Home, sessions: Any, issuer: Served) -> None:
    """Have the issuer's metadata read, as by the login; and the modules loaded, as in a kernel that runs."""
    for client in [sessions._issuer(sessions.clusters.find(issuer.url))]:
        client.ready()
    sessions.status()
    assert home.cache.exists()


def _after(home: Home, sessions: Any, issuer: Served) -> str:
    """Whether the session goes on: in this process, and in a new one."""
    problem = home.problem(issuer.url)
    end = time.monotonic() + HELD_BACK
    while problem and time.monotonic() < end:
        time.sleep(1)
        problem = home.problem(issuer.url)
    if problem:
        # An issuer that names a time to come back is believed for longer; a person isn't held back.
        try:
            home.sessions().refresh(issuer.url)
        except DeployKFError as error:
            return f"{type(error).__name__}: {error.message}"
    with suppress(DeployKFError):
        sessions.get_token(issuer.url)
        return ""
    return "this process doesn't see that it goes on"


def passing_faults(options: Options) -> list[Row]:
    """All faults, with a valid and with an expired ID token."""
    chosen = faults()[:: options.few(1, 6)]
    rows = []
    for title, left in (("a valid", 200.0), ("an expired", -1.0)):
        row = Row(f"a passing fault of the issuer, with {title} ID token", len(chosen))
        # Those with a limit of milliseconds are a few at a time, as they are slow in the background only.
        with ThreadPoolExecutor(3 if left > 0 else 12) as pool:
            outcomes = list(pool.map(lambda fault, left=left: meet(options, fault, left), chosen))
        for fault, outcome in zip(chosen, outcomes):
            row.lost += bool(outcome.wrong)
            row.misses += [f"{fault.name}: {what}" for what in (outcome.wrong, outcome.slow) if what]
        row.took = times_of([outcome.seconds for outcome in outcomes])
        row.remark = f"limit {WITH_TOKEN * 1e3:.0f} ms" if left > 0 else f"limit {WITHOUT:.0f} s"
        if options.guide is not None:
            row.guide = _guides(options, options.guide, chosen, left)
        rows.append(row)
    rows.append(_foreign(options))
    return rows


def _foreign(options: Options) -> Row:
    """Answers about somebody else: the session as it was is kept, and nothing of the answer."""
    row = Row("an answer about another user, issuer or client", 0)
    for fault in foreign_answers():
        row.times += 1
        home = Home(options.folder / f"foreign-{row.times}")
        with serve() as issuer:
            before = issuer.entry(expires_in=-1)
            home.write({issuer.url: before})
            issuer.begin(fault)
            sessions = home.sessions()
            try:
                sessions.get_token(issuer.url)
                row.misses.append(f"{fault.name}: a token was given")
            except DeployKFError:
                sessions.finish(30)
            if home.read()[issuer.url] != before:
                row.misses.append(f"{fault.name}: the cache has changed")
    row.lost = len(row.misses)
    return row


def _guides(options: Options, guide: Guide, chosen: list[Fault], left: float) -> str:
    """The same with the guide's class: how often its session doesn't go on, it hangs, and it asks for a login."""

    def one(fault: Fault) -> tuple[bool, bool, bool]:
        name = "".join(c if c.isalnum() else "-" for c in fault.name)
        home = Home(options.folder / f"guide-{name}-{left:.0f}")
        with serve(reuse_interval=REUSE) as issuer:
            home.write({issuer.url: issuer.entry(expires_in=left)})
            issuer.begin(replace(fault, clock=0.0))
            said = ask_the_guide(guide, home, issuer.url)
            issuer.end()
            with suppress(OSError, ValueError, KeyError):
                home.expire(issuer.url)
            return ask_the_guide(guide, home, issuer.url) != "token", said == "hangs", said == "login"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(one, chosen))
    lost, hung, asked = (sum(outcome[i] for outcome in outcomes) for i in (0, 1, 2))
    return f"{lost} of {len(chosen)}; {asked} ask for a login, {hung} hang"


def ask_the_guide(guide: Guide, home: Home, url: str) -> str:
    """Ask the guide's class for a token in a process of its own: "token", "login", "hangs" or an exception's name."""
    script = (
        "import sys\n"
        "from torture.reference import LoginWanted, load\n"
        "try:\n"
        "    load(sys.argv[1])(sys.argv[2])\n"
        "except LoginWanted:\n"
        "    sys.stdout.write('login')\n"
        "except Exception as error:\n"
        "    sys.stdout.write(type(error).__name__)\n"
        "else:\n"
        "    sys.stdout.write('token')\n"
    )
    try:
        ran = subprocess.run(
            [guide.python, "-c", script, guide.file, url],
            cwd=ROOT,
            env=environment(home.folder),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=GUIDE_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "hangs"
    return ran.stdout
