"""HTTP to an issuer or to an API: one deadline for the whole exchange, bounded in size, no redirects.

A socket's own time-out starts anew with each byte, so that a server which
drips could hold its client for ever. The exchange runs in a thread instead,
and at the deadline its sockets are shut down, whatever it waits for. That also
keeps what is sent out of the caller's frames, where a Ctrl-C would show it.
"""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Callable
from urllib.parse import urlencode

from urllib3 import Timeout
from urllib3.exceptions import HTTPError

from ..core.answer import Answer
from ..core.network import Network
from ..core.secret import Secret, SecretBytes
from ..errors import DeployKFError, IssuerError
from .boundary import bare
from .network import find_network, make_pool
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
        # An issuer is asked about once an hour, and nothing is carried from one user to the next.
        with Connections(tls, self._kinds, self._timeout) as connections:
            return connections.ask(method, url, {"Accept": "application/json", **headers}, form)


class Connections:
    """Connections that are used one after the other, such as those of a visit to a login page; a context manager.

    Parameters
    ----------
    tls
        How the certificates are checked.
    kinds
        The errors to raise.
    timeout
        Seconds for each exchange.
    """

    def __init__(self, tls: TLS, kinds: Kinds, timeout: float) -> None:
        self._tls = tls
        self._kinds = kinds
        self._timeout = timeout
        self._sockets = _Sockets()
        self._pools: dict[Network, Any] = {}

    def __enter__(self) -> Connections:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        for pool in self._pools.values():
            pool.clear()
        self._sockets.close()

    def ask(self, method: str, url: str, headers: Mapping[str, str], form: Form | None = None) -> Answer:
        """Make one request; a redirect is an answer and is not followed. Not from several threads at once.

        Raises
        ------
        DeployKFError
            Of the `kinds`: there is no answer, it is too slow or too large, or the certificate is not trusted.
        ConfigurationError
            The URL, the proxy or the CA file can't be used.
        """
        network = find_network(url, self._tls.ca_file, self._tls.skip_verify)
        sockets = self._sockets
        sockets.is_connected = sockets.is_answered = False
        send = partial(self._request, sockets, self._pools, network, method, url, headers, form)
        attempt = _Attempt(send, self._explainer(url, network))
        # A daemon: what hangs, such as a name resolution, must not keep a process from ending.
        start(threading.Thread(target=attempt.run, name="deploykf-http", daemon=True))
        is_done = False
        try:
            attempt.done.wait(self._timeout)
        finally:
            # Read before the sockets are shut down, which ends the attempt as well.
            is_done = attempt.done.is_set()
            if not is_done:
                sockets.shut_down()
                self.close()
                # What is asked next has nothing to do with what may still come of this.
                self._sockets, self._pools = _Sockets(), {}
        problem = attempt.problem if is_done else self._too_slow(url, sockets.is_answered)
        if problem is None:
            assert attempt.answer is not None
            return attempt.answer
        if isinstance(problem, IssuerError):
            problem.outcome_unknown = sockets.is_connected
        # Not inside an `except`: the library's frames hold what was sent.
        raise problem

    def _request(
        self,
        sockets: _Sockets,
        pools: dict[Network, Any],
        network: Network,
        method: str,
        url: str,
        headers: Mapping[str, str],
        form: Form | None,
    ) -> Answer:
        pool = pools.get(network)
        if pool is None:
            pool = pools[network] = make_pool(network)
            sockets.watch(pool)
        body, kind = (None, {}) if form is None else (SecretBytes(urlencode(form).encode()), _FORM)
        response = pool.request(
            method,
            url,
            body=body,
            headers={**headers, **kind},
            # Half of it for each address of a name, so that one which swallows packets leaves time for another.
            timeout=Timeout(connect=self._timeout / 2, read=self._timeout),
            redirect=False,
            retries=False,
            preload_content=False,
        )
        sockets.is_answered = True
        try:
            received = SecretBytes(response.read(MAX_BODY + 1, decode_content=True))
            while len(received) <= MAX_BODY:
                more = response.read(_PIECE, decode_content=True)
                if not more:
                    break
                received = SecretBytes(received + more)
        finally:
            response.release_conn()
        if len(received) > MAX_BODY:
            response.close()
            raise self._kinds.unreachable(
                f"{host_of(url)} sends more than an issuer should.", "Check the address and the network, and try again."
            )
        if response.status == 407:  # only a proxy says so
            raise proxy_refusal(url, response.status, self._kinds, network.proxy)
        fields = {name.lower(): value for name, value in response.headers.items()}
        cookies = tuple(map(Secret, response.headers.getlist("Set-Cookie")))
        return Answer(response.status, fields, received, cookies)

    def _explainer(self, url: str, network: Network) -> Callable[[Exception], BaseException]:
        def say(error: Exception) -> BaseException:
            if isinstance(error, (HTTPError, OSError, ValueError, http.client.HTTPException)):
                return explain(url, self._tls.ca_file, error, self._kinds, network)
            # Whatever it is, it is the caller's, without the frames that hold what was sent.
            return bare(error)

        return say

    def _too_slow(self, url: str, is_answered: bool) -> DeployKFError:
        how = "answers too slowly" if is_answered else "does not answer in time"
        return self._kinds.unreachable(f"{host_of(url)} {how}.", "Check the network or VPN, and try again.")


