"""The REST API, held to its OpenAPI document."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import threading
import time
from pathlib import Path
from typing import Any

import pytest

import jupyterlab_deploykf.server.handlers as handlers
from jupyterlab_deploykf import dex_login, operations
from jupyterlab_deploykf.errors import NoCluster
from testbench.bench import Bench
from testbench.options import BenchOptions
from testbench.person import approve_device
from testbench.pytest_plugin import MakeBench

from ..conftest import read_cache, write_cache
from ..support.issuer import Issuer
from ..support.realbench import DEVICE_ALLOWED
from .conftest import DOCUMENT, LOGIN, Fetch

PASSWORD = {"username": "user1@example.com", "password": "password-canary", "auth_type": "local"}
POLL = {"device_code": "device-code-canary", "code_verifier": "v" * 43}


def test_the_document_and_the_routes_are_the_same() -> None:
    verbs = ("get", "put", "post", "delete", "patch")
    documented = {(path, verb) for path, item in DOCUMENT["paths"].items() for verb in item if verb in verbs}
    served = {(path, verb) for path, handler in handlers.ROUTES.items() for verb in verbs if verb in vars(handler)}
    assert served == documented
    assert all(handler.auth_resource == "deploykf" for handler in handlers.ROUTES.values())


async def test_a_login_from_discovery_to_the_cache(call: Any, issuer: Issuer, cache: Path) -> None:
    status, provider = await call("POST", "/provider", {"issuer": issuer.url})
    assert status == 200
    assert provider["authorization_endpoint"] == f"{issuer.url}/auth"
    status, session = await call("POST", "/login", {"issuer": issuer.url, **LOGIN})
    assert (status, session["state"]) == (200, "signed_in")
    assert session["identity"]["email"] == "user1@example.com"
    entry = read_cache(cache)[issuer.url]
    answers = [provider, session]
    for method, path, body in (
        ("GET", "/status", None),
        ("GET", "/clusters", None),
        ("GET", "/service-account", None),
        ("POST", "/refresh", {"issuer": issuer.url}),
        ("GET", "/status", None),
        ("POST", "/logout", {"issuer": issuer.url}),
    ):
        status, value = await call(method, path, body)
        assert status == 200
        answers.append(value)
    renewed = {issuer.refresh_token, f"access-{issuer.generation}"}
    for secret in {entry["id_token"], entry["access_token"], entry["refresh_token"], *renewed}:
        assert secret not in json.dumps(answers)
    assert not re.search(r"eyJ[\w-]+\.", json.dumps(answers))
    assert read_cache(cache) == {issuer.url: {}}


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "/login", "no json", 400, "bad_request"),
        ("POST", "/login", [], 400, "bad_request"),
        ("POST", "/login", {"issuer": "x"}, 400, "bad_request"),
        ("POST", "/login", {"issuer": "not a url", **LOGIN}, 400, "configuration"),
        ("POST", "/login", {"issuer": "http://x/dex", **LOGIN, "more": "1"}, 400, "bad_request"),
        ("POST", "/login", {"issuer": "http://127.0.0.1:9/dex", **LOGIN, "code": " "}, 422, "code_not_found"),
        ("POST", "/login", {"issuer": "http://127.0.0.1:9/dex", **LOGIN}, 504, "issuer_unreachable"),
        ("POST", "/refresh", {"issuer": "http://127.0.0.1:9/dex"}, 409, "login_required"),
        ("POST", "/logout", {}, 400, "bad_request"),
        ("POST", "/login/password", {"issuer": "http://x/dex", "username": "u", "password": "p"}, 400, "bad_request"),
        ("POST", "/login/password", {"issuer": "http://x/dex", **PASSWORD, "password": ""}, 400, "bad_request"),
        ("POST", "/login/password", {"issuer": "http://x/dex", **PASSWORD, "password": 7}, 400, "bad_request"),
        ("POST", "/login/password", {"issuer": "http://x/dex", **PASSWORD, "auth_type": "x"}, 400, "auth_type_unknown"),
        ("POST", "/login/password", {"issuer": "http://127.0.0.1:9/dex", **PASSWORD}, 504, "issuer_unreachable"),
        ("POST", "/device", {}, 400, "bad_request"),
        ("POST", "/device", {"issuer": "http://127.0.0.1:9/dex"}, 504, "issuer_unreachable"),
        ("POST", "/device/poll", {"issuer": "http://x/dex", "device_code": "d"}, 400, "bad_request"),
        ("POST", "/device/poll", {"issuer": "http://127.0.0.1:9/dex", **POLL}, 504, "issuer_unreachable"),
        ("POST", "/provider", {}, 400, "bad_request"),
        ("POST", "/clusters/add", {}, 400, "bad_request"),
        ("POST", "/clusters/add", {"cluster": "http://x/dex"}, 400, "bad_request"),
        ("POST", "/clusters/add", {"cluster": {"issuer": "http://x/dex"}, "replaces": 7}, 400, "bad_request"),
        ("POST", "/clusters/add", {"cluster": {"issuer": "http://x/dex"}, "verify": False}, 400, "bad_request"),
        ("POST", "/clusters/add", {"cluster": {"issuer": "http://x/dex", "sudo": True}}, 400, "configuration"),
        ("POST", "/clusters/add", {"cluster": {"issuer": "http://x/dex", "auth_types": ["x"]}}, 400, "configuration"),
        ("POST", "/clusters/remember", {}, 400, "bad_request"),
        ("POST", "/clusters/remove", {}, 400, "bad_request"),
        ("POST", "/clusters/remove", {"issuer": "http://x/dex"}, 400, "configuration"),
    ],
)
async def test_bad_input_gets_a_sentence_and_the_next_step(
    call: Any, method: str, path: str, body: Any, status: int, code: str
) -> None:
    got, problem = await call(method, path, body)
    assert (got, problem["code"]) == (status, code)
    assert problem["message"]
    assert problem["next_step"]


async def test_a_wrong_code_leaves_the_session_that_was_there(call: Any, issuer: Issuer, cache: Path) -> None:
    write_cache(cache, {issuer.url: issuer.entry()})
    before = cache.read_bytes()
    status, problem = await call("POST", "/login", {"issuer": issuer.url, **LOGIN, "code": "b" * 25})
    assert (status, problem["code"]) == (422, "code_rejected")
    assert cache.read_bytes() == before


def own_list(home: Path) -> Any:
    return read_cache(home / ".config/kfp/deploykf.json")["clusters"]


class TestTheUsersOwnClusters:
    async def test_are_verified_and_kept_for_kernels_too(self, call: Any, issuer: Issuer, home: Path) -> None:
        entry = {"issuer": f"{issuer.url}/", "api_url": "https://one.example.com/pipeline", "auth_types": ["ldap"]}
        status, value = await call("POST", "/clusters/add", {"cluster": entry})
        assert status == 200
        assert [(c["issuer"], c["source"], c["auth_types"]) for c in value["clusters"]] == [
            (issuer.url, "file", ["ldap"])
        ]
        assert own_list(home) == [{**entry, "issuer": issuer.url}]
        status, value = await call("POST", "/clusters/remove", {"issuer": f"{issuer.url}/"})
        assert (status, value["clusters"], own_list(home)) == (200, [], [])

    async def test_keep_their_order_where_one_is_edited(self, call: Any, issuer: Issuer, home: Path) -> None:
        old, other = "https://old.example.com/dex", "https://other.example.com/dex"
        write_cache(home / ".config/kfp/deploykf.json", {"clusters": [{"issuer": old}, {"issuer": other}]})
        edited = {"cluster": {"issuer": issuer.url, "name": "new"}, "replaces": old}
        status, value = await call("POST", "/clusters/add", edited)
        assert (status, [c["name"] for c in value["clusters"]]) == (200, ["new", "other.example.com"])
        assert own_list(home) == [{"issuer": issuer.url, "name": "new"}, {"issuer": other}]

    async def test_are_verified_by_their_own_certificates(
        self, call: Any, make_bench: MakeBench, home: Path, tmp_path: Path
    ) -> None:
        bench = make_bench(BenchOptions(https=True))
        right = {"issuer": bench.issuer, "ca_file": str(bench.ca_file)}
        for wrong in ({"ca_file": None}, {"ca_file": str(tmp_path / "nowhere.pem")}, {"ca_file": "ca.pem"}):
            status, problem = await call("POST", "/clusters/add", {"cluster": {**right, **wrong}})
            assert (status, problem["field"]) == (502 if wrong["ca_file"] is None else 400, "ca_file")
            assert not (home / ".config/kfp/deploykf.json").exists()
        assert (await call("POST", "/clusters/add", {"cluster": right}))[0] == 200
        # The same entry again, after its CA file has become a wrong one.
        kept, mine = own_list(home), tmp_path / "mine.pem"
        mine.write_bytes(Path(str(bench.ca_file)).read_bytes())
        assert (await call("POST", "/clusters/add", {"cluster": {**right, "ca_file": str(mine)}}))[0] == 200
        mine.write_text("no certificate")
        status, problem = await call("POST", "/clusters/add", {"cluster": {**right, "ca_file": str(mine)}})
        assert (status, problem["code"], problem["field"]) == (502, "certificate_untrusted", "ca_file")
        # What failed is forgotten: what is in the list counts.
        skips = {"issuer": f"{bench.issuer}/nowhere", "skip_tls_verify": True}
        status, problem = await call("POST", "/clusters/add", {"cluster": skips, "replaces": bench.issuer})
        assert (status, problem["code"], problem["field"]) == (502, "not_an_issuer", "issuer")
        assert own_list(home) == [{**kept[0], "ca_file": str(mine)}]
        _, value = await call("GET", "/clusters")
        assert [c["issuer"] for c in value["clusters"]] == [bench.issuer]

    async def test_are_remembered_after_a_login_without_another_question(
        self, call: Any, issuer: Issuer, home: Path
    ) -> None:
        await call("POST", "/login", {"issuer": issuer.url, **LOGIN})
        asked = len(issuer.requests)
        for _ in range(2):
            status, value = await call("POST", "/clusters/remember", {"issuer": f"{issuer.url}/"})
            assert (status, [c["source"] for c in value["clusters"]]) == (200, ["file"])
        assert own_list(home) == [{"issuer": issuer.url}]
        assert len(issuer.requests) == asked

    async def test_are_not_emptied_by_being_remembered(self, call: Any, home: Path) -> None:
        entry = {"issuer": "https://one.example.com/dex", "name": "one", "ca_file": "/etc/ssl/ca.pem"}
        write_cache(home / ".config/kfp/deploykf.json", {"clusters": [entry]})
        assert (await call("POST", "/clusters/remember", {"issuer": entry["issuer"]}))[0] == 200
        assert own_list(home) == [entry]

    @pytest.mark.parametrize(
        ("entry", "field"),
        [
            ({"issuer": "not a url"}, "issuer"),
            ({"name": "x"}, "issuer"),
            ({"issuer": "http://127.0.0.1:9/dex"}, "issuer"),
            ({"issuer": "http://x/dex", "api_url": "pipeline"}, "api_url"),
            ({"issuer": "http://x/dex", "auth_types": ["x"]}, "auth_types"),
            ({"issuer": "http://x/dex", "scopes": ["email"]}, "scopes"),
        ],
    )
    async def test_have_their_trouble_at_the_field_that_it_concerns(self, call: Any, entry: Any, field: str) -> None:
        _, problem = await call("POST", "/clusters/add", {"cluster": entry})
        assert problem["field"] == field


async def test_a_broken_list_of_clusters_is_said_and_harms_nothing_else(call: Any, home: Path, cache: Path) -> None:
    write_cache(home / ".config/kfp/deploykf.json", "{")
    write_cache(cache, {"https://one.example.com/dex": {"id_token": "x", "expires_at": 1}})
    status, value = await call("GET", "/clusters")
    assert (status, value["problem"]["code"]) == (200, "configuration")
    problem = value["problem"]
    status, value = await call("GET", "/status")
    assert [s["cluster"]["issuer"] for s in value["sessions"]] == ["https://one.example.com/dex"]
    assert value["clusters"] == {"path": str(home / ".config/kfp/deploykf.json"), "problem": problem}
    assert value["cache"]["problem"] is None
    write_cache(home / ".config/kfp/deploykf.json", {"clusters": []})
    _, value = await call("GET", "/status")
    assert value["clusters"]["problem"] is None


async def test_a_damaged_cache_is_said_in_the_status(call: Any, cache: Path) -> None:
    write_cache(cache, "{damaged")
    status, value = await call("GET", "/status")
    assert (status, value["cache"]["problem"]["code"]) == (200, "cache_damaged")
    (kept,) = cache.parent.glob("*.damaged-*")
    assert str(kept) in value["cache"]["problem"]["message"]


async def test_a_cache_that_is_a_link_is_said_in_the_status(call: Any, cache: Path, tmp_path: Path) -> None:
    cache.parent.mkdir(parents=True)
    cache.symlink_to(tmp_path / "elsewhere")
    _, value = await call("GET", "/status")
    assert value["cache"]["problem"]["code"] == "cache_unsafe"


@pytest.mark.parametrize(
    ("headers", "user"),
    [
        ({"kubeflow-userid": "user2@example.com"}, "user2@example.com"),
        ({"Kubeflow-UserID": "  user2@example.com "}, "user2@example.com"),
        ({"kubeflow-userid": " "}, None),
        ({"x-forwarded-email": "user2@example.com"}, None),
        ({}, None),
    ],
)
async def test_the_status_says_whom_the_gateway_names(call: Any, headers: dict[str, str], user: str | None) -> None:
    status, value = await call("GET", "/status", headers=headers)
    assert (status, value["gateway_user"]) == (200, user)


class TestAPlatformWithAHeaderOfItsOwn:
    @pytest.fixture
    def jp_server_config(self, jp_server_config: dict[str, Any]) -> dict[str, Any]:
        jp_server_config["DeployKF"]["userid_header"] = "x-goog-authenticated-user-email"
        return jp_server_config

    async def test_that_one_is_read_and_no_other(self, call: Any) -> None:
        both = {"X-Goog-Authenticated-User-Email": "user1@example.com", "kubeflow-userid": "user2@example.com"}
        _, value = await call("GET", "/status", headers=both)
        assert value["gateway_user"] == "user1@example.com"
        _, value = await call("GET", "/status", headers={"kubeflow-userid": "user2@example.com"})
        assert value["gateway_user"] is None


async def test_a_session_whose_certificate_goes_unchecked_says_so(call: Any, issuer: Issuer) -> None:
    await call("POST", "/clusters/add", {"cluster": {"issuer": issuer.url, "skip_tls_verify": True}})
    _, provider = await call("POST", "/provider", {"issuer": issuer.url})
    assert provider["skip_tls_verify"] is True
    _, session = await call("POST", "/login", {"issuer": issuer.url, **LOGIN})
    assert session["cluster"]["skip_tls_verify"] is True


async def test_changes_are_announced_and_name_no_user(
    call: Any, issuer: Issuer, jp_serverapp: Any, heard: list[dict[str, Any]]
) -> None:
    await call("POST", "/login", {"issuer": issuer.url, **LOGIN})
    await call("POST", "/refresh", {"issuer": issuer.url})
    await call("POST", "/logout", {"issuer": issuer.url})
    await call("POST", "/clusters/add", {"cluster": {"issuer": issuer.url}})
    await call("POST", "/clusters/remember", {"issuer": issuer.url})
    await call("POST", "/clusters/remove", {"issuer": issuer.url})
    await call("POST", "/clusters/remove", {"issuer": issuer.url})
    await jp_serverapp.event_logger.gather_listeners()
    assert heard == [
        {"issuer": issuer.url, "change": "signed_in"},
        {"issuer": issuer.url, "change": "refreshed"},
        {"issuer": issuer.url, "change": "signed_out"},
        *[{"issuer": "", "change": "clusters"}] * 3,
    ]


async def test_the_doctor_tells_all_but_the_secrets(call: Any, issuer: Issuer, cache: Path) -> None:
    entry = issuer.entry()
    write_cache(cache, {issuer.url: entry})
    for fields in ({}, {"issuer": issuer.url}):
        status, diagnosis = await call("POST", "/doctor", fields)
        assert (status, diagnosis["cluster"]["issuer"]) == (200, issuer.url)
        assert "has signed it" in next(c["found"] for c in diagnosis["checks"] if c["id"] == "token")
        for name in ("id_token", "access_token", "refresh_token"):
            assert entry[name] not in json.dumps(diagnosis)
        assert not re.search(r"eyJ[\w-]+\.", json.dumps(diagnosis))
        assert "user1@" not in diagnosis["bundle"]


async def test_the_doctor_checks_this_machine_where_no_cluster_is_known(call: Any, home: Path) -> None:
    status, diagnosis = await call("POST", "/doctor", {"issuer": ""})
    assert (status, diagnosis["cluster"]) == (200, None)
    assert [c["id"] for c in diagnosis["checks"] if c["state"] == "ok"] == ["cache"]
    status, problem = await call("POST", "/doctor", {"issuer": "ftp://no issuer"})
    assert (status, problem["code"]) == (400, "configuration")


class TestALoginWithAPassword:
    async def test_leads_to_a_session_that_is_announced(
        self, call: Any, bench: Bench, cache: Path, jp_serverapp: Any, heard: list[dict[str, Any]]
    ) -> None:
        body = {"issuer": bench.issuer, **PASSWORD, "password": bench.users[0].password}
        status, session = await call("POST", "/login/password", body)
        assert (status, session["state"], session["renewable"]) == (200, "signed_in", True)
        assert session["identity"]["email"] == "user1@example.com"
        entry = read_cache(cache)[bench.issuer]
        assert not any(entry[name] in json.dumps(session) for name in ("id_token", "access_token", "refresh_token"))
        await jp_serverapp.event_logger.gather_listeners()
        assert heard == [{"issuer": bench.issuer, "change": "signed_in"}]

    async def test_goes_to_the_connector_that_is_named(self, call: Any, ldap_bench: Bench, home: Path) -> None:
        body = {"issuer": ldap_bench.issuer, "username": "ada", "password": "lovelace", "auth_type": "ldap"}
        status, session = await call("POST", "/login/password", body)
        assert (status, session["identity"]["email"]) == (200, "ada@example.com")

    async def test_shows_the_password_nowhere_whatever_goes_wrong(
        self,
        call: Any,
        jp_fetch: Fetch,
        bench: Bench,
        cache: Path,
        caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        caplog.set_level(logging.DEBUG)
        answers = []
        for fields, status, code in (
            ({}, 422, "password_rejected"),
            ({"auth_type": "ldap"}, 422, "sign_in_page_unknown"),
            ({"issuer": f"{bench.issuer}/nowhere"}, 502, "not_an_issuer"),
            ({"more": "x"}, 400, "bad_request"),
        ):
            got, problem = await call("POST", "/login/password", {"issuer": bench.issuer, **PASSWORD, **fields})
            assert (got, problem["code"]) == (status, code)
            answers.append(json.dumps(problem))

        def fail(*given: object, **named: object) -> None:
            raise RuntimeError(f"a bug that shows what it was given: {given!r} {named!r}")

        monkeypatch.setattr(dex_login, "login_with_password", fail)
        body = json.dumps({"issuer": bench.issuer, **PASSWORD})
        answer = await jp_fetch("jupyterlab-deploykf", "login", "password", method="POST", body=body, raise_error=False)
        assert answer.code == 500
        assert "a bug that shows" in caplog.text
        assert PASSWORD["password"] not in caplog.text + "".join(answers) + answer.body.decode()
        assert not cache.exists()


class TestALoginOnAnotherDevice:
    async def test_leads_to_a_session_that_is_announced(
        self, call: Any, make_bench: MakeBench, cache: Path, jp_serverapp: Any, heard: list[dict[str, Any]]
    ) -> None:
        bench = make_bench(DEVICE_ALLOWED)
        _, provider = await call("POST", "/provider", {"issuer": bench.issuer})
        assert provider["device"] is True
        status, attempt = await call("POST", "/device", {"issuer": f"{bench.issuer}/"})
        assert (status, attempt["issuer"], attempt["interval"]) == (200, bench.issuer, 5)
        assert attempt["expires_at"] == pytest.approx(time.time() + 300, abs=10)
        poll = {name: attempt[name] for name in ("issuer", "device_code", "code_verifier")}
        assert await call("POST", "/device/poll", poll) == (200, {"session": None, "slow_down": False})
        assert not cache.exists()
        assert await call("POST", "/device/poll", poll) == (200, {"session": None, "slow_down": True})
        await asyncio.to_thread(approve_device, attempt["verification_uri"], attempt["user_code"], bench.users[0])
        status, polled = await call("POST", "/device/poll", poll)
        assert (status, polled["slow_down"], polled["session"]["state"]) == (200, False, "signed_in")
        assert polled["session"]["identity"]["email"] == "user1@example.com"
        entry = read_cache(cache)[bench.issuer]
        for name in ("id_token", "access_token", "refresh_token"):
            assert entry[name] not in json.dumps([attempt, polled])
        await jp_serverapp.event_logger.gather_listeners()
        assert heard == [{"issuer": bench.issuer, "change": "signed_in"}]

    async def test_is_neither_offered_nor_begun_where_deployKF_is_as_it_comes(self, call: Any, bench: Bench) -> None:
        _, provider = await call("POST", "/provider", {"issuer": bench.issuer})
        assert provider["device"] is False
        status, problem = await call("POST", "/device", {"issuer": bench.issuer})
        assert (status, problem["code"]) == (422, "device_not_allowed")

    @pytest.mark.parametrize(
        ("answer", "status", "code"),
        [
            ((400, {"error": "expired_token"}), 422, "device_expired"),
            ((400, {"error": "access_denied"}), 422, "login_denied"),
            ((400, {"error": "invalid_grant"}), 422, "login_failed"),
            ((503, {}), 502, "issuer_fault"),
        ],
    )
    async def test_says_how_it_ended(
        self, call: Any, issuer: Issuer, caplog: pytest.LogCaptureFixture, answer: Any, status: int, code: str
    ) -> None:
        caplog.set_level(logging.DEBUG)
        issuer.scripted["/dex/token"] = (answer[0], {}, json.dumps(answer[1]).encode())
        got, problem = await call("POST", "/device/poll", {"issuer": issuer.url, **POLL})
        assert (got, problem["code"]) == (status, code)
        for secret in POLL.values():
            assert secret not in caplog.text + json.dumps(problem)


class TestAnIssuerThatNobodyKnows:
    """A person may add any address; what it answers is not to be read by that."""

    FOREIGN = "text-of-the-answer"

    @pytest.fixture(params=["mismatch", "redirect", "fault"])
    def stranger(self, request: pytest.FixtureRequest, issuer: Issuer) -> Issuer:
        path = "/dex/.well-known/openid-configuration"
        if request.param == "mismatch":
            issuer.document = {"issuer": f"https://other.example.com/{self.FOREIGN}"}
        elif request.param == "redirect":
            issuer.scripted[path] = (302, {"location": f"https://{self.FOREIGN}/"}, b"")
        else:
            issuer.scripted["/dex/token"] = (
                400,
                {},
                json.dumps({"error": "invalid_client", "error_description": self.FOREIGN}).encode(),
            )
        return issuer

    async def test_is_not_quoted(self, call: Any, stranger: Issuer, home: Path) -> None:
        answers = [
            await call("POST", "/provider", {"issuer": stranger.url}),
            await call("POST", "/login", {"issuer": stranger.url, **LOGIN}),
            await call("POST", "/device/poll", {"issuer": stranger.url, **POLL}),
            await call("POST", "/clusters/add", {"cluster": {"issuer": stranger.url}}),
        ]
        assert any(status >= 400 for status, _ in answers)
        assert self.FOREIGN not in json.dumps(answers)

    async def test_is_told_in_full_once_it_is_known(self, call: Any, issuer: Issuer, home: Path) -> None:
        write_cache(home / ".config/kfp/deploykf.json", {"clusters": [{"issuer": issuer.url}]})
        issuer.document = {"issuer": "https://other.example.com/dex"}
        _, problem = await call("POST", "/provider", {"issuer": issuer.url})
        assert "https://other.example.com/dex" in problem["message"]

    async def test_is_not_examined(self, call: Any, issuer: Issuer, home: Path) -> None:
        status, problem = await call("POST", "/doctor", {"issuer": issuer.url})
        assert (status, problem["code"]) == (400, "no_cluster")
        assert issuer.requests == []


class TestAClientThatIsGone:
    """Its requests take no thread anymore, unless one of them is under way."""

    async def test_leaves_nothing_in_the_queue(
        self, call: Any, jp_serverapp: Any, http_server_port: Any, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gate, begun = threading.Event(), []

        def hang(sessions: Any, issuer: str) -> dict[str, Any]:
            begun.append(issuer)
            assert gate.wait(30)
            raise NoCluster("Late.", "Too late.")

        monkeypatch.setattr(operations, "provider", hang)
        body = json.dumps({"issuer": "https://hangs.example.com/dex"})
        request = (
            f"POST {jp_serverapp.base_url}jupyterlab-deploykf/provider HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: token {jp_serverapp.identity_provider.token}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        )
        (app,) = jp_serverapp.extension_manager.extension_apps["jupyterlab_deploykf"]
        network = app.workers.network
        streams = [await asyncio.open_connection("127.0.0.1", http_server_port[1]) for _ in range(10)]
        try:
            for _, writer in streams:
                writer.write(request.encode())
            while len(begun) < 4 or len(network) < 6:
                await asyncio.sleep(0.01)
            for _, writer in streams:
                writer.close()
            end = time.monotonic() + 5
            while len(network) and time.monotonic() < end:
                await asyncio.sleep(0.01)
            assert (len(network), len(begun)) == (0, 4)
        finally:
            gate.set()
        status, _ = await call("GET", "/status")
        assert status == 200


async def test_nothing_is_kept_fresh_once_the_refresher_has_ended(call: Any, jp_serverapp: Any, home: Path) -> None:
    _, value = await call("GET", "/status")
    assert value["kept_fresh"] is True
    (app,) = jp_serverapp.extension_manager.extension_apps["jupyterlab_deploykf"]
    await app.refresher.stop()
    _, value = await call("GET", "/status")
    assert value["kept_fresh"] is False


async def test_what_only_the_refresher_knows_is_in_the_status(
    call: Any, jp_serverapp: Any, issuer: Issuer, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(wanted: str) -> None:
        raise RuntimeError("a secret")

    (app,) = jp_serverapp.extension_manager.extension_apps["jupyterlab_deploykf"]
    await app.refresher.stop()
    write_cache(cache, {issuer.url: issuer.entry(expires_in=400)})
    monkeypatch.setattr(app.sessions, "keep_fresh", fail)
    app.refresher.tick()
    _, value = await call("GET", "/status")
    assert value["sessions"][0]["problem"]["code"] == "unexpected"
