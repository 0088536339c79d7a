"""Scripts in the kernels' own environments, with kfp 1.8 and with kfp 2."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from testbench.bench import Bench

ROOT = Path(__file__).resolve().parents[2]
KERNELS = {name: ROOT / ".build" / "venv" / name / "bin" / "python" for name in ("kfp1", "kfp2")}

#: Before each script: the bench's addresses, and what a test wants to know.
_BEFORE = """
import json, sys
issuer, api_url = sys.argv[1:3]
def tell(value):
    print("=> " + json.dumps(value))
def names(experiments):
    return sorted(getattr(e, "display_name", None) or e.name for e in experiments.experiments)
"""

#: What the bench has in each namespace.
EXPERIMENTS = ["Default", "churn-model", "price-forecast"]


class Ran:
    """A script that has run.

    Attributes
    ----------
    code
        Its exit code.
    told
        What it told, in order.
    out, err
        All that it printed.
    """

    def __init__(self, result: subprocess.CompletedProcess[str]) -> None:
        self.code = result.returncode
        self.out, self.err = result.stdout, result.stderr
        self.told: list[Any] = [json.loads(line[3:]) for line in self.out.splitlines() if line.startswith("=> ")]


def run_script(
    kernel: str, source: str, bench: Bench, environ: Mapping[str, str] | None = None, *, fails: bool = False
) -> Ran:
    """Run a script where nobody can answer a prompt.

    Parameters
    ----------
    kernel
        ``kfp1`` or ``kfp2``.
    source
        The script; it has ``issuer`` and ``api_url``, and tells by ``tell(value)``.
    bench
        Whose addresses it has.
    environ
        Further variables.
    fails
        Whether it is meant to fail.
    """
    result = subprocess.run(
        [str(KERNELS[kernel]), "-W", "ignore", "-c", _BEFORE + source, bench.issuer, bench.api_url],
        # The guide's own OAuth library wants https for a refresh, and the bench is on loopback.
        env={**os.environ, "OAUTHLIB_INSECURE_TRANSPORT": "1", **(environ or {})},
        # Not in the checkout: what is tested is the wheel that is installed.
        cwd=os.environ["HOME"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    ran = Ran(result)
    assert (ran.code != 0) is fails, (ran.code, ran.out[-1500:], ran.err[-3000:])
    return ran
