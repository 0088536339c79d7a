"""The REST API: parse, one call, serialise. ``openapi.yaml`` describes it."""

from __future__ import annotations

import asyncio
from functools import partial, wraps
from typing import Any, Awaitable, Callable, TypeVar

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from .. import operations
from ..core.jsonvalue import parse_object
from ..errors import DeployKFError
from ..session import Sessions
from .events import Announcer
from .problems import http_status

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

    def initialize(
        self, sessions: Sessions, announcer: Announcer, userid_header: str, keeps_fresh: Callable[[], bool]
    ) -> None:
        self.sessions = sessions
        self.announcer = announcer
        self.userid_header = userid_header
        self.keeps_fresh = keeps_fresh

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")

    async def in_thread(self, call: Callable[..., _T], *args: Any, **fields: Any) -> _T:
        """Run what touches files or the network; the event loop is never blocked."""
        return await asyncio.get_running_loop().run_in_executor(None, partial(call, *args, **fields))

    def fields(self, *required: str) -> dict[str, str]:
        """The texts of the request's JSON object: those that are required, and no others.

        Raises
        ------
        BadRequest
        """
        return operations.read_fields(self._json(), required)

    def _json(self) -> dict[str, Any]:
        body = parse_object(self.request.body)
        if body is None:
            raise operations.BadRequest("The request is not a JSON object.", "Send one.")
        return body

    async def answer(self, operation: Callable[..., operations.Json], **fields: Any) -> operations.Json:
        """Perform an operation, and answer with what it gives."""
        result = await self.in_thread(operation, self.sessions, **fields)
        self.finish(result)
        return result

    async def change(self, change: str, operation: Callable[..., operations.Json], **fields: str) -> None:
        """The same for one that changes a session, which is announced."""
        session = await self.answer(operation, **fields)
        self.announcer.announce(change, session["cluster"]["issuer"])


class StatusHandler(_Handler):
    """Who is signed in where."""

    @_guarded
    async def get(self) -> None:
        """Answer from the cache, the settings and the request alone."""
        kept_fresh = await self.in_thread(self.keeps_fresh)
        await self.answer(operations.status, gateway_user=self._gateway_user(), kept_fresh=kept_fresh)

    def _gateway_user(self) -> str | None:
        # Whoever reaches the server past the gateway can write there what they like: it serves a warning alone.
        return self.request.headers.get(self.userid_header, "").strip() or None


class ProviderHandler(_Handler):
    """What an authorization request needs."""

    @_guarded
    async def get(self) -> None:
        """Discover the issuer."""
        issuer = self.get_query_argument("issuer", "")
        if not issuer:
            raise operations.BadRequest("The request lacks «issuer».", "Name it in the query.")
        await self.answer(operations.provider, issuer=issuer)


class LoginHandler(_Handler):
    """A code becomes a session."""

    @_guarded
    async def post(self) -> None:
        """Trade the code, verify the ID token, write the cache."""
        fields = self.fields("issuer", "code", "code_verifier", "nonce")
        await self.change("signed_in", operations.login, **fields)


class PasswordLoginHandler(_Handler):
    """A user name and a password become a session."""

    @_guarded
    async def post(self) -> None:
        """Fill in the issuer's form, trade the code that it gives, write the cache."""
        fields = self.fields("issuer", "username", "password", "auth_type")
        await self.change("signed_in", operations.login_password, **fields)


class LoginConfirmHandler(_Handler):
    """A login that replaces another user's session is meant."""

    @_guarded
    async def post(self) -> None:
        """Write what waits for this into the cache."""
        await self.change("signed_in", operations.confirm_login, **self.fields("issuer", "confirmation"))


class LoginDiscardHandler(_Handler):
    """A login that would replace another user's session is not meant."""

    @_guarded
    async def post(self) -> None:
        """Forget what waits."""
        await self.answer(operations.discard_login, **self.fields("issuer", "confirmation"))


