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
        Whether the certificate goes unchecked; for these clients only. A
        configured cluster's own settings for certificates count too.

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
        from ..core.secret import Secret

        # Before anything can fail: an error's traceback shows what is in this name.
        dex_password = Secret(dex_password)
        from ..core.host import normalize_host
        from ..core.signinpage import check_auth_type

        check_auth_type(dex_auth_type)
        self._api_url = normalize_host(api_url)
        self._username = dex_username
        self._password = dex_password
        self._auth_type = dex_auth_type
        self._skip_tls_verify = skip_tls_verify

    def create_kfp_client(self) -> Any:
        """A newly authenticated `kfp.Client`.

        Raises
        ------
        RuntimeError
            The sign-in failed: `PasswordRejected`, `SignInPageUnknown` or an `ApiError`.
        """
        from ..io.http import TLS
        from ..io.kfp_context import context_namespace
        from .connection import Connection
        from .sdk import make_client
        from .static import StaticAccess
        from .surroundings import cluster_at

        cluster = cluster_at(self._api_url)
        skips = self._skip_tls_verify or (cluster is not None and cluster.skip_tls_verify)
        tls = TLS(cluster.ca_file if cluster else None, skips)
        issuer = cluster.issuer if cluster else None
        access = StaticAccess(self._api_url, self._username, self._password, self._auth_type, tls, issuer=issuer)
        access.headers()
        connection = Connection(
            self._api_url, access, context_namespace(), verify_ssl=not tls.skip_verify, ca_file=tls.ca_file
        )
        return make_client(connection, {})

    def __repr__(self) -> str:
        return f"KFPClientManager({self._username!r} at {self._api_url})"
