"""The one place that puts the parts together.

A kernel imports this for `get_token`, so parts are imported when they are put
together and not before.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .core.cluster import Cluster
    from .core.secret import Secret
    from .io.issuer import Issuer
    from .session import Sessions

_shared: dict[tuple[str, tuple[str, ...]], Sessions] = {}
_is_begun = False


def make_sessions(
    administrator: Sequence[Mapping[str, object]] = (),
    allowed_issuers: Iterable[str] | None = None,
    skip_tls_verify: Iterable[str] = (),
    unusable: str | None = None,
    *,
    ends_with_process: bool = False,
) -> Sessions:
    """The sessions of the user that this process runs as.

    Parameters
    ----------
    administrator
        Clusters that the administrator configured.
    allowed_issuers
        The only issuers that may be used; None for any.
    skip_tls_verify
        Issuers whose certificate goes unchecked, whatever the configuration says.
    unusable
        Why the administrator's settings can't be used; no issuer is allowed then.
    ends_with_process
        Whether a refresh that is under way ends with the process, which a server must be able to do at once.

    Raises
    ------
    ConfigurationError
        The administrator's configuration can't be used.
    """
    global _is_begun
    _is_begun = True
    from dataclasses import replace

    from .io.clusters import ClusterBook
    from .io.environ import ENVIRON
    from .io.environment import cache_path, clusters_path
    from .io.store import Store
    from .session import Sessions

    book = ClusterBook(clusters_path(), ENVIRON, administrator, allowed_issuers, unusable=unusable)
    for issuer in skip_tls_verify:
        book.prefer(replace(book.find(issuer), skip_tls_verify=True))
    return Sessions(Store(cache_path()), book, _make_issuer, ends_with_process=ends_with_process)


def shared_sessions(skip_tls_verify: tuple[str, ...] = ()) -> Sessions:
    """The sessions that all callers in this process share, for the home folder as it is now.

    Parameters
    ----------
    skip_tls_verify
        As for `make_sessions`; callers with other issuers share other sessions.
    """
    # By the variable, and not by `cache_path`: a client asks with each request.
    key = os.environ.get("HOME") or os.path.expanduser("~"), skip_tls_verify
    if key not in _shared:
        _shared[key] = make_sessions(skip_tls_verify=skip_tls_verify)
    return _shared[key]


def get_token(issuer: str | None = None) -> Secret:
    """The ID token of the session that you are signed in with; refreshed where it must be.

    It never asks for a login: in JupyterLab run «Login to deployKF» first.

    Parameters
    ----------
    issuer
        The issuer's URL, such as ``https://deploykf.example.com/dex``, or the
        cluster's name; None for the only cluster that there is.

    Returns
    -------
    str
        The token. It hides itself where a notebook would display it; ``str()``
        and f-strings give the text.

    Raises
    ------
    LoginRequired
        You are not signed in, or the session has ended.
    DeployKFError
        The root of all that can go wrong; its text says what to do next.

    Examples
    --------
    >>> import kfp
    >>> from jupyterlab_deploykf import get_token
    >>> client = kfp.Client(
    ...     host="https://deploykf.example.com/pipeline",
    ...     existing_token=get_token(),
    ... )  # doctest: +SKIP
    """
    return shared_sessions().get_token(issuer)


def _make_issuer(cluster: Cluster) -> Issuer:
    from .io.http import Http
    from .io.issuer import Issuer

    return Issuer(cluster, Http())


# What a session imports at its first use.
_IMPORTED_LATER = (
    "session",
    "core.choice",
    "core.erasure",
    "core.held",
    "core.session",
    "core.setback",
    "core.tokenanswer",
    "io.clusters",
    "io.http",
    "io.issuer",
    "io.notes",
    "io.token_file",
)


def _finish_imports() -> None:
    # A fork in the middle of another thread's import leaves the child with that
    # module's lock, which nobody gives back. To import it here waits for that thread.
    if _is_begun:
        from importlib import import_module

        for name in _IMPORTED_LATER:
            import_module(f"{__package__}.{name}")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_finish_imports)
