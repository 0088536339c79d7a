"""A scriptable issuer whose connections can be broken in every way, and whose clock is its own."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qs

from tests.support.issuer import Issuer, Scripted

#: Sends an answer, or what becomes of it: gets the connection, the answer's bytes, and what ends with the server.
Send = Callable[[socket.socket, bytes, threading.Event], None]

TOKEN, DISCOVERY, KEYS = "/dex/token", "/dex/.well-known/openid-configuration", "/dex/keys"


@dataclass(frozen=True)
class Fault:
    """What is wrong with an issuer for a while.

    Parameters
    ----------
    name
        In a few words.
    paths
        Which endpoints are concerned.
    acts
        Whether the issuer does what it is asked to, though its answer is lost or odd.
    send
        How the answer is sent; None for as usual.
    answer
        What is answered instead; None for the right answer.
    change
        Changes the issuer before it answers, such as its keys.
    refuses
        Whether nothing listens at its port.
    clock
        By how many seconds our own clock is ahead.
    """

    name: str
    paths: tuple[str, ...] = (TOKEN,)
    acts: bool = False
    send: Send | None = None
    answer: Callable[[Scripted], Scripted] | None = None
    change: Callable[[Issuer], None] | None = None
    refuses: bool = False
    clock: float = 0.0


@dataclass
class Served(Issuer):
    """An issuer that is served; see `serve`.

    Parameters
    ----------
    fault
        What is wrong with it now.
    hit
        Set once a request has met the fault.
    """

    fault: Fault | None = None
    hit: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    listener: socket.socket | None = None
    port: int = 0

    def listen(self) -> None:
        """Take connections, at the same port each time."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(256)
        self.port = listener.getsockname()[1]
        self.listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def refuse(self) -> None:
        """Take no connections anymore."""
        listener, self.listener = self.listener, None
        if listener is not None:
            # This wakes up accept(), which closing alone does not.
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def begin(self, fault: Fault) -> None:
        """Have a fault from now on."""
        self.hit.clear()
        self.fault = fault
        if fault.change:
            fault.change(self)
        if fault.refuses:
            self.refuse()
            self.hit.set()

    def end(self) -> None:
        """Be well again."""
        fault, self.fault = self.fault, None
        if fault is not None and fault.refuses:
            self.listen()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                connection.settimeout(60)
                self._respond(connection)
            except OSError:
                return  # the client has given up

    def _respond(self, connection: socket.socket) -> None:
        head, body = _request(connection)
        if not head:
            return
        method, path, _ = head.split(" ", 2)
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        self.requests.append((method, path, form))
        fault = self.fault if self.fault is not None and path in self.fault.paths else None
        if fault is None:
            connection.sendall(self._bytes(self.answer(path, form)))
            return
        # An issuer that doesn't act still answers in the form of the fault.
        right: Scripted = self.answer(path, form) if fault.acts or path != TOKEN else (200, {}, b"{}")
        answered = fault.answer(right) if fault.answer else right
        self.hit.set()
        send = fault.send or (lambda client, content, _: client.sendall(content))
        send(connection, self._bytes(answered), self.ended)

    def _bytes(self, answered: Scripted) -> bytes:
        status, headers, body = answered
        usual = {"Date": formatdate(self.now(), usegmt=True), "Content-Length": str(len(body)), "Connection": "close"}
        lines = [f"HTTP/1.1 {status} Words", *(f"{name}: {value}" for name, value in {**usual, **headers}.items())]
        return "\r\n".join([*lines, "", ""]).encode() + body


def _request(connection: socket.socket) -> tuple[str, bytes]:
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
        if not piece:
            return "", b""  # killed in the middle of it
        body += piece
    return text, body


@contextmanager
def serve(**fields: Any) -> Iterator[Served]:
    """Run an issuer on a free port of the loopback."""
    issuer = Served(url="", **fields)
    issuer.listen()
    issuer.url = f"http://127.0.0.1:{issuer.port}/dex"
    try:
        yield issuer
    finally:
        issuer.ended.set()
        issuer.refuse()


def reset(connection: socket.socket, _: bytes, __: threading.Event) -> None:
    """Hang up with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def drop(_: socket.socket, __: bytes, ___: threading.Event) -> None:
    """Hang up without an answer."""


def half(connection: socket.socket, content: bytes, _: threading.Event) -> None:
    """Send all headers, and half of the body."""
    head, separator, body = content.partition(b"\r\n\r\n")
    connection.sendall(head + separator + body[: len(body) // 2])


def stall(_: socket.socket, __: bytes, ended: threading.Event) -> None:
    """Never answer."""
    ended.wait(60)


def stall_in_body(connection: socket.socket, content: bytes, ended: threading.Event) -> None:
    """Send a part of the body, and then nothing."""
    connection.sendall(content[: len(content) - 10])
    ended.wait(60)


def _endlessly(connection: socket.socket, first: bytes, piece: bytes, ended: threading.Event) -> None:
    connection.sendall(first)
    end = time.monotonic() + 60
    while time.monotonic() < end and not ended.wait(0.2):
        connection.sendall(piece)


def drip(connection: socket.socket, _: bytes, ended: threading.Event) -> None:
    """Send headers without end."""
    _endlessly(connection, b"HTTP/1.1 200 OK\r\n", b"x-drip: 1\r\n", ended)


def endless_line(connection: socket.socket, _: bytes, ended: threading.Event) -> None:
    """Send a header line without end, a few bytes at a time."""
    _endlessly(connection, b"HTTP/1.1 200 OK\r\nx-line: ", b"xxxx", ended)


def endless_continue(connection: socket.socket, _: bytes, ended: threading.Event) -> None:
    """Send interim answers without end."""
    _endlessly(connection, b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n", ended)


def drip_body(connection: socket.socket, content: bytes, ended: threading.Event) -> None:
    """Send the headers, and the body byte by byte without end."""
    head = content.partition(b"\r\n\r\n")[0].replace(b"Content-Length: ", b"Content-Length: 9")
    _endlessly(connection, head + b"\r\n\r\n", b" ", ended)


def endless_body(connection: socket.socket, _: bytes, ended: threading.Event) -> None:
    """Send a body without end, fast."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
    while not ended.is_set():
        connection.sendall(b" " * 65536)
