"""The bench's own fixtures, and what its tests share."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from testbench.bench import Bench
from testbench.options import OOB_REDIRECT, SDK_CLIENT_ID, User
from testbench.person import make_browser, sign_in
from testbench.pytest_plugin import bench as bench
from testbench.pytest_plugin import make_bench as make_bench

Tokens = dict[str, Any]


def authorization_url(bench: Bench, connector: str | None = "local") -> str:
    """An authorization request as deployKF's guide makes it."""
    query = {
        "client_id": SDK_CLIENT_ID,
        "redirect_uri": OOB_REDIRECT,
        "response_type": "code",
        "scope": "openid email groups profile offline_access",
        "state": secrets.token_hex(8),
    }
    if connector:
        query["connector_id"] = connector
    request = requests.Request("GET", f"{bench.issuer}/auth", params=query).prepare()
    assert request.url
    return request.url


def redeem(bench: Bench, code: str) -> requests.Response:
    """Trade a code."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": OOB_REDIRECT, "client_id": SDK_CLIENT_ID}
    with make_browser(bench.ca_file) as client:
        return client.post(f"{bench.issuer}/token", data=form, timeout=10)


def refresh(bench: Bench, refresh_token: str) -> requests.Response:
    """Ask for the next tokens."""
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": SDK_CLIENT_ID}
    with make_browser(bench.ca_file) as client:
        return client.post(f"{bench.issuer}/token", data=form, timeout=10)


def log_in(bench: Bench, user: User) -> Tokens:
    """The tokens of a user."""
    answer = redeem(bench, sign_in(authorization_url(bench), user, bench.ca_file))
    answer.raise_for_status()
    tokens: Tokens = answer.json()
    return tokens


def experiments_url(bench: Bench, namespace: str) -> str:
    return f"{bench.api_url}/apis/v2beta1/experiments?namespace={namespace}"


@pytest.fixture(scope="session")
def tokens(bench: Bench) -> Tokens:
    """The tokens of the first user."""
    return log_in(bench, bench.users[0])


@pytest.fixture
def call(tokens: Tokens, bench: Bench) -> Callable[..., requests.Response]:
    """Call the API as the first user."""

    def send(method: str, path: str, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {tokens['id_token']}", **options.pop("headers", {})}
        return requests.request(method, f"{bench.api_url}{path}", headers=headers, timeout=10, **options)

    return send


def until(condition: Callable[[], bool], seconds: float = 15) -> bool:
    """Whether a condition came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
