"""What a kernel answers in place of the server extension, asked as the front end asks it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyterlab_deploykf import wiring
from testbench.bench import Bench
from testbench.person import approve_device, sign_in
from testbench.pytest_plugin import MakeBench

from .conftest import read_cache
from .support.cells import Kernel, kernel
from .support.realbench import DEVICE_ALLOWED, begin


@pytest.fixture
def running(bench: Bench, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Kernel]:
    monkeypatch.setenv("DEPLOYKF_ISSUER_URL", bench.issuer)
    with kernel("kfp2", tmp_path) as started:
        yield started


def ask(running: Kernel, operation: str, **fields: object) -> dict[str, Any]:
    request = json.dumps(json.dumps({"operation": operation, **fields}))
    call = f'__import__("jupyterlab_deploykf.kernelbridge", fromlist=["answer"]).answer({request})'
    value = running.evaluate(call)
    assert value["status"] == "ok", value
    content: dict[str, Any] = value["data"]["application/json"]
    return content


def test_a_login_leads_to_a_session_and_no_token_travels(running: Kernel, bench: Bench, cache: Path) -> None:
    provider = ask(running, "provider", issuer=bench.issuer)["answer"]
    assert provider["issuer"] == bench.issuer
    attempt = begin(wiring.make_sessions(), bench.issuer)
    code = sign_in(attempt.url, bench.users[0])
    fields = {"code_verifier": str(attempt.code_verifier), "nonce": str(attempt.nonce)}
    answers = [
        ask(running, "login", issuer=bench.issuer, code=code, **fields),
        ask(running, "status"),
        ask(running, "refresh", issuer=bench.issuer),
        ask(running, "service_account"),
        ask(running, "clusters"),
    ]
    assert answers[0]["answer"]["identity"]["email"] == "user1@example.com"
    assert answers[1]["answer"]["gateway_user"] is None
    assert answers[1]["answer"]["kept_fresh"] is False
    assert [session["state"] for session in answers[1]["answer"]["sessions"]] == ["signed_in"]
    entry = read_cache(cache)[bench.issuer]
    assert not any(entry[name] in json.dumps(answers) for name in ("id_token", "access_token", "refresh_token"))
    assert ask(running, "logout", issuer=bench.issuer)["answer"]["state"] == "signed_out"


def test_a_password_leads_to_a_session(running: Kernel, bench: Bench) -> None:
    fields = {"issuer": bench.issuer, "username": "user1@example.com", "auth_type": "local"}
    refused = ask(running, "login_password", **fields, password="password-canary")["problem"]
    assert refused["code"] == "password_rejected"
    assert "canary" not in json.dumps(refused)
    session = ask(running, "login_password", **fields, password=bench.users[0].password)["answer"]
    assert session["identity"]["email"] == "user1@example.com"


def test_a_login_of_someone_else_is_confirmed_first(running: Kernel, bench: Bench, cache: Path) -> None:
    fields = [
        {"issuer": bench.issuer, "username": user.email, "password": user.password, "auth_type": "local"}
        for user in bench.users[:2]
    ]
    ask(running, "login_password", **fields[0])
    kept = cache.read_bytes()
    problem = ask(running, "login_password", **fields[1])["problem"]
    assert (problem["code"], problem["before"]["email"]) == ("other_identity", "user1@example.com")
    assert cache.read_bytes() == kept
    yes = {"issuer": bench.issuer, "confirmation": problem["confirmation"]}
    assert ask(running, "confirm_login", **yes)["answer"]["identity"] == problem["identity"]
    assert ask(running, "confirm_login", **yes)["problem"]["code"] == "confirmation_expired"
    again = ask(running, "login_password", **fields[0])["problem"]
    no = {"issuer": bench.issuer, "confirmation": again["confirmation"]}
    assert ask(running, "discard_login", **no) == {"answer": {"discarded": True}}
    assert ask(running, "confirm_login", **no)["problem"]["code"] == "confirmation_expired"
    entry = read_cache(cache)[bench.issuer]
    assert not any(entry[name] in json.dumps(problem) for name in ("id_token", "access_token", "refresh_token"))


def test_trouble_is_an_answer(running: Kernel, bench: Bench) -> None:
    assert ask(running, "refresh", issuer=bench.issuer)["problem"]["code"] == "login_required"
    assert ask(running, "login", issuer=bench.issuer)["problem"]["code"] == "bad_request"
    assert ask(running, "dance")["problem"]["code"] == "bad_request"
    assert ask(running, "add_cluster", cluster="none")["problem"]["code"] == "bad_request"


def test_a_login_on_another_device_goes_on_from_what_its_caller_holds(
    make_bench: MakeBench, home: Path, tmp_path: Path
) -> None:
    bench = make_bench(DEVICE_ALLOWED)
    with kernel("kfp2", tmp_path) as running:
        assert ask(running, "provider", issuer=bench.issuer)["answer"]["device"] is True
        attempt = ask(running, "begin_device", issuer=bench.issuer)["answer"]
    poll = {name: attempt[name] for name in ("issuer", "device_code", "code_verifier")}
    with kernel("kfp2", tmp_path) as another:
        assert ask(another, "poll_device", **poll)["answer"] == {"session": None, "slow_down": False}
        approve_device(attempt["verification_uri"], attempt["user_code"], bench.users[0])
        session = ask(another, "poll_device", **poll)["answer"]["session"]
        assert (session["state"], session["identity"]["email"]) == ("signed_in", "user1@example.com")


def test_the_doctor_answers_with_or_without_an_issuer(running: Kernel, bench: Bench) -> None:
    for fields in ({}, {"issuer": ""}, {"issuer": bench.issuer}):
        diagnosis = ask(running, "doctor", **fields)["answer"]
        assert diagnosis["cluster"]["issuer"] == bench.issuer
        states = {check["id"]: check["state"] for check in diagnosis["checks"]}
        assert (states["discovery"], states["token"]) == ("ok", "problem")
    assert ask(running, "doctor", issuer=7)["problem"]["code"] == "bad_request"
    assert ask(running, "doctor", cluster="x")["problem"]["code"] == "bad_request"


def test_the_users_own_clusters_are_verified_and_saved(running: Kernel, bench: Bench, home: Path) -> None:
    other = {"issuer": f"{bench.origin}/nowhere"}
    assert ask(running, "add_cluster", cluster=other)["problem"]["code"] == "not_an_issuer"
    assert not (home / ".config" / "kfp" / "deploykf.json").exists()
    listed = ask(running, "add_cluster", cluster={"issuer": bench.issuer, "name": "mine"}, replaces=None)["answer"]
    # The environment's goes first; the user's own entry is kept all the same.
    assert [(c["issuer"], c["source"]) for c in listed["clusters"]] == [(bench.issuer, "environment")]
    own = home / ".config" / "kfp" / "deploykf.json"
    assert read_cache(own) == {"clusters": [{"issuer": bench.issuer, "name": "mine"}]}
    assert ask(running, "remember_cluster", issuer=bench.issuer)["answer"]["problem"] is None
    assert ask(running, "remove_cluster", issuer=bench.issuer)["answer"]["problem"] is None
    assert read_cache(own) == {"clusters": []}
