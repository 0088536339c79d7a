"""The Kubeflow Pipelines API, as far as kfp 1.8 and 2.x ask it: the one part that is ours.

It answers as the real one does, errors included, and knows the user from the
header that the gateway sets, or a Pod by its ServiceAccount token. The web page of
Kubeflow Pipelines is a line of HTML.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

from aiohttp import web

from .kfp_state import INVALID_ARGUMENT, Kind, Record, Refused, State
from .kfp_wire import Version, detail, page, parse_query, reference
from .options import User

USER_HEADER = "kubeflow-userid"

#: How an application knows whose a request is; empty for nobody's.
_USER_OF: web.AppKey[Callable[[web.Request], str]] = web.AppKey("user_of")

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class KfpApi:
    """The API's routes.

    Parameters
    ----------
    users
        Who may see which namespaces.
    run_seconds
        How long a run stays ``RUNNING`` before it succeeds.
    """

    def __init__(self, users: Sequence[User], run_seconds: float = 1.0) -> None:
        self.state = State({user.email: user.namespaces for user in users}, run_seconds)

    @property
    def experiments(self) -> dict[str, Record]:
        """All experiments, by id."""
        return self.state.experiments

    @property
    def runs(self) -> dict[str, Record]:
        """All runs, by id."""
        return self.state.runs

    def application(self) -> web.Application:
        """The routes, in both versions of the API, for the gateway, which says who the user is."""
        return self._application(_named_by_gateway)

    def internal_application(self, review: Callable[[str], str | None]) -> web.Application:
        """The same for Pods, which show a ServiceAccount token.

        The gateway's header counts for nothing here. (On the platform both
        come in by one address, and Istio sees to that.)

        Parameters
        ----------
        review
            Gives the user of a token, or None.
        """

        def named_by_token(request: web.Request) -> str:
            scheme, _, token = request.headers.get("Authorization", "").partition(" ")
            return (review(token) if scheme.lower() == "bearer" else None) or ""

        return self._application(named_by_token)

    def _application(self, user_of: Callable[[web.Request], str]) -> web.Application:
        # A compiled pipeline is a few MB at the most.
        app = web.Application(middlewares=[_errors_as_json], client_max_size=32 * 1024**2)
        app[_USER_OF] = user_of
        base = "/apis/{version:v1beta1|v2beta1}"
        app.router.add_get(f"{base}/healthz", _healthz)
        app.router.add_get(f"{base}/pipelines", self._pipelines)
        kind = base + "/{kind:experiments|runs}"
        app.router.add_get(kind, self._list)
        app.router.add_post(kind, self._create)
        app.router.add_get(kind + "/{id:[^/:]+}", self._get)
        app.router.add_delete(kind + "/{id:[^/:]+}", self._delete)
        app.router.add_post(kind + "/{id:[^/:]+}:{verb:archive|unarchive}", self._archive)
        app.router.add_get("/{tail:(?!apis/).*}", _page)
        return app

    async def _list(self, request: web.Request) -> web.Response:
        version, kind, user = _parts(request)
        query = parse_query(request.query)
        if query.experiment_id:
            experiment = self.state.find("experiments", query.experiment_id, user)
            records = [r for r in self.state.records(kind).values() if r.experiment_id == experiment.id]
        else:
            self.state.allow(user, query.namespace)
            records = [r for r in self.state.records(kind).values() if r.namespace == query.namespace]
        return web.json_response(page(version, kind, records, query, self.state.clock()))

    async def _get(self, request: web.Request) -> web.Response:
        version, kind, user = _parts(request)
        record = self.state.find(kind, request.match_info["id"], user)
        return web.json_response(detail(version, kind, record, self.state.clock()))

    async def _create(self, request: web.Request) -> web.Response:
        version, kind, user = _parts(request)
        body = await _body(request)
        name = body.get("display_name") or body.get("name") or ""
        if kind == "experiments":
            namespace = body.get("namespace") or reference(body, "NAMESPACE")
            record = self.state.create_experiment(name, namespace, user)
        else:
            experiment_id = body.get("experiment_id") or reference(body, "EXPERIMENT")
            record = self.state.create_run(name, experiment_id, user, body)
        return web.json_response(detail(version, kind, record, self.state.clock()))

    async def _delete(self, request: web.Request) -> web.Response:
        _, kind, user = _parts(request)
        self.state.delete(kind, request.match_info["id"], user)
        return web.json_response({})

    async def _archive(self, request: web.Request) -> web.Response:
        _, kind, user = _parts(request)
        self.state.find(kind, request.match_info["id"], user).archived = request.match_info["verb"] == "archive"
        return web.json_response({})

    async def _pipelines(self, request: web.Request) -> web.Response:
        # Shared pipelines belong to no namespace, so that any user may list them.
        if namespace := request.query.get("namespace", ""):
            self.state.allow(_user(request), namespace)
        elif not _user(request):
            self.state.allow("", "")
        return web.json_response({})


def _parts(request: web.Request) -> tuple[Version, Kind, str]:
    match = request.match_info
    return cast(Version, match["version"]), cast(Kind, match["kind"]), _user(request)


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except json.JSONDecodeError as error:
        raise Refused(INVALID_ARGUMENT, f"invalid character: {error}") from error
    if not isinstance(body, dict):
        raise Refused(INVALID_ARGUMENT, "Invalid input error: an object is expected.")
    return body


async def _healthz(_: web.Request) -> web.Response:
    # The real one asks for no user either.
    return web.json_response({"commit_sha": "testbench", "tag_name": "testbench", "multi_user": True})


async def _page(_: web.Request) -> web.Response:
    return web.Response(text="<!doctype html><title>Kubeflow Pipelines</title><h1>Kubeflow Pipelines</h1>"
                        "<p>A stand-in: the API alone is here.</p>", content_type="text/html")  # fmt: skip


def _named_by_gateway(request: web.Request) -> str:
    return request.headers.get(USER_HEADER, "")


def _user(request: web.Request) -> str:
    return request.app[_USER_OF](request)


@web.middleware
async def _errors_as_json(request: web.Request, handler: _Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refused as refused:
        body = {"error": str(refused), "code": refused.code, "message": str(refused), "details": []}
        return web.json_response(body, status=refused.status)
    except web.HTTPNotFound:
        # grpc-gateway for a path that it has no route for.
        return web.json_response({"error": "Not Found", "code": 5, "message": "Not Found", "details": []}, status=404)
