"""A credential that waits for a yes."""

from __future__ import annotations

import pytest

from jupyterlab_deploykf.core.cluster import Cluster
from jupyterlab_deploykf.core.credential import Credential
from jupyterlab_deploykf.core.held import (
    CONFIRMATION_LIFETIME,
    Held,
    hold,
    identity_of,
    other_identity,
    replaced_identity,
)
from jupyterlab_deploykf.core.identity import Identity

from ..support.keys import sign

CLUSTER = Cluster("https://deploykf.example.com/dex")
ONE = Identity("user-1", "user1@example.com")
NOW = 1000.0


def credential(subject: object = "user-2", email: str = "user2@example.com", expires_at: float = 2000.0) -> Credential:
    token = sign({"sub": subject, "email": email}, "rsa-1")
    return Credential(
        id_token=token, expires_at=expires_at, refresh_token="refresh-canary", access_token="access-canary"
    )


def held(before: Identity = ONE, byte: bytes = b"\xfb") -> Held:
    return hold(credential(), CLUSTER.issuer, before, NOW, lambda count: byte * count)


@pytest.mark.parametrize("expires_at", [2000.0, 0.0])
def test_another_subjects_session_would_be_replaced_whatever_it_is_good_for(expires_at: float) -> None:
    current = credential("user-1", "user1@example.com", expires_at)
    assert replaced_identity(current, credential()) == ONE
    assert replaced_identity(current.without_refresh_token(), credential()) == ONE


@pytest.mark.parametrize(
    "current",
    [
        None,
        Credential(id_token="no token", expires_at=2000.0),
        credential(subject=7),
        credential(email="renamed@example.com"),
    ],
)
def test_nobodys_session_is_replaced_where_none_is_or_the_subject_is_the_same(current: Credential | None) -> None:
    assert replaced_identity(current, credential()) is None


def test_the_same_name_with_another_subject_is_someone_else() -> None:
    current = credential("user-1", "user2@example.com")
    before = replaced_identity(current, credential())
    assert before is not None
    said = other_identity(CLUSTER, held(before)).message
    assert "by another account than the user2@example.com of the session there" in said


def test_the_handle_is_random_and_good_for_ten_minutes() -> None:
    waiting = held()
    assert str(waiting.handle) == "-_v7" * 10 + "-_s"
    assert waiting.until == NOW + CONFIRMATION_LIFETIME == NOW + 600
    assert waiting.is_named_by(str(waiting.handle), NOW + 599)
    assert not waiting.is_named_by(str(waiting.handle), NOW + 600)
    for other in ("", "-", str(held(byte=b"\x01").handle), str(waiting.handle) + "=", "\ud800", "ü" * 43):
        assert not waiting.is_named_by(other, NOW)


def test_the_question_says_who_both_are() -> None:
    waiting = held()
    error = other_identity(CLUSTER, waiting)
    assert error.problem() == {
        "code": "other_identity",
        "message": (
            "You have signed in at deploykf.example.com as user2@example.com. "
            "The session there is of user1@example.com, and was kept."
        ),
        "next_step": "Confirm that it is to be replaced, or log in again as the one who was there before.",
        "retryable": False,
        "confirmation": str(waiting.handle),
        "identity": {"email": "user2@example.com", "name": None, "subject": "user-2", "groups": []},
        "before": {"email": "user1@example.com", "name": None, "subject": "user-1", "groups": []},
    }


def test_nothing_secret_shows() -> None:
    waiting = held()
    token = str(waiting.credential.id_token)
    shown = repr(waiting) + repr(other_identity(CLUSTER, waiting)) + str(other_identity(CLUSTER, waiting))
    for secret in (token, "refresh-canary", "access-canary", str(waiting.handle)):
        assert secret not in shown
    for secret in (token, "refresh-canary", "access-canary"):
        assert secret not in repr(other_identity(CLUSTER, waiting).problem())


def test_a_credential_of_nobody_is_not_held() -> None:
    nobody = credential(subject=None)
    assert identity_of(nobody) is None
    with pytest.raises(ValueError, match="identity"):
        hold(nobody, CLUSTER.issuer, ONE, NOW, bytes)
