"""``doctor``: everything that signing in needs, a line each."""

from __future__ import annotations

import argparse
import sys

from ..core.checks import TITLES, Check, State
from ..core.diagnosis import Diagnosis
from ..doctor import examine
from ..wiring import make_sessions
from .exits import diagnosis_code
from .output import give, say

_MARKS = {State.OK: "✓", State.WARNING: "!", State.PROBLEM: "✗", State.SKIPPED: "-"}
_PLAIN_MARKS = {State.OK: "+", State.WARNING: "!", State.PROBLEM: "x", State.SKIPPED: "-"}

_STATE_WIDTH = max(len(state.value) for state in State)
_TITLE_WIDTH = max(len(title) for title in TITLES.values())


def run(arguments: argparse.Namespace) -> int:
    """Print each line as soon as it is found."""
    is_quiet = arguments.json or arguments.bundle
    diagnosis = examine(make_sessions(), arguments.cluster, on_check=None if is_quiet else _show)
    if arguments.json:
        give(diagnosis.to_dict())
    elif arguments.bundle:
        say(diagnosis.bundle.rstrip("\n"))
    else:
        _conclude(diagnosis)
    return diagnosis_code(diagnosis)


def _show(check: Check) -> None:
    mark = (_MARKS if _has_signs() else _PLAIN_MARKS)[check.state]
    say(f"{mark} {check.state.value:{_STATE_WIDTH}}  {check.title:{_TITLE_WIDTH}}  {check.found}")
    if check.next_step is not None:
        say(f"{' ' * (_STATE_WIDTH + 4)}{check.next_step}")


def _conclude(diagnosis: Diagnosis) -> None:
    at = f" at {diagnosis.cluster.issuer}" if diagnosis.cluster else ""
    if diagnosis.problem is None:
        say(f"\nNo problem was found{at}.")
        return
    say(f"\nThere is a problem{at}. Begin with «{diagnosis.problem.title}»: later lines may follow from it.")
    say("For a bug report: jupyter deploykf doctor --bundle")


def _has_signs() -> bool:
    """Whether the output's encoding has the marks."""
    try:
        "".join(_MARKS.values()).encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
