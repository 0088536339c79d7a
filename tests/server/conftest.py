"""A real Jupyter server with the extension."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def jp_server_config(home: Path) -> dict[str, Any]:
    return {
        "ServerApp": {"jpserver_extensions": {"jupyterlab_deploykf": True}, "allow_unauthenticated_access": False},
        "DeployKF": {"keep_fresh": True},
    }
