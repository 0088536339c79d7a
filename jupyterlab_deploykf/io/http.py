"""HTTP to an issuer or to an API: one deadline for the whole exchange, bounded in size, no redirects.

A socket's own time-out starts anew with each byte, so that a server which
drips could hold its client for ever. The exchange runs in a thread instead,
and at the deadline its sockets are shut down, whatever it waits for. That also
keeps what is sent out of the caller's frames, where a Ctrl-C would show it.
"""

from __future__ import annotations

import functools
import http.client
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from ..core.answer import Answer
from ..core.network import Network
from ..core.secret import SecretBytes
from ..errors import IssuerError
from .boundary import bare
from .network import apply, find_network
from .trouble import ISSUER, Kinds, explain, host_of, proxy_refusal

#: Seconds for an exchange as a whole: connection, headers and body.
TIMEOUT = 10.0

#: Bytes that an answer may have: a discovery document or a key set has a few kB.
MAX_BODY = 1024 * 1024

_PIECE = 64 * 1024


@dataclass(frozen=True)
class TLS:
    """How an issuer's certificate is checked.

    Parameters
    ----------
    ca_file
        A PEM file with the CAs to trust; None for the usual ones.
    skip_verify
        Whether it goes unchecked. Holds for one issuer, and nothing
        process-wide is set.
    """

    ca_file: str | None = None
    skip_verify: bool = False


class Form(dict[str, str]):
    """Fields of a POST, hidden where they get shown."""

    def __repr__(self) -> str:
        return f"Form({', '.join(self)})"


_NOTHING: Mapping[str, str] = {}


class Http:
    """A connection to servers of one kind.

    Parameters
    ----------
    timeout
        Seconds; see `TIMEOUT`.
    kinds
        What is asked, and so what its errors are.
    """

    def __init__(self, timeout: float = TIMEOUT, kinds: Kinds = ISSUER) -> None:
        self._timeout = timeout
        self._kinds = kinds

    def get(self, url: str, tls: TLS, headers: Mapping[str, str] = _NOTHING) -> Answer:
        """GET a document, showing what `headers` hold; a redirect is an answer and is not followed.

        Raises
        ------
        DeployKFError
            Of the `kinds`; of an issuer IssuerUnreachable or CertificateUntrusted.
        ConfigurationError
        """
        return self._send("GET", url, tls, headers, None)

    def post_form(self, url: str, form: Mapping[str, str], tls: TLS) -> Answer:
        """POST a form (RFC 6749, 4.1.3); a redirect is an answer and is not followed.

        Raises
        ------
        IssuerUnreachable, CertificateUntrusted, ConfigurationError
            `outcome_unknown` says whether the server may have acted on the form all the same.
        """
        return self._send("POST", url, tls, _NOTHING, Form(form))

    def _send(self, method: str, url: str, tls: TLS, headers: Mapping[str, str], form: Form | None) -> Answer:
        # One session a request: an issuer is asked about once an hour, and
        # nothing (cookies, connections) is carried from one user to the next.
        with requests.Session() as session:
            shown = {"Accept": "application/json", **headers}
            return exchange(session, method, url, tls, self._kinds, self._timeout, headers=shown, form=form)


def exchange(
    session: requests.Session,
    method: str,
    url: str,
    tls: TLS,
    kinds: Kinds,
    timeout: float,
    *,
    headers: Mapping[str, str] = _NOTHING,
    form: Form | None = None,
) -> Answer:
    """Make one request; a redirect is an answer and is not followed.

    Parameters
    ----------
    session
        Where cookies are kept. Not to be used by several threads at once.
    method, url, headers, form
        What is sent.
    tls
        How the certificate is checked.
    kinds
        The errors to raise.
    timeout
        Seconds for all of it.

    Raises
    ------
    DeployKFError
        Of the `kinds`: there is no answer, it is too slow or too large, or the certificate is not trusted.
    ConfigurationError
        The CA file can't be read.
    """
    network = find_network(url, tls.ca_file, tls.skip_verify)
    apply(network, session)
    sockets = _sockets_of(session)
    attempt = _Attempt(session, method, url, tls, network, kinds, timeout, headers, form)
    # A daemon: what hangs, such as a name resolution, must not keep a process from ending.
    threading.Thread(target=attempt.run, name="deploykf-http", daemon=True).start()
    try:
        is_done = attempt.done.wait(timeout)
    finally:
        # Read before the sockets are shut down, which ends the attempt as well.
        is_done = attempt.done.is_set()
        if not is_done:
            sockets.shut_down()
    if not is_done:
        how = "answers too slowly" if attempt.has_begun_to_answer else "does not answer in time"
        attempt.problem = kinds.unreachable(f"{host_of(url)} {how}.", "Check the network or VPN, and try again.")
    if attempt.problem is None:
        assert attempt.answer is not None
        return attempt.answer
    if isinstance(attempt.problem, IssuerError):
        attempt.problem.outcome_unknown = sockets.is_connected
    # Not inside an `except`: the library's frames hold what was sent.
    raise attempt.problem


