"""A cell that needs a login: the kernel asks the Lab, or whoever reads the notebook.

The cell shows one MIME bundle and waits for a line of input. In JupyterLab
and Notebook 7 our front end sees the bundle, opens the login dialog on the
kernel's own authorization request, and answers with the code. Any other front
end shows a link and a box to paste the code into. The kernel trades the code,
so this works where the kernel's files are not the server's.
"""

from __future__ import annotations

import secrets
import sys
import threading
from collections.abc import Callable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from .core.session import SessionState
from .core.urls import netloc_of
from .errors import (
    CacheError,
    CodeNotFound,
    DeployKFError,
    IssuerError,
    LoginFailed,
    LoginRequired,
    OtherIdentity,
)

if TYPE_CHECKING:
    from .core.authorize import AuthorizationRequest
    from .core.cluster import Cluster
    from .core.session import Session
    from .session import Sessions

#: What our front end looks for.
MIME = "application/vnd.deploykf.login+json"

#: How often a code may be wrong, or an answer none, before the cell gives up.
TRIES = 5

_YES = frozenset({"yes", "y"})
_NO = frozenset({"no", "n"})


def is_possible() -> bool:
    """Whether a cell that runs now can ask for a line of input.

    Not under nbclient, nbconvert or papermill, whose requests say that nobody
    is there, and not in a thread, whose input would go nowhere.
    """
    kernel = _kernel()
    return (
        kernel is not None
        and bool(getattr(kernel, "_allow_stdin", True))
        and threading.current_thread() is threading.main_thread()
    )


def is_notebook() -> bool:
    """Whether this process is a kernel."""
    return _kernel() is not None


def ask_login(sessions: Sessions, issuer: str, random: Callable[[int], bytes] = secrets.token_bytes) -> Session:
    """Have someone log in, from a running cell.

    Our front end takes the code from the sign-in page by itself, so a login as someone else than the one
    whose session is there is confirmed before it counts.

    Parameters
    ----------
    sessions
        Where the session goes.
    issuer
        The issuer's URL.
    random
        Gives so many random bytes.

    Raises
    ------
    LoginRequired
        This front end takes no input; or it was someone else, which was not meant, and the session that was
        there has ended.
    LoginFailed
        Several codes in a row were not accepted.
    IssuerError, CacheError, ConfigurationError
    """
    from .core.authorize import authorization_request

    cluster, provider = sessions.provider(issuer)
    request = authorization_request(provider, cluster, random)
    card = _Card()
    try:
        session = _converse(sessions, cluster, request, card)
    except DeployKFError as error:
        card.show(ended(cluster, error))
        raise
    except BaseException:
        # Interrupted: the link in the cell leads nowhere any more.
        card.show(ended(cluster, LoginRequired("The login was cancelled.", "Run the cell again.")))
        raise
    card.show(signed_in(session))
    return session


def _converse(sessions: Sessions, cluster: Cluster, request: AuthorizationRequest, card: _Card) -> Session:
    problem: DeployKFError | None = None
    for _ in range(TRIES):
        card.show(asking(cluster, request, problem))
        answer = _ask("Code: ")
        if not answer.strip():
            # Our front end's answer where someone logged in meanwhile, elsewhere.
            session = sessions.session(cluster.issuer)
            if session.state is SessionState.SIGNED_IN:
                return session
            problem = CodeNotFound("No code was given.", "Open the sign-in page, and copy the code that it shows.")
            continue
        try:
            return _log_in(sessions, cluster, request, answer, card)
        except (LoginFailed, IssuerError) as error:
            if isinstance(error, IssuerError) and not error.retryable:
                raise
            # The code is not spent: it, or another one, may do the next time.
            problem = error
    raise problem if problem is not None else LoginRequired("Nobody logged in.", "Run the cell again.")


def _log_in(sessions: Sessions, cluster: Cluster, request: AuthorizationRequest, code: str, card: _Card) -> Session:
    try:
        return sessions.login(cluster.issuer, code, request.code_verifier, request.nonce, confirm_other=True)
    except OtherIdentity as error:
        question = error
    return _confirm(sessions, cluster, question, card)


def _confirm(sessions: Sessions, cluster: Cluster, question: OtherIdentity, card: _Card) -> Session:
    """Ask whether someone else's session may be replaced. What is not confirmed is forgotten, however this ends."""
    problem: DeployKFError | None = None
    try:
        for _ in range(TRIES):
            card.show(confirming(sessions.session(cluster.issuer), question, problem))
            answer = _ask(f"Use {_called(question.identity)} from now on? (yes/no) ", is_hidden=False)
            answer = answer.strip().casefold()
            problem = LoginFailed("This is neither yes nor no.", "Answer yes or no.")
            if answer in _YES:
                try:
                    return sessions.confirm_login(cluster.issuer, question.confirmation)
                except OtherIdentity as error:
                    # A third user has logged in meanwhile, elsewhere.
                    question, problem = error, None
                except CacheError as error:
                    problem = error
                continue
            kept = sessions.session(cluster.issuer)
            # An empty line is our front end's answer where someone logged in meanwhile, elsewhere.
            if kept.state is SessionState.SIGNED_IN and (answer in _NO or not answer):
                return kept
            if answer in _NO:
                break
    finally:
        sessions.discard_login(cluster.issuer, question.confirmation)
    before = _called(question.before)
    raise LoginRequired(
        f"The session of {before} was kept, and it is not valid any more.",
        f"Run the cell again, and sign in as {before}.",
    )


