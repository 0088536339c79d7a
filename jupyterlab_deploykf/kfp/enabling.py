"""Let a plain `kfp.Client()` in this process do what `kfp_client()` does."""

from __future__ import annotations

import functools
import inspect
import os
from typing import Any

from .client import kfp_client
from .connect import reaches_known_host

#: What a caller gives who has a credential of their own.
_OWN = ("client_id", "existing_token", "cookies", "credentials", "kube_context")

#: kfp's own variable for a credential of its own.
_OWN_VARIABLE = "KF_PIPELINES_IAP_OAUTH2_CLIENT_ID"

_original: Any = None


def enable(**defaults: Any) -> None:
    """Have each new `kfp.Client()` of this process signed in, as `kfp_client()` has it.

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
    import kfp

    global _original
    disable()
    original = _original = kfp.Client.__init__
    signature = inspect.signature(original)

    @functools.wraps(original)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        given = signature.bind(self, *args, **kwargs).arguments
        given.pop("self", None)
        if type(self) is not kfp.Client or not _is_ours(given):
            original(self, *args, **kwargs)
            return
        signed_in = kfp_client(**{**defaults, **_translated(given)})
        # The object that the caller gets becomes that client.
        self.__class__ = type(signed_in)
        self.__dict__ = signed_in.__dict__

    kfp.Client.__init__ = init


def disable() -> None:
    """Undo `enable`; clients that were made meanwhile go on working."""
    global _original
    if _original is not None:
        import kfp

        kfp.Client.__init__, _original = _original, None


def _is_ours(given: dict[str, Any]) -> bool:
    if any(given.get(name) for name in _OWN) or os.environ.get(_OWN_VARIABLE):
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
