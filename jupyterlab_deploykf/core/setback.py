"""What a refresh that failed means for the next attempt, in this process and in all others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Callable

from ..errors import DeployKFError, from_problem
from .backoff import delay
from .credential import Credential
from .jsonvalue import number
from .words import one_line

#: Seconds for which Dex gives the same answer to the same refresh token again: deployKF's
#: `dex.expiry.refreshToken.reuseInterval`, 30s by default. An answer that was lost can be had again within it.
REUSE_INTERVAL = 30.0

#: Seconds of the reuse interval that are left to the last attempt and its way.
_MARGIN = 3.0

#: Seconds from which an attempt counts as one that has kept somebody waiting.
_SLOW = 1.0

#: Seconds for which a slow attempt holds back others, at the most.
_LONGEST_HOLD = 10.0


@dataclass(frozen=True)
class Setback:
    """The last attempt to refresh a session, which failed. All times are seconds of a monotonic clock.

    Parameters
    ----------
    session
        Which session it speaks of: see `session_mark`.
    failed_at
        When it failed.
    failures
        How many attempts in a row have failed.
    not_before
        When someone whose token is still valid may ask again.
    busy_until
        When someone without a valid token may ask again: an issuer that has let one process wait for 10 seconds
        need not do so to others at the same time.
    problem
        Why it failed. While another attempt is under way, which others have to know should its process be
        killed, why the one before it failed, or None.
    unknown_since
        When the first request was sent whose outcome is not known: its answer was lost, and the issuer may have
        replaced the refresh token. None if the issuer has answered.
    is_under_way
        Whether the request is still being repeated, or was when its process ended.
    """

    session: str
    failed_at: float
    failures: int
    not_before: float
    busy_until: float
    problem: DeployKFError | None
    unknown_since: float | None = None
    is_under_way: bool = False

    def is_repeatable(self, now: float) -> bool:
        """Whether a lost answer can be had again: the request is repeated at once then, whatever else holds."""
        since = self.unknown_since
        return self.is_under_way and since is not None and 0 <= now - since < REUSE_INTERVAL - _MARGIN

    def holds_back(self, now: float, *, is_valid: bool) -> bool:
        """Whether it is too early to ask again.

        Parameters
        ----------
        now
            Seconds of the same clock.
        is_valid
            Whether whoever would ask has a valid token.
        """
        if self.failed_at > now or self.is_repeatable(now):
            return False
        return now < (self.not_before if is_valid else self.busy_until)

    def to_dict(self) -> dict[str, object]:
        """As a note beside the cache holds it."""
        return {
            "session": self.session,
            "failed_at": self.failed_at,
            "failures": self.failures,
            "not_before": self.not_before,
            "busy_until": self.busy_until,
            "problem": self.problem.problem() if self.problem else None,
            "unknown_since": self.unknown_since,
            "is_under_way": self.is_under_way,
        }

    @classmethod
    def from_dict(cls, fields: Mapping[str, object]) -> Setback | None:
        """Read a note; None if it can't be used."""
        session, problem = fields.get("session"), fields.get("problem")
        times = (number(fields.get(name)) for name in ("failed_at", "not_before", "busy_until", "failures"))
        numbers = [value for value in times if value is not None]
        if not isinstance(session, str) or len(numbers) != 4:
            return None
        error = from_problem(_shown(problem)) if isinstance(problem, Mapping) else None
        if error is None and problem is not None:
            return None
        failed_at, not_before, busy_until, failures = numbers
        since = number(fields.get("unknown_since"))
        is_under_way = fields.get("is_under_way") is True
        return cls(session, failed_at, int(failures), not_before, busy_until, error, since, is_under_way)


def _shown(problem: Mapping[str, object]) -> dict[str, object]:
    return {name: one_line(value, 1000) if isinstance(value, str) else value for name, value in problem.items()}


def session_mark(credential: Credential | None) -> str:
    """What tells one state of a session from another, and no secret: void once someone has refreshed it."""
    tokens = (credential.refresh_token, credential.id_token) if credential else ()
    return sha256("\n".join(tokens).encode("utf-8", "replace")).hexdigest()[:16]


def under_way(previous: Setback | None, sent: Credential, since: float) -> Setback:
    """What to leave behind before a request is sent, in case its answer never comes.

    Parameters
    ----------
    previous
        The setback before it; None if there was none.
    sent
        The credential whose refresh token is sent.
    since
        When it is sent for the first time, by a monotonic clock.
    """
    failures, problem = (previous.failures, previous.problem) if previous is not None else (0, None)
    return Setback(session_mark(sent), since, failures, 0.0, 0.0, problem, since, is_under_way=True)


def setback_after(
    previous: Setback | None,
    session: str,
    problem: DeployKFError,
    *,
    started_at: float,
    now: float,
    random: Callable[[], float],
    unknown_since: float | None = None,
) -> Setback:
    """Say when to try again after an attempt that failed.

    Parameters
    ----------
    previous
        The setback before it; None if there was none.
    session
        As `Setback` has it.
    problem
        Why it failed.
    started_at, now
        When the attempt began and failed, by a monotonic clock.
    random
        Gives a number from 0 to 1, so that a thousand servers don't come back in the same second.
    unknown_since
        As `Setback` has it.
    """
    failures = 1 + (previous.failures if previous is not None else 0)
    wait = delay(failures, random, problem.retry_after)
    took = now - started_at
    # The issuer's own word on when to come back (RFC 9110, 10.2.3) holds for everyone.
    hold = max(min(took, _LONGEST_HOLD) if took >= _SLOW else 0.0, problem.retry_after or 0.0)
    return Setback(session, now, failures, now + wait, now + hold, problem, unknown_since)
