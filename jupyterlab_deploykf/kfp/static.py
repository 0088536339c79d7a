"""Static Dex credentials for a client: a platform session that renews itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ..core.apianswer import Shown
from ..core.cookies import join_cookies, parse_cookie
from ..core.secret import Secret
from ..core.signinpage import check_auth_type
from ..core.urls import netloc_of, parse_url
from ..errors import NoPassword
from ..io import environment
from ..io.environ import ENVIRON
from ..io.static_credentials import StaticCredentials, find_credentials

if TYPE_CHECKING:
    from ..io.http import TLS

#: Seconds before a cookie's end from which the session is renewed.
RENEWAL_WINDOW = 300.0

#: Seconds between two sign-ins: a refusal right after one is not the session's fault.
SIGN_IN_INTERVAL = 10.0


def make_static_access(
    host: str,
    username: str | None,
    password: str | None,
    auth_type: str | None,
    verify: bool,
    ca_file: str | None,
    interactive: bool,
    issuer: str | None = None,
) -> StaticAccess:
    """Static credentials, asked for where they are not given and someone is there; logged in.

    `issuer` is the only other host that the password may go to, if it is known.

    Raises
    ------
    NoPassword
        They are not given, and nobody can be asked.
    LoginFailed, ApiError, ConfigurationError
    """
    from ..io.http import TLS

    password = None if password is None else Secret(password)
    found = find_credentials(username, password, ENVIRON)
    if not found.is_complete:
        found = _asked(found, host, interactive)
    kind = auth_type or environment.value(ENVIRON, environment.AUTH_TYPE) or "local"
    access = StaticAccess(
        host, found.username or "", found.password or Secret(""), kind, TLS(ca_file, not verify), issuer=issuer
    )
    access.headers()
    return access


def _asked(found: StaticCredentials, host: str, interactive: bool) -> StaticCredentials:
    if not interactive:
        raise NoPassword(
            f"Static credentials are asked for, and {found.described}.",
            f"Set {environment.USERNAME} and {environment.PASSWORD} (or {environment.PASSWORD_FILE}), "
            "or give username=… and password=….",
        )
    from getpass import getpass

    place = netloc_of(host)
    name = found.username or input(f"User name for {place}: ").strip()
    return StaticCredentials(name, found.password or Secret(getpass(f"Password of {name} for {place}: ")), "was typed")


class StaticAccess:
    """A platform session by static credentials: oauth2-proxy's cookies.

    Parameters
    ----------
    host
        The API's base URL.
    username, password
        Kept in memory alone, to sign in again.
    auth_type
        The connector: ``local`` or ``ldap``.
    tls
        How certificates are checked.
    clock
        Seconds since the epoch.
    issuer
        The issuer's URL; None if only the API's redirect tells it.
    """

    def __init__(
        self,
        host: str,
        username: str,
        password: Secret,
        auth_type: str,
        tls: TLS,
        clock: Callable[[], float] = time.time,
        issuer: str | None = None,
    ) -> None:
        check_auth_type(auth_type)
        self._host = host
        self._username = username
        self._password = password
        self._auth_type = auth_type
        self._tls = tls
        self._clock = clock
        self._issuer = issuer
        self._lock = threading.Lock()
        self._cookies: dict[str, Secret] | None = None
        self._expires_at: float | None = None
        self._signed_in_at = 0.0

    def headers(self) -> dict[str, Secret]:
        """The session's cookies; it is begun, or renewed before it ends, where need be.

        Raises
        ------
        LoginFailed, ApiError
        """
        with self._lock:
            ends = self._expires_at
            if self._cookies is None or (ends is not None and ends - self._clock() < RENEWAL_WINDOW):
                self._sign_in()
            return self._header()

    def replace(self, refused: Mapping[str, str]) -> bool:
        """Sign in again, unless another thread has done so, or it was done just now."""
        with self._lock:
            if self._header() != refused:
                return True
            if self._clock() - self._signed_in_at < SIGN_IN_INTERVAL:
                return False
            self._sign_in()
            return True

    def shown(self) -> Shown:
        """Whose session it is."""
        return Shown(
            f"the platform session of {self._username}",
            "Check the host: deployKF's API is at https://<your deployKF host>/pipeline.",
        )

    def observe(self, headers: Mapping[str, str]) -> None:
        """Take cookies that an answer brings: oauth2-proxy renews its own."""
        getlist = getattr(headers, "getlist", None)
        for line in getlist("Set-Cookie") if getlist else ():
            cookie = parse_cookie(self._host, line, self._clock())
            with self._lock:
                if cookie and self._cookies is not None and cookie.name in self._cookies and cookie.value:
                    self._cookies[cookie.name] = cookie.value

    def __repr__(self) -> str:
        return f"StaticAccess({self._username!r} at {self._host})"

    def _header(self) -> dict[str, Secret]:
        value = join_cookies(self._cookies or {})
        return {} if value is None else {"cookie": value}

    def _sign_in(self) -> None:
        from ..dex_login import sign_in_to_platform
        from ..io.headless import Browser
        from ..io.trouble import API

        browser = Browser(self._tls, API, issuer=self._issuer)
        try:
            sign_in_to_platform(browser, self._host, self._username, self._password, self._auth_type)
            api = parse_url(self._host)
            cookies = browser.cookies(api.host, f"{api.path}/apis/", api.scheme == "https") if api else []
        finally:
            browser.close()
        self._cookies = {name: value for name, value, _ in cookies}
        self._expires_at = min((end for *_, end in cookies if end), default=None)
        self._signed_in_at = self._clock()
