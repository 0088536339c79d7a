"""All the parts together."""

from __future__ import annotations

import ssl
from pathlib import Path

import trustme

from .dex import make_dex
from .gateway import Backends, Gateway, Request
from .kfp_api import KfpApi
from .oauth2_proxy import make_oauth2_proxy
from .options import BenchOptions, User
from .ports import free_port
from .webserver import WebServers


class Bench:
    """A small deployKF behind one origin on loopback.

    Parameters
    ----------
    options
        What it is made of.
    folder
        For its configuration, logs and Dex's sessions.

    Examples
    --------
    >>> with Bench(BenchOptions(), folder) as bench:  # doctest: +SKIP
    ...     print(bench.issuer, bench.api_url, bench.users[0].email)
    """

    def __init__(self, options: BenchOptions, folder: Path) -> None:
        self.options = options
        self.folder = folder
        self.users: tuple[User, ...] = options.users
        self.scheme = "https" if options.https else "http"
        self.notebook_port = free_port()
        dex_port, proxy_port = free_port(), free_port()
        self._servers = WebServers()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.ca_file = self._make_ca() if options.https else None
        self.kfp_api = KfpApi(options.users)
        api_port = self._servers.serve(self.kfp_api.application())
        self.gateway = Gateway(
            Backends(
                dex=f"http://127.0.0.1:{dex_port}",
                oauth2_proxy=f"http://127.0.0.1:{proxy_port}",
                kfp_api=f"http://127.0.0.1:{api_port}",
                notebook=f"http://127.0.0.1:{self.notebook_port}",
                notebook_prefix=self.notebook_path,
            ),
            self.scheme,
        )
        self._port = self._servers.serve(self.gateway.application(), options.port, self._tls)
        self.dex = make_dex(options, self.origin, dex_port, folder)
        self.oauth2_proxy = make_oauth2_proxy(options, self.origin, proxy_port, folder, self.ca_file)

    _tls: ssl.SSLContext | None = None

    @property
    def origin(self) -> str:
        """What a browser sees."""
        return f"{self.scheme}://127.0.0.1:{self._port}"

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
        """How many token requests Dex has had."""
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

    def _make_ca(self) -> Path:
        authority = trustme.CA()
        self._tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("127.0.0.1", "localhost").configure_cert(self._tls)
        path = self.folder / "ca.pem"
        authority.cert_pem.write_to_path(str(path))
        return path
