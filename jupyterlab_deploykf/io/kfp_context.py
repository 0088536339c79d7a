"""kfp's own settings file, which its client reads in its constructor."""

from __future__ import annotations

import os

from ..core.jsonvalue import parse_value
from ..core.words import one_line
from ..errors import ConfigurationError
from .environment import context_path

#: Octets that are read; kfp's file has a few hundred.
_MAX_SIZE = 1024 * 1024


def read_context(path: str | None = None) -> dict[str, object]:
    """The settings; empty if there is no file, or no home folder for it.

    Raises
    ------
    ConfigurationError
        It can't be read, or is no JSON object: kfp's own client fails at it too.
    """
    path = path or context_path()
    if not os.path.isabs(path):
        return {}
    try:
        with open(path, "rb") as file:
            content = file.read(_MAX_SIZE)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise _unusable(path, error.strerror or type(error).__name__) from None
    document = parse_value(content)
    if not isinstance(document, dict):
        raise _unusable(path, "it is not JSON" if document is None else "it is not a JSON object")
    return document


def context_namespace(path: str | None = None) -> str | None:
    """The namespace that the user has set with kfp (``set_user_namespace``).

    Raises
    ------
    ConfigurationError
    """
    namespace = read_context(path).get("namespace")
    return one_line(namespace) or None if isinstance(namespace, str) else None


def _unusable(path: str, reason: str) -> ConfigurationError:
    return ConfigurationError(
        f"kfp's settings {path} can't be used: {reason}.", "Move the file away: kfp makes a new one."
    )
