"""The decision which credential is used, for people to read."""

from __future__ import annotations

from html import escape

from ..core.ways import Choice, Way

_TITLES = {
    Way.SERVICE_ACCOUNT: "ServiceAccount token",
    Way.LOGIN: "Session of the cache",
    Way.STATIC: "Static credentials",
}
_HEAD = ("", "way", "auth=", "what was found")


class Explanation:
    """What `kfp_client(explain=True)` gives: a table in a notebook, lines elsewhere.

    Parameters
    ----------
    choice
        The decision.
    host, namespace
        Where the client would go; None where that is not known.
    """

    def __init__(self, choice: Choice, host: str | None, namespace: str | None) -> None:
        self.choice = choice
        self.host = host
        self.namespace = namespace

    def to_dict(self) -> dict[str, object]:
        """The decision as JSON."""
        return {
            "way": self.choice.way.value if self.choice.way else None,
            "because": self.choice.because,
            "asks": self.choice.asks,
            "host": self.host,
            "namespace": self.namespace,
            "findings": [
                {"way": each.way.value, "usable": each.usable, "found": each.found} for each in self.choice.findings
            ],
        }

    def __str__(self) -> str:
        rows = [_HEAD, *self._rows()]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        lines = ["  ".join([*(cell.ljust(w) for cell, w in zip(row, widths)), row[3]]).rstrip() for row in rows]
        return "\n".join([*lines, "", *(f"{name:9}  {value}" for name, value in self._summary())])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = "".join(f"<th style='text-align:left'>{escape(cell)}</th>" for cell in _HEAD)
        rows = "".join(
            "<tr>" + "".join(f"<td style='text-align:left'>{escape(cell)}</td>" for cell in row) + "</tr>"
            for row in self._rows()
        )
        summary = "<br>".join(f"<b>{escape(name)}</b>: {escape(value)}" for name, value in self._summary())
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table><p>{summary}</p>"

    def _rows(self) -> list[tuple[str, str, str, str]]:
        return [
            ("→" if each.way is self.choice.way else "", _TITLES[each.way], each.way.value, each.found)
            for each in self.choice.findings
        ]

    def _summary(self) -> list[tuple[str, str]]:
        if self.choice.way is None:
            outcome = "nothing can be used, and nobody can be asked to log in"
        elif self.choice.asks:
            outcome = "someone is asked to log in"
        else:
            outcome = _TITLES[self.choice.way]
        return [("Uses", outcome), ("Host", self.host or "not known"), ("Namespace", self.namespace or "not known")]