class DeviceHandler(_Handler):
    """A login on another device begins."""

    @_guarded
    async def post(self) -> None:
        """Ask the issuer for a code; the attempt goes to the caller, and nothing of it is kept."""
        await self.answer(operations.begin_device, **self.fields("issuer"))


class DevicePollHandler(_Handler):
    """A login on another device becomes a session."""

    @_guarded
    async def post(self) -> None:
        """Look once whether it is done."""
        polled = await self.answer(operations.poll_device, **self.fields("issuer", "device_code", "code_verifier"))
        if polled["session"] is not None:
            self.announcer.announce("signed_in", polled["session"]["cluster"]["issuer"])


class RefreshHandler(_Handler):
    """A session is refreshed because someone wants it."""

    @_guarded
    async def post(self) -> None:
        """Refresh it now."""
        await self.change("refreshed", operations.refresh, **self.fields("issuer"))


class LogoutHandler(_Handler):
    """A session is forgotten on this machine."""

    @_guarded
    async def post(self) -> None:
        """Forget it."""
        await self.change("signed_out", operations.logout, **self.fields("issuer"))


class ServiceAccountHandler(_Handler):
    """The mounted ServiceAccount token."""

    @_guarded
    async def get(self) -> None:
        """Look at it."""
        await self.answer(operations.service_account)


class ClustersHandler(_Handler):
    """The clusters that are known."""

    @_guarded
    async def get(self) -> None:
        """List them."""
        await self.answer(operations.clusters)


class _ClustersChange(_Handler):
    async def change_list(self, operation: Callable[..., operations.Json], **fields: Any) -> None:
        """Perform an operation that changes the user's own list, which is announced."""
        await self.answer(operation, **fields)
        self.announcer.announce("clusters")


class AddClusterHandler(_ClustersChange):
    """A cluster of the user's own list, new or changed."""

    @_guarded
    async def post(self) -> None:
        """Ask its issuer by its own settings, and keep it."""
        await self.change_list(operations.add_cluster, request=self._json())


class RememberClusterHandler(_ClustersChange):
    """A cluster that was logged in to."""

    @_guarded
    async def post(self) -> None:
        """Keep it, unless it is configured already."""
        await self.change_list(operations.remember_cluster, **self.fields("issuer"))


class RemoveClusterHandler(_ClustersChange):
    """A cluster of the user's own list that is wanted no more."""

    @_guarded
    async def post(self) -> None:
        """Take it out; its session stays."""
        await self.change_list(operations.remove_cluster, **self.fields("issuer"))


class DoctorHandler(_Handler):
    """Everything that signing in needs, checked."""

    @_guarded
    async def get(self) -> None:
        """Check it; without an issuer that of the first known cluster."""
        await self.answer(operations.doctor, issuer=self.get_query_argument("issuer", ""))


ROUTES: dict[str, type[_Handler]] = {
    "/status": StatusHandler,
    "/provider": ProviderHandler,
    "/login": LoginHandler,
    "/login/password": PasswordLoginHandler,
    "/login/confirm": LoginConfirmHandler,
    "/login/discard": LoginDiscardHandler,
    "/device": DeviceHandler,
    "/device/poll": DevicePollHandler,
    "/refresh": RefreshHandler,
    "/logout": LogoutHandler,
    "/service-account": ServiceAccountHandler,
    "/clusters": ClustersHandler,
    "/clusters/add": AddClusterHandler,
    "/clusters/remember": RememberClusterHandler,
    "/clusters/remove": RemoveClusterHandler,
    "/doctor": DoctorHandler,
}


def make_handlers(
    base_url: str, sessions: Sessions, announcer: Announcer, userid_header: str, keeps_fresh: Callable[[], bool]
) -> list[tuple[str, type[_Handler], dict[str, Any]]]:
    """The routes under a server's base URL, as tornado takes them."""
    arguments = {
        "sessions": sessions,
        "announcer": announcer,
        "userid_header": userid_header,
        "keeps_fresh": keeps_fresh,
    }
    return [(url_path_join(base_url, PREFIX, path), handler, arguments) for path, handler in ROUTES.items()]
