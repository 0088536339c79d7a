"""The gateway asks the real oauth2-proxy who may pass."""

from __future__ import annotations

import base64

import pytest
import requests

from testbench.bench import Bench
from testbench.options import BenchOptions, ProxyOptions
from testbench.person import make_browser, sign_in_to_gateway
from testbench.pytest_plugin import MakeBench

from .conftest import Tokens, experiments_url


@pytest.mark.parametrize("kind", ["id_token", "access_token"])
def test_bearer_passes(bench: Bench, tokens: Tokens, kind: str) -> None:
    headers = {"Authorization": f"Bearer {tokens[kind]}"}
    answer = requests.get(experiments_url(bench, "team-1"), headers=headers, timeout=10)
    assert answer.status_code == 200
    assert {e["display_name"] for e in answer.json()["experiments"]} >= {"Default", "churn-model"}


@pytest.mark.parametrize("authorization", [None, "Bearer garbage", "garbage"])
def test_no_or_garbage_bearer_is_401_on_the_api_and_a_redirect_elsewhere(
    bench: Bench, authorization: str | None
) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    api = requests.get(experiments_url(bench, "team-1"), headers=headers, allow_redirects=False, timeout=10)
    assert (api.status_code, api.text) == (401, "{}")
    # kfp's Accept does not change it: Envoy does not send that header to oauth2-proxy.
    page = requests.get(
        f"{bench.api_url}/", headers={**headers, "Accept": "application/json"}, allow_redirects=False, timeout=10
    )
    assert page.status_code == 302
    assert page.headers["Location"].startswith(f"{bench.issuer}/auth?")
    assert any(cookie.name.startswith("_deploykf_token_csrf") for cookie in page.cookies)


def test_forged_signature_is_refused(bench: Bench, tokens: Tokens) -> None:
    head, body, signature = tokens["id_token"].split(".")
    forged = base64.urlsafe_b64encode(base64.urlsafe_b64decode(body + "==").replace(b"user1", b"user2")).decode()
    headers = {"Authorization": f"Bearer {head}.{forged.rstrip('=')}.{signature}"}
    assert requests.get(experiments_url(bench, "team-2"), headers=headers, timeout=10).status_code == 401


def test_cookie_login_reaches_the_api_without_a_counted_token_request(bench: Bench) -> None:
    before = bench.token_requests
    with make_browser() as browser:
        sign_in_to_gateway(browser, f"{bench.api_url}/", bench.users[1])
        assert "_deploykf_token" in {cookie.name for cookie in browser.cookies}
        assert browser.get(experiments_url(bench, "team-2"), timeout=10).status_code == 200
    assert bench.token_requests == before


def test_user_header_can_not_be_forged(bench: Bench, tokens: Tokens) -> None:
    headers = {
        "Authorization": f"Bearer {tokens['id_token']}",
        "kubeflow-userid": "user2@example.com",
        "X-Auth-Request-Email": "user2@example.com",
    }
    answer = requests.get(experiments_url(bench, "team-2"), headers=headers, timeout=10)
    assert answer.status_code == 403
    assert answer.json()["code"] == 7
    assert "user1@example.com" in answer.json()["message"]


def test_sign_in_page_is_a_403(make_bench: MakeBench) -> None:
    bench = make_bench(BenchOptions(proxy=ProxyOptions(sign_in_page=True)))
    page = requests.get(f"{bench.api_url}/", allow_redirects=False, timeout=10)
    assert page.status_code == 403
    assert "Sign in" in page.text
    with make_browser() as browser:
        sign_in_to_gateway(browser, f"{bench.origin}/oauth2/start?rd=/pipeline/", bench.users[0])
        assert browser.get(f"{bench.api_url}/", timeout=10).status_code == 200


def test_without_oauth2_proxy_nothing_passes(make_bench: MakeBench) -> None:
    bench = make_bench(BenchOptions())
    bench.oauth2_proxy.stop()
    assert requests.get(f"{bench.api_url}/", allow_redirects=False, timeout=10).status_code == 403
    bench.oauth2_proxy.start()
    assert requests.get(f"{bench.api_url}/", allow_redirects=False, timeout=10).status_code == 302
