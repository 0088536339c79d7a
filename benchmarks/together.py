"""Kernels whose token expires at the same moment: how many token requests, and who goes on.

As a program, ``together.py SIDE ISSUER [GUIDE_FILE]``, it is one such kernel:
it says "ready", waits for a line, and says whether it has a token.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from testbench.bench import Bench

ROOT = Path(__file__).resolve().parent.parent
COUNT = 32


def race(python: Path, side: str, guide_file: Path, bench: Bench, home: Path) -> dict[str, int]:
    """Let `COUNT` kernels meet one expired token.

    Returns
    -------
    dict
        ``requests``, the token requests that they made, and ``went_on``, how many have a token.
    """
    kernels = [
        subprocess.Popen(
            [python, "-m", "benchmarks.together", side, bench.issuer, guide_file],
            cwd=ROOT,
            env={**os.environ, "HOME": str(home), "OAUTHLIB_INSECURE_TRANSPORT": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for _ in range(COUNT)
    ]
    for kernel in kernels:
        assert kernel.stdout is not None
        if kernel.stdout.readline() != "ready\n":
            raise SystemExit(f"A kernel of the {side} side did not start.")
    cache = home / ".config/kfp/dkf_credentials.json"
    entries = json.loads(cache.read_text())
    entries[bench.issuer]["expires_at"] = time.time() - 1
    cache.write_text(json.dumps(entries))
    before = bench.token_requests
    for kernel in kernels:
        assert kernel.stdin is not None
        kernel.stdin.write("go\n")
        kernel.stdin.flush()
    said = [kernel.communicate(timeout=120)[0].strip() for kernel in kernels]
    return {"requests": bench.token_requests - before, "went_on": said.count("token")}


def main() -> None:
    """Be one kernel."""
    side, issuer, guide_file = sys.argv[1:4]
    call: Any
    if side == "ours":
        from jupyterlab_deploykf import get_token

        def call() -> object:
            return get_token(issuer)
    else:
        scope: dict[str, Any] = {"__name__": "guide"}
        exec(compile(Path(guide_file).read_text(), guide_file, "exec"), scope)

        def call() -> object:
            return scope["DeployKFCredentialsOutOfBand"](issuer)

    print("ready", flush=True)
    sys.stdin.readline()
    # Nobody answers a prompt: input() fails at the end of the pipe.
    sys.stdin.close()
    call()
    print("token", flush=True)


if __name__ == "__main__":
    main()
