"""Let a plain `kfp.Client()` in this process do what `kfp_client()` does."""

from __future__ import annotations

import functools
import inspect
from typing import Any

from ..core.secret import hide_secrets
from ..io.environ import ENVIRON
from .client import kfp_client, seconds_of
from .connect import Options, announce, find_connection, reaches_known_host
from .surroundings import Wanted

#: What a caller gives who has a credential of their own.
_OWN = ("client_id", "existing_token", "cookies", "credentials", "kube_context")

#: kfp's own variable for a credential of its own.
_OWN_VARIABLE = "KF_PIPELINES_IAP_OAUTH2_CLIENT_ID"

_original: Any = None


def enable(**defaults: Any) -> None:
    """Have each new `kfp.Client()` of this process logged in, as `kfp_client()` has it; subclasses too.

    Clients that were given a credential of their own, and those for another
    host than the platform's, stay as they are. `disable` undoes it.

    Parameters
    ----------
    **defaults
        For `kfp_client`, such as ``namespace="team-1"`` or ``auth="login"``.

    Notes
    -----
    In a notebook ``%load_ext jupyterlab_deploykf`` does the same, and
    ``%unload_ext`` undoes it.
    """
    defaults = hide_secrets(defaults)
    import kfp

    global _original
    disable()
    original = _original = kfp.Client.__init__
    signature = inspect.signature(original)

    @functools.wraps(original)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        given = hide_secrets(signature.bind(self, *args, **kwargs).arguments)
        del args, kwargs  # a traceback shows what is in these names
        del given["self"]
        if _is_ours(given):
            _begin(self, original, {**defaults, **_translated(given)})
        else:
            original(self, **given)

    kfp.Client.__init__ = init


def disable() -> None:
    """Undo `enable`; clients that were made meanwhile go on working."""
    global _original
    if _original is not None:
        import kfp

        kfp.Client.__init__, _original = _original, None


def original_constructor() -> Any:
    """Return the constructor of `kfp.Client` as it is without `enable`."""
    import kfp

    return _original or kfp.Client.__init__


def _begin(client: Any, original: Any, arguments: dict[str, Any]) -> None:
    """Run kfp's constructor on an object, which becomes a client as `kfp_client` makes them."""
    from .sdk import begin_client

    bound = inspect.signature(kfp_client).bind(**arguments)
    bound.apply_defaults()
    names = ("cluster", "host", "namespace", "auth", "username", "password", "auth_type")
    wanted = Wanted(**{name: bound.arguments[name] for name in names})
    options = Options(
        bound.arguments["verify_ssl"],
        bound.arguments["ssl_ca_cert"],
        seconds_of(bound.arguments["check"]),
        bound.arguments["quiet"],
        bound.arguments["kwargs"],
    )
    connection, because = find_connection(wanted, options)
    begin_client(client, original, connection, options.arguments)
    announce(connection, because, options)


def _is_ours(given: dict[str, Any]) -> bool:
    if any(given.get(name) for name in _OWN) or ENVIRON.get(_OWN_VARIABLE):
        return False
    # A token goes to the platform that it is for, and to no other host.
    return not given.get("host") or reaches_known_host(given["host"])


def _translated(given: dict[str, Any]) -> dict[str, Any]:
    """The arguments of `kfp.Client` as `kfp_client` has them."""
    wanted = {name: value for name, value in given.items() if value is not None and name not in _OWN}
    # kfp's default names where kfp is installed, and is no user's namespace.
    if wanted.get("namespace") == "kubeflow":
        del wanted["namespace"]
    return wanted
