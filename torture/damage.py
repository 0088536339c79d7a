"""Caches that were damaged in every way, by a seed. Needs nothing but Python's own library."""

from __future__ import annotations

import json
from random import Random
from typing import Any

#: What stands where something else should.
ODD: tuple[Any, ...] = (None, True, 0, -1, 10**400, 1e308, "", "x", [], {}, [[]], "\ud800", "\u202e", {"a": {"b": []}})

_PIECES = (
    b"\x00",
    b"\xff\xfe",
    b"{",
    b"}",
    b'"',
    b"\\u",
    b"NaN",
    b"Infinity",
    b"1e999",
    b"[" * 200,
    b"\n",
    b",",
    b"null",
)


def damaged(content: bytes, dice: Random) -> bytes:
    """Return a cache's content with a damage.

    Parameters
    ----------
    content
        A real one.
    dice
        Says which damage.
    """
    kind = dice.randrange(12)
    at = dice.randrange(len(content) + 1)
    if kind == 0:
        return content[:at]
    if kind == 1:
        return content[at:]
    if kind == 2:
        return content[:at] + content[at + dice.randint(1, 40) :]
    if kind == 3:
        return content[:at] + dice.choice(_PIECES) + content[at:]
    if kind == 4:
        flipped = bytearray(content)
        for _ in range(dice.randint(1, 20)):
            flipped[dice.randrange(len(flipped))] ^= 1 << dice.randrange(8)
        return bytes(flipped)
    if kind == 5:
        return bytes(dice.randrange(256) for _ in range(dice.randint(0, 300)))
    if kind == 6:
        return content + content[:at]
    if kind == 7:
        return content[:at] + b"\x00" * (len(content) - at)
    if kind == 8:
        return content.decode().encode(dice.choice(("utf-16", "utf-32", "utf-8-sig")))
    if kind == 9:
        return dice.choice((b"[]", b"null", b'"text"', b"[" * 50_000, b'{"a":' * 20_000, b" " * 4096, b"7"))
    return _odd(json.loads(content), dice)


def _odd(entries: Any, dice: Random) -> bytes:
    """JSON that is well-formed, with a value or a key that makes no sense."""
    places = [(entries, key) for key in entries]
    places += [(entry, name) for entry in entries.values() for name in entry]
    for _ in range(dice.randint(1, 3)):
        inside, key = dice.choice(places)
        if dice.random() < 0.7:
            inside[key] = dice.choice(ODD)
        elif key in inside:
            inside[dice.choice(("", "no-scheme.example.com/dex", "http://[", "\ud800", "x" * 5000))] = inside.pop(key)
    return json.dumps(entries).encode()
