"""Passing a request on to a part, as a stream, or as a WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence

import aiohttp
from aiohttp import WSMsgType, web
from multidict import CIMultiDict
from yarl import URL

from .headers import end_to_end

_CHUNK = 64 * 1024
_MAX_MESSAGE = 256 * 1024**2
_SENDABLE_CLOSE_CODES = {*range(1000, 1004), *range(1007, 1012), *range(3000, 5000)}  # RFC 6455, 7.4

# The client's own headers alone go on.
_NOT_ADDED = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")

_WebSocket = web.WebSocketResponse | aiohttp.ClientWebSocketResponse[bool]


def unavailable() -> web.Response:
    """The answer when nobody listens: Envoy's own words."""
    text = "upstream connect error or disconnect/reset before headers. reset reason: connection failure"
    return web.Response(status=503, text=text)


def make_session() -> aiohttp.ClientSession:
    """A client that changes nothing and keeps nothing: no cookies, no redirects' memory, no idle connections.

    An idle connection to a part that was restarted would fail the next POST.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(force_close=True, limit=0),
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        skip_auto_headers=_NOT_ADDED,
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=5),
        max_line_size=_CHUNK,
        max_field_size=_CHUNK,
    )


async def forward(
    session: aiohttp.ClientSession,
    request: web.Request,
    target: str,
    headers: CIMultiDict[str],
    cookies: Sequence[str] = (),
) -> web.StreamResponse:
    """Pass a request on, and its answer back.

    Parameters
    ----------
    target
        The whole URL, still quoted as the client had it.
    headers
        To send.
    cookies
        ``Set-Cookie`` values of the gateway's own, added to the answer.
    """
    url = URL(target, encoded=True)
    if request.headers.get("Upgrade", "").lower() == "websocket":
        return await _forward_websocket(session, request, url, headers, cookies)
    try:
        answer = await session.request(
            request.method,
            url,
            headers=headers,
            data=request.content if request.body_exists else None,
            allow_redirects=False,
        )
    except (aiohttp.ClientConnectionError, asyncio.TimeoutError):
        return unavailable()
    async with answer:
        response = web.StreamResponse(status=answer.status, reason=answer.reason, headers=end_to_end(answer.headers))
        _add_cookies(response, cookies)
        # A browser that has left reads no more: that is nobody's trouble.
        with contextlib.suppress(ConnectionResetError):
            await response.prepare(request)
            async for chunk in answer.content.iter_any():
                await response.write(chunk)
            await response.write_eof()
        return response


async def forward_and_lose(
    session: aiohttp.ClientSession, request: web.Request, target: str, headers: CIMultiDict[str], how: str
) -> web.StreamResponse:
    """Pass a request on, and lose its answer on the way back.

    Parameters
    ----------
    session, request, target, headers
        As for `forward`.
    how
        ``drop``: the connection breaks before the answer; ``half``: in the middle of it; ``stall``: nothing
        comes until the client gives up.
    """
    async with session.request(
        request.method, URL(target, encoded=True), headers=headers, data=request.content, allow_redirects=False
    ) as answer:
        body = await answer.read()
    response = web.StreamResponse(status=answer.status, headers={"Content-Length": str(len(body))})
    if how == "half":
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
    while how == "stall" and request.transport is not None and not request.transport.is_closing():
        await asyncio.sleep(0.02)
    if request.transport is not None:
        request.transport.abort()
    return response


async def _forward_websocket(
    session: aiohttp.ClientSession,
    request: web.Request,
    url: URL,
    headers: CIMultiDict[str],
    cookies: Sequence[str],
) -> web.StreamResponse:
    protocols = [p.strip() for p in request.headers.get("Sec-WebSocket-Protocol", "").split(",") if p.strip()]
    kept = CIMultiDict((k, v) for k, v in headers.items() if not k.lower().startswith("sec-websocket-"))
    try:
        upstream = await session.ws_connect(url, headers=kept, protocols=protocols, max_msg_size=_MAX_MESSAGE)
    except aiohttp.WSServerHandshakeError as refused:
        return web.Response(status=refused.status)
    except (aiohttp.ClientConnectionError, asyncio.TimeoutError):
        return unavailable()
    async with upstream:
        downstream = web.WebSocketResponse(
            protocols=(upstream.protocol,) if upstream.protocol else (), max_msg_size=_MAX_MESSAGE, compress=False
        )
        _add_cookies(downstream, cookies)
        await downstream.prepare(request)
        # When one side closes, the other is closed with its code, which ends the other pump.
        await asyncio.gather(_pump(downstream, upstream), _pump(upstream, downstream))
    return downstream


async def _pump(source: _WebSocket, target: _WebSocket) -> None:
    async for message in source:
        if target.closed:
            break
        if message.type is WSMsgType.TEXT:
            await target.send_str(message.data)
        elif message.type is WSMsgType.BINARY:
            await target.send_bytes(message.data)
    code = source.close_code or 1000
    # 1006 and its like say how a connection ended and can't be sent.
    await target.close(code=code if code in _SENDABLE_CLOSE_CODES else 1001)


def _add_cookies(response: web.StreamResponse, cookies: Sequence[str]) -> None:
    for cookie in cookies:
        response.headers.add("Set-Cookie", cookie)
