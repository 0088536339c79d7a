"""A real Jupyter server with the extension, whose answers are held to the OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from tornado.httpclient import HTTPResponse

import jupyterlab_deploykf.server.handlers as handlers
from jupyterlab_deploykf.server.events import SCHEMA_ID

Fetch = Callable[..., Awaitable[HTTPResponse]]
DOCUMENT = yaml.safe_load((Path(handlers.__file__).parent / "openapi.yaml").read_text())

#: What the scriptable issuer takes.
LOGIN = {"code": "goodcodegoodcodegoodcode2", "code_verifier": "v" * 43, "nonce": "nonce-of-this-attempt"}


@pytest.fixture
def jp_server_config(home: Path) -> dict[str, Any]:
    return {
        "ServerApp": {"jpserver_extensions": {"jupyterlab_deploykf": True}, "allow_unauthenticated_access": False},
        "DeployKF": {"keep_fresh": True},
    }


def schema_of(path: str, method: str, status: int) -> dict[str, Any]:
    responses = DOCUMENT["paths"][path][method.lower()]["responses"]
    reference = responses.get(str(status), responses["default"])["$ref"].rsplit("/", 1)[1]
    return DOCUMENT["components"]["responses"][reference]["content"]["application/json"]["schema"]


@pytest.fixture
def call(jp_fetch: Fetch) -> Callable[..., Awaitable[tuple[int, Any]]]:
    """Call the API; each answer is held to the document."""

    async def fetch(
        method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, **params: str
    ) -> tuple[int, Any]:
        text = None if body is None else body if isinstance(body, str) else json.dumps(body)
        place = ("jupyterlab-deploykf", path[1:])
        answer = await jp_fetch(
            *place, method=method, body=text, headers=headers or {}, params=params, raise_error=False
        )
        value = json.loads(answer.body)
        schema = {**schema_of(path, method, answer.code), "components": DOCUMENT["components"]}
        jsonschema.Draft202012Validator(schema).validate(value)
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.code, value

    return fetch


@pytest.fixture
def heard(jp_serverapp: Any) -> list[dict[str, Any]]:
    """What has been announced, once `gather_listeners` has been awaited."""
    announced: list[dict[str, Any]] = []

    async def listen(logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        announced.append(data)

    jp_serverapp.event_logger.add_listener(schema_id=SCHEMA_ID, listener=listen)
    return announced
