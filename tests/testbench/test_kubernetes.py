"""ServiceAccount tokens, as Pods use them."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from testbench.bench import Bench
from testbench.kubernetes import Mount, TokenIssuer


def experiments(bench: Bench, headers: dict[str, str], namespace: str = "team-1") -> requests.Response:
    return requests.get(
        f"{bench.internal_api_url}/apis/v2beta1/experiments",
        params={"namespace": namespace},
        headers=headers,
        timeout=10,
    )


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_the_api_takes_a_token_in_its_own_namespace(bench: Bench) -> None:
    answer = experiments(bench, bearer(bench.token_issuer.token()))
    assert len(answer.json()["experiments"]) == 3


def test_another_namespace_is_forbidden(bench: Bench) -> None:
    answer = experiments(bench, bearer(bench.token_issuer.token()), "team-2")
    assert (answer.status_code, answer.json()["code"]) == (403, 7)


@pytest.mark.parametrize("kind", ["none", "garbage", "audience", "expired", "forged", "header"])
def test_what_is_no_token_for_pipelines_is_nobody(bench: Bench, kind: str) -> None:
    headers = {
        "none": {},
        "garbage": bearer("garbage"),
        "audience": bearer(bench.token_issuer.token(audience="vault")),
        "expired": bearer(bench.token_issuer.token(lifetime=-10)),
        "forged": bearer(TokenIssuer().token()),
        # The gateway's word, from someone who is not the gateway.
        "header": {"kubeflow-userid": "user1@example.com"},
    }[kind]
    answer = experiments(bench, headers)
    assert (answer.status_code, answer.json()["code"]) == (401, 16)


def test_a_mount_is_swapped_in_one_step(tmp_path: Path) -> None:
    mount = Mount(tmp_path / "volume", "first")
    assert mount.path.read_text() == "first"
    mount.swap("second")
    assert mount.path.read_text() == "second"
    assert mount.path.is_symlink()
