"""``python -m mutants.forks LOG``: runs pytest once for each line that it reads, in a fork of its own.

What takes most of a short run is loading Jupyter's and other people's packages. Here they are loaded once.
Nothing of ours is: each run reads it anew.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import time
import traceback

#: Plugins of pytest's that these packages load themselves are none of ours: their assertions need no rewriting.
_WARNING = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"

#: What our tests load of other packages.
_PACKAGES = (
    "pytest",
    "hypothesis",
    "requests",
    "jwt.algorithms",
    "cryptography.x509",
    "cryptography.hazmat.primitives.asymmetric.ec",
    "cryptography.hazmat.primitives.asymmetric.rsa",
    "jupyter_server.serverapp",
    "jupyter_server.services.contents.largefilemanager",
    "jupyter_client",
    "jupyterlab_server",
    "nbformat",
    "tornado.testing",
    "tornado.httpclient",
    "tornado.websocket",
    "yaml",
)


def main(log: str) -> None:
    """Read lines of ``[seconds, [argument, …]]``, and write the exit code of each run; null if it took too long."""
    for name in _PACKAGES:
        importlib.import_module(name)
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        limit, arguments = json.loads(line)
        print(json.dumps(_run(limit, arguments, log)), flush=True)


def _run(limit: float, arguments: list[str], log: str) -> int | None:
    child = os.fork()
    if child == 0:
        _become_pytest(arguments, log)
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            # What it started and left behind ends with it.
            _end_group(child)
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    _end_group(child)
    os.waitpid(child, 0)
    return None


def _become_pytest(arguments: list[str], log: str) -> None:
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for descriptor, target in ((0, os.devnull), (1, log), (2, log)):
        os.dup2(os.open(target, os.O_RDWR | os.O_CREAT | os.O_TRUNC if descriptor == 1 else os.O_RDWR), descriptor)
    code = 70
    try:
        import pytest

        code = int(pytest.main(["-W", _WARNING, *arguments]))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _end_group(child: int) -> None:
    try:
        os.killpg(child, signal.SIGKILL)
    except ProcessLookupError:
        return  # all have ended


if __name__ == "__main__":
    main(sys.argv[1])
