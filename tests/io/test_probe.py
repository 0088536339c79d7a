"""The way to a server, on real sockets."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from jupyterlab_deploykf.io.http import TLS
from jupyterlab_deploykf.io.limit import within
from jupyterlab_deploykf.io.probe import can_tunnel, connect, resolve, route_to, secure

from ..support.issuer import serve_issuer

PATIENCE = 5.0
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*_PROXIES, *(name.upper() for name in _PROXIES), "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def ca(tmp_path: Path) -> tuple[trustme.CA, str]:
    """An authority that nobody trusts by default, and its file."""
    authority, path = trustme.CA(), tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return authority, str(path)


@contextmanager
def served(authority: trustme.CA, name: str = "127.0.0.1", *, expired: bool = False) -> Iterator[str]:
    """A server on https; its URL."""
    ends = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1) if expired else None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name, not_after=ends).configure_cert(context)
    with serve_issuer(context) as issuer:
        yield issuer.url


@contextmanager
def hung() -> Iterator[int]:
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


class TestName:
    def test_an_address_is_its_own(self) -> None:
        assert resolve(route_to("http://127.0.0.1:8080/dex"), PATIENCE).addresses == ("127.0.0.1",)

    def test_a_name_that_is_known(self) -> None:
        assert "127.0.0.1" in resolve(route_to("https://localhost/dex"), PATIENCE).addresses

    @pytest.mark.parametrize("host", ["host.invalid", "a" * 64 + ".example.com"])
    def test_a_name_that_is_not(self, host: str) -> None:
        problem = resolve(route_to(f"https://{host}/dex"), PATIENCE).problem
        assert problem is not None
        assert problem.message == f"The name {host} is not known here."
        assert "VPN" in problem.next_step

    def test_a_resolver_that_hangs_is_not_waited_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        release = threading.Event()
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: release.wait(60))
        problem = resolve(route_to("https://deploykf.example.com/dex"), 0.1).problem
        release.set()
        assert problem is not None
        assert "does not answer in time" in problem.message


class TestConnection:
    def test_someone_listens(self) -> None:
        with hung() as port:
            found = connect(route_to(f"http://127.0.0.1:{port}/dex"), PATIENCE)
        assert found.problem is None
        assert 0 <= found.seconds < PATIENCE

    def test_nobody_does(self) -> None:
        port = free_port()
        problem = connect(route_to(f"https://127.0.0.1:{port}/dex"), PATIENCE).problem
        assert problem is not None
        assert problem.code == "issuer_unreachable"
        assert problem.message == f"127.0.0.1:{port} refuses the connection."


class TestCertificate:
    def test_one_of_a_trusted_ca(self, ca: tuple[trustme.CA, str]) -> None:
        with served(ca[0]) as url:
            found = secure(url, TLS(ca_file=ca[1]), PATIENCE)
        assert found.problem is None
        assert found.expires_at is not None
        assert found.expires_at > time.time()
        assert ca[1] in found.trusted

    def test_a_ca_of_the_environment_counts_as_it_does_for_requests(
        self, ca: tuple[trustme.CA, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", ca[1])
        with served(ca[0]) as url:
            found = secure(url, TLS(), PATIENCE)
        assert found.problem is None
        assert "REQUESTS_CA_BUNDLE" in found.trusted

    @pytest.mark.parametrize("skip", [False, True])
    def test_one_that_nobody_vouches_for(self, ca: tuple[trustme.CA, str], skip: bool) -> None:
        with served(ca[0]) as url:
            problem = secure(url, TLS(skip_verify=skip), PATIENCE).problem
        assert problem is not None
        assert problem.code == "certificate_untrusted"
        assert "not one that this machine trusts" in problem.message

    def test_one_that_has_expired(self, ca: tuple[trustme.CA, str]) -> None:
        with served(ca[0], expired=True) as url:
            problem = secure(url, TLS(ca_file=ca[1]), PATIENCE).problem
        assert problem is not None
        assert "its certificate has expired" in problem.message

    def test_one_of_another_name(self, ca: tuple[trustme.CA, str]) -> None:
        with served(ca[0], "elsewhere.example.com") as url:
            problem = secure(url, TLS(ca_file=ca[1]), PATIENCE).problem
        assert problem is not None
        assert "not valid for this name" in problem.message

    def test_a_ca_file_that_is_not_there(self, ca: tuple[trustme.CA, str]) -> None:
        with served(ca[0]) as url:
            problem = secure(url, TLS(ca_file="/no/such/ca.pem"), PATIENCE).problem
        assert problem is not None
        assert problem.message == "The CA file /no/such/ca.pem can't be read."

    def test_a_server_that_does_not_speak_tls(self) -> None:
        with serve_issuer() as issuer:
            problem = secure(issuer.url.replace("http:", "https:"), TLS(), PATIENCE).problem
        assert problem is not None
        assert "does not speak https" in problem.message

    def test_a_server_that_says_nothing_is_not_waited_for(self) -> None:
        with hung() as port:
            problem = secure(f"https://127.0.0.1:{port}/dex", TLS(), 0.2).problem
        assert problem is not None
        assert "does not answer in time" in problem.message


class TestProxy:
    def test_it_is_named_without_its_password(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTPS_PROXY", "http://me:canary@proxy.example.com:3128")
        route = route_to("https://deploykf.example.com/dex")
        assert (route.proxy, route.near) == ("http://proxy.example.com:3128", "proxy.example.com:3128")
        assert "canary" not in repr(route)

    def test_a_host_that_it_is_not_for_is_reached_without_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:3128")
        monkeypatch.setenv("NO_PROXY", "deploykf.example.com")
        route = route_to("https://deploykf.example.com/dex")
        assert (route.proxy, route.near) == (None, "deploykf.example.com:443")

    def test_a_certificate_is_looked_at_through_it(
        self, ca: tuple[trustme.CA, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with served(ca[0]) as url, forward_proxy() as (port, heard):
            monkeypatch.setenv("HTTPS_PROXY", f"http://me:canary@127.0.0.1:{port}")
            found = secure(url, TLS(ca_file=ca[1]), PATIENCE)
        assert found.problem is None
        assert heard[0].startswith(f"CONNECT {url[8:-4]} HTTP/1.")
        assert "Proxy-Authorization: Basic bWU6Y2FuYXJ5" in heard[0]

    def test_one_that_refuses_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with forward_proxy("HTTP/1.1 403 Forbidden") as (port, _):
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
            problem = secure("https://deploykf.example.com/dex", TLS(), PATIENCE).problem
        assert problem is not None
        assert f"The proxy http://127.0.0.1:{port} does not connect to deploykf.example.com:443" in problem.message
        assert "403" in problem.message

    def test_a_proxy_of_another_kind_can_not_be_looked_into(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert can_tunnel("https://deploykf.example.com/dex")
        monkeypatch.setenv("HTTPS_PROXY", "socks5://127.0.0.1:1080")
        assert not can_tunnel("https://deploykf.example.com/dex")
        assert route_to("https://deploykf.example.com/dex").near == "127.0.0.1:1080"


@contextmanager
def forward_proxy(answer: str = "HTTP/1.1 200 OK") -> Iterator[tuple[int, list[str]]]:
    """A proxy for one connection: its port, and what it was asked."""
    heard: list[str] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        client, _ = listener.accept()
        with client:
            heard.append(client.recv(65536).decode())
            client.sendall(f"{answer}\r\n\r\n".encode())
            if "200" not in answer:
                return
            host, _, port = heard[0].split()[1].partition(":")
            with socket.create_connection((host, int(port))) as server:
                pumps = [threading.Thread(target=pump, args=pair) for pair in ((client, server), (server, client))]
                for each in pumps:
                    each.start()
                for each in pumps:
                    each.join(20)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1], heard
    finally:
        thread.join(20)
        listener.close()


def pump(source: socket.socket, target: socket.socket) -> None:
    """Pass on what comes, and the end of it."""
    try:
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return  # the other side has hung up


def test_trouble_in_time_is_the_caller_s() -> None:
    def fail() -> None:
        raise ValueError("its own")

    with pytest.raises(ValueError, match="its own"):
        within(PATIENCE, fail)
    assert within(PATIENCE, lambda: None) is None
