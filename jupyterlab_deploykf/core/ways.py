"""Which credential a client uses, and why: the decision, apart from looking around."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ..errors import AuthTypeUnknown

#: What `kfp_client(auth=…)` takes.
AUTO = "auto"


class Way(str, Enum):
    """The ways to authenticate, by deployKF's guide."""

    SERVICE_ACCOUNT = "service-account"
    LOGIN = "login"
    STATIC = "static"


@dataclass(frozen=True)
class Finding:
    """What was found of one way.

    Parameters
    ----------
    way
        Which.
    usable
        Whether it works without anybody's help.
    found
        In words, a sentence without its full stop.
    """

    way: Way
    usable: bool
    found: str


@dataclass(frozen=True)
class Choice:
    """The way that is used.

    Parameters
    ----------
    way
        None where a human is needed and nobody can be asked.
    because
        Why, in words.
    asks
        Whether someone has to log in first.
    findings
        Of all ways, in the order in which they are tried.
    """

    way: Way | None
    because: str
    asks: bool
    findings: tuple[Finding, ...]

    def finding(self, way: Way) -> Finding:
        """What was found of a way."""
        (found,) = (each for each in self.findings if each.way is way)
        return found


def parse_auth(auth: str) -> Way | None:
    """The way that is forced; None for the choice by what is there.

    Raises
    ------
    AuthTypeUnknown
    """
    if auth == AUTO:
        return None
    try:
        return Way(auth)
    except ValueError:
        known = ", ".join([AUTO, *(way.value for way in Way)])
        raise AuthTypeUnknown(f"There is no way to authenticate «{auth}».", f"Use one of: {known}.") from None


def choose(forced: Way | None, findings: tuple[Finding, ...], interactive: bool) -> Choice:
    """Decide which way is used.

    Parameters
    ----------
    forced
        What the caller wants; None for the first that is usable.
    findings
        Of all ways, in the order in which they are tried.
    interactive
        Whether someone can be asked to log in.
    """
    if forced is not None:
        (finding,) = (each for each in findings if each.way is forced)
        asks = not finding.usable and interactive and forced is not Way.SERVICE_ACCOUNT
        return Choice(forced, f"auth={forced.value!r} was asked for, and {finding.found}", asks, findings)
    for index, finding in enumerate(findings):
        if finding.usable:
            passed = [each.found for each in findings[:index]]
            return Choice(finding.way, "; ".join([finding.found, *passed]), False, findings)
    reasons = "; ".join(finding.found for finding in findings)
    return Choice(Way.LOGIN if interactive else None, reasons, interactive, findings)
