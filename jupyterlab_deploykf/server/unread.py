"""Configuration files that should have configured us, and that Jupyter could not load.

Jupyter logs such a file and starts without all that it says; the default then allows every issuer.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator
from typing import Any


def find_unread(files: Iterable[str], loaded: Iterable[str], section: str) -> str | None:
    """Return the first file that sets something in a section and was not loaded; None if there is none.

    Parameters
    ----------
    files
        Where configuration is looked for; they don't have to exist.
    loaded
        Those that were loaded and set anything.
    section
        The section's name.
    """
    known = {os.path.realpath(file) for file in loaded}
    for file in files:
        if os.path.realpath(file) in known:
            continue
        try:
            with open(file, encoding="utf-8", errors="replace") as opened:
                text = opened.read()
        except OSError:
            # Not there, or not for this user: so it is for Jupyter.
            continue
        if sets(text, section, is_python=file.endswith(".py")):
            return file
    return None


def sets(text: str, section: str, *, is_python: bool) -> bool:
    """Whether a configuration file that is loaded sets something in a section, whatever conditions in it say.

    Parameters
    ----------
    text
        The file's content.
    section
        The section's name.
    is_python
        Whether it is a program; otherwise it is JSON.
    """
    if section not in text or not is_python:
        return section in text
    try:
        statements = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # Nobody knows what it was to set.
        return True
    # What stands in an `if` may rightly have set nothing.
    plain = (s for s in statements if isinstance(s, (ast.Assign, ast.AugAssign, ast.Expr)))
    return any(isinstance(node, ast.Attribute) and node.attr == section for s in plain for node in ast.walk(s))


def configuration_files(serverapp: Any) -> Iterator[str]:
    """Name the files in which a server and its extensions look for configuration."""
    apps = list(_apps(serverapp))
    for name in dict.fromkeys(["jupyter_config", *(app.config_file_name for app in apps)]):
        for folder in serverapp.config_file_paths:
            yield from (os.path.join(folder, f"{name}.{kind}") for kind in ("py", "json"))
    yield from (app.config_file for app in apps if app.config_file)


def loaded_files(serverapp: Any) -> Iterator[str]:
    """Name the files that were loaded and set anything."""
    for app in _apps(serverapp):
        yield from app.loaded_config_files


def _apps(serverapp: Any) -> Iterator[Any]:
    yield serverapp
    for _, apps in sorted(serverapp.extension_manager.extension_apps.items()):
        # One that is installed and switched off is not linked to the server.
        yield from (app for app in apps if app.serverapp is not None)
