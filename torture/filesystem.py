"""File systems with a fault: a login, a refresh and a logout on each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .faults import ask_the_guide
from .guide import ROOT, Guide
from .issuer import Served, serve
from .options import Options
from .places import OTHER, OTHER_ENTRY, Home, environment
from .table import Row

#: A cache of a user in many groups, with several clusters.
LARGE = 60_000

#: What is left on the disk, in KiB.
LEFT = (4, 8, 12, 16, 24, 32, 40, 48, 56)

VERBS = ("login", "refresh", "logout")

#: How a process gets mounts of its own: as root, or as root of a user namespace.
_NAMESPACES = (["unshare", "--mount"], ["unshare", "--map-root-user", "--mount"])


@dataclass(frozen=True)
class Disk:
    """A kind of file system.

    Parameters
    ----------
    title
        In the table.
    kind
        For `torture.inside`.
    left
        KiB that are left on the disk.
    is_guides
        Whether the guide's class can meet the same.
    """

    title: str
    kind: str
    left: int = 0
    is_guides: bool = True


def disks(options: Options) -> list[Disk]:
    """Return all kinds, with how full they are."""
    return [
        Disk("a cache that is mounted as a single file", "single"),
        *[Disk("a full disk, 4 to 56 KiB left", "full", left) for left in LEFT[:: options.few(1, 6)]],
        Disk("a single file on a full disk, 4 to 56 KiB left", "single-full", 4, is_guides=False),
        *[
            Disk("a single file on a full disk, 4 to 56 KiB left", "single-full", left, is_guides=False)
            for left in LEFT[2 :: options.few(2, 8)]
        ],
        Disk("a folder that can't be flushed (EINVAL)", "fsync-folder", is_guides=False),
        Disk("ESTALE at each first access", "stale", is_guides=False),
        Disk("EIO at each first access", "io-error", is_guides=False),
        Disk("ESTALE all the time", "always-stale", is_guides=False),
        Disk("EIO all the time", "always-io-error", is_guides=False),
        Disk("too many open files (EMFILE)", "files"),
        Disk("a read-only disk", "read-only"),
        Disk("a file system without locks (ENOLCK)", "no-locks", is_guides=False),
        Disk("a cache that belongs to another user", "foreign"),
    ]


def file_systems(options: Options) -> list[Row]:
    """All kinds of file systems with a login, a refresh and a logout."""
    namespace = _namespace()
    rows: dict[str, Row] = {}
    guides: dict[str, Counter[bool]] = {}
    refused: Counter[str] = Counter()
    for disk in disks(options):
        row = rows.setdefault(disk.title, Row(f"{disk.title}: login, refresh, logout", 0))
        if namespace is None:
            row.not_done = "mounts need root or user namespaces (unshare)"
            continue
        for verb in VERBS[1:2] if options.short and disk.left else VERBS:
            row.times += 1
            said, wrong = _try(options, namespace, disk, verb, row.times)
            refused[disk.title] += said != "done"
            if wrong:
                row.lost += 1
                row.misses.append(f"{verb}{f', {disk.left} KiB left' if disk.left else ''}: {said}; {wrong}")
        if options.guide is not None and disk.is_guides:
            lost = _try_the_guide(options, options.guide, namespace, disk, row.times)
            guides.setdefault(disk.title, Counter())[lost] += 1
    for title, row in rows.items():
        if refused[title]:
            row.remark = f"{refused[title]} refused before anything was spent"
        if title in guides:
            row.guide = f"{guides[title][True]} of {guides[title].total()} refreshes"
    return list(rows.values())


def _namespace() -> list[str] | None:
    for command in _NAMESPACES:
        with suppress(OSError):
            if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
                return command
    return None


def _entries(issuer: Served, disk: Disk, left: float) -> dict[str, Any]:
    entry = {**issuer.entry(expires_in=left), "groups": "g" * (LARGE if "full" in disk.kind else 0)}
    return {OTHER: OTHER_ENTRY, issuer.url: entry}


def _try(options: Options, namespace: list[str], disk: Disk, verb: str, number: int) -> tuple[str, str]:
    """One operation on a kind of file system: what it said, and what was lost."""
    home = Home(options.folder / f"disk-{disk.kind}-{disk.left}-{verb}-{number}")
    with serve() as issuer:
        home.write(_entries(issuer, disk, -1.0))
        before = issuer.refresh_token
        said = _inside(namespace, disk, verb, home, issuer.url)
        if said not in ("done", "refused"):
            return said, "an exception that is none of ours"
        spent = issuer.token_requests()
        if said == "refused" and spent:
            return said, f"{spent} token requests were spent on it"
        entries = home.read()
        if entries.get(OTHER) != OTHER_ENTRY:
            return said, "another issuer's session is gone"
        entry = entries.get(issuer.url)
        if verb == "logout" and said == "done":
            return said, "" if entry == {} else "the session is still there"
        if said == "done" and entry.get("refresh_token") == before:
            return said, "the new session was not saved"
        # As if somebody had mended it: the owner, the disk.
        with suppress(PermissionError):
            os.chown(home.cache, os.geteuid(), -1)
        return said, home.problem(issuer.url)


def _inside(namespace: list[str], disk: Disk, verb: str, home: Home, url: str) -> str:
    ran = subprocess.run(
        [*namespace, sys.executable, "-m", "torture.inside", disk.kind, str(disk.left), verb, str(home.folder), url],
        cwd=ROOT,
        env=environment(home.folder),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    _fetch(home)
    return str(json.loads(ran.stdout.splitlines()[-1])) if ran.returncode == 0 else ran.stderr[-400:]


def _fetch(home: Home) -> None:
    """Put in place what a mounted file system held in the end."""
    after = home.folder / "after"
    if after.exists():
        after.replace(home.cache)


def _try_the_guide(options: Options, guide: Guide, namespace: list[str], disk: Disk, number: int) -> bool:
    """A refresh of the guide's class: whether its session is lost."""
    home = Home(options.folder / f"disk-guide-{disk.kind}-{disk.left}-{number}")
    with serve() as issuer:
        home.write(_entries(issuer, disk, -1.0))
        subprocess.run(
            [
                *namespace,
                sys.executable,
                "-m",
                "torture.inside",
                disk.kind,
                str(disk.left),
                "guide",
                str(home.folder),
                issuer.url,
                str(guide.python),
                str(guide.file),
            ],
            cwd=ROOT,
            env=environment(home.folder),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            check=False,
        )
        _fetch(home)
        with suppress(PermissionError):
            os.chown(home.cache, os.geteuid(), -1)
        with suppress(OSError, ValueError, KeyError):
            home.expire(issuer.url)
        return ask_the_guide(guide, home, issuer.url) != "token"


def guide_at(python: str, file: str) -> Guide:
    """Return the guide's class in another process."""
    return Guide(Path(python), Path(file))
