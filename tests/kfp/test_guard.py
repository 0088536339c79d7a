"""What passes between kfp's client and the network, without kfp: urllib3 is enough."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
import trustme

from jupyterlab_deploykf.core.apianswer import Shown
from jupyterlab_deploykf.core.host import Origin
from jupyterlab_deploykf.core.secret import Secret, bearer
from jupyterlab_deploykf.errors import ConfigurationError, DeployKFError
from jupyterlab_deploykf.io.network import find_network, make_pool
from jupyterlab_deploykf.kfp.guard import Guard

from ..support.frames import leaks, modules
from ..support.servers import Raw, hanging_server, raw_server, response

TOKEN, COOKIE, THEIRS = "canary-token", "canary-cookie", "canary-of-context-json"
JSON = {"Content-Type": "application/json"}


class Fake:
    """A credential, and how often it was replaced."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = [Secret(token) for token in tokens or (TOKEN,)]
        self.asked = 0

    def headers(self) -> dict[str, Secret]:
        return {"authorization": bearer(self.tokens[0]), "cookie": Secret(f"session={COOKIE}")}

    def replace(self, refused: Mapping[str, str]) -> bool:
        self.asked += 1
        return bool(self.tokens[1:]) and bool(self.tokens.pop(0))

    def shown(self) -> Shown:
        return Shown("the ID token of user1@example.com", "Log in again.", groups=7)

    def observe(self, headers: Mapping[str, str]) -> None:
        return


def guard_for(url: str, access: Fake | None = None) -> Guard:
    network = find_network(url, environ={})
    return Guard(make_pool(network), access or Fake(), network)


@contextmanager
def serving(*answers: bytes | None) -> Iterator[tuple[Raw, str]]:
    """A server with these answers, the last one for ever; and a URL of its API."""
    waiting = list(answers)
    with raw_server(lambda _: waiting.pop(0) if waiting[1:] else waiting[0]) as server:
        yield server, f"{server.url}/pipeline/apis/v2beta1/healthz"


