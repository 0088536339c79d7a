"""The one question before a client is handed out."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from jupyterlab_deploykf.core.apianswer import Shown
from jupyterlab_deploykf.core.secret import Secret
from jupyterlab_deploykf.errors import ApiUnreachable
from jupyterlab_deploykf.kfp import sdk
from jupyterlab_deploykf.kfp.connection import Connection
from jupyterlab_deploykf.kfp.guard import Guard

HOST = "https://deploykf.example.com/pipeline"


class Config:
    """kfp_server_api's configuration, as far as it is used."""

    proxy: str | None = None
    verify_ssl = True
    ssl_ca_cert: str | None = None


class Token:
    """A credential."""

    def headers(self) -> dict[str, Secret]:
        return {"authorization": Secret("Bearer x")}

    def replace(self, refused: object) -> bool:
        return False

    def shown(self) -> Shown:
        return Shown("a token", "")

    def observe(self, headers: object) -> None:
        pass


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The limits of the questions to an API that never answers, whatever they are."""
    limits: list[float] = []
    gate = threading.Event()

    def ask(self: Guard, url: str, namespace: str | None, seconds: float) -> None:
        limits.append(seconds)
        gate.wait(10)

    monkeypatch.setattr(sdk, "api_version", lambda: "v2beta1")
    monkeypatch.setattr(Guard, "ask", ask)
    yield limits
    gate.set()


def test_it_has_a_limit_whatever_hangs(asked: list[float]) -> None:
    with pytest.raises(ApiUnreachable, match=r"did not answer within 0\.1 seconds"):
        Connection(HOST, Token(), check=0.1).prepare(Config())
    # A connection and an answer have it as well.
    assert asked == [0.1]


def test_it_can_be_left_out(asked: list[float]) -> None:
    Connection(HOST, Token(), check=0.0).prepare(Config())
    assert asked == []
