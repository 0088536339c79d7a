"""When a server wants to be asked again (RFC 9110, 10.2.3)."""

from __future__ import annotations

import re
from email.utils import mktime_tz, parsedate_tz
from math import ceil

#: The most that is honored, in seconds: nobody's mistake keeps sessions from being refreshed for longer.
LONGEST = 3600.0

_SECONDS = re.compile("[0-9]+")


def parse_retry_after(value: str | None, now: float) -> float | None:
    """Read a ``Retry-After`` header.

    Parameters
    ----------
    value
        Seconds or an HTTP date; None if there is no such header.
    now
        Seconds since the epoch, by the server's clock if it is known.

    Returns
    -------
    float or None
        Seconds from now, between 0 and `LONGEST`; None if the header says nothing.
    """
    text = "" if value is None else value.strip(" \t")
    if _SECONDS.fullmatch(text):
        # Digits without end are more than Python reads as a number, and more than an hour in any case.
        digits = text.lstrip("0")
        return min(float(digits or 0), LONGEST) if len(digits) < 10 else LONGEST
    at = _date(text)
    return None if at is None else min(max(at - now, 0.0), LONGEST)


def when_to_retry(retry_after: float | None) -> str:
    """Return the next step after a fault: it must not name a time at which nothing is asked yet.

    Parameters
    ----------
    retry_after
        Seconds, from `parse_retry_after`.
    """
    minutes = ceil((retry_after or 0.0) / 60)
    if minutes <= 1:
        return "Try again in a minute."
    return f"Try again in {minutes} minutes: the server asks for that much time."


def _date(text: str) -> float | None:
    try:
        parts = parsedate_tz(text)
        return None if parts is None else float(mktime_tz(parts))
    except (ValueError, TypeError, OverflowError, IndexError):
        # What the library makes of dates that are none.
        return None
