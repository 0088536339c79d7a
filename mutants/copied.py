"""A copy of the checkout, in which faults are put back: the checkout itself is never changed."""

from __future__ import annotations

import compileall
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from .fault import Fault, put_back

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "jupyterlab_deploykf"

#: Seconds that the test of one fault may take.
LIMIT = 120.0

_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".build", "node_modules", "__pycache__", ".*_cache", "lib", "ui-tests", "compat", "*.png"
)

#: What a fault raises that is not the fault which was meant: a name or a module that isn't there.
_BROKEN = ("ImportError", "ModuleNotFoundError", "SyntaxError", "NameError", "UnboundLocalError", "IndentationError")


@dataclass(frozen=True)
class Outcome:
    """What a run of tests came to.

    Parameters
    ----------
    passed
        The tests that passed.
    failed
        Those whose assertions didn't hold, with the first line of the reason.
    broken
        Why the run says nothing: a test that couldn't be run, or found a name missing; None if it does say something.
    """

    passed: tuple[str, ...]
    failed: dict[str, str]
    broken: str | None


class Copy:
    """One copy.

    Parameters
    ----------
    folder
        Where it is, which is empty.
    """

    def __init__(self, folder: Path) -> None:
        self._root = folder / "checkout"
        shutil.copytree(ROOT, self._root, ignore=_LEFT_OUT)
        # What was built for tests is only read.
        os.symlink(ROOT / ".build", self._root / ".build")
        for name in (PACKAGE, "testbench"):
            compileall.compile_dir(self._root / name, quiet=1)
        self._report = folder / "report.xml"
        self._log = folder / "output.txt"
        self._log.touch()
        self._forks = subprocess.Popen(
            [sys.executable, "-m", "mutants.forks", str(self._log)],
            cwd=self._root,
            # Bytecode of a faulty file must not be taken for that of the next one.
            env={**os.environ, "PYTHONPATH": str(self._root), "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answer()

    def close(self) -> None:
        """End what runs the tests."""
        assert self._forks.stdin is not None
        self._forks.stdin.close()
        self._forks.wait()

    def run(self, tests: Sequence[str], *, limit: float = LIMIT) -> Outcome:
        """Run tests, up to the first failure.

        Parameters
        ----------
        tests
            As pytest names them.
        limit
            Seconds.
        """
        self._report.unlink(missing_ok=True)
        arguments = ["-x", "-q", "-p", "no:cacheprovider", f"--junitxml={self._report}", *tests]
        assert self._forks.stdin is not None
        self._forks.stdin.write(json.dumps([limit, arguments]) + "\n")
        self._forks.stdin.flush()
        code = self._answer()
        if code is None:
            return Outcome((), {}, f"the test did not end within {limit:g} s")
        if not self._report.exists():
            said = self._log.read_text(encoding="utf-8", errors="replace")[-2000:]
            return Outcome((), {}, f"pytest ended with {code}: {said}")
        return read_report(self._report.read_text(encoding="utf-8"))

    def _answer(self) -> object:
        assert self._forks.stdout is not None
        line = self._forks.stdout.readline()
        if not line:
            raise RuntimeError(f"What runs the tests has ended with {self._forks.wait()}.")
        answer: object = json.loads(line)
        return answer

    @contextmanager
    def with_fault(self, fault: Fault) -> Iterator[None]:
        """Have a fault in the copy for a while.

        Raises
        ------
        Moved
        """
        path = self._root / PACKAGE / fault.file
        right = path.read_text(encoding="utf-8")
        status = path.stat()
        path.write_text(put_back(fault, right), encoding="utf-8")
        # Never the time of the right one, by which Python knows whose bytecode it has.
        os.utime(path, (time.time(), status.st_mtime + 60))
        try:
            yield
        finally:
            path.write_text(right, encoding="utf-8")
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def read_report(report: str) -> Outcome:
    """Read pytest's JUnit report."""
    passed: list[str] = []
    failed: dict[str, str] = {}
    for case in ElementTree.fromstring(report).iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name')}"
        error, failure = case.find("error"), case.find("failure")
        if error is not None:
            if name in failed:
                continue  # what it left undone made its end fail too
            return Outcome(tuple(passed), failed, f"{name} could not be run: {_reason(error)}")
        if failure is not None:
            reason = _reason(failure)
            if reason.startswith(_BROKEN):
                return Outcome(tuple(passed), failed, f"{name}: {reason}")
            failed[name] = reason
        elif case.find("skipped") is None:
            passed.append(name)
    nothing_ran = None if passed or failed else "no test was run"
    return Outcome(tuple(passed), failed, nothing_ran)


def _reason(element: ElementTree.Element) -> str:
    return (element.get("message") or element.text or "").strip().split("\n")[0][:200]
