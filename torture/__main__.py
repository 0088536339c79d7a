"""``python -m torture``: prints the table; 1 if something of ours was lost, or a limit was missed."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from . import caches, crowd, faults, filesystem, kills, servers
from .guide import ROOT, find_guide
from .options import Options
from .table import Row, markdown

#: All rows, by the names by which they are chosen.
ROWS: dict[str, Callable[[Options], list[Row]]] = {
    "kills": kills.at_every_call,
    "random": kills.random_kills,
    "crowd": crowd.crowd,
    "disks": filesystem.file_systems,
    "damaged": caches.damaged_caches,
    "forged": caches.forged_tokens,
    "issuer": faults.passing_faults,
    "stalled": servers.stalled,
    "days": servers.refresher,
    "fleet": servers.fleet,
    "calls": kills.failing_calls,
}

#: What only an idle machine can tell. The tests of the server have it with generous limits.
_LONG = ("stalled",)


def main() -> int:
    """Do it, and print."""
    parser = argparse.ArgumentParser(prog="python -m torture", description=__doc__)
    parser.add_argument("--rows", help=f"only these, with commas between them: {', '.join(ROWS)}")
    parser.add_argument("--short", action="store_true", help="a part of it, in a minute, with generous limits")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="for the dice")
    parser.add_argument("--json", type=Path, help="write the rows to a file, too")
    kfp = ROOT / ".build" / "venv" / "kfp2" / "bin" / "python"
    parser.add_argument("--guide-python", type=Path, default=kfp, help="a Python with requests_oauthlib")
    asked = parser.parse_args()
    usual = [name for name in ROWS if not (asked.short and name in _LONG)]
    chosen = asked.rows.split(",") if asked.rows else usual
    unknown = [name for name in chosen if name not in ROWS]
    if unknown:
        parser.error(f"there is no row {', '.join(unknown)}")
    begun = time.monotonic()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Its column takes as long as all the others, and says the same each time.
        guide = None if asked.short else find_guide(asked.guide_python, folder)
        options = Options(folder, guide, asked.seed, asked.short)
        if guide is None and not asked.short:
            print("The guide's class is not here, so its column stays empty.", file=sys.stderr)
        for row in chosen:
            started = time.monotonic()
            rows += ROWS[row](options)
            print(f"  {row}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    print(markdown(rows))
    took = (time.monotonic() - begun) / 60
    print(f"\nSeed {asked.seed}, {os.cpu_count()} cores, {took:.1f} minutes{', short' if asked.short else ''}.")
    for row in rows:
        for miss in row.misses[:20]:
            print(f"MISSED: {row.title}: {miss}")
    if asked.json:
        asked.json.write_text(json.dumps([{**vars(row), "has_failed": row.has_failed} for row in rows]))
    return 1 if any(row.has_failed for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
