"""Runs in a kernel's environment: ``in_kernel.py GUIDE_FILE ISSUER E-MAIL PASSWORD``.

Prints one line of JSON: seconds and HTTP requests for each operation, of the
guide's class and of ours.
"""

from __future__ import annotations

import builtins
import json
import os
import secrets
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from urllib3.connectionpool import HTTPConnectionPool

from jupyterlab_deploykf import DeployKFCredentialsOutOfBand, wiring
from jupyterlab_deploykf.core.authorize import authorization_request
from testbench.options import User
from testbench.person import sign_in

CACHE = Path.home() / ".config/kfp/dkf_credentials.json"
ROUNDS = 15
CACHED_CALLS = 400
CHANGES = 300


class Counter:
    """Counts what goes through urllib3, and so through requests, and forgets the time that a person takes."""

    def __init__(self) -> None:
        self.requests = 0
        self.away = 0.0
        send = HTTPConnectionPool.urlopen

        def counting(pool: Any, *args: Any, **kwargs: Any) -> Any:
            self.requests += 1
            return send(pool, *args, **kwargs)

        setattr(HTTPConnectionPool, "urlopen", counting)  # noqa: B010 - the assignment would not type

    def person(self, url: str, user: User) -> str:
        """The code, as if nobody had waited for it."""
        started, before = time.perf_counter(), self.requests
        code = sign_in(url, user)
        self.away += time.perf_counter() - started
        self.requests = before
        return code


def measure(
    counter: Counter, call: Callable[[], object], prepare: Callable[[], object], rounds: int
) -> dict[str, float]:
    """Median seconds and the requests of one call."""
    seconds, count = [], 0
    for _ in range(rounds):
        prepare()
        counter.requests, counter.away = 0, 0.0
        started = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - started - counter.away)
        count = counter.requests
    return {"seconds": statistics.median(seconds), "requests": count}


def cached(counter: Counter, call: Callable[[], object]) -> dict[str, float]:
    """The same for a call that is too short to be timed alone."""

    def many() -> None:
        for _ in range(CACHED_CALLS):
            call()

    result = measure(counter, many, lambda: None, 7)
    return {"seconds": result["seconds"] / CACHED_CALLS, "requests": result["requests"] / CACHED_CALLS}


def changed(counter: Counter, call: Callable[[], object]) -> dict[str, float]:
    """The same where the file is another one each time, as after a refresh by another process."""
    seconds = []
    content = CACHE.read_bytes()
    for _ in range(CHANGES):
        fresh = CACHE.with_suffix(".new")
        fresh.write_bytes(content)
        fresh.chmod(0o600)
        fresh.replace(CACHE)
        started = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - started)
    counter.requests = 0
    return {"seconds": statistics.median(seconds), "requests": 0}


class Floor:
    """What can't be done without: a stat and a look-up, or a stat, a read and a parse."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer
        self._path = str(CACHE)
        self._memo = {self._mark(): self.read()}

    def look_up(self) -> object:
        """A stat, and a memo's look-up."""
        return self._memo.get(self._mark())

    def read(self) -> object:
        """A stat, a read and a parse."""
        os.stat(self._path)
        with open(self._path, encoding="utf-8") as file:
            return json.load(file)[self._issuer]["id_token"]

    def _mark(self) -> tuple[int, ...]:
        status = os.stat(self._path)
        return status.st_mtime_ns, status.st_size, status.st_ino


def main() -> None:
    """Measure, and print the line."""
    guide_file, issuer, email, password = sys.argv[1:5]
    user = User(email, password)
    counter = Counter()
    scope: dict[str, Any] = {"__name__": "guide"}
    exec(compile(Path(guide_file).read_text(), guide_file, "exec"), scope)
    guide_class = scope["DeployKFCredentialsOutOfBand"]
    shown: list[str] = []
    builtins.print = lambda *a, **_: shown.append(str(a))
    builtins.input = lambda *_: counter.person(shown[-1].split("> ")[1].split("\\n")[0], user)

    def expire() -> None:
        entries = json.loads(CACHE.read_text())
        entries[issuer]["expires_at"] = time.time() - 1
        CACHE.write_text(json.dumps(entries))

    def forget() -> None:
        CACHE.unlink(missing_ok=True)

    def our_login() -> None:
        sessions = wiring.make_sessions()
        cluster, provider = sessions.provider(issuer)
        attempt = authorization_request(provider, cluster, secrets.token_bytes)
        sessions.login(issuer, counter.person(attempt.url, user), attempt.code_verifier, attempt.nonce)

    results = {"login": {"ours": measure(counter, our_login, forget, 5)}}
    results["login"]["guide"] = measure(counter, lambda: guide_class(issuer), forget, 5)
    ours, guide = wiring.make_sessions(), guide_class(issuer)
    # An old time stamp, as in life: a file that has just changed is not remembered.
    time.sleep(0.1)
    results["construction, valid cache"] = {
        "ours": measure(counter, lambda: wiring.make_sessions().get_token(issuer), lambda: None, ROUNDS),
        "guide": measure(counter, lambda: guide_class(issuer), lambda: None, ROUNDS),
    }
    credentials = DeployKFCredentialsOutOfBand(issuer_url=issuer)
    config = SimpleNamespace(api_key={}, verify_ssl=True)
    results["get_token(), valid cache"] = {
        "ours": cached(counter, lambda: ours.get_token(issuer)),
        "guide": cached(counter, guide.get_token),
        "floor": cached(counter, Floor(issuer).look_up),
    }
    results["hook, valid cache"] = {
        "ours": cached(counter, lambda: credentials.refresh_api_key_hook(config)),
        "guide": cached(counter, lambda: guide.refresh_api_key_hook(config)),
        "floor": cached(counter, Floor(issuer).look_up),
    }
    results["get_token(), changed cache"] = {
        "ours": changed(counter, lambda: ours.get_token(issuer)),
        "guide": changed(counter, guide.get_token),
        "floor": changed(counter, Floor(issuer).read),
    }
    results["get_token(), refresh"] = {
        "ours": measure(counter, lambda: ours.get_token(issuer), expire, ROUNDS),
        "guide": measure(counter, guide.get_token, expire, ROUNDS),
    }
    sys.stdout.write(json.dumps(results) + "\n")


if __name__ == "__main__":
    main()
