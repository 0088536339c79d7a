"""One way to the network for all requests: on real sockets, through a real proxy."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from jupyterlab_deploykf.core.apianswer import Shown
from jupyterlab_deploykf.core.network import CA_VARIABLES
from jupyterlab_deploykf.core.secret import Secret, bearer
from jupyterlab_deploykf.doctor.api import AtApi, Badge
from jupyterlab_deploykf.errors import ConfigurationError, DeployKFError
from jupyterlab_deploykf.io.headless import Browser
from jupyterlab_deploykf.io.http import TLS, Http
from jupyterlab_deploykf.io.network import find_network, make_pool
from jupyterlab_deploykf.io.probe import resolve, route_to, secure
from jupyterlab_deploykf.io.trouble import API
from jupyterlab_deploykf.kfp.guard import Guard

from ..support.frames import leaks
from ..support.servers import Raw, proxy_server, raw_server, response

JSON = {"Content-Type": "application/json"}
PASSWORD = "canary-of-the-proxy"
BASIC = "Basic bWU6Y2FuYXJ5LW9mLXRoZS1wcm94eQ=="

#: Makes one request to a URL, as a part of this package does it.
Part = Callable[[str, TLS], object]


class Nobody:
    """A credential for the guard."""

    def headers(self) -> dict[str, Secret]:
        return {"authorization": bearer("token")}

    def replace(self, refused: object) -> bool:
        return False

    def shown(self) -> Shown:
        return Shown("a token", "Log in.")

    def observe(self, headers: object) -> None:
        return


def by_issuer(url: str, tls: TLS) -> object:
    return Http(5).get(f"{url}/dex/keys", tls).status


def by_doctor(url: str, tls: TLS) -> object:
    check = AtApi(url, tls, Badge(Nobody().headers(), Nobody().shown()), 5).health()
    if check.state.value != "ok":
        raise DeployKFError(check.found, check.next_step or "")
    return check.state


def by_static_login(url: str, tls: TLS) -> object:
    browser = Browser(tls, API)
    try:
        return browser.get(f"{url}/pipeline").status
    finally:
        browser.close()


def by_kfp_client(url: str, tls: TLS) -> object:
    network = find_network(url, tls.ca_file, tls.skip_verify)
    return Guard(make_pool(network, retries=False), Nobody(), network).request("GET", f"{url}/apis").status


PARTS: list[Part] = [by_issuer, by_doctor, by_static_login, by_kfp_client]
NAMES = ("issuer", "doctor", "static login", "kfp client")


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without proxies and CAs."""
    proxies = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
    for name in (*proxies, *(name.upper() for name in proxies), *CA_VARIABLES):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def ca(tmp_path: Path) -> tuple[trustme.CA, str]:
    authority, path = trustme.CA(), tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return authority, str(path)


@contextmanager
def api(authority: trustme.CA | None = None) -> Iterator[tuple[Raw, str]]:
    """An API that answers everything with ``{}``; and its URL."""
    context = None
    if authority is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("127.0.0.1").configure_cert(context)
    with raw_server(lambda _: response(200, JSON, b"{}"), context) as server:
        yield server, server.url.replace("http:", "http:" if context is None else "https:")


