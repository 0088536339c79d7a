"""Whatever comes from outside, a parser gives a value or one of our errors, and nothing that breaks its next reader."""

from __future__ import annotations

import json
import os
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jupyterlab_deploykf import kernelbridge
from jupyterlab_deploykf.core.answer import Answer
from jupyterlab_deploykf.core.authorize import authorization_request
from jupyterlab_deploykf.core.choice import choose, issuer_from_text
from jupyterlab_deploykf.core.claims import read_claims
from jupyterlab_deploykf.core.cluster import (
    Cluster,
    cached_issuers,
    is_same_issuer,
    issuer_key,
    normalize_issuer,
    parse_cluster,
)
from jupyterlab_deploykf.core.code import find_code
from jupyterlab_deploykf.core.credential import Credential
from jupyterlab_deploykf.core.device import DeviceAttempt, process_device_authorization, process_poll
from jupyterlab_deploykf.core.deviceprobe import check_probe, probe_url
from jupyterlab_deploykf.core.identity import Identity
from jupyterlab_deploykf.core.idtoken import Expectation, knows_key, parse_keys, verify_id_token
from jupyterlab_deploykf.core.jsonvalue import parse_value
from jupyterlab_deploykf.core.provider import process_discovery
from jupyterlab_deploykf.core.secret import Secret
from jupyterlab_deploykf.core.service_account import examine
from jupyterlab_deploykf.core.session import describe
from jupyterlab_deploykf.core.tokenanswer import process_exchange, process_refresh
from jupyterlab_deploykf.core.urls import parameters, parse_url, resolve
from jupyterlab_deploykf.core.words import one_line, plain, until
from jupyterlab_deploykf.errors import DeployKFError
from jupyterlab_deploykf.io.clusters import ClusterBook
from jupyterlab_deploykf.io.kfp_context import context_namespace
from jupyterlab_deploykf.operations import OPTIONAL, TEXTS, add_cluster, read_fields
from jupyterlab_deploykf.session import Sessions

from ..support.keys import jwk, sign
from .strategies import almost, any_text, bodies, headers, mutants, odd_values, statuses, texts

NOW = 1_800_000_000.0
ISSUER = "https://deploykf.example.com/dex"
CLUSTER = Cluster(ISSUER)
CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "sub": "CiQwOGE4Njg0Yi1kYjg4",
    "aud": CLUSTER.client_id,
    "azp": CLUSTER.client_id,
    "exp": NOW + 3600,
    "iat": NOW,
    "email": "user1@example.com",
    "name": "User 1",
    "groups": ["team-1"],
    "nonce": "n",
}
KEYS = [jwk("rsa-1"), jwk("ec-1")]
ID_TOKEN = sign(CLAIMS)
TOKENS = {
    "id_token": ID_TOKEN,
    "access_token": "a",
    "refresh_token": "r",
    "token_type": "bearer",
    "expires_in": 3600,
    "expires_at": NOW + 3600,
    "error": "invalid_grant",
    "error_description": "Invalid or expired refresh token.",
}
DISCOVERY = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/auth",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/keys",
    "device_authorization_endpoint": f"{ISSUER}/device/code",
    "grant_types_supported": ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"],
}
DEVICE = {
    "device_code": "d",
    "user_code": "ABCD-EFGH",
    "verification_uri": f"{ISSUER}/device",
    "expires_in": 300,
    "interval": 5,
    "error": "authorization_pending",
}
SERVICE_ACCOUNT = {"aud": ["pipelines.kubeflow.org"], "exp": NOW + 600, "sub": "system:serviceaccount:team-1:default"}
ENTRY = {
    "issuer": ISSUER,
    "name": "platform",
    "api_url": "https://deploykf.example.com/pipeline",
    "ca_file": "/etc/ssl/ca.pem",
    "client_id": "client",
    "skip_tls_verify": False,
    "scopes": ["openid"],
    "auth_types": ["local"],
}


@contextmanager
def ours() -> Iterator[None]:
    """Let through errors of ours alone, and only those that can be printed, logged and sent."""
    try:
        yield
    except DeployKFError as error:
        caught = error
    else:
        return
    assert_harmless(caught.message, caught.next_step)
    assert len(str(caught)) < 3000
    assert_sendable(caught.problem())


def assert_harmless(*shown: str | None) -> None:
    """What is shown to people is one line without anything that steers a terminal or hides."""
    for text in shown:
        assert text is None or (text == plain(text) and "\n" not in text and "\t" not in text), ascii(text)


def assert_sendable(value: object) -> None:
    """What goes on to JSON, to a file or to a browser can go there."""
    json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1).encode("utf-8")


