"""A home of its own for each victim, and what is looked at afterwards."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any, Callable

from jupyterlab_deploykf.errors import DeployKFError
from jupyterlab_deploykf.io.clusters import ClusterBook
from jupyterlab_deploykf.io.http import Http
from jupyterlab_deploykf.io.issuer import Issuer
from jupyterlab_deploykf.io.store import Store
from jupyterlab_deploykf.session import Sessions

#: An issuer that nobody asks: what is cached of it must survive whatever is done to others.
OTHER = "https://other.example.com/dex"
OTHER_ENTRY = {"id_token": "other-id-token", "expires_at": 1, "refresh_token": "other-refresh", "note": "n" * 4000}

#: How the tokens of the scriptable issuer begin.
SECRETS = (b"refresh-", b"access-", b"eyJ")


class Home:
    """A home folder with a cache.

    Parameters
    ----------
    folder
        The home folder; it is made if it isn't there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache = folder / ".config" / "kfp" / "dkf_credentials.json"
        self.cache.parent.mkdir(parents=True, exist_ok=True)

    def sessions(self, clock: Callable[[], float] = time.time, *, timeout: float = 10.0, **renewal: Any) -> Sessions:
        """Return the sessions as a new process has them: nothing is shared but the files."""
        return Sessions(
            Store(str(self.cache)),
            ClusterBook(str(self.cache.with_name("deploykf.json")), {}),
            lambda cluster: Issuer(cluster, Http(timeout), clock),
            clock,
            **renewal,
        )

    def write(self, entries: Any) -> None:
        """Write the cache as a program of the reference kind does."""
        self.cache.parent.mkdir(parents=True, exist_ok=True)
        self.cache.write_text(json.dumps(entries))

    def read(self) -> Any:
        """Return the cache's JSON."""
        return json.loads(self.cache.read_text())

    def expire(self, url: str, left: float = -1.0) -> None:
        """Let the ID token of a session have only some seconds left."""
        entries = self.read()
        entries[url]["expires_at"] = time.time() + left
        self.write(entries)

    def problem(self, url: str) -> str:
        """Say why the session can't be refreshed by a new process; empty if it can be."""
        try:
            self.expire(url)
        except (OSError, ValueError, KeyError, TypeError) as error:
            return f"no session in the cache ({type(error).__name__})"
        sessions = self.sessions()
        try:
            sessions.get_token(url)
        except DeployKFError as error:
            return f"{type(error).__name__}: {error.message}"
        finally:
            sessions.finish(30)
        return ""

    def leftovers(self) -> list[str]:
        """Return the names of all files beside the cache that hold a token."""
        found = []
        for path in self.cache.parent.iterdir():
            if path.name != self.cache.name and any(secret in path.read_bytes() for secret in SECRETS):
                found.append(path.name)
        return found


def environment(home: Path) -> dict[str, str]:
    """Return the environment of a process that lives in a home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DEPLOYKF", "KF_"))}
    return {**kept, "HOME": str(home), "OAUTHLIB_INSECURE_TRANSPORT": "1"}
