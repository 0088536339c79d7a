"""Who may call the API, and what is out of reach."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.auth import Authorizer
from tornado.httpclient import HTTPClientError, HTTPResponse

from jupyterlab_deploykf.server.handlers import PREFIX, ROUTES, is_foreign

from ..conftest import write_cache
from ..support.issuer import Issuer
from ..support.server import KUBEFLOW, TOKEN, WITH_TOKEN, real_server

Fetch = Callable[..., Awaitable[HTTPResponse]]
CALLS = [
    (verb.upper(), path) for path, handler in ROUTES.items() for verb in ("get", "post", "put") if verb in vars(handler)
]


class DenyAll(Authorizer):
    """Lets nobody do anything, and notes what was asked."""

    asked: list[tuple[str, str]] = []

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        self.asked.append((action, resource))
        return False


async def status_of(answer: Awaitable[HTTPResponse]) -> int:
    try:
        return (await answer).code
    except HTTPClientError as error:
        return int(error.code)


@pytest.mark.parametrize(("method", "path"), CALLS)
async def test_without_a_login_nothing_is_answered(
    http_server_client: Any, jp_base_url: str, jp_serverapp: Any, method: str, path: str
) -> None:
    body = None if method == "GET" else "{}"
    url = f"{jp_base_url}{PREFIX}{path}"
    status = await status_of(http_server_client.fetch(url, method=method, body=body, follow_redirects=False))
    assert status in (302, 403)


class TestIfJupyterChecksNothing:
    """Older Jupyter servers leave it to each handler, and so do newer ones by default; Kubeflow has no XSRF check."""

    @pytest.fixture
    def jp_server_config(self, jp_server_config: dict[str, Any]) -> dict[str, Any]:
        lax = {"allow_unauthenticated_access": True, "disable_check_xsrf": True}
        return {**jp_server_config, "ServerApp": {**jp_server_config["ServerApp"], **lax}}

    @pytest.mark.parametrize(("method", "path"), CALLS)
    async def test_without_a_login_nothing_is_answered(
        self, http_server_client: Any, jp_base_url: str, jp_serverapp: Any, method: str, path: str
    ) -> None:
        await test_without_a_login_nothing_is_answered(http_server_client, jp_base_url, jp_serverapp, method, path)


async def log_in(http_server_client: Any, jp_base_url: str, jp_serverapp: Any) -> str:
    """The cookies of a logged-in browser, without the XSRF one."""
    token = jp_serverapp.identity_provider.token
    url = f"{jp_base_url}login?token={token}&next={jp_base_url}api"
    login = await http_server_client.fetch(url, raise_error=False, follow_redirects=False)
    kept = [c.split(";")[0] for c in login.headers.get_list("Set-Cookie") if not c.startswith("_xsrf")]
    assert kept
    return "; ".join(kept)


@pytest.mark.parametrize("path", [path for method, path in CALLS if method == "GET"])
async def test_a_page_of_another_origin_reads_nothing(
    http_server_client: Any, jp_base_url: str, jp_serverapp: Any, path: str
) -> None:
    cookies = await log_in(http_server_client, jp_base_url, jp_serverapp)
    headers = {"Cookie": cookies, "Origin": "https://evil.example.com"}
    answer = await http_server_client.fetch(f"{jp_base_url}{PREFIX}{path}", headers=headers, raise_error=False)
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(("method", "path"), [c for c in CALLS if c[0] != "GET"])
async def test_a_cookie_alone_changes_nothing(
    http_server_client: Any, jp_base_url: str, jp_serverapp: Any, method: str, path: str
) -> None:
    cookies = await log_in(http_server_client, jp_base_url, jp_serverapp)
    # A page of another origin can make the browser send the cookie, and not the XSRF token.
    answer = http_server_client.fetch(
        f"{jp_base_url}{PREFIX}{path}", method=method, body="{}", headers={"Cookie": cookies}, follow_redirects=False
    )
    assert await status_of(answer) == 403


class TestAuthorizer:
    @pytest.fixture
    def jp_server_config(self, jp_server_config: dict[str, Any]) -> dict[str, Any]:
        jp_server_config["ServerApp"]["authorizer_class"] = DenyAll
        return jp_server_config

    @pytest.mark.parametrize(("method", "path"), CALLS)
    async def test_the_authorizer_is_asked_about_our_resource(self, jp_fetch: Fetch, method: str, path: str) -> None:
        DenyAll.asked.clear()
        body = None if method == "GET" else "{}"
        assert await status_of(jp_fetch(PREFIX, path[1:], method=method, body=body)) == 403
        assert DenyAll.asked == [("read" if method == "GET" else "write", "deploykf")]


class TestAdministrator:
    @pytest.fixture
    def jp_server_config(self, jp_server_config: dict[str, Any]) -> dict[str, Any]:
        jp_server_config["DeployKF"] = {
            "clusters": [{"name": "Platform", "issuer": "https://platform.example.com/dex"}],
            "allowed_issuers": ["https://platform.example.com/dex"],
        }
        return jp_server_config

    async def test_the_administrators_clusters_and_limit_hold(self, jp_fetch: Fetch) -> None:
        import json

        answer = json.loads((await jp_fetch(PREFIX, "clusters")).body)
        assert [(c["name"], c["source"]) for c in answer["clusters"]] == [("Platform", "administrator")]
        other = {"issuer": "https://other.example.com/dex"}
        body = json.dumps(other)
        assert await status_of(jp_fetch(PREFIX, "provider", method="POST", body=body)) == 403
        for path, fields in (("add", {"cluster": other}), ("remember", other)):
            body = json.dumps(fields)
            assert await status_of(jp_fetch(PREFIX, "clusters", path, method="POST", body=body)) == 403


class TestFiles:
    @pytest.fixture
    def jp_root_dir(self, home: Path) -> Path:
        return home

    async def test_the_cache_is_out_of_reach_of_the_contents_api(self, jp_fetch: Fetch, cache: Path) -> None:
        write_cache(cache, {})
        for parts in (("api", "contents", ".config", "kfp", cache.name), ("files", ".config", "kfp", cache.name)):
            assert await status_of(jp_fetch(*parts)) in (400, 403, 404)


#: What a browser sends for a page of another origin, with and without a preflight.
FOREIGN: list[dict[str, str]] = [
    {"Origin": "https://evil.example.com", "Content_Type": "text/plain"},
    {"Origin": "https://evil.example.com", "Content_Type": "application/json"},
    {"Origin": "null", "Content_Type": "text/plain"},
    {"Origin": "https://evil.example.com", "Authorization": "token "},
    {"Origin": "https://evil.example.com", "Authorization": "Bearer eyJ.a.b", "Sec_Fetch_Site": "cross-site"},
]


class TestWithTheFlagsOfKubeflow:
    """No authentication, and any origin may read what GET answers."""

    @pytest.mark.parametrize("flags", [(), ("--ServerApp.disable_check_xsrf=True",)], ids=["", "no xsrf check"])
    def test_a_page_of_another_origin_makes_the_server_ask_nobody(
        self, tmp_path: Path, issuer: Issuer, flags: tuple[str, ...]
    ) -> None:
        with real_server(tmp_path / "home", *KUBEFLOW, *flags) as server:
            for method, path in CALLS:
                for headers in FOREIGN if method == "POST" else []:
                    status, _, _ = server.ask(method, f"{PREFIX}{path}", {"issuer": issuer.url}, **headers)
                    assert (status, path) == (403, path)
            for path in ("provider", "doctor"):
                assert server.ask("GET", f"{PREFIX}/{path}?issuer={issuer.url}", Origin="https://evil.example.com")[
                    0
                ] in (403, 405)
            assert issuer.requests == []

    def test_who_has_a_token_may_come_from_another_origin(self, tmp_path: Path, issuer: Issuer) -> None:
        flags = (*WITH_TOKEN, "--ServerApp.allow_origin=*", "--ServerApp.disable_check_xsrf=True")
        headers = {"Origin": "https://front.example.com", "Authorization": f"token {TOKEN}"}
        with real_server(tmp_path / "home", *flags) as server:
            assert server.ask("POST", f"{PREFIX}/provider", {"issuer": issuer.url}, **headers)[0] == 200

    def test_the_front_end_reaches_it(self, tmp_path: Path, issuer: Issuer) -> None:
        with real_server(tmp_path / "home", *KUBEFLOW) as server:
            cookie = server.ask("GET", "lab", Accept="text/html")[2]["Set-Cookie"].split(";")[0]
            own = {
                "Origin": f"http://127.0.0.1:{server.port}",
                "Cookie": cookie,
                "X_XSRFToken": cookie.partition("=")[2],
            }
            status, found, _ = server.ask("POST", f"{PREFIX}/provider", {"issuer": issuer.url}, **own)
            assert (status, found["issuer"]) == (200, issuer.url)


@pytest.mark.parametrize(
    ("site", "origin", "foreign"),
    [
        (None, None, False),
        (None, "https://hub.example.com", False),
        (None, "https://HUB.example.com", False),
        (None, "https://hub.example.com:8443", True),
        (None, "https://hub.example.com.evil.example.com", True),
        (None, "null", True),
        (None, "", True),
        ("same-origin", "https://inside.example.com", False),
        ("none", None, False),
        ("same-site", "https://other.example.com", True),
        ("cross-site", None, True),
    ],
)
def test_what_the_browser_says_tells_a_foreign_page(site: str | None, origin: str | None, foreign: bool) -> None:
    assert is_foreign(site, origin, "hub.example.com") is foreign
