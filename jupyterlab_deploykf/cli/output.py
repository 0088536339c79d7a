"""Results go to stdout, all else to stderr."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Sequence

from ..core.words import plain
from ..errors import DeployKFError


def be_lenient() -> None:
    """Print what a terminal's encoding lacks as ``?``, and keep libraries' warnings to themselves."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")
    if not sys.warnoptions:
        # urllib3's, of a certificate that goes unchecked: we say that in our own words.
        warnings.simplefilter("ignore")


def say(text: str) -> None:
    """Print a result for people."""
    print(plain(text), flush=True)


def give(result: object) -> None:
    """Print a result for programs."""
    print(json.dumps(result), flush=True)


def tell(text: str) -> None:
    """Print what is no result."""
    print(plain(text), file=sys.stderr, flush=True)


def tell_problem(error: DeployKFError, as_json: bool) -> None:
    """Print an error: two lines for people, one for programs."""
    tell(json.dumps(error.problem()) if as_json else f"{error.message}\n{error.next_step}")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows in columns, two blanks apart."""
    lines = [[plain(cell).replace("\n", " ") for cell in line] for line in (head, *rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines)
