"""deployKF's client manager for static Dex credentials, by the name that its guide gives it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class KFPClientManager:
    """Makes `kfp.Client` objects that are signed in with static Dex credentials, local or LDAP.

    A replacement for the class of deployKF's guide. The clients sign in again
    before their session ends, and when it is refused: none has to be made anew.

    Parameters
    ----------
    api_url
        The Kubeflow Pipelines API, such as ``https://deploykf.example.com:8443/pipeline``.
    dex_username, dex_password
        Of the local or LDAP user. Kept in memory, to sign in again; never stored or logged.
    dex_auth_type
        The connector, where Dex has several: ``local`` or ``ldap``.
    skip_tls_verify
        Whether the certificate goes unchecked; for these clients alone.

    Raises
    ------
    ValueError
        `dex_auth_type` is neither.
    """

    def __init__(
        self,
        api_url: str,
        dex_username: str,
        dex_password: str,
        dex_auth_type: str = "local",
        skip_tls_verify: bool = False,
    ) -> None:
        from ..core.host import normalize_host
        from ..core.secret import Secret
        from ..core.signinpage import check_auth_type

        check_auth_type(dex_auth_type)
        self._api_url = normalize_host(api_url)
        self._username = dex_username
        self._password = Secret(dex_password)
        self._auth_type = dex_auth_type
        self._skip_tls_verify = skip_tls_verify

    def create_kfp_client(self) -> Any:
        """A newly authenticated `kfp.Client`.

        Raises
        ------
        RuntimeError
            The sign-in failed: `PasswordRejected`, `SignInPageUnknown` or an `ApiError`.
        """
        import os

        from ..io.environment import ca_bundle
        from ..io.http import TLS
        from ..io.kfp_context import context_namespace
        from .connection import Connection
        from .sdk import client_class
        from .static import StaticAccess

        ca_file = ca_bundle(os.environ)
        tls = TLS(ca_file, self._skip_tls_verify)
        access = StaticAccess(self._api_url, self._username, self._password, self._auth_type, tls)
        access.headers()
        connection = Connection(
            self._api_url, access, context_namespace(), verify_ssl=not self._skip_tls_verify, ca_file=ca_file
        )
        return client_class()(connection)

    def __repr__(self) -> str:
        return f"KFPClientManager({self._username!r} at {self._api_url})"
