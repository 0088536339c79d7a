"""aiohttp applications in a thread of their own."""

from __future__ import annotations

import asyncio
import ssl
import threading
from concurrent.futures import Future

from aiohttp import web


class WebServers:
    """An event loop in a thread, with any number of applications on it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="testbench", daemon=True)
        self._thread.start()
        self._runners: list[web.AppRunner] = []

    def serve(self, app: web.Application, port: int = 0, tls: ssl.SSLContext | None = None) -> int:
        """Serve an application on loopback.

        Returns
        -------
        int
            Its port.
        """
        return self._run(self._serve(app, port, tls))

    def stop(self) -> None:
        """Stop them all."""
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _serve(self, app: web.Application, port: int, tls: ssl.SSLContext | None) -> int:
        # No access log: paths hold states and codes.
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port, ssl_context=tls).start()
        self._runners.append(runner)
        bound: int = runner.addresses[0][1]
        return bound

    async def _stop(self) -> None:
        for runner in reversed(self._runners):
            await runner.cleanup()

    def _run(self, coroutine):  # type: ignore[no-untyped-def]
        future: Future[object] = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        return future.result(30)
