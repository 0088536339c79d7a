"""A table of bad ID tokens, and the good ones."""

from __future__ import annotations

import json
from dataclasses import replace
from types import ModuleType
from typing import Any

import jwt
import pytest

from jupyterlab_deploykf.core import idtoken
from jupyterlab_deploykf.core.idtoken import (
    Expectation,
    check_whose,
    knows_key,
    parse_keys,
    prove,
    verify_id_token,
)
from jupyterlab_deploykf.errors import IDTokenInvalid

from ..support.keys import jwk, private_key, sign

NOW = 1_700_000_000.0
KEYS = [jwk("rsa-1"), jwk("ec-1")]
GOOD: dict[str, Any] = {
    "iss": "https://deploykf.example.com/dex",
    "sub": "CgR1c2Vy",
    "aud": "kubeflow-pipelines-sdk",
    "iat": NOW - 5,
    "exp": NOW + 3600,
    "nonce": "n-0S6_WzA2Mj",
}
EXPECTED = Expectation(
    issuer="https://deploykf.example.com/dex", client_id="kubeflow-pipelines-sdk", now=NOW, nonce="n-0S6_WzA2Mj"
)


def without(claim: str) -> dict[str, Any]:
    return {name: value for name, value in GOOD.items() if name != claim}


@pytest.mark.parametrize("kid", ["rsa-1", "ec-1"])
def test_a_good_token_is_taken(kid: str) -> None:
    assert verify_id_token(sign(GOOD, kid), KEYS, EXPECTED)["sub"] == "CgR1c2Vy"


def test_an_audience_of_several_with_us_authorized_is_taken() -> None:
    token = sign({**GOOD, "aud": ["other", "kubeflow-pipelines-sdk"], "azp": "kubeflow-pipelines-sdk"})
    assert verify_id_token(token, KEYS, EXPECTED)


def test_a_token_without_key_id_is_tried_with_every_key() -> None:
    token = jwt.encode(GOOD, private_key("rsa-1"), algorithm="RS256")
    assert verify_id_token(token, [jwk("rsa-2"), jwk("rsa-1")], EXPECTED)


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({**GOOD, "iss": "https://deploykf.example.com/dex/"}, "another issuer"),
        ({**GOOD, "aud": "other"}, "not meant for the client"),
        ({**GOOD, "aud": ["other"]}, "not meant for the client"),
        (without("aud"), "not meant for the client"),
        ({**GOOD, "aud": ["kubeflow-pipelines-sdk", "other"]}, "names none of them"),
        ({**GOOD, "azp": "other"}, "issued to another client"),
        ({**GOOD, "exp": NOW - 121}, "has expired"),
        (without("exp"), "no time of expiry"),
        ({**GOOD, "exp": True}, "no time of expiry"),
        ({**GOOD, "iat": NOW + 121}, "issued in the future"),
        (without("iat"), "when it was issued"),
        ({**GOOD, "nonce": "other"}, "nonce differs"),
        (without("nonce"), "nonce differs"),
        (without("sub"), "names no user"),
        ({**GOOD, "sub": 7}, "names no user"),
    ],
)
def test_a_wrong_claim_is_refused_by_name(claims: dict[str, Any], said: str) -> None:
    token = sign({k: v for k, v in claims.items() if k != "sub"}) if claims.get("sub") == 7 else sign(claims)
    with pytest.raises(IDTokenInvalid, match=said) as caught:
        verify_id_token(token, KEYS, EXPECTED)
    assert token not in str(caught.value)


def test_a_swapped_subject_is_refused_after_a_refresh() -> None:
    expected = Expectation(issuer=GOOD["iss"], client_id="kubeflow-pipelines-sdk", now=NOW, subject="someone-else")
    with pytest.raises(IDTokenInvalid, match="another user"):
        verify_id_token(sign(GOOD), KEYS, expected)


def test_an_unsigned_token_is_refused() -> None:
    with pytest.raises(IDTokenInvalid, match="«none», which is not accepted"):
        verify_id_token(jwt.encode(GOOD, None, algorithm="none"), KEYS, EXPECTED)


