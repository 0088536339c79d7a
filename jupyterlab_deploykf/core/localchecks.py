"""The doctor's lines about this machine: the cache and the tokens on it."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import CacheError, DeployKFError, LoginRequired, ServiceAccountTokenMissing
from .checks import Check, State, failed, ok, skipped, warning
from .decide import Decision
from .service_account import ServiceAccountToken
from .session import Session, SessionState
from .words import until

#: Bytes below which a disk is nearly full: a cache is small, and others write there too.
DISK_WARNING = 16 * 1024 * 1024


@dataclass(frozen=True)
class CacheFound:
    """In what state the cache is.

    Parameters
    ----------
    path
        Where it is, or will be.
    mode, mode_now
        The file's mode before it was read, and after: reading mends one that is too open.
    folder_mode
        The folder's mode; None where there is none, or no modes.
    sessions
        How many sessions it holds.
    free
        Bytes that are free on its disk; None where that is not told.
    problem
        Why it can't be read.
    is_mode_forced
        Whether its file system gives every file that mode, and keeps it.
    """

    path: str
    mode: int | None
    mode_now: int | None
    folder_mode: int | None
    sessions: int
    free: int | None
    problem: CacheError | None = None
    is_mode_forced: bool = False


def served_words(path: str) -> tuple[str, str]:
    """Say that the Jupyter server gives the cache away as a file, and what to do about it."""
    return (
        f"The Jupyter server gives {path}, with your tokens, to everyone who may read files on it: it's in the folder "
        "that the server shows, and isn't hidden there.",
        "Set c.ContentsManager.allow_hidden to False, and c.ServerApp.root_dir to a folder that hides it.",
    )


def cache_check(
    found: CacheFound, not_writable: DeployKFError | None, notice: CacheError | None, served: bool = False
) -> Check:
    """Whether the cache can be read and written, by its owner alone.

    Parameters
    ----------
    found
        What a look at it gave.
    not_writable
        Why it can't be written; None where it can.
    notice
        That a damaged cache was set aside earlier by this process.
    served
        Whether the Jupyter server gives it away as a file.
    """
    problem = found.problem or not_writable
    if problem is not None:
        return failed("cache", problem)
    if found.is_mode_forced:
        return warning(
            "cache",
            f"Whoever can reach {found.path} can read your tokens: its file system gives every file "
            f"the mode {found.mode_now:04o}.",
            "If others can reach this folder, set HOME to a folder on another file system.",
        )
    if _is_open(found.mode_now, 0o077):
        return Check(
            "cache",
            State.PROBLEM,
            f"Other users of this machine can read your tokens: {found.path} has mode {found.mode_now:04o}.",
            f"Make it yours alone: chmod 600 {found.path}",
        )
    if _is_open(found.mode, 0o077):
        return warning(
            "cache",
            f"Other users of this machine could read your tokens: {found.path} had mode {found.mode:04o}. "
            "It was made yours alone just now (0600).",
            "If you don't trust everyone on this machine, log out and log in again.",
        )
    if _is_open(found.folder_mode, 0o022):
        return warning(
            "cache",
            f"Other users of this machine could write into the cache's folder, which had mode {found.folder_mode:04o}. "
            "It was made yours alone just now (0700).",
            "If you don't trust everyone on this machine, log out and log in again.",
        )
    if served:
        return warning("cache", *served_words(found.path))
    if found.free is not None and found.free < DISK_WARNING:
        return warning(
            "cache",
            f"The disk of {found.path} is nearly full: {found.free // 1024} kB are left.",
            "Free some space there, before a new token can't be saved.",
        )
    if notice is not None:
        return warning("cache", notice.message, notice.next_step)
    return ok("cache", _described(found))


def _described(found: CacheFound) -> str:
    if found.mode is None:
        return f"There is no cache yet; the first login makes {found.path}, and there is room for it."
    amount = f"{found.sessions} session{'' if found.sessions == 1 else 's'}"
    free = f"; {found.free / 1024**3:.1f} GB are free" if found.free is not None else ""
    return f"{found.path} holds {amount}, is yours alone ({found.mode:04o}), and can be locked and written{free}."


def _is_open(mode: int | None, to: int) -> bool:
    return mode is not None and bool(mode & to)


def session_check(session: Session, decision: Decision, now: float, has_service_account: bool) -> Check:
    """What can be said of the session without asking anybody.

    Parameters
    ----------
    session
        As the cache has it.
    decision
        What is done with its token at the next use.
    now
        Seconds since the epoch.
    has_service_account
        Whether a ServiceAccount token stands in for it.

    Returns
    -------
    Check
        Ok where there is a token whose signature is worth a question to the issuer.
    """
    if session.state is SessionState.SIGNED_OUT:
        return _signed_out(session, has_service_account)
    who = session.identity.called if session.identity else "someone"
    ends = until(session.expires_at or 0.0, now)
    if session.state is SessionState.ENDED:
        error = session.problem or LoginRequired(f"The session of {who} has ended.", "Log in again.")
        return failed("token", error)
    if session.state is SessionState.EXPIRED:
        trouble = f" The last attempt failed: {session.problem.message}" if session.problem else ""
        return warning(
            "token",
            f"The token of {who} was valid until {ends}; the next use gets a new one by itself.{trouble}",
            "See whether that works: run «Refresh the Session» in JupyterLab, or kfp_client() in a notebook.",
        )
    return ok(
        "token", f"The token of {who} is valid until {ends}{_AFTERWARDS[decision] if session.renewable else _ENDS}"
    )


_AFTERWARDS = {
    Decision.USE: ", and is renewed in time by itself.",
    Decision.REFRESH_SOON: "; a new one is due, and JupyterLab's server gets it by itself.",
    Decision.REFRESH_NOW: "; the next use gets a new one by itself.",
    Decision.LOGIN: ".",
}
_ENDS = ". It can't be renewed, so you have to log in again then."


def verified_check(local: Check, client_id: str, problem: DeployKFError | None) -> Check:
    """The same after the issuer's keys have been asked for.

    Parameters
    ----------
    local
        From `session_check`.
    client_id
        Whom the token is meant for.
    problem
        Which check it failed, or why there are no keys.
    """
    if problem is not None:
        again = "Log in again; if it stays like this, tell your platform's administrator."
        return failed("token", problem, again if problem.code == "id_token_invalid" else None)
    return ok("token", f"{local.found} The issuer has signed it, for the client «{client_id}».")


def _signed_out(session: Session, has_service_account: bool) -> Check:
    if has_service_account:
        return skipped(
            "token", f"You are not signed in at {session.cluster.name}; the ServiceAccount token stands in for that."
        )
    return failed("token", not_signed_in(f"at {session.cluster.name}"))


def not_signed_in(where: str) -> LoginRequired:
    """That there is no token."""
    return LoginRequired(
        f"You are not signed in {where}.",
        "In JupyterLab run the command «Login to deployKF», in a terminal «jupyter deploykf login».",
    )


def service_account_check(token: ServiceAccountToken, in_pod: bool, is_named: bool) -> Check:
    """What the mounted ServiceAccount token is good for.

    Parameters
    ----------
    token
        As it was looked at.
    in_pod
        Whether this process runs in Kubernetes.
    is_named
        Whether the environment says where the token is.
    """
    if token.problem is None:
        who = f"{token.namespace}/{token.service_account}" if token.service_account else "this Pod"
        return ok("service_account", f"The token of {who} is mounted at {token.path}, for Kubeflow Pipelines.")
    if not isinstance(token.problem, ServiceAccountTokenMissing):
        return failed("service_account", token.problem)
    if is_named:
        return warning(
            "service_account",
            f"KF_PIPELINES_SA_TOKEN_PATH names {token.path}, and there is no file.",
            "Correct the variable, or unset it.",
        )
    if in_pod:
        return skipped(
            "service_account",
            "No ServiceAccount token for Kubeflow Pipelines is mounted in this Pod. It is not needed where you log in.",
            token.problem.next_step,
        )
    return skipped("service_account", "None is mounted. Only Pods inside the cluster have one: nothing is missing.")
