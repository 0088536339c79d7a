"""``python -m mutants [NAME…]``: put faults back one at a time, and say which test catches each."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue

from .copied import Copy
from .fault import Fault
from .faults import FAULTS


def main(arguments: Sequence[str]) -> int:
    """Run the table, or some faults of it; 1 if one goes unnoticed."""
    parser = argparse.ArgumentParser(prog="python -m mutants", description=__doc__)
    parser.add_argument("names", nargs="*", help="only faults whose name begins like this; by default all")
    parser.add_argument("--jobs", type=int, default=2, help="how many are tried at a time (default: 2)")
    options = parser.parse_args(arguments)
    chosen = [fault for fault in FAULTS if not options.names or fault.name.startswith(tuple(options.names))]
    if not chosen:
        parser.error("there is no such fault")
    with tempfile.TemporaryDirectory(prefix="deploykf-mutants-") as folder:
        return _try_all(chosen, Path(folder), options.jobs)


def _try_all(faults: Sequence[Fault], folder: Path, jobs: int) -> int:
    started = time.monotonic()
    with ThreadPoolExecutor(jobs) as threads:
        copies: SimpleQueue[Copy] = SimpleQueue()
        made = list(threads.map(Copy, [_make(folder / str(number)) for number in range(jobs)]))
        for copy in made:
            copies.put(copy)
        tests = list(dict.fromkeys(fault.test for fault in faults))
        print(f"{len(tests)} tests without a fault: ", end="", flush=True)
        with _borrowed(copies) as copy:
            right = copy.run(tests, limit=3600.0)
        if right.broken or right.failed:
            print(f"not all pass, so nothing was tried.\n{right.broken or right.failed}")
            return 1
        print(f"{len(right.passed)} passed\n")

        def attempt(fault: Fault) -> tuple[bool, str]:
            with _borrowed(copies) as copy, copy.with_fault(fault):
                outcome = copy.run([fault.test])
            if outcome.broken:
                return False, f"says nothing: {outcome.broken}"
            return bool(outcome.failed), next(iter(outcome.failed.values()), "UNNOTICED")

        unnoticed = 0
        for fault, (is_caught, why) in zip(faults, threads.map(attempt, faults)):
            unnoticed += not is_caught
            mark = "caught " if is_caught else "MISSED "
            print(f"{mark} {fault.name:<38} {fault.says}\n        {'by' if is_caught else 'not by'} {fault.test}")
            print(f"        {why}", flush=True)
        for copy in made:
            copy.close()
    print(
        f"\n{len(faults)} faults, {len(faults) - unnoticed} caught, {unnoticed} unnoticed, "
        f"in {time.monotonic() - started:.0f} s"
    )
    return 1 if unnoticed else 0


def _make(folder: Path) -> Path:
    folder.mkdir()
    return folder


@contextmanager
def _borrowed(copies: SimpleQueue[Copy]) -> Iterator[Copy]:
    copy = copies.get()
    try:
        yield copy
    finally:
        copies.put(copy)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
