"""``python -m testbench demo | serve``."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path

from .bench import Bench
from .binaries import BUILD
from .demo import run_demo
from .errors import BenchError
from .jupyter import Kernel, make_jupyter
from .options import BenchOptions, DexOptions


def main() -> int:
    """Run one of the two until Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m testbench", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    demo = verbs.add_parser("demo", help="a small deployKF with JupyterLab in it")
    demo.add_argument("--port", type=int, default=0, help="of the one origin (default: a free one)")
    demo.add_argument("--kernel-python", type=Path, default=Path(sys.executable))
    demo.add_argument("--folder", type=Path, default=BUILD / "demo")
    serve = verbs.add_parser("serve", help="the same for tests; its addresses as a line of JSON")
    serve.add_argument("--folder", type=Path, help="for its files (default: a temporary one)")
    serve.add_argument("--lab", action="store_true", help="with JupyterLab in it")
    serve.add_argument("--kernel-python", type=Path, help="a kernel with kfp 2.x, offered as «kfp2»")
    serve.add_argument("--lab-config", type=Path, help="a configuration file for JupyterLab")
    serve.add_argument("--id-tokens", default=DexOptions.id_tokens, help="how long ID tokens live")
    arguments = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        if arguments.verb == "demo":
            run_demo(arguments.folder.resolve(), arguments.kernel_python.absolute(), arguments.port, stop)
        else:
            _serve(arguments, stop)
    except (BenchError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _serve(arguments: argparse.Namespace, stop: threading.Event) -> None:
    with ExitStack() as stack:
        folder = arguments.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        options = BenchOptions(dex=DexOptions(id_tokens=arguments.id_tokens))
        bench = stack.enter_context(Bench(options, folder / "parts"))
        if arguments.lab:
            python = arguments.kernel_python
            kernels = (Kernel("kfp2", "Python 3 (kfp 2)", python.absolute()),) if python else ()
            lab = make_jupyter(
                bench, Path(sys.executable), folder / "home", kernels=kernels, config=arguments.lab_config
            )
            stack.callback(lab.stop)
            lab.start()
        print(json.dumps(_addresses(bench, folder)), flush=True)
        stop.wait()


def _addresses(bench: Bench, folder: Path) -> dict[str, object]:
    return {
        "origin": bench.origin,
        "issuer": bench.issuer,
        "apiUrl": bench.api_url,
        "notebookPath": bench.notebook_path,
        "labPort": bench.notebook_port,
        "home": str(folder / "home"),
        "users": [{"email": user.email, "password": user.password} for user in bench.users],
    }


if __name__ == "__main__":
    sys.exit(main())
