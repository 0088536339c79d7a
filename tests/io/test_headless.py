"""The browser without a screen: what it sends, and to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from jupyterlab_deploykf.core.secret import Secret
from jupyterlab_deploykf.dex_login import obtain_code, sign_in_to_platform
from jupyterlab_deploykf.errors import DeployKFError, PasswordRejected, SignInPageUnknown
from jupyterlab_deploykf.io.headless import Browser
from jupyterlab_deploykf.io.http import TLS
from jupyterlab_deploykf.io.trouble import API
from jupyterlab_deploykf.kfp.static import StaticAccess

from ..support.frames import leaks
from ..support.servers import Raw, raw_server, response

PASSWORD, COOKIE, CODE = "canary-password", "canary-cookie", "canary-code"
HTML = {"Content-Type": "text/html"}
FORM = "/dex/auth/local/login?state=1"

Serve = Callable[[Callable[[str, str], bytes]], Raw]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Begin servers, each with a function from method and path to an answer."""
    with ExitStack() as stack:

        def begin(answer: Callable[[str, str], bytes]) -> Raw:
            return stack.enter_context(raw_server(lambda head: answer(*head.split()[:2])))

        yield begin


@pytest.fixture
def browser() -> Iterator[Browser]:
    made = Browser(TLS(), API)
    yield made
    made.close()


def redirect(to: str, *cookies: str) -> bytes:
    return response(302, [("Location", to), *(("Set-Cookie", cookie) for cookie in cookies)])


def received(server: Raw) -> str:
    return "\n".join(server.heads) + b"\n".join(server.bodies).decode()


class Platform:
    """An API and its issuer, on two origins."""

    def __init__(self, serve: Serve, after_login: str | None = None) -> None:
        self.after_login = after_login
        self.issuer = serve(self.dex)
        self.api = serve(self.proxy)

    def proxy(self, method: str, path: str) -> bytes:
        if path.startswith("/oauth2/callback"):
            return redirect("/pipeline", f"_deploykf={COOKIE}; Path=/; HttpOnly")
        if "_deploykf" in self.api.heads[-1]:
            return response(200, HTML, b"home")
        return redirect(
            f"{self.issuer.url}/dex/auth/local?client_id=x&response_type=code", f"_csrf={COOKIE}; Path=/; HttpOnly"
        )

    def dex(self, method: str, path: str) -> bytes:
        if method == "POST":
            return redirect(self.after_login or f"{self.api.url}/oauth2/callback?code={CODE}&state=1")
        if path.startswith("/dex/auth/local/login"):
            return response(200, {**HTML, "Set-Cookie": f"dex={COOKIE}; Path=/dex"}, b"form")
        return redirect(FORM)


def test_it_logs_in_over_two_origins(serve: Serve, browser: Browser) -> None:
    platform = Platform(serve)
    assert sign_in_to_platform(browser, f"{platform.api.url}/pipeline", "me", PASSWORD, "local")
    assert [body for body in platform.issuer.bodies if body] == [f"login=me&password={PASSWORD}".encode()]
    assert f"dex={COOKIE}" in platform.issuer.heads[-1]
    assert PASSWORD not in received(platform.api)
    assert {name for name, *_ in browser.cookies("127.0.0.1", "/pipeline", False)} == {"_csrf", "_deploykf"}


def test_a_redirect_to_a_foreign_host_gets_neither_cookies_nor_the_password(serve: Serve, browser: Browser) -> None:
    evil = serve(lambda *_: response(200, HTML, b"form"))
    platform = Platform(serve, after_login=f"{evil.url}/dex/auth/local/login")
    with pytest.raises(SignInPageUnknown, match="leads to another host") as caught:
        sign_in_to_platform(browser, f"{platform.api.url}/pipeline", "me", PASSWORD, "local")
    assert evil.heads == []
    assert leaks(caught.value, PASSWORD, COOKIE, CODE) == []


def test_an_issuer_that_leads_on_before_its_form_leads_nowhere(serve: Serve, browser: Browser) -> None:
    evil = serve(lambda *_: response(200, HTML, b"form"))
    dex = serve(lambda *_: redirect(f"{evil.url}/dex/auth/local/login"))
    api = serve(lambda *_: redirect(f"{dex.url}/dex/auth?client_id=x&response_type=code", f"a={COOKIE}; Path=/"))
    with pytest.raises(SignInPageUnknown, match="leads to another host"):
        sign_in_to_platform(browser, f"{api.url}/pipeline", "me", PASSWORD, "local")
    assert evil.heads == []


def test_an_api_that_names_another_issuer_than_the_known_one_is_not_followed(serve: Serve) -> None:
    evil = serve(lambda *_: response(200, HTML, b"form"))
    api = serve(lambda *_: redirect(f"{evil.url}/dex/auth/local/login"))
    access = StaticAccess(
        f"{api.url}/pipeline", "me", Secret(PASSWORD), "local", TLS(), issuer="https://dex.example.com/dex"
    )
    with pytest.raises(SignInPageUnknown) as caught:
        access.headers()
    assert evil.heads == []
    assert leaks(caught.value, PASSWORD) == []


