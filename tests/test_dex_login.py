"""Static credentials on a real Dex and oauth2-proxy: through the form, without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from jupyterlab_deploykf import wiring
from jupyterlab_deploykf.core.session import SessionState
from jupyterlab_deploykf.dex_login import login_with_password, sign_in_to_platform
from jupyterlab_deploykf.errors import ApiFault, ApiUnreachable, AuthTypeUnknown, PasswordRejected, SignInPageUnknown
from jupyterlab_deploykf.io.headless import Browser
from jupyterlab_deploykf.io.http import TLS
from jupyterlab_deploykf.io.trouble import API
from testbench.bench import Bench
from testbench.options import UPSTREAM, BenchOptions, DexOptions
from testbench.pytest_plugin import MakeBench

from .conftest import read_cache

USER = ("user1@example.com", "user1")


@pytest.fixture
def browser() -> Iterator[Browser]:
    made = Browser(TLS(), API)
    yield made
    made.close()


class TestLoginWithPassword:
    @pytest.mark.parametrize(
        ("which", "username", "password", "auth_type", "email"),
        [
            ("bench", *USER, "local", "user1@example.com"),
            ("ldap_bench", "ada", "lovelace", "ldap", "ada@example.com"),
        ],
    )
    def test_leads_to_a_session_that_renews_itself(
        self,
        which: str,
        username: str,
        password: str,
        auth_type: str,
        email: str,
        request: pytest.FixtureRequest,
        cache: Path,
    ) -> None:
        bench: Bench = request.getfixturevalue(which)
        sessions = wiring.make_sessions()
        session = login_with_password(sessions, bench.issuer, username, password, auth_type)
        assert session.state is SessionState.SIGNED_IN
        assert session.renewable
        assert session.identity is not None
        assert session.identity.email == email
        assert sessions.refresh(bench.issuer).problem is None
        assert password not in str(read_cache(cache))

    def test_a_single_connector_is_gone_to_directly(self, make_bench: MakeBench, home: Path) -> None:
        bench = make_bench(replace(BenchOptions(), dex=DexOptions(connectors=())))
        assert login_with_password(wiring.make_sessions(), bench.issuer, *USER).renewable

    def test_a_wrong_password_is_told_from_a_broken_flow(self, bench: Bench, cache: Path) -> None:
        sessions = wiring.make_sessions()
        with pytest.raises(PasswordRejected, match="does not take the password of «user1") as caught:
            login_with_password(sessions, bench.issuer, USER[0], "wrong")
        assert isinstance(caught.value, RuntimeError)
        with pytest.raises(SignInPageUnknown, match="no sign-in «ldap»; it has: local, upstream") as unknown:
            login_with_password(sessions, bench.issuer, *USER, "ldap")
        assert isinstance(unknown.value, RuntimeError)
        assert unknown.value.next_step == "Use «local», which takes a user name and a password."
        with pytest.raises(AuthTypeUnknown):
            login_with_password(sessions, bench.issuer, *USER, "saml")
        assert not cache.exists()


class TestSignInToPlatform:
    def test_an_unsecured_page_needs_nothing(self, bench: Bench, browser: Browser) -> None:
        assert not sign_in_to_platform(browser, f"{bench.internal_api_url}/", *USER, "local")
        assert browser.cookies(None) == []

    def test_the_session_is_a_cookie_with_an_end(self, bench: Bench, browser: Browser) -> None:
        assert sign_in_to_platform(browser, bench.api_url, *USER, "local")
        ((name, _, ends),) = [cookie for cookie in browser.cookies("127.0.0.1") if "deploykf" in cookie[0]]
        assert name == "_deploykf_token"
        assert ends

    def test_an_upstream_sign_in_is_said_to_be_none_for_passwords(
        self, make_bench: MakeBench, browser: Browser
    ) -> None:
        bench = make_bench(replace(BenchOptions(), dex=DexOptions(connectors=(UPSTREAM,))))
        with pytest.raises(SignInPageUnknown, match="no sign-in «ldap»"):
            sign_in_to_platform(browser, bench.api_url, *USER, "ldap")

    def test_faults_are_told_apart(self, make_bench: MakeBench, browser: Browser) -> None:
        bench = make_bench(BenchOptions())
        with bench.outage("dex"), pytest.raises(ApiFault):
            sign_in_to_platform(browser, bench.api_url, *USER, "local")
        with pytest.raises(ApiUnreachable, match="refuses the connection"):
            sign_in_to_platform(browser, "http://127.0.0.1:9/pipeline", *USER, "local")
