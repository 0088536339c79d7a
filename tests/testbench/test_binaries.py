"""Finding and building the binaries, with a Go that is a shell script."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from testbench.binaries import CHECKOUT, DEX, OAUTH2_PROXY
from testbench.errors import BuildFailed
from testbench.golang import version_of, wanted

_GO = """#!/bin/sh
case $1 in
version) echo "go version go1.99.1 linux/amd64" ;;
build)
  echo run >> "{folder}/runs"
  sleep 0.3
  {then}
  ;;
esac
"""


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A build folder, with a Go first on the PATH that writes what it is asked for."""
    monkeypatch.delenv("DEX", raising=False)
    monkeypatch.delenv("OAUTH2_PROXY", raising=False)
    _put_go(tmp_path, 'echo binary > "$3"')
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return tmp_path


def _put_go(folder: Path, then: str) -> None:
    go = folder / "go"
    go.unlink(missing_ok=True)
    go.write_text(_GO.format(folder=folder, then=then))
    go.chmod(0o755)


def test_named_binary_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DEX", sys.executable)
    assert DEX.path() == Path(sys.executable).resolve()
    monkeypatch.setenv("DEX", str(tmp_path / "absent"))
    with pytest.raises(BuildFailed, match="DEX="):
        DEX.path()


def test_built_once_and_named_after_its_inputs(build: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = build / "out"
    dex = DEX.path(folder)
    assert dex.parent == folder / "go" / "bin"
    assert dex.read_text() == "binary\n"
    assert "from source, once" in capsys.readouterr().out
    assert DEX.path(folder) == dex
    assert OAUTH2_PROXY.path(folder) != dex
    assert (build / "runs").read_text().splitlines() == ["run", "run"]
    assert not list(dex.parent.glob("*.partial"))


def test_two_processes_build_once(build: Path) -> None:
    folder = build / "out"
    code = f"from pathlib import Path; from testbench.binaries import DEX; print(DEX.path(Path({str(folder)!r})))"
    both = [
        subprocess.Popen([sys.executable, "-c", code], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) for _ in "ab"
    ]
    paths = {process.communicate(timeout=30)[0].splitlines()[-1] for process in both}
    assert len(paths) == 1
    assert (build / "runs").read_text().splitlines() == ["run"]


def test_failed_build_shows_the_compilers_lines_and_leaves_nothing(build: Path) -> None:
    _put_go(build, "echo 'x.go:1: no good' >&2; exit 1")
    with pytest.raises(BuildFailed, match=r"(?s)no good.*DEX=/path/to/dex"):
        DEX.path(build / "out")
    assert list((build / "out" / "go" / "bin").glob("dex-*[0-9a-f]")) == []


def test_versions(build: Path) -> None:
    assert version_of(build / "go") == (1, 99, 1)
    assert wanted(CHECKOUT / "testbench" / "go" / "dex" / "go.mod") >= (1, 25)
