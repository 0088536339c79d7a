"""``login``: a person signs in."""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import replace
from getpass import getpass

from ..core.choice import choose_default
from ..core.cluster import Cluster
from ..core.secret import Secret
from ..core.session import Session
from ..core.words import until
from ..errors import ConfigurationError
from ..session import Sessions
from ..terminal import ask_login, require_terminal, wait_for_device
from ..wiring import make_sessions
from .exits import OK
from .output import give, say, tell


def run(arguments: argparse.Namespace) -> int:
    """Sign in, and keep a cluster that was not known in the user's own list."""
    if arguments.username is None:
        require_terminal()
    sessions = make_sessions()
    cluster = sessions.try_out(_with_tls(_meant(sessions, arguments.cluster), arguments))
    before = sessions.session(cluster.issuer)
    if arguments.username is not None:
        session = _with_password(sessions, cluster, arguments)
    elif arguments.device:
        session = wait_for_device(sessions, cluster.issuer)
    elif arguments.no_browser:
        session = ask_login(sessions, cluster.issuer, browse=lambda _: False)
    else:
        session = ask_login(sessions, cluster.issuer)
    try:
        if sessions.clusters.remember(cluster):
            tell(f"{cluster.name} now stands in your own list of clusters, {sessions.clusters.path}.")
    except ConfigurationError as error:
        # The login itself is done, and saved.
        tell(str(error))
    if before.identity and session.identity and before.identity.subject != session.identity.subject:
        tell(f"This is another user than before: that was {who(before)}.")
    if arguments.json:
        give(session.to_dict())
    else:
        say(describe(session, time.time()))
    return OK


def describe(session: Session, now: float) -> str:
    """What a new session amounts to, for people."""
    ends = f" until {until(session.expires_at, now)}" if session.expires_at is not None else ""
    signed_in = f"Signed in at {session.cluster.name} as {who(session)}{ends}."
    if session.renewable:
        return f"{signed_in}\nIt is kept fresh wherever it is used, in kernels and terminals of this machine."
    return f"{signed_in}\nIt can't be kept fresh: the issuer gave no refresh token."


def who(session: Session) -> str:
    """A session's user, for people."""
    return session.identity.called if session.identity else "nobody"


def _meant(sessions: Sessions, wanted: str | None) -> Cluster:
    """The cluster to log in to; of several, the one that someone is logged in to already isn't meant."""
    configured = sessions.clusters.clusters() if wanted is None else []
    return choose_default(configured, ()) if len(configured) > 1 else sessions.choose(wanted)


def _with_password(sessions: Sessions, cluster: Cluster, arguments: argparse.Namespace) -> Session:
    """Sign in with static credentials; the password is asked for where it is not given."""
    from ..dex_login import login_with_password
    from ..io.environment import AUTH_TYPE, value
    from ..io.static_credentials import find_credentials, read_password

    password = read_password(arguments.password_file) if arguments.password_file else None
    found = find_credentials(arguments.username, password, os.environ).password
    if found is None:
        require_terminal()
        found = Secret(getpass(f"Password of {arguments.username} (it is not shown): "))
    auth_type = arguments.auth_type or value(os.environ, AUTH_TYPE) or "local"
    return login_with_password(sessions, cluster.issuer, arguments.username, found, auth_type)


def _with_tls(cluster: Cluster, arguments: argparse.Namespace) -> Cluster:
    if arguments.ca_file:
        # A CA file is there to verify by, whatever was configured before.
        cluster = replace(cluster, ca_file=os.path.abspath(arguments.ca_file), skip_tls_verify=False)
    if arguments.skip_tls_verify:
        cluster = replace(cluster, skip_tls_verify=True)
    return cluster
