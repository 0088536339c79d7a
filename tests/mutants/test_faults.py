"""The table of faults is of the code as it is: whether each is noticed, `npm run mutants` finds out."""

from __future__ import annotations

import ast
from collections import Counter
from functools import cache

import pytest

from mutants.copied import PACKAGE, ROOT, Outcome, read_report
from mutants.fault import Fault, Moved, put_back
from mutants.faults import FAULTS


@cache
def find_tests(file: str) -> frozenset[str]:
    """The tests of a file, as pytest names them."""
    found: set[str] = set()
    for node in ast.parse((ROOT / file).read_text(encoding="utf-8")).body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        before = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
        for each in inner:
            if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)) and each.name.startswith("test_"):
                found.add(f"{file}::{before}{each.name}")
    return frozenset(found)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_each_can_be_put_back_and_its_test_is_there(fault: Fault) -> None:
    text = (ROOT / PACKAGE / fault.file).read_text(encoding="utf-8")
    assert put_back(fault, text) != text
    assert fault.test in find_tests(fault.test.partition("::")[0])


def test_each_has_a_name_of_its_own_and_is_another_fault() -> None:
    assert [name for name, count in Counter(fault.name for fault in FAULTS).items() if count > 1] == []
    assert [key for key, count in Counter((f.file, f.old, f.new) for f in FAULTS).items() if count > 1] == []


@pytest.mark.parametrize(
    ("text", "new", "said"),
    [
        ("x = 2\n", "y", "stands 0 times"),
        ("x = 1\nx = 1\n", "y", "stands 2 times"),
        ("x = 1\n", "x = (", "is no Python"),
    ],
)
def test_code_that_has_moved_is_said_so(text: str, new: str, said: str) -> None:
    with pytest.raises(Moved, match=said):
        put_back(Fault("name", "says", "file.py", "x = 1", new, "test"), text)


@pytest.mark.parametrize(
    ("case", "outcome"),
    [
        ("", Outcome(("t::a",), {}, None)),
        ('<failure message="assert 1 == 2"/>', Outcome((), {"t::a": "assert 1 == 2"}, None)),
        ('<failure message="NameError: x"/>', Outcome((), {}, "t::a: NameError: x")),
        ('<failure message="ImportError: x"/>', Outcome((), {}, "t::a: ImportError: x")),
        ('<error message="collection failure"/>', Outcome((), {}, "t::a could not be run: collection failure")),
        ("<skipped/>", Outcome((), {}, "no test was run")),
    ],
)
def test_only_an_assertion_that_does_not_hold_catches_a_fault(case: str, outcome: Outcome) -> None:
    report = f'<testsuites><testsuite><testcase classname="t" name="a">{case}</testcase></testsuite></testsuites>'
    assert read_report(report) == outcome


def test_a_test_that_fails_at_its_end_too_has_failed() -> None:
    case = '<testcase classname="t" name="a">{}</testcase>'
    cases = case.format('<failure message="assert 1 == 2"/>') + case.format('<error message="failed on teardown"/>')
    report = f"<testsuites><testsuite>{cases}</testsuite></testsuites>"
    assert read_report(report) == Outcome((), {"t::a": "assert 1 == 2"}, None)
