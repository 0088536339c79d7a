"""All the parts together."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from .authority import Authority
from .dex import make_dex
from .gateway import Backends, Gateway
from .kfp_api import KfpApi
from .kubernetes import TokenIssuer
from .ldap import ldap_connector, make_ldap
from .oauth2_proxy import make_oauth2_proxy
from .options import BenchOptions, Listener, User
from .ports import free_port
from .process import Child
from .request_log import Request, RequestLog
from .secrets_file import secrets_of
from .webserver import WebServers, bind, port_of


class Bench:
    """A small deployKF behind one origin on loopback.

    Parameters
    ----------
    options
        What it is made of.
    folder
        For its configuration, secrets and logs.

    Attributes
    ----------
    users
        Who can sign in: e-mail, password, namespaces.
    origins
        All addresses of the gateway; the first is the one that the issuer is named after.
    notebook_port
        Where the gateway expects JupyterLab.
    ca_file
        The certificate to trust, where something is on https; else None.
    dex, oauth2_proxy, ldap
        The child processes; each can be stopped and started again. `ldap` is
        None where nobody signs in by it.
    token_issuer
        Who issues ServiceAccount tokens.
    kfp_api
        The API, whose state a test may look into.
    gateway
        The gateway.

    Examples
    --------
    >>> with Bench(BenchOptions(), folder) as bench:  # doctest: +SKIP
    ...     print(bench.issuer, bench.api_url, bench.users[0].email)
    """

    def __init__(self, options: BenchOptions, folder: Path) -> None:
        self.options = options
        self.folder = folder
        self.users: tuple[User, ...] = self.options.users + self.options.ldap_users
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        main = Listener(self.options.host, self.options.port, self.options.https)
        # The issuer is named after the gateway's port, so that one is taken first.
        self._listeners = [(listener, bind(listener.port)) for listener in (main, *self.options.also)]
        self._api_socket, self._internal_socket = bind(), bind()
        # A notebook's port may be asked for before anything listens there.
        self.notebook_port = options.notebook_port or free_port()
        dex_port, proxy_port, ldap_port = free_port(), free_port(), free_port()
        self.origins: tuple[str, ...] = tuple(_origin(at, held) for at, held in self._listeners)
        self._authority = Authority(folder / "ca.pem") if any(at.https for at, _ in self._listeners) else None
        self.ca_file = self._authority.path if self._authority else None
        self.token_issuer = TokenIssuer()
        self.kfp_api = KfpApi(self.users, self.options.run_seconds)
        self.gateway = Gateway(
            Backends(
                dex=f"http://127.0.0.1:{dex_port}",
                oauth2_proxy=f"http://127.0.0.1:{proxy_port}",
                kfp_api=f"http://127.0.0.1:{port_of(self._api_socket)}",
                notebook=f"http://127.0.0.1:{self.notebook_port}",
                notebook_prefix=self.notebook_path,
            )
        )
        secrets = secrets_of(folder)
        self.ldap = make_ldap(options.ldap_users, ldap_port, folder, secrets.ldap) if options.ldap_users else None
        if self.ldap is not None:
            connectors = (*options.dex.connectors, ldap_connector(ldap_port, secrets.ldap))
            self.options = replace(options, dex=replace(options.dex, connectors=connectors))
        self.dex: Child = make_dex(self.options, self.origin, dex_port, folder, secrets.client)
        self.oauth2_proxy: Child = make_oauth2_proxy(self.options, self.origin, proxy_port, dex_port, folder, secrets)
        self._servers: WebServers | None = None

    @property
    def origin(self) -> str:
        """What a browser sees."""
        return self.origins[0]

    @property
    def issuer(self) -> str:
        """Dex."""
        return f"{self.origin}/dex"

    @property
    def api_url(self) -> str:
        """The Kubeflow Pipelines API."""
        return f"{self.origin}/pipeline"

    @property
    def internal_api_url(self) -> str:
        """The same API as Pods reach it, with no gateway before it: it takes ServiceAccount tokens."""
        return f"http://127.0.0.1:{port_of(self._internal_socket)}"

    @property
    def notebook_path(self) -> str:
        """The notebook's base URL, as Kubeflow Notebooks have it unless another was chosen."""
        if self.options.base_path is not None:
            return self.options.base_path
        namespace, name = self.options.notebook
        return f"/notebook/{namespace}/{name}/"

    @property
    def logs(self) -> tuple[Path, ...]:
        """The parts' log files."""
        return self.dex.log, self.oauth2_proxy.log

    @property
    def requests(self) -> RequestLog:
        """What the gateway has seen."""
        return self.gateway.log

    def requests_to(self, path: str, method: str | None = None) -> list[Request]:
        """The requests that the gateway has seen at a path."""
        return self.gateway.log.at(path, method)

    @property
    def token_requests(self) -> int:
        """How many token requests clients have sent; oauth2-proxy's own don't come this way."""
        return self.gateway.log.count("/dex/token", "POST")

    @contextlib.contextmanager
    def outage(self, part: str = "dex") -> Iterator[None]:
        """Cut a part off for a while: clients get a 503, and the part keeps what it knows.

        Parameters
        ----------
        part
            The first segment of its path: ``dex``, ``oauth2``, ``pipeline`` or ``notebook``.
        """
        self.gateway.down.add(part)
        try:
            yield
        finally:
            self.gateway.down.discard(part)

    def start(self) -> Bench:
        """Start the parts, in the order in which they need each other."""
        self._servers = WebServers()
        try:
            self._servers.serve(self.kfp_api.application(), (self._api_socket, None))
            internal = self.kfp_api.internal_application(self.token_issuer.review)
            self._servers.serve(internal, (self._internal_socket, None))
            addresses = [(held, self._tls(at)) for at, held in self._listeners]
            self._servers.serve(self.gateway.application(), *addresses)
            if self.ldap is not None:
                self.ldap.start()
            self.dex.start()
            self.oauth2_proxy.start()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop them all. A bench is started once."""
        self.oauth2_proxy.stop()
        self.dex.stop()
        if self.ldap is not None:
            self.ldap.stop()
        if self._servers is not None:
            self._servers.stop()
        for held in (self._api_socket, self._internal_socket, *(held for _, held in self._listeners)):
            held.close()

    def __enter__(self) -> Bench:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _tls(self, listener: Listener) -> ssl.SSLContext | None:
        if not listener.https or self._authority is None:
            return None
        return self._authority.context(listener.host, "localhost", "127.0.0.1")


def _origin(listener: Listener, held: socket.socket) -> str:
    return f"{'https' if listener.https else 'http'}://{listener.host}:{port_of(held)}"
