"""Where a login by form may go: to the API, to the issuer that it names, and nowhere else."""

from __future__ import annotations

from ..errors import DeployKFError, NotAnApi, SignInPageUnknown
from .host import Origin, find_origin
from .urls import parse_url
from .words import plain

_ADMIN = "Ask your platform's administrator"


class Visit:
    """The origins of one login.

    The first page's origin is the API's (or the issuer's, if the login begins
    there). If the issuer isn't known before, the API's redirect with the
    authorization request names it, or the first one that leaves the API's
    origin. A third origin is never gone to: it could ask for the password.

    Parameters
    ----------
    issuer
        The issuer's URL, if it is known before.
    """

    def __init__(self, issuer: str | None = None) -> None:
        self._start: Origin | None = None
        self._issuer = find_origin(issuer) if issuer else None

    def go(self, url: str) -> DeployKFError | None:
        """Check a page that the program itself goes to; the first one is where the visit begins."""
        origin = find_origin(url)
        if origin is None:
            return _no_page(url)
        if self._start is None:
            self._start = origin
        return None if origin in (self._start, self._issuer) else _foreign(self._start, origin)

    def follow(self, at: str, to: str) -> DeployKFError | None:
        """Check a redirect.

        Parameters
        ----------
        at
            The page that redirects.
        to
            Where it leads to.
        """
        here, there = find_origin(at), find_origin(to)
        if here is None or there is None:
            # Dex sends its errors so; a program can read what a browser can't show.
            return _no_page(at)
        if (here.scheme, there.scheme) == ("https", "http"):
            return SignInPageUnknown(
                f"The login at {_place(here)} leads from https to http.",
                f"{_ADMIN} to keep the login on https: a password is never sent without encryption.",
            )
        if here == self._start != there and here.host == there.host and _path(at) == _path(to):
            base = f"{there}{_path(at)}".rstrip("/")
            return NotAnApi(f"The API at {here} has moved to {there}.", f"Use host={base!r}.")
        if here == self._start and self._issuer is None and (there != here or _asks_for_login(to)):
            self._issuer = there
        return None if there in (self._start, self._issuer) else _foreign(here, there)

    def may_post(self, url: str) -> DeployKFError | None:
        """Check where the password goes: to the issuer; to the first origin if that names no other one.

        Whoever gets it is the issuer from then on, and names no other one.
        """
        origin, issuer = find_origin(url), self._issuer or self._start
        if origin is not None and origin == issuer:
            self._issuer = issuer
            return None
        return SignInPageUnknown(
            f"The login form is at {plain(str(origin))}, and the issuer is at {issuer}.",
            f"{_ADMIN}: the password is sent to the issuer only.",
        )


def _asks_for_login(url: str) -> bool:
    """Whether a URL is an authorization request (RFC 6749, 4.1.1), so that the issuer is at its origin."""
    found = parse_url(url)
    return found is not None and {"client_id", "response_type"} <= found.fields().keys()


def _path(url: str) -> str:
    found = parse_url(url)
    return found.path if found else ""


def _no_page(url: str) -> SignInPageUnknown:
    origin = find_origin(url.partition("?")[0])
    where = f" at {_place(origin)}" if origin else ""
    return SignInPageUnknown(
        f"The login{where} leads to an address that is no page.",
        f"{_ADMIN}: the client's configuration at the issuer may be broken.",
    )


def _foreign(here: Origin | None, there: Origin) -> SignInPageUnknown:
    return SignInPageUnknown(
        f"The login at {_place(here) if here else 'this address'} leads to another host, {_place(there)}.",
        "Static credentials only work with the issuer's own form. If the login is at another provider, log in "
        "with a browser: jupyter deploykf login.",
    )


def _place(origin: Origin) -> str:
    return str(origin).partition("://")[2]
