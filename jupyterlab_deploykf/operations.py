"""What a front end can ask for, whichever way it comes: JSON in, one use case, JSON out.

The server extension and the kernel that stands in for it answer alike, since
both answer from here.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Callable

from .core.cluster import normalize_issuer, parse_cluster
from .core.secret import Secret
from .core.stranger import unquoted
from .core.words import one_line
from .errors import CacheError, ConfigurationError, DeployKFError, IssuerError, NoCluster, SignInPageUnknown
from .io.environment import service_account_token_path
from .io.service_account import look_at_service_account
from .reports import clusters_report, status_report

if TYPE_CHECKING:
    from .core.session import Session
    from .session import Sessions

Json = dict[str, Any]


class BadRequest(DeployKFError):
    """The request is not what the API asks for."""

    code = "bad_request"


def status(
    sessions: Sessions,
    gateway_user: str | None = None,
    kept_fresh: bool = False,
    amended: Callable[[Session], Session] = lambda session: session,
) -> Json:
    """Who is signed in where, from the cache alone.

    Parameters
    ----------
    sessions
        The use cases.
    gateway_user
        Whom the platform's gateway says that the request is from. It is passed on for
        a warning where the session is of someone else; nothing is authorized by it.
    kept_fresh
        Whether the process that answers refreshes sessions ahead of time; a kernel does not.
    amended
        Adds what the process that answers knows of a session, and the session itself doesn't.
    """
    report, problem = status_report(sessions), sessions.clusters.problem
    told = replace(report, sessions=tuple(map(amended, report.sessions)))
    return {
        **told.to_dict(),
        "problem": None if problem is None else problem.problem(),
        "gateway_user": gateway_user,
        "kept_fresh": kept_fresh,
    }


def is_known(sessions: Sessions, issuer: str) -> bool:
    """Whether an issuer is configured, or the cache holds a session of it.

    Raises
    ------
    ConfigurationError
        It is not an issuer's URL.
    """
    wanted = normalize_issuer(issuer)
    try:
        known = sessions.known()
    except CacheError:
        known = list(clusters_report(sessions.clusters).clusters)
    return any(cluster.issuer == wanted for cluster in known)


@contextmanager
def _asking(sessions: Sessions, issuer: str) -> Iterator[None]:
    """Ask an issuer that a person may be adding: then no error quotes what it answers."""
    try:
        yield
    except (IssuerError, SignInPageUnknown) as error:
        if is_known(sessions, issuer):
            raise
        raise unquoted(error, normalize_issuer(issuer)) from None


def provider(sessions: Sessions, issuer: str) -> Json:
    """What an authorization request at an issuer needs; the issuer is asked."""
    with _asking(sessions, issuer):
        cluster, found = sessions.provider(issuer)
    return {
        "issuer": found.issuer,
        "authorization_endpoint": found.authorization_endpoint,
        "token_endpoint": found.token_endpoint,
        "jwks_uri": found.jwks_uri,
        "client_id": cluster.client_id,
        "redirect_uri": cluster.redirect_uri,
        "scopes": list(cluster.scopes),
        "skip_tls_verify": cluster.skip_tls_verify,
        "device": sessions.allows_device(issuer),
    }


def login(sessions: Sessions, issuer: str, code: str, code_verifier: str, nonce: str) -> Json:
    """Trade a code for a session; one that would replace another user's waits for `confirm_login`."""
    with _asking(sessions, issuer):
        return sessions.login(issuer, code, code_verifier, nonce, confirm_other=True).to_dict()


def login_password(sessions: Sessions, issuer: str, username: str, password: str, auth_type: str) -> Json:
    """Sign in with a user name and a password, by the issuer's own form, as `login`; the password is not kept."""
    from .dex_login import login_with_password  # it loads much that the others don't need

    with _asking(sessions, issuer):
        return login_with_password(sessions, issuer, username, password, auth_type, confirm_other=True).to_dict()


def confirm_login(sessions: Sessions, issuer: str, confirmation: str) -> Json:
    """Keep the session that waits since it replaces another user's."""
    return sessions.confirm_login(issuer, confirmation).to_dict()


def discard_login(sessions: Sessions, issuer: str, confirmation: str) -> Json:
    """Forget the session that waits: nobody is going to confirm it."""
    return {"discarded": sessions.discard_login(issuer, confirmation)}


def begin_device(sessions: Sessions, issuer: str) -> Json:
    """Begin a login on another device; the caller keeps the attempt, and this side nothing of it."""
    with _asking(sessions, issuer):
        attempt = sessions.begin_device(issuer)
    return {
        "issuer": attempt.issuer,
        "verification_uri": attempt.verification_uri,
        "user_code": attempt.user_code,
        "device_code": attempt.device_code,
        "code_verifier": attempt.code_verifier,
        "interval": attempt.interval,
        "expires_at": attempt.expires_at,
    }


def poll_device(sessions: Sessions, issuer: str, device_code: str, code_verifier: str) -> Json:
    """Look once whether a login on another device is done, as `login`; `session` is null where it is not."""
    from .core.device import DeviceAttempt

    attempt = DeviceAttempt.to_poll(sessions.clusters.find(issuer).issuer, device_code, code_verifier)
    with _asking(sessions, issuer):
        polled = sessions.poll_device(attempt, confirm_other=True)
    if isinstance(polled, DeviceAttempt):
        return {"session": None, "slow_down": polled.interval > attempt.interval}
    return {"session": polled.to_dict(), "slow_down": False}


def refresh(sessions: Sessions, issuer: str) -> Json:
    """Refresh a session now."""
    return sessions.refresh(issuer).to_dict()


