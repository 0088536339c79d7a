"""The exit codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import DeployKFError, LoginRequired

if TYPE_CHECKING:
    from ..core.diagnosis import Diagnosis

OK = 0
ERROR = 1
USAGE = 2
LOGIN_REQUIRED = 3
RETRYABLE = 4
NOT_RUNNABLE = 126
NOT_FOUND = 127
INTERRUPTED = 130

EXPLAINED = """exit codes:
  0    done
  1    an error; what to do about it is said
  2    the command line is not understood
  3    a login is required (also: «login» where there is no terminal)
  4    not reachable now: the same may work later
  130  interrupted
  «doctor» ends with the code of the first problem that it found
  «run» ends with the command's own code; 128+n where signal n ended it,
  126 where it can't be run, 127 where it is not there
"""


def diagnosis_code(diagnosis: Diagnosis) -> int:
    """The exit code that the doctor ends with: that of the first problem."""
    if diagnosis.problem is None:
        return OK
    return exit_code(diagnosis.problem.error) if diagnosis.problem.error else ERROR


def exit_code(error: DeployKFError) -> int:
    """The exit code that an error leads to."""
    if isinstance(error, LoginRequired):
        return LOGIN_REQUIRED
    return RETRYABLE if error.retryable else ERROR
