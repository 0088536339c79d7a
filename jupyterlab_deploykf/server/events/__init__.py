"""What the server announces, so that an open JupyterLab need not poll."""

from __future__ import annotations

from pathlib import Path

from jupyter_events import EventLogger

#: Registered in Jupyter's own namespace of event schemas.
SCHEMA_ID = "https://events.jupyter.org/jupyterlab_deploykf/session_changed"


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
            logger.register_event_schema(Path(__file__).parent / "session_changed.yaml")

    def announce(self, change: str, issuer: str = "") -> None:
        """Announce one change; call it on the event loop.

        Parameters
        ----------
        change
            One of the schema's words.
        issuer
            Whose session it is; empty where the change concerns them all.
        """
        self._logger.emit(schema_id=SCHEMA_ID, data={"issuer": issuer, "change": change})
