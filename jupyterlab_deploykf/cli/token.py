"""``token``: the one command that prints one."""

from __future__ import annotations

import argparse

from ..wiring import make_sessions
from .exits import OK
from .output import give


def run(arguments: argparse.Namespace) -> int:
    """Print the ID token, refreshed if need be."""
    sessions = make_sessions()
    issuer = sessions.choose(arguments.cluster).issuer
    credential = sessions.get_credential(issuer)
    if arguments.json:
        give(
            {
                "token": str(credential.id_token),
                "token_type": "Bearer",  # as it is sent, whatever the issuer calls it (RFC 6750, 2.1)
                "expires_at": credential.expires_at,
                "issuer": issuer,
            }
        )
    else:
        print(str(credential.id_token), flush=True)
    return OK
