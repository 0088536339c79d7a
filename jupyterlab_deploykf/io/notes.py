"""A note beside the cache: what one process has found out about an issuer, for all others.

It holds no token. It is a courtesy: where it can't be written or read, each
process finds out for itself.
"""

from __future__ import annotations

import json
import os
import socket
from contextlib import suppress
from functools import lru_cache

from ..core.jsonvalue import parse_object
from ..core.setback import Setback
from .store import beside

_FLAGS = os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)

#: Bytes of a note, filled up with blanks: to write over it costs less than to make it and to remove it.
_SIZE = 2048

#: Bytes of a note that are read.
_LIMIT = 16 * 1024


class Notes:
    """The notes beside a cache.

    Parameters
    ----------
    path
        The cache.
    """

    def __init__(self, path: str) -> None:
        self._path = path

    def read(self, issuer: str) -> Setback | None:
        """The note on an issuer; None if there is none that can be used."""
        try:
            with open(beside(self._path, issuer, "note"), "rb") as file:
                content = file.read(_LIMIT)
        except OSError:
            return None
        fields = parse_object(content)
        # It may be half-written. The times are of a clock that starts with the machine, and say nothing on another one.
        if fields is None or fields.get("machine") != _machine():
            return None
        return Setback.from_dict(fields)

    def write(self, issuer: str, setback: Setback) -> None:
        """Leave a note."""
        self._put(issuer, json.dumps({"machine": _machine(), "issuer": issuer, **setback.to_dict()}), os.O_CREAT)

    def clear(self, issuer: str) -> None:
        """Say that there is nothing to know any more."""
        self._put(issuer, "", 0)

    def remove(self, issuer: str) -> None:
        """Take the note away, with the session that it spoke of."""
        with suppress(OSError):  # mostly there is none
            os.unlink(beside(self._path, issuer, "note"))

    def _put(self, issuer: str, text: str, flags: int) -> None:
        content = text.encode().ljust(_SIZE)
        with suppress(OSError):  # a courtesy
            descriptor = os.open(beside(self._path, issuer, "note"), _FLAGS | flags, 0o600)
            try:
                os.write(descriptor, content)
                if os.fstat(descriptor).st_size > len(content):
                    os.ftruncate(descriptor, len(content))
            finally:
                os.close(descriptor)


@lru_cache(maxsize=1)
def _machine() -> str:
    """What names this machine since its start."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="utf-8") as file:
            return file.read(64).strip()
    except OSError:
        return socket.gethostname()
