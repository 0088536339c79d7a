"""What the user has set in JupyterLab's settings, read by the server."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import pytest
from jupyterlab_server import settings_utils
from tornado.httpclient import HTTPResponse

from jupyterlab_deploykf.server.preferences import PLUGIN, Places, Preferences

from .conftest import Fetch

SCHEMA = Path(__file__).parents[2] / "schema" / "plugin.json"
LOG = logging.getLogger("test")


def place_schema(labextensions: Path) -> None:
    """Put our schema where an installation puts it."""
    folder = labextensions / "jupyterlab-deploykf" / "schemas" / "jupyterlab-deploykf"
    folder.mkdir(parents=True)
    shutil.copy(SCHEMA, folder / "plugin.json")


def write_settings(places: Places, text: str) -> None:
    file = Path(places.user_settings_dir) / "jupyterlab-deploykf" / "plugin.jupyterlab-settings"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


class TestReading:
    @pytest.fixture
    def places(self, tmp_path: Path, home: Path) -> Places:
        place_schema(tmp_path / "labextensions")
        (tmp_path / "app").mkdir()
        return Places(
            str(tmp_path / "app"), str(tmp_path / "schemas"), str(tmp_path / "user"), (str(tmp_path / "labextensions"),)
        )

    @pytest.fixture
    def preferences(self, places: Places) -> Preferences:
        return Preferences(lambda: places, LOG)

    def test_sessions_are_kept_fresh_unless_the_user_says_no(self, places: Places, preferences: Preferences) -> None:
        assert preferences.keep_fresh()
        # As people write it: comments are allowed, and a comma at the end.
        write_settings(places, '{\n  // I want to log in each morning.\n  "keepFresh": false,\n}')
        assert not preferences.keep_fresh()
        write_settings(places, "{}")
        assert preferences.keep_fresh()

    @pytest.mark.parametrize("name", ["overrides.json", "overrides.json5"])
    def test_the_administrators_default_counts_and_the_user_may_differ(
        self, places: Places, preferences: Preferences, name: str
    ) -> None:
        assert preferences.keep_fresh()
        (Path(places.app_settings_dir) / name).write_text(json.dumps({PLUGIN: {"keepFresh": False}}))
        assert not preferences.keep_fresh()
        write_settings(places, '{"keepFresh": true}')
        assert preferences.keep_fresh()

    def test_nothing_is_parsed_while_nothing_changes(
        self, places: Places, preferences: Preferences, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write_settings(places, '{"keepFresh": false}')
        assert not preferences.keep_fresh()
        monkeypatch.setattr(settings_utils, "get_settings", lambda *_, **__: pytest.fail("it was parsed"))
        assert not any(preferences.keep_fresh() for _ in range(3))

    @pytest.mark.parametrize("text", ["{keepFresh", '{"keepFresh": "no"}', '{"keepFresh": false, "more": 1}', "7"])
    def test_what_cant_be_read_is_logged_once_and_the_default_holds(
        self, places: Places, preferences: Preferences, caplog: pytest.LogCaptureFixture, text: str
    ) -> None:
        write_settings(places, text)
        assert [preferences.keep_fresh() for _ in range(3)] == [True] * 3
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        write_settings(places, '{"keepFresh": false}')
        assert not preferences.keep_fresh()

    def test_an_override_that_is_no_yes_or_no_is_none(
        self, places: Places, preferences: Preferences, caplog: pytest.LogCaptureFixture
    ) -> None:
        (Path(places.app_settings_dir) / "overrides.json").write_text(json.dumps({PLUGIN: {"keepFresh": "no"}}))
        assert preferences.keep_fresh()
        assert "'no'" in caplog.text

    def test_a_missing_schema_is_said_once(self, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        nowhere = Places(str(tmp_path), str(tmp_path), str(tmp_path))
        preferences = Preferences(lambda: nowhere, LOG)
        assert [preferences.keep_fresh() for _ in range(3)] == [True] * 3
        assert len(caplog.records) == 1
        assert "Schema not found" in caplog.text

    def test_a_server_without_jupyterlab_is_looked_at_once(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO)
        looks: list[int] = []
        preferences = Preferences(lambda: looks.append(1), LOG)
        assert [preferences.keep_fresh() for _ in range(3)] == [True] * 3
        assert (len(looks), len(caplog.records)) == (1, 1)


def test_jupyterlabs_packages_are_not_imported_for_it() -> None:
    code = (
        "import sys; from types import SimpleNamespace; import jupyterlab_deploykf.server.extension;"
        "from jupyterlab_deploykf.server.preferences import find_places;"
        "print(find_places(SimpleNamespace()), [m for m in sys.modules if m.startswith('jupyterlab_server')])"
    )
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert printed.split() == ["None", "[]"]


class TestOnARealServer:
    """JupyterLab or Notebook beside us, and the requests that their settings editor makes."""

    @pytest.fixture(params=["jupyterlab", "notebook"])
    def jp_server_config(self, request: Any, jp_server_config: dict[str, Any], tmp_path: Path) -> dict[str, Any]:
        jp_server_config["ServerApp"]["jpserver_extensions"][request.param] = True
        for app in ("LabApp", "JupyterNotebookApp"):
            jp_server_config[app] = {"user_settings_dir": str(tmp_path / "user"), "workspaces_dir": str(tmp_path)}
        return jp_server_config

    @pytest.fixture
    def installed(self, home: Path, jp_environ: Any, jp_env_jupyter_path: Path) -> None:
        place_schema(jp_env_jupyter_path / "labextensions")

    @pytest.fixture
    def put(self, installed: None, jp_fetch: Fetch) -> Any:
        def save(settings: dict[str, Any]) -> Awaitable[HTTPResponse]:
            body = json.dumps({"raw": json.dumps(settings)})
            return jp_fetch("lab", "api", "settings", PLUGIN, method="PUT", body=body)

        return save

    async def test_the_status_follows_the_setting_at_once_and_pages_hear_of_it(
        self, put: Any, call: Any, jp_serverapp: Any, heard: list[dict[str, Any]]
    ) -> None:
        assert (await call("GET", "/status"))[1]["kept_fresh"] is True
        # It looks every few seconds; here it looks when it is told to.
        (ours,) = jp_serverapp.extension_manager.extension_apps["jupyterlab_deploykf"]
        await ours.refresher.stop()
        ours.refresher.tick()
        await put({"keepFresh": False})
        assert (await call("GET", "/status"))[1]["kept_fresh"] is False
        for change, issuer in ours.refresher.tick():
            ours.announcer.announce(change, issuer)
        await jp_serverapp.event_logger.gather_listeners()
        assert heard == [{"issuer": "", "change": "cache"}]

    class TestTheAdministrator:
        @pytest.fixture
        def jp_server_config(self, jp_server_config: dict[str, Any]) -> dict[str, Any]:
            jp_server_config["ServerApp"]["jpserver_extensions"]["jupyterlab"] = True
            jp_server_config["DeployKF"] = {"keep_fresh": False}
            return jp_server_config

        async def test_has_the_last_word(self, call: Any) -> None:
            assert (await call("GET", "/status"))[1]["kept_fresh"] is False


async def test_a_server_without_jupyterlab_keeps_sessions_fresh(call: Any) -> None:
    assert (await call("GET", "/status"))[1]["kept_fresh"] is True
