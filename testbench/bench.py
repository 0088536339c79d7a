"""All the parts together."""

from __future__ import annotations

import secrets
import ssl
from pathlib import Path

import trustme

from .binaries import DEX, OAUTH2_PROXY
from .dex import Dex
from .gateway import Backends, Gateway, Request
from .kfp_api import KfpApi
from .oauth2_proxy import OAuth2Proxy
from .options import BenchOptions, Listener, User
from .process import free_port
from .webserver import WebServers


class Bench:
    """A small deployKF behind one origin on loopback.

    Parameters
    ----------
    options
        What it is made of.
    folder
        For its configuration and logs.

    Examples
    --------
    >>> with Bench(BenchOptions(), folder) as bench:  # doctest: +SKIP
    ...     print(bench.issuer, bench.api_url, bench.users[0].email)
    """

    def __init__(self, options: BenchOptions, folder: Path) -> None:
        self.options = options
        self.folder = folder
        self.users: tuple[User, ...] = tuple(user for user in options.users if user.static)
        self.notebook_port = free_port()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._tls: ssl.SSLContext | None = None
        self.ca_file: Path | None = None
        if any(listener.https for listener in (options.listener, *options.also)):
            self._make_authority()
        # Before the first server, so that a failed build leaves no thread behind.
        dex_binary, proxy_binary = DEX.path(), OAUTH2_PROXY.path()
        self._servers = WebServers()
        self.kfp_api = KfpApi(options.users)
        api_port = self._servers.serve(self.kfp_api.application())
        self.gateway = Gateway()
        application = self.gateway.application()
        ports = self._servers.listen(
            application, [(at.port, self._tls if at.https else None) for at in (options.listener, *options.also)]
        )
        self.origin, *also = (_origin(at, port) for at, port in zip((options.listener, *options.also), ports))
        self.other_origins = tuple(also)
        proxy_secret = secrets.token_hex(16)
        self.dex = Dex(
            dex_binary,
            folder,
            self.issuer,
            f"{self.origin}/oauth2/callback",
            proxy_secret,
            options.users,
            options.dex,
        )
        self.oauth2_proxy = OAuth2Proxy(
            proxy_binary, folder, self.origin, self.dex.url, proxy_secret, secrets.token_hex(16), options.proxy
        )
        self.gateway.backends = Backends(
            dex=self.dex.url,
            oauth2_proxy=self.oauth2_proxy.url,
            kfp_api=f"http://127.0.0.1:{api_port}",
            notebook=f"http://127.0.0.1:{self.notebook_port}",
            notebook_prefix=self.notebook_path,
        )

    @property
    def issuer(self) -> str:
        """Dex."""
        return f"{self.origin}/dex"

    @property
    def api_url(self) -> str:
        """The Kubeflow Pipelines API."""
        return f"{self.origin}/pipeline"

    @property
    def notebook_path(self) -> str:
        """The notebook's base URL, as Kubeflow Notebooks have it."""
        namespace, name = self.options.notebook
        return f"/notebook/{namespace}/{name}/"

    def requests_to(self, path: str, method: str | None = None) -> list[Request]:
        """The requests that the gateway has seen at a path."""
        return [r for r in self.gateway.requests if r.path == path and method in (None, r.method)]

    @property
    def token_requests(self) -> int:
        """How many token requests of clients Dex has had; oauth2-proxy's own don't count."""
        return len(self.requests_to("/dex/token", "POST"))

    def start(self) -> Bench:
        """Start the parts, in the order in which they need each other."""
        try:
            self.dex.start()
            self.oauth2_proxy.start()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop them all."""
        self.oauth2_proxy.stop()
        self.dex.stop()
        self._servers.stop()

    def __enter__(self) -> Bench:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _make_authority(self) -> None:
        authority = trustme.CA()
        self._tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("127.0.0.1", "localhost").configure_cert(self._tls)
        self.ca_file = self.folder / "ca.pem"
        authority.cert_pem.write_to_path(str(self.ca_file))


def _origin(listener: Listener, port: int) -> str:
    return f"{'https' if listener.https else 'http'}://{listener.host}:{port}"
