"""The authorization request: what proves later that an answer belongs to it."""

from __future__ import annotations

import os
import re
from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

from jupyterlab_deploykf.core.authorize import AuthorizationRequest, authorization_request
from jupyterlab_deploykf.core.cluster import Cluster
from jupyterlab_deploykf.core.provider import Provider

CLUSTER = Cluster("https://deploykf.example.com/dex")
PROVIDER = Provider(
    CLUSTER.issuer, f"{CLUSTER.issuer}/auth?connector_id=local", f"{CLUSTER.issuer}/token", f"{CLUSTER.issuer}/keys"
)


def begin() -> tuple[AuthorizationRequest, dict[str, str]]:
    request = authorization_request(PROVIDER, CLUSTER, os.urandom)
    fields = parse_qs(urlsplit(request.url).query, strict_parsing=True)
    assert all(len(values) == 1 for values in fields.values())
    return request, {name: values[0] for name, values in fields.items()}


def test_it_asks_for_what_the_cluster_says() -> None:
    request, fields = begin()
    assert request.url.startswith(f"{CLUSTER.issuer}/auth?")
    assert fields["connector_id"] == "local"
    assert fields["client_id"] == CLUSTER.client_id
    assert fields["redirect_uri"] == CLUSTER.redirect_uri
    assert fields["response_type"] == "code"
    assert fields["scope"].split() == list(CLUSTER.scopes)


def test_it_sends_its_state_and_its_nonce_and_they_differ() -> None:
    request, fields = begin()
    assert fields["state"] == request.state
    assert fields["nonce"] == request.nonce
    # Whoever sees the state in a redirect must not know the nonce.
    assert request.state != request.nonce


def test_it_sends_the_hash_of_its_verifier_and_not_the_verifier() -> None:
    request, fields = begin()
    digest = sha256(request.code_verifier.encode("ascii")).digest()
    assert fields["code_challenge"] == urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert fields["code_challenge_method"] == "S256"
    assert request.code_verifier not in request.url
    # RFC 7636, 4.1
    assert re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", request.code_verifier)


def test_nothing_of_an_attempt_is_used_again() -> None:
    used = [text for request, _ in (begin(), begin()) for text in (request.state, request.nonce, request.code_verifier)]
    assert len(set(used)) == 6
    # 128 bits of chance and more (RFC 6819, 5.1.4.2.2).
    assert all(len(text) * 6 >= 128 for text in used)


def test_its_repr_shows_nothing_that_proves_it() -> None:
    request, _ = begin()
    shown = repr(request)
    assert request.code_verifier not in shown
    # Both stand in the URL, which is shown to be opened.
    assert "nonce=" not in shown.replace(request.url, "")
    assert "state=" not in shown.replace(request.url, "")
