"""The kfp SDK, 1.8 or 2.x: where they differ."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Callable

from ..core.secret import Secret

if TYPE_CHECKING:
    from .connection import Connection


#: What a class of ours has that kfp's and a subclass of it don't.
_MARK = "_deploykf_connected"


@lru_cache(maxsize=1)
def api_version() -> str:
    """The version of the API that this SDK speaks: ``v1beta1`` or ``v2beta1``."""
    return "v2beta1" if major_version() >= 2 else "v1beta1"


def major_version() -> int:
    """1 or 2."""
    import kfp

    return int(kfp.__version__.partition(".")[0])


def token_credentials_base() -> Any:
    """The base class of kfp's credentials."""
    try:
        from kfp.client.token_credentials_base import TokenCredentialsBase
    except ImportError:
        from kfp.auth import TokenCredentialsBase
    return TokenCredentialsBase


def make_client(connection: Connection, arguments: Mapping[str, Any]) -> Any:
    """Make a `kfp.Client` with a `Connection`: what `kfp_client` gives."""
    import kfp

    from .enabling import original_constructor

    client = kfp.Client.__new__(kfp.Client)
    begin_client(client, original_constructor(), connection, arguments)
    return client


def begin_client(client: Any, init: Callable[..., None], connection: Connection, arguments: Mapping[str, Any]) -> None:
    """Run the constructor of `kfp.Client` on an object, which becomes a client with a `Connection`.

    Parameters
    ----------
    client
        A `kfp.Client`, or one of a subclass, whose constructor hasn't run.
    init
        The constructor.
    connection
        Where it goes, with what.
    arguments
        For the constructor.
    """
    kind: Any = type(client)
    client.__class__ = kind if _MARK in vars(kind) else connected(kind)
    client._deploykf = connection
    own = {} if connection.ui_host is None else {"ui_host": connection.ui_host}
    init(client, **{**own, **arguments, "host": connection.host})
    connection.install(client)


@lru_cache(maxsize=64)
def connected(base: Any) -> Any:
    """Make the class of a client with a `Connection` from `kfp.Client` or from a subclass of it."""
    from ..io.kfp_context import read_context

    class Client(base):  # type: ignore[misc]
        """A `kfp.Client` whose credential renews itself, and whose errors say what to do."""

        _deploykf_connected = True

        def _load_config(self, *args: Any, **kwargs: Any) -> Any:
            return self._deploykf.prepare(super()._load_config(*args, **kwargs))

        def _load_context_setting_or_default(self) -> None:
            # A header and a cookie of its own: kfp's frames are in every traceback.
            context = {
                name: Secret(value) if isinstance(value, str) and name.startswith("client_authentication_") else value
                for name, value in read_context().items()
            }
            self._context_setting = {**context, "namespace": self._deploykf.namespace or ""}

        def get_kfp_healthz(self, *args: Any, **kwargs: Any) -> Any:
            # kfp asks in its constructor too, before anything else of ours is in place.
            self._deploykf.install(self)
            return super().get_kfp_healthz(*args, **kwargs)

    Client.__name__, Client.__qualname__, Client.__module__ = base.__name__, base.__qualname__, base.__module__
    return Client
