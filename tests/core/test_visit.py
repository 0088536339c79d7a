"""Where a login by form may go."""

from __future__ import annotations

import pytest

from jupyterlab_deploykf.core.visit import Visit

API = "https://deploykf.example.com/pipeline"
DEX = "https://dex.example.com/dex"
AUTH = f"{DEX}/auth?client_id=x&response_type=code"


def test_the_api_s_redirect_names_the_issuer_and_nothing_else_is_gone_to() -> None:
    visit = Visit()
    assert visit.go(API) is None
    assert visit.follow(API, "https://deploykf.example.com/oauth2/start") is None
    assert visit.follow("https://deploykf.example.com/oauth2/start", AUTH) is None
    assert visit.follow(AUTH, f"{DEX}/auth/local/login") is None
    assert visit.may_post(f"{DEX}/auth/local/login") is None
    assert visit.follow(f"{DEX}/auth/local/login", "https://deploykf.example.com/oauth2/callback?code=x") is None
    for foreign in ("https://evil.example/", "https://dex.example.com:8443/", "https://x.dex.example.com/"):
        for at in (API, AUTH):
            found = visit.follow(at, foreign)
            assert found is not None
            assert "another host" in found.message


def test_an_issuer_on_the_api_s_origin_names_no_other_one() -> None:
    visit = Visit()
    visit.go(API)
    auth = "https://deploykf.example.com/dex/auth?client_id=x&response_type=code"
    assert visit.follow(API, auth) is None
    # An upstream provider's form is none for a password of Dex.
    assert visit.follow("https://deploykf.example.com/dex/auth/upstream", AUTH) is not None


def test_a_known_issuer_is_the_only_one() -> None:
    visit = Visit(DEX)
    visit.go(API)
    assert visit.follow(API, "https://other.example.com/dex/auth?client_id=x&response_type=code") is not None
    assert visit.follow(API, AUTH) is None
    assert visit.may_post(f"{API}/auth/local/login") is not None


def test_the_password_goes_to_the_issuer_only() -> None:
    visit = Visit()
    visit.go(API)
    visit.follow(API, AUTH)
    found = visit.may_post("https://deploykf.example.com/dex/auth/local/login")
    assert found is not None
    assert "password is sent to the issuer only" in found.next_step


def test_whoever_got_the_password_names_no_other_issuer() -> None:
    visit = Visit()
    visit.go(API)
    assert visit.may_post("https://deploykf.example.com/dex/auth/local/login") is None
    assert visit.follow("https://deploykf.example.com/dex/auth/local/login", "https://evil.example/") is not None


def test_it_never_goes_from_https_to_http() -> None:
    visit = Visit()
    visit.go(API)
    for to in ("http://deploykf.example.com/dex/auth", "http://dex.example.com/dex/auth"):
        found = visit.follow(API, to)
        assert found is not None
        assert "from https to http" in found.message


def test_an_api_that_has_moved_to_https_is_said_so() -> None:
    visit = Visit()
    visit.go("http://deploykf.example.com/pipeline")
    found = visit.follow("http://deploykf.example.com/pipeline", API)
    assert found is not None
    assert f"host={API!r}" in found.next_step


@pytest.mark.parametrize(
    "to", ["javascript:alert(1)", "urn:ietf:wg:oauth:2.0:oob?error=x", "", "http://[", "https://a\\@b/", "https://é/"]
)
def test_what_is_no_page_is_said_so(to: str) -> None:
    visit = Visit()
    visit.go(API)
    found = visit.follow(API, to)
    assert found is not None
    assert "no page" in found.message


def test_the_program_itself_goes_nowhere_else_either() -> None:
    visit = Visit()
    visit.go(API)
    assert visit.go("https://evil.example/dex/auth/local") is not None
    assert visit.go("nonsense") is not None