def test_a_redirect_from_https_to_http_is_refused(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    from jupyterlab_deploykf.core.answer import Answer
    from jupyterlab_deploykf.io.http import Connections

    asked: list[str] = []

    def ask(_: object, method: str, url: str, *__: object) -> Answer:
        asked.append(url)
        return Answer(302, {"location": "http://deploykf.example.com/dex/auth/local/login"})

    monkeypatch.setattr(Connections, "ask", ask)
    with pytest.raises(SignInPageUnknown, match="from https to http"):
        sign_in_to_platform(browser, "https://deploykf.example.com/pipeline", "me", PASSWORD, "local")
    assert asked == ["https://deploykf.example.com/pipeline"]


def test_an_issuer_s_login_stays_at_the_issuer(serve: Serve) -> None:
    evil = serve(lambda *_: response(200, HTML, b"form"))
    dex = serve(lambda *_: redirect(f"{evil.url}/dex/auth/local/login"))
    browser = Browser(TLS(), API, issuer=f"{dex.url}/dex")
    with pytest.raises(SignInPageUnknown, match="leads to another host"):
        obtain_code(browser, f"{dex.url}/dex/auth?x=1", "me", PASSWORD, "local")
    assert evil.heads == []
    browser.close()


def test_cookies_are_kept_line_by_line_and_go_where_they_belong(serve: Serve, browser: Browser) -> None:
    lines = [
        "a=1; Expires=Fri, 15 Jan 2100 08:00:00 GMT; Path=/",
        "b=2; Path=/deep",
        "c=3; Domain=0.0.1",
        "d=4; Secure",
    ]
    server = serve(lambda _, path: redirect("/deep/x", *lines) if path == "/" else response(200, HTML))
    browser.get(f"{server.url}/")
    assert "Cookie: a=1; b=2" in server.heads[1]
    assert [(name, str(value)) for name, value, _ in browser.cookies("127.0.0.1")] == [("a", "1"), ("b", "2")]
    for host in ("0.0.1", "1127.0.0.1", "x.127.0.0.1", "evil-127.0.0.1", "localhost"):
        assert browser.cookies(host) == []


def test_the_api_is_shown_its_own_cookies_and_no_others(serve: Serve) -> None:
    platform = Platform(serve)
    access = StaticAccess(f"{platform.api.url}/pipeline", "me", Secret(PASSWORD), "local", TLS())
    names = {pair.partition("=")[0] for pair in access.headers()["cookie"].split("; ")}
    # Not Dex's own, which would be a login there.
    assert names == {"_csrf", "_deploykf"}


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_problem_of_the_servers_own_passes(serve: Serve, browser: Browser, status: int) -> None:
    server = serve(lambda *_: response(status))
    with pytest.raises(DeployKFError) as caught:
        browser.get(f"{server.url}/")
    assert caught.value.retryable


def test_each_visit_begins_without_cookies(serve: Serve, browser: Browser) -> None:
    server = serve(lambda *_: response(200, {**HTML, "Set-Cookie": "a=1; Path=/"}))
    browser.get(f"{server.url}/")
    browser.begin()
    browser.get(f"{server.url}/")
    assert "Cookie" not in server.heads[1]


@pytest.mark.parametrize(
    "answer",
    [
        response(500, {"Set-Cookie": f"a={COOKIE}"}),
        response(200, {**HTML, "Set-Cookie": f"a={COOKIE}"}, b'<p id="login-error">' + CODE.encode()),
        response(404, {**HTML, "Set-Cookie": f"a={COOKIE}"}, CODE.encode()),
        redirect(f"urn:ietf:wg:oauth:2.0:oob?code={CODE}", f"a={COOKIE}"),
        redirect(f"http://evil.example/?code={CODE}", f"a={COOKIE}"),
        redirect(f"http://[?code={CODE}"),
        redirect(f"/dex/again?code={CODE}"),
    ],
)
def test_no_error_shows_a_secret(serve: Serve, browser: Browser, answer: bytes) -> None:
    def dex(method: str, path: str) -> bytes:
        if path == "/pipeline":
            return redirect(FORM, f"_csrf={COOKIE}")
        if path.startswith("/dex/again"):
            return redirect(f"/dex/again?code={CODE}")
        return answer if method == "POST" else response(200, {**HTML, "Set-Cookie": f"dex={COOKIE}"}, b"form")

    server = serve(dex)
    with pytest.raises(DeployKFError) as caught:
        sign_in_to_platform(browser, f"{server.url}/pipeline", "me", PASSWORD, "local")
    assert leaks(caught.value, PASSWORD, COOKIE, CODE) == []


def test_a_wrong_password_is_not_shown(serve: Serve, browser: Browser) -> None:
    platform = Platform(serve)
    platform.after_login = f"{platform.issuer.url}{FORM}"
    with pytest.raises(PasswordRejected) as caught:
        sign_in_to_platform(browser, f"{platform.api.url}/pipeline", "me", PASSWORD, "local")
    assert leaks(caught.value, PASSWORD, COOKIE, CODE) == []
