"""deployKF's class as the guide has it, in its own environment; nothing of it is changed.

kfp and kubernetes take a second to import, and the class uses nothing of them but a base class
and a type, so both are stood in for.
"""

from __future__ import annotations

import builtins
import logging
import sys
import types
from pathlib import Path
from typing import Any

_PACKAGES = ("kfp", "kfp.client", "kfp.client.token_credentials_base", "kubernetes", "kubernetes.client")


class LoginWanted(Exception):
    """The class has asked a person to log in."""


def load(guide_file: str) -> Any:
    """Return the class; where it would ask a person to log in, it raises `LoginWanted`.

    Parameters
    ----------
    guide_file
        A file with the class's source.
    """
    for name in _PACKAGES:
        sys.modules[name] = types.ModuleType(name)
    vars(sys.modules["kfp.client.token_credentials_base"])["TokenCredentialsBase"] = object
    vars(sys.modules["kubernetes.client"])["configuration"] = types.SimpleNamespace(Configuration=object)

    def ask(*_: object) -> str:
        raise LoginWanted

    setattr(builtins, "input", ask)  # noqa: B010 - the assignment would not type
    setattr(builtins, "print", lambda *_, **__: None)  # noqa: B010 - the same
    logging.disable(logging.CRITICAL)
    scope: dict[str, Any] = {"__name__": "guide"}
    exec(compile(Path(guide_file).read_text(), guide_file, "exec"), scope)
    return scope["DeployKFCredentialsOutOfBand"]
