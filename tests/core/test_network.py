"""Which proxy and which CAs a request goes by: every setting."""

from __future__ import annotations

import pytest

from jupyterlab_deploykf.core.host import Origin
from jupyterlab_deploykf.core.network import decide_network, find_proxy, parse_proxy
from jupyterlab_deploykf.core.secret import Secret
from jupyterlab_deploykf.errors import ConfigurationError

HTTPS = Origin("https", "deploykf.example.com", 443)
HTTP = Origin("http", "deploykf.example.com", 80)
PROXY, OTHER = "http://proxy.example.com:3128", "http://other.example.com:8080"


@pytest.mark.parametrize(
    ("environ", "origin", "expected"),
    [
        ({}, HTTPS, None),
        ({"HTTPS_PROXY": PROXY}, HTTPS, PROXY),
        ({"https_proxy": PROXY}, HTTPS, PROXY),
        ({"https_proxy": PROXY, "HTTPS_PROXY": OTHER}, HTTPS, PROXY),
        ({"https_proxy": "", "HTTPS_PROXY": OTHER}, HTTPS, None),
        ({"HTTPS_PROXY": ""}, HTTPS, None),
        ({"HTTPS_PROXY": "  "}, HTTPS, None),
        ({"HTTPS_PROXY": f" {PROXY}\n"}, HTTPS, PROXY),
        ({"HTTP_PROXY": PROXY}, HTTPS, None),
        ({"HTTP_PROXY": PROXY}, HTTP, PROXY),
        ({"HTTPS_PROXY": PROXY}, HTTP, None),
        ({"HTTP_PROXY": PROXY, "REQUEST_METHOD": "GET"}, HTTP, None),
        ({"http_proxy": PROXY, "REQUEST_METHOD": "GET"}, HTTP, PROXY),
        ({"ALL_PROXY": PROXY}, HTTPS, PROXY),
        ({"all_proxy": PROXY}, HTTP, PROXY),
        ({"ALL_PROXY": OTHER, "HTTPS_PROXY": PROXY}, HTTPS, PROXY),
        ({"HTTPS_PROXY": "proxy.example.com"}, HTTPS, "http://proxy.example.com:80"),
        ({"HTTPS_PROXY": "proxy.example.com:3128"}, HTTPS, PROXY),
        ({"HTTPS_PROXY": "http://proxy.example.com:3128/"}, HTTPS, PROXY),
        ({"HTTPS_PROXY": "HTTP://Proxy.Example.com:3128"}, HTTPS, PROXY),
        ({"HTTPS_PROXY": "https://proxy.example.com"}, HTTPS, "https://proxy.example.com:443"),
        ({"HTTPS_PROXY": "socks5h://proxy.example.com"}, HTTPS, "socks5h://proxy.example.com:1080"),
        ({"HTTPS_PROXY": "http://[::1]:3128"}, HTTPS, "http://[::1]:3128"),
        ({"HTTPS_PROXY": "http://me:pw@proxy.example.com:3128"}, HTTPS, PROXY),
    ],
)
def test_the_proxy_of_an_origin(environ: dict[str, str], origin: Origin, expected: str | None) -> None:
    proxy = find_proxy(origin, environ)
    assert (proxy.shown if proxy else None) == expected


@pytest.mark.parametrize(
    ("no_proxy", "url", "is_direct"),
    [
        ("", "https://deploykf.example.com", False),
        (",, ,", "https://deploykf.example.com", False),
        ("*", "https://deploykf.example.com", True),
        ("localhost, *", "https://deploykf.example.com", True),
        ("deploykf.example.com", "https://deploykf.example.com", True),
        ("DEPLOYKF.Example.com", "https://deploykf.example.com", True),
        ("localhost,.example.com", "https://deploykf.example.com", True),
        (" example.com ", "https://deploykf.example.com", True),
        (".example.com", "https://example.com", True),
        ("ploykf.example.com", "https://deploykf.example.com", False),
        ("evil-example.com", "https://example.com", False),
        ("example.com", "https://evil-example.com", False),
        ("com", "https://example.com", True),
        ("deploykf.example.com:443", "https://deploykf.example.com", True),
        ("deploykf.example.com:8443", "https://deploykf.example.com", False),
        ("deploykf.example.com:8443", "https://deploykf.example.com:8443", True),
        (".example.com:8443", "https://deploykf.example.com:8443", True),
        ("10.0.0.0/8", "https://10.1.2.3", True),
        ("10.0.0.0/8", "https://11.1.2.3", False),
        ("10.1.2.3/8", "https://10.9.9.9", True),
        ("10.1.2.3", "https://10.1.2.3:8443", True),
        ("10.1.2.3:8443", "https://10.1.2.3:8443", True),
        ("10.1.2.3:8443", "https://10.1.2.3", False),
        ("0.0.1", "https://127.0.0.1", False),
        ("1", "https://127.0.0.1", False),
        ("::1", "https://[::1]", True),
        ("[::1]", "https://[::1]", True),
        ("[::1]:8443", "https://[::1]:8443", True),
        ("[::1]:8443", "https://[::1]", False),
        ("fd00::/8", "https://[fd00::1]", True),
        ("10.0.0.0/99", "https://10.1.2.3", False),
        ("10.0.0.0/8", "https://deploykf.example.com", False),
    ],
)
@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_what_is_reached_without_the_proxy(no_proxy: str, url: str, is_direct: bool, name: str) -> None:
    environ = {"HTTPS_PROXY": PROXY, name: no_proxy}
    found = decide_network(url, None, False, environ, lambda _: False)
    assert (found.proxy is None) is is_direct


