"""The LDAP server, as Dex sees it."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from jupyterlab_deploykf import wiring
from jupyterlab_deploykf.core.authorize import authorization_request
from testbench.bench import Bench
from testbench.errors import BenchError
from testbench.ldap import find_slapd
from testbench.options import LDAP_USERS, User
from testbench.person import SignInFailed, sign_in

ADA = LDAP_USERS[0]


def attempt(bench: Bench, user: User) -> dict[str, object]:
    sessions = wiring.make_sessions()
    cluster, provider = sessions.provider(bench.issuer)
    request = authorization_request(provider, cluster, secrets.token_bytes)
    code = sign_in(request.url, user, connector="ldap")
    identity = sessions.login(bench.issuer, code, request.code_verifier, request.nonce).identity
    assert identity is not None
    return identity.to_dict()


def test_its_people_sign_in_by_user_name_and_bring_their_groups(ldap_bench: Bench, home: Path) -> None:
    identity = attempt(ldap_bench, ADA)
    assert (identity["email"], identity["groups"]) == ("ada@example.com", ["team-1"])


def test_a_wrong_password_is_refused(ldap_bench: Bench, home: Path) -> None:
    with pytest.raises(SignInFailed, match="Invalid User name"):
        attempt(ldap_bench, User(ADA.email, "wrong", static=False))


def test_without_a_server_it_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLAPD", "/nowhere/slapd")
    with pytest.raises(BenchError, match="apt-get install slapd"):
        find_slapd()
