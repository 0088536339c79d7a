"""What answers in place of the REST API when the server extension could not start.

It says why. A 404 would look as if nothing was installed, and the front end would use a kernel, which
doesn't know what the administrator allows. Nothing else of ours is imported here, since that may be what fails.
"""

from __future__ import annotations

from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from ..errors import ServerExtensionFailed
from .routes import PREFIX, RESOURCE

#: The longest reason that people are shown, in characters.
_LONGEST = 300


class _FailureHandler(APIHandler):
    """Answers every request with the same problem."""

    auth_resource = RESOURCE

    def initialize(self, problem: dict[str, object]) -> None:
        self._problem = problem

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Say what failed."""
        self._refuse()

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Say what failed."""
        self._refuse()

    def _refuse(self) -> None:
        self.set_status(500)
        self.finish(self._problem)


def explain(error: BaseException) -> ServerExtensionFailed:
    """Describe why the server extension could not start, in one line.

    Parameters
    ----------
    error
        What was raised while the parts were put together, before any session was read: it holds no secret.
    """
    lines = str(error).strip().splitlines()
    text = "".join(c if c.isprintable() else " " for c in lines[0]) if lines else ""
    reason = type(error).__name__ + (f": {text}" if text else "")
    if len(reason) > _LONGEST:
        reason = f"{reason[:_LONGEST]}…"
    return ServerExtensionFailed(
        f"The deployKF extension of the Jupyter server failed to load ({reason}).",
        "See the Jupyter server's log. Fix the cause or update jupyterlab-deploykf, then restart the server.",
    )


def make_failure_handlers(
    base_url: str, failure: ServerExtensionFailed
) -> list[tuple[str, type[_FailureHandler], dict[str, Any]]]:
    """Return one route for everything under our part of the URL, as tornado takes it."""
    return [(url_path_join(base_url, PREFIX, ".*"), _FailureHandler, {"problem": failure.problem()})]
