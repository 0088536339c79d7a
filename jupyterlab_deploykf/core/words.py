"""Times and foreign texts, as a terminal shows them."""

from __future__ import annotations

import time
from typing import Callable

_STRUCT = Callable[[float], time.struct_time]


def plain(text: str) -> str:
    """A text without what would steer a terminal: names and messages come from elsewhere."""
    return "".join(c for c in text if c in "\n\t" or (c.isprintable() and c not in "\u202a\u202b\u202d\u202e"))


def duration(seconds: float) -> str:
    """A short time, as ``4:51``."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def until(expires_at: float, now: float, local: _STRUCT = time.localtime) -> str:
    """When something ends, as ``15:04 (in 59 min)``.

    Parameters
    ----------
    expires_at, now
        Seconds since the epoch.
    local
        Gives the time of day where the user is.
    """
    same_day = local(expires_at)[:3] == local(now)[:3]
    moment = time.strftime("%H:%M" if same_day else "%Y-%m-%d %H:%M", local(expires_at))
    left = int(expires_at - now)
    if abs(left) >= 2 * 86400:
        amount = f"{abs(left) // 86400} days"
    elif abs(left) >= 2 * 3600:
        amount = f"{abs(left) // 3600} h"
    else:
        amount = f"{abs(left) // 60} min"
    return f"{moment} (in {amount})" if left >= 0 else f"{moment} ({amount} ago)"
