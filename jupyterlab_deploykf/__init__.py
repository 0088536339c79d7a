"""Log in to deployKF from JupyterLab, and use the Kubeflow Pipelines SDK in every kernel.

Nothing but this file is loaded until a name is used (PEP 562): a kernel pays
for what it needs.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .errors import DeployKFError as DeployKFError
    from .errors import LoginRequired as LoginRequired
    from .errors import SessionEnded as SessionEnded
    from .kfp.client import kfp_client as kfp_client
    from .kfp.credentials import DeployKFCredentialsOutOfBand as DeployKFCredentialsOutOfBand
    from .kfp.enabling import disable as disable
    from .kfp.enabling import enable as enable
    from .kfp.manager import KFPClientManager as KFPClientManager
    from .wiring import get_token as get_token

__all__ = [
    "DeployKFCredentialsOutOfBand",
    "DeployKFError",
    "KFPClientManager",
    "LoginRequired",
    "SessionEnded",
    "__version__",
    "disable",
    "enable",
    "get_token",
    "kfp_client",
]

_HOME = {
    "DeployKFCredentialsOutOfBand": "kfp.credentials",
    "DeployKFError": "errors",
    "KFPClientManager": "kfp.manager",
    "LoginRequired": "errors",
    "SessionEnded": "errors",
    "disable": "kfp.enabling",
    "enable": "kfp.enabling",
    "get_token": "wiring",
    "kfp_client": "kfp.client",
    "__version__": "_version",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_ipython_extension(_: object) -> None:
    """``%load_ext jupyterlab_deploykf``: see `enable` (IPython's hook)."""
    from .kfp.enabling import enable

    enable()


def unload_ipython_extension(_: object) -> None:
    """``%unload_ext jupyterlab_deploykf``: see `disable` (IPython's hook)."""
    from .kfp.enabling import disable

    disable()


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Where the prebuilt front end stands (JupyterLab's hook)."""
    return [{"src": "labextension", "dest": "jupyterlab-deploykf"}]


def _jupyter_server_extension_points() -> list[dict[str, object]]:
    """The server extension (jupyter_server's hook)."""
    from .server.extension import DeployKF

    return [{"module": "jupyterlab_deploykf", "app": DeployKF}]
