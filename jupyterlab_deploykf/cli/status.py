"""``status``: who is signed in where."""

from __future__ import annotations

import argparse
import os
import time

from ..core.session import Session, SessionState
from ..core.words import until
from ..io.environment import service_account_token_path
from ..io.service_account import look_at_service_account
from ..reports import status_report
from ..wiring import make_sessions
from .exits import OK
from .login import who
from .output import give, say, table

_STATES = {
    SessionState.SIGNED_IN: "signed in",
    SessionState.EXPIRED: "to be refreshed",
    SessionState.ENDED: "ended",
    SessionState.SIGNED_OUT: "signed out",
}


def run(arguments: argparse.Namespace) -> int:
    """Tell it from the cache alone."""
    report = status_report(make_sessions())
    if arguments.json:
        give(report.to_dict())
        return OK
    now = time.time()
    if report.sessions:
        say(table(("CLUSTER", "USER", "STATE", "UNTIL", "KEPT FRESH"), [_row(s, now) for s in report.sessions]))
    elif not (report.problem or report.list_problem):
        say("No deployKF cluster is known here.")
        say("Sign in: jupyter deploykf login --cluster https://deploykf.example.com/dex")
    for session in report.sessions:
        _explain(session)
    account = look_at_service_account(service_account_token_path(os.environ), now)
    if account.problem is None:
        whose = f"{account.namespace}/{account.service_account}" if account.service_account else "this Pod"
        say(f"\nServiceAccount token of {whose}: {account.path}")
    say(f"\nCache: {report.cache_path}")
    for problem in (report.problem, report.list_problem):
        if problem:
            say(f"{problem.message}\n{problem.next_step}")
    return OK


def _row(session: Session, now: float) -> tuple[str, ...]:
    if session.state is SessionState.SIGNED_OUT or session.expires_at is None:
        return session.cluster.name, "-", _STATES[session.state], "-", "-"
    fresh = "yes" if session.renewable else "no"
    return session.cluster.name, who(session), _STATES[session.state], until(session.expires_at, now), fresh


def _explain(session: Session) -> None:
    if session.cluster.skip_tls_verify:
        say(f"\n{session.cluster.name}: the certificate goes unchecked.")
    if session.problem:
        say(f"\n{session.cluster.name}: {session.problem.message}\n{session.problem.next_step}")
