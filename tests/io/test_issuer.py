"""The client of one issuer: what it remembers, and what it makes of an answer."""

from __future__ import annotations

import pytest

from jupyterlab_deploykf.core.cluster import Cluster
from jupyterlab_deploykf.errors import IssuerFault, NotAnIssuer
from jupyterlab_deploykf.io.http import Http
from jupyterlab_deploykf.io.issuer import METADATA_LIFETIME
from jupyterlab_deploykf.io.issuer import Issuer as IssuerClient

from ..support.issuer import Issuer

DISCOVERY, KEYS = "/dex/.well-known/openid-configuration", "/dex/keys"


@pytest.fixture
def now() -> list[float]:
    return [0.0]


@pytest.fixture
def client(issuer: Issuer, now: list[float]) -> IssuerClient:
    return IssuerClient(Cluster(issuer.url), Http(), monotonic=lambda: now[0])


def asked(issuer: Issuer, path: str) -> int:
    return sum(requested == path for _, requested, _ in issuer.requests)


def test_metadata_and_keys_are_remembered_for_an_hour_and_no_longer(
    client: IssuerClient, issuer: Issuer, now: list[float]
) -> None:
    assert METADATA_LIFETIME == 3600
    for now[0] in (0.0, 1.0, METADATA_LIFETIME):
        client.ready()
    assert (asked(issuer, DISCOVERY), asked(issuer, KEYS)) == (1, 1)
    now[0] = METADATA_LIFETIME + 1
    client.ready()
    assert (asked(issuer, DISCOVERY), asked(issuer, KEYS)) == (2, 2)


@pytest.mark.parametrize("path", [DISCOVERY, KEYS])
@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_problem_of_the_issuers_own_passes_and_is_not_remembered(
    client: IssuerClient, issuer: Issuer, path: str, status: int
) -> None:
    issuer.scripted[path] = (status, {"Retry-After": "7"}, b"{}")
    with pytest.raises(IssuerFault) as caught:
        client.ready()
    assert caught.value.retryable
    assert caught.value.retry_after == 7
    issuer.scripted[path] = (status, {"Retry-After": "600"}, b"{}")
    with pytest.raises(IssuerFault, match="10 minutes"):
        client.ready()
    del issuer.scripted[path]
    client.ready()


@pytest.mark.parametrize("path", [DISCOVERY, KEYS])
def test_what_is_no_document_is_told_as_such(client: IssuerClient, issuer: Issuer, path: str) -> None:
    issuer.scripted[path] = (404, {}, b"")
    with pytest.raises(NotAnIssuer):
        client.ready()
