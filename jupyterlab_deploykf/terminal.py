"""A terminal that needs a login."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .core.session import Session
    from .session import Sessions


def is_interactive() -> bool:
    """Whether someone can read and type."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def ask_login(sessions: Sessions, issuer: str) -> Session:
    """Have someone log in."""
    import secrets
    from getpass import getpass

    from .core.authorize import authorization_request

    cluster, provider = sessions.provider(issuer)
    request = authorization_request(provider, cluster, secrets.token_bytes)
    print(f"Open this page, sign in, and copy the code that it shows:\n\n  {request.url}\n", file=sys.stderr)
    return sessions.login(cluster.issuer, getpass("Code: "), request.code_verifier, request.nonce)
