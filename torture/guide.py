"""Where the guide's class is, and the environment that it runs in."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support.guide import find_guide_class

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Guide:
    """The guide's class.

    Parameters
    ----------
    python
        The Python that has what the class imports.
    file
        Its source.
    """

    python: Path
    file: Path


def find_guide(python: Path, folder: Path) -> Guide | None:
    """Return the guide's class; None if it isn't there, or can't be run here.

    Parameters
    ----------
    python
        A Python with requests_oauthlib.
    folder
        Where its source is put.
    """
    source = find_guide_class("DeployKFCredentialsOutOfBand")
    if source is None or not python.exists():
        return None
    if subprocess.run([python, "-c", "import requests_oauthlib"], capture_output=True, check=False).returncode:
        return None
    file = folder / "guide.py"
    file.write_text(source)
    return Guide(python, file)
