"""What the documents name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from torture.__main__ import ROWS

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ["docs/security.md", "docs/reliability.md", "SECURITY.md"]
REQUIREMENTS = 28


def text_of(document: str) -> str:
    return (ROOT / document).read_text()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_files_that_are_named_are_there(document: str) -> None:
    named = re.findall(r"`((?:tests|ui-tests|src|torture|benchmarks)/[^`:]+)`", text_of(document))
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_to_files(document: str) -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)", text_of(document))
    assert [link for link in links if not (ROOT / document).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_tests_that_are_named_are_there(document: str) -> None:
    sources = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("*.py"))
    assert [name for name in re.findall(r"`(test_\w+)`", text_of(document)) if f"def {name}(" not in sources] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_rows_that_are_named_are_there(document: str) -> None:
    rows = [row for named in re.findall(r"--rows ([\w,]+)", text_of(document)) for row in named.split(",")]
    assert set(rows) <= set(ROWS)


def test_every_requirement_has_its_test() -> None:
    lines = re.findall(r"^\| (\d+) \| [^|]+ \| ([^|]+) \|$", text_of("docs/security.md"), flags=re.MULTILINE)
    assert [int(number) for number, _ in lines] == list(range(1, REQUIREMENTS + 1))


def test_the_table_lost_nothing() -> None:
    table = re.findall(r"^\|([^|]+)\|([^|]+)\|([^|]+)\|", text_of("docs/reliability.md"), flags=re.MULTILINE)
    lost = [cells[2].strip() for cells in table if re.fullmatch(r"[\d,]+", cells[1].strip())]
    assert len(lost) > 20
    assert set(lost) == {"0"}
