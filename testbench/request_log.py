"""What the gateway has seen, for tests that count requests: never a header, a query or a body."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Request:
    """A request and its answer.

    Attributes
    ----------
    method, path
        As the client sent them, the path without its query.
    status
        The answer's HTTP status.
    """

    method: str
    path: str
    status: int


class RequestLog:
    """The requests, in the order in which their answers began."""

    def __init__(self) -> None:
        self._records: list[Request] = []

    @property
    def records(self) -> tuple[Request, ...]:
        """All of them, up to now."""
        return tuple(self._records)

    def add(self, method: str, path: str, status: int) -> None:
        """Remember one."""
        self._records.append(Request(method, path, status))

    def at(self, path: str, method: str | None = None) -> list[Request]:
        """Those at exactly this path."""
        return [r for r in self.records if r.path == path and method in (None, r.method)]

    def count(self, path: str, method: str | None = None) -> int:
        """How many there were at exactly this path."""
        return len(self.at(path, method))
