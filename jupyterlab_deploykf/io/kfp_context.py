"""kfp's own settings file, which its client reads in its constructor."""

from __future__ import annotations

import json
import os

from ..errors import ConfigurationError


def context_path() -> str:
    """Where kfp keeps the user's namespace, and perhaps a header or a cookie."""
    return os.path.join(os.path.expanduser("~"), ".config", "kfp", "context.json")


def read_context(path: str | None = None) -> dict[str, object]:
    """The settings; empty where there is no file.

    Raises
    ------
    ConfigurationError
        It can't be read, or is no JSON object: kfp's own client fails at it too.
    """
    path = path or context_path()
    try:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not JSON"
        raise _unusable(path, str(reason)) from None
    if not isinstance(document, dict):
        raise _unusable(path, "it is no JSON object")
    return document


def context_namespace(path: str | None = None) -> str | None:
    """The namespace that the user has set with kfp (``set_user_namespace``).

    Raises
    ------
    ConfigurationError
    """
    namespace = read_context(path).get("namespace")
    return namespace if isinstance(namespace, str) and namespace else None


def _unusable(path: str, reason: str) -> ConfigurationError:
    return ConfigurationError(
        f"kfp's settings {path} can't be used: {reason}.", "Move the file away: kfp makes a new one."
    )
