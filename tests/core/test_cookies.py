"""Who may set a cookie, and who gets it (RFC 6265)."""

from __future__ import annotations

import pytest

from jupyterlab_deploykf.core.cookies import Jar, domain_matches, parse_cookie, path_matches
from jupyterlab_deploykf.core.secret import Secret

NOW = 1_800_000_000.0
AT = "https://deploykf.example.com:8443/dex/auth/local"


@pytest.mark.parametrize(
    ("host", "domain", "expected"),
    [
        ("example.com", "example.com", True),
        ("deploykf.example.com", "example.com", True),
        ("evil-example.com", "example.com", False),
        ("evilexample.com", "example.com", False),
        ("example.com.evil.example", "example.com", False),
        ("example.com", "deploykf.example.com", False),
        ("127.0.0.1", "0.0.1", False),
        ("127.0.0.1", "1", False),
        ("127.0.0.1", "127.0.0.1", True),
        ("10.127.0.0.1", "127.0.0.1", True),
        ("::1", "1", False),
        ("localhost", "local", False),
        ("localhost", "localhost", True),
        ("x.localhost", "localhost", True),
    ],
)
def test_a_domain_counts_by_whole_labels(host: str, domain: str, expected: bool) -> None:
    assert domain_matches(host, domain) is expected


@pytest.mark.parametrize(
    ("path", "cookie_path", "expected"),
    [
        ("/pipeline", "/", True),
        ("/pipeline", "/pipeline", True),
        ("/pipeline/apis", "/pipeline", True),
        ("/pipeline/apis", "/pipeline/", True),
        ("/pipelines", "/pipeline", False),
        ("/", "/pipeline", False),
    ],
)
def test_a_path_counts_by_whole_segments(path: str, cookie_path: str, expected: bool) -> None:
    assert path_matches(path, cookie_path) is expected


@pytest.mark.parametrize(
    ("line", "hosts"),
    [
        ("a=1", {"deploykf.example.com"}),
        ("a=1; Domain=", {"deploykf.example.com"}),
        ("a=1; Domain=deploykf.example.com", {"deploykf.example.com", "x.deploykf.example.com"}),
        (
            "a=1; Domain=.Example.COM",
            {f"{name}example.com" for name in ("", "deploykf.", "x.deploykf.", "dex.", "evildeploykf.")},
        ),
        ("a=1; Domain=evil.example", set()),
        ("a=1; Domain=x.deploykf.example.com", set()),
        ("a=1; Domain=com", set()),
        ("a=1; Domain=.", {"deploykf.example.com"}),
    ],
)
def test_a_host_gets_the_cookies_of_its_domain(line: str, hosts: set[str]) -> None:
    jar = Jar()
    jar.keep(AT, [line], NOW)
    asked = {"deploykf.example.com", "x.deploykf.example.com", "example.com", "dex.example.com", "com", "evil.example"}
    asked |= {"evil-example.com", "evildeploykf.example.com", "deploykf.example.com.evil.example"}
    assert {host for host in asked if jar.cookies(host)} == hosts
    assert {host for host in asked if jar.header(f"https://{host}/dex/auth/x")} == hosts


def test_the_port_does_not_count_and_the_scheme_does() -> None:
    jar = Jar()
    jar.keep(AT, ["secure=1; Secure; Path=/", "plain=2; path=/"], NOW)
    assert jar.header("https://deploykf.example.com/") == "secure=1; plain=2"
    assert jar.header("http://deploykf.example.com:80/") == "plain=2"
    assert [cookie.name for cookie in jar.cookies("deploykf.example.com", "/", is_secure=False)] == ["plain"]


def test_the_path_counts_and_is_by_default_the_page_s_folder() -> None:
    jar = Jar()
    jar.keep(AT, ["a=1", "b=2; Path=/pipeline", "c=3; Path=relative"], NOW)
    assert jar.header("https://deploykf.example.com/dex/auth/ldap") == "a=1; c=3"
    assert jar.header("https://deploykf.example.com/pipeline/apis") == "b=2"
    assert jar.header("https://deploykf.example.com/") is None


def test_the_longer_path_wins() -> None:
    jar = Jar()
    jar.keep(AT, ["a=long; Path=/dex/auth", "a=short; Path=/"], NOW)
    assert {c.name: c.value for c in jar.cookies("deploykf.example.com", "/dex/auth/x")} == {"a": "long"}


def test_a_cookie_ends_when_it_is_told_so() -> None:
    jar = Jar()
    jar.keep(AT, ["a=1; Max-Age=60", "b=2; Expires=Fri, 15 Jan 2027 08:01:40 GMT", "c=3; expires=never"], NOW)
    assert {c.name: c.expires_at for c in jar.cookies()} == {"a": NOW + 60, "b": NOW + 100, "c": None}
    jar.keep(AT, ["a=; Max-Age=0", "b=; Expires=Thu, 01-Jan-1970 00:00:00 GMT"], NOW)
    assert [c.name for c in jar.cookies()] == ["c"]


def test_a_secure_cookie_is_not_taken_from_http() -> None:
    assert parse_cookie("http://deploykf.example.com/", "a=1; Secure", NOW) is None


@pytest.mark.parametrize("line", ["", ";", "a", "=1", "  =1", "a=1\r\nSet-Cookie: b=2", "a=\x001", "Secure; a=1"])
def test_what_is_no_cookie_is_ignored(line: str) -> None:
    assert parse_cookie(AT, line, NOW) is None


@pytest.mark.parametrize("url", ["http://[", "javascript:x", "", "http://e\\@x/"])
def test_nobody_sets_a_cookie_from_an_address_that_is_none(url: str) -> None:
    assert parse_cookie(url, "a=1", NOW) is None
    assert Jar().header(url) is None


@pytest.mark.parametrize("attribute", ["Max-Age=" + "9" * 400, "Max-Age=x", "Expires=" + "9" * 400, "Expires=1 1 1"])
def test_an_end_that_is_no_time_is_none(attribute: str) -> None:
    cookie = parse_cookie(AT, f"a=1; {attribute}", NOW)
    assert cookie is not None
    assert cookie.expires_at is None


def test_a_value_is_a_secret() -> None:
    jar = Jar()
    jar.keep(AT, ["a=canary; Path=/"], NOW)
    assert isinstance(jar.header(AT), Secret)
    assert "canary" not in repr(jar.cookies())