def assert_sane(credential: Credential | None) -> None:
    if credential is None:
        return
    assert credential.lifetime > 0
    assert_sendable(credential.to_entry())
    session = describe(CLUSTER, credential, None, NOW)
    assert_sendable(session.to_dict())
    if session.identity:
        assert_harmless(session.identity.email, session.identity.name, session.identity.subject)
        assert_harmless(*session.identity.groups)
    until(credential.expires_at, NOW, time.gmtime)


def jwt_of(header: bytes, payload: bytes, signature: bytes) -> str:
    return ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in (header, payload, signature))


@given(texts)
def test_urls(text: str) -> None:
    url = parse_url(text)
    parameters(text)
    if url is not None:
        assert parse_url(str(url)) == url
        assert url.normalized().normalized() == url.normalized()
        assert str(url).isascii()
        assert 1 <= url.connect_port <= 65535
        base = parse_url("https://deploykf.example.com/a/b")
        assert base is not None
        resolve(base, text)
        resolve(url, "../x")


@given(texts)
def test_urls_are_read_as_urllib3_and_requests_read_them(text: str) -> None:
    import requests
    from urllib3.util import parse_url as urllib3_reads

    url = parse_url(text)
    if url is not None:
        sent = requests.Request("GET", str(url)).prepare().url or ""
        seen = urllib3_reads(sent)
        assert (seen.scheme, (seen.host or "").strip("[]")) == (url.scheme, url.host)
        assert (seen.port or {"http": 80, "https": 443}[url.scheme]) == url.connect_port


@given(texts, texts)
def test_issuers(one: str, other: str) -> None:
    key = issuer_key(one)
    assert is_same_issuer(one, other) == (key is not None and key == issuer_key(other))
    for read in (normalize_issuer, issuer_from_text):
        with ours():
            found = read(one)
            assert read(found) == found
            assert_harmless(found, Cluster(found).name)
    assert cached_issuers([one, other, ISSUER])[-1:] == [ISSUER] or is_same_issuer(ISSUER, one)
    with ours():
        choose(one, [CLUSTER, Cluster("https://other.example.com/dex", name="other")])


def check_cluster(entry: object) -> None:
    with ours():
        cluster = parse_cluster(entry, "file")
        assert_harmless(cluster.name, cluster.issuer, cluster.api_url, cluster.client_id)
        assert_sendable(cluster.to_dict())
        assert parse_cluster(cluster.to_entry(), "file") == cluster


