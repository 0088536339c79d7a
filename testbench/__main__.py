"""``python -m testbench demo | serve``."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import threading
from pathlib import Path

from .bench import Bench
from .binaries import BUILD
from .demo import run_demo
from .errors import BenchError
from .options import BenchOptions, Listener


def main() -> int:
    """Run one of the two until Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m testbench", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    demo = verbs.add_parser("demo", help="a small deployKF with JupyterLab in it")
    demo.add_argument("--port", type=int, default=0, help="of the one origin (default: a free one)")
    demo.add_argument("--kernel-python", type=Path, default=Path(sys.executable))
    demo.add_argument("--folder", type=Path, default=BUILD / "demo")
    serve = verbs.add_parser("serve", help="the same without JupyterLab; its addresses as a line of JSON")
    serve.add_argument("--port", type=int, default=0)
    arguments = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        if arguments.verb == "demo":
            run_demo(arguments.folder.resolve(), arguments.kernel_python.absolute(), arguments.port, stop)
        else:
            _serve(arguments.port, stop)
    except (BenchError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _serve(port: int, stop: threading.Event) -> None:
    with tempfile.TemporaryDirectory() as folder, Bench(BenchOptions(Listener(port=port)), Path(folder)) as bench:
        addresses = {"origin": bench.origin, "issuer": bench.issuer, "api_url": bench.api_url}
        print(json.dumps(addresses), flush=True)
        stop.wait()


if __name__ == "__main__":
    sys.exit(main())
