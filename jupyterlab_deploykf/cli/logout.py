"""``logout``: forget sessions on this machine."""

from __future__ import annotations

import argparse

from ..core.session import SessionState
from ..wiring import make_sessions
from .exits import OK
from .output import give, say


def run(arguments: argparse.Namespace) -> int:
    """Forget one session, or all."""
    sessions = make_sessions()
    if arguments.all:
        there = [session for session in sessions.status() if session.state is not SessionState.SIGNED_OUT]
    else:
        there = [sessions.session(sessions.choose(arguments.cluster).issuer)]
    ended = [
        session if session.state is SessionState.SIGNED_OUT else sessions.logout(session.cluster.issuer)
        for session in there
    ]
    if arguments.json:
        given = [session.to_dict() for session in ended]
        give({"sessions": given} if arguments.all else given[0])
        return OK
    for before in there:
        was_out = before.state is SessionState.SIGNED_OUT
        say(f"You were not signed in at {before.cluster.name}." if was_out else f"Signed out at {before.cluster.name}.")
    if not there:
        say("You were not signed in anywhere.")
    if any(session.state is not SessionState.SIGNED_OUT for session in there):
        say("Tokens that were copied elsewhere stay valid until they expire: Dex can't revoke them.")
    return OK
