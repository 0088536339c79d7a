"""The server extension: settings, routes, and the refresher's life."""

from __future__ import annotations

from functools import partial
from typing import Any

from jupyter_server.extension.application import ExtensionApp
from traitlets import Bool, Dict, List, Unicode

from ..wiring import make_sessions
from .events import Announcer
from .handlers import make_handlers
from .pools import Workers
from .preferences import Preferences, find_places
from .refresher import Refresher


class DeployKF(ExtensionApp):
    """Log in to deployKF from JupyterLab."""

    name = "jupyterlab_deploykf"
    description = "Log in to deployKF from JupyterLab, and keep the session fresh for every kernel."

    clusters = List(
        Dict(),
        config=True,
        help=(
            "The deployKF clusters that all users of this server see. Each is an object with issuer, and "
            "optionally name, api_url, ca_file, skip_tls_verify, client_id, scopes, "
            "auth_types: «local», «ldap» or both where people log in there with a user name and a password."
        ),
    )
    allowed_issuers = List(
        Unicode(),
        default_value=None,
        allow_none=True,
        config=True,
        help="The only issuers that may be used from this server; None for any.",
    )
    keep_fresh = Bool(
        True,
        config=True,
        help=(
            "Refresh each session 15 minutes before its token expires, while the server runs. "
            "Where this is off, no user's setting turns it on."
        ),
    )
    userid_header = Unicode(
        "kubeflow-userid",
        config=True,
        help=(
            "The request header in which the platform's gateway names its user, as Kubeflow's USERID_HEADER. "
            "JupyterLab warns where that is not who is signed in; nothing is authorized by it."
        ),
    )

    def initialize_settings(self) -> None:
        """Put the parts together."""
        self.sessions = make_sessions(self.clusters, self.allowed_issuers)
        self.announcer = Announcer(self._server().event_logger)
        self.preferences = Preferences(partial(find_places, self._server()), self.log)
        self.workers = Workers()
        self.refresher = Refresher(self.sessions, self.announcer.announce, self.log, keeps_fresh=self.keeps_fresh)

    def keeps_fresh(self) -> bool:
        """Whether sessions are refreshed now: the administrator's «off» wins over the user's setting."""
        return self.keep_fresh and self.preferences.keep_fresh()

    def initialize_handlers(self) -> None:
        """Register the routes, and begin once the event loop runs."""
        self.handlers.extend(
            make_handlers(
                "/",
                self.sessions,
                self.announcer,
                self.userid_header,
                lambda: self.refresher.is_running and self.keeps_fresh(),
                self.workers,
                self.refresher.amended,
            )
        )
        # The hook for this is younger than JupyterLab 4.2's oldest server.
        self._server().io_loop.add_callback(self.refresher.start)

    async def stop_extension(self) -> None:
        """End the refresher with the server."""
        await self.refresher.stop()
        self.workers.close()

    def _server(self) -> Any:
        # Typed as optional; jupyter_server sets it before it initializes an extension.
        return self.serverapp
