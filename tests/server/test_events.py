"""The schema of the server's events, for every jupyter-events that the dependencies allow."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from jupyter_events import EventLogger

from jupyterlab_deploykf.server import events
from jupyterlab_deploykf.server.events import SCHEMA_ID, Announcer, event_schema


def test_the_installed_library_registers_the_schema_without_a_warning() -> None:
    logger = EventLogger()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Announcer(logger)
        Announcer(logger)
    assert SCHEMA_ID in logger.schemas


# The compatibility suite loads the extension with the libraries that ask for a number.
@pytest.mark.parametrize(("wanted", "version"), [("integer", 1), ("string", "1"), (["string", "integer"], "1")])
def test_the_version_is_of_the_type_that_the_library_asks_for(
    monkeypatch: pytest.MonkeyPatch, wanted: Any, version: Any
) -> None:
    monkeypatch.setattr(events, "EVENT_METASCHEMA", {"properties": {"version": {"type": wanted}}})
    assert event_schema()["version"] == version


async def test_each_change_is_valid_and_others_are_not() -> None:
    logger = EventLogger()
    announcer = Announcer(logger)
    heard: list[Any] = []

    async def listen(logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        heard.append(data)

    logger.add_listener(schema_id=SCHEMA_ID, listener=listen)
    for change in events.CHANGES:
        announcer.announce(change, "https://deploykf.example.com/dex")
    await logger.gather_listeners()
    assert [data["change"] for data in heard] == list(events.CHANGES)
    with pytest.raises(Exception, match="is not one of"):
        announcer.announce("something_else")
