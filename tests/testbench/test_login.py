"""A person signs in at the real Dex."""

from __future__ import annotations

import pytest

from testbench.bench import Bench
from testbench.options import KILGORE, BenchOptions, DexOptions, User
from testbench.person import SignInFailed, sign_in
from testbench.pytest_plugin import MakeBench

from .conftest import authorization_url, experiments_url, log_in, redeem, refresh


def test_form_gives_a_code_that_one_request_redeems(bench: Bench) -> None:
    before = bench.token_requests
    answer = redeem(bench, sign_in(authorization_url(bench), bench.users[0]))
    assert answer.status_code == 200
    assert set(answer.json()) == {"access_token", "token_type", "expires_in", "refresh_token", "id_token"}
    assert answer.json()["expires_in"] in (3598, 3599)
    assert bench.token_requests - before == 1


def test_chooser_is_passed(bench: Bench) -> None:
    assert len(sign_in(authorization_url(bench, connector=None), bench.users[0])) == 25


def test_upstream_identity_provider_gives_a_code(bench: Bench) -> None:
    code = sign_in(authorization_url(bench, connector=None), KILGORE, connector="upstream")
    assert redeem(bench, code).status_code == 200


def test_wrong_password_is_told(bench: Bench) -> None:
    user = User(bench.users[0].email, "wrong")
    with pytest.raises(SignInFailed, match="401: Invalid Email Address and password"):
        sign_in(authorization_url(bench), user)


def test_code_works_once(bench: Bench) -> None:
    code = sign_in(authorization_url(bench), bench.users[0])
    assert redeem(bench, code).status_code == 200
    again = redeem(bench, code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_durations_reach_dex(make_bench: MakeBench) -> None:
    bench = make_bench(BenchOptions(dex=DexOptions(id_tokens="90s", reuse_interval="0s")))
    tokens = log_in(bench, bench.users[0])
    assert tokens["expires_in"] in (89, 88)
    first = tokens["refresh_token"]
    second = refresh(bench, first).json()["refresh_token"]
    assert second != first
    used = refresh(bench, first)
    assert used.status_code == 400
    assert used.json()["error_description"].startswith("Refresh token is invalid or has already been claimed")
    assert refresh(bench, second).status_code == 200


def test_nothing_secret_is_logged(make_bench: MakeBench) -> None:
    bench = make_bench(BenchOptions())
    code = sign_in(authorization_url(bench), bench.users[0])
    tokens = redeem(bench, code).json()
    bearer = {"Authorization": f"Bearer {tokens['id_token']}"}
    import requests

    assert requests.get(experiments_url(bench, "team-1"), headers=bearer, timeout=10).status_code == 200
    written = "".join(log.read_text() for log in bench.logs)
    assert "login successful" in written
    for secret in (
        code,
        tokens["id_token"],
        tokens["access_token"],
        tokens["refresh_token"],
        bench.users[0].password + '"',
    ):
        assert secret not in written
