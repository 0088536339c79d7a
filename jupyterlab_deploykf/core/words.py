"""Times and foreign texts, as a terminal shows them."""

from __future__ import annotations

import re
import time
from typing import Callable

_STRUCT = Callable[[float], time.struct_time]

# Printable by Python's table, and yet nothing to see: fillers, and what only changes the character before it.
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# Blanks of all kinds, and wherever a terminal may end a line.
_BLANKS = re.compile(r"\s+")


def plain(text: str) -> str:
    """Return a text without what steers a terminal, turns the direction of reading, or can't be seen.

    Line ends and tabs stay. Of a joined emoji the parts stay.
    """
    if text.isascii() and text.isprintable():
        return text
    return _UNSEEN.sub("", "".join(c for c in text if c in "\n\t" or c.isprintable()))


def one_line(value: object, limit: int = 200) -> str:
    """Return what came from elsewhere as a line that can be shown anywhere; called where it enters.

    Parameters
    ----------
    value
        A text; of numbers and the like their text is taken, and anything else is empty.
    limit
        How many characters are kept; an ellipsis tells that there were more.
    """
    if isinstance(value, (bool, int, float)):
        value = _number_text(value)
    if not isinstance(value, str):
        return ""
    # Cut first, so that a megabyte isn't walked; some of it may go.
    line = " ".join(plain(_BLANKS.sub(" ", value[: 4 * limit])).split())
    return line if len(line) <= limit and len(value) <= 4 * limit else f"{line[: limit - 1].rstrip()}…"


def _number_text(value: float) -> str:
    try:
        return str(value)
    except ValueError:  # Python prints integers of 4,300 digits at most
        return "a huge number"


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
