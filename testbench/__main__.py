"""``python -m testbench demo | serve | build``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .binaries import BUILD, build_all
from .demo import USUAL_PORT, run_demo
from .errors import BenchError
from .serve import add_arguments, serve
from .stopping import StopRequested, stop_on_signals


def main() -> int:
    """Run one of the verbs; Ctrl-C and SIGTERM are the ordinary end."""
    arguments = _parser().parse_args()
    stop_on_signals()
    try:
        if arguments.verb == "demo":
            run_demo(arguments.folder.resolve(), arguments.kernel_python.absolute(), arguments.port)
        elif arguments.verb == "serve":
            serve(arguments)
        else:
            build_all()
    except BenchError as error:
        print(error, file=sys.stderr)
        return 1
    except StopRequested:
        # `serve` is read by programs: its standard output is the one line of JSON.
        print("Stopped.", file=sys.stderr if arguments.verb == "serve" else sys.stdout, flush=True)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m testbench", description="A small deployKF on loopback.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    demo = verbs.add_parser("demo", help="with JupyterLab in it, for a person to try")
    demo.add_argument("--port", type=int, help=f"of the one origin (default: {USUAL_PORT}, or a free one)")
    demo.add_argument("--kernel-python", type=Path, default=Path(sys.executable), metavar="PATH",
                      help="a Python with kfp 2.x, ipykernel and this project (default: this one)")  # fmt: skip
    demo.add_argument("--folder", type=Path, default=BUILD / "demo", help="its state (default: %(default)s)")
    add_arguments(verbs.add_parser("serve", help="for tests; its addresses as a line of JSON"))
    verbs.add_parser("build", help="have both binaries, and say where they are")
    return parser


if __name__ == "__main__":
    sys.exit(main())
