"""How much torture there is to be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random

from .guide import Guide


@dataclass(frozen=True)
class Options:
    """What all rows are told.

    Parameters
    ----------
    folder
        A temporary folder.
    guide
        The guide's class; None if it isn't there.
    seed
        For the dice.
    short
        Whether to do a part of it, with generous limits of time, as on a machine that does other things, too.
    """

    folder: Path
    guide: Guide | None
    seed: int
    short: bool

    def dice(self, what: str) -> Random:
        """Return the dice of a row: the same for each run with a seed, whichever rows are run."""
        return Random(f"{self.seed} {what}")

    def few(self, many: int = 1, few: int = 0, *, every: int = 0) -> int:
        """Return the first number in a long run; in a short one the other, or `every` as a step."""
        return (every or few) if self.short else many

    def limit(self, seconds: float) -> float:
        """Return a limit of time: a short run takes ten times as much for what takes milliseconds."""
        return max(seconds * 10, 2.0) if self.short and seconds < 2.5 else seconds
