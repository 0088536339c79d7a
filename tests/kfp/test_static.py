"""A platform session that renews itself, on a real Dex and oauth2-proxy."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
import requests

from jupyterlab_deploykf.core.secret import Secret
from jupyterlab_deploykf.errors import PasswordRejected
from jupyterlab_deploykf.io.http import TLS
from jupyterlab_deploykf.kfp.static import StaticAccess
from testbench.bench import Bench

FORM = "/dex/auth/local/login"


@pytest.fixture
def now() -> list[float]:
    return [time.time()]


@pytest.fixture
def access(bench: Bench, home: Path, now: list[float]) -> StaticAccess:
    return StaticAccess(bench.api_url, "user1@example.com", Secret("user1"), "local", TLS(), lambda: now[0])


def sign_ins(bench: Bench) -> int:
    return len(bench.requests_to(FORM, "POST"))


def test_threads_share_one_sign_in(bench: Bench, access: StaticAccess) -> None:
    before = sign_ins(bench)
    got: list[dict[str, str]] = []
    threads = [threading.Thread(target=lambda: got.append(access.headers())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(got) == 8
    assert all(headers == got[0] for headers in got)
    assert sign_ins(bench) == before + 1
    answer = requests.get(f"{bench.api_url}/apis/v2beta1/healthz", headers=got[0], timeout=10)
    assert answer.status_code == 200


def test_it_signs_in_again_before_the_session_ends(bench: Bench, access: StaticAccess, now: list[float]) -> None:
    first = access.headers()
    before = sign_ins(bench)
    now[0] += 168 * 3600 - 600
    assert access.headers() == first
    now[0] += 400
    assert access.headers() != first
    assert sign_ins(bench) == before + 1


def test_a_refused_session_is_replaced_once_for_all(bench: Bench, access: StaticAccess, now: list[float]) -> None:
    refused = access.headers()
    before = sign_ins(bench)
    # Just signed in: it is not the session's fault.
    assert not access.replace(refused)
    now[0] += 60
    assert access.replace(refused)
    assert access.replace(refused)
    assert sign_ins(bench) == before + 1


def test_the_proxys_own_renewal_is_taken(access: StaticAccess) -> None:
    from urllib3 import HTTPHeaderDict

    access.headers()
    answer = HTTPHeaderDict()
    answer.add("Set-Cookie", "_deploykf_token=renewed; Path=/; HttpOnly")
    answer.add("Set-Cookie", "other=1; Path=/")
    access.observe(answer)
    assert access.headers() == {"cookie": "_deploykf_token=renewed"}


def test_nothing_shows_the_password(bench: Bench, home: Path) -> None:
    access = StaticAccess(bench.api_url, "user1@example.com", Secret("a-wrong-password"), "local", TLS())
    with pytest.raises(PasswordRejected) as caught:
        access.headers()
    assert "a-wrong-password" not in f"{access!r} {caught.value} {vars(access)!r}"
