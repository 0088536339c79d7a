"""What importing costs over bare Python, in turns."""

from __future__ import annotations

import statistics
import subprocess
import time
from pathlib import Path

BARE = "pass"
OURS = "from jupyterlab_deploykf import kfp_client, DeployKFCredentialsOutOfBand"
GUIDES = "import kfp, requests, urllib3, requests_oauthlib; from kubernetes.client import configuration"
_FORBIDDEN = ("requests", "urllib3", "kfp", "jupyter_server", "jupyter_core", "asyncio", "jwt", "filelock")


def import_costs(python: Path, rounds: int = 15) -> dict[str, float]:
    """Median seconds over bare Python, for our names and for the guide's imports."""
    seconds: dict[str, list[float]] = {BARE: [], OURS: [], GUIDES: []}
    for _ in range(rounds):
        for code, taken in seconds.items():
            started = time.perf_counter()
            subprocess.run([python, "-c", code], check=True)
            taken.append(time.perf_counter() - started)
    bare = statistics.median(seconds[BARE])
    return {"ours": statistics.median(seconds[OURS]) - bare, "guide": statistics.median(seconds[GUIDES]) - bare}


def loaded_modules(python: Path) -> list[str]:
    """Which modules that a kernel should not pay for are loaded by our names alone."""
    report = f"print(*[name for name in {_FORBIDDEN!r} if name in set(sys.modules) - before])"
    code = f"import sys; before = set(sys.modules); {OURS}; {report}"
    result = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True)
    return result.stdout.split()
