"""Whether a login on another device is offered: by the probe, and whatever becomes of that."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest

from jupyterlab_deploykf.core.answer import Answer
from jupyterlab_deploykf.core.cluster import Cluster
from jupyterlab_deploykf.core.credential import Credential
from jupyterlab_deploykf.core.device import DeviceAttempt
from jupyterlab_deploykf.errors import DeviceNotAllowed, IDTokenInvalid
from jupyterlab_deploykf.io import device
from jupyterlab_deploykf.io.http import TLS, Http
from jupyterlab_deploykf.io.issuer import METADATA_LIFETIME
from jupyterlab_deploykf.io.issuer import Issuer as IssuerClient

from ..support.issuer import Issuer, Scripted

PROBE = "/dex/auth/local?client_id=kubeflow-pipelines-sdk&redirect_uri=%2Fdevice%2Fcallback&response_type=code"
ALLOWED: Scripted = (303, {"Location": "/dex/error"}, b"")
REFUSED: Scripted = (400, {}, b'Unregistered redirect_uri ("/device/callback").')
UNKNOWN_CLIENT: Scripted = (404, {}, b"Invalid client_id.")
DOWN: Scripted = (503, {}, b"down")


@pytest.fixture
def clock() -> list[float]:
    """The seconds that have passed."""
    return [0.0]


@pytest.fixture
def client(issuer: Issuer, clock: list[float]) -> IssuerClient:
    issuer.document = {"device_authorization_endpoint": f"{issuer.url}/device/code"}
    return IssuerClient(Cluster(issuer.url), Http(), monotonic=lambda: clock[0])


def probes(issuer: Issuer) -> int:
    return sum(1 for _, path, _ in issuer.requests if path == PROBE)


@pytest.mark.parametrize(("answer", "is_allowed"), [(ALLOWED, True), (REFUSED, False), (UNKNOWN_CLIENT, False)])
def test_a_clear_answer_is_remembered_as_the_metadata_are(
    client: IssuerClient, issuer: Issuer, clock: list[float], answer: Scripted, is_allowed: bool
) -> None:
    issuer.scripted[PROBE] = answer
    assert [device.allows_device(client) for _ in range(3)] == [is_allowed] * 3
    assert probes(issuer) == 1
    clock[0] = METADATA_LIFETIME + 1
    issuer.scripted[PROBE] = REFUSED if is_allowed else ALLOWED
    assert device.allows_device(client) is not is_allowed
    assert issuer.token_requests() == 0


def test_without_an_endpoint_nothing_is_asked(client: IssuerClient, issuer: Issuer) -> None:
    issuer.document = {}
    assert device.allows_device(client) is False
    assert probes(issuer) == 0


def test_trouble_is_a_no_until_it_has_passed(client: IssuerClient, issuer: Issuer) -> None:
    issuer.scripted[PROBE] = DOWN
    assert device.allows_device(client) is False
    issuer.scripted[PROBE] = ALLOWED
    assert device.allows_device(client) is True


class Hanging(Http):
    """A connection that gives the probe's answer when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()

    def get(self, url: str, tls: TLS, headers: object = None) -> Answer:
        if url.endswith(PROBE):
            self.go_on.wait(20)
        return super().get(url, tls)


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    http = Hanging()
    yield http
    http.go_on.set()


def test_an_answer_that_is_late_counts_the_next_time(
    client: IssuerClient, issuer: Issuer, hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    issuer.scripted[PROBE] = ALLOWED
    late = IssuerClient(client.cluster, hanging)
    late.provider()
    with monkeypatch.context() as impatient:
        impatient.setattr(device, "PATIENCE", 0.05)
        assert device.allows_device(late) is False
    hanging.go_on.set()
    monkeypatch.setattr(device, "PATIENCE", 20)
    assert device.allows_device(late) is True
    assert probes(issuer) == 1


def test_who_wants_to_log_in_is_told_what_the_probe_says_now(client: IssuerClient, issuer: Issuer) -> None:
    issuer.scripted[PROBE] = ALLOWED
    assert device.allows_device(client) is True
    issuer.scripted[PROBE] = REFUSED
    with pytest.raises(DeviceNotAllowed):
        device.begin_device(client, lambda count: b"r" * count)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"aud": "another-client"}, "client"), ({"iss": "https://x.example.com"}, "issuer"), ({"exp": 1}, "expired")],
)
def test_its_token_is_verified_as_any_other(
    client: IssuerClient, issuer: Issuer, wrong: dict[str, object], said: str
) -> None:
    attempt = DeviceAttempt.to_poll(issuer.url, "device-code", "v" * 43)
    tokens = {"id_token": issuer.id_token(), "refresh_token": "r"}
    issuer.scripted["/dex/token"] = (200, {}, json.dumps(tokens).encode())
    assert isinstance(device.poll_device(client, attempt), Credential)
    for id_token in (issuer.id_token(**wrong), f"{tokens['id_token'][:-8]}AAAAAAAA"):
        issuer.scripted["/dex/token"] = (200, {}, json.dumps({**tokens, "id_token": id_token}).encode())
        with pytest.raises(IDTokenInvalid, match=f"{said}|signature"):
            device.poll_device(client, attempt)