@given(bodies({"clusters": [ENTRY, ENTRY]}))
def test_the_users_list(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "deploykf.json"
    path.write_bytes(content)
    path.chmod(0o600)
    book = ClusterBook(str(path), {})
    for look in (book.own, book.clusters, book.default, lambda: book.find(ISSUER)):
        with ours():
            look()


@given(texts)
def test_codes(text: str) -> None:
    with ours():
        code = find_code(text)
        assert code
        assert code.isascii()
        assert code.isprintable()


def check_discovery(status: int, given_headers: dict[str, str], body: bytes) -> None:
    with ours():
        provider = process_discovery(CLUSTER, Answer(status, given_headers, body))
        assert is_same_issuer(provider.issuer, ISSUER)
        request = authorization_request(provider, CLUSTER, os.urandom)
        for url in (request.url, probe_url(provider, CLUSTER), provider.token_endpoint, provider.jwks_uri):
            assert parse_url(url) is not None


def check_token_answer(status: int, given_headers: dict[str, str], body: bytes) -> None:
    answer = Answer(status, given_headers, body)
    previous = Credential(id_token=ID_TOKEN, expires_at=NOW, refresh_token="r")
    for read in (
        lambda: process_exchange(CLUSTER, answer, NOW),
        lambda: process_refresh(CLUSTER, answer, previous, NOW).credential,
    ):
        with ours():
            assert_sane(read())


def check_device_answer(status: int, given_headers: dict[str, str], body: bytes) -> None:
    answer = Answer(status, given_headers, body)
    with ours():
        attempt = process_device_authorization(CLUSTER, answer, Secret("v"), NOW)
        assert_harmless(attempt.user_code, attempt.verification_uri)
        assert attempt.interval > 0
        assert NOW < attempt.expires_at < NOW + 100_000
    with ours():
        polled = process_poll(CLUSTER, answer, DeviceAttempt.to_poll(ISSUER, "d", "v"), NOW)
        assert_sane(polled if isinstance(polled, Credential) else None)
    with ours():
        check_probe(CLUSTER, answer)


@given(headers)
def test_dates(given_headers: dict[str, str]) -> None:
    date = Answer(200, given_headers).date()
    assert date is None or 0 <= date < 1e12


def check_entry(entry: object) -> None:
    read = parse_value(json.dumps({"entry": entry}))
    assert isinstance(read, dict)
    assert_sane(Credential.from_entry(read["entry"]))
    Credential.from_entry(entry)


@given(bodies({"alg": "RS256", "kid": "rsa-1", "typ": "JWT"}), bodies(CLAIMS), st.binary(max_size=8))
@example(b'{"alg":"RS256","kid":"rsa-1"}', b'{"exp": 1' + b"0" * 400 + b"}", b"")
@example(b'{"alg":"RS256","kid":"rsa-1","x":' + b"[" * 100_000, b"{}", b"")
@example(b'{"alg":"RS256","kid":"rsa-1","x":1' + b"0" * 5000 + b"}", b"{}", b"")
@example(b'{"alg":"RS256","kid":"\xff"}', b"{}", b"")
def test_tokens_that_nobody_signed(header: bytes, payload: bytes, signature: bytes) -> None:
    check_unsigned(header, payload, signature)


@given(texts)
@example("\ud800")
@example("a.\ud800.c")
def test_tokens_that_are_none(token: str) -> None:
    assert_sendable(read_claims(token))
    knows_key(token, KEYS)
    with pytest.raises(DeployKFError):
        verify_id_token(token, KEYS, Expectation(ISSUER, CLUSTER.client_id, NOW))


def check_unsigned(header: bytes, payload: bytes, signature: bytes = b"x") -> None:
    token = jwt_of(header, payload, signature)
    assert_sendable(read_claims(token))
    assert_sane(Credential.from_entry({"id_token": token}))
    knows_key(token, KEYS)
    for text in (token, token[:-3], payload.decode("latin-1")):
        with pytest.raises(DeployKFError):
            verify_id_token(text, KEYS, Expectation(ISSUER, CLUSTER.client_id, NOW))


def check_claims(claims: dict[str, Any]) -> None:
    expected = Expectation(ISSUER, CLUSTER.client_id, NOW, "n", CLAIMS["sub"], NOW)
    token = _signed(claims)
    if token is None:
        return
    with ours():
        verified = verify_id_token(token, KEYS, expected)
        assert_sendable(verified)
        assert verified["sub"] == CLAIMS["sub"]
    identity = Identity.from_claims(read_claims(token))
    if identity is not None:
        assert_harmless(identity.email, identity.name, identity.subject, identity.called, *identity.groups)


@given(bodies({"keys": [*KEYS, {"kty": "RSA"}]}))
def test_key_sets(body: bytes) -> None:
    keys = parse_keys(body)
    if keys is not None:
        with ours():
            verify_id_token(ID_TOKEN, keys, Expectation(ISSUER, CLUSTER.client_id, NOW))


def check_key(key: dict[str, Any]) -> None:
    keys = parse_keys(json.dumps({"keys": [key]}).encode("utf-8", "replace"))
    assert keys is not None
    for kid in ("rsa-1", "ec-1"):
        with ours():
            verify_id_token(sign(CLAIMS, kid), keys, Expectation(ISSUER, CLUSTER.client_id, NOW, "n"))


def check_service_account(content: str) -> None:
    token = examine("/token", content, NOW)
    assert_sendable(token.to_dict())
    assert_harmless(token.namespace, token.service_account, *token.audience)
    if token.problem:
        assert_harmless(str(token.problem))


@given(bodies({"namespace": "team-1"}))
def test_settings_of_kfp(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "context.json"
    path.write_bytes(content)
    with ours():
        assert_harmless(context_namespace(str(path)))


@given(st.sampled_from(sorted(TEXTS)), st.dictionaries(st.sampled_from(["issuer", "code"]) | any_text, odd_values))
def test_fields_of_requests(operation: str, request: dict[str, Any]) -> None:
    _, required = TEXTS[operation]
    with ours():
        read_fields(request, required, OPTIONAL.get(operation, ()))


@given(almost({"cluster": ENTRY, "replaces": ISSUER}))
def test_clusters_of_requests(sessions: Sessions, request: dict[str, Any]) -> None:
    if is_usable(request.get("cluster")):
        return
    with ours():
        add_cluster(sessions, request)
        raise AssertionError("a cluster that can't be used was added")


@given(
    bodies({"operation": "logout", "issuer": "https://[x", "code": "x"}) | odd_values.map(json.dumps).map(str.encode)
)
def test_requests_to_a_kernel(sessions: Sessions, request_body: bytes) -> None:
    answer = kernelbridge.answer(request_body.decode("utf-8", "surrogateescape"))
    content = answer._repr_mimebundle_()[kernelbridge.MIME]
    assert_sendable(content)


@given(any_text | odd_values)
def test_lines(value: object) -> None:
    line = one_line(value, 50)
    assert_harmless(line)
    assert len(line) <= 50
    assert one_line(line, 50) == line
    line.encode("utf-8")


@given(almost(ENTRY) | odd_values)
def test_clusters(entry: object) -> None:
    check_cluster(entry)


@given(statuses, headers, bodies(DISCOVERY))
def test_discovery(status: int, given_headers: dict[str, str], body: bytes) -> None:
    check_discovery(status, given_headers, body)


@given(statuses, headers, bodies(TOKENS))
def test_token_answers(status: int, given_headers: dict[str, str], body: bytes) -> None:
    check_token_answer(status, given_headers, body)


@given(statuses, headers, bodies({**TOKENS, **DEVICE}))
def test_device_answers(status: int, given_headers: dict[str, str], body: bytes) -> None:
    check_device_answer(status, given_headers, body)


@given(almost(TOKENS) | odd_values)
def test_entries_of_the_cache(entry: object) -> None:
    check_entry(entry)


@given(almost(CLAIMS))
def test_tokens_that_the_issuer_signed(claims: dict[str, Any]) -> None:
    check_claims(claims)


@given(almost(KEYS[0]) | almost(KEYS[1]))
def test_damaged_keys(key: dict[str, Any]) -> None:
    check_key(key)


@given(any_text | st.builds(jwt_of, st.just(b"{}"), bodies(SERVICE_ACCOUNT), st.just(b"")))
def test_service_account_tokens(content: str) -> None:
    check_service_account(content)


def answer_to(check: Callable[[int, dict[str, str], bytes], None], status: int) -> Callable[[dict[str, Any]], None]:
    return lambda fields: check(status, {}, json.dumps(fields).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    ("good", "check"),
    [
        pytest.param(ENTRY, check_cluster, id="clusters"),
        pytest.param(DISCOVERY, answer_to(check_discovery, 200), id="discovery"),
        pytest.param(TOKENS, answer_to(check_token_answer, 200), id="tokens"),
        pytest.param(TOKENS, answer_to(check_token_answer, 400), id="refusals"),
        pytest.param(TOKENS, answer_to(check_token_answer, 418), id="other-answers"),
        pytest.param({**TOKENS, **DEVICE}, answer_to(check_device_answer, 200), id="device"),
        pytest.param(DEVICE, answer_to(check_device_answer, 400), id="polls"),
        pytest.param(TOKENS, check_entry, id="cache"),
        pytest.param(CLAIMS, check_claims, id="claims"),
        pytest.param(KEYS[0], check_key, id="rsa-key"),
        pytest.param(KEYS[1], check_key, id="ec-key"),
        pytest.param(
            SERVICE_ACCOUNT,
            lambda claims: check_service_account(_unsigned(claims)),
            id="service-account",
        ),
        pytest.param(
            {"alg": "RS256", "kid": "rsa-1", "typ": "JWT", "crit": None, "b64": True},
            lambda header: check_unsigned(
                json.dumps(header).encode("utf-8", "surrogatepass"), json.dumps(CLAIMS).encode()
            ),
            id="header",
        ),
        pytest.param(CLAIMS, lambda claims: check_entry({"id_token": _unsigned(claims)}), id="claims-in-the-cache"),
    ],
)
def test_each_field_with_each_odd_value(good: dict[str, Any], check: Callable[[dict[str, Any]], None]) -> None:
    for mutant in mutants(good):
        check(mutant)


def test_each_odd_request_to_a_kernel(sessions: Sessions) -> None:
    good = {"operation": "logout", "issuer": "https://[x"}
    for mutant in (*mutants(good), *mutants({"operation": "add_cluster", "cluster": {"issuer": "x"}, "replaces": "x"})):
        content = kernelbridge.answer(json.dumps(mutant))._repr_mimebundle_()[kernelbridge.MIME]
        assert_sendable(content)
        for shown in ("message", "next_step"):
            assert_harmless(content.get("problem", {}).get(shown))


def is_usable(entry: object) -> bool:
    """Whether a cluster's issuer would be asked: there is no network here."""
    try:
        cluster = parse_cluster(entry, "file")
    except DeployKFError:
        return False
    return cluster.ca_file is None or os.path.isabs(cluster.ca_file)


def _signed(claims: dict[str, Any]) -> str | None:
    import jwt

    from ..support.keys import private_key

    try:
        payload = json.dumps(claims).encode()
    except (ValueError, RecursionError):
        return None
    return jwt.PyJWS().encode(payload, private_key("rsa-1"), algorithm="RS256", headers={"kid": "rsa-1"})


def _unsigned(claims: dict[str, Any]) -> str:
    return jwt_of(b"{}", json.dumps(claims).encode("utf-8", "surrogatepass"), b"")
