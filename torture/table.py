"""The rows of the table, and how they are printed."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

#: The heads of the columns.
HEADS = ("What was done", "How often", "Lost: ours", "Lost: the guide's class", "How long", "Remarks")


@dataclass
class Row:
    """What one kind of torture came to.

    Parameters
    ----------
    title
        What was done.
    times
        How often.
    lost
        How often something of ours was lost.
    guide
        The same of the guide's class, in words; empty if the fault doesn't exist for it.
    took
        How long, if time is the point.
    remark
        What else has to be known to read the row.
    misses
        What exactly was lost, and which limits were missed. A row with one of them has failed.
    not_done
        Why it couldn't be done here; empty if it was.
    """

    title: str
    times: int
    lost: int = 0
    guide: str = ""
    took: str = ""
    remark: str = ""
    misses: list[str] = field(default_factory=list)
    not_done: str = ""

    @property
    def has_failed(self) -> bool:
        """Whether something was lost, or a limit was missed."""
        return bool(self.lost or self.misses)

    def cells(self) -> tuple[str, ...]:
        """Return the row's texts, in the order of `HEADS`."""
        if self.not_done:
            return self.title, "not done", "", "", "", self.not_done
        return self.title, f"{self.times:,}", str(self.lost), self.guide or "-", self.took or "-", self.remark


def markdown(rows: Iterable[Row]) -> str:
    """Return the rows as a table in Markdown, in columns that people can read as they are, too."""
    lines = [HEADS, *(row.cells() for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADS))]
    # Remarks are long, and last.
    widths[-1] = len(HEADS[-1])

    def joined(cells: Sequence[str], fill: str = " ") -> str:
        return "| " + " | ".join(cell.ljust(width, fill) for cell, width in zip(cells, widths)) + " |"

    return "\n".join([joined(HEADS), joined([""] * len(HEADS), "-"), *(joined(line) for line in lines[1:])])


def times_of(seconds: Sequence[float]) -> str:
    """Return a median and the worst of some times, in a unit that fits."""
    if not seconds:
        return ""
    median, worst = statistics.median(seconds), max(seconds)
    return f"{one_time(median)} / {one_time(worst)}"


def one_time(seconds: float) -> str:
    """Return a time as people read it."""
    return f"{seconds * 1e3:.1f} ms" if seconds < 1 else f"{seconds:.1f} s"
