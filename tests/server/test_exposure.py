"""Whether the Jupyter server gives the cache away as a file."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

import pytest

from jupyterlab_deploykf.server.exposure import is_served, warn_if_served

from ..conftest import write_cache
from .conftest import Fetch

CACHE = "/home/me/.config/kfp/dkf_credentials.json"


@pytest.mark.parametrize(
    ("root", "allow_hidden", "served"),
    [
        ("/home/me", True, True),
        ("/home/me/", True, True),
        ("/home/me", False, False),
        ("/", True, True),
        ("/home/me/work", True, False),
        ("/home/m", True, False),
        # Only what is hidden below the root is hidden.
        ("/home/me/.config", False, True),
        ("/home/me/.config/kfp", False, True),
    ],
)
def test_what_is_below_the_root_and_not_hidden_is_served(root: str, allow_hidden: bool, served: bool) -> None:
    assert is_served(CACHE, root, allow_hidden) is served


def test_a_root_that_is_a_link_counts_as_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    os.symlink(tmp_path / "home", tmp_path / "link")
    assert is_served(str(tmp_path / "home/.config/cache"), str(tmp_path / "link"), True)


class TestOnARealServer:
    @pytest.fixture
    def jp_root_dir(self, home: Path) -> Path:
        return home

    @pytest.fixture(params=[True, False])
    def allow_hidden(self, request: pytest.FixtureRequest) -> bool:
        return bool(request.param)

    @pytest.fixture
    def jp_server_config(self, jp_server_config: dict[str, Any], allow_hidden: bool) -> dict[str, Any]:
        return {**jp_server_config, "ContentsManager": {"allow_hidden": allow_hidden}}

    async def test_the_log_and_the_doctor_say_what_the_server_does(
        self,
        call: Any,
        jp_fetch: Fetch,
        jp_serverapp: Any,
        cache: Path,
        allow_hidden: bool,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        write_cache(cache, {})
        answer = await jp_fetch("files", ".config", "kfp", cache.name, raise_error=False)
        assert (answer.code == 200) is allow_hidden
        # The doctor says what this said at the start.
        assert warn_if_served(jp_serverapp, str(cache), logging.getLogger("test")) is allow_hidden
        assert ("c.ContentsManager.allow_hidden" in caplog.text) is allow_hidden
        cache.chmod(0o600)
        _, diagnosis = await call("POST", "/doctor", {})
        line = next(check for check in diagnosis["checks"] if check["id"] == "cache")
        assert line["state"] == ("warning" if allow_hidden else "ok")
        assert (str(cache) in line["found"] and "allow_hidden" in (line["next_step"] or "")) is allow_hidden
