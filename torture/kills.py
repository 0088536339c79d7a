"""Kills: before every system call of a refresh, a login and a logout, and at random times."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyterlab_deploykf.errors import DeployKFError

from . import tracer
from .guide import ROOT, Guide
from .issuer import Served, serve
from .options import Options
from .places import OTHER, OTHER_ENTRY, Home, environment
from .table import Row

#: As in deployKF (`dex.expiry.refreshToken.reuseInterval`).
REUSE = 30.0

#: With which errors each system call about a file fails once.
ERRORS = (errno.EIO, errno.ESTALE, errno.ENOSPC, errno.EMFILE, errno.ENOLCK, errno.EROFS, errno.EACCES, errno.EDQUOT)


class Tracer:
    """A process that traces others.

    Parameters
    ----------
    process
        It.
    """

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def at(self, at: int, verb: str, number: int = 0, *, twice: bool = False) -> tuple[str, int | None]:
        """Do something in a child that is stopped at a system call.

        Returns
        -------
        tuple of str and (int or None)
            The call at which it was stopped, empty if it ended before; and its exit status, None if it was killed.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        command = {"verb": verb, "at": at, "number": number, "twice": twice}
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return answer["stopped_at"], answer["status"]


@contextmanager
def traced(url: str, home: Home, guide: Guide | None) -> Iterator[Tracer]:
    """Run a tracer of this package, or of the guide's class."""
    python = guide.python if guide else Path(sys.executable)
    arguments = ["guide", url, str(home.folder), str(guide.file)] if guide else ["ours", url, str(home.folder)]
    process = subprocess.Popen(
        [python, "-m", "torture.tracer", *arguments],
        cwd=ROOT,
        env=environment(home.folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        if process.stdout.readline() != "ready\n":
            raise SystemExit("The tracer did not start.")
        yield Tracer(process)
    finally:
        process.kill()
        process.communicate()


def at_every_call(options: Options) -> list[Row]:
    """Kill before every system call of what writes the cache."""
    title = "a kill at every system call of a {}"
    if not tracer.IS_SUPPORTED:
        return [Row(title.format("write"), 0, not_done="needs ptrace, as Linux has it")]
    rows = []
    for verb in ("refresh", "login", "logout"):
        row = Row(title.format(verb), 0)
        with serve(reuse_interval=REUSE) as issuer:
            home = Home(options.folder / f"kill-{verb}")
            with traced(issuer.url, home, None) as ours:
                _kill(row, options, issuer, home, ours, verb)
        if verb == "refresh":
            row.guide = _kill_the_guide(options)
        rows.append(row)
    return rows


def _kill(row: Row, options: Options, issuer: Served, home: Home, ours: Tracer, verb: str) -> None:
    step = options.few(every=29)
    at = 1
    while True:
        before = issuer.entry(expires_in=-1)
        home.write({OTHER: OTHER_ENTRY, issuer.url: before})
        stopped_at, status = ours.at(at, verb)
        if not stopped_at:
            if status != tracer.TOKEN:
                row.misses.append(f"an undisturbed {verb} ended with {status}")
            return
        row.times += 1
        wrong = _wrong(home, issuer, verb, before)
        if wrong:
            row.lost += 1
            row.misses.append(f"{verb}, killed at call {at} ({stopped_at}): {wrong}")
        at += step


def _wrong(home: Home, issuer: Served, verb: str, before: dict[str, Any]) -> str:
    """What a kill has broken; empty if nothing."""
    try:
        entries = home.read()
    except ValueError:
        return "the cache does not parse"
    if entries.get(OTHER) != OTHER_ENTRY:
        return "another issuer's session is gone"
    entry = entries.get(issuer.url)
    is_new = entry == {} if verb == "logout" else bool(entry) and entry["refresh_token"] == issuer.refresh_token
    if entry != before and not is_new:
        return "the cache holds neither the old session nor the new one"
    if entry:
        problem = home.problem(issuer.url)
        if problem:
            return f"the session doesn't work: {problem}"
    else:
        # The next write of anybody.
        home.sessions().logout("https://third.example.com/dex")
    if home.leftovers():
        return f"a token is left after the next write, in {home.leftovers()}"
    home.sessions().logout(issuer.url)
    if home.leftovers() or b"refresh-" in home.cache.read_bytes():
        return f"a token is left after a logout, in {home.leftovers()}"
    return ""


def _kill_the_guide(options: Options) -> str:
    if options.guide is None:
        return ""
    lost = times = 0
    with serve(reuse_interval=REUSE) as issuer:
        home = Home(options.folder / "kill-guide")
        with traced(issuer.url, home, options.guide) as guides:
            at = 1
            while True:
                home.write({issuer.url: issuer.entry(expires_in=-1)})
                if not guides.at(at, "refresh")[0]:
                    break
                times += 1
                # Asked for again by ours: what counts is what is on the disk.
                lost += bool(home.problem(issuer.url))
                at += options.few(every=29)
    return f"{lost} of {times}"


def random_kills(options: Options) -> list[Row]:
    """Kill a process that writes all the time, at random times."""
    count = options.few(2000, 60)
    row = Row("a kill at a random time, of a process that writes all the time", count)
    home = Home(options.folder / "random")
    url = "https://written.example.com/dex"
    home.write({OTHER: OTHER_ENTRY, url: _generation(0)})
    dice = options.dice("random kills")
    _, killer = _writer(options, home, None)
    with killer as writes:
        for _ in range(count):
            saved = writes(url, dice.uniform(0, 0.012))
            wrong = _wrong_generation(home, url, saved)
            if wrong:
                row.lost += 1
                row.misses.append(wrong)
    if options.guide is not None:
        theirs = Home(options.folder / "random-guide")
        lost, killer = _writer(options, theirs, options.guide)
        with killer as writes:
            for _ in range(count):
                theirs.write({url: _generation(0)})
                writes(url, dice.uniform(0, 0.012))
                lost += _is_lost(theirs, url)
        row.guide = f"{lost} of {count}"
    row.remark = "the guide's class with one issuer only, since its first write erases all others"
    return [row]


def _generation(number: int) -> dict[str, Any]:
    """A session whose parts must all be of the same write."""
    filling = f"{number} " * 400
    return {"id_token": f"eyJ.{number}", "refresh_token": f"refresh-{number}", "expires_at": 1, "filling": filling}


def _is_lost(home: Home, url: str) -> bool:
    try:
        return not home.read().get(url)
    except ValueError:
        return True


def _wrong_generation(home: Home, url: str, saved: int) -> str:
    try:
        entries = home.read()
    except ValueError:
        return "the cache does not parse"
    if entries.get(OTHER) != OTHER_ENTRY:
        return "another issuer's session is gone"
    number = int(entries[url]["refresh_token"].partition("-")[2])
    if entries[url] != _generation(number):
        return "the session is a mixture of two"
    if number < saved:
        return f"write {saved} was reported as done, and the cache holds {number}"
    try:
        with home.sessions().store.locked() as transaction:
            transaction.save({url: _generation(number)})
    except DeployKFError as error:
        return f"the next write fails: {error.message}"
    return f"a token is left in {home.leftovers()}" if home.leftovers() else ""


def _writer(options: Options, home: Home, guide: Guide | None) -> tuple[int, Any]:
    """Start what forks processes that write until they are killed."""
    del options

    @contextmanager
    def running() -> Iterator[Any]:
        python = guide.python if guide else Path(sys.executable)
        process = subprocess.Popen(
            [python, "-m", "torture.writer", str(home.folder), *([str(guide.file)] if guide else [])],
            cwd=ROOT,
            env=environment(home.folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None
        assert stdout is not None

        def writes(url: str, seconds: float) -> int:
            stdin.write(json.dumps({"url": url, "seconds": seconds}) + "\n")
            stdin.flush()
            return int(stdout.readline())

        try:
            yield writes
        finally:
            process.kill()
            process.communicate()

    return 0, running()


def failing_calls(options: Options) -> list[Row]:
    """Let each system call about a file fail once, while a session is refreshed."""
    title = "each system call about a file fails once in a refresh"
    if not tracer.CAN_FAIL:
        return [Row(title, 0, not_done="needs ptrace on x86-64 Linux")]
    rows = []
    for number in ERRORS:
        row = Row(f"{title}: {errno.errorcode[number]}", 0)
        ended: Counter[int | None] = Counter()
        with serve(reuse_interval=REUSE) as issuer:
            home = Home(options.folder / f"fail-{number}")
            with traced(issuer.url, home, None) as ours:
                at = 1
                while True:
                    home.write({OTHER: OTHER_ENTRY, issuer.url: issuer.entry(expires_in=-1)})
                    stopped_at, status = ours.at(at, "refresh", number, twice=True)
                    if not stopped_at:
                        break
                    row.times += 1
                    ended[status] += 1
                    wrong = home.problem(issuer.url) or _other_is_gone(home)
                    if status == tracer.FOREIGN:
                        wrong = wrong or "an exception that is none of ours"
                    if wrong:
                        row.lost += 1
                        row.misses.append(f"{os.strerror(number)} at call {at} ({stopped_at}): {wrong}")
                    at += options.few(every=17)
        row.remark = f"{ended[tracer.TOKEN]} went on, at once or at the next call"
        if options.guide is not None:
            row.guide = _fail_the_guide(options, number)
        rows.append(row)
    return rows


def _other_is_gone(home: Home) -> str:
    return "" if home.read().get(OTHER) == OTHER_ENTRY else "another issuer's session is gone"


def _fail_the_guide(options: Options, number: int) -> str:
    lost = times = 0
    with serve(reuse_interval=REUSE) as issuer:
        home = Home(options.folder / f"fail-guide-{number}")
        with traced(issuer.url, home, options.guide) as guides:
            at = 1
            while True:
                home.write({issuer.url: issuer.entry(expires_in=-1)})
                if not guides.at(at, "refresh", number, twice=True)[0]:
                    break
                times += 1
                lost += bool(home.problem(issuer.url))
                at += options.few(every=17)
    return f"{lost} of {times}"
