"""What the cache holds, whoever wrote it."""

import copy
import json
import pickle

import pytest

from jupyterlab_deploykf.core.credential import Credential

from ..support.keys import sign

REFERENCE = {
    "access_token": "access-canary",
    "token_type": "bearer",
    "expires_in": 3599,
    "refresh_token": "refresh-canary",
    "id_token": "id-canary",
    "expires_at": 1_700_000_000.5,
}


def test_an_entry_of_the_reference_class_survives_reading_and_writing() -> None:
    credential = Credential.from_entry(REFERENCE)
    assert credential is not None
    assert credential.to_entry() == REFERENCE


def test_fields_that_are_not_ours_are_kept() -> None:
    credential = Credential.from_entry({**REFERENCE, "scope": ["openid"], "note": {"a": 1}})
    assert credential is not None
    assert credential.to_entry()["scope"] == ["openid"]
    assert credential.without_refresh_token().to_entry()["note"] == {"a": 1}


@pytest.mark.parametrize("entry", [None, [], "text", 7, {}, {"id_token": ""}, {"id_token": 7}])
def test_an_entry_without_an_id_token_is_no_credential(entry: object) -> None:
    assert Credential.from_entry(entry) is None


@pytest.mark.parametrize("damaged", ["soon", None, True, float("nan"), [1]])
def test_a_damaged_time_is_taken_from_the_id_token(damaged: object) -> None:
    token = sign({"iat": 1_000, "exp": 4_600})
    credential = Credential.from_entry({"id_token": token, "expires_at": damaged, "expires_in": damaged})
    assert credential is not None
    assert (credential.expires_at, credential.lifetime) == (4_600, 3_600)


def test_a_token_that_says_no_time_at_all_has_expired() -> None:
    credential = Credential.from_entry({"id_token": "opaque", "expires_at": "soon"})
    assert credential is not None
    assert not credential.is_valid(now=1.0)


def test_nothing_shows_a_token() -> None:
    credential = Credential.from_entry(REFERENCE)
    assert credential is not None
    shown = f"{credential!r} {credential} {credential.id_token!r} {[credential.refresh_token]} {vars}"
    assert "canary" not in shown


def test_a_token_is_sent_copied_and_written_like_any_text() -> None:
    credential = Credential.from_entry(REFERENCE)
    assert credential is not None
    assert f"Bearer {credential.id_token}" == "Bearer id-canary"
    assert copy.deepcopy({"authorization": credential.id_token})["authorization"] == "id-canary"
    assert json.loads(json.dumps([credential.id_token])) == ["id-canary"]


def test_neither_a_credential_nor_a_token_is_pickled() -> None:
    credential = Credential.from_entry(REFERENCE)
    assert credential is not None
    for secret in (credential, credential.id_token):
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(secret)
