"""A real Jupyter server in a process of its own, and issuers that hang."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "token-of-the-test"

#: How a Kubeflow notebook image starts Jupyter: no authentication of its own, and any origin may read.
KUBEFLOW = (
    "--IdentityProvider.token=",
    "--PasswordIdentityProvider.hashed_password=",
    "--ServerApp.allow_origin=*",
    "--ServerApp.allow_remote_access=True",
)
WITH_TOKEN = (f"--IdentityProvider.token={TOKEN}",)


class RealServer:
    """A Jupyter server that runs.

    Parameters
    ----------
    process
        Its process.
    port
        Where it listens.
    log
        What it says.
    """

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self.log = log

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> http.client.HTTPConnection:
        """Send a request without waiting for its answer; closing the connection aborts it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        text = None if body is None else body if isinstance(body, str) else json.dumps(body)
        named = headers or {"Authorization": f"token {TOKEN}"}
        connection.request(method, f"/{path}", text, {name.replace("_", "-"): value for name, value in named.items()})
        return connection

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any, dict[str, str]]:
        """Send a request, and return status, JSON and headers of the answer."""
        connection = self.send(method, path, body, **headers)
        try:
            response = connection.getresponse()
            text = response.read().decode()
            try:
                return response.status, json.loads(text), dict(response.getheaders())
            except ValueError:
                return response.status, text, dict(response.getheaders())
        finally:
            connection.close()

    def seconds_to_end(self, limit: float = 30) -> float:
        """Send SIGTERM, and return how long it takes until the process is gone."""
        begun = time.monotonic()
        self.process.terminate()
        self.process.wait(limit)
        return time.monotonic() - begun


@contextmanager
def real_server(home: Path, *flags: str) -> Iterator[RealServer]:
    """Run a Jupyter server with the extension of this tree."""
    home.mkdir(exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "DEPLOYKF"))}
    environ.update(HOME=str(home), PYTHONPATH=str(ROOT), JUPYTER_CONFIG_DIR=str(home / ".jupyter"))
    log = home / "server.log"
    arguments = [
        "server",
        "--no-browser",
        "--allow-root",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={home}",
        "--ServerApp.jpserver_extensions={'jupyterlab_deploykf': True}",
        *flags,
    ]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter", *arguments],
            cwd=home,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    server = RealServer(process, port, log)
    try:
        _wait(server)
        yield server
    finally:
        process.kill()
        process.wait()


def _wait(server: RealServer) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and server.process.poll() is None:
        try:
            if server.ask("GET", "jupyterlab-deploykf/status")[0] in (200, 403):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(server.log.read_text())


@contextmanager
def hanging_issuer(*, drips: bool = False) -> Iterator[tuple[str, list[socket.socket]]]:
    """An issuer that takes connections and never gives a whole answer.

    Parameters
    ----------
    drips
        Whether it sends headers without end.

    Yields
    ------
    tuple of str and list
        Its URL, and the connections that it has taken.
    """
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    taken: list[socket.socket] = []
    ended = threading.Event()

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            taken.append(connection)
            if drips:
                threading.Thread(target=drip, args=(connection,), daemon=True).start()

    def drip(connection: socket.socket) -> None:
        try:
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            while not ended.wait(0.1):
                connection.sendall(b"x-drip: 1\r\n")
        except OSError:
            return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/dex", taken
    finally:
        ended.set()
        # This wakes up accept(), which closing alone does not.
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in taken:
            connection.close()
        thread.join()
