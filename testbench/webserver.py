"""aiohttp applications in a thread of their own."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from aiohttp import web

_T = TypeVar("_T")
_DEADLINE = 30.0
_MAX_HEADER = 64 * 1024  # split cookies and ID tokens are long


def bind(port: int = 0) -> socket.socket:
    """A socket on loopback that holds its port until it is served on.

    Raises
    ------
    OSError
        The port is taken.
    """
    held = socket.socket()
    # Otherwise a port whose last connections linger can't be taken again at once.
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind(("127.0.0.1", port))
        held.listen(128)
    except OSError:
        held.close()
        raise
    return held


def port_of(held: socket.socket) -> int:
    """The port of a bound socket."""
    port: int = held.getsockname()[1]
    return port


class WebServers:
    """An event loop in a thread, with any number of applications on it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="testbench-web", daemon=True)
        self._thread.start()
        self._runners: list[web.AppRunner] = []

    def serve(self, app: web.Application, *addresses: tuple[socket.socket, ssl.SSLContext | None]) -> None:
        """Serve an application on sockets of `bind`, each with or without TLS."""
        self._run(self._serve(app, addresses))

    def stop(self) -> None:
        """Stop them all; a second call does nothing."""
        if self._loop.is_closed():
            return
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _serve(
        self, app: web.Application, addresses: tuple[tuple[socket.socket, ssl.SSLContext | None], ...]
    ) -> None:
        # No access log: paths hold states and codes.
        runner = web.AppRunner(
            app, access_log=None, shutdown_timeout=1.0, max_line_size=_MAX_HEADER, max_field_size=_MAX_HEADER
        )
        await runner.setup()
        self._runners.append(runner)
        for held, tls in addresses:
            await web.SockSite(runner, held, ssl_context=tls).start()

    async def _stop(self) -> None:
        for runner in reversed(self._runners):
            await runner.cleanup()

    def _run(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(_DEADLINE)