def start(thread: threading.Thread) -> None:
    """Start a thread; if there can be none, do its work here: Python 3.12 starts none while the interpreter ends."""
    try:
        thread.start()
    except RuntimeError:
        thread.run()


_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class _Attempt:
    """One exchange in a thread, and what became of it."""

    def __init__(self, send: Callable[[], Answer], say: Callable[[Exception], BaseException]) -> None:
        self._send = send
        self._say = say
        self.done = threading.Event()
        self.answer: Answer | None = None
        self.problem: BaseException | None = None

    def run(self) -> None:
        """Make the request; whatever comes of it is kept for the caller."""
        try:
            self.answer = self._send()
        except Exception as error:
            self.problem = self._say(error)
        finally:
            self.done.set()


class _Sockets:
    """The sockets of some connections, which can all be shut down from another thread."""

    def __init__(self) -> None:
        #: Whether there is a connection, so that the request may have been sent.
        self.is_connected = False
        self.is_answered = False
        self._opened: list[socket.socket] = []
        self._is_shut_down = False

    def watch(self, manager: Any) -> None:
        """Have a pool manager report the sockets of its connections; no other user of urllib3 notices."""
        manager.pool_classes_by_scheme = {
            scheme: partial(_pool, kind, self) for scheme, kind in manager.pool_classes_by_scheme.items()
        }

    def opened(self, made: socket.socket) -> None:
        """Keep a handle of a new socket: it stays good when TLS takes the socket over."""
        self._opened.append(made.dup())
        if self._is_shut_down:
            self.shut_down()

    def shut_down(self) -> None:
        """End whatever waits for one of the sockets."""
        self._is_shut_down = True
        for handle in list(self._opened):
            with suppress(OSError):  # the other side was quicker
                handle.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the handles."""
        while self._opened:
            self._opened.pop().close()


def _pool(kind: Any, sockets: _Sockets, *args: Any, **kwargs: Any) -> Any:
    pool = kind(*args, **kwargs)
    pool.ConnectionCls = partial(_reporting(kind.ConnectionCls), sockets)
    return pool


@lru_cache(maxsize=8)
def _reporting(connection: Any) -> Any:
    """Make a class of connections that say when they have a socket, and when they can be sent to."""

    class Reporting(connection):  # type: ignore[misc]
        def __init__(self, sockets: _Sockets, *args: Any, **kwargs: Any) -> None:
            self._sockets = sockets
            super().__init__(*args, **kwargs)

        def _new_conn(self) -> Any:
            made = super()._new_conn()
            self._sockets.opened(made)
            return made

        def connect(self) -> None:
            super().connect()
            self._sockets.is_connected = True

        def request(self, *args: Any, **kwargs: Any) -> Any:
            if self.sock is not None:  # kept from the request before
                self._sockets.is_connected = True
            return super().request(*args, **kwargs)

    return Reporting
