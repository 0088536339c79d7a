"""Cookies, by RFC 6265: who may set one, and who gets it. No suffix of a name counts without its dot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from ipaddress import ip_address

from .host import find_origin
from .secret import Secret
from .urls import parse_url


@dataclass(frozen=True)
class Cookie:
    """A cookie, as a server has set it.

    Parameters
    ----------
    name, value
        What is sent.
    domain
        The host that has set it, or the domain that it is for.
    host_only
        Whether only that host gets it.
    path
        Where it is sent.
    secure
        Whether it is sent by https only.
    expires_at
        In seconds since the epoch; None if it ends with the visit.
    """

    name: str
    value: Secret
    domain: str
    host_only: bool
    path: str
    secure: bool
    expires_at: float | None

    def is_for(self, host: str, path: str | None, is_secure: bool) -> bool:
        """Whether a browser would send it there; the port doesn't count (RFC 6265, 8.5)."""
        fits = host == self.domain if self.host_only else domain_matches(host, self.domain)
        return fits and (path is None or path_matches(path, self.path)) and (is_secure or not self.secure)


class Jar:
    """The cookies of one visit."""

    def __init__(self) -> None:
        self._cookies: dict[tuple[str, str, str], Cookie] = {}

    def keep(self, url: str, lines: Iterable[str], now: float) -> None:
        """Take the ``Set-Cookie`` lines of an answer; one that isn't for this host is ignored (RFC 6265, 5.3).

        Parameters
        ----------
        url
            What was asked.
        lines
            The values of the header, each for itself.
        now
            Seconds since the epoch.
        """
        for line in lines:
            cookie = parse_cookie(url, line, now)
            if cookie is None:
                continue
            key = (cookie.name, cookie.domain, cookie.path)
            if cookie.expires_at is not None and cookie.expires_at <= now:
                self._cookies.pop(key, None)
            else:
                self._cookies[key] = cookie

    def header(self, url: str) -> Secret | None:
        """What to send in ``Cookie`` with a request; None for nothing."""
        origin = find_origin(url)
        if origin is None:
            return None
        fitting = self.cookies(origin.host, _path(url) or "/", origin.scheme == "https")
        return join_cookies({cookie.name: cookie.value for cookie in fitting})

    def cookies(self, host: str | None = None, path: str | None = None, is_secure: bool = True) -> list[Cookie]:
        """Return the cookies that a browser would send; those for longer paths last, so that they win."""
        kept = [c for c in self._cookies.values() if host is None or c.is_for(host.lower(), path, is_secure)]
        return sorted(kept, key=lambda cookie: len(cookie.path))


def join_cookies(cookies: dict[str, Secret]) -> Secret | None:
    """Return the value of a ``Cookie`` header; None for no cookies."""
    return Secret("; ".join(f"{name}={value}" for name, value in cookies.items())) if cookies else None


def parse_cookie(url: str, line: str, now: float) -> Cookie | None:
    """Read a ``Set-Cookie`` line (RFC 6265, 5.2); None if a browser would ignore it.

    Parameters
    ----------
    url
        Who sends it.
    line
        The header's value.
    now
        Seconds since the epoch.
    """
    origin = find_origin(url)
    pair, *attributes = line.split(";")
    name, equals, value = pair.partition("=")
    name = name.strip()
    if origin is None or not equals or not name or any(ord(c) < 32 or ord(c) == 127 for c in line):
        return None
    given = {key.strip().lower(): text.strip() for key, _, text in (each.partition("=") for each in attributes)}
    domain = given.get("domain", "").lower().lstrip(".")
    # A single label, such as "com" or "local", is a public suffix: only the host of that name may name it.
    if domain and domain != origin.host and not ("." in domain and domain_matches(origin.host, domain)):
        return None
    path = given.get("path", "")
    if not path.startswith("/"):
        path = _default_path(_path(url))
    secure = "secure" in given
    if secure and origin.scheme != "https":
        return None  # RFC 6265bis, 5.7: who reads along could set it
    return Cookie(name, Secret(value.strip()), domain or origin.host, not domain, path, secure, _expiry(given, now))


def domain_matches(host: str, domain: str) -> bool:
    """Whether a host is a domain's, or of one of its subdomains (RFC 6265, 5.1.3); an address has none."""
    if host == domain:
        return True
    return host.endswith(f".{domain}") and not _is_address(host)


def path_matches(path: str, cookie_path: str) -> bool:
    """Whether a path is a cookie's, or below it (RFC 6265, 5.1.4)."""
    return path == cookie_path or path.startswith(cookie_path if cookie_path.endswith("/") else f"{cookie_path}/")


def _path(url: str) -> str:
    found = parse_url(url)
    return found.path if found else ""


def _default_path(path: str) -> str:
    return path.rpartition("/")[0] or "/"


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _expiry(given: dict[str, str], now: float) -> float | None:
    age = given.get("max-age", "")
    if age.lstrip("-").isdecimal() and len(age) < 16:
        return now + int(age)
    try:
        return parsedate_to_datetime(given["expires"].replace("-", " ")).timestamp()
    except (KeyError, ValueError, TypeError, OverflowError, IndexError):
        return None
