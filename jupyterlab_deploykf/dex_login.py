"""Static Dex credentials, local or LDAP: the login form, filled in by a program.

Two ways in, one form: to a platform's session cookie (deployKF's guide), or
to an authorization code, and so to a session in the shared cache.
"""

from __future__ import annotations

from collections.abc import Callable
from secrets import token_bytes
from typing import TYPE_CHECKING

from .core.secret import Secret
from .core.signinpage import (
    Page,
    check_auth_type,
    check_submitted,
    connector_url,
    find_shown_code,
    is_form,
    no_form,
    start_url,
)

if TYPE_CHECKING:
    from .core.session import Session
    from .io.headless import Browser
    from .session import Sessions


def sign_in_to_platform(browser: Browser, url: str, username: str, password: str, auth_type: str) -> bool:
    """Sign in to a platform: the browser has its session's cookies afterwards.

    Parameters
    ----------
    browser
        Its cookies of other visits are forgotten.
    url
        A page of the platform that needs a session, such as the API's base URL.
    username, password
        Of the local or LDAP user.
    auth_type
        The connector, where Dex has several: ``local`` or ``ldap``.

    Returns
    -------
    bool
        False where the page needs no session.

    Raises
    ------
    PasswordRejected, SignInPageUnknown, AuthTypeUnknown, ApiError
    """
    password = Secret(password)
    check_auth_type(auth_type)
    browser.begin()
    page = browser.get(url)
    start = start_url(page)
    if start is not None:
        page = browser.get(start)
    elif page.status == 200 and not page.was_redirected:
        return False
    check_submitted(_submit(browser, page, username, password, auth_type), username)
    return True


def obtain_code(browser: Browser, url: str, username: str, password: str, auth_type: str) -> str:
    """Sign in at an issuer, and read the code that its page shows.

    Parameters
    ----------
    browser
        A fresh one; no cookie of it is kept.
    url
        The authorization request.
    username, password, auth_type
        As for `sign_in_to_platform`.

    Raises
    ------
    PasswordRejected, SignInPageUnknown, AuthTypeUnknown, IssuerError
    """
    password = Secret(password)
    check_auth_type(auth_type)
    browser.begin()
    page = _submit(browser, browser.get(url), username, password, auth_type)
    check_submitted(page, username)
    return find_shown_code(page)


def login_with_password(
    sessions: Sessions,
    issuer: str,
    username: str,
    password: str,
    auth_type: str = "local",
    random: Callable[[int], bytes] = token_bytes,
    *,
    confirm_other: bool = False,
) -> Session:
    """Log in with static credentials, to a session in the shared cache.

    The same authorization request as in a browser, with the form filled in
    here: an ID token and a refresh token come of it, and no cookie. The
    password is not kept.

    Parameters
    ----------
    sessions
        Where the session goes.
    issuer
        The issuer's URL.
    username, password, auth_type
        As for `sign_in_to_platform`.
    random
        Gives so many random bytes.
    confirm_other
        As for `Logins.login`.

    Raises
    ------
    PasswordRejected, SignInPageUnknown, AuthTypeUnknown, OtherIdentity
    IssuerError, CacheError, ConfigurationError
    """
    from .core.authorize import authorization_request
    from .io.headless import Browser
    from .io.http import TLS
    from .io.trouble import ISSUER

    password = Secret(password)
    check_auth_type(auth_type)
    cluster, provider = sessions.provider(issuer)
    request = authorization_request(provider, cluster, random)
    browser = Browser(TLS(cluster.ca_file, cluster.skip_tls_verify), ISSUER, issuer=cluster.issuer)
    try:
        code = obtain_code(browser, request.url, username, password, auth_type)
    finally:
        browser.close()
    return sessions.login(cluster.issuer, code, request.code_verifier, request.nonce, confirm_other=confirm_other)


def _submit(browser: Browser, page: Page, username: str, password: str, auth_type: str) -> Page:
    """From wherever the redirects have led to the form, and through it."""
    if not is_form(page):
        choice = connector_url(page, auth_type)
        if choice is None:
            raise no_form(page)
        page = browser.get(choice)
        if not is_form(page):
            raise no_form(page)
    return browser.post(page.url, {"login": username, "password": password})
