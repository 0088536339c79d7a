"""What tests share: a home of their own, a scriptable issuer, and sessions on both."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyterlab_deploykf import wiring
from jupyterlab_deploykf.session import Sessions

from .support.issuer import Issuer, serve_issuer

pytest_plugins = ["pytest_jupyter.jupyter_server", "testbench.pytest_plugin", "tests.support.realbench"]

_VARIABLES = (
    "DEPLOYKF_ISSUER_URL",
    "DEPLOYKF_API_URL",
    "DEPLOYKF_CA_FILE",
    "DEPLOYKF_SKIP_TLS_VERIFY",
    "DEPLOYKF_AUTH_TYPES",
    "KF_PIPELINES_SA_TOKEN_PATH",
    "KF_PIPELINES_ENDPOINT",
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of the test's own, and an environment that names no cluster."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    for name in _VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def cache(home: Path) -> Path:
    """Where the cache is, or will be."""
    return home / ".config" / "kfp" / "dkf_credentials.json"


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """A scriptable issuer."""
    with serve_issuer() as running:
        yield running


@pytest.fixture
def sessions(home: Path) -> Sessions:
    """The sessions of the test's home."""
    return wiring.make_sessions()


@pytest.fixture
def simple_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that sets nothing aside but by writing, as a test can make it full."""
    monkeypatch.delattr("os.posix_fallocate", raising=False)


def write_cache(path: Path, entries: Any) -> None:
    """Write the cache as a program of the reference kind does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(entries if isinstance(entries, str) else json.dumps(entries))


def read_cache(path: Path) -> Any:
    """The cache's JSON."""
    return json.loads(path.read_text())
