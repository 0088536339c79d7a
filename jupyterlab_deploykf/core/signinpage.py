"""The pages between a program and a session: Dex's and oauth2-proxy's.

Dex has no API for static credentials: its login form is the way, for people
and for programs (deployKF's guide, "Dex Static Credentials"). What is looked
for are paths and fields, which the templates of a platform may not change,
before texts, which they may.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html import unescape

from ..errors import AuthTypeUnknown, PasswordRejected, SignInPageUnknown
from .cluster import AUTH_TYPES
from .secret import Secret
from .urls import Url, parse_url, resolve
from .words import one_line

_CHOOSER = re.compile(r"/auth/?$")
_FORM = re.compile(r"/auth/[^/]+/login$")
_CONNECTOR = re.compile(r'href="([^"]*/auth/([^/?"]+)[^"]*)"')
_ERROR = re.compile(r'id="login-error"')
_CODE = re.compile(r'<input[^>]*\bvalue="([a-z0-9]{25})"')


@dataclass(frozen=True)
class Page:
    """A page, after its redirects.

    Parameters
    ----------
    url
        Where it was found.
    status
        Its HTTP status.
    text
        Its HTML. Not shown: it may hold a code.
    was_redirected
        Whether the request ended elsewhere than where it was sent.
    """

    url: str
    status: int
    text: str
    was_redirected: bool

    def __repr__(self) -> str:
        return f"Page({self.status} at {self.place})"

    @property
    def place(self) -> str:
        """Its URL without the query, which holds state."""
        return self.url.partition("?")[0]

    @property
    def address(self) -> Url:
        """Its URL, taken apart.

        Raises
        ------
        SignInPageUnknown
            It isn't the URL of a page.
        """
        found = parse_url(self.url)
        if found is None:
            raise SignInPageUnknown(
                "The login leads to an address that isn't a page.",
                "Ask your platform's administrator: the client's configuration at the issuer may be broken.",
            )
        return found


def check_auth_type(auth_type: str) -> None:
    """Refuse a connector that has no form.

    Raises
    ------
    AuthTypeUnknown
        A `ValueError` too, as in deployKF's guide.
    """
    if auth_type not in AUTH_TYPES:
        raise AuthTypeUnknown(f"Invalid `dex_auth_type` '{auth_type}'.", f"Use one of: {', '.join(AUTH_TYPES)}.")


def start_url(page: Page) -> str | None:
    """Where oauth2-proxy's sign-in page leads to; None for another page."""
    if page.status != 403:
        return None
    here = page.address
    return str(here.with_path("/oauth2/start").with_fields({"rd": here.path or "/"}))


def is_form(page: Page) -> bool:
    """Whether a page is Dex's login form."""
    return page.status == 200 and bool(_FORM.search(page.address.path))


def connector_url(page: Page, auth_type: str) -> str | None:
    """Where a connector's form is, on the page that asks for the connector; None for another page.

    Raises
    ------
    SignInPageUnknown
        The connector is not among the choices; they are listed.
    """
    here = page.address
    if not _CHOOSER.search(here.path):
        return None
    found = {name: resolve(here, unescape(link)) for link, name in _CONNECTOR.findall(page.text)}
    links = {name: link for name, link in found.items() if link is not None}
    if auth_type in links:
        return str(links[auth_type])
    if links:
        fitting = " or ".join(f"«{name}»" for name in links if name in AUTH_TYPES)
        raise SignInPageUnknown(
            f"This platform has no sign-in «{auth_type}»; it has: {', '.join(links)}.",
            f"Use {fitting}, which takes a user name and a password."
            if fitting
            else "None of them takes a user name and a password: log in with a browser.",
        )
    # A template without links that we know: Dex's path all the same.
    return str(replace(here, path=f"{here.path.rstrip('/')}/{auth_type}"))


def check_submitted(page: Page, username: str) -> None:
    """See that the form's answer is none of a failed login.

    Parameters
    ----------
    page
        The answer, after its redirects.
    username
        For the message.

    Raises
    ------
    PasswordRejected
        The form came back with its error.
    SignInPageUnknown
        Something else went wrong on the way.
    """
    if is_form(page) or _ERROR.search(page.text) or (page.status == 401 and _FORM.search(page.address.path)):
        if _CODE.search(page.text) and not _ERROR.search(page.text):
            return  # the out-of-band page has the form's URL
        raise PasswordRejected(
            f"The issuer at {page.address.origin} does not take the password of «{username}».",
            "Check user name and password, and whether the account is a local one or in LDAP.",
        )
    if page.status != 200:
        raise SignInPageUnknown(
            f"The sign-in ended with HTTP {page.status} at {page.place}.",
            "Try again; if it stays like this, ask your platform's administrator.",
        )


def no_form(page: Page) -> SignInPageUnknown:
    """What to say where no login form was found."""
    upstream = page.address.fields().get("connector_id")
    hint = f" (connector {one_line(upstream[0], 100)})" if upstream else ""
    return SignInPageUnknown(
        f"There is no form for user name and password at {page.place}{hint}: HTTP {page.status}.",
        "Static credentials work where Dex has a local or an LDAP sign-in; else use the login in a browser.",
    )


def find_shown_code(page: Page) -> str:
    """The out-of-band code that a page shows after a login.

    Raises
    ------
    SignInPageUnknown
    """
    found = _CODE.search(page.text)
    if found is None:
        raise SignInPageUnknown(
            f"There is no code on the page at {page.place}: HTTP {page.status}.",
            "Log in with a browser: jupyter deploykf login.",
        )
    return Secret(found.group(1))
