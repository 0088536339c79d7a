"""An HTTP answer, as the processing functions see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime


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
    """

    status: int
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    def date(self) -> float | None:
        """The server's clock in seconds since the epoch, to a second (RFC 9110, 6.6.1)."""
        try:
            return parsedate_to_datetime(self.headers["date"]).timestamp()
        except (KeyError, ValueError, TypeError):
            return None
