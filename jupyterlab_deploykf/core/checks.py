"""What the doctor says: one check a line, in words that need no knowledge of OAuth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from ..errors import DeployKFError

#: The checks by id, in the order in which they are made and shown.
TITLES = {
    "dns": "Name resolution",
    "tcp": "Connection",
    "tls": "Certificate",
    "discovery": "Discovery",
    "issuer": "Issuer",
    "clock": "Clock",
    "token": "Token",
    "cache": "Cache file",
    "api": "API",
    "namespace": "Namespace",
    "service_account": "ServiceAccount token",
    "kfp_client": "Plain kfp.Client()",
}


class State(str, Enum):
    """How a check ended."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Check:
    """One line of the doctor's list.

    Parameters
    ----------
    id
        One of `TITLES`.
    state
        How it ended.
    found
        What was found, in one or two plain sentences.
    next_step
        What to do; None where nothing is to be done.
    error
        Of a problem: what using the package would raise, where it would.
    """

    id: str
    state: State
    found: str
    next_step: str | None = None
    error: DeployKFError | None = field(default=None, compare=False, repr=False)

    @property
    def title(self) -> str:
        """What the line is called."""
        return TITLES[self.id]

    def to_dict(self) -> dict[str, object]:
        """The check as the REST API speaks of it."""
        return {
            "id": self.id,
            "title": self.title,
            "state": self.state.value,
            "found": self.found,
            "next_step": self.next_step,
        }


def ok(id: str, found: str) -> Check:
    """All is well."""
    return Check(id, State.OK, found)


def warning(id: str, found: str, next_step: str) -> Check:
    """It works, and something should be known or done."""
    return Check(id, State.WARNING, found, next_step)


def failed(id: str, error: DeployKFError, next_step: str | None = None) -> Check:
    """It does not work: the error's own words, and its next step unless a better one is given."""
    return Check(id, State.PROBLEM, error.message, next_step or error.next_step, error)


def skipped(id: str, found: str, next_step: str | None = None) -> Check:
    """There is nothing to check."""
    return Check(id, State.SKIPPED, found, next_step)


def waits(id: str, other: str, found: str = "") -> Check:
    """It can't be checked before another line is well.

    Parameters
    ----------
    id
        Which check.
    other
        The id of the line that it waits for.
    found
        What is known all the same.
    """
    return Check(id, State.SKIPPED, f"{found} This waits for «{TITLES[other]}».".lstrip())


def first_problem(checks: Sequence[Check]) -> Check | None:
    """The problem to mend first: the later lines may follow from it."""
    return next((check for check in checks if check.state is State.PROBLEM), None)
