"""The demo: a small deployKF with JupyterLab in it, for a person to try."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from filelock import FileLock, Timeout

from .bench import Bench
from .errors import BenchError
from .jupyter import Kernel, make_jupyter
from .options import DEMO_NAMESPACE, BenchOptions
from .stopping import wait_for_ever
from .webserver import bind, port_of

USUAL_PORT = 8765

_NOTEBOOK = Path(__file__).parent / "notebooks" / "demo.ipynb"
_NEEDED = ("ipykernel", "kfp", "jupyterlab_deploykf")


def run_demo(folder: Path, kernel_python: Path, port: int | None) -> None:
    """Run the demo until the process is told to stop.

    Parameters
    ----------
    folder
        Its home folder, logs and configuration; kept between runs.
    kernel_python
        An interpreter with kfp 2.x, ipykernel and this project.
    port
        Of the one origin. By default `USUAL_PORT`, or a free one where that is taken.

    Raises
    ------
    BenchError
        Something is missing; the message says what to do.
    """
    _check_kernel(kernel_python)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / "demo.lock", timeout=0):
            _run(folder, kernel_python, port)
    except Timeout:
        raise BenchError(f"A demo is running in {folder} already. Stop it, or choose another --folder.") from None


def _run(folder: Path, kernel_python: Path, port: int | None) -> None:
    home = folder / "home"
    # Dex keeps its sessions in memory: those of an earlier run are unknown to it.
    (home / ".config/kfp/dkf_credentials.json").unlink(missing_ok=True)
    options = BenchOptions(port=_usual_or_free() if port is None else port)
    print("Starting Dex, oauth2-proxy and the gateway…", flush=True)
    try:
        bench = Bench(options, folder / "parts")
    except OSError as error:
        raise BenchError(f"Port {options.port} can't be used: {error.strerror}. Choose another with --port.") from error
    with bench:
        lab = make_jupyter(
            bench, Path(sys.executable), home, kernels=(Kernel("kfp2", "Python 3 (kfp 2)", kernel_python),)
        )
        notebook = home / "work" / _NOTEBOOK.name
        if not notebook.exists():
            shutil.copy(_NOTEBOOK, notebook)
        print("Starting JupyterLab…", flush=True)
        try:
            lab.start(deadline=60)
            print(_welcome(bench, home), flush=True)
            wait_for_ever()
        finally:
            lab.stop()


def _check_kernel(python: Path) -> None:
    names = ", ".join(map(repr, _NEEDED))
    code = f"import importlib.util as u; print(*[n for n in ({names}) if u.find_spec(n) is None])"
    try:
        result = subprocess.run(
            [python, "-I", "-c", code], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise BenchError(f"{python} is not a Python that runs: {error}. Name one by --kernel-python.") from error
    if missing := result.stdout.split():
        raise BenchError(
            f"The kernel's Python lacks {', '.join(missing)}. "
            f"Install with: {python} -m pip install 'kfp>=2' ipykernel -e . — or name another by --kernel-python."
        )


def _usual_or_free() -> int:
    try:
        held = bind(USUAL_PORT)
    except OSError:
        print(f"Port {USUAL_PORT} is taken; taking a free one.", flush=True)
        held = bind()
    with held:
        return port_of(held)


def _welcome(bench: Bench, home: Path) -> str:
    user = bench.users[0]
    lines = [
        "A small deployKF is running.",
        "",
        f"Open       {bench.origin}{bench.notebook_path}lab/tree/{_NOTEBOOK.name}",
        f"E-mail     {user.email}",
        f"Password   {user.password}",
        f"Namespace  {DEMO_NAMESPACE}",
        "",
        "You sign in to the platform first. In JupyterLab, run “Login to deployKF”",
        "from the launcher or the deployKF menu, then run the notebook.",
        "",
        f"The session's cache: {home / '.config/kfp/dkf_credentials.json'}",
        f"Logs:                {bench.folder}",
        "Stop with Ctrl-C.",
    ]
    width = max(map(len, lines))
    rule = "─" * (width + 2)
    return "\n".join([f"╭{rule}╮", *(f"│ {line:<{width}} │" for line in lines), f"╰{rule}╯"])
