"""What the user has set in JupyterLab's settings, as far as the server acts on it.

The server reads it itself, so that it holds after a restart with no page open.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from dataclasses import dataclass
from typing import Any, Callable

#: Our settings, as ``schema/plugin.json`` describes them.
PLUGIN = "jupyterlab-deploykf:plugin"

#: The setting's name, and what holds where it can't be read.
KEEP_FRESH = "keepFresh"
DEFAULT = True


@dataclass(frozen=True)
class Places:
    """Where an application of JupyterLab's kind has its settings.

    Parameters
    ----------
    app_settings_dir
        The administrator's, with ``overrides.json``.
    schemas_dir, labextensions_path
        Where the descriptions of settings are looked for.
    user_settings_dir
        The user's own.
    """

    app_settings_dir: str
    schemas_dir: str
    user_settings_dir: str
    labextensions_path: tuple[str, ...] = ()

    def signature(self) -> tuple[tuple[int, ...] | None, ...]:
        """What changes when someone changes a setting: a few looks at files that are not opened."""
        folder, name = PLUGIN.split(":")
        return (
            _signature(os.path.join(self.user_settings_dir, folder, f"{name}.jupyterlab-settings")),
            _signature(os.path.join(self.app_settings_dir, "overrides.json")),
            _signature(os.path.join(self.app_settings_dir, "overrides.json5")),
        )


def find_places(serverapp: Any) -> Places | None:
    """The settings of the JupyterLab or Notebook on a server; None where there is neither.

    Parameters
    ----------
    serverapp
        The server, once it has loaded its extensions.
    """
    # Who has such an application has imported this; a server without one need not have it.
    module = sys.modules.get("jupyterlab_server.app")
    if module is None:
        return None
    for _, apps in sorted(serverapp.extension_manager.extension_apps.items()):
        for app in apps:
            # One that is installed and switched off is not linked to the server.
            is_used = isinstance(app, module.LabServerApp) and app.serverapp is not None
            if is_used and app.schemas_dir and app.user_settings_dir:
                return Places(
                    app.app_settings_dir,
                    app.schemas_dir,
                    app.user_settings_dir,
                    (*app.extra_labextensions_path, *app.labextensions_path),
                )
    return None


class Preferences:
    """The user's settings; may be asked from any thread, and often.

    Parameters
    ----------
    find
        Finds the settings' places; called once, when they are needed first.
    log
        For what can't be read.
    """

    def __init__(self, find: Callable[[], Places | None], log: logging.Logger) -> None:
        self._find = find
        self._log = log
        self._lock = threading.Lock()
        self._places: Places | None = None
        self._is_found = False
        self._seen: tuple[tuple[int, ...] | None, ...] | None = None
        self._keep_fresh = DEFAULT

    def keep_fresh(self) -> bool:
        """Whether the user wants sessions kept fresh; True where that can't be read, which is logged once."""
        with self._lock:
            if not self._is_found:
                self._places = self._find()
                self._is_found = True
                if self._places is None:
                    self._log.info("deployKF: no JupyterLab on this server, so sessions are kept fresh by default.")
            if self._places is not None:
                # Before reading: what is written meanwhile is met at the next look.
                signature = self._places.signature()
                if signature != self._seen:
                    self._keep_fresh = self._read(self._places)
                    self._seen = signature
            return self._keep_fresh

    def _read(self, places: Places) -> bool:
        from jupyterlab_server.settings_utils import get_settings

        try:
            found, warnings = get_settings(
                places.app_settings_dir,
                places.schemas_dir,
                places.user_settings_dir,
                schema_name=PLUGIN,
                labextensions_path=list(places.labextensions_path),
            )
            default = found["schema"]["properties"][KEEP_FRESH]["default"]
            value = found["settings"].get(KEEP_FRESH, default)
            if not isinstance(value, bool):
                raise TypeError(f"«{KEEP_FRESH}» is {value!r}")
        except Exception as error:
            # People and other programs write these files, and another package reads them: it may raise anything.
            self._log.warning("deployKF: the settings can't be read, so the defaults hold: %s", error)
            return DEFAULT
        for warning in filter(None, warnings):
            self._log.warning("deployKF: the settings are not as they should be, so the defaults hold: %s", warning)
        return value


def _signature(path: str) -> tuple[int, ...] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
