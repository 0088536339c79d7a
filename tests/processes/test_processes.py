"""Many processes on one cache: who refreshes, and what a kill leaves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyterlab_deploykf import wiring
from testbench.bench import Bench

from ..conftest import read_cache, write_cache
from ..support.issuer import Issuer
from ..support.realbench import log_in

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def workers(count: int, verb: str, issuer: str) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that wait for a line."""
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.processes.worker", verb, issuer],
            cwd=ROOT,
            env=os.environ.copy(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(count)
    ]
    try:
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        yield started
    finally:
        for process in started:
            process.kill()
            process.communicate()


def tokens(processes: list[subprocess.Popen[str]]) -> list[str]:
    """Release them together, and collect what they print."""
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    results = [process.communicate(timeout=120) for process in processes]
    assert [error for _, error in results if error] == []
    return [out.strip() for out, _ in results]


def expire(cache: Path, issuer: str) -> None:
    entries = read_cache(cache)
    entries[issuer]["expires_at"] = time.time() - 1
    write_cache(cache, entries)


def test_80_processes_with_one_expired_token_make_one_token_request(issuer: Issuer, cache: Path) -> None:
    # The issuer rotates without any reuse interval: a second request would end the session.
    write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
    with workers(80, "token", issuer.url) as processes:
        got = tokens(processes)
    assert len(got) == 80
    assert set(got) == {read_cache(cache)[issuer.url]["id_token"]}
    assert issuer.token_requests() == 1


def test_it_holds_on_a_real_dex_without_reuse_interval(strict_bench: Bench, home: Path, cache: Path) -> None:
    log_in(wiring.make_sessions(), strict_bench)
    with workers(16, "token", strict_bench.issuer) as processes:
        expire(cache, strict_bench.issuer)
        before = strict_bench.token_requests
        got = tokens(processes)
    assert len(set(got)) == 1
    assert strict_bench.token_requests == before + 1
    expire(cache, strict_bench.issuer)
    assert wiring.make_sessions().get_token(strict_bench.issuer)


def test_threads_of_one_process_make_one_token_request(issuer: Issuer, cache: Path) -> None:
    write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
    sessions = wiring.make_sessions()
    got: list[str] = []
    threads = [threading.Thread(target=lambda: got.append(str(sessions.get_token(issuer.url)))) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(got) == 24
    assert len(set(got)) == 1
    assert issuer.token_requests() == 1


def test_a_kill_in_the_middle_of_a_write_leaves_the_old_or_the_new(home: Path, cache: Path) -> None:
    url = "https://one.example.com/dex"
    other = {"id_token": "other", "expires_at": 1, "note": "n" * 4000}
    write_cache(cache, {"https://other.example.com/dex": other})
    for kill in range(40):
        with workers(1, "write", url) as (process,):
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
            before = cache.stat().st_mtime_ns
            deadline = time.monotonic() + 20
            while cache.stat().st_mtime_ns == before and time.monotonic() < deadline:
                pass  # it writes a few hundred times a second: the kill comes at any step
            process.kill()
        entries = read_cache(cache)
        assert entries["https://other.example.com/dex"] == other, kill
        assert entries[url]["id_token"] == f"token-{entries[url]['expires_at']}"
    leftovers = [path for path in cache.parent.iterdir() if path.suffix == ".tmp"]
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in leftovers)


def test_readers_beside_a_writer_never_see_half_a_file(home: Path, cache: Path) -> None:
    url = "https://one.example.com/dex"
    write_cache(cache, {url: {"id_token": "token-0", "expires_at": 0}})
    with workers(1, "write", url) as (process,):
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
        seen = set()
        deadline = time.monotonic() + 60
        while len(seen) < 100 and time.monotonic() < deadline:
            seen.add(json.loads(cache.read_text())[url]["id_token"])
    assert len(seen) == 100
