"""``python -m torture.inside KIND KIB VERB HOME URL``: one operation on a file system with a fault.

It runs in a mount namespace of its own, so that its mounts end with it. Prints "done" or "refused", as JSON;
what the file system holds at the end is copied to where the home was before.
"""

from __future__ import annotations

import errno
import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyterlab_deploykf.errors import DeployKFError

from .faults import ask_the_guide
from .filesystem import guide_at
from .places import Home
from .tracer import CODE

#: The size of the small disk, in KiB.
_DISK = 1024


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


def _full(home: Home, left: int) -> None:
    """Put the home's folder on a small disk, and fill that."""
    folder = home.cache.parent
    content = home.cache.read_bytes()
    _mount("-t", "tmpfs", "-o", f"size={_DISK}k,mode=700", "tmpfs", str(folder))
    home.cache.write_bytes(content)
    home.cache.chmod(0o600)
    # The lock is there, as wherever somebody has logged in.
    home.sessions().logout("https://nobody.example.com/dex")
    home.cache.write_bytes(content)
    with open(folder / "filling", "wb", buffering=0) as filling:
        while os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize > left * 1024:
            filling.write(b"f" * 4096)


def _single(home: Home, left: int) -> None:
    """Mount the cache as a single file; on a full disk if so asked."""
    source = home.folder / "mounted"
    source.mkdir()
    if left:
        _mount("-t", "tmpfs", "-o", f"size={_DISK}k", "tmpfs", str(source))
    shutil.copy(home.cache, source / "cache.json")
    (source / "cache.json").chmod(0o600)
    _mount("--bind", str(source / "cache.json"), str(home.cache))
    if left:
        with open(source / "filling", "wb", buffering=0) as filling:
            while os.statvfs(source).f_bavail * os.statvfs(source).f_frsize > left * 1024:
                filling.write(b"f" * 4096)


def _failing(name: str, number: int, concerns: Callable[[Any], bool], *, once: bool) -> None:
    """Let a function of the system fail for some files; at the first attempt for each, or always."""
    real = getattr(os, name)
    seen: set[object] = set()

    def call(what: Any, *args: Any, **kwargs: Any) -> Any:
        key = what if isinstance(what, (str, int)) else str(what)
        if concerns(what) and not (once and key in seen):
            seen.add(key)
            raise OSError(number, os.strerror(number))
        return real(what, *args, **kwargs)

    setattr(os, name, call)


def _path_of(what: Any) -> str:
    return os.readlink(f"/proc/self/fd/{what}") if isinstance(what, int) else str(what)


def prepare(kind: str, left: int, home: Home) -> None:
    """Make the file system what it is to be."""
    cache = str(home.cache)

    def is_cache(what: Any) -> bool:
        return _path_of(what) == cache

    if kind == "full":
        _full(home, left)
    elif kind in ("single", "single-full"):
        _single(home, left)
    elif kind == "fsync-folder":
        _failing("fsync", errno.EINVAL, lambda what: os.path.isdir(_path_of(what)), once=False)
    elif kind in ("stale", "io-error", "always-stale", "always-io-error"):
        number = errno.ESTALE if "stale" in kind else errno.EIO
        for name in ("open", "lstat"):
            _failing(name, number, is_cache, once=not kind.startswith("always"))
    elif kind == "files":
        opened = len(os.listdir("/proc/self/fd"))
        resource.setrlimit(resource.RLIMIT_NOFILE, (opened - 1, 1024))
    elif kind == "read-only":
        folder = str(home.cache.parent)
        _mount("--bind", folder, folder)
        _mount("-o", "remount,bind,ro", folder)
    elif kind == "no-locks":
        import fcntl

        def flock(*_: object) -> None:
            raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

        fcntl.flock = flock
    elif kind == "foreign":
        os.chown(home.cache, 1234, -1)
    else:
        raise SystemExit(f"There is no kind {kind}.")


def _operate(verb: str, home: Home, url: str) -> str:
    sessions = home.sessions()
    try:
        if verb == "login":
            sessions.login(url, CODE, "v" * 43, "nonce-of-this-attempt")
        elif verb == "logout":
            sessions.logout(url)
        else:
            sessions.get_token(url)
    except DeployKFError:
        return "refused"
    finally:
        sessions.finish(60)
    return "done"


def main() -> None:
    """Prepare, operate, and say what came of it."""
    kind, left, verb, folder, url = sys.argv[1:6]
    home = Home(Path(folder))
    # Loaded while that can still be done.
    home.sessions().status()
    for module in ("renewal", "io.issuer", "core.setback", "core.code", "core.session", "io.token_file", "io.notes"):
        __import__(f"jupyterlab_deploykf.{module}")
    prepare(kind, int(left), home)
    said = ask_the_guide(guide_at(*sys.argv[6:8]), home, url) if verb == "guide" else _operate(verb, home, url)
    # What was written to a mount ends with it.
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, hard), hard))
    content = home.cache.read_bytes()
    if kind in ("full", "single", "single-full"):
        (home.folder / "after").write_bytes(content)
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main()
