"""``python -m benchmarks.stalled``: how fast a Jupyter server answers while an issuer hangs."""

from __future__ import annotations

import http.client
import sys
import tempfile
import time
from pathlib import Path

from tests.support.server import TOKEN, WITH_TOKEN, RealServer, hanging_issuer, real_server

#: Requests to the issuer that hangs, all given up by who made them.
ABORTED = 50
PER_SECOND = 200
SECONDS = 5

#: The most that 99 of 100 status requests may take, in milliseconds.
LIMIT = 50.0

#: What is asked. The first is ours, the others are Jupyter's.
PATHS = ("jupyterlab-deploykf/status", "api/kernelspecs", "api/contents")


def measure(server: RealServer, path: str) -> list[float]:
    """Ask at a steady rate, and return the times from when each request was due, in milliseconds."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    begun = time.monotonic()
    took = []
    for i in range(PER_SECOND * SECONDS):
        due = begun + i / PER_SECOND
        time.sleep(max(0.0, due - time.monotonic()))
        connection.request("GET", f"/{path}", headers={"Authorization": f"token {TOKEN}"})
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            raise SystemExit(f"{path} answers {response.status}")
        took.append((time.monotonic() - due) * 1e3)
    connection.close()
    return sorted(took)


def give_up(server: RealServer, url: str) -> None:
    """Ask for an issuer, and don't wait for the answer."""
    sent = [server.send("POST", "jupyterlab-deploykf/provider", {"issuer": url}) for _ in range(ABORTED)]
    time.sleep(0.5)
    for connection in sent:
        connection.close()


def show(title: str, path: str, took: list[float]) -> float:
    """Print a row, and return how long 99 of 100 requests took at most."""
    p99 = took[int(len(took) * 0.99)]
    print(f"{title:28} {path:28} {took[len(took) // 2]:>9.1f} {p99:>8.1f} {took[-1]:>8.1f}")
    return p99


def main() -> int:
    """Measure and print; 1 if the status is too slow."""
    print(f"{PER_SECOND} requests per second, in ms:")
    print(f"{'':57} {'median':>9} {'p99':>8} {'longest':>8}")
    with tempfile.TemporaryDirectory() as folder, hanging_issuer() as (url, _):
        home = Path(folder) / "home"
        with real_server(home, *WITH_TOKEN) as server:
            for path in PATHS:
                show("alone", path, measure(server, path))
            slowest = {}
            for path in PATHS:
                give_up(server, url)
                slowest[path] = show("with an issuer that hangs", path, measure(server, path))
            print(f"SIGTERM ended the server in {server.seconds_to_end():.2f} s")
    return 1 if slowest[PATHS[0]] > LIMIT else 0


if __name__ == "__main__":
    sys.exit(main())
