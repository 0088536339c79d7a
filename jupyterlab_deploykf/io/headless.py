"""A browser without a screen: it follows redirects and keeps cookies, as a sign-in by form needs it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

import requests

from ..core.signinpage import Page
from ..errors import SignInPageUnknown
from .http import TIMEOUT, TLS, Form, exchange
from .trouble import Kinds

_MAX_REDIRECTS = 15


class Browser:
    """One visit: cookies live as long as it does.

    Parameters
    ----------
    tls
        How certificates are checked.
    kinds
        The errors for trouble with the connection.
    timeout
        Seconds for each request.
    """

    def __init__(self, tls: TLS, kinds: Kinds, timeout: float = TIMEOUT) -> None:
        self._tls = tls
        self._kinds = kinds
        self._timeout = timeout
        self._session = requests.Session()

    def get(self, url: str) -> Page:
        """GET a page, and where it leads to.

        Raises
        ------
        ApiError, IssuerError
            By `kinds`: there is no answer, or the certificate is not trusted.
        SignInPageUnknown
            The redirects don't end.
        """
        return self._visit("GET", url, None)

    def post(self, url: str, fields: Mapping[str, str]) -> Page:
        """POST a form, and follow where it leads to.

        Raises
        ------
        ApiError, IssuerError, SignInPageUnknown
        """
        return self._visit("POST", url, Form(fields))

    def cookies(self, host: str | None) -> list[tuple[str, str, float | None]]:
        """Name, value and expiry (seconds since the epoch) of the cookies for a host."""
        return [
            (cookie.name, cookie.value or "", float(cookie.expires) if cookie.expires else None)
            for cookie in self._session.cookies
            if host is None or not cookie.domain or _fits(host, cookie.domain)
        ]

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def _visit(self, method: str, url: str, form: Form | None) -> Page:
        at = url
        for _ in range(_MAX_REDIRECTS):
            answer = exchange(self._session, method, at, self._tls, self._kinds, self._timeout, form=form)
            if answer.status >= 500 or answer.status == 429:
                raise self._kinds.fault(
                    f"{urlsplit(at).netloc} is in trouble: it answers {answer.status}.", "Try again in a minute."
                )
            location = answer.headers.get("location", "")
            if answer.status not in (301, 302, 303, 307, 308) or not location:
                return Page(at, answer.status, answer.body.decode("utf-8", "replace"), at != url)
            to = urljoin(at, location)
            if urlsplit(to).scheme not in ("http", "https"):
                # Dex sends its errors so; a program can read what a browser can't show.
                raise SignInPageUnknown(
                    f"The sign-in at {urlsplit(at).netloc} leads to an address that is no page.",
                    "Ask your platform's administrator: the client's configuration at the issuer may be broken.",
                )
            if urlsplit(at).scheme == "https" and urlsplit(to).scheme == "http":
                raise SignInPageUnknown(
                    f"The sign-in at {urlsplit(at).netloc} leads from https to http.",
                    "Ask your platform's administrator: a password is not sent unencrypted.",
                )
            # 303 and, as browsers have it, 301 and 302 turn a POST into a GET; what is posted goes to one place.
            at, method, form = to, "GET", None
        raise SignInPageUnknown(
            f"The redirects at {urlsplit(at).netloc} don't end.",
            "Try again; if it stays like this, ask your platform's administrator.",
        )


def _fits(host: str, domain: str) -> bool:
    # http.cookiejar writes names without a dot as <name>.local.
    domain = domain[: -len(".local")] if domain.endswith(".local") and not host.endswith(".local") else domain
    return host == domain.lstrip(".") or host.endswith(f".{domain.lstrip('.')}")
