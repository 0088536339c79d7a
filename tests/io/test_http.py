"""HTTP that is bounded, whatever the other side does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from jupyterlab_deploykf.errors import ApiUnreachable, ConfigurationError, IssuerUnreachable
from jupyterlab_deploykf.io import http
from jupyterlab_deploykf.io.headless import Browser
from jupyterlab_deploykf.io.http import TLS, Http
from jupyterlab_deploykf.io.trouble import API

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


def test_a_sign_in_page_is_bounded_as_well() -> None:
    browser = Browser(TLS(), API, timeout=0.3)
    with dripping_server(b"x" * 400, 0.02) as (url, _), pytest.raises(ApiUnreachable, match="too slowly"):
        browser.get(url)
    browser.close()


def test_an_answer_that_is_too_large_is_not_read_to_its_end(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_BODY", 1000)
    issuer.scripted["/dex/keys"] = (200, {}, b"x" * 5000)
    with pytest.raises(IssuerUnreachable, match="more than an issuer should"):
        Http().get(f"{issuer.url}/keys", TLS())


def test_a_ca_file_that_is_not_there_is_a_matter_of_configuration() -> None:
    with pytest.raises(ConfigurationError, match=r"/no/such/ca\.pem"):
        Http().get("https://127.0.0.1:9/", TLS(ca_file="/no/such/ca.pem"))


def test_a_form_does_not_show_its_fields() -> None:
    assert "canary" not in repr(http.Form({"refresh_token": "canary"}))
