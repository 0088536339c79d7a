"""Which plain `kfp.Client()` is ours after `enable()`, and which stays the caller's own; without the SDK."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from jupyterlab_deploykf.kfp import enabling

from ..conftest import write_cache
from ..support.issuer import Issuer


class Plain:
    """Stands in for `kfp.Client`, and remembers what it was made with."""

    def __init__(
        self,
        host: str | None = None,
        client_id: str | None = None,
        namespace: str = "kubeflow",
        other_client_id: str | None = None,
        other_client_secret: str | None = None,
        existing_token: str | None = None,
        cookies: str | None = None,
        proxy: str | None = None,
        kube_context: str | None = None,
        credentials: Any = None,
    ) -> None:
        self.made_by_kfp = {name: value for name, value in locals().items() if name != "self" and value is not None}


@pytest.fixture
def ours(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """The arguments of the clients that `enable()` has logged in."""
    module = ModuleType("kfp")
    module.Client = Plain  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "kfp", module)
    made: list[dict[str, Any]] = []
    monkeypatch.setattr(enabling, "_begin", lambda client, original, arguments: made.append(arguments))
    enabling.enable()
    yield made
    enabling.disable()


def test_a_client_without_a_credential_is_logged_in(ours: list[dict[str, Any]]) -> None:
    assert not hasattr(Plain(), "made_by_kfp")
    assert ours == [{}]


@pytest.mark.parametrize("name", ["client_id", "existing_token", "cookies", "credentials", "kube_context"])
def test_a_callers_own_credential_is_not_overridden(ours: list[dict[str, Any]], name: str) -> None:
    assert Plain(**{name: "mine"}).made_by_kfp[name] == "mine"
    assert ours == []


def test_a_credential_of_kfps_own_variable_is_not_overridden(
    ours: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KF_PIPELINES_IAP_OAUTH2_CLIENT_ID", "mine")
    assert Plain().made_by_kfp == {"namespace": "kubeflow"}
    assert ours == []


def test_only_the_platforms_own_address_is_logged_in(ours: list[dict[str, Any]], issuer: Issuer, cache: Path) -> None:
    write_cache(cache, {issuer.url: issuer.entry()})
    platform = f"{issuer.url.rpartition('/')[0]}/pipeline"
    other = "https://other.example.com/pipeline"
    assert Plain(host=other).made_by_kfp["host"] == other
    assert ours == []
    Plain(host=platform)
    assert [each["host"] for each in ours] == [platform]


def test_it_can_be_undone(ours: list[dict[str, Any]]) -> None:
    enabling.disable()
    assert Plain().made_by_kfp
    assert ours == []
