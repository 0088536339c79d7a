"""The platform's one origin: it routes by path, and asks oauth2-proxy who may pass.

As Istio does on deployKF: the request's head goes to oauth2-proxy; on its 200
the request goes on with the user's e-mail in a header of the gateway's own,
and anything else is oauth2-proxy's answer to the client.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Union

import aiohttp
from aiohttp import WSMsgType, web
from multidict import CIMultiDict, CIMultiDictProxy

from .kfp_api import USER_HEADER

# RFC 9110, 7.6.1: they belong to one connection.
_HOP_BY_HOP = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
_Socket = Union[web.WebSocketResponse, "aiohttp.ClientWebSocketResponse[bool]"]

_MAX_MESSAGE = 256 * 1024 * 1024


@dataclass(frozen=True)
class Request:
    """A request that the gateway has seen: no header and no body."""

    method: str
    path: str
    status: int


@dataclass(frozen=True)
class Backends:
    """Where the gateway sends what; each an origin on loopback."""

    dex: str
    oauth2_proxy: str
    kfp_api: str
    notebook: str
    notebook_prefix: str


@dataclass
class Gateway:
    """The gateway's application.

    Attributes
    ----------
    backends
        The parts behind it; to be set before the first request, since Dex
        must know the gateway's port to be started.
    requests
        What it has seen.
    """

    backends: Backends = field(init=False)
    requests: list[Request] = field(default_factory=list)

    def application(self) -> web.Application:
        """The routes."""
        app = web.Application(client_max_size=1024**3)
        app.cleanup_ctx.append(self._client)
        app.router.add_route("*", "/{tail:.*}", self._handle)
        return app

    async def _client(self, _: web.Application) -> AsyncIterator[None]:
        self._session = aiohttp.ClientSession(
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=10),
        )
        yield
        await self._session.close()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        response = await self._route(request)
        self.requests.append(Request(request.method, request.path, response.status))
        return response

    async def _route(self, request: web.Request) -> web.StreamResponse:
        path = request.path
        if path == "/dex" or path.startswith("/dex/"):
            return await self._forward(request, self.backends.dex, request.raw_path)
        if path.startswith("/oauth2/"):
            return await self._forward(request, self.backends.oauth2_proxy, request.raw_path)
        if path.startswith("/pipeline"):
            return await self._guarded(request, self.backends.kfp_api, request.raw_path[len("/pipeline") :] or "/")
        if path.startswith(self.backends.notebook_prefix):
            return await self._guarded(request, self.backends.notebook, request.raw_path)
        if path == "/":
            return web.Response(text=_home(self.backends.notebook_prefix), content_type="text/html")
        return web.Response(status=404, text="Not found on this small deployKF.")

    async def _guarded(self, request: web.Request, backend: str, path: str) -> web.StreamResponse:
        """Let oauth2-proxy decide, by the original method and path and without the body."""
        headers = self._headers(request)
        headers.pop("Content-Length", None)
        headers.pop("Content-Type", None)
        try:
            async with self._session.request(
                request.method,
                f"{self.backends.oauth2_proxy}{request.raw_path}",
                headers=headers,
                allow_redirects=False,
            ) as decision:
                body = await decision.read()
        except aiohttp.ClientError:
            return _unavailable("oauth2-proxy")
        if decision.status != 200:
            return web.Response(status=decision.status, headers=_end_to_end(decision.headers), body=body)
        user = decision.headers.get("X-Auth-Request-Email", "")
        cookies = decision.headers.getall("Set-Cookie", [])
        return await self._forward(request, backend, path, user=user, cookies=cookies)

    async def _forward(
        self, request: web.Request, backend: str, path: str, *, user: str = "", cookies: list[str] | None = None
    ) -> web.StreamResponse:
        headers = self._headers(request)
        if user:
            headers[USER_HEADER] = user
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._forward_websocket(request, f"{backend}{path}", headers)
        try:
            async with self._session.request(
                request.method,
                f"{backend}{path}",
                headers=headers,
                data=request.content if request.body_exists else None,
                allow_redirects=False,
            ) as answer:
                response = web.StreamResponse(status=answer.status, headers=_end_to_end(answer.headers))
                for cookie in cookies or ():
                    response.headers.add("Set-Cookie", cookie)
                await response.prepare(request)
                async for chunk in answer.content.iter_chunked(64 * 1024):
                    await response.write(chunk)
                await response.write_eof()
                return response
        except aiohttp.ClientConnectorError:
            return _unavailable(path.split("/")[1] or backend)

    async def _forward_websocket(
        self, request: web.Request, url: str, headers: Mapping[str, str]
    ) -> web.StreamResponse:
        protocols = [p.strip() for p in request.headers.get("Sec-WebSocket-Protocol", "").split(",") if p.strip()]
        kept = {k: v for k, v in headers.items() if not k.lower().startswith("sec-websocket")}
        try:
            upstream = await self._session.ws_connect(
                url, headers=kept, protocols=protocols, max_msg_size=_MAX_MESSAGE, autoping=True
            )
        except aiohttp.WSServerHandshakeError as refused:
            return web.Response(status=refused.status)
        except aiohttp.ClientError:
            return _unavailable("the notebook")
        async with upstream:
            chosen = (upstream.protocol,) if upstream.protocol else ()
            downstream = web.WebSocketResponse(protocols=chosen, max_msg_size=_MAX_MESSAGE)
            await downstream.prepare(request)
            pumps = [
                asyncio.ensure_future(_pump(downstream, upstream)),
                asyncio.ensure_future(_pump(upstream, downstream)),
            ]
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for pump in pumps:
                pump.cancel()
                with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                    await pump
            await downstream.close(code=upstream.close_code or 1000)
        return downstream

    def _headers(self, request: web.Request) -> CIMultiDict[str]:
        """The client's headers as a gateway passes them on; who the user is, is not the client's to say."""
        headers = _end_to_end(request.headers)
        headers.popall(USER_HEADER, None)
        headers["X-Forwarded-Proto"] = request.scheme
        headers["X-Forwarded-Host"] = request.headers.get("Host", "")
        headers["X-Forwarded-For"] = request.remote or ""
        return headers


async def _pump(source: _Socket, target: _Socket) -> None:
    async for message in source:
        if message.type is WSMsgType.TEXT:
            await target.send_str(message.data)
        elif message.type is WSMsgType.BINARY:
            await target.send_bytes(message.data)


def _end_to_end(headers: CIMultiDictProxy[str] | CIMultiDict[str]) -> CIMultiDict[str]:
    return CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in _HOP_BY_HOP)


def _unavailable(what: str) -> web.Response:
    # As Envoy says it when nobody listens.
    return web.Response(status=503, text=f"upstream connect error: {what} is down")


def _home(notebook: str) -> str:
    links = {notebook: "JupyterLab", "/pipeline/": "Kubeflow Pipelines", "/dex/.well-known/openid-configuration": "Dex"}
    items = "".join(f'<li><a href="{path}">{name}</a></li>' for path, name in links.items())
    return f"<!doctype html><title>A small deployKF</title><h1>A small deployKF</h1><ul>{items}</ul>"
