"""aiohttp applications in a thread of their own."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

from aiohttp import web

_T = TypeVar("_T")


class WebServers:
    """An event loop in a thread, with any number of applications on it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="testbench", daemon=True)
        self._thread.start()
        self._runners: list[web.AppRunner] = []

    def serve(self, app: web.Application, port: int = 0) -> int:
        """Serve an application on loopback, and say on which port."""
        return self.listen(app, [(port, None)])[0]

    def listen(self, app: web.Application, places: Sequence[tuple[int, ssl.SSLContext | None]]) -> list[int]:
        """Serve an application on several ports of the loopback, with and without TLS.

        Parameters
        ----------
        app
            The application.
        places
            Ports (0 for a free one), each with a TLS context or None.

        Returns
        -------
        list of int
            The ports.
        """
        return self._run(self._listen(app, places))

    def stop(self) -> None:
        """Stop them all."""
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self, app: web.Application, places: Sequence[tuple[int, ssl.SSLContext | None]]) -> list[int]:
        # No access log: paths hold states and codes.
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        self._runners.append(runner)
        for port, tls in places:
            await web.TCPSite(runner, "127.0.0.1", port, ssl_context=tls).start()
        return [address[1] for address in runner.addresses]

    async def _stop(self) -> None:
        for runner in reversed(self._runners):
            await runner.cleanup()

    def _run(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)
