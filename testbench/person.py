"""Plays the person who signs in, where a test needs no browser."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import requests

from .errors import BenchError
from .options import User

# The code stands in an input's value only, which has no id.
_CODE = re.compile(r'<input[^>]*class="theme-form-input"[^>]*value="([a-z0-9]{25})"')
_CONNECTOR = re.compile(r'href="([^"]*/auth/([^/?"]+)\?[^"]*)"')
_LOGIN_ERROR = re.compile(r'id="login-error"[^>]*>\s*([^<]*?)\s*<')
_ACTION = re.compile(r'<form method="post" action="([^"]+)"')
_FORM = re.compile(r"/auth/[^/]+/login$")
_TIMEOUT = 20.0


class SignInFailed(BenchError):
    """The page that came back is not the one that a login leads to; no query or code is in the text."""


def sign_in(url: str, user: User, ca_file: Path | None = None, *, connector: str = "local") -> str:
    """Open an authorization request's URL, choose the connector, sign in, and read the code.

    Parameters
    ----------
    url
        The authorization request.
    user
        Who signs in. A connector that asks nothing, such as ``upstream``, does not look.
    ca_file
        To trust.
    connector
        The id of the connector to choose, where the page asks.

    Returns
    -------
    str
        The out-of-band code that the page shows.

    Raises
    ------
    SignInFailed
        A wrong password, or a page without a code.
    """
    with make_browser(ca_file) as browser:
        page = _submit(browser, url, user, connector)
    found = _CODE.search(page.text)
    if not found:
        raise SignInFailed(f"{page.status_code}: no code on the page at {_where(page)}")
    return found.group(1)


def sign_in_to_gateway(browser: requests.Session, url: str, user: User, *, connector: str = "local") -> None:
    """Sign in to the platform itself; the session's cookies hold the login afterwards.

    Parameters
    ----------
    browser
        From `make_browser`.
    url
        A guarded page, outside of the API's paths.
    user, connector
        As in `sign_in`.

    Raises
    ------
    SignInFailed
    """
    page = _submit(browser, url, user, connector)
    if page.status_code != 200:
        raise SignInFailed(f"{page.status_code} at {_where(page)}")


def approve_device(
    verification_uri: str, user_code: str, user: User, ca_file: Path | None = None, *, connector: str = "local"
) -> None:
    """Open the page of a login on another device, enter its code, and sign in (RFC 8628, 3.3).

    Parameters
    ----------
    verification_uri, user_code
        As the other device shows them.
    user, ca_file, connector
        As in `sign_in`.

    Raises
    ------
    SignInFailed
        The code is not known, or the client may not do this.
    """
    with make_browser(ca_file) as browser:
        page = browser.get(verification_uri, timeout=_TIMEOUT)
        form = _ACTION.search(page.text)
        if not form:
            raise SignInFailed(f"{page.status_code}: no form at {_where(page)}")
        page = browser.post(urljoin(page.url, unescape(form.group(1))), data={"user_code": user_code}, timeout=_TIMEOUT)
        if refused := _LOGIN_ERROR.search(page.text):
            raise SignInFailed(f"{page.status_code}: {refused.group(1)}")
        page = _sign_in_on(browser, page, user, connector)
    if page.status_code != 200 or "Login Successful" not in page.text:
        raise SignInFailed(f"{page.status_code}: not signed in at {_where(page)}")


def make_browser(ca_file: Path | None = None) -> requests.Session:
    """A session that trusts `ca_file`, and ignores proxies and certificates of the environment."""
    browser = requests.Session()
    browser.trust_env = False
    browser.verify = str(ca_file) if ca_file else True
    return browser


def _submit(browser: requests.Session, url: str, user: User, connector: str) -> requests.Response:
    return _sign_in_on(browser, browser.get(url, timeout=_TIMEOUT), user, connector)


def _sign_in_on(browser: requests.Session, page: requests.Response, user: User, connector: str) -> requests.Response:
    choices = {name: link for link, name in _CONNECTOR.findall(page.text)}
    if choices:
        if connector not in choices:
            raise SignInFailed(f"No connector {connector!r} on the page; there are {', '.join(choices)}")
        page = browser.get(urljoin(page.url, unescape(choices[connector])), timeout=_TIMEOUT)
    if not _FORM.search(urlsplit(page.url).path):
        if connector != "local":
            return page  # it asked nothing
        raise SignInFailed(f"{page.status_code}: no login form at {_where(page)}")
    name = user.email if connector == "local" else user.name
    page = browser.post(page.url, data={"login": name, "password": user.password}, timeout=_TIMEOUT)
    if refused := _LOGIN_ERROR.search(page.text):
        raise SignInFailed(f"{page.status_code}: {refused.group(1)}")
    return page


def _where(page: requests.Response) -> str:
    return page.url.partition("?")[0]
