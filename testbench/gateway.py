"""The platform's one origin: it routes by path, and asks oauth2-proxy who may pass.

As Istio does on deployKF: the request's head goes to oauth2-proxy; on its 200
the request goes on with the user's e-mail in a header of the gateway's own,
and anything else is oauth2-proxy's answer to the client.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import unquote

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from .forward import forward, forward_and_lose, make_session, unavailable
from .headers import end_to_end, for_authorization, from_client
from .home_page import home_page
from .kfp_api import USER_HEADER
from .request_log import Request as Request
from .request_log import RequestLog

_AUTHORIZATION_SECONDS = 5.0  # as deployKF's EnvoyFilter has it


@dataclass(frozen=True)
class Backends:
    """Where the gateway sends what; each an origin on loopback."""

    dex: str
    oauth2_proxy: str
    kfp_api: str
    notebook: str
    notebook_prefix: str


class Gateway:
    """The gateway's application.

    Parameters
    ----------
    backends
        The parts behind it.

    Attributes
    ----------
    log
        What it has seen.
    down
        First segments of paths that are cut off (``{"dex"}``): 503, as if the part were not there.
    losses
        How the answers to the next token requests are lost, one each: see `forward_and_lose`.
    """

    def __init__(self, backends: Backends) -> None:
        self.backends = backends
        self.log = RequestLog()
        self.down: set[str] = set()
        self.losses: deque[str] = deque()

    @property
    def requests(self) -> list[Request]:
        """The requests that it has seen."""
        return list(self.log.records)

    def application(self) -> web.Application:
        """The routes."""
        app = web.Application(client_max_size=0)  # bodies are streamed
        app.cleanup_ctx.append(self._client)
        # Before the first byte of an answer goes out, so that a client that has one finds it counted.
        app.on_response_prepare.append(self._count)
        app.router.add_route("*", "/{tail:.*}", self._route)
        return app

    async def _client(self, _: web.Application) -> AsyncIterator[None]:
        async with make_session() as self._session:
            yield

    async def _count(self, request: web.Request, response: web.StreamResponse) -> None:
        self.log.add(request.method, request.path, response.status)

    async def _route(self, request: web.Request) -> web.StreamResponse:
        path, raw, to = request.path, request.raw_path, self.backends
        first = path.split("/")[1]
        if first in self.down:
            return unavailable()
        if path == "/dex/token" and self.losses:
            how = self.losses.popleft()
            self.log.add(request.method, path, 0)
            return await forward_and_lose(self._session, request, f"{to.dex}{raw}", from_client(request), how)
        if first == "dex":
            return await forward(self._session, request, f"{to.dex}{raw}", from_client(request))
        if first == "oauth2":
            return await forward(self._session, request, f"{to.oauth2_proxy}{raw}", from_client(request))
        if first == "pipeline":
            rest = raw.removeprefix("/pipeline")
            return await self._guarded(request, f"{to.kfp_api}{rest if rest.startswith('/') else '/' + rest}")
        if path.startswith(unquote(to.notebook_prefix)):
            return await self._guarded(request, f"{to.notebook}{raw}")
        if path == "/":
            return web.Response(text=home_page(to.notebook_prefix), content_type="text/html")
        return web.Response(status=404, text="There is nothing here. The links are at /.")

    async def _guarded(self, request: web.Request, target: str) -> web.StreamResponse:
        """Let oauth2-proxy decide, by the original method and path and without the body."""
        url = URL(f"{self.backends.oauth2_proxy}{request.raw_path}", encoded=True)
        try:
            async with self._session.request(
                request.method,
                url,
                headers=for_authorization(request),
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=_AUTHORIZATION_SECONDS),
            ) as decision:
                body = await decision.read()
        except (aiohttp.ClientError, asyncio.TimeoutError):
            return web.Response(status=403)  # Envoy's, with failure_mode_allow: false
        if decision.status != 200:
            return web.Response(status=decision.status, headers=_without_length(decision), body=body)
        user = decision.headers.get("X-Auth-Request-Email")
        if not user:
            return web.Response(status=403, text="ExtAuthz did not set 'x-auth-request-email' header")
        headers = from_client(request)
        headers[USER_HEADER] = user
        if "Authorization" in decision.headers:
            headers["Authorization"] = decision.headers["Authorization"]
        cookies = decision.headers.getall("Set-Cookie", [])
        return await forward(self._session, request, target, headers, cookies)


def _without_length(answer: aiohttp.ClientResponse) -> CIMultiDict[str]:
    headers = end_to_end(answer.headers)
    headers.popall("Content-Length", None)  # the answer's own: to a HEAD it has none
    return headers
