"""URLs: what is read, what is refused, and how equal ones are written alike."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jupyterlab_deploykf.core.choice import choose, issuer_from_text
from jupyterlab_deploykf.core.cluster import Cluster, normalize_issuer, parse_cluster
from jupyterlab_deploykf.core.host import normalize_host
from jupyterlab_deploykf.core.network import decide_network
from jupyterlab_deploykf.core.urls import MAX_LENGTH, hide_user, netloc_of, parameters, parse_shown, parse_url, resolve
from jupyterlab_deploykf.errors import DeployKFError


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("https://deploykf.example.com/pipeline", "https://deploykf.example.com/pipeline"),
        ("HTTPS://DeployKF.example.com:0443/a?b=c#d", "https://deploykf.example.com/a?b=c#d"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://ml_pipeline.kubeflow.svc:8888/", "http://ml_pipeline.kubeflow.svc:8888/"),
        ("http://10.0.0.1:65535/", "http://10.0.0.1:65535/"),
        ("http://[0:0::1]:5556/dex", "http://[::1]:5556/dex"),
        ("https://bücher.example/ü?x=é", "https://xn--bcher-kva.example/%C3%BC?x=%C3%A9"),
        ("https://faß.example", "https://xn--fa-hia.example"),
        ("https://h/a/../b", "https://h/a/../b"),
    ],
)
def test_a_url_is_read(text: str, written: str) -> None:
    assert str(parse_url(text)) == written
    assert str(parse_url(written)) == written


@pytest.mark.parametrize(
    "text",
    [
        None,
        7,
        b"https://h/",
        "",
        "https://",
        "https:h",
        "//h/",
        "ftp://h/",
        "javascript:alert(1)",
        "https://[x",
        "https://[x]/",
        "https://[::1/t",
        "https://[::1%25eth0]/",
        "https://[v1.a]/",
        "https://h:99999/",
        "https://h:0/",
        "https://h:-1/",
        "https://h:+1/",
        "https://h:1_0/",
        "https://h:٣/",
        "https://h:1:2/",
        "https://user@h/",
        "https://user:word@h/",
        "https://@h/",
        "https://evil.example\\@h/",
        "https://h\\.evil.example/",
        "https://h/\\x",
        "https://h%2Eevil.example/",
        "https://h /",
        "https://h/ x",
        "https://h/\tx",
        "https://h/\nx",
        "https://h/\x00",
        "https://h/\x7f",
        "https://h/\x9b",
        "https://h/\u202ex",
        "https://h/\u200b",
        "https://h/\u2028",
        "https://h/\ud800",
        "https://\ud800/",
        "https://h/%",
        "https://h/?x=%g0",
        "https://.h/",
        "https://h..i/",
        "https://-\u0300/",
        "https://a\u200db/",
        "https://-a/",
        "https://a-.example/",
        f"https://{'x.' * 128}/",
        f"https://{'ü' * 300}/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://127.0.0.1.2/",
        "https://127.0.0.01/",
        "https://256.0.0.1/",
        "https://h/" + "x" * MAX_LENGTH,
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(text: object) -> None:
    assert parse_url(text) is None
    assert netloc_of(text, "nowhere") == "nowhere"


def test_its_parts_are_what_is_connected_to() -> None:
    url = parse_url("https://h.example/a/b?c=d")
    assert url is not None
    assert (url.netloc, url.origin, url.connect_port) == ("h.example", "https://h.example", 443)
    assert str(url.with_fields({"e": "f g"})) == "https://h.example/a/b?c=d&e=f+g"
    assert str(url.with_path("/x")) == "https://h.example/x"
    assert netloc_of("http://[::1]:80/") == "[::1]"


@pytest.mark.parametrize(
    ("reference", "to"),
    [
        ("/login?x=1", "https://h/login?x=1"),
        ("b", "https://h/a/b"),
        ("//other.example/x", "https://other.example/x"),
        ("http://other.example:80/", "http://other.example/"),
        ("", "https://h/a/"),
        ("//[x", None),
        ("/\\evil.example", None),
        ("\\\\evil.example", None),
        ("urn:ietf:wg:oauth:2.0:oob?code=x", None),
        ("/a b", None),
        (None, None),
    ],
)
def test_a_redirect_is_read(reference: object, to: str | None) -> None:
    base = parse_url("https://h/a/")
    assert base is not None
    found = resolve(base, reference)
    assert (found and str(found)) == to


def test_the_fields_of_any_uri_are_read() -> None:
    assert parameters("https://[x?code=a+b&state=%zz#c=d") == {"code": ["a b"], "state": ["%zz"], "c": ["d"]}
    assert parameters("urn:x#code=1") == {"code": ["1"]}
    assert parameters("https://[x") == {}


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://me:canary@h.example.com:8443/x", "h.example.com"),
        ("https://me:can@ary@h.example.com", "h.example.com"),
        ("https://h.example.com/me@x", "h.example.com"),
        ("https://h.example.com?me@x", "h.example.com"),
        ("https://evil.example\\@h.example.com/", None),
        ("https://me:can/ary@h.example.com", None),
        ("me:canary@h.example.com", None),
        ("https://me:canary@", None),
        (None, None),
    ],
)
def test_a_message_names_a_host_without_who_logs_in_there(text: object, host: str | None) -> None:
    found = parse_shown(text)
    assert (found and found.host) == host
    assert "canary" not in str(found)


def test_the_fields_of_its_query_are_read() -> None:
    url = parse_url("https://h.example.com/auth?a=1&a=%202&b#c=3")
    assert url is not None
    assert url.fields() == {"a": ["1", " 2"]}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://me:canary@h.example.com/dex", "https://…@h.example.com/dex"),
        ("https://me:can/a#r?y@h.example.com/dex", "https://…@h.example.com/dex"),
        ("https://me:can@ary@h.example.com", "https://…@h.example.com"),
        ("me:canary@h.example.com/dex", "…@h.example.com/dex"),
        (" https://me:canary\\@h.example.com", " https://…@h.example.com"),
        ("h.example.com:99999/dex", "h.example.com:99999/dex"),
        ("", ""),
    ],
)
def test_a_message_repeats_a_url_without_a_password(text: str, shown: str) -> None:
    assert hide_user(text) == shown


@pytest.mark.parametrize("text", ["https://me:canary@h.example.com/dex", "me:canary@[x", "https://me:can@canary@h:0"])
@pytest.mark.parametrize(
    "read",
    [
        normalize_issuer,
        issuer_from_text,
        normalize_host,
        lambda text: choose(text, [Cluster("https://deploykf.example.com/dex")]),
        lambda text: parse_cluster({"issuer": text}, "file"),
        lambda text: parse_cluster({"issuer": "https://deploykf.example.com/dex", "api_url": text}, "file"),
        lambda text: decide_network(text, None, False, {}, lambda _: False),
    ],
)
def test_no_error_shows_a_password_in_a_url(text: str, read: Callable[[str], object]) -> None:
    with pytest.raises(DeployKFError) as caught:
        read(text)
    assert "canary" not in str(caught.value)
    assert "me:" not in str(caught.value)
