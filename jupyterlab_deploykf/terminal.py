"""A login in a terminal: for the command line, and for programs that run in one.

The page's address and all that is said goes to stderr; the code is asked for
without showing it.
"""

from __future__ import annotations

import getpass
import secrets
import sys
import time
from typing import TYPE_CHECKING, Callable

from .core.authorize import authorization_request
from .core.device import DeviceAttempt, expired
from .core.session import Session, SessionState
from .core.urls import netloc_of
from .core.words import duration, plain
from .errors import DeployKFError, LoginFailed, LoginRequired
from .io.browser import open_browser

if TYPE_CHECKING:
    from .core.cluster import Cluster
    from .session import Sessions

#: How often a code is asked for.
TRIES = 3

PROMPT = "Code (it is not shown): "


def is_interactive() -> bool:
    """Whether a person can be asked: stdin and stderr are terminals."""
    try:
        return sys.stdin.isatty() and sys.stderr.isatty()
    except (AttributeError, ValueError):  # none at all, or closed
        return False


def require_terminal() -> None:
    """Raise `LoginRequired` where nobody can be asked."""
    if not is_interactive():
        raise LoginRequired(
            "A login needs a terminal to ask in, and there is none here.",
            "Run «jupyter deploykf login» in a terminal, or «Login to deployKF» in JupyterLab.",
        )


def show(text: str) -> None:
    """Say something to the person at the terminal."""
    print(plain(text), file=sys.stderr, flush=True)


def show_progress(text: str) -> None:
    """Say it in place of what was said before; an empty text ends that. Only a terminal can do this."""
    if is_interactive():
        print(f"\r\x1b[K{plain(text)}", end="", file=sys.stderr, flush=True)


def ask_login(
    sessions: Sessions,
    issuer: str,
    *,
    ask: Callable[[str], str] = getpass.getpass,
    show: Callable[[str], None] = show,
    browse: Callable[[str], bool] = open_browser,
) -> Session:
    """Log in with the code that a page in a browser shows.

    Call it where `is_interactive` says so.

    Parameters
    ----------
    sessions
        The use cases.
    issuer
        The issuer's URL.
    ask
        Asks for a line, and does not show what is typed.
    show
        Says something.
    browse
        Opens a page; False where it can't.

    Raises
    ------
    LoginFailed
        Three codes were refused, or the input ended.
    IssuerError, CacheError, ConfigurationError
    KeyboardInterrupt
        The user gave up; nothing has changed.
    """
    cluster, provider = sessions.provider(issuer)
    request = authorization_request(provider, cluster, secrets.token_bytes)
    before = sessions.session(cluster.issuer)
    _introduce(cluster, show)
    show(f"1. Open this address in a browser, and sign in:\n\n{request.url}\n")
    if browse(request.url):
        show("   A browser has been asked to open it.\n")
    show("2. Copy the code that the page shows, and paste it here.")
    show(f"   Paste only a code that you asked for yourself, on a page of {netloc_of(request.url)}.\n")
    for tries_left in reversed(range(TRIES)):
        answer = _answer(ask, show)
        if not answer.strip():
            # Pressed by someone who has signed in elsewhere meanwhile, in JupyterLab perhaps.
            session = sessions.session(cluster.issuer)
            if session.state is SessionState.SIGNED_IN and _differs(session, before):
                return session
        try:
            return sessions.login(cluster.issuer, answer, request.code_verifier, request.nonce)
        except DeployKFError as error:
            if not tries_left or not (isinstance(error, LoginFailed) or error.retryable):
                raise
            show(f"{error.message}\n{error.next_step}\n")
    raise AssertionError("the last try returns or raises")


def wait_for_device(
    sessions: Sessions,
    issuer: str,
    *,
    show: Callable[[str], None] = show,
    progress: Callable[[str], None] = show_progress,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.time,
) -> Session:
    """Log in on another device (RFC 8628): show a code, and wait until it was entered there.

    Parameters
    ----------
    sessions, issuer, show
        As in `ask_login`.
    progress
        Says what changes by the second; an empty text ends it.
    sleep
        Takes seconds.
    clock
        Seconds since the epoch.

    Raises
    ------
    DeviceNotAllowed
        At once, where the issuer does not allow it.
    LoginFailed, IssuerError, CacheError, ConfigurationError
    KeyboardInterrupt
    """
    cluster = sessions.clusters.find(issuer)
    attempt = sessions.begin_device(cluster.issuer)
    _introduce(cluster, show)
    show(f"1. On any device, open    {attempt.verification_uri}")
    show(f"2. Enter this code there  {attempt.user_code}\n")
    show(f"   Enter it only on a page of {netloc_of(attempt.verification_uri)}.\n")
    try:
        while _wait(attempt, progress, sleep, clock):
            try:
                polled = sessions.poll_device(attempt)
            except DeployKFError as error:
                if not error.retryable:
                    raise
                # RFC 8628, 3.5: without an answer, ask less often.
                polled = attempt.slower()
            if isinstance(polled, Session):
                return polled
            attempt = polled
    finally:
        progress("")
    raise expired(cluster)


def _wait(
    attempt: DeviceAttempt,
    progress: Callable[[str], None],
    sleep: Callable[[float], None],
    clock: Callable[[], float],
) -> bool:
    """Wait until the next poll; False where the attempt ends before it."""
    poll_at = clock() + attempt.interval
    while clock() < poll_at:
        left = attempt.expires_at - clock()
        if left <= 0:
            return False
        progress(f"Waiting for you: {duration(left)} left. Ctrl-C ends it.")
        sleep(min(1.0, max(0.01, poll_at - clock())))
    return clock() < attempt.expires_at


def _introduce(cluster: Cluster, show: Callable[[str], None]) -> None:
    show(f"Log in at {cluster.name}.")
    if cluster.skip_tls_verify:
        show("Its certificate goes unchecked: anyone on the way can read what you do there.")
    show("")


def _answer(ask: Callable[[str], str], show: Callable[[str], None]) -> str:
    try:
        return ask(PROMPT)
    except EOFError:
        show("")
        raise LoginFailed("No code was given.", "Log in again when you have one.") from None


def _differs(session: Session, before: Session) -> bool:
    return (session.state, session.expires_at, session.identity) != (before.state, before.expires_at, before.identity)