def asking(cluster: Cluster, request: AuthorizationRequest, problem: DeployKFError | None) -> dict[str, Any]:
    """What a cell shows while it waits for a code.

    Parameters
    ----------
    cluster
        Where to log in.
    request
        The kernel's own; its verifier and nonce stay in the kernel.
    problem
        Why the last code was not taken.
    """
    trouble = f"{problem} " if problem else ""
    # OpenID Connect lets an issuer have its sign-in page on another host: then people should know which.
    host = netloc_of(request.url)
    where = "" if host == netloc_of(cluster.issuer) else f" at {host}"
    link = f'<a href="{escape(request.url)}" target="_blank" rel="noopener noreferrer">Open the sign-in page</a>'
    return {
        MIME: {
            **_about(cluster, "asking"),
            "authorization_url": request.url,
            "problem": problem.problem() if problem else None,
        },
        "text/html": (
            f"<p>{escape(trouble)}<b>Login to deployKF</b> ({escape(cluster.name)}): {link}{escape(where)}, sign in, "
            "and paste the code that it shows into the field below. "
            "Only do so if you ran this cell yourself.</p>"
        ),
        "text/plain": (
            f"{trouble}Login to deployKF ({cluster.name}): open this page{where}, sign in, "
            f"and give the code that it shows.\n{request.url}"
        ),
    }


def confirming(before: Session, question: OtherIdentity, problem: DeployKFError | None) -> dict[str, Any]:
    """What a cell shows while it waits for a yes or a no.

    Parameters
    ----------
    before
        The session that would be replaced, as it is now.
    question
        Who both are. What it is confirmed by stays in the kernel.
    problem
        Why the last answer led to nothing.
    """
    cluster = before.cluster
    trouble = f"{problem} " if problem else ""
    who, other = _called(question.identity), _called(question.before)
    ended = "" if before.state is SessionState.SIGNED_IN else "It has ended. "
    said = (
        f"{question.message} {ended}Answer yes in the field below to use {who} from now on, "
        f"or no to leave the session of {other} as it is."
    )
    return {
        MIME: {
            **_about(cluster, "confirming"),
            "identity": dict(question.identity),
            "before": dict(question.before),
            "before_state": before.state.value,
            "problem": problem.problem() if problem else None,
        },
        "text/html": f"<p>{escape(trouble)}<b>Login to deployKF</b>: {escape(said)}</p>",
        "text/plain": f"{trouble}Login to deployKF: {said}",
    }


def signed_in(session: Session) -> dict[str, Any]:
    """What a cell shows once someone has logged in."""
    who = session.identity.called if session.identity else ""
    text = f"Signed in to deployKF ({session.cluster.name}) as {who}."
    identity = session.identity.to_dict() if session.identity else None
    return {
        MIME: {**_about(session.cluster, "signed_in"), "identity": identity, "expires_at": session.expires_at},
        "text/html": f"<p>{escape(text)}</p>",
        "text/plain": text,
    }


def ended(cluster: Cluster, problem: DeployKFError) -> dict[str, Any]:
    """What a cell shows where nobody has logged in."""
    return {
        MIME: {**_about(cluster, "ended"), "problem": problem.problem()},
        "text/html": f"<p>{escape(str(problem))}</p>",
        "text/plain": str(problem),
    }


def _about(cluster: Cluster, state: str) -> dict[str, Any]:
    return {
        "version": 1,
        "state": state,
        "issuer": cluster.issuer,
        "cluster": cluster.name,
        "skip_tls_verify": cluster.skip_tls_verify,
        "problem": None,
        "identity": None,
        "expires_at": None,
    }


def _called(identity: Mapping[str, object]) -> str:
    """What to call someone, as `Identity.called` does."""
    return str(identity["email"] or identity["name"] or identity["subject"])


class _Card:
    """One output of the cell, which changes as the login goes on."""

    def __init__(self) -> None:
        self._id = f"deploykf-login-{secrets.token_hex(8)}"
        self._is_shown = False

    def show(self, bundle: dict[str, Any]) -> None:
        from IPython.display import display

        show: Callable[..., Any] = display
        show(bundle, raw=True, display_id=self._id, update=self._is_shown)
        self._is_shown = True


def _ask(prompt: str, *, is_hidden: bool = True) -> str:
    """A line of input; hidden, so that no code is saved with the notebook, unless it is no secret."""
    from getpass import getpass

    from IPython.core.error import StdinNotImplementedError

    try:
        return getpass(prompt) if is_hidden else input(prompt)
    except StdinNotImplementedError:
        raise LoginRequired(
            "A login is needed, and this front end takes no input.",
            "Log in first: in JupyterLab run «Login to deployKF», in a terminal «jupyter deploykf login».",
        ) from None


def _kernel() -> Any:
    # IPython is not imported for the question: where it is not loaded, this is no kernel.
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None)