def logout(sessions: Sessions, issuer: str) -> Json:
    """Forget a session on this machine."""
    return sessions.logout(issuer).to_dict()


def service_account(_: Sessions) -> Json:
    """The mounted ServiceAccount token, looked at."""
    return look_at_service_account(service_account_token_path(os.environ), time.time()).to_dict()


def clusters(sessions: Sessions) -> Json:
    """The clusters that are known; trouble with the user's own list is said beside the others."""
    return clusters_report(sessions.clusters).to_dict()


def doctor(sessions: Sessions, issuer: str = "", *, served: bool = False) -> Json:
    """Everything that signing in needs, checked; without an issuer that of the first known cluster.

    Parameters
    ----------
    sessions
        The use cases.
    issuer
        A known cluster's.
    served
        Whether the process that answers gives the cache away as a file.

    Raises
    ------
    NoCluster
        The issuer isn't known. Whoever calls this is not a person at a terminal, who may ask whomever they like.
    ConfigurationError
    """
    from .doctor import examine  # it loads much that the others don't need

    if issuer:
        sessions.clusters.require_allowed(normalize_issuer(issuer))
        if not is_known(sessions, issuer):
            raise NoCluster(
                f"There is no cluster with the issuer {normalize_issuer(issuer)}.", "Add the cluster first."
            )
    return examine(sessions, issuer or None, served=served).to_dict()


def add_cluster(sessions: Sessions, request: Mapping[str, Any]) -> Json:
    """Verify a cluster by its own settings, and put it into the user's own list.

    Parameters
    ----------
    sessions
        The use cases.
    request
        ``cluster``, as the list holds it, and ``replaces``: the issuer of the one whose place it takes, if any.

    Raises
    ------
    BadRequest, IssuerError, IssuerNotAllowed, ConfigurationError
    """
    _refuse_others(request, ("cluster", "replaces"))
    entry, replaces = request.get("cluster"), request.get("replaces")
    if not isinstance(entry, Mapping):
        raise BadRequest("The request lacks the object «cluster».", "Send it.")
    if not isinstance(replaces, (str, type(None))):
        raise BadRequest("The request's «replaces» is no text.", "Send an issuer's URL, or leave it out.")
    cluster = parse_cluster(entry, "file")
    if cluster.ca_file is not None and not os.path.isabs(cluster.ca_file):
        # Whoever uses it, a kernel or a terminal, is in another folder.
        raise ConfigurationError(
            f"The CA file {cluster.ca_file} is not a whole path.",
            "Give one that begins at the root, such as /etc/ssl/deploykf-ca.pem.",
            field="ca_file",
        )
    with _asking(sessions, cluster.issuer):
        sessions.add_cluster(cluster, replaces)
    return clusters(sessions)


def remember_cluster(sessions: Sessions, issuer: str) -> Json:
    """Keep the cluster of a login in the user's own list, unless it is configured already."""
    sessions.remember_cluster(issuer)
    return clusters(sessions)


def remove_cluster(sessions: Sessions, issuer: str) -> Json:
    """Take a cluster out of the user's own list; its session stays."""
    sessions.clusters.remove_own(issuer)
    return clusters(sessions)


#: The operations whose fields are texts, with these.
TEXTS: dict[str, tuple[Callable[..., Json], tuple[str, ...]]] = {
    "status": (status, ()),
    "provider": (provider, ("issuer",)),
    "login": (login, ("issuer", "code", "code_verifier", "nonce")),
    "login_password": (login_password, ("issuer", "username", "password", "auth_type")),
    "confirm_login": (confirm_login, ("issuer", "confirmation")),
    "discard_login": (discard_login, ("issuer", "confirmation")),
    "begin_device": (begin_device, ("issuer",)),
    "poll_device": (poll_device, ("issuer", "device_code", "code_verifier")),
    "refresh": (refresh, ("issuer",)),
    "logout": (logout, ("issuer",)),
    "service_account": (service_account, ()),
    "clusters": (clusters, ()),
    "remember_cluster": (remember_cluster, ("issuer",)),
    "remove_cluster": (remove_cluster, ("issuer",)),
    "doctor": (doctor, ()),
}

#: The fields that no log and no traceback may show.
SECRET = frozenset({"code", "code_verifier", "confirmation", "device_code", "password"})

#: The fields that may be left out, or be empty texts.
OPTIONAL: dict[str, tuple[str, ...]] = {"doctor": ("issuer",)}


def read_fields(
    request: Mapping[str, Any], required: tuple[str, ...], optional: tuple[str, ...] = ()
) -> dict[str, str]:
    """The texts of a request: those that are required, those that may be there, and no others.

    Secret ones are a `Secret` from here on.

    Raises
    ------
    BadRequest
    """
    for name in required:
        if not isinstance(request.get(name), str) or not request[name]:
            raise BadRequest(f"The request lacks «{name}».", "Send it as a text.")
    for name in optional:
        if not isinstance(request.get(name, ""), str):
            raise BadRequest(f"The request's «{name}» is no text.", "Send it as a text, or leave it out.")
    _refuse_others(request, (*required, *optional))
    given = {name: request[name] for name in (*required, *optional) if name in request}
    return {name: Secret(text) if name in SECRET else text for name, text in given.items()}


def _refuse_others(request: Mapping[str, Any], known: tuple[str, ...]) -> None:
    unknown = [name for name in request if name not in known]
    if unknown:
        raise BadRequest(f"The request has a field too many: «{one_line(unknown[0])}».", "Leave it out.")
