"""The REST API: parse, one call, serialise. ``openapi.yaml`` describes it."""

from __future__ import annotations

import asyncio
import json
import os
import time
from functools import partial, wraps
from typing import Any, Awaitable, Callable, TypeVar

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from .._version import __version__
from ..core.session import Session
from ..errors import DeployKFError
from ..io.environment import service_account_token_path
from ..io.service_account import look_at_service_account
from ..session import Sessions
from .events import Announcer
from .problems import BadRequest, http_status

#: The resource that Jupyter's authorizer is asked about.
RESOURCE = "deploykf"

#: Under the server's base URL.
PREFIX = "jupyterlab-deploykf"

_T = TypeVar("_T")


def _problems_as_json(method: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    @wraps(method)
    async def answer(self: _Handler, *args: Any) -> None:
        try:
            await method(self, *args)
        except DeployKFError as error:
            self.log.info("deployKF: %s: %s", error.code, error.message)
            self.set_status(http_status(error))
            self.finish(error.problem())

    return answer


def _guarded(method: Callable[..., Awaitable[None]]) -> Any:
    """Authenticated, authorized for our resource, and with errors as JSON."""
    return web.authenticated(authorized(_problems_as_json(method)))


class _Handler(APIHandler):
    auth_resource = RESOURCE

    def initialize(self, sessions: Sessions, announcer: Announcer) -> None:
        self.sessions = sessions
        self.announcer = announcer

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")

    async def in_thread(self, call: Callable[..., _T], *args: Any) -> _T:
        """Run what touches files or the network; the event loop is never blocked."""
        return await asyncio.get_running_loop().run_in_executor(None, partial(call, *args))

    def fields(self, *required: str) -> dict[str, str]:
        """The texts of the request's JSON object: those that are required, and no others.

        Raises
        ------
        BadRequest
        """
        body = self._json()
        for name in required:
            if not isinstance(body.get(name), str) or not body[name]:
                raise BadRequest(f"The request lacks «{name}».", "Send it as a text.")
        unknown = sorted(set(body) - set(required))
        if unknown:
            raise BadRequest(f"The request has a field too many: «{unknown[0]}».", "Leave it out.")
        return {name: body[name] for name in required}

    def _json(self) -> dict[str, Any]:
        try:
            body = json.loads(self.request.body)
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict):
            raise BadRequest("The request is not a JSON object.", "Send one.")
        return body

    def finish_session(self, change: str, session: Session) -> None:
        """Announce a change, and answer with the session as it is now."""
        self.announcer.announce(change, session.cluster.issuer)
        self.finish(session.to_dict())


class StatusHandler(_Handler):
    """Who is signed in where."""

    @_guarded
    async def get(self) -> None:
        """Answer from the cache alone."""
        self.finish(await self.in_thread(self._status))

    def _status(self) -> dict[str, Any]:
        sessions: list[Session] = []
        problem: DeployKFError | None = None
        try:
            sessions = self.sessions.status()
        except DeployKFError as error:
            problem = error
        problem = problem or self.sessions.store.notice
        return {
            "version": __version__,
            "cache": {"path": self.sessions.store.path, "problem": problem.problem() if problem else None},
            "sessions": [session.to_dict() for session in sessions],
        }


class ProviderHandler(_Handler):
    """What an authorization request needs."""

    @_guarded
    async def get(self) -> None:
        """Discover the issuer."""
        issuer = self.get_query_argument("issuer", "")
        if not issuer:
            raise BadRequest("The request lacks «issuer».", "Name it in the query.")
        cluster, provider = await self.in_thread(self.sessions.provider, issuer)
        self.finish(
            {
                "issuer": provider.issuer,
                "authorization_endpoint": provider.authorization_endpoint,
                "token_endpoint": provider.token_endpoint,
                "jwks_uri": provider.jwks_uri,
                "client_id": cluster.client_id,
                "redirect_uri": cluster.redirect_uri,
                "scopes": list(cluster.scopes),
                "skip_tls_verify": cluster.skip_tls_verify,
            }
        )


class LoginHandler(_Handler):
    """A code becomes a session."""

    @_guarded
    async def post(self) -> None:
        """Trade the code, verify the ID token, write the cache."""
        fields = self.fields("issuer", "code", "code_verifier", "nonce")
        self.finish_session("signed_in", await self.in_thread(partial(self.sessions.login, **fields)))


class RefreshHandler(_Handler):
    """A session is refreshed because someone wants it."""

    @_guarded
    async def post(self) -> None:
        """Refresh it now."""
        issuer = self.fields("issuer")["issuer"]
        self.finish_session("refreshed", await self.in_thread(self.sessions.refresh, issuer))


class LogoutHandler(_Handler):
    """A session is forgotten on this machine."""

    @_guarded
    async def post(self) -> None:
        """Forget it."""
        issuer = self.fields("issuer")["issuer"]
        self.finish_session("signed_out", await self.in_thread(self.sessions.logout, issuer))


class ServiceAccountHandler(_Handler):
    """The mounted ServiceAccount token."""

    @_guarded
    async def get(self) -> None:
        """Look at it."""
        path = service_account_token_path(os.environ)
        self.finish((await self.in_thread(look_at_service_account, path, time.time())).to_dict())


class ClustersHandler(_Handler):
    """The clusters that are known."""

    @_guarded
    async def get(self) -> None:
        """List them; trouble with the user's own list is said beside the others."""
        self.finish(await self.in_thread(self._clusters))

    @_guarded
    async def put(self) -> None:
        """Replace the user's own list."""
        entries = self._json().get("clusters")
        if not isinstance(entries, list):
            raise BadRequest("The request lacks the list «clusters».", "Send it.")
        await self.in_thread(self.sessions.clusters.save_own, entries)
        self.announcer.announce("clusters")
        self.finish(await self.in_thread(self._clusters))

    def _clusters(self) -> dict[str, Any]:
        book = self.sessions.clusters
        problem: DeployKFError | None = None
        try:
            clusters = book.clusters()
        except DeployKFError as error:
            problem, clusters = error, book.fixed()
        return {
            "clusters": [cluster.to_dict() for cluster in clusters],
            "path": book.path,
            "problem": problem.problem() if problem else None,
        }


ROUTES: dict[str, type[_Handler]] = {
    "/status": StatusHandler,
    "/provider": ProviderHandler,
    "/login": LoginHandler,
    "/refresh": RefreshHandler,
    "/logout": LogoutHandler,
    "/service-account": ServiceAccountHandler,
    "/clusters": ClustersHandler,
}


def make_handlers(
    base_url: str, sessions: Sessions, announcer: Announcer
) -> list[tuple[str, type[_Handler], dict[str, Any]]]:
    """The routes under a server's base URL, as tornado takes them."""
    arguments = {"sessions": sessions, "announcer": announcer}
    return [(url_path_join(base_url, PREFIX, path), handler, arguments) for path, handler in ROUTES.items()]