def test_the_lower_case_no_proxy_counts_first_unless_it_is_empty() -> None:
    environ = {"HTTPS_PROXY": PROXY, "NO_PROXY": "deploykf.example.com"}
    assert find_proxy(HTTPS, {**environ, "no_proxy": "elsewhere"}) is not None
    assert find_proxy(HTTPS, {**environ, "no_proxy": ""}) is None


@pytest.mark.parametrize(
    "value",
    [
        "http://proxy:port",
        "http://proxy:99999",
        "http://proxy:0",
        "http://proxy:",
        "http://me:canary@proxy:port",
        "ftp://proxy:21",
        "http://",
        "://proxy",
        "http://[::1",
        "http://a b",
        "http://proxy/path",
        "http://proxy?x",
        "http://proxy\\@evil",
        "http://a@b@c",
        "http://é",
        "\x00",
    ],
)
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"])
def test_a_variable_that_is_no_proxy_is_named_and_not_repeated(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=f"The variable {name} ") as caught:
        find_proxy(HTTPS, {name: value})
    assert "canary" not in str(caught.value)
    assert "Traceback" not in str(caught.value)
    # It is nobody's trouble who doesn't need it.
    assert find_proxy(HTTPS, {name: value, "NO_PROXY": "*"}) is None


def test_a_password_is_hidden_and_sent_as_it_is() -> None:
    proxy = parse_proxy("HTTPS_PROXY", Secret("http://me%40example.com:can%3Aary@proxy.example.com:3128"))
    assert proxy.authorization() == {"Proxy-Authorization": "Basic bWVAZXhhbXBsZS5jb206Y2FuOmFyeQ=="}
    assert proxy.url() == "http://me%40example.com:can%3Aary@proxy.example.com:3128"
    assert "can%3Aary" not in f"{proxy!r} {proxy.shown} {proxy.url()!r} {proxy.authorization()!r}"
    assert parse_proxy("x", Secret("http://me@proxy")).authorization() == {"Proxy-Authorization": "Basic bWU6"}
    assert parse_proxy("x", Secret("http://proxy")).authorization() == {}


URL = "https://deploykf.example.com/dex"


@pytest.mark.parametrize(
    ("ca_file", "environ", "authorities", "variable"),
    [
        (None, {}, None, None),
        ("/cluster.pem", {}, "/cluster.pem", None),
        ("/cluster.pem", {"REQUESTS_CA_BUNDLE": "/r.pem", "SSL_CERT_FILE": "/s.pem"}, "/cluster.pem", None),
        (None, {"REQUESTS_CA_BUNDLE": "/r.pem"}, "/r.pem", "REQUESTS_CA_BUNDLE"),
        (None, {"CURL_CA_BUNDLE": "/c.pem"}, "/c.pem", "CURL_CA_BUNDLE"),
        (None, {"SSL_CERT_FILE": "/s.pem"}, "/s.pem", "SSL_CERT_FILE"),
        (None, {"SSL_CERT_DIR": "/certs"}, "/certs", "SSL_CERT_DIR"),
        (None, {"SSL_CERT_DIR": "/gone:/certs:/more"}, "/certs", "SSL_CERT_DIR"),
        (None, {"SSL_CERT_FILE": "/gone"}, None, None),
        (None, {"SSL_CERT_FILE": "/gone", "SSL_CERT_DIR": "/certs"}, "/certs", "SSL_CERT_DIR"),
        (None, {"SSL_CERT_DIR": ":"}, None, None),
        # requests fails at it, so it is said.
        (None, {"REQUESTS_CA_BUNDLE": "/gone", "SSL_CERT_FILE": "/s.pem"}, "/gone", "REQUESTS_CA_BUNDLE"),
        (None, {"REQUESTS_CA_BUNDLE": "", "CURL_CA_BUNDLE": "/c.pem"}, "/c.pem", "CURL_CA_BUNDLE"),
        (
            None,
            {"REQUESTS_CA_BUNDLE": "/r.pem", "CURL_CA_BUNDLE": "/c.pem", "SSL_CERT_FILE": "/s.pem"},
            "/r.pem",
            "REQUESTS_CA_BUNDLE",
        ),
        (None, {"CURL_CA_BUNDLE": "/c.pem", "SSL_CERT_FILE": "/s.pem"}, "/c.pem", "CURL_CA_BUNDLE"),
    ],
)
@pytest.mark.parametrize("skip", [False, True])
def test_the_cas_of_a_request(
    ca_file: str | None, environ: dict[str, str], authorities: str | None, variable: str | None, skip: bool
) -> None:
    found = decide_network(URL, ca_file, skip, environ, lambda path: "gone" not in path)
    assert (found.authorities, found.variable, found.verify) == (authorities, variable, not skip)


@pytest.mark.parametrize("url", ["", "nonsense", "http://[", "https://a\\@b/", "https://a:99999/", "ftp://a/"])
def test_an_address_that_is_none_is_an_error_of_ours(url: str) -> None:
    with pytest.raises(ConfigurationError):
        decide_network(url, None, False, {}, lambda _: True)
