"""The server extension: settings, routes, and the refresher's life.

If its parts can't be put together it still answers, with the reason (`failure`). So they are imported
when they are put together: one that can't be imported is such a reason.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from jupyter_server.extension.application import ExtensionApp
from traitlets import Bool, Dict, List, TraitType, Unicode
from traitlets.config import Config

from ..errors import ConfigurationError
from .failure import explain, make_failure_handlers
from .section import Issuers, find_mistake
from .unread import configuration_files, find_unread, loaded_files

if TYPE_CHECKING:
    from ..session import Sessions
    from .pools import Workers
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
    allowed_issuers = Issuers(
        Unicode(),
        default_value=None,
        allow_none=True,
        config=True,
        help=(
            "The only issuers that may be used from this server; None for any. "
            "If any setting of this section can't be used, no issuer is allowed."
        ),
    )
    keep_fresh = Bool(
        True,
        config=True,
        help=(
            "Refresh each session 9 to 15 minutes before its token expires, while the server runs. "
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

    # A file of ours that can't be read may forbid something; see `load_config_file`.
    raise_config_file_errors = Bool(True)

    #: None until the parts are put together.
    refresher: Refresher | None = None
    workers: Workers | None = None

    #: Why the administrator's settings can't be used; None if they can.
    unusable: str | None = None

    def load_config_file(self, *arguments: Any, **options: Any) -> None:
        """Load our own configuration files; remember that one can't be used."""
        try:
            super().load_config_file(*arguments, **options)
        except Exception as error:
            # A file is a program, or JSON: anything may go wrong in it.
            self._reject(f"A configuration file can't be loaded: {type(error).__name__}: {error}.")

    def _load_config(
        self,
        cfg: Config,
        section_names: list[str] | None = None,
        traits: dict[str, TraitType[Any, Any]] | None = None,
    ) -> None:
        # Here traitlets drops all settings of a section if one can't be used, and the defaults allow every issuer.
        try:
            super()._load_config(cfg, section_names=section_names, traits=traits)
        except Exception as error:
            self._reject(str(error))
        mistake = find_mistake(
            cfg, type(self).__name__, {name: getattr(self, name) for name in self.traits(config=True)}
        )
        if mistake is not None:
            self._reject(mistake)

    def _reject(self, reason: str) -> None:
        # The first counts: what follows may follow from it.
        self.unusable = self.unusable or reason

    def initialize(self, *arguments: Any, **options: Any) -> None:
        """Put the parts together; if that fails, answer every request with the reason."""
        put_together: Any = super().initialize
        try:
            put_together(*arguments, **options)
        except Exception as error:
            failure = explain(error)
            self.log.error("deployKF: %s", failure.message, exc_info=error)
            web_app = self._server().web_app
            web_app.add_handlers(".*$", make_failure_handlers(web_app.settings["base_url"], failure))

    def initialize_settings(self) -> None:
        """Put the parts together."""
        from .events import Announcer
        from .pools import Workers
        from .preferences import Preferences, find_places
        from .refresher import Refresher

        self.sessions = self._make_sessions()
        self.announcer = Announcer(self._server().event_logger)
        self.preferences = Preferences(partial(find_places, self._server()), self.log)
        self.workers = Workers()
        self.refresher = Refresher(self.sessions, self.announcer.announce, self.log, keeps_fresh=self.keeps_fresh)

    def _make_sessions(self) -> Sessions:
        from ..wiring import make_sessions

        unusable = self.unusable
        if unusable is None and not self._linked:
            unusable = "They could not be read; the log says why."
        if unusable is None:
            serverapp = self._server()
            file = find_unread(configuration_files(serverapp), loaded_files(serverapp), type(self).__name__)
            unusable = None if file is None else f"{file} could not be loaded; the log says why."
        if unusable is None:
            try:
                return make_sessions(self.clusters, self.allowed_issuers, ends_with_process=True)
            except ConfigurationError as error:
                unusable = str(error)
        sessions = make_sessions(unusable=unusable, ends_with_process=True)
        self.log.error("deployKF: %s", sessions.clusters.problem)
        return sessions

    def keeps_fresh(self) -> bool:
        """Whether sessions are refreshed now: the administrator's «off» wins over the user's setting."""
        return self.keep_fresh and self.sessions.clusters.problem is None and self.preferences.keep_fresh()

    def initialize_handlers(self) -> None:
        """Register the routes, and begin once the event loop runs."""
        from .exposure import warn_if_served
        from .handlers import make_handlers

        assert self.refresher is not None  # it was made with the settings
        assert self.workers is not None
        refresher = self.refresher
        self.handlers.extend(
            make_handlers(
                "/",
                self.sessions,
                self.announcer,
                self.userid_header,
                lambda: refresher.is_running and self.keeps_fresh(),
                self.workers,
                refresher.amended,
                warn_if_served(self._server(), self.sessions.store.path, self.log),
            )
        )
        # The hook for this is younger than JupyterLab 4.2's oldest server.
        self._server().io_loop.add_callback(self.refresher.start)

    async def stop_extension(self) -> None:
        """End the refresher with the server; nothing is raised, since that would keep Jupyter from stopping."""
        if self.refresher is not None:
            try:
                await self.refresher.stop()
            except Exception as error:
                self.log.error("deployKF: the refresher ended with %s: %s", type(error).__name__, error)
        if self.workers is not None:
            self.workers.close()

    def _server(self) -> Any:
        # Typed as optional; jupyter_server sets it before it initializes an extension.
        return self.serverapp