def test_a_symmetric_signature_with_the_public_key_as_secret_is_refused() -> None:
    token = jwt.encode(GOOD, "a secret of thirty-two characters", algorithm="HS256", headers={"kid": "rsa-1"})
    with pytest.raises(IDTokenInvalid, match="«HS256», which is not accepted"):
        verify_id_token(token, KEYS, EXPECTED)


def test_a_signature_by_a_key_that_is_not_published_is_refused() -> None:
    token = sign(GOOD, "rsa-2")
    assert not knows_key(token, KEYS)
    with pytest.raises(IDTokenInvalid, match="does not publish"):
        verify_id_token(token, KEYS, EXPECTED)


def test_a_forged_signature_under_a_published_key_id_is_refused() -> None:
    token = jwt.encode(GOOD, private_key("rsa-2"), algorithm="RS256", headers={"kid": "rsa-1"})
    with pytest.raises(IDTokenInvalid, match="wrong signature"):
        verify_id_token(token, KEYS, EXPECTED)


def test_changed_claims_are_refused() -> None:
    head, _, tail = sign(GOOD).split(".")
    body = sign({**GOOD, "email": "admin@example.com"}).split(".")[1]
    with pytest.raises(IDTokenInvalid, match="wrong signature"):
        verify_id_token(f"{head}.{body}.{tail}", KEYS, EXPECTED)


@pytest.mark.parametrize("signature", ["", "A", "%%%%", "é"])
def test_a_signature_that_cant_be_read_is_refused(signature: str) -> None:
    head, body, _ = sign(GOOD).split(".")
    with pytest.raises(IDTokenInvalid, match="wrong signature"):
        verify_id_token(f"{head}.{body}.{signature}", KEYS, EXPECTED)


@pytest.mark.parametrize("critical", [["https://example.com/unknown"], [], None])
def test_an_extension_that_has_to_be_understood_is_refused(critical: object) -> None:
    token = sign(GOOD, crit=critical, **{"https://example.com/unknown": True})
    with pytest.raises(IDTokenInvalid, match="extension"):
        verify_id_token(token, KEYS, EXPECTED)


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c", "....", "é.é.é"])
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(IDTokenInvalid):
        verify_id_token(text, KEYS, EXPECTED)


@pytest.mark.parametrize("now", [NOW - 86400, NOW + 86400])
def test_the_issuers_clock_is_the_judge_of_a_tokens_times(now: float) -> None:
    assert verify_id_token(sign(GOOD), KEYS, replace(EXPECTED, now=now, issuer_now=NOW))
    with pytest.raises(IDTokenInvalid, match="has expired") as caught:
        verify_id_token(sign(GOOD), KEYS, replace(EXPECTED, now=NOW, issuer_now=NOW + 86400))
    assert "clock" not in str(caught.value)


@pytest.mark.parametrize(("now", "said"), [(NOW - 7200, "in the future"), (NOW + 7200, "expired")])
def test_without_the_issuers_clock_this_machines_is_named_as_a_reason(now: float, said: str) -> None:
    with pytest.raises(IDTokenInvalid, match=said) as caught:
        verify_id_token(sign(GOOD), KEYS, replace(EXPECTED, now=now))
    assert "Check this machine's clock" in caught.value.next_step
    assert caught.value.is_doubt


def test_only_times_and_unknown_keys_are_a_doubt_that_may_pass() -> None:
    for token, is_doubt in (
        (sign({**GOOD, "exp": NOW - 121}), True),
        (sign({**GOOD, "iat": NOW + 121}), True),
        (sign(GOOD, "rsa-2"), True),
        (sign({**GOOD, "iss": "https://evil.example.com"}), False),
        (sign({**GOOD, "aud": "other"}), False),
        (sign({**GOOD, "nonce": "other"}), False),
        (sign(GOOD)[:-6] + "AAAAAA", False),
    ):
        with pytest.raises(IDTokenInvalid) as caught:
            verify_id_token(token, KEYS, EXPECTED)
        assert caught.value.is_doubt is is_doubt, caught.value


