"""What the token endpoint's answers mean, and what of them may be repeated."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jupyterlab_deploykf.core.answer import Answer
from jupyterlab_deploykf.core.cluster import Cluster
from jupyterlab_deploykf.core.credential import Credential
from jupyterlab_deploykf.core.tokenanswer import process_exchange, process_refresh
from jupyterlab_deploykf.errors import DeployKFError, IssuerError, IssuerFault, SessionEnded

from ..support.keys import sign

CLUSTER = Cluster("https://deploykf.example.com/dex")
NOW = 1_700_000_000.0
BEFORE = Credential(id_token="id-before", expires_at=NOW, refresh_token="refresh-before")


def answer(status: int, body: object, **headers: str) -> Answer:
    return Answer(status, headers, body if isinstance(body, bytes) else json.dumps(body).encode())


def id_token(lifetime: float) -> str:
    return sign({"iat": NOW, "exp": NOW + lifetime}, "ec-1")


def refresh(status: int, body: object, **headers: str) -> Any:
    return process_refresh(CLUSTER, answer(status, body, **headers), BEFORE, NOW)


def test_an_answer_without_a_refresh_token_keeps_the_old_one() -> None:
    # RFC 6749, 6: an issuer may give none.
    kept = refresh(200, {"id_token": id_token(3600)}).credential
    assert kept.refresh_token == "refresh-before"
    given = refresh(200, {"id_token": id_token(3600), "refresh_token": "refresh-new"}).credential
    assert given.refresh_token == "refresh-new"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_problem_of_the_issuers_own_passes(status: int) -> None:
    with pytest.raises(IssuerFault) as caught:
        refresh(status, {"error": "invalid_grant"}, **{"retry-after": "7"})
    assert caught.value.retryable
    assert caught.value.retry_after == 7
    assert "in a minute" in caught.value.next_step
    with pytest.raises(IssuerFault, match="10 minutes"):
        refresh(status, {}, **{"retry-after": "600"})
    assert not isinstance(caught.value, SessionEnded)


@pytest.mark.parametrize("status", [502, 504])
def test_a_gateway_does_not_know_what_the_issuer_has_done(status: int) -> None:
    with pytest.raises(IssuerFault) as caught:
        refresh(status, b"")
    assert caught.value.outcome_unknown


@pytest.mark.parametrize("error", ["invalid_grant", "invalid_request"])
def test_only_a_400_ends_a_session(error: str) -> None:
    with pytest.raises(SessionEnded):
        refresh(400, {"error": error})
    for status in (401, 403, 404, 408):
        with pytest.raises(DeployKFError) as caught:
            refresh(status, {"error": error})
        assert not isinstance(caught.value, SessionEnded)


@pytest.mark.parametrize(("access", "own"), [(60, 3600), (3600, 60)])
def test_the_shorter_lifetime_counts(access: int, own: int) -> None:
    credential = refresh(200, {"id_token": id_token(own), "expires_in": access}).credential
    assert credential.lifetime == 60
    assert credential.expires_at == NOW + 60


#: Answers that hold a secret and are no good, by status and body.
_BODIES: list[object] = [
    b"<html>secret-canary",
    b'{"id_token": "secret-canary',
    ["secret-canary"],
    {"refresh_token": 7, "access_token": "secret-canary"},
    {"access_token": "secret-canary", "refresh_token": "secret-canary"},
    {"error": "server_error", "access_token": "secret-canary"},
    {"error": "invalid_client", "refresh_token": "secret-canary"},
    {"error": "invalid_grant", "id_token": "secret-canary"},
]


@pytest.mark.parametrize("body", _BODIES)
@pytest.mark.parametrize("status", [200, 201, 302, 400, 401, 404, 429, 503])
def test_no_error_repeats_an_answers_tokens_or_its_body(status: int, body: object) -> None:
    def read(process: Any, *arguments: Any) -> object:
        try:
            return process(CLUSTER, answer(status, body, location="https://x.example.com/?c=secret-canary"), *arguments)
        except DeployKFError as error:
            return [str(error), repr(error), error.problem(), vars(error)]

    for found in (read(process_exchange, NOW), read(process_refresh, BEFORE, NOW)):
        assert "secret-canary" not in repr(found)


def test_an_answers_repr_shows_neither_its_body_nor_its_headers() -> None:
    shown = repr(answer(200, {"id_token": "secret-canary"}, **{"set-cookie": "secret-canary"}))
    assert "secret-canary" not in shown
    assert "200" in shown


def test_an_answer_that_was_cut_off_says_nothing_of_the_outcome() -> None:
    with pytest.raises(IssuerError) as caught:
        refresh(200, b'{"id_token": "eyJ')
    assert caught.value.outcome_unknown
