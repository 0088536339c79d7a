"""A login on another device: what the issuer's answers mean."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from jupyterlab_deploykf.core.answer import Answer
from jupyterlab_deploykf.core.cluster import Cluster
from jupyterlab_deploykf.core.credential import Credential
from jupyterlab_deploykf.core.device import DeviceAttempt, process_device_authorization, process_poll
from jupyterlab_deploykf.core.deviceprobe import check_probe, probe_url
from jupyterlab_deploykf.core.provider import Provider, process_discovery
from jupyterlab_deploykf.core.secret import Secret
from jupyterlab_deploykf.errors import (
    ClientRejected,
    DeployKFError,
    DeviceExpired,
    DeviceNotAllowed,
    IssuerFault,
    LoginDenied,
    LoginFailed,
    TokenAnswerInvalid,
)

from ..support.keys import sign

CLUSTER = Cluster("https://deploykf.example.com/dex")
NOW = 1_800_000_000.0
GIVEN = {
    "device_code": "device-canary",
    "user_code": "ABCD-EFGH",
    "verification_uri": "https://deploykf.example.com/dex/device",
    "expires_in": 300,
    "interval": 7,
}
ATTEMPT = DeviceAttempt(
    CLUSTER.issuer, "https://x/device", "ABCD-EFGH", Secret("device-canary"), Secret("verifier-canary"), 5.0, NOW + 300
)


def answer(status: int, body: object, **headers: str) -> Answer:
    return Answer(status, headers, json.dumps(body).encode())


def poll(status: int, error: str, description: str = "") -> object:
    body = {"error": error, "error_description": description}
    return process_poll(CLUSTER, answer(status, body), ATTEMPT, NOW)


def test_an_attempt_is_what_the_issuer_gave() -> None:
    attempt = process_device_authorization(CLUSTER, answer(200, GIVEN), Secret("v"), NOW)
    assert (attempt.interval, attempt.expires_at, attempt.user_code) == (7.0, NOW + 300, "ABCD-EFGH")
    without = {name: value for name, value in GIVEN.items() if name != "interval"}
    assert process_device_authorization(CLUSTER, answer(200, without), Secret("v"), NOW).interval == 5.0


@pytest.mark.parametrize(
    "wrong",
    [
        {"device_code": ""},
        {"user_code": None},
        {"expires_in": 0},
        {"expires_in": "300"},
        {"expires_in": float("nan")},
        {"verification_uri": "http://deploykf.example.com/dex/device"},
        {"verification_uri": "javascript:alert(1)"},
    ],
)
def test_an_answer_that_can_not_be_used_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(TokenAnswerInvalid) as caught:
        process_device_authorization(CLUSTER, answer(200, {**GIVEN, **wrong}), Secret("v"), NOW)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (404, "", DeviceNotAllowed),
        (400, "unauthorized_client", DeviceNotAllowed),
        (401, "invalid_client", ClientRejected),
        (503, "", IssuerFault),
        (400, "invalid_scope", TokenAnswerInvalid),
    ],
)
def test_a_refusal_to_begin_is_told(status: int, error: str, kind: type[DeployKFError]) -> None:
    with pytest.raises(kind):
        process_device_authorization(CLUSTER, answer(status, {"error": error}), Secret("v"), NOW)


@pytest.mark.parametrize("status", [400, 401])
def test_while_the_user_is_not_done_it_goes_on(status: int) -> None:
    assert poll(status, "authorization_pending") == ATTEMPT


def test_slow_down_adds_five_seconds_each_time() -> None:
    once = poll(400, "slow_down")
    assert once == replace(ATTEMPT, interval=10.0)
    assert isinstance(once, DeviceAttempt)
    twice = process_poll(CLUSTER, answer(400, {"error": "slow_down"}), once, NOW)
    assert twice == replace(ATTEMPT, interval=15.0)
    # It holds for all that comes later (RFC 8628, 3.5).
    pending = process_poll(CLUSTER, answer(401, {"error": "authorization_pending"}), once, NOW)
    assert pending == once


@pytest.mark.parametrize(
    ("status", "error", "description", "kind"),
    [
        (400, "expired_token", "", DeviceExpired),
        (400, "invalid_request", "Invalid Device code.", DeviceExpired),
        (400, "access_denied", "", LoginDenied),
        (400, "invalid_grant", "Invalid code_verifier.", LoginFailed),
        (401, "invalid_client", "", ClientRejected),
        (500, "authorization_pending", "", IssuerFault),
        (400, "", "", TokenAnswerInvalid),
    ],
)
def test_the_end_of_an_attempt_is_told(status: int, error: str, description: str, kind: type[DeployKFError]) -> None:
    with pytest.raises(kind):
        poll(status, error, description)


def test_tokens_that_waited_for_the_poll_are_as_old_as_they_are() -> None:
    id_token = sign({"iat": NOW - 40, "exp": NOW + 3560})
    body = {"id_token": id_token, "refresh_token": "r", "expires_in": 3599}
    polled = process_poll(CLUSTER, answer(200, body, date="Fri, 15 Jan 2027 08:00:00 GMT"), ATTEMPT, NOW)
    assert isinstance(polled, Credential)
    assert polled.expires_at == NOW + 3599 - 40


def test_nothing_secret_is_shown() -> None:
    assert "canary" not in repr(ATTEMPT)
    assert "ABCD" not in repr(ATTEMPT)


def discovered(**fields: object) -> Provider:
    endpoints = {name: f"{CLUSTER.issuer}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    document = {"issuer": CLUSTER.issuer, **endpoints, "device_authorization_endpoint": f"{CLUSTER.issuer}/device/code"}
    return process_discovery(CLUSTER, answer(200, {**document, **fields}))


@pytest.mark.parametrize(
    ("fields", "is_there"),
    [
        ({}, True),
        ({"grant_types_supported": ["refresh_token", "urn:ietf:params:oauth:grant-type:device_code"]}, True),
        ({"grant_types_supported": ["authorization_code", "refresh_token"]}, False),
        ({"grant_types_supported": "no list"}, True),
        ({"device_authorization_endpoint": None}, False),
    ],
)
def test_an_issuer_that_lists_its_grants_without_this_one_has_no_endpoint_for_it(
    fields: dict[str, object], is_there: bool
) -> None:
    assert (discovered(**fields).device_authorization_endpoint is not None) is is_there


class TestTheProbe:
    def test_it_asks_for_no_scope_so_that_nothing_begins(self) -> None:
        provider = Provider(CLUSTER.issuer, f"{CLUSTER.issuer}/auth", "https://t", "https://k")
        url = probe_url(provider, CLUSTER)
        assert url.startswith(f"{CLUSTER.issuer}/auth/local?client_id=kubeflow-pipelines-sdk&redirect_uri=%2Fdevice")
        assert "scope" not in url

    @pytest.mark.parametrize(
        ("status", "page", "kind"),
        [
            (400, 'Unregistered redirect_uri ("/device/callback").', DeviceNotAllowed),
            (400, "Unregistered redirect_uri.", DeviceNotAllowed),
            (404, "Invalid client_id.", ClientRejected),
            (502, "", IssuerFault),
        ],
    )
    def test_a_clear_refusal_counts(self, status: int, page: str, kind: type[DeployKFError]) -> None:
        with pytest.raises(kind):
            check_probe(CLUSTER, Answer(status, body=f"<html>{page}".encode()))

    @pytest.mark.parametrize(("status", "page"), [(303, ""), (200, "Log in"), (404, "Not found"), (400, "Bad")])
    def test_all_else_does_not(self, status: int, page: str) -> None:
        check_probe(CLUSTER, Answer(status, body=page.encode()))
