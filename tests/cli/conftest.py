"""What the tests of the command line share."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from testbench.bench import Bench


@pytest.fixture
def at_bench(bench: Bench, home: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """The shared bench, as the one cluster of a home without sessions; no browser."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DEPLOYKF_ISSUER_URL", bench.issuer)
    return bench


@pytest.fixture
def browser(tmp_path: Path) -> tuple[str, Path]:
    """A browser that notes the address it is given: the value of BROWSER, and the note."""
    note, program = tmp_path / "opened", tmp_path / "browser"
    program.write_text(f'#!/bin/sh\nprintf %s "$1" > {note}\n')
    os.chmod(program, stat.S_IRWXU)
    return f"{program} %s", note
