"""The doctor's lines about the way to the issuer: what was found, as a `Check`."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import DeployKFError
from .checks import Check, State, failed, ok, skipped, warning
from .idtoken import LEEWAY
from .words import until

#: Seconds by which this machine's clock may differ from the issuer's before it is worth a word.
CLOCK_WARNING = 30.0

#: Seconds before a certificate's end from which somebody should know.
CERTIFICATE_WARNING = 14 * 86400.0

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_PROXY_NEXT = "Check HTTPS_PROXY; if this host is to be reached without the proxy, add it to NO_PROXY."


@dataclass(frozen=True)
class Route:
    """The way of a request.

    Parameters
    ----------
    scheme, host, port
        Where it is meant to go.
    proxy
        The proxy that it goes through, without its password; None where it goes straight.
    near_host, near_port
        Where the connection is made to: the proxy, or the host itself.
    problem
        Why there is no way: a setting can't be used.
    """

    scheme: str
    host: str
    port: int
    proxy: str | None
    near_host: str
    near_port: int
    problem: DeployKFError | None = None

    @property
    def near(self) -> str:
        """Where the connection is made to, for people."""
        host = f"[{self.near_host}]" if ":" in self.near_host else self.near_host
        return f"{host}:{self.near_port}"


@dataclass(frozen=True)
class Resolved:
    """What a name stands for: its addresses, or why there are none."""

    addresses: tuple[str, ...] = ()
    problem: DeployKFError | None = None


@dataclass(frozen=True)
class Connected:
    """How long a connection took (seconds), or why there is none."""

    seconds: float = 0.0
    problem: DeployKFError | None = None


@dataclass(frozen=True)
class Secured:
    """What a TLS handshake gave.

    Parameters
    ----------
    trusted
        The CAs that the certificate was checked with, in words.
    expires_at
        When the certificate ends, in seconds since the epoch; None where it was not told.
    problem
        Why it is not trusted, or why there was no handshake.
    """

    trusted: str = ""
    expires_at: float | None = None
    problem: DeployKFError | None = None


def dns_check(route: Route, found: Resolved) -> Check:
    """Whether the name is known."""
    if found.problem is not None:
        return failed("dns", found.problem, _PROXY_NEXT if route.proxy else None)
    through = f"Requests go through the proxy {route.proxy}, which resolves {route.host}. " if route.proxy else ""
    if found.addresses == (route.near_host,):
        return ok("dns", f"{through}{route.near_host} is an address and needs no name resolution.")
    return ok("dns", f"{through}{route.near_host} is {_listed(found.addresses)}.")


def tcp_check(route: Route, found: Connected) -> Check:
    """Whether something listens there."""
    if found.problem is not None:
        return failed("tcp", found.problem, _PROXY_NEXT if route.proxy else None)
    whose = "The proxy" if route.proxy else "Something"
    return ok("tcp", f"{whose} listens at {route.near}; connecting took {found.seconds * 1000:.0f} ms.")


def unencrypted_check(route: Route) -> Check:
    """What to say of an issuer on http."""
    if route.host in _LOOPBACK:
        return skipped("tls", "The issuer is on http:// on this very machine, so there is no certificate.")
    return warning(
        "tls",
        f"The issuer is on http://: whoever is between this machine and {route.host} can read your tokens.",
        "Use the https:// address of the issuer, if it has one.",
    )


def tls_check(route: Route, found: Secured, skip_verify: bool, now: float) -> Check:
    """Whether the certificate is trusted.

    Parameters
    ----------
    route
        Where it was presented.
    found
        What a handshake gave that checks the certificate.
    skip_verify
        Whether it goes unchecked for this issuer in use.
    now
        Seconds since the epoch.
    """
    if skip_verify:
        return _unverified(route, found)
    if found.problem is not None:
        return failed("tls", found.problem)
    ends = f" It is valid until {until(found.expires_at, now)}." if found.expires_at is not None else ""
    text = f"{route.host} shows a certificate that is trusted by {found.trusted}.{ends}"
    if found.expires_at is not None and found.expires_at - now < CERTIFICATE_WARNING:
        return warning("tls", text, "Tell your platform's administrator that it has to be renewed.")
    return ok("tls", text)


def _unverified(route: Route, found: Secured) -> Check:
    unchecked = f"The certificate of {route.host} goes unchecked (skip_tls_verify), so anyone could pose as it."
    if found.problem is None:
        return warning(
            "tls", f"{unchecked} It would pass the check.", "Take skip_tls_verify out of the cluster: it is not needed."
        )
    return warning("tls", f"{unchecked} Checked, it would fail: {found.problem.message}", found.problem.next_step)


def discovery_check(url: str, problem: DeployKFError | None) -> Check:
    """Whether the issuer says where its endpoints are."""
    if problem is not None:
        return failed("discovery", problem)
    return ok("discovery", f"The issuer describes itself at {url}, and all that is needed is there.")


def issuer_check(issuer: str, problem: DeployKFError | None) -> Check:
    """Whether it is the issuer that it was asked for."""
    if problem is not None:
        return failed("issuer", problem)
    return ok("issuer", f"It calls itself {issuer}, which is what this cluster is configured with.")


def clock_check(skew: float | None) -> Check:
    """Whether this machine's clock is right.

    Parameters
    ----------
    skew
        Seconds by which it is ahead of the issuer's; None where the issuer does not tell.
    """
    if skew is None:
        return skipped("clock", "The issuer's answer has no date, so the clocks can't be compared.")
    size = abs(skew)
    if size <= CLOCK_WARNING:
        return ok("clock", f"This machine's clock and the issuer's agree to {max(1, round(size))} s.")
    amount = f"{size:.0f} seconds" if size < 2 * LEEWAY else f"{size / 60:.0f} minutes"
    text = f"This machine's clock is {amount} {'ahead of' if skew > 0 else 'behind'} the issuer's."
    next_step = "Set this machine's clock (or switch its time synchronisation on); of a container, the host's."
    if size <= LEEWAY:
        return warning("clock", f"{text} That is still tolerated.", next_step)
    return Check("clock", State.PROBLEM, f"{text} Tokens look expired, or not yet valid, by it.", next_step)


def _listed(addresses: tuple[str, ...]) -> str:
    shown = ", ".join(addresses[:3])
    more = f" and {len(addresses) - 3} more" if len(addresses) > 3 else ""
    return shown + more