@pytest.mark.parametrize("part", PARTS, ids=NAMES)
class TestEveryPart:
    @pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
    def test_takes_the_proxy_for_http(self, part: Part, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        with api() as (server, url), proxy_server(BASIC) as proxy:
            monkeypatch.setenv(name, f"http://me:{PASSWORD}@127.0.0.1:{proxy.port}")
            part(url, TLS())
            assert proxy.heads
            assert all(head.startswith(f"GET {url}/") for head in proxy.heads)
            assert len(server.heads) == len(proxy.heads)

    @pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "all_proxy"])
    def test_takes_the_proxy_for_https(
        self, part: Part, name: str, ca: tuple[trustme.CA, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with api(ca[0]) as (_, url), proxy_server(BASIC) as proxy:
            monkeypatch.setenv(name, f"http://me:{PASSWORD}@127.0.0.1:{proxy.port}")
            part(url, TLS(ca[1]))
            place = url.partition("://")[2]
            assert proxy.heads
            assert all(head.startswith(f"CONNECT {place} ") for head in proxy.heads)

    @pytest.mark.parametrize("entry", ["127.0.0.1", "127.0.0.0/8", "*", "127.0.0.1:{port}"])
    def test_goes_straight_if_no_proxy_says_so(self, part: Part, entry: str, monkeypatch: pytest.MonkeyPatch) -> None:
        with api() as (server, url), proxy_server() as proxy:
            monkeypatch.setenv("http_proxy", proxy.url)
            monkeypatch.setenv("NO_PROXY", entry.format(port=server.port))
            part(url, TLS())
            assert (proxy.heads, bool(server.heads)) == ([], True)

    @pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
    def test_trusts_the_cas_of_the_environment(
        self, part: Part, name: str, ca: tuple[trustme.CA, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(name, ca[1])
        with api(ca[0]) as (_, url):
            part(url, TLS())

    def test_trusts_a_cluster_s_cas_before_them(
        self, part: Part, ca: tuple[trustme.CA, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = tmp_path / "other.pem"
        trustme.CA().cert_pem.write_to_path(str(other))
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
            monkeypatch.setenv(name, str(other))
        with api(ca[0]) as (_, url):
            part(url, TLS(ca[1]))
            with pytest.raises(DeployKFError, match="can't be trusted"):
                part(url, TLS())

    def test_leaves_the_certificate_unchecked_if_the_cluster_says_so(
        self, part: Part, ca: tuple[trustme.CA, str]
    ) -> None:
        with api(ca[0]) as (_, url):
            part(url, TLS(skip_verify=True))

    @pytest.mark.parametrize("credentials", ["", f"me:{PASSWORD}x@"])
    def test_says_that_the_proxy_wants_credentials(
        self, part: Part, credentials: str, ca: tuple[trustme.CA, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with api(ca[0]) as (_, secured), api() as (_, plain), proxy_server(BASIC) as proxy:
            for name, url in (("HTTPS_PROXY", secured), ("HTTP_PROXY", plain)):
                monkeypatch.setenv(name, f"http://{credentials}127.0.0.1:{proxy.port}")
                with pytest.raises(DeployKFError) as caught:
                    part(url, TLS(ca[1]))
                text = str(caught.value)
                assert f"The proxy {proxy.url} does not connect to 127.0.0.1:" in text
                assert "407" in text
                assert f"Set {name}" in text
                assert "NO_PROXY" in text
                assert PASSWORD not in text

    def test_says_that_the_proxy_refuses(
        self, part: Part, ca: tuple[trustme.CA, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with api(ca[0]) as (_, url), proxy_server(refuse=403) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.url)
            with pytest.raises(DeployKFError, match=r"does not connect to .*403") as caught:
                part(url, TLS(ca[1]))
        assert "NO_PROXY" in caught.value.next_step

    def test_says_that_the_proxy_is_not_there(self, part: Part, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:{PASSWORD}@127.0.0.1:9")
        with pytest.raises(DeployKFError, match=r"The proxy .* does not answer .*127\.0\.0\.1:9") as caught:
            part("https://deploykf.example.com", TLS())
        assert PASSWORD not in str(caught.value)
        if part is by_kfp_client:
            assert leaks(caught.value, PASSWORD) == []

    def test_says_which_variable_is_no_proxy(self, part: Part, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("http_proxy", "http://proxy:port")
        with pytest.raises(DeployKFError, match="http_proxy"):
            part("http://deploykf.example.com", TLS())

    def test_says_that_a_package_is_missing_for_socks(self, part: Part, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTPS_PROXY", "socks5://127.0.0.1:1080")
        with pytest.raises(DeployKFError, match="SOCKS"):
            part("https://deploykf.example.com", TLS())

    def test_says_which_ca_file_can_not_be_read(self, part: Part, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(DeployKFError, match=r"/no/such/ca\.pem can't be read"):
            part("https://127.0.0.1:9", TLS("/no/such/ca.pem"))
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such/bundle.pem")
        with pytest.raises(DeployKFError, match="REQUESTS_CA_BUNDLE"):
            part("https://127.0.0.1:9", TLS())

    def test_says_that_a_ca_file_is_no_certificate(self, part: Part, tmp_path: Path) -> None:
        path = tmp_path / "ca.pem"
        path.write_text("no certificate")
        with api(trustme.CA()) as (_, url), pytest.raises(DeployKFError, match=f"{path} holds no certificate"):
            part(url, TLS(str(path)))


class TestProbe:
    def test_a_folder_of_cas_is_one_too(
        self, ca: tuple[trustme.CA, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = tmp_path / "certs"
        folder.mkdir()
        monkeypatch.setenv("SSL_CERT_DIR", str(folder))
        with api(ca[0]) as (_, url):
            assert "SSL_CERT_DIR" in secure(url, TLS(), 5).trusted

    def test_a_variable_that_is_no_proxy_is_a_line_of_the_doctor(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("https_proxy", "http://proxy:port")
        route = route_to("https://deploykf.example.com/dex")
        problem = resolve(route, 1).problem
        assert isinstance(problem, ConfigurationError)
        assert "https_proxy" in problem.message


def test_netrc_and_other_settings_of_requests_are_none_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password canary\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with api() as (server, url):
        by_issuer(url, TLS())
        by_static_login(url, TLS())
    assert "authorization" not in "".join(server.heads).lower()
