"""deployKF's credentials provider, by the name that its guide gives it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..core.secret import Secret


class DeployKFCredentialsOutOfBand:
    """A credentials provider for `kfp.Client`: the browser login of deployKF's guide.

    A replacement for the guide's class, on the same cache: code that was
    written for it changes its import line alone. It asks for a login where
    one is needed and someone can be asked, when it is made and never later:
    a session that ends while a client lives is an error, and the same client
    works again after a login.

    It counts as a `TokenCredentialsBase` of kfp 1.8 and 2.x.

    Parameters
    ----------
    issuer_url
        The OIDC issuer's URL, such as ``https://deploykf.example.com:8443/dex``.
    skip_tls_verify
        Whether the issuer's certificate goes unchecked; for this issuer alone.

    Raises
    ------
    LoginRequired
        A login is needed, and nobody can be asked.
    DeployKFError
        The root of all that can go wrong.

    Examples
    --------
    >>> import kfp
    >>> from jupyterlab_deploykf import DeployKFCredentialsOutOfBand
    >>> credentials = DeployKFCredentialsOutOfBand(
    ...     issuer_url="https://deploykf.example.com/dex",
    ... )  # doctest: +SKIP
    >>> client = kfp.Client(
    ...     host="https://deploykf.example.com/pipeline",
    ...     credentials=credentials,
    ... )  # doctest: +SKIP
    """

    def __init__(self, issuer_url: str, skip_tls_verify: bool = False) -> None:
        from ..wiring import shared_sessions

        self.oidc_issuer_url = issuer_url
        self._sessions = shared_sessions(skip_tls_verify=(issuer_url,) if skip_tls_verify else ())
        cluster = self._sessions.choose(issuer_url)
        self._issuer = cluster.issuer
        self.skip_tls_verify = cluster.skip_tls_verify
        self._register()
        self._begin()

    def get_token(self) -> Secret:
        """The ID token, refreshed where it must be.

        Raises
        ------
        LoginRequired, IssuerError, CacheError
        """
        return self._sessions.get_token(self._issuer)

    def refresh_api_key_hook(self, config: Any) -> None:
        """Put the token into a client's configuration; kfp calls this for each request.

        Parameters
        ----------
        config
            kfp_server_api's, or the Kubernetes client's.

        Raises
        ------
        LoginRequired, IssuerError, CacheError
        """
        config.api_key["authorization"] = self._sessions.get_token(self._issuer)

    def __repr__(self) -> str:
        return f"DeployKFCredentialsOutOfBand({self._issuer!r})"

    def _begin(self) -> None:
        """Have a session, by asking for a login if need be."""
        from ..errors import LoginRequired

        try:
            self.get_token()
        except LoginRequired:
            from ..interactive import ask_login, is_interactive

            if not is_interactive():
                raise
            ask_login(self._sessions, self._issuer)

    def _register(self) -> None:
        """Count as kfp's kind of credentials, where kfp is loaded: it takes 0.5 s to load it for that."""
        import sys

        if "kfp" in sys.modules:
            from .sdk import token_credentials_base

            token_credentials_base().register(type(self))
