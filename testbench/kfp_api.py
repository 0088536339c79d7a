"""The Kubeflow Pipelines API, as far as kfp 1.8 and 2.x ask it: the one part that is ours.

It keeps experiments and runs in memory, and answers as the real one does,
errors included: it reads the user from the header that the gateway sets.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from aiohttp import web

from .options import User

USER_HEADER = "kubeflow-userid"

# gRPC codes, as grpc-gateway puts them into its errors.
_NOT_FOUND, _PERMISSION_DENIED, _UNAUTHENTICATED, _INVALID_ARGUMENT = 5, 7, 16, 3

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Record:
    """An experiment or a run."""

    name: str
    namespace: str
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    created: str = field(
        default_factory=lambda: datetime.now(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")
    )
    experiment_id: str = ""


class Refused(Exception):
    """An answer of the API that is no success."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class KfpApi:
    """The API's state and routes.

    Parameters
    ----------
    users
        Who may see which namespaces.
    """

    def __init__(self, users: tuple[User, ...]) -> None:
        self._namespaces = {user.email: user.namespaces for user in users}
        self.experiments: dict[str, Record] = {}
        self.runs: dict[str, Record] = {}
        for namespace in sorted({namespace for user in users for namespace in user.namespaces}):
            for name in ("Default", "churn-model", "price-forecast"):
                record = Record(name, namespace)
                self.experiments[record.id] = record

    def application(self) -> web.Application:
        """The routes, in both versions of the API."""
        app = web.Application(middlewares=[_errors_as_json])
        for version in ("v1beta1", "v2beta1"):
            base = f"/apis/{version}"
            app.router.add_get(f"{base}/healthz", self._healthz)
            for kind in ("experiments", "runs"):
                app.router.add_get(f"{base}/{kind}", self._list)
                app.router.add_post(f"{base}/{kind}", self._create)
                app.router.add_get(f"{base}/{kind}/{{id}}", self._get)
        app.router.add_get("/{tail:.*}", _home)
        return app

    async def _healthz(self, _: web.Request) -> web.Response:
        return web.json_response(
            {"commit_sha": "testbench", "tag_name": "testbench", "multi_user": True, "pipeline_store": "database"}
        )

    async def _list(self, request: web.Request) -> web.Response:
        kind, shape = _kind(request), _shape(request)
        namespace = request.query.get("namespace") or request.query.get("resource_reference_key.id", "")
        by_experiment = request.query.get("experiment_id", "")
        if request.query.get("resource_reference_key.type") == "EXPERIMENT" or by_experiment:
            experiment = self._find("experiments", by_experiment or namespace)
            self._allow(request, experiment.namespace)
            records = [r for r in self._records(kind).values() if r.experiment_id == experiment.id]
        else:
            self._allow(request, namespace)
            records = [r for r in self._records(kind).values() if r.namespace == namespace]
        return web.json_response({kind: [shape(kind, r) for r in records], "total_size": len(records)})

    async def _get(self, request: web.Request) -> web.Response:
        kind = _kind(request)
        record = self._find(kind, request.match_info["id"])
        self._allow(request, record.namespace)
        return web.json_response(_shape(request)(kind, record))

    async def _create(self, request: web.Request) -> web.Response:
        kind = _kind(request)
        body = await request.json()
        name = body.get("display_name") or body.get("name") or ""
        if not name:
            raise Refused(400, _INVALID_ARGUMENT, "Invalid input error: the name is empty.")
        references = body.get("resource_references") or []
        experiment_id = body.get("experiment_id") or _reference(references, "EXPERIMENT")
        namespace = body.get("namespace") or _reference(references, "NAMESPACE")
        if kind == "runs":
            namespace = self._find("experiments", experiment_id).namespace
        self._allow(request, namespace)
        record = Record(name, namespace, experiment_id=experiment_id if kind == "runs" else "")
        self._records(kind)[record.id] = record
        return web.json_response(_shape(request)(kind, record))

    def _records(self, kind: str) -> dict[str, Record]:
        return self.experiments if kind == "experiments" else self.runs

    def _find(self, kind: str, record_id: str) -> Record:
        record = self._records(kind).get(record_id)
        if record is None:
            raise Refused(404, _NOT_FOUND, f"ResourceNotFoundError: {kind[:-1]} {record_id} not found.")
        return record

    def _allow(self, request: web.Request, namespace: str) -> None:
        user = request.headers.get(USER_HEADER, "")
        if not user:
            raise Refused(
                401,
                _UNAUTHENTICATED,
                "Request header error: there is no user identity header.: "
                "Request header error: there is no user identity header.",
            )
        if not namespace:
            raise Refused(400, _INVALID_ARGUMENT, "Invalid input error: A namespace is required in multi-user mode.")
        if namespace not in self._namespaces.get(user, ()):
            raise Refused(
                403,
                _PERMISSION_DENIED,
                f"PermissionDenied: User '{user}' is not authorized with reason: none (namespace: {namespace})",
            )


def _kind(request: web.Request) -> str:
    return request.path.split("/")[3]


def _shape(request: web.Request) -> Callable[[str, Record], dict[str, Any]]:
    return _v1 if request.path.startswith("/apis/v1beta1") else _v2


def _v1(kind: str, record: Record) -> dict[str, Any]:
    owner = [{"key": {"type": "NAMESPACE", "id": record.namespace}, "relationship": "OWNER"}]
    if kind == "runs":
        owner = [{"key": {"type": "EXPERIMENT", "id": record.experiment_id}, "relationship": "OWNER"}]
    return {"id": record.id, "name": record.name, "created_at": record.created, "resource_references": owner}


def _v2(kind: str, record: Record) -> dict[str, Any]:
    shape = {
        "display_name": record.name,
        "created_at": record.created,
        "experiment_id": record.experiment_id or record.id,
    }
    if kind == "runs":
        return {**shape, "run_id": record.id, "state": "PENDING"}
    return {**shape, "namespace": record.namespace, "storage_state": "AVAILABLE"}


def _reference(references: list[dict[str, Any]], kind: str) -> str:
    return next((r["key"]["id"] for r in references if r["key"]["type"] == kind), "")


@web.middleware
async def _errors_as_json(request: web.Request, handler: _Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refused as refused:
        body = {"error": refused.message, "code": refused.code, "message": refused.message, "details": []}
        return web.json_response(body, status=refused.status)


async def _home(_: web.Request) -> web.Response:
    return web.Response(text="<h1>Kubeflow Pipelines (test bench)</h1>", content_type="text/html")
