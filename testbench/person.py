"""Plays the person who signs in, where a test needs no browser."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import requests

from .options import User

_CODE = re.compile(r'<input[^>]*class="theme-form-input"[^>]*value="([a-z0-9]{25})"')
_LOCAL = re.compile(r'href="([^"]*/auth/local\?[^"]*)"')
_TIMEOUT = 20.0


class SignInFailed(Exception):
    """The page that came back is not the one that a login leads to."""


def sign_in(url: str, user: User, ca_file: Path | None = None) -> str:
    """Open an authorization request's URL, choose the local connector, and sign in.

    Parameters
    ----------
    url
        The authorization request.
    user
        Who signs in.
    ca_file
        To trust.

    Returns
    -------
    str
        The out-of-band code that the page shows.

    Raises
    ------
    SignInFailed
    """
    with requests.Session() as browser:
        # The machine's own CAs and proxies are no matter of the bench.
        browser.trust_env = False
        browser.verify = str(ca_file) if ca_file else True
        page = _submit(browser, url, user)
    found = _CODE.search(page.text)
    if not found:
        raise SignInFailed(f"{page.status_code}: no code on the page at {page.url.split('?')[0]}")
    return found.group(1)


def sign_in_to_gateway(browser: requests.Session, url: str, user: User) -> None:
    """Sign in to the platform itself; the session's cookies hold the login afterwards.

    Raises
    ------
    SignInFailed
    """
    page = _submit(browser, url, user)
    if page.status_code != 200:
        raise SignInFailed(f"{page.status_code} at {page.url.split('?')[0]}")


def _submit(browser: requests.Session, url: str, user: User) -> requests.Response:
    page = browser.get(url, timeout=_TIMEOUT)
    connector = _LOCAL.search(page.text)
    if connector:
        page = browser.get(urljoin(page.url, unescape(connector.group(1))), timeout=_TIMEOUT)
    if "/auth/local/login" not in page.url:
        raise SignInFailed(f"{page.status_code}: no login form at {page.url.split('?')[0]}")
    return browser.post(page.url, data={"login": user.email, "password": user.password}, timeout=_TIMEOUT)
