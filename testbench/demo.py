"""The demo: a small deployKF with JupyterLab in it, for a person to try."""

from __future__ import annotations

import shutil
import sys
import threading
from pathlib import Path

from .bench import Bench
from .jupyter import Kernel, make_jupyter
from .options import BenchOptions, Listener

_NOTEBOOK = Path(__file__).parent / "notebooks" / "demo.ipynb"


def run_demo(folder: Path, kernel_python: Path, port: int, stop: threading.Event) -> None:
    """Run the demo until `stop` is set.

    Parameters
    ----------
    folder
        Its home folder, logs and configuration; kept between runs.
    kernel_python
        An interpreter with kfp 2.x, ipykernel and this project.
    port
        Of the one origin; 0 for a free one.
    """
    home = folder / "home"
    with Bench(BenchOptions(Listener(port=port)), folder / "parts") as bench:
        kernel = Kernel("kfp2", "Python 3 (kfp 2)", kernel_python)
        lab = make_jupyter(bench, Path(sys.executable), home, kernels=(kernel,))
        notebook = home / "work" / _NOTEBOOK.name
        if not notebook.exists():
            shutil.copy(_NOTEBOOK, notebook)
        try:
            lab.start()
            print(_welcome(bench, home), flush=True)
            stop.wait()
        finally:
            print("Stopping…", flush=True)
            lab.stop()


def _welcome(bench: Bench, home: Path) -> str:
    user = bench.users[0]
    lines = [
        "A small deployKF is running.",
        "",
        f"Open      {bench.origin}{bench.notebook_path}lab/tree/{_NOTEBOOK.name}",
        f"Sign in   {user.email}",
        f"Password  {user.password}",
        "",
        "You sign in to the platform first. In JupyterLab, run «Login to deployKF»",
        "from the launcher or the deployKF menu, then run the notebook.",
        "",
        f"The session's cache: {home / '.config/kfp/dkf_credentials.json'}",
        "Stop with Ctrl-C.",
    ]
    width = max(map(len, lines))
    rule = "─" * (width + 2)
    return "\n".join([f"╭{rule}╮", *(f"│ {line:<{width}} │" for line in lines), f"╰{rule}╯"])
