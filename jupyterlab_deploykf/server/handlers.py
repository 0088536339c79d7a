"""The REST API: parse, one call, serialise. ``openapi.yaml`` describes it."""

from __future__ import annotations

from functools import partial, wraps
from typing import Any, Awaitable, Callable

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from .. import operations
from ..core.jsonvalue import parse_object
from ..core.session import Session
from ..core.words import one_line
from ..errors import DeployKFError
from ..session import Sessions
from .events import Announcer
from .pools import Job, Pool, Withdrawn, Workers
from .problems import http_status
from .routes import PREFIX, RESOURCE

#: How a proxy's log calls it, too: the client closed the request.
CLIENT_GONE = 499


def _problems_as_json(method: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    @wraps(method)
    async def answer(self: _Handler, *args: Any) -> None:
        self.refuse_foreign_pages()
        try:
            await method(self, *args)
        except DeployKFError as error:
            self.log.info("deployKF: %s: %s", error.code, error.message)
            self.set_status(http_status(error))
            self.finish(error.problem())
        except Withdrawn:
            self.set_status(CLIENT_GONE, "Client Closed Request")
            self.finish()

    return answer


def _guarded(method: Callable[..., Awaitable[None]]) -> Any:
    """Authenticated, authorized for our resource, not of a foreign page, and with errors as JSON."""
    return web.authenticated(authorized(_problems_as_json(method)))


def is_foreign(site: str | None, origin: str | None, host: str) -> bool:
    """Whether a page of another origin sends a request.

    Parameters
    ----------
    site
        The header ``Sec-Fetch-Site``, which browsers send over https and no page can set.
    origin
        The header ``Origin``, which browsers send with each POST.
    host
        The header ``Host``.
    """
    if site is not None:
        # "none": the user's own doing. "same-site" may be someone else's notebook.
        return site not in ("same-origin", "none")
    return origin is not None and origin.partition("://")[2].lower() != host.lower()


class _Handler(APIHandler):
    auth_resource = RESOURCE

    def initialize(
        self,
        sessions: Sessions,
        announcer: Announcer,
        userid_header: str,
        keeps_fresh: Callable[[], bool],
        workers: Workers,
        amended: Callable[[Session], Session],
        is_served: bool,
    ) -> None:
        self.sessions = sessions
        self.announcer = announcer
        self.userid_header = userid_header
        self.keeps_fresh = keeps_fresh
        self.workers = workers
        self.amended = amended
        self.is_served = is_served
        self._job: Job[operations.Json] | None = None

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")

    def refuse_foreign_pages(self) -> None:
        """Refuse a POST of another origin's page, if Jupyter's own check is switched off.

        Raises
        ------
        tornado.web.HTTPError
        """
        is_checked = self.request.method == "GET" or not self.settings.get("disable_check_xsrf", False)
        # No page knows the token but those that it was given to.
        if is_checked or self.token_authenticated:
            return
        headers = self.request.headers
        if is_foreign(headers.get("Sec-Fetch-Site"), headers.get("Origin"), self.request.host):
            raise web.HTTPError(403, "This request comes from a page of another origin.")

    def on_connection_close(self) -> None:
        """Drop what has not begun: the client has gone. What has begun goes on."""
        super().on_connection_close()
        if self._job is not None:
            self._job.withdraw()

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

    async def look(self, operation: Callable[..., operations.Json], **fields: Any) -> operations.Json:
        """Answer with what an operation gives that reads files."""
        return await self._answer(self.workers.files, "look", operation, **fields)

    async def change(self, operation: Callable[..., operations.Json], **fields: Any) -> operations.Json:
        """Answer with what an operation gives that may wait for a file's lock."""
        return await self._answer(self.workers.files, "change", operation, **fields)

    async def ask(self, operation: Callable[..., operations.Json], to: str = "", **fields: Any) -> operations.Json:
        """Answer with what an operation gives that makes requests, to `issuer` or else `to`."""
        lane = fields.get("issuer", to).rstrip("/")
        return await self._answer(self.workers.network, lane, operation, **fields)

    def announce(self, change: str, session: operations.Json) -> None:
        """Announce what an operation did to a session."""
        self.announcer.announce(change, session["cluster"]["issuer"])

    async def _answer(
        self, pool: Pool, lane: str, operation: Callable[..., operations.Json], **fields: Any
    ) -> operations.Json:
        self._job = pool.submit(partial(operation, self.sessions, **fields), lane)
        result = await self._job.result
        self.finish(result)
        return result


class StatusHandler(_Handler):
    """Who is signed in where."""

    @_guarded
    async def get(self) -> None:
        """Answer from the cache, the settings and the request alone."""
        await self.look(self._status, gateway_user=self._gateway_user())

    def _status(self, sessions: Sessions, gateway_user: str | None) -> operations.Json:
        # In a thread: the user's setting is in a file, too.
        return operations.status(sessions, gateway_user, self.keeps_fresh(), self.amended)

    def _gateway_user(self) -> str | None:
        # Whoever reaches the server past the gateway can write there what they like: it serves a warning alone.
        return one_line(self.request.headers.get(self.userid_header, "")) or None


class ProviderHandler(_Handler):
    """What an authorization request needs."""

    @_guarded
    async def post(self) -> None:
        """Discover the issuer."""
        fields = self.fields("issuer")
        await self.ask(operations.provider, **fields)


class LoginHandler(_Handler):
    """A code becomes a session."""

    @_guarded
    async def post(self) -> None:
        """Trade the code, verify the ID token, write the cache."""
        fields = self.fields("issuer", "code", "code_verifier", "nonce")
        self.announce("signed_in", await self.ask(operations.login, **fields))


class PasswordLoginHandler(_Handler):
    """A user name and a password become a session."""

    @_guarded
    async def post(self) -> None:
        """Fill in the issuer's form, trade the code that it gives, write the cache."""
        fields = self.fields("issuer", "username", "password", "auth_type")
        self.announce("signed_in", await self.ask(operations.login_password, **fields))


class LoginConfirmHandler(_Handler):
    """A login that replaces another user's session is meant."""

    @_guarded
    async def post(self) -> None:
        """Write what waits for this into the cache."""
        fields = self.fields("issuer", "confirmation")
        self.announce("signed_in", await self.change(operations.confirm_login, **fields))


class LoginDiscardHandler(_Handler):
    """A login that would replace another user's session is not meant."""

    @_guarded
    async def post(self) -> None:
        """Forget what waits."""
        await self.change(operations.discard_login, **self.fields("issuer", "confirmation"))


class DeviceHandler(_Handler):
    """A login on another device begins."""

    @_guarded
    async def post(self) -> None:
        """Ask the issuer for a code; the attempt goes to the caller, and nothing of it is kept."""
        fields = self.fields("issuer")
        await self.ask(operations.begin_device, **fields)


class DevicePollHandler(_Handler):
    """A login on another device becomes a session."""

    @_guarded
    async def post(self) -> None:
        """Look once whether it is done."""
        fields = self.fields("issuer", "device_code", "code_verifier")
        polled = await self.ask(operations.poll_device, **fields)
        if polled["session"] is not None:
            self.announce("signed_in", polled["session"])


class RefreshHandler(_Handler):
    """A session is refreshed because someone wants it."""

    @_guarded
    async def post(self) -> None:
        """Refresh it now."""
        fields = self.fields("issuer")
        self.announce("refreshed", await self.ask(operations.refresh, **fields))


class LogoutHandler(_Handler):
    """A session is forgotten on this machine."""

    @_guarded
    async def post(self) -> None:
        """Forget it."""
        self.announce("signed_out", await self.change(operations.logout, **self.fields("issuer")))


class ServiceAccountHandler(_Handler):
    """The mounted ServiceAccount token."""

    @_guarded
    async def get(self) -> None:
        """Look at it."""
        await self.look(operations.service_account)


class ClustersHandler(_Handler):
    """The clusters that are known."""

    @_guarded
    async def get(self) -> None:
        """List them."""
        await self.look(operations.clusters)


class AddClusterHandler(_Handler):
    """A cluster of the user's own list, new or changed."""

    @_guarded
    async def post(self) -> None:
        """Ask its issuer by its own settings, and keep it."""
        request = self._json()
        cluster = request.get("cluster")
        issuer = cluster.get("issuer") if isinstance(cluster, dict) else None
        await self.ask(operations.add_cluster, to=str(issuer), request=request)
        self.announcer.announce("clusters")


class RememberClusterHandler(_Handler):
    """A cluster that was logged in to."""

    @_guarded
    async def post(self) -> None:
        """Keep it, unless it is configured already."""
        await self.change(operations.remember_cluster, **self.fields("issuer"))
        self.announcer.announce("clusters")


class RemoveClusterHandler(_Handler):
    """A cluster of the user's own list that is wanted no more."""

    @_guarded
    async def post(self) -> None:
        """Take it out; its session stays."""
        await self.change(operations.remove_cluster, **self.fields("issuer"))
        self.announcer.announce("clusters")


class DoctorHandler(_Handler):
    """Everything that signing in needs, checked."""

    @_guarded
    async def post(self) -> None:
        """Check it; without an issuer that of the first known cluster."""
        fields = operations.read_fields(self._json(), (), ("issuer",))
        await self.ask(operations.doctor, **fields, served=self.is_served)


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
    base_url: str,
    sessions: Sessions,
    announcer: Announcer,
    userid_header: str,
    keeps_fresh: Callable[[], bool],
    workers: Workers,
    amended: Callable[[Session], Session],
    is_served: bool,
) -> list[tuple[str, type[_Handler], dict[str, Any]]]:
    """Make the routes under a server's base URL, as tornado takes them.

    Parameters
    ----------
    base_url
        The server's.
    sessions
        The use cases.
    announcer
        Tells open pages of changes.
    userid_header
        The header in which the platform's gateway names its user.
    keeps_fresh
        Whether sessions are refreshed ahead of time; called in a thread.
    workers
        The threads in which requests are answered.
    amended
        Adds to a session what the refresher knows of it.
    is_served
        Whether the Jupyter server gives the cache away as a file.
    """
    arguments = {
        "sessions": sessions,
        "announcer": announcer,
        "userid_header": userid_header,
        "keeps_fresh": keeps_fresh,
        "workers": workers,
        "amended": amended,
        "is_served": is_served,
    }
    return [(url_path_join(base_url, PREFIX, path), handler, arguments) for path, handler in ROUTES.items()]