def headers_of(head: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in head.split("\r\n")[1:]:
        name, _, value = line.partition(":")
        found.setdefault(name.lower(), []).append(value.strip())
    return found


class TestRequest:
    def test_ours_is_shown_in_place_of_what_kfp_brings(self) -> None:
        with serving(response(200, JSON, b"{}")) as (server, url):
            brought = {"Authorization": "Bearer theirs", "COOKIE": "theirs", "Proxy-Authorization": "x", "X-Mine": "1"}
            guard_for(url).request("GET", url, headers=brought)
        sent = headers_of(server.heads[0])
        assert sent["authorization"] == [f"Bearer {TOKEN}"]
        assert sent["cookie"] == [f"session={COOKIE}"]
        assert sent["x-mine"] == ["1"]
        assert "proxy-authorization" not in sent

    def test_a_refused_credential_is_replaced_once(self) -> None:
        access = Fake("old", "new", *(f"newer-{each}" for each in range(20)))
        with serving(response(401), response(200, JSON, b"{}")) as (server, url):
            assert guard_for(url, access).request("GET", url).status == 200
        assert [headers_of(head)["authorization"] for head in server.heads] == [["Bearer old"], ["Bearer new"]]
        with serving(response(401)) as (server, url), pytest.raises(DeployKFError):
            guard_for(url, access).request("GET", url)
        assert len(server.heads) == 2

    def test_another_credential_is_not_asked_for_if_it_would_not_help(self) -> None:
        access = Fake("old", "new")
        for answer in (response(431), response(200, {"Content-Type": "text/html"}, b"<html>")):
            with serving(answer) as (server, url), pytest.raises(DeployKFError):
                guard_for(url, access).request("GET", url)
            assert len(server.heads) == 1
        assert access.asked == 0

    def test_a_redirect_is_not_followed(self) -> None:
        with serving(response(200, JSON, b"{}")) as (other, _):
            answer = response(302, {"Location": f"{other.url}/dex/auth"})
            with serving(answer) as (_, url), pytest.raises(DeployKFError, match="redirects to the login page"):
                guard_for(url).request("GET", url)
        assert other.heads == []

    @pytest.mark.parametrize("status", [400, 403, 404, 409, 500])
    def test_the_api_s_own_errors_are_kfp_s_to_raise(self, status: int) -> None:
        with serving(response(status, JSON, b'{"code": 5, "message": "not found"}')) as (_, url):
            assert guard_for(url).request("GET", url).status == status

    def test_an_answer_without_content_is_one_to_a_deletion_only(self) -> None:
        with serving(response(200)) as (_, url):
            assert guard_for(url).request("DELETE", url).status == 200
            with pytest.raises(DeployKFError, match="no content"):
                guard_for(url).request("GET", url)

    def test_a_response_that_kfp_reads_itself_is_left_unread(self) -> None:
        with serving(response(200, {"Content-Type": "application/octet-stream"}, b"\x00\x01")) as (_, url):
            assert guard_for(url).request("GET", url, preload_content=False).read() == b"\x00\x01"


class TestOrigin:
    @pytest.mark.parametrize(
        "other",
        [
            "http://evil.example/pipeline",
            "https://{place}/pipeline",
            "http://127.0.0.1:1/pipeline",
            "http://evil.example\\@{place}/pipeline",
            "http://{place}@evil.example/pipeline",
            "http://me@{place}/pipeline",
            "http://{place}\\@evil.example/",
            "http://{place}.evil.example/",
            "//evil.example/",
            "/relative",
            "http://[",
            "",
            "http://{place} /",
            "http://{place}\t/",
        ],
    )
    def test_no_credential_goes_to_another_origin(self, other: str) -> None:
        access = Fake()
        with serving(response(200, JSON, b"{}")) as (server, url):
            guard = guard_for(url, access)
            with pytest.raises(ConfigurationError, match="elsewhere"):
                guard.request("GET", other.format(place=f"127.0.0.1:{server.port}"))
        assert server.heads == []

    def test_what_urllib3_would_connect_to_counts_whatever_we_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def read(url: str) -> Origin:
            # A parser of ours that has a hole: it takes what stands before the last @ for a user's name.
            parts = urlsplit(url)
            return Origin(parts.scheme, parts.hostname or "", parts.port or 80)

        with serving(response(200, JSON, b"{}")) as (server, url):
            guard = guard_for(url)
            monkeypatch.setattr("jupyterlab_deploykf.kfp.guard.find_origin", read)
            evil = f"http://evil.example\\@127.0.0.1:{server.port}/pipeline"
            assert read(evil) == read(url)
            with pytest.raises(ConfigurationError, match="elsewhere"):
                guard.request("GET", evil)
        assert server.heads == []

    def test_an_origin_may_be_spelled_in_another_way(self) -> None:
        with serving(response(200, JSON, b"{}")) as (_, url):
            assert guard_for(url).request("GET", url.replace("http:", "HTTP:")).status == 200


def interrupting_pool(guard: Guard) -> Guard:
    """A guard whose user presses Ctrl-C while urllib3 works."""

    def request(*args: Any, headers: Mapping[str, str], **_: Any) -> None:
        plain = {name: f"{value}" for name, value in headers.items()}
        raise KeyboardInterrupt(*plain and ())

    guard._pool.request = request
    return guard


class TestSecrets:
    """No error shows a token or a cookie, in whatever frame one looks."""

    def check(self, error: BaseException, code: str | None) -> None:
        assert getattr(error, "code", None) == code
        assert leaks(error, TOKEN, COOKIE, THEIRS) == []
        assert not modules(error) & {"urllib3", "http", "requests", "socket", "ssl"}

    @pytest.mark.parametrize(
        ("answer", "code"),
        [
            (None, "api_unreachable"),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", "api_unreachable"),
            (b"HTTP/1.1 200", "not_an_api"),
            (b"nonsense\r\n\r\n", "api_unreachable"),
            (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nxx", "api_unreachable"),
            (response(302, {"Location": "/dex/auth", "Set-Cookie": f"a={COOKIE}"}), "api_unauthorized"),
            (response(401, {"Set-Cookie": f"a={COOKIE}"}), "api_unauthorized"),
            (response(403, {"Content-Type": "text/html"}, b'<form action="/oauth2/start">'), "api_unauthorized"),
            (response(407), "api_unreachable"),
            (response(431, {"Set-Cookie": f"a={COOKIE}"}), "token_too_large"),
            (response(200, {"Content-Type": "text/html", "Set-Cookie": f"a={COOKIE}"}, b"<html>"), "not_an_api"),
            (response(200, JSON, b"not json"), "not_an_api"),
        ],
    )
    def test_of_any_answer(self, answer: bytes | None, code: str) -> None:
        with serving(answer) as (_, url), pytest.raises(DeployKFError) as caught:
            guard_for(url).request("GET", url, headers={"cookie": THEIRS, "X-Api-Key": THEIRS})
        self.check(caught.value, code)

    @pytest.mark.parametrize("status", [400, 403, 404, 409, 500, 503])
    def test_of_the_question_before_a_client_is_handed_out(self, status: int) -> None:
        answer = response(status, {**JSON, "Set-Cookie": f"a={COOKIE}"}, b"{}")
        with serving(answer) as (_, url), pytest.raises(DeployKFError) as caught:
            guard_for(url).ask(url, "team-1", 5)
        self.check(caught.value, caught.value.code)

    def test_of_a_connection_that_is_refused(self) -> None:
        with socket.socket() as held:
            held.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{held.getsockname()[1]}/apis"
            with pytest.raises(DeployKFError) as caught:
                guard_for(url).request("GET", url)
        self.check(caught.value, "api_unreachable")
        assert "refuses the connection" in str(caught.value)

    def test_of_a_connection_that_is_reset(self) -> None:
        with hanging_server() as port, pytest.raises(DeployKFError) as caught:
            guard_for(f"http://127.0.0.1:{port}").request("GET", f"http://127.0.0.1:{port}/x", timeout=0.1)
        self.check(caught.value, "api_unreachable")
        assert "in time" in str(caught.value)

    def test_of_a_certificate(self) -> None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
        with raw_server(lambda _: response(200, JSON, b"{}"), context) as server:
            url = server.url.replace("http:", "https:")
            with pytest.raises(DeployKFError) as caught:
                guard_for(url).request("GET", f"{url}/apis")
        self.check(caught.value, "api_certificate_untrusted")

    def test_of_a_token_that_is_no_header(self) -> None:
        with serving(response(200, JSON, b"{}")) as (server, url), pytest.raises(DeployKFError) as caught:
            guard_for(url, Fake(f"{TOKEN}\nX-Evil: 1")).request("GET", url)
        self.check(caught.value, "api_unreachable")
        assert server.heads == []

    def test_of_an_interrupt(self) -> None:
        with serving(response(200, JSON, b"{}")) as (_, url), pytest.raises(KeyboardInterrupt) as caught:
            interrupting_pool(guard_for(url)).request("GET", url)
        self.check(caught.value, None)

    def test_of_a_mistake_in_the_call(self) -> None:
        with serving(response(200, JSON, b"{}")) as (_, url), pytest.raises(TypeError) as caught:
            guard_for(url).request("GET", url, no_such_argument=1)
        self.check(caught.value, None)

    def test_of_another_host(self) -> None:
        with pytest.raises(ConfigurationError) as caught:
            guard_for("http://127.0.0.1:1").request("GET", "http://evil.example/", headers={"X-Api-Key": "x"})
        self.check(caught.value, "configuration")
