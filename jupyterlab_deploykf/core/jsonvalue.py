"""Read JSON that comes from outside: the only module that does, so that nothing in it can raise later.

What comes out can be written again, by us and by others: no infinite numbers, no integers that
Python refuses to print, no lone surrogates that can't be encoded, no trees too deep to walk.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any

#: Levels of lists and objects that are kept; deeper values are null.
MAX_DEPTH = 100

#: The latest moment that is read, in seconds since the epoch: the end of the year 9999.
LAST_MOMENT = 253402300799.0

#: The longest duration that is read, in seconds: a hundred years.
LONGEST = 3155760000.0

# Python prints integers of 4,300 digits at most, and no float holds more than 309.
_MAX_DIGITS = 309

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def parse_value(data: bytes | str, otherwise: object = None) -> object:
    """Read a JSON text.

    Parameters
    ----------
    data
        JSON; octets are UTF-8, or UTF-16 and UTF-32 as some editors write them.
    otherwise
        What to return if `data` isn't JSON; to tell that from ``null``.

    Returns
    -------
    object
        The value; `otherwise` if `data` isn't JSON. If a name occurs twice in an object, the last
        counts, as RFC 7519, 4 has it. Numbers that no float can hold are null, as is what is
        nested deeper than `MAX_DEPTH`; a lone surrogate is U+FFFD.
    """
    try:
        source = data if isinstance(data, str) else data.decode(json.detect_encoding(data))
        source = _LONE_SURROGATE.sub("\ufffd", source)
        value = json.loads(source, parse_int=_integer, parse_float=_float, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return otherwise
    if _ESCAPED_SURROGATE.search(source) or source.count("[") + source.count("{") > MAX_DEPTH:
        return _cleaned(value)
    return value


def parse_object(data: bytes | str) -> dict[str, Any] | None:
    """Read a JSON object, as `parse_value` does; None if `data` isn't one."""
    value = parse_value(data)
    return value if isinstance(value, dict) else None


def parse_shared(data: bytes) -> object:
    """Read a JSON file that others write too, so that it can be written again with their values as they are.

    As fast as `json.loads`, since the cache is read with each token.

    Parameters
    ----------
    data
        UTF-8; what `json.loads` can't read is read by `parse_value`.

    Returns
    -------
    object
        The value; None if `data` isn't JSON. Unlike `parse_value`, it keeps lone surrogates and the
        numbers that only Python knows: `json.dumps` writes both as they were, but no text that holds
        them can be encoded. Only what is nested deeper than `MAX_DEPTH` is null, since `json.dumps`
        fails on it.
    """
    try:
        value: object = json.loads(data.decode())
    except (ValueError, RecursionError):
        return parse_value(data)
    # Counting takes less than a microsecond; a walk through the value takes longer than reading it.
    return _cut(value) if data.count(b"[") + data.count(b"{") > MAX_DEPTH else value


def text(value: object) -> str:
    """Return a text as it is, or an empty one for all else."""
    return value if isinstance(value, str) else ""


def texts(value: object) -> tuple[str, ...]:
    """Return the texts in a list; one text counts as a list of it, and anything else as an empty list."""
    if isinstance(value, str):
        return (value,)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, (list, tuple)) else ()


def number(value: object) -> float | None:
    """Return a finite number; None for all else. ``true`` is no number, though Python has it as 1."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        result = float(value)
    except OverflowError:
        return None
    return result if math.isfinite(result) else None


def moment(value: object) -> float | None:
    """Return a time in seconds since the epoch, until the year 9999; None for all else."""
    result = number(value)
    return result if result is not None and 0 <= result <= LAST_MOMENT else None


def seconds(value: object) -> float | None:
    """Return a duration in seconds; None if it isn't a number, isn't positive, or is longer than `LONGEST`."""
    result = number(value)
    return result if result is not None and 0 < result <= LONGEST else None


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) <= _MAX_DIGITS else None


def _float(digits: str) -> float | None:
    result = float(digits)
    return result if math.isfinite(result) else None


def _no_number(_: str) -> None:
    """Read NaN and Infinity, which Python writes and JSON doesn't have, as null."""


def _cleaned(value: object) -> object:
    """Return a value without lone surrogates, and without what is nested too deep."""
    return _walked(value, lambda text: _LONE_SURROGATE.sub("\ufffd", text))


def _cut(value: object) -> object:
    """Return a value without what is nested too deep."""
    return _walked(value, lambda text: text)


def _walked(value: object, change: Callable[[str], str]) -> object:
    """Return a value with its texts changed, and without what is nested too deep; loops, since a tree may be deep."""
    top: list[object] = [value]
    waiting: list[tuple[Any, int]] = [(top, 0)]
    while waiting:
        container, depth = waiting.pop()
        if isinstance(container, dict):
            items = list(container.items())
            container.clear()
        else:
            items = list(enumerate(container))
        for key, item in items:
            kept: object = item
            if isinstance(item, str):
                kept = change(item)
            elif isinstance(item, (dict, list)):
                if depth == MAX_DEPTH:
                    kept = None
                else:
                    waiting.append((item, depth + 1))
            container[change(key) if isinstance(key, str) else key] = kept
    return top[0]