@pytest.mark.parametrize("claim", ["iss", "aud", "azp", "exp", "iat", "nonce", "sub", "none"])
def test_no_refusal_repeats_the_token(claim: str) -> None:
    claims = {**GOOD, claim: {"iat": NOW + 9999, "exp": 1, "sub": ""}.get(claim, "other")}
    # The last one is refused only for its signature.
    token = sign(claims, "rsa-9" if claim == "none" else "rsa-1")
    forged = jwt.encode(claims, private_key("rsa-8"), "RS256", headers={"kid": "rsa-1"}).rpartition(".")[2]
    head, body, signature = token.split(".")
    for text in (token, f"{head}.{body}.{forged}", f"{head}.{body}.", body):
        with pytest.raises(IDTokenInvalid) as caught:
            verify_id_token(text, KEYS, EXPECTED)
        shown = f"{caught.value} {caught.value!r} {caught.value.problem()} {vars(caught.value)}"
        assert not any(part in shown for part in (body, signature, forged))


def test_whose_it_is_can_be_seen_without_keys_and_times() -> None:
    expected = replace(EXPECTED, subject=GOOD["sub"], nonce=None)
    check_whose(sign({**GOOD, "exp": 1}, "rsa-9"), expected)
    for claims in ({"iss": "https://evil.example.com"}, {"aud": "other"}, {"azp": "other"}, {"sub": "someone-else"}):
        with pytest.raises(IDTokenInvalid):
            check_whose(sign({**GOOD, **claims}), expected)


def test_an_empty_nonce_is_a_nonce() -> None:
    with pytest.raises(IDTokenInvalid, match="nonce differs"):
        verify_id_token(sign(without("nonce")), KEYS, replace(EXPECTED, nonce=""))


class TestProof:
    """Before anything is spent, it is known that what comes of it can be verified."""

    def test_a_key_that_can_be_used_will_do(self) -> None:
        prove([{"kty": "oct", "k": "c2VjcmV0"}, jwk("ec-1")])

    @pytest.mark.parametrize(
        "keys",
        [
            [],
            [{"kty": "oct", "k": "c2VjcmV0"}],
            [{"kty": "RSA", "n": "?", "e": "AQAB"}],
            [{"kty": "RSA"}],
            [{**jwk("rsa-1"), "use": "enc"}],
            [{**jwk("rsa-1"), "alg": "PS256"}],
            [{"kty": "EC", "crv": "P-256", "x": 7, "y": None}],
        ],
    )
    def test_keys_that_cant_be_used_are_said_so(self, keys: list[dict[str, Any]]) -> None:
        with pytest.raises(IDTokenInvalid, match="publishes no key"):
            prove(keys)

    def test_a_package_that_is_only_called_jwt_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(idtoken, "jwt", ModuleType("jwt"))
        with pytest.raises(IDTokenInvalid, match="another package is called jwt") as caught:
            prove(KEYS)
        assert "pip" in caught.value.next_step

    def test_missing_cryptography_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("jwt.algorithms.has_crypto", False)
        with pytest.raises(IDTokenInvalid, match="cryptography is missing"):
            prove(KEYS)


def test_a_key_for_encryption_does_not_sign() -> None:
    with pytest.raises(IDTokenInvalid, match="does not publish"):
        verify_id_token(sign(GOOD), [{**jwk("rsa-1"), "use": "enc"}], EXPECTED)


@pytest.mark.parametrize(("bits", "kept"), [(1024, 0), (2048, 1), (4096, 1)])
def test_a_key_that_is_too_short_is_left_out(bits: int, kept: int) -> None:
    # RFC 7518, 3.3. In base64, 6 bits are a character.
    key = {"kty": "RSA", "e": "AQAB", "n": "x" * -(-bits // 6), "kid": "1"}
    keys = parse_keys(json.dumps({"keys": [key, jwk("ec-1"), 7]}).encode())
    assert keys is not None
    assert len(keys) == kept + 1


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"keys": {}}', b"[" * 5000])
def test_what_is_no_key_set_is_none(body: bytes) -> None:
    assert parse_keys(body) is None
