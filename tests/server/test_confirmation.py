"""A login that would replace someone else's session, by the REST API."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest

from testbench.bench import Bench
from testbench.person import approve_device
from testbench.pytest_plugin import MakeBench

from ..conftest import read_cache, write_cache
from ..support.issuer import Issuer
from ..support.realbench import DEVICE_ALLOWED
from .conftest import LOGIN

SECOND = {"sub": "user-2", "email": "user2@example.com", "name": "User Two"}


async def test_it_waits_for_a_yes_and_is_announced_then(
    call: Any,
    issuer: Issuer,
    cache: Path,
    jp_serverapp: Any,
    heard: list[dict[str, Any]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    write_cache(cache, {issuer.url: issuer.entry()})
    before = cache.read_bytes()
    issuer.claims = SECOND
    status, problem = await call("POST", "/login", {"issuer": issuer.url, **LOGIN})
    assert status == 409
    assert problem == {
        "code": "other_identity",
        "message": problem["message"],
        "next_step": problem["next_step"],
        "retryable": False,
        "confirmation": problem["confirmation"],
        "identity": {"email": "user2@example.com", "name": "User Two", "subject": "user-2", "groups": []},
        "before": {"email": "user1@example.com", "name": "User One", "subject": "user-1", "groups": []},
    }
    assert "user2@example.com" in problem["message"]
    assert "user1@example.com" in problem["message"]
    assert cache.read_bytes() == before
    _, waiting = await call("GET", "/status")
    assert waiting["sessions"][0]["identity"]["email"] == "user1@example.com"
    await jp_serverapp.event_logger.gather_listeners()
    assert heard == []
    yes = {"issuer": issuer.url, "confirmation": problem["confirmation"]}
    status, session = await call("POST", "/login/confirm", yes)
    assert (status, session["state"]) == (200, "signed_in")
    assert session["identity"] == problem["identity"]
    await jp_serverapp.event_logger.gather_listeners()
    assert heard == [{"issuer": issuer.url, "change": "signed_in"}]
    status, expired = await call("POST", "/login/confirm", yes)
    assert (status, expired["code"], expired["retryable"]) == (410, "confirmation_expired", False)
    entry = read_cache(cache)[issuer.url]
    answers = json.dumps([problem, waiting, session, expired])
    assert not re.search(r"eyJ[\w-]+\.", answers + caplog.text)
    for name in ("id_token", "access_token", "refresh_token"):
        assert entry[name] not in answers + caplog.text
    assert problem["confirmation"] not in caplog.text


async def test_who_says_no_leaves_no_token_in_memory(
    call: Any, issuer: Issuer, cache: Path, jp_serverapp: Any, heard: list[dict[str, Any]]
) -> None:
    write_cache(cache, {issuer.url: issuer.entry()})
    before = cache.read_bytes()
    issuer.claims = SECOND
    _, problem = await call("POST", "/login", {"issuer": issuer.url, **LOGIN})
    no = {"issuer": issuer.url, "confirmation": problem["confirmation"]}
    assert await call("POST", "/login/discard", no) == (200, {"discarded": True})
    assert (await call("POST", "/login/confirm", no))[0] == 410
    assert await call("POST", "/login/discard", no) == (200, {"discarded": False})
    assert cache.read_bytes() == before
    await jp_serverapp.event_logger.gather_listeners()
    assert heard == []


async def test_who_says_no_need_do_nothing(call: Any, issuer: Issuer, cache: Path) -> None:
    write_cache(cache, {issuer.url: issuer.entry()})
    issuer.claims = SECOND
    _, problem = await call("POST", "/login", {"issuer": issuer.url, **LOGIN})
    issuer.claims = {}
    status, session = await call("POST", "/login", {"issuer": issuer.url, **LOGIN})
    assert (status, session["identity"]["email"]) == (200, "user1@example.com")
    yes = {"issuer": issuer.url, "confirmation": problem["confirmation"]}
    assert (await call("POST", "/login/confirm", yes))[0] == 410


@pytest.mark.parametrize("path", ["/login/confirm", "/login/discard"])
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "bad_request"),
        ({"issuer": "http://x/dex", "confirmation": ""}, 400, "bad_request"),
        ({"issuer": "http://x/dex", "confirmation": 7}, 400, "bad_request"),
        ({"issuer": "http://x/dex", "confirmation": "x", "more": "x"}, 400, "bad_request"),
        ({"issuer": "not a url", "confirmation": "x"}, 400, "configuration"),
    ],
)
async def test_bad_input_gets_a_sentence(call: Any, home: Path, path: str, body: Any, status: int, code: str) -> None:
    got, problem = await call("POST", path, body)
    assert (got, problem["code"]) == (status, code)


async def test_a_handle_of_nothing_is_of_nothing(call: Any, home: Path) -> None:
    body = {"issuer": "http://x/dex", "confirmation": "\ud800"}
    status, problem = await call("POST", "/login/confirm", body)
    assert (status, problem["code"]) == (410, "confirmation_expired")
    assert await call("POST", "/login/discard", body) == (200, {"discarded": False})


async def test_a_password_of_someone_else_waits_too(call: Any, bench: Bench, cache: Path) -> None:
    first, second = (
        {"issuer": bench.issuer, "username": user.email, "password": user.password, "auth_type": "local"}
        for user in bench.users[:2]
    )
    await call("POST", "/login/password", first)
    kept = cache.read_bytes()
    status, problem = await call("POST", "/login/password", second)
    assert (status, problem["code"], problem["before"]["email"]) == (409, "other_identity", "user1@example.com")
    assert cache.read_bytes() == kept
    yes = {"issuer": bench.issuer, "confirmation": problem["confirmation"]}
    _, session = await call("POST", "/login/confirm", yes)
    assert session["identity"]["email"] == "user2@example.com"


async def test_another_device_of_someone_else_waits_too(
    call: Any, make_bench: MakeBench, cache: Path, jp_serverapp: Any, heard: list[dict[str, Any]]
) -> None:
    bench = make_bench(DEVICE_ALLOWED)
    first, second = bench.users[:2]
    body = {"issuer": bench.issuer, "username": first.email, "password": first.password, "auth_type": "local"}
    await call("POST", "/login/password", body)
    _, attempt = await call("POST", "/device", {"issuer": bench.issuer})
    await asyncio.to_thread(approve_device, attempt["verification_uri"], attempt["user_code"], second)
    poll = {name: attempt[name] for name in ("issuer", "device_code", "code_verifier")}
    status, problem = await call("POST", "/device/poll", poll)
    assert (status, problem["identity"]["email"]) == (409, "user2@example.com")
    yes = {"issuer": bench.issuer, "confirmation": problem["confirmation"]}
    _, session = await call("POST", "/login/confirm", yes)
    assert (session["identity"]["email"], session["renewable"]) == ("user2@example.com", True)
    await jp_serverapp.event_logger.gather_listeners()
    assert heard == [{"issuer": bench.issuer, "change": "signed_in"}] * 2
