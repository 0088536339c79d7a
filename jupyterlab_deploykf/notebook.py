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
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

from .core.session import SessionState
from .errors import CodeNotFound, DeployKFError, IssuerError, LoginFailed, LoginRequired

if TYPE_CHECKING:
    from .core.authorize import AuthorizationRequest
    from .core.cluster import Cluster
    from .core.session import Session
    from .session import Sessions

#: What our front end looks for.
MIME = "application/vnd.deploykf.login+json"

#: How often a code may be wrong before the cell gives up.
TRIES = 5


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
        This front end takes no input.
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
            return sessions.login(cluster.issuer, answer, request.code_verifier, request.nonce)
        except (LoginFailed, IssuerError) as error:
            if isinstance(error, IssuerError) and not error.retryable:
                raise
            # The code is not spent: it, or another one, may do the next time.
            problem = error
    raise problem if problem is not None else LoginRequired("Nobody logged in.", "Run the cell again.")


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
    link = f'<a href="{escape(request.url)}" target="_blank" rel="noopener noreferrer">Open the sign-in page</a>'
    return {
        MIME: {
            **_about(cluster, "asking"),
            "authorization_url": request.url,
            "problem": problem.problem() if problem else None,
        },
        "text/html": (
            f"<p>{escape(trouble)}<b>Login to deployKF</b> ({escape(cluster.name)}): {link}, sign in, "
            "and paste the code that it shows into the field below. "
            "Only do so if you ran this cell yourself.</p>"
        ),
        "text/plain": (
            f"{trouble}Login to deployKF ({cluster.name}): open this page, sign in, and give the code that it shows.\n"
            f"{request.url}"
        ),
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


def _ask(prompt: str) -> str:
    """A line of input that is not echoed, so that no code is saved with the notebook."""
    from getpass import getpass

    from IPython.core.error import StdinNotImplementedError

    try:
        return getpass(prompt)
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
