"""Many processes on one cache: with expired tokens, and beside programs that use the guide's class."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack, suppress

from .guide import ROOT, Guide
from .issuer import Served, serve
from .kills import REUSE
from .options import Options
from .places import Home, environment
from .table import Row

ISSUERS = 4


def crowd(options: Options) -> list[Row]:
    """Let processes meet expired tokens, and then share the cache with others."""
    return [_race(options), *_beside(options)]


def _race(options: Options) -> Row:
    count = options.few(80, 24)
    row = Row(f"{count} processes, {ISSUERS} issuers, all ID tokens expired", count)
    requests, said, _ = _run_race(options, count, None)
    row.took = f"{max(requests)} token request for each issuer" if max(requests) == 1 else ""
    row.lost = count - said["token"]
    row.misses += [f"{words}: {number} times" for words, number in said.items() if words != "token"]
    row.misses += [f"an issuer got {number} token requests" for number in requests if number != 1]
    row.remark = "the issuers replace refresh tokens at once, without a reuse interval"
    if options.guide is not None:
        # Each of them takes 60 MB and a second: fewer show the same.
        fewer = options.few(16, 8)
        requests, said, _ = _run_race(options, fewer, options.guide)
        row.guide = f"{fewer - said['token']} of {fewer}; {max(requests)} requests"
    return row


def _run_race(options: Options, count: int, guide: Guide | None) -> tuple[list[int], Counter[str], float]:
    with ExitStack() as stack:
        issuers = [stack.enter_context(serve()) for _ in range(ISSUERS)]
        home = Home(options.folder / f"crowd-{count}-{'guide' if guide else 'ours'}")
        home.write({issuer.url: issuer.entry(expires_in=-1) for issuer in issuers})
        begun = time.monotonic()
        program = [str(guide.python if guide else sys.executable), "-m", "torture.member"]
        ran = subprocess.run(
            [*program, "race", str(count), "0", str(guide.file if guide else "-"), *(each.url for each in issuers)],
            cwd=ROOT,
            env=environment(home.folder),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
        )
        said = Counter(json.loads(ran.stdout.splitlines()[-1]))
        return [issuer.token_requests() for issuer in issuers], said, time.monotonic() - begun


def _beside(options: Options) -> list[Row]:
    """Processes of ours that ask all the time, beside 3 that use the guide's class and refresh all the time."""
    count, seconds = options.few(77, 16), options.few(60, 6)
    row = Row(f"{count} processes beside 3 that write as the guide's class does, for {seconds} s", 0)
    with ExitStack() as stack:
        # The fourth issuer is ours only, and its tokens have to be refreshed meanwhile.
        lifetimes = [3600.0, 3600.0, 3600.0, 24.0]
        issuers = [stack.enter_context(serve(reuse_interval=REUSE, lifetime=each)) for each in lifetimes]
        home = Home(options.folder / "beside")
        home.write({issuer.url: issuer.entry() for issuer in issuers})
        ours = subprocess.Popen(
            [sys.executable, "-m", "torture.member", "ask", str(count), str(seconds), "-", *(e.url for e in issuers)],
            cwd=ROOT,
            env=environment(home.folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        # What nobody of ours has ever seen can't be missed.
        assert ours.stdout is not None
        assert ours.stdout.readline() == "all have asked\n"
        stopped = threading.Event()
        writers: list[threading.Thread] = []
        guides: list[subprocess.Popen[bytes]] = []
        if options.guide is not None:
            guides = [_start_guide(options.guide, home, each, seconds) for each in issuers[:3]]
        else:
            writers = [threading.Thread(target=_imitate, args=(home, each, stopped)) for each in issuers[:3]]
            for thread in writers:
                thread.start()
        out, _ = ours.communicate(timeout=seconds + 120)
        stopped.set()
        for guide in guides:
            guide.kill()
            guide.communicate()
        for thread in writers:
            thread.join()
        said = Counter(json.loads(out))
        row.times = sum(said.values())
        row.lost = row.times - said["token"]
        row.misses = [f"{words}: {number} times" for words, number in said.items() if words != "token"]
        row.remark = f"calls of get_token(); {sum(len(each.requests) for each in issuers)} requests by all; " + (
            "the guide's class itself" if options.guide else "an imitation of the guide's writer"
        )
    return [row]


def _start_guide(guide: Guide, home: Home, issuer: Served, seconds: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [guide.python, "-m", "torture.member", "write", "1", str(seconds + 30), str(guide.file), issuer.url],
        cwd=ROOT,
        env=environment(home.folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _imitate(home: Home, issuer: Served, stopped: threading.Event) -> None:
    """Write as the guide's class does: in place, and only one's own issuer."""
    while not stopped.wait(0.1):
        with suppress(ValueError), home.cache.open("w") as file:
            json.dump({issuer.url: issuer.entry()}, file)
