"""Which address of the API goes with which credential."""

from __future__ import annotations

from random import Random
from urllib.parse import urlsplit

import pytest
from urllib3.util import parse_url

from jupyterlab_deploykf.core.cluster import Cluster
from jupyterlab_deploykf.core.host import find_origin, is_gateway, normalize_host, session_host
from jupyterlab_deploykf.errors import ConfigurationError

A = Cluster("https://a.example.com/dex")


def test_the_api_is_where_it_is_configured_and_else_on_the_issuers_origin() -> None:
    inside = "http://ml-pipeline-ui.kubeflow.svc.cluster.local"
    assert session_host(A, None) == "https://a.example.com/pipeline"
    assert session_host(A, inside) == "https://a.example.com/pipeline"
    assert session_host(A, "https://a.example.com/kfp") == "https://a.example.com/kfp"
    assert session_host(Cluster("https://sso.example.com/realms/a"), inside) == inside
    configured = Cluster("https://a.example.com/dex", api_url="https://x.example.com/y")
    assert session_host(configured, "http://localhost:8080") == "https://x.example.com/y"
    with pytest.raises(ConfigurationError, match="not known"):
        session_host(Cluster("https://sso.example.com/realms/a"), None)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("https://a.example.com/pipeline", True),
        ("https://a.example.com:443", True),
        ("http://a.example.com/pipeline", False),
        ("https://a.example.com:8443/pipeline", False),
        ("https://a.example.com.evil.example/pipeline", False),
        ("https://a.example.com@evil.example/pipeline", False),
    ],
)
def test_a_gateway_is_on_the_origin_of_a_known_cluster(host: str, expected: bool) -> None:
    assert is_gateway(host, [A]) is expected


def test_a_host_is_taken_as_people_give_it() -> None:
    assert normalize_host(" deploykf.example.com/pipeline/ ") == "https://deploykf.example.com/pipeline"
    for wrong in ("", "ftp://x", "https://"):
        with pytest.raises(ConfigurationError):
            normalize_host(wrong)


#: Addresses that some parser reads as the platform's, and another one as EVIL's, or as nothing at all.
NASTY = [
    *("http://evil\\@a.example.com/pipeline", "https://evil.example\\@a.example.com", "https:\\\\a.example.com"),
    *("https://evil.example/\\a.example.com", "https:/\\a.example.com", "https://a.example.com\\.evil.example/"),
    *("https://a.example.com@evil.example", "https://me:pw@a.example.com/x", "https://evil.example#@a.example.com"),
    *("https://evil.example?@a.example.com", "https://a.example.com#@evil.example/", "https://@a.example.com"),
    *("https://a.example.com:443@evil.example", "https://a.example.com:@evil.example", "https://[::1]@a.example.com"),
    *("https://a.exam\tple.com", "https://a.exam\nple.com", "https://a.example.com\r\n.evil.example", "https://a b.c"),
    *("https://a.example.com\x00.evil.example", "https://a.example.com\x7f", "https://a.example.com /x", "ht\ntps://a"),
    *("https://%61.example.com", "https://a.example.com%2eevil.example", "https://a%00.example.com", "https://a%"),
    *("https://ａ.example.com", "https://a。example.com", "https://bücher.example", "https://faß.example", "https://℀"),
    *("https://a.example.com:99999", "https://a.example.com:0", "https://a.example.com:port", "https://a:-1/x"),
    *(
        "https://a.example.com:",
        "https://a.example.com:443:80",
        "https://a.example.com:٤٤٣",
        "https://a.example.com:4 4",
    ),
    *("https://[::1", "https://::1/", "https://[::1].evil.example", "https://[v1.x]", "https://[fe80::1%25eth0]"),
    *("https://[1.2.3.4]", "https://[::1]x", "https://", "https:///x", "https:a.example.com", "http://[", "https://-a"),
    *("https://a..example.com", "https://.", "https://a.example.com;x", "https://a.example.com,evil.example", "//a/x"),
    *("javascript://a.example.com", "file:///etc/passwd", "https://a.example.com/x\\y", "https://a.example.com/x?y"),
    *("https://a.example.com/#/runs", "https://a.example.com/x y", "https://a.example.com/é", "x" * 100 + "\ud800"),
]


@pytest.mark.parametrize("nasty", NASTY)
def test_an_address_that_parsers_could_disagree_about_is_refused(nasty: str) -> None:
    with pytest.raises(ConfigurationError):
        normalize_host(nasty)


def test_what_is_accepted_is_read_alike_by_every_parser() -> None:
    random = Random(11)
    parts = [
        "a.example.com",
        "evil",
        "http",
        "https",
        "://",
        ":",
        "/",
        "\\",
        "@",
        "#",
        "?",
        "[",
        "]",
        "::1",
        "%40",
        ".",
    ]
    parts += [
        "443",
        "0",
        "99999",
        " ",
        "\t",
        "\n",
        "é",
        "ａ",
        "-",
        "_",
        "A",
        "x",
        ";",
        ",",
        "|",
        "^",
        "`",
        "{",
        "٣",
        "\x00",
    ]
    texts = ["".join(random.choices(parts, k=random.randint(1, 9))) for _ in range(20_000)]
    texts += [f"https://{text}" for text in texts]
    accepted = 0
    for text in texts:
        try:
            host = normalize_host(text)
        except ConfigurationError:
            continue
        accepted += 1
        mine = find_origin(host)
        assert mine is not None
        standard, connecting = urlsplit(f"{host}/apis/x"), parse_url(f"{host}/apis/x")
        assert (mine.scheme, mine.host) == (standard.scheme, standard.hostname)
        assert (mine.scheme, mine.host) == (connecting.scheme, (connecting.host or "").strip("[]"))
        ports = {"http": 80, "https": 443}
        assert mine.port == (standard.port or ports[mine.scheme]) == (connecting.port or ports[mine.scheme])
        assert (connecting.path or "").endswith("/apis/x")
        assert connecting.auth is None
    assert accepted > 500


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("HTTPS://A.Example.COM:0443/Pipeline//", "https://a.example.com/Pipeline"),
        ("http://[0:0:0:0:0:0:0:1]:8080", "http://[::1]:8080"),
        ("http://ml-pipeline_ui.kubeflow.svc:80", "http://ml-pipeline_ui.kubeflow.svc"),
        ("https://127.0.0.1:8443/pipeline", "https://127.0.0.1:8443/pipeline"),
        ("localhost:8080", "https://localhost:8080"),
    ],
)
def test_an_address_has_one_form(text: str, host: str) -> None:
    assert normalize_host(text) == host


def test_a_cluster_with_an_address_that_is_none_is_nobodys_gateway() -> None:
    odd = Cluster("https://a.example.com/dex", api_url="http://[")
    assert not is_gateway("http://[", [odd])
    assert is_gateway("https://a.example.com/pipeline", [odd])
