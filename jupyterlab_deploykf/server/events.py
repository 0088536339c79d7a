"""What the server announces, so that an open JupyterLab doesn't have to poll."""

from __future__ import annotations

from typing import Any

from jupyter_events import EventLogger
from jupyter_events.validators import EVENT_METASCHEMA

#: Registered in Jupyter's own namespace of event schemas.
SCHEMA_ID = "https://events.jupyter.org/jupyterlab_deploykf/session_changed"

#: The changes of a session, then those that concern all of them: ``clusters``, when the list of
#: clusters changes, and ``cache``, when the server starts or stops refreshing sessions.
CHANGES = ("signed_in", "refreshed", "signed_out", "session_ended", "refresh_failed", "clusters", "cache")

_SCHEMA: dict[str, Any] = {
    "$id": SCHEMA_ID,
    "title": "A deployKF session changed",
    "personal-data": False,
    "description": (
        "Tells an open JupyterLab to ask for the status again. It names the issuer and what happened, "
        "but neither a user nor a token."
    ),
    "type": "object",
    "additionalProperties": False,
    "required": ["issuer", "change"],
    "properties": {
        "issuer": {"type": "string", "description": "Whose session it is; empty if the change concerns them all."},
        "change": {"enum": list(CHANGES), "description": "What happened."},
    },
}


class Announcer:
    """Announces changes of sessions on the server's event stream.

    Parameters
    ----------
    logger
        The server's ``event_logger``.
    """

    def __init__(self, logger: EventLogger) -> None:
        self._logger = logger
        if SCHEMA_ID not in logger.schemas:
            logger.register_event_schema(event_schema())

    def announce(self, change: str, issuer: str = "") -> None:
        """Announce one change; call it on the event loop.

        Parameters
        ----------
        change
            One of `CHANGES`.
        issuer
            Whose session it is; empty if the change concerns them all.
        """
        self._logger.emit(schema_id=SCHEMA_ID, data={"issuer": issuer, "change": change})


def event_schema() -> dict[str, Any]:
    """Return the schema of our events in the form that the installed jupyter-events accepts."""
    # Until 0.10 a version is a number and nothing else; since 0.11 it is a text, and a number makes it warn.
    takes_number = EVENT_METASCHEMA["properties"]["version"]["type"] == "integer"
    return {**_SCHEMA, "version": 1 if takes_number else "1"}
