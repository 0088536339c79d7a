"""JupyterLab behind the gateway, in a home of its own, started as Kubeflow Notebooks start it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .bench import Bench
from .health import answers
from .process import Child

# What must not leak in from the user who runs this: settings, servers, credentials.
_FOREIGN = ("JUPYTER", "IPYTHON", "JPY_", "DEPLOYKF_", "KF_PIPELINES_", "XDG_", "PYTHONPATH", "PYTHONHOME")


@dataclass(frozen=True)
class Kernel:
    """A kernel that the notebook offers.

    Attributes
    ----------
    name
        Its folder's name, such as ``kfp2``.
    title
        What people see.
    python
        The interpreter, with ipykernel and this project installed.
    """

    name: str
    title: str
    python: Path


def home_environment(home: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """An environment in which nothing of the user's own home is read or written.

    Parameters
    ----------
    home
        The home folder of its own; it is made.
    extra
        Further variables.
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    (home / ".run").mkdir(exist_ok=True, mode=0o700)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    places = {
        "HOME": home,
        "JUPYTER_CONFIG_DIR": home / ".jupyter",
        "JUPYTER_DATA_DIR": home / ".local/share/jupyter",
        "JUPYTER_RUNTIME_DIR": home / ".local/share/jupyter/runtime",
        "IPYTHONDIR": home / ".ipython",
        "XDG_CONFIG_HOME": home / ".config",
        "XDG_CACHE_HOME": home / ".cache",
        "XDG_DATA_HOME": home / ".local/share",
        "XDG_STATE_HOME": home / ".local/state",
        "XDG_RUNTIME_DIR": home / ".run",
    }
    return {**kept, **{name: str(place) for name, place in places.items()}, **(extra or {})}


def install_kernel(home: Path, kernel: Kernel) -> None:
    """Offer a kernel in a home."""
    folder = home / ".local/share/jupyter/kernels" / kernel.name
    folder.mkdir(parents=True, exist_ok=True)
    spec = {
        "argv": [str(kernel.python), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": kernel.title,
        "language": "python",
        "metadata": {"debugger": True},
    }
    (folder / "kernel.json").write_text(json.dumps(spec, indent=2))


def _decline_news(home: Path) -> None:
    """Spare people JupyterLab's question about news, and the request to another host."""
    folder = home / ".jupyter/lab/user-settings/@jupyterlab/apputils-extension"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "notification.jupyterlab-settings").write_text(json.dumps({"fetchNews": "false"}))


def make_jupyter(
    bench: Bench,
    python: Path,
    home: Path,
    *,
    kernels: tuple[Kernel, ...] = (),
    config: Path | None = None,
    extra: Mapping[str, str] | None = None,
    arguments: tuple[str, ...] = (),
    token: str = "",
    is_lab3: bool = False,
) -> Child:
    """A JupyterLab that is not started yet.

    Parameters
    ----------
    bench
        Whose notebook it is.
    python
        The interpreter that has JupyterLab and the extension.
    home
        Its home folder; its files are in ``work`` there.
    kernels
        Offered besides its own.
    config
        A configuration file of Jupyter's.
    extra
        Further environment variables; those of the cluster are set.
    arguments
        Further arguments.
    token
        Jupyter's own login, empty where the gateway alone guards it.
    is_lab3
        Whether it is JupyterLab 3, which doesn't start with an option that it doesn't know.
    """
    work = home / "work"
    work.mkdir(parents=True, exist_ok=True)
    _decline_news(home)
    for kernel in kernels:
        install_kernel(home, kernel)
    cluster = {"DEPLOYKF_ISSUER_URL": bench.issuer, "DEPLOYKF_API_URL": bench.api_url}
    if bench.ca_file:
        cluster["DEPLOYKF_CA_FILE"] = str(bench.ca_file)
    # Kubeflow's own variable, which JupyterHub has not.
    kubeflow = {} if bench.options.base_path is not None else {"NB_PREFIX": bench.notebook_path.rstrip("/")}
    environment = home_environment(home, {**cluster, **kubeflow, **(extra or {})})
    command = [
        str(python),
        "-m",
        "jupyterlab",
        "--no-browser",
        *(["--allow-root"] if os.geteuid() == 0 else []),
        f"--ServerApp.port={bench.notebook_port}",
        "--ServerApp.port_retries=0",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.base_url={bench.notebook_path}",
        f"--ServerApp.root_dir={work}",
        # The gateway is the login, as on Kubeflow Notebooks, whose arguments these are; XSRF checks stay on.
        f"--ServerApp.token={token}",
        "--ServerApp.password=",
        *([] if is_lab3 else ["--LabApp.extension_manager=readonly"]),
        *([f"--config={config}"] if config else []),
        *arguments,
    ]
    return Child(
        "JupyterLab",
        command,
        bench.folder / "jupyter.log",
        env=environment,
        cwd=work,
        ready=lambda: answers(bench.notebook_port, f"{bench.notebook_path}api"),
        grace=15.0,  # it shuts its kernels down first
    )
