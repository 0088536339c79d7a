"""A browser without a screen: it follows redirects and keeps cookies, as a login by form needs it."""

from __future__ import annotations

import time
from collections.abc import Mapping

from ..core.answer import Answer
from ..core.cookies import Jar
from ..core.secret import Secret
from ..core.signinpage import Page
from ..core.urls import parse_url, resolve
from ..core.visit import Visit
from ..errors import DeployKFError, SignInPageUnknown
from .http import TIMEOUT, TLS, Connections, Form
from .trouble import Kinds, host_of

_MAX_REDIRECTS = 15
_REDIRECTS = (301, 302, 303, 307, 308)


class Browser:
    """One visit: cookies live as long as it does.

    It goes to the origin where it begins, and to the issuer that this origin
    names, and nowhere else: a redirect could lead the password anywhere.

    Parameters
    ----------
    tls
        How certificates are checked.
    kinds
        The errors for trouble with the connection.
    timeout
        Seconds for each request.
    issuer
        The issuer's URL, if it is known before.
    """

    def __init__(self, tls: TLS, kinds: Kinds, timeout: float = TIMEOUT, issuer: str | None = None) -> None:
        self._kinds = kinds
        self._issuer = issuer
        self.begin()
        self._connections = Connections(tls, kinds, timeout)

    def begin(self) -> None:
        """Begin another visit: with no cookies, from any origin."""
        self._visit, self._jar = Visit(self._issuer), Jar()

    def get(self, url: str) -> Page:
        """GET a page, and where it leads to.

        Raises
        ------
        ApiError, IssuerError
            By `kinds`: there is no answer, or the certificate is not trusted.
        SignInPageUnknown
            The redirects don't end, or lead to another host.
        """
        self._raise(self._visit.go(url))
        return self._follow("GET", url, None)

    def post(self, url: str, fields: Mapping[str, str]) -> Page:
        """POST a form to the issuer, and follow where it leads to.

        Raises
        ------
        ApiError, IssuerError, SignInPageUnknown
        """
        self._raise(self._visit.go(url) or self._visit.may_post(url))
        return self._follow("POST", url, Form({name: Secret(value) for name, value in fields.items()}))

    def cookies(
        self, host: str | None, path: str | None = None, is_secure: bool = True
    ) -> list[tuple[str, Secret, float | None]]:
        """Name, value and expiry (seconds since the epoch) of the cookies that a browser would send to a host.

        Parameters
        ----------
        host
            Its name, without a port; None for all cookies.
        path
            What is asked there; None for any path.
        is_secure
            Whether it is asked by https.
        """
        return [(cookie.name, cookie.value, cookie.expires_at) for cookie in self._jar.cookies(host, path, is_secure)]

    def close(self) -> None:
        """Let go of the connections."""
        self._connections.close()

    def _follow(self, method: str, url: str, form: Form | None) -> Page:
        at = Secret(url)  # it may hold a code
        for _ in range(_MAX_REDIRECTS):
            found = self._ask(method, at, form)
            if isinstance(found, DeployKFError):
                raise found
            if isinstance(found, Page):
                return Page(found.url, found.status, found.text, at != url)
            # 303 and, as browsers have it, 301 and 302 turn a POST into a GET; what is posted goes to one place.
            at, method, form = found, "GET", None
        raise SignInPageUnknown(
            f"The redirects at {host_of(at)} don't end.",
            "Try again; if it stays like this, ask your platform's administrator.",
        )

    def _ask(self, method: str, at: Secret, form: Form | None) -> Page | Secret | DeployKFError:
        """Make one request: the page, where it leads to, or what is wrong with it.

        An error is returned, since the answer in this frame holds codes and cookies.
        """
        cookie = self._jar.header(at)
        shown: dict[str, str] = {} if cookie is None else {"Cookie": cookie}
        answer = self._connections.ask(method, at, shown, form)
        self._jar.keep(at, answer.cookies, time.time())
        if answer.status >= 500 or answer.status == 429:
            return self._kinds.fault(
                f"{host_of(at)} is in trouble: it answers {answer.status}.", "Try again in a minute."
            )
        location = answer.headers.get("location", "")
        if answer.status not in _REDIRECTS or not location:
            return _page(at, answer)
        here = parse_url(at)
        to = Secret((here and resolve(here, location)) or "")
        return self._visit.follow(at, to) or to

    @staticmethod
    def _raise(problem: DeployKFError | None) -> None:
        if problem is not None:
            raise problem


def _page(at: Secret, answer: Answer) -> Page:
    return Page(at, answer.status, Secret(answer.body.decode("utf-8", "replace")), False)