class _Attempt:
    """One exchange, and what became of it."""

    def __init__(
        self,
        session: requests.Session,
        method: str,
        url: str,
        tls: TLS,
        network: Network,
        kinds: Kinds,
        timeout: float,
        headers: Mapping[str, str],
        form: Form | None,
    ) -> None:
        self._session = session
        self._method = method
        self._url = url
        self._tls = tls
        self._network = network
        self._kinds = kinds
        self._timeout = timeout
        self._headers = headers
        self._form = form
        self.done = threading.Event()
        self.has_begun_to_answer = False
        self.answer: Answer | None = None
        self.problem: BaseException | None = None

    def run(self) -> None:
        """Make the request; whatever comes of it is kept for the caller."""
        try:
            self.answer = self._request()
        except (requests.RequestException, OSError, ValueError, http.client.HTTPException) as error:
            self.problem = explain(self._url, self._tls.ca_file, error, self._kinds, self._network)
        except BaseException as error:
            # Whatever it is, it is the caller's, without the frames that hold what was sent.
            self.problem = bare(error)
        finally:
            self.done.set()

    def _request(self) -> Answer:
        with self._session.request(
            self._method,
            self._url,
            data=self._form,
            headers=dict(self._headers),
            # Half of it for each address of a name, so that one which swallows packets leaves time for another.
            timeout=(self._timeout / 2, self._timeout),
            allow_redirects=False,
            stream=True,
        ) as response:
            self.has_begun_to_answer = True
            body = bytearray()
            for piece in response.iter_content(_PIECE):
                body += piece
                if len(body) > MAX_BODY:
                    raise self._kinds.unreachable(
                        f"{host_of(self._url)} sends more than an issuer should.",
                        "Check the address and the network, and try again.",
                    )
            received = {name.lower(): value for name, value in response.headers.items()}
        answer = Answer(response.status_code, received, SecretBytes(body))
        if answer.status == 407:  # only a proxy says so
            raise proxy_refusal(self._url, answer.status, self._kinds, self._network.proxy)
        return answer


class _Sockets(HTTPAdapter):
    """Makes a session's connections, and can shut them all down from another thread."""

    def __init__(self) -> None:
        #: Whether a connection was established, so that a request may have been sent.
        self.is_connected = False
        self._opened: list[socket.socket] = []
        self._is_shut_down = False
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Have pools whose connections report their sockets."""
        super().init_poolmanager(*args, **kwargs)
        self._watch(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """The same on the way through a proxy."""
        manager = super().proxy_manager_for(*args, **kwargs)
        self._watch(manager)
        return manager

    def opened(self, made: socket.socket) -> None:
        """Keep a handle of a new socket: it stays good when TLS takes the socket over."""
        handle = made.dup()
        self._opened.append(handle)
        if self._is_shut_down:
            self.shut_down()

    def shut_down(self) -> None:
        """End whatever waits for one of the sockets."""
        self._is_shut_down = True
        for handle in list(self._opened):
            with suppress(OSError):  # the other side was quicker
                handle.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the connections."""
        super().close()
        while self._opened:
            self._opened.pop().close()

    def _watch(self, manager: Any) -> None:
        if not hasattr(manager, "pool_classes_by_scheme"):
            return
        # Of this one manager: nothing is set for other users of urllib3.
        manager.pool_classes_by_scheme = {
            "http": functools.partial(_pool, HTTPConnectionPool, _HTTPConnection, self),
            "https": functools.partial(_pool, HTTPSConnectionPool, _HTTPSConnection, self),
        }


def _pool(kind: Any, connection: Any, sockets: _Sockets, *args: Any, **kwargs: Any) -> Any:
    pool = kind(*args, **kwargs)
    pool.ConnectionCls = functools.partial(connection, sockets)
    return pool


class _Reporting:
    """A connection that says when it has a socket, and when it can be sent to."""

    def __init__(self, sockets: _Sockets, *args: Any, **kwargs: Any) -> None:
        self._sockets = sockets
        super().__init__(*args, **kwargs)

    def _new_conn(self) -> Any:
        made = super()._new_conn()  # type: ignore[misc]
        self._sockets.opened(made)
        return made

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        self._sockets.is_connected = True


class _HTTPConnection(_Reporting, HTTPConnection):
    """Over plain TCP."""


class _HTTPSConnection(_Reporting, HTTPSConnection):
    """Over TLS."""


def _sockets_of(session: requests.Session) -> _Sockets:
    """The adapter of a session that can be shut down; put in place at its first use."""
    adapter = session.adapters["https://"]
    if not isinstance(adapter, _Sockets):
        adapter = _Sockets()
        session.mount("https://", adapter)
        session.mount("http://", adapter)
    adapter.is_connected = False
    return adapter
