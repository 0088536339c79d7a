"""Notes beside the cache: what one process has found out, for all others."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from jupyterlab_deploykf.core.setback import Setback
from jupyterlab_deploykf.errors import IssuerUnreachable
from jupyterlab_deploykf.io import notes
from jupyterlab_deploykf.io.notes import Notes

ISSUER = "https://one.example.com/dex"
SETBACK = Setback("mark", 10.0, 2, 70.0, 20.0, IssuerUnreachable("No answer.", "Try again."), 5.0)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "cache.json"


def note_file(place: Path) -> Path:
    (file,) = place.parent.glob("*.note")
    return file


def test_what_is_written_is_read(place: Path) -> None:
    Notes(str(place)).write(ISSUER, SETBACK)
    read = Notes(str(place)).read(ISSUER)
    assert read is not None
    assert read.to_dict() == SETBACK.to_dict()
    assert Notes(str(place)).read("https://two.example.com/dex") is None
    assert stat.S_IMODE(note_file(place).stat().st_mode) == 0o600


@pytest.mark.parametrize("times", [50, 400])
def test_nothing_of_a_longer_note_stays_behind_a_shorter_one(place: Path, times: int) -> None:
    told = Notes(str(place))
    told.write(ISSUER, replace(SETBACK, problem=IssuerUnreachable("No answer. " * times, "Try again.")))
    told.write(ISSUER, SETBACK)
    read = told.read(ISSUER)
    assert read is not None
    assert read.to_dict() == SETBACK.to_dict()


def test_a_note_that_was_removed_is_gone(place: Path) -> None:
    told = Notes(str(place))
    told.write(ISSUER, SETBACK)
    told.remove(ISSUER)
    told.remove(ISSUER)
    assert told.read(ISSUER) is None


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"session": "mark"}', "\x00", "{" * 5000])
def test_what_is_no_note_is_none(place: Path, content: str) -> None:
    told = Notes(str(place))
    told.write(ISSUER, SETBACK)
    note_file(place).write_text(content)
    assert told.read(ISSUER) is None


@pytest.mark.parametrize("field", ["session", "failed_at", "failures", "not_before", "busy_until", "problem"])
@pytest.mark.parametrize("value", ["text", [], {}, True, 1e400])
def test_a_field_that_is_odd_harms_nobody(place: Path, field: str, value: object) -> None:
    told = Notes(str(place))
    told.write(ISSUER, SETBACK)
    fields = json.loads(note_file(place).read_text())
    note_file(place).write_text(json.dumps({**fields, field: value}))
    read = told.read(ISSUER)
    assert read is None or isinstance(read, Setback)


def test_the_times_of_another_machine_or_another_start_say_nothing(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Notes(str(place)).write(ISSUER, SETBACK)
    monkeypatch.setattr(notes, "_machine", lambda: "another")
    assert Notes(str(place)).read(ISSUER) is None


def test_where_nothing_can_be_written_each_finds_out_for_itself(tmp_path: Path) -> None:
    told = Notes(str(tmp_path / "nowhere" / "cache.json"))
    told.write(ISSUER, SETBACK)
    told.remove(ISSUER)
    assert told.read(ISSUER) is None


def test_a_link_in_its_place_is_not_followed(place: Path, tmp_path: Path) -> None:
    told = Notes(str(place))
    told.write(ISSUER, SETBACK)
    file, target = note_file(place), tmp_path / "target"
    target.write_text("mine")
    file.unlink()
    os.symlink(target, file)
    told.write(ISSUER, SETBACK)
    assert target.read_text() == "mine"
