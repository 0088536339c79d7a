"""The doctor on this machine: which versions are here, and which variables are set."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Iterable, Mapping

from .._version import __version__
from ..core.network import CA_VARIABLES
from ..io import environment
from ..io.plain_client import installed

_PACKAGES = ("kfp", "jupyterlab", "notebook", "jupyter_server", "requests", "urllib3", "PyJWT", "cryptography")

#: What our behaviour depends on. Their names are told, and no values: some are passwords.
_VARIABLES = (
    *(environment.ISSUER_URL, environment.API_URL, environment.CA_FILE, environment.SKIP_TLS_VERIFY),
    *(environment.USERNAME, environment.PASSWORD, environment.PASSWORD_FILE, environment.AUTH_TYPE),
    environment.AUTH_TYPES,
    *(environment.ENDPOINT, environment.SA_TOKEN_PATH, environment.IAP_CLIENT_ID, environment.NOTEBOOK_PREFIX),
    *(*environment.KUBERNETES, environment.KUBECONFIG, *CA_VARIABLES),
    *("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "all_proxy", "no_proxy"),
)


def describe_machine(paths: Iterable[str], environ: Mapping[str, str], now: float) -> dict[str, str]:
    """What a bug report needs besides the checks, by its name.

    Parameters
    ----------
    paths
        Of the files that are ours.
    environ
        The environment.
    now
        Seconds since the epoch.
    """
    return {
        "jupyterlab-deploykf": __version__,
        "python": f"{platform.python_version()} at {sys.executable}",
        "platform": platform.platform(),
        **{name: installed(name) or "not installed" for name in _PACKAGES},
        "local time": time.strftime("%Y-%m-%d %H:%M:%S %z", time.localtime(now)),
        "files": ", ".join(f"{path} ({'there' if os.path.lexists(path) else 'not there'})" for path in paths),
        "variables that are set": ", ".join(name for name in _VARIABLES if environ.get(name)) or "none",
    }
