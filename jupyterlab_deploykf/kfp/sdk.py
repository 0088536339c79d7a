"""The kfp SDK, 1.8 or 2.x: where they differ."""

from __future__ import annotations

from functools import lru_cache
from typing import Any


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


@lru_cache(maxsize=1)
def client_class() -> Any:
    """`kfp.Client` with a `Connection`: what `kfp_client` gives."""
    import kfp

    from ..io.kfp_context import read_context

    class Client(kfp.Client):  # type: ignore[misc]
        """A `kfp.Client` whose credential renews itself, and whose errors say what to do."""

        def __init__(self, connection: Any, **arguments: Any) -> None:
            self._deploykf = connection
            super().__init__(host=connection.host, **arguments)
            connection.install(self)

        def _load_config(self, *args: Any, **kwargs: Any) -> Any:
            return self._deploykf.prepare(super()._load_config(*args, **kwargs))

        def _load_context_setting_or_default(self) -> None:
            self._context_setting = {**read_context(), "namespace": self._deploykf.namespace or ""}

        def get_kfp_healthz(self, *args: Any, **kwargs: Any) -> Any:
            # kfp asks in its constructor too, before anything else of ours is in place.
            self._deploykf.install(self)
            return super().get_kfp_healthz(*args, **kwargs)

    return Client
