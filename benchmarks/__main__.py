"""``python -m benchmarks KERNEL_PYTHON``: prints a table, each row beside the guide's class."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from testbench.bench import Bench
from testbench.options import BenchOptions
from tests.support.guide import GUIDE, find_guide_class

from .imports import import_costs, loaded_modules
from .together import COUNT, race

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Measure and print."""
    # Not resolved: a virtual environment's python is a link.
    python = Path(sys.argv[1]).absolute()
    source = find_guide_class("DeployKFCredentialsOutOfBand")
    if source is None:
        print(f"deployKF's guide is not at {GUIDE}, and there is nothing to compare with.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        guide_file = folder / "guide.py"
        guide_file.write_text(source)
        with Bench(BenchOptions(), folder / "bench") as bench:
            results = run_in_kernel(python, guide_file, bench, folder)
            races = {side: race(python, side, guide_file, bench, folder) for side in ("ours", "guide")}
    results["import, over bare Python"] = {
        side: {"seconds": seconds, "requests": 0} for side, seconds in import_costs(python).items()
    }
    print(f"{'':28} {'ours':>22} {'guide':>22} {'ours / guide':>13} {'floor':>10} {'ours / floor':>13}")
    for row, sides in results.items():
        columns = f"{cell(sides['ours']):>22} {cell(sides['guide']):>22} {ratio(sides, 'guide'):>13}"
        print(f"{row:28} {columns} {time_of(sides.get('floor')):>10} {ratio(sides, 'floor'):>13}")
    print(f"\n{COUNT} kernels, one expired token:")
    for side, outcome in races.items():
        print(f"  {side:6} {outcome['requests']} token requests, {outcome['went_on']} of {COUNT} went on")
    heavy = loaded_modules(python)
    print(f"\nLoaded by our names alone, of what a kernel should not pay for: {', '.join(heavy) or 'nothing'}")
    return 1 if heavy else 0


def run_in_kernel(python: Path, guide_file: Path, bench: Bench, folder: Path) -> dict[str, dict[str, dict[str, float]]]:
    """Run the measurements where kfp is, in a home of their own."""
    user = bench.users[0]
    result = subprocess.run(
        [python, "-m", "benchmarks.in_kernel", guide_file, bench.issuer, user.email, user.password],
        cwd=ROOT,
        env={**os.environ, "HOME": str(folder), "OAUTHLIB_INSECURE_TRANSPORT": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if result.returncode != 0:
        raise SystemExit(result.stderr[-3000:])
    measured: dict[str, dict[str, dict[str, float]]] = json.loads(result.stdout.splitlines()[-1])
    return measured


def cell(side: dict[str, float]) -> str:
    """Time and requests, as people read them."""
    return f"{time_of(side)}, {side['requests']:.0f} requests"


def time_of(side: dict[str, float] | None) -> str:
    """A time, as people read it; nothing where there is none."""
    if side is None:
        return ""
    seconds = side["seconds"]
    return f"{seconds * 1e6:.1f} µs" if seconds < 1e-3 else f"{seconds * 1e3:.1f} ms"


def ratio(sides: dict[str, dict[str, float]], other: str) -> str:
    """How long ours takes, in units of the other side; nothing where there is none."""
    return f"{sides['ours']['seconds'] / sides[other]['seconds']:.2f}" if other in sides else ""


if __name__ == "__main__":
    sys.exit(main())
