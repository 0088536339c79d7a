"""The pages between a program and a session."""

from __future__ import annotations

import pytest

from jupyterlab_deploykf.core.signinpage import (
    Page,
    check_submitted,
    connector_url,
    find_shown_code,
    is_form,
    start_url,
)
from jupyterlab_deploykf.errors import PasswordRejected, SignInPageUnknown

DEX = "https://deploykf.example.com/dex"
CODE = "nosilxknyf5dzb34gvqexmr4f"


def page(url: str, status: int = 200, text: str = "") -> Page:
    return Page(url, status, text, was_redirected=True)


def test_the_sign_in_page_of_oauth2_proxy_leads_back_to_where_one_was() -> None:
    start = start_url(page("https://deploykf.example.com/pipeline/?x=1", 403))
    assert start == "https://deploykf.example.com/oauth2/start?rd=%2Fpipeline%2F"
    assert start_url(page("https://deploykf.example.com/pipeline/")) is None


def test_a_connector_is_found_by_its_link() -> None:
    chooser = page(f"{DEX}/auth?state=1", text='<a href="/dex/auth/ldap?state=1&amp;x=2"><button>LDAP</button></a>')
    assert connector_url(chooser, "ldap") == f"{DEX}/auth/ldap?state=1&x=2"
    with pytest.raises(SignInPageUnknown, match="it has: ldap"):
        connector_url(chooser, "local")
    # A template of the platform's own: by the path that Dex has for it.
    assert connector_url(page(f"{DEX}/auth?state=1"), "local") == f"{DEX}/auth/local?state=1"
    assert connector_url(page(f"{DEX}/auth/local/login?state=1"), "local") is None


def test_a_form_is_known_by_its_path() -> None:
    assert is_form(page(f"{DEX}/auth/local/login?state=1"))
    assert not is_form(page(f"{DEX}/auth/local/login", 500))
    assert not is_form(page(f"{DEX}/approval"))


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (page("https://deploykf.example.com/pipeline/"), None),
        (page(f"{DEX}/auth/local/login", 401, '<div id="login-error">Invalid</div>'), PasswordRejected),
        # Older versions of Dex answer with 200.
        (page(f"{DEX}/auth/local/login", 200, '<div id="login-error">Invalid</div>'), PasswordRejected),
        (page(f"{DEX}/auth/local/login", 200), PasswordRejected),
        (page(f"{DEX}/auth/local/login", 200, f'<input class="theme-form-input" value="{CODE}" />'), None),
        (page("https://deploykf.example.com/oauth2/callback", 403), SignInPageUnknown),
    ],
)
def test_a_wrong_password_is_told_from_a_broken_flow(answer: Page, error: type[Exception] | None) -> None:
    if error is None:
        check_submitted(answer, "user1")
        return
    with pytest.raises(error) as caught:
        check_submitted(answer, "user1")
    assert isinstance(caught.value, RuntimeError)


def test_the_code_stands_in_an_input() -> None:
    shown = page(f"{DEX}/auth/local/login", text=f'<input type="text" class="theme-form-input" value="{CODE}" />')
    assert find_shown_code(shown) == CODE
    assert CODE not in repr(shown)
    with pytest.raises(SignInPageUnknown, match="no code"):
        find_shown_code(page(f"{DEX}/approval?req=secret"))
