"""How the rows are printed, and when one has failed."""

from __future__ import annotations

from pathlib import Path

from torture.options import Options
from torture.table import Row, markdown, times_of


def test_a_row_fails_if_something_is_lost_or_a_limit_is_missed() -> None:
    assert not Row("kills", 3).has_failed
    assert Row("kills", 3, lost=1).has_failed
    assert Row("kills", 3, misses=["too slow"]).has_failed


def test_the_table_is_markdown() -> None:
    head, line, *rows = markdown([Row("kills", 2000, guide="7 of 9"), Row("disks", 0, not_done="needs root")]).split(
        "\n"
    )
    assert head.count("|") == line.count("|") == 7
    assert set(line) == {"|", "-", " "}
    assert [cell.strip() for cell in rows[0].split("|")] == ["", "kills", "2,000", "0", "7 of 9", "-", "", ""]
    assert [cell.strip() for cell in rows[1].split("|")] == ["", "disks", "not done", "", "", "", "needs root", ""]


def test_times_are_told_by_the_median_and_the_worst() -> None:
    assert times_of([0.001, 0.002, 14.0]) == "2.0 ms / 14.0 s"
    assert times_of([]) == ""


def test_a_row_has_the_same_dice_whichever_rows_are_run(tmp_path: Path) -> None:
    one, other = (Options(tmp_path, None, seed, short=True).dice("kills").random() for seed in (1, 1))
    assert one == other
    assert one != Options(tmp_path, None, 2, short=True).dice("kills").random()
    assert one != Options(tmp_path, None, 1, short=True).dice("disks").random()
