"""An HTTP answer, as the processing functions see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.utils import mktime_tz, parsedate_tz

from .jsonvalue import moment


@dataclass(frozen=True)
class Answer:
    """What a server sent back.

    Parameters
    ----------
    status
        The HTTP status code.
    headers
        Names in lower case.
    body
        At most as many bytes as the reader allows. Not shown: it may hold tokens.
    cookies
        The lines of ``Set-Cookie``, which can't be joined to one: a date has a comma, too.
    """

    status: int
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    cookies: tuple[str, ...] = field(default=(), repr=False)

    def date(self) -> float | None:
        """The server's clock in seconds since the epoch, to a second (RFC 9110, 6.6.1)."""
        parts = parsedate_tz(self.headers.get("date", "")[:100])
        if parts is None:
            return None
        try:
            # Without a zone it is GMT, as HTTP has it, and not this machine's.
            return moment(mktime_tz((*parts[:9], parts[9] or 0)))
        except (ValueError, OverflowError):
            return None
