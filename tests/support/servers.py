"""Small servers for what a real platform can't be made to do: odd answers, cut connections, redirects, proxies."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field


@dataclass
class Raw:
    """A server that answers with bytes.

    Attributes
    ----------
    port
        Where it listens, on 127.0.0.1.
    heads
        The head of each request that it has had, in order.
    bodies
        The body of each of them.
    """

    port: int
    heads: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its origin."""
        return f"http://127.0.0.1:{self.port}"


def response(status: int, headers: dict[str, str] | list[tuple[str, str]] | None = None, body: bytes = b"") -> bytes:
    """Return the bytes of an answer after which the connection is closed."""
    pairs = list(headers.items()) if isinstance(headers, dict) else headers or []
    lines = [f"HTTP/1.1 {status} Words", f"Content-Length: {len(body)}", "Connection: close"]
    return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in pairs), "", ""]).encode() + body


@contextmanager
def raw_server(answer: Callable[[str], bytes | None], context: ssl.SSLContext | None = None) -> Iterator[Raw]:
    """Serve bytes.

    Parameters
    ----------
    answer
        Returns the answer to a request's head; None hangs up without one.
    context
        For https.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    running = Raw(listener.getsockname()[1])
    stopped = threading.Event()
    threads: list[threading.Thread] = []

    def serve(client: socket.socket) -> None:
        try:
            with client if context is None else context.wrap_socket(client, server_side=True) as connection:
                head, body = _read_request(connection)
                if not head:
                    return
                running.heads.append(head)
                running.bodies.append(body)
                answered = answer(head)
                if answered is not None:
                    connection.sendall(answered)
        except OSError:
            client.close()  # the client has given up, or doesn't trust the certificate

    def accept() -> None:
        while True:
            client, _ = listener.accept()
            if stopped.is_set():
                client.close()
                return
            client.settimeout(20)
            thread = threading.Thread(target=serve, args=(client,))
            threads.append(thread)
            thread.start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield running
    finally:
        stopped.set()
        socket.create_connection(("127.0.0.1", running.port)).close()
        accepting.join(20)
        for thread in threads:
            thread.join(20)
        listener.close()


def _read_request(connection: socket.socket) -> tuple[str, bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return "", b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    text = head.decode("latin-1")
    length = next((int(x.split(":")[1]) for x in text.splitlines() if x.lower().startswith("content-length:")), 0)
    while len(body) < length:
        piece = connection.recv(65536)
        if not piece:  # the client is gone in the middle of its body
            return "", b""
        body += piece
    return text, body


@contextmanager
def proxy_server(authorization: str | None = None, refuse: int | None = None) -> Iterator[Raw]:
    """A forward proxy: tunnels (CONNECT), and requests with an absolute URL.

    Parameters
    ----------
    authorization
        What ``Proxy-Authorization`` has to be; anything else gets a 407.
    refuse
        The status of all answers, if it lets nobody through.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    running = Raw(listener.getsockname()[1])
    stopped = threading.Event()
    threads: list[threading.Thread] = []

    def serve(client: socket.socket) -> None:
        try:
            with client:
                head, body = _read_request(client)
                if head:
                    running.heads.append(head)
                    _pass_on(client, head, body, authorization, refuse)
        except OSError:
            return  # one of the two sides has hung up

    def accept() -> None:
        while True:
            client, _ = listener.accept()
            if stopped.is_set():
                client.close()
                return
            client.settimeout(20)
            thread = threading.Thread(target=serve, args=(client,))
            threads.append(thread)
            thread.start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield running
    finally:
        stopped.set()
        socket.create_connection(("127.0.0.1", running.port)).close()
        accepting.join(20)
        for thread in threads:
            thread.join(20)
        listener.close()


def _pass_on(client: socket.socket, head: str, body: bytes, authorization: str | None, refuse: int | None) -> None:
    first, *lines = head.split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if refuse is not None:
        client.sendall(response(refuse))
        return
    if authorization is not None and headers.get("proxy-authorization") != authorization:
        client.sendall(response(407, {"Proxy-Authenticate": "Basic"}))
        return
    method, target, version = first.split()
    with ExitStack() as stack:
        if method == "CONNECT":
            host, _, port = target.rpartition(":")
            server = stack.enter_context(socket.create_connection((host, int(port)), 20))
            client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        else:
            place, _, path = target.partition("://")[2].partition("/")
            host, _, port = place.partition(":")
            server = stack.enter_context(socket.create_connection((host, int(port or 80)), 20))
            kept = [line for line in lines if not line.lower().startswith(("proxy-", "connection:"))]
            passed = "\r\n".join([f"{method} /{path} {version}", *kept, "Connection: close", "", ""])
            server.sendall(passed.encode("latin-1") + body)
        pumps = [threading.Thread(target=_pump, args=pair) for pair in ((client, server), (server, client))]
        for each in pumps:
            each.start()
        for each in pumps:
            each.join(20)


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return  # the other side has hung up


@contextmanager
def hanging_server() -> Iterator[int]:
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]
