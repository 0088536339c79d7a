"""The extension loads with any configuration, answers if it can't be loaded, and ends with the server."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from traitlets.config import Config

from jupyterlab_deploykf.server.extension import DeployKF
from jupyterlab_deploykf.server.handlers import PREFIX, ROUTES

from ..conftest import read_cache, write_cache
from ..support.issuer import Issuer
from .conftest import LOGIN

A, B = "https://a.example.com/dex", "https://b.example.com/dex"
CALLS = [(verb.upper(), path) for path, route in ROUTES.items() for verb in ("get", "post") if verb in vars(route)]

#: Each holds a mistake, and what the status says of it.
MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "an issuer without scheme": ({"clusters": [{"issuer": "a.example.com/dex"}]}, "not the address of an issuer"),
    "an unknown field": ({"clusters": [{"issuer": A, "isuer": A}]}, "no field «isuer»"),
    "a field that is no text": ({"clusters": [{"issuer": A, 1: 2, "name": 3}]}, "no field «1»"),
    "a field of the wrong type": ({"clusters": [{"issuer": A, "scopes": "openid"}]}, "scopes"),
    "no issuer": ({"clusters": [{"name": "a"}]}, "not the address of an issuer"),
    "a cluster that is a text": ({"clusters": [A]}, "clusters"),
    "clusters that are one cluster": ({"clusters": {"issuer": A}}, "clusters"),
    "clusters that are nothing": ({"clusters": None}, "clusters"),
    "keep_fresh as a text": ({"keep_fresh": "no"}, "keep_fresh"),
    "keep_fresh as a number": ({"keep_fresh": 2}, "keep_fresh"),
    "issuers as a set": ({"allowed_issuers": {A}}, "allowed_issuers"),
    "issuers as a list in a text": ({"allowed_issuers": f'["{A}"]'}, "not the address of an issuer"),
    "issuers as an object": ({"allowed_issuers": {A: True}}, "allowed_issuers"),
    "issuers with none among them": ({"allowed_issuers": [None]}, "allowed_issuers"),
    "issuers with a number among them": ({"allowed_issuers": [A, 7]}, "allowed_issuers"),
    "no": ({"allowed_issuers": False}, "allowed_issuers"),
    "an issuer that is none": ({"allowed_issuers": ["a.example.com"]}, "not the address of an issuer"),
    "an empty issuer": ({"allowed_issuers": [""]}, "not the address of an issuer"),
    "a header that is a list": ({"userid_header": ["kubeflow-userid"]}, "userid_header"),
    "an inherited setting": ({"log_level": "chatty"}, "log_level"),
    "another inherited setting": ({"handlers": 7}, "handlers"),
    "a misspelled setting": ({"allowed_issuer": [A]}, "allowed_issuer"),
}


class TestAMistakeInTheSettings:
    """Whatever it is: what it may forbid is not allowed."""

    @pytest.fixture(params=MISTAKES)
    def mistake(self, request: Any) -> tuple[dict[str, Any], str]:
        return MISTAKES[request.param]

    @pytest.fixture
    def jp_server_config(self, jp_server_config: dict[str, Any], mistake: tuple[dict[str, Any], str]) -> dict[str, Any]:
        # What is right beside it changes nothing.
        jp_server_config["DeployKF"] = {"allowed_issuers": [A], "clusters": [{"issuer": A}], **mistake[0]}
        return jp_server_config

    async def test_is_told_and_refuses_logins(
        self, call: Any, issuer: Issuer, cache: Path, mistake: tuple[dict[str, Any], str]
    ) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=100)})
        status, answer = await call("GET", "/status")
        assert status == 200
        assert answer["problem"]["code"] == "server_misconfigured"
        assert mistake[1] in answer["problem"]["message"]
        assert answer["kept_fresh"] is False
        assert (await call("GET", "/clusters"))[1]["problem"] == answer["problem"]
        for method, path, body in (
            ("POST", "/provider", {"issuer": issuer.url}),
            ("POST", "/provider", {"issuer": A}),
            ("POST", "/login", {"issuer": issuer.url, **LOGIN}),
            ("POST", "/refresh", {"issuer": issuer.url}),
            ("POST", "/device", {"issuer": issuer.url}),
            ("POST", "/clusters/remember", {"issuer": issuer.url}),
            ("POST", "/clusters/add", {"cluster": {"issuer": issuer.url}}),
        ):
            status, refused = await call(method, path, body)
            assert (status, refused) == (500, answer["problem"]), path
        assert issuer.requests == []
        # What is there is shown, and can be forgotten.
        (session,) = answer["sessions"]
        assert session["state"] == "signed_in"
        assert (await call("POST", "/logout", {"issuer": issuer.url}))[0] == 200
        assert read_cache(cache) == {issuer.url: {}}

    def test_is_logged_once(self, capsys: Any, jp_serverapp: Any, mistake: tuple[dict[str, Any], str]) -> None:
        logged = [line for line in capsys.readouterr().err.splitlines() if "settings for deployKF" in line]
        assert len(logged) == 1
        assert mistake[1] in logged[0]

    async def test_leaves_the_refresher_nothing_to_do(
        self, call: Any, jp_serverapp: Any, issuer: Issuer, cache: Path
    ) -> None:
        (ours,) = jp_serverapp.extension_manager.extension_apps["jupyterlab_deploykf"]
        await ours.refresher.stop()
        write_cache(cache, {issuer.url: issuer.entry(expires_in=100)})
        ours.refresher.tick()
        assert issuer.requests == []


@pytest.mark.parametrize("text", ["c.DeployKF.clusters = [{]", "1 / 0\nc.DeployKF.clusters = []"])
async def test_a_file_of_jupyters_that_cant_be_loaded_and_has_our_settings_allows_nothing(
    jp_config_dir: Path, home: Path, jp_configurable_serverapp: Any, text: str
) -> None:
    (jp_config_dir / "jupyter_server_config.py").write_text(text)
    app = jp_configurable_serverapp(config={"ServerApp": {"jpserver_extensions": {"jupyterlab_deploykf": True}}})
    (ours,) = app.extension_manager.extension_apps["jupyterlab_deploykf"]
    assert "jupyter_server_config.py could not be loaded" in str(ours.sessions.clusters.problem)


async def test_files_of_jupyters_that_are_loaded_count(
    jp_config_dir: Path, home: Path, jp_configurable_serverapp: Any
) -> None:
    (jp_config_dir / "jupyter_server_config.py").write_text(f"c.DeployKF.allowed_issuers = ['{A}']")
    (jp_config_dir / "jupyter_config.json").write_text('{"DeployKF": {"keep_fresh": false}}')
    app = jp_configurable_serverapp(config={"ServerApp": {"jpserver_extensions": {"jupyterlab_deploykf": True}}})
    (ours,) = app.extension_manager.extension_apps["jupyterlab_deploykf"]
    assert (ours.allowed_issuers, ours.keep_fresh, ours.sessions.clusters.problem) == ([A], False, None)


@pytest.mark.parametrize("name", ["jupyter_config.py", "jupyter_jupyterlab_deploykf_config.py"])
@pytest.mark.parametrize("text", ["c.DeployKF.allowed_issuers = [", "c.DeployKF.keep_fresh = 'no'", "1 / 0"])
async def test_a_configuration_file_of_ours_that_cant_be_loaded_allows_nothing(
    jp_config_dir: Path, home: Path, jp_configurable_serverapp: Any, name: str, text: str
) -> None:
    (jp_config_dir / name).write_text(text)
    app = jp_configurable_serverapp(config={"ServerApp": {"jpserver_extensions": {"jupyterlab_deploykf": True}}})
    (ours,) = app.extension_manager.extension_apps["jupyterlab_deploykf"]
    assert ours.sessions.clusters.problem is not None
    assert not ours.sessions.clusters.is_allowed(A)


@pytest.mark.parametrize(
    ("arguments", "allowed", "keep_fresh"),
    [
        ([], None, True),
        (["--DeployKF.keep_fresh=False"], None, False),
        ([f"--DeployKF.allowed_issuers={A}"], [A], True),
        ([f"--DeployKF.allowed_issuers={A}", f"--DeployKF.allowed_issuers={B}"], [A, B], True),
        ([f"--DeployKF.allowed_issuers=['{A}', '{B}']"], [A, B], True),
        (["--DeployKF.allowed_issuers=[]"], [], True),
        (["--DeployKF.allowed_issuers=None"], None, True),
    ],
)
def test_the_command_line_is_read(
    home: Path, jp_configurable_serverapp: Any, arguments: list[str], allowed: Any, keep_fresh: bool
) -> None:
    config = {"ServerApp": {"jpserver_extensions": {"jupyterlab_deploykf": True}}}
    app = jp_configurable_serverapp(config=config, argv=arguments)
    (ours,) = app.extension_manager.extension_apps["jupyterlab_deploykf"]
    assert (ours.allowed_issuers, ours.keep_fresh, ours.sessions.clusters.problem) == (allowed, keep_fresh, None)


@pytest.mark.parametrize(
    "argument", ["keep_fresh=perhaps", "allowed_issuers=['a", "allowed_isuers=https://a", "clusters=a"]
)
def test_a_mistake_on_the_command_line_allows_nothing(
    home: Path, jp_configurable_serverapp: Any, argument: str
) -> None:
    config = {"ServerApp": {"jpserver_extensions": {"jupyterlab_deploykf": True}}}
    app = jp_configurable_serverapp(config=config, argv=[f"--DeployKF.{argument}"])
    (ours,) = app.extension_manager.extension_apps["jupyterlab_deploykf"]
    assert ours.sessions.clusters.problem is not None
    assert not ours.sessions.clusters.is_allowed(A)


def test_one_issuer_as_a_text_is_the_only_one_allowed(home: Path, jp_configurable_serverapp: Any) -> None:
    extensions = {"jpserver_extensions": {"jupyterlab_deploykf": True}}
    app = jp_configurable_serverapp(config={"ServerApp": extensions, "DeployKF": {"allowed_issuers": A}})
    (ours,) = app.extension_manager.extension_apps["jupyterlab_deploykf"]
    assert [ours.sessions.clusters.is_allowed(f"https://{name}.example.com/dex") for name in "ab"] == [True, False]


def test_settings_that_were_never_read_allow_nothing(home: Path) -> None:
    ours = DeployKF()
    assert not ours._make_sessions().clusters.is_allowed(A)


def broken(*_: Any, **__: Any) -> Any:
    raise LookupError("this part is missing\nand more about it")


class TestAFailureToLoad:
    @pytest.fixture(params=["wiring.make_sessions", "server.events.Announcer", "server.handlers.make_handlers"])
    def jp_server_config(
        self, jp_server_config: dict[str, Any], request: Any, monkeypatch: pytest.MonkeyPatch
    ) -> dict[str, Any]:
        monkeypatch.setattr(f"jupyterlab_deploykf.{request.param}", broken)
        return jp_server_config

    @pytest.mark.parametrize(("method", "path"), CALLS)
    async def test_is_the_answer_to_every_request(self, call: Any, method: str, path: str) -> None:
        status, problem = await call(method, path, None if method == "GET" else {})
        assert (status, problem["code"], problem["retryable"]) == (500, "server_extension_failed", False)
        assert "(LookupError: this part is missing)" in problem["message"]

    def test_is_logged(self, capsys: Any, jp_serverapp: Any) -> None:
        assert "failed to load (LookupError: this part is missing)" in capsys.readouterr().err

    async def test_does_not_keep_the_server_from_ending(self, jp_serverapp: Any) -> None:
        (ours,) = jp_serverapp.extension_manager.extension_apps["jupyterlab_deploykf"]
        await ours.stop_extension()

    async def test_is_told_to_nobody_who_is_not_logged_in(
        self, http_server_client: Any, jp_base_url: str, jp_serverapp: Any
    ) -> None:
        answer = await http_server_client.fetch(
            f"{jp_base_url}{PREFIX}/status", follow_redirects=False, raise_error=False
        )
        assert answer.code in (302, 403)
        assert b"LookupError" not in answer.body


class TestAFailureToImportAPart:
    @pytest.fixture
    def jp_server_config(self, jp_server_config: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
        # As if a dependency was missing.
        monkeypatch.setitem(sys.modules, "jupyterlab_deploykf.session", None)
        monkeypatch.delitem(sys.modules, "jupyterlab_deploykf.server.handlers")
        return jp_server_config

    async def test_is_the_answer(self, call: Any) -> None:
        status, problem = await call("GET", "/status")
        assert (status, problem["code"]) == (500, "server_extension_failed")
        assert "(ModuleNotFoundError: " in problem["message"]


async def test_stopping_never_raises(home: Path, jp_serverapp: Any, caplog: Any) -> None:
    (ours,) = jp_serverapp.extension_manager.extension_apps["jupyterlab_deploykf"]
    await ours.refresher.stop()

    class Dead:
        async def stop(self) -> None:
            raise FileNotFoundError("gone")

    ours.refresher = Dead()
    await ours.stop_extension()
    assert "FileNotFoundError" in caplog.text
    # Also if it was never initialized.
    await DeployKF(config=Config()).stop_extension()
