"""The discovery document: whose it is, and what of it can be used."""

from __future__ import annotations

import json

import pytest

from jupyterlab_deploykf.core.answer import Answer
from jupyterlab_deploykf.core.cluster import Cluster
from jupyterlab_deploykf.core.provider import process_discovery
from jupyterlab_deploykf.errors import IssuerMismatch, NotAnIssuer

from .test_cluster import TABLE

ISSUER = "https://deploykf.example.com/dex"


def document(**fields: object) -> Answer:
    good = {name: f"{ISSUER}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    return Answer(200, {}, json.dumps({"issuer": ISSUER, **good, **fields}).encode())


@pytest.mark.parametrize(("one", "other"), TABLE["same"])
def test_an_issuer_may_write_itself_in_another_way_and_keeps_it(one: str, other: str) -> None:
    http = dict.fromkeys(("authorization_endpoint", "token_endpoint", "jwks_uri"), f"{one}/x")
    # The ID token's `iss` is compared with what the issuer writes, so that stays.
    assert process_discovery(Cluster(one), document(issuer=other, **http)).issuer == other
    assert process_discovery(Cluster(other), document(issuer=one, **http)).issuer == one


@pytest.mark.parametrize(("one", "other"), TABLE["different"])
def test_a_document_of_another_issuer_is_refused(one: str, other: str) -> None:
    with pytest.raises(IssuerMismatch):
        process_discovery(Cluster(one), document(issuer=other))


@pytest.mark.parametrize("other", [*TABLE["none"], None, 7, [ISSUER]])
def test_a_document_that_names_no_issuer_is_refused(other: object) -> None:
    with pytest.raises(IssuerMismatch):
        process_discovery(Cluster(ISSUER), document(issuer=other))


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize(
    "url",
    ["http://[::1/t", "https://h:99999/", "https://evil\\@h/", "https://a@h/", "/token", "", None, 7, "http://h/"],
)
def test_an_endpoint_that_can_not_be_asked_is_refused(name: str, url: object) -> None:
    with pytest.raises(NotAnIssuer, match=name):
        process_discovery(Cluster(ISSUER), document(**{name: url}))


def test_a_device_endpoint_that_can_not_be_asked_is_none() -> None:
    found = process_discovery(Cluster(ISSUER), document(device_authorization_endpoint="http://[::1/t"))
    assert found.device_authorization_endpoint is None


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("https://login.example.com/x?state=secret", "redirect to https://login.example.com."),
        ("https://evil\\@h/", "redirect to another page."),
        ("https://[x", "redirect to another page."),
    ],
)
def test_a_redirect_is_told_by_its_origin(location: str, said: str) -> None:
    with pytest.raises(NotAnIssuer) as caught:
        process_discovery(Cluster(ISSUER), Answer(302, {"location": location}))
    assert said in caught.value.message
