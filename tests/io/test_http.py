"""HTTP that is bounded, whatever the other side does."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain, count, repeat

import pytest

from jupyterlab_deploykf.errors import ApiUnreachable, ConfigurationError, IssuerUnreachable
from jupyterlab_deploykf.io import http
from jupyterlab_deploykf.io.headless import Browser
from jupyterlab_deploykf.io.http import TLS, Connections, Form, Http
from jupyterlab_deploykf.io.trouble import API, ISSUER

from ..support.issuer import Issuer


@contextmanager
def dripping_server(body: bytes, interval: float) -> Iterator[tuple[str, list[int]]]:
    """A server that sends its body a byte at a time, and hangs up when it is told to."""
    stop = threading.Event()
    sent: list[int] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body))
            for index in range(len(body)):
                if stop.wait(interval):
                    return
                try:
                    connection.sendall(body[index : index + 1])
                except OSError:
                    return  # the client has given up, as it should
                sent.append(index)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/", sent
    finally:
        stop.set()
        thread.join(20)
        listener.close()


def test_an_answer_that_drips_is_not_waited_for() -> None:
    body = b"x" * 400
    with dripping_server(body, 0.02) as (url, sent):
        with pytest.raises(IssuerUnreachable, match="too slowly"):
            Http(timeout=0.3).get(url, TLS())
        assert len(sent) < len(body)


def serve_bytes(listener: socket.socket, pieces: Iterator[bytes], stop: threading.Event) -> None:
    connection, _ = listener.accept()
    with connection:
        for piece in pieces:
            if stop.wait(0.005):
                return
            try:
                connection.sendall(piece)
            except OSError:
                return  # the client has given up, as it should
        stop.wait(20)


@contextmanager
def endless_server(pieces: Iterator[bytes]) -> Iterator[str]:
    """A server that sends what it is given, a piece every few milliseconds, and then hangs."""
    stop = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=serve_bytes, args=(listener, pieces, stop))
    thread.start()
    try:
        yield f"//127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        stop.set()
        with suppress(OSError), socket.create_connection(listener.getsockname(), timeout=1):
            pass  # nobody may have connected
        thread.join(20)
        listener.close()


def drips(text: bytes) -> Iterator[bytes]:
    return (bytes([octet]) for octet in text)


@pytest.mark.parametrize(
    ("scheme", "pieces"),
    [
        ("http", lambda: iter(())),
        ("http", lambda: repeat(b"HTTP/1.1 100 Continue\r\n\r\n")),
        ("http", lambda: chain([b"HTTP/1.1 200 OK\r\nX-Endless: "], repeat(b"x"))),
        ("http", lambda: chain([b"HTTP/1.1 200 OK\r\n"], (b"X-%d: y\r\n" % i for i in count()))),
        ("http", lambda: drips(b"HTTP/1.1 200 OK\r\n" * 500)),
        ("http", lambda: chain([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"], repeat(b"1\r\nx\r\n"))),
        ("https", lambda: iter(())),
        ("https", lambda: repeat(b"\x16")),
    ],
    ids=["silence", "100-continue", "header-line", "headers", "drips", "chunks", "handshake", "handshake-drips"],
)
def test_the_whole_exchange_has_one_deadline(scheme: str, pieces: Callable[[], Iterator[bytes]]) -> None:
    with endless_server(pieces()) as place:
        started = time.monotonic()
        with pytest.raises(IssuerUnreachable):
            Http(timeout=0.3).get(scheme + ":" + place, TLS())
        assert time.monotonic() - started < 3.0
        # What waited has ended too, and not only been left to itself.
        deadline = time.monotonic() + 10
        while any(t.name == "deploykf-http" for t in threading.enumerate()) and time.monotonic() < deadline:
            threading.Event().wait(0.01)
        assert not any(t.name == "deploykf-http" for t in threading.enumerate())


def test_a_name_that_is_never_resolved_has_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    lets_the_process_end: list[bool] = []

    def hang(*_: object, **__: object) -> list[object]:
        lets_the_process_end.append(threading.current_thread().daemon)
        go_on.wait(20)
        return []

    monkeypatch.setattr("socket.getaddrinfo", hang)
    started = time.monotonic()
    with pytest.raises(IssuerUnreachable, match="in time"):
        Http(timeout=0.2).get("http://deploykf.example.com/dex", TLS())
    assert time.monotonic() - started < 3.0
    go_on.set()
    assert lets_the_process_end == [True]


@pytest.mark.parametrize(
    ("pieces", "is_unknown"),
    [
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"], True),
        ([b"HTTP/1.1 200 OK\r\nContent-Le"], True),
        ([b"no HTTP\r\n\r\n"], True),
    ],
)
def test_it_is_known_whether_a_request_may_have_arrived(issuer: Issuer, pieces: list[bytes], is_unknown: bool) -> None:
    with endless_server(iter(pieces)) as place, pytest.raises(IssuerUnreachable) as caught:
        Http(timeout=0.3).post_form(f"http:{place}", {"refresh_token": "canary"}, TLS())
    assert caught.value.outcome_unknown is is_unknown
    listener = socket.create_server(("127.0.0.1", 0))
    closed = listener.getsockname()[1]
    listener.close()
    with pytest.raises(IssuerUnreachable, match="refuses") as caught:
        Http(timeout=10).post_form(f"http://127.0.0.1:{closed}/", {}, TLS())
    assert not caught.value.outcome_unknown
    # A server that speaks no TLS has not read the request.
    with pytest.raises(IssuerUnreachable) as caught:
        Http(timeout=10).post_form(issuer.url.replace("http:", "https:"), {}, TLS())
    assert not caught.value.outcome_unknown


def test_a_sign_in_page_is_bounded_as_well() -> None:
    browser = Browser(TLS(), API, timeout=0.3)
    with dripping_server(b"x" * 400, 0.02) as (url, _), pytest.raises(ApiUnreachable, match="too slowly"):
        browser.get(url)
    browser.close()


@contextmanager
def keeping_server(*answers: bytes | None) -> Iterator[str]:
    """Answer one request after the other, on a connection that is kept; None leaves it without an answer."""
    listener = socket.create_server(("127.0.0.1", 0))
    left = list(answers)

    def serve() -> None:
        while left:
            client, _ = listener.accept()
            client.settimeout(20)
            with client, suppress(OSError):
                while left and client.recv(65536):
                    answer = left.pop(0)
                    if answer is None:
                        while client.recv(65536):  # until the client has given up
                            pass
                        break
                    client.sendall(answer)

    serving = threading.Thread(target=serve)
    serving.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        serving.join(20)
        listener.close()


_HI = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


def test_a_request_is_told_of_by_itself_on_a_connection_that_is_kept() -> None:
    with keeping_server(_HI, None) as url, Connections(TLS(), ISSUER, 0.5) as connections:
        assert connections.ask("GET", url, {}).body == b"hi"
        with pytest.raises(IssuerUnreachable, match="does not answer in time") as caught:
            connections.ask("POST", url, {}, Form({"refresh_token": "canary"}))
        assert caught.value.outcome_unknown


def test_after_an_answer_that_did_not_come_the_next_request_has_its_own() -> None:
    with keeping_server(None, _HI) as url, Connections(TLS(), ISSUER, 0.5) as connections:
        with pytest.raises(IssuerUnreachable, match="in time"):
            connections.ask("GET", url, {})
        assert connections.ask("GET", url, {}).body == b"hi"


def test_an_answer_that_is_too_large_is_not_read_to_its_end(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_BODY", 1000)
    issuer.scripted["/dex/keys"] = (200, {}, b"x" * 5000)
    with pytest.raises(IssuerUnreachable, match="more than an issuer should"):
        Http().get(f"{issuer.url}/keys", TLS())


def test_an_answer_that_never_ends_is_given_up_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_BODY", 1000)
    pieces = chain([b"HTTP/1.1 200 OK\r\n\r\n"], repeat(b"x" * 200))
    with endless_server(pieces) as place, pytest.raises(IssuerUnreachable, match="more than an issuer should"):
        Http(timeout=5).get(f"http:{place}", TLS())


def test_a_ca_file_that_is_not_there_is_a_matter_of_configuration() -> None:
    with pytest.raises(ConfigurationError, match=r"/no/such/ca\.pem"):
        Http().get("https://127.0.0.1:9/", TLS(ca_file="/no/such/ca.pem"))


def test_a_form_does_not_show_its_fields() -> None:
    assert "canary" not in repr(http.Form({"refresh_token": "canary"}))


def test_without_a_thread_it_is_done_all_the_same(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(_: threading.Thread) -> None:
        raise RuntimeError("can't create new thread at interpreter shutdown")

    with monkeypatch.context() as ending:
        ending.setattr(threading.Thread, "start", none_left)
        http.start(threading.Thread(target=issuer.requests.append, args=(("", "", {}),)))
    assert len(issuer.requests) == 1
