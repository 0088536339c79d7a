"""What a mounted ServiceAccount token is good for."""

from __future__ import annotations

from typing import Any

import pytest

from jupyterlab_deploykf.core.service_account import AUDIENCE, examine
from jupyterlab_deploykf.errors import ServiceAccountError, ServiceAccountTokenExpired, ServiceAccountTokenForeign

from ..support.keys import sign

NOW = 1_700_000_000.0
GOOD: dict[str, Any] = {"aud": [AUDIENCE], "exp": NOW + 60, "sub": "system:serviceaccount:team-1:default-editor"}


@pytest.mark.parametrize(
    ("claims", "problem"),
    [
        ({}, None),
        ({"aud": AUDIENCE}, None),
        ({"exp": NOW + 1}, None),
        ({"exp": NOW}, ServiceAccountTokenExpired),
        ({"exp": NOW - 3600}, ServiceAccountTokenExpired),
        ({"aud": ["https://kubernetes.default.svc"]}, ServiceAccountTokenForeign),
        ({"aud": []}, ServiceAccountTokenForeign),
        ({"aud": [f"{AUDIENCE}.evil.example"]}, ServiceAccountTokenForeign),
    ],
)
def test_it_is_used_until_it_expires_and_only_if_it_is_for_the_api(
    claims: dict[str, Any], problem: type[ServiceAccountError] | None
) -> None:
    token = examine("/token", sign({**GOOD, **claims}, "ec-1"), NOW)
    assert (type(token.problem) if token.problem else None) is problem
    assert token.to_dict()["usable"] is (problem is None)


def test_it_says_whose_it_is_and_never_what_it_is() -> None:
    text = sign(GOOD, "ec-1")
    token = examine("/token", f" {text}\n", NOW)
    assert (token.namespace, token.service_account, token.expires_at) == ("team-1", "default-editor", NOW + 60)
    assert text not in repr([token, token.to_dict()])
