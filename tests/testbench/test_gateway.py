"""What goes through the gateway, to a notebook that is ours and says what it saw."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Iterator

import aiohttp
import pytest
import requests
from aiohttp import WSCloseCode, WSMsgType, web

from testbench.bench import Bench
from testbench.options import BenchOptions, Listener
from testbench.person import make_browser, sign_in_to_gateway
from testbench.pytest_plugin import MakeBench
from testbench.webserver import WebServers, bind

from .conftest import Tokens, authorization_url, until


class Notebook:
    """A stand-in where JupyterLab would listen."""

    def __init__(self) -> None:
        self.closed: list[int | None] = []
        self._go = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def application(self, base: str) -> web.Application:
        app = web.Application()
        app.router.add_get(base + "api/ws", self._socket)
        app.router.add_get(base + "slow", self._slow)
        app.router.add_get(base + "cookies", self._cookies)
        app.router.add_put(base + "digest", self._digest)
        app.router.add_get(base + "{tail:.*}", self._seen)
        return app

    def go_on(self) -> None:
        """Let the slow answer end."""
        assert self._loop
        self._loop.call_soon_threadsafe(self._go.set)

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(protocols=("v1.kernel.websocket.jupyter.org",), max_msg_size=0)
        await socket.prepare(request)
        async for message in socket:
            if message.type is WSMsgType.TEXT and message.data == "bye":
                await socket.close(code=4001)
            elif message.type is WSMsgType.TEXT:
                await socket.send_str(message.data)
            elif message.type is WSMsgType.BINARY:
                await socket.send_bytes(message.data)
        self.closed.append(socket.close_code)
        return socket

    async def _seen(self, request: web.Request) -> web.Response:
        headers = [[name.lower(), value] for name, value in request.headers.items()]
        return web.json_response({"path": request.raw_path, "headers": headers})

    async def _digest(self, request: web.Request) -> web.Response:
        digest, size = hashlib.sha256(), 0
        async for chunk in request.content.iter_any():
            digest.update(chunk)
            size += len(chunk)
        return web.json_response({"sha256": digest.hexdigest(), "size": size})

    async def _cookies(self, _: web.Request) -> web.Response:
        headers = {"Location": "/elsewhere", "Keep-Alive": "timeout=5", "Proxy-Authenticate": "Basic"}
        response = web.Response(status=302, headers=headers)
        response.set_cookie("a", "1")
        response.set_cookie("b", "2")
        return response

    async def _slow(self, request: web.Request) -> web.StreamResponse:
        self._loop = asyncio.get_running_loop()
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"first")
        await self._go.wait()
        await response.write(b"second")
        return response


@pytest.fixture(scope="module")
def notebook(bench: Bench) -> Iterator[Notebook]:
    stand_in, servers = Notebook(), WebServers()
    servers.serve(stand_in.application(bench.notebook_path), (bind(bench.notebook_port), None))
    yield stand_in
    servers.stop()


@pytest.fixture
def bearer(tokens: Tokens) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['id_token']}"}


@pytest.fixture
def base(bench: Bench, notebook: Notebook) -> str:
    return f"{bench.origin}{bench.notebook_path}"


def test_headers_and_path_arrive_as_they_were(bench: Bench, base: str, bearer: dict[str, str]) -> None:
    headers = {**bearer, "X-Mine": "1", "Connection": "x-hop", "X-Hop": "1", "kubeflow-userid": "forged"}
    seen = requests.get(f"{base}a%2Fb%20c?x=%2F&y=+", headers=headers, timeout=10).json()
    assert seen["path"] == f"{bench.notebook_path}a%2Fb%20c?x=%2F&y=+"
    got = dict(seen["headers"])
    assert [v for k, v in seen["headers"] if k == "kubeflow-userid"] == ["user1@example.com"]
    assert got["host"] == bench.origin.removeprefix("http://")
    assert (got["x-forwarded-proto"], got["x-forwarded-host"]) == ("http", got["host"])
    assert got["x-forwarded-for"] == "127.0.0.1"
    assert got["x-mine"] == "1"
    assert "x-hop" not in got


def test_answers_come_back_as_they_were(base: str, bearer: dict[str, str]) -> None:
    answer = requests.get(f"{base}cookies", headers=bearer, allow_redirects=False, timeout=10)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/elsewhere")
    assert {c.name for c in answer.cookies} >= {"a", "b"}
    assert not {"Keep-Alive", "Proxy-Authenticate"} & set(answer.headers)
    assert requests.head(f"{base}x", headers=bearer, timeout=10).headers["Content-Length"] != "0"


def test_a_large_body_streams(base: str, bearer: dict[str, str]) -> None:
    data = os.urandom(20 * 1024**2)
    answer = requests.put(f"{base}digest", data=data, headers=bearer, timeout=30).json()
    assert answer == {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}


def test_an_answer_streams(notebook: Notebook, base: str, bearer: dict[str, str]) -> None:
    with requests.get(f"{base}slow", headers=bearer, stream=True, timeout=10) as answer:
        parts = answer.iter_content(None)
        assert next(parts) == b"first"  # while the second is still to come
        notebook.go_on()
        assert b"".join(parts) == b"second"


def test_websockets_echo(base: str, bearer: dict[str, str], notebook: Notebook) -> None:
    large = os.urandom(8 * 1024**2)

    async def talk() -> None:
        async with aiohttp.ClientSession(headers=bearer) as client:
            protocols = ("unknown", "v1.kernel.websocket.jupyter.org")
            async with client.ws_connect(f"{base}api/ws", protocols=protocols, max_msg_size=0) as socket:
                assert socket.protocol == "v1.kernel.websocket.jupyter.org"
                await socket.send_str("grüezi")
                assert await socket.receive_str(timeout=10) == "grüezi"
                await socket.send_bytes(large)
                assert await socket.receive_bytes(timeout=10) == large
                await socket.send_str("bye")
                assert (await socket.receive(timeout=10)).type is WSMsgType.CLOSE
                assert socket.close_code == 4001
            async with client.ws_connect(f"{base}api/ws") as socket:
                await socket.close(code=WSCloseCode.GOING_AWAY)

    asyncio.run(asyncio.wait_for(talk(), 30))
    assert until(lambda: WSCloseCode.GOING_AWAY in notebook.closed)


def test_websockets_are_guarded(base: str, notebook: Notebook) -> None:
    async def knock() -> int:
        async with aiohttp.ClientSession() as client:
            try:
                async with client.ws_connect(f"{base}api/ws"):
                    return 101
            except aiohttp.WSServerHandshakeError as refused:
                return refused.status

    assert asyncio.run(knock()) == 401


def test_a_browser_is_sent_to_the_login_and_comes_back(bench: Bench, base: str) -> None:
    with make_browser() as browser:
        sign_in_to_gateway(browser, f"{base}lab/tree/demo.ipynb?x=1", bench.users[0])
        assert browser.get(f"{base}lab", timeout=10).json()["path"] == f"{bench.notebook_path}lab"


def test_home_page_and_unknown_path(bench: Bench) -> None:
    home = requests.get(f"{bench.origin}/", timeout=10)
    assert bench.notebook_path in home.text
    assert requests.get(f"{bench.origin}/nothing", timeout=10).status_code == 404


def test_requests_are_counted_by_path_alone(make_bench: MakeBench) -> None:
    bench = make_bench(BenchOptions())
    requests.get(authorization_url(bench), timeout=10)
    assert next((r.method, r.path, r.status) for r in bench.requests.records) == ("GET", "/dex/auth", 302)
    assert bench.requests.count("/dex/auth") == len(bench.requests_to("/dex/auth", "GET")) == 1


def test_an_outage_and_its_end(make_bench: MakeBench) -> None:
    bench = make_bench(BenchOptions())
    discovery = f"{bench.issuer}/.well-known/openid-configuration"
    with bench.outage("dex"):
        down = requests.get(discovery, timeout=10)
        assert (down.status_code, down.text[:22]) == (503, "upstream connect error")
    assert requests.get(discovery, timeout=10).json()["issuer"] == bench.issuer
    bench.dex.stop()
    assert requests.get(discovery, timeout=10).status_code == 503
    bench.dex.start()
    assert requests.get(discovery, timeout=10).json()["issuer"] == bench.issuer


def test_https_second_origin_and_names(make_bench: MakeBench) -> None:
    bench = make_bench(BenchOptions(https=True, also=(Listener("jupyter.test"), Listener("localhost", https=True))))
    assert bench.issuer.startswith("https://127.0.0.1:")
    discovery = "/dex/.well-known/openid-configuration"
    with make_browser(bench.ca_file) as trusting, make_browser() as strange:
        assert trusting.get(bench.origin + discovery, timeout=10).json()["issuer"] == bench.issuer
        with pytest.raises(requests.exceptions.SSLError):
            strange.get(bench.origin + discovery, timeout=10)
        plain = bench.origins[1]
        assert plain.startswith("http://jupyter.test:")
        host = plain.removeprefix("http://")
        at = f"http://127.0.0.1:{host.rpartition(':')[2]}{discovery}"
        assert strange.get(at, headers={"Host": host}, timeout=10).status_code == 200
        assert trusting.get(bench.origins[2] + discovery, timeout=10).status_code == 200
        sign_in_to_gateway(trusting, f"{bench.api_url}/", bench.users[0])
        assert "__Secure-_deploykf_token" in {cookie.name for cookie in trusting.cookies}
