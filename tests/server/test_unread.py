"""Configuration files that Jupyter could not load."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyterlab_deploykf.server.unread import find_unread, sets


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("c.DeployKF.clusters = []", True),
        ("import nothing_like_this\n\nc.DeployKF.clusters.append({})", True),
        ("c = get_config()\nc.DeployKF.keep_fresh |= True", True),
        # It may have done what it should.
        ("if False:\n    c.DeployKF.clusters = []", False),
        ("# c.DeployKF.clusters = []", False),
        ("text = 'c.DeployKF'", False),
        ("c.ServerApp.port = 1", False),
        # Nobody knows.
        ("c.DeployKF.clusters = [", True),
        ("c.ServerApp.port = [", False),
        ("c.DeployKF.clusters = '\0'", True),
        ("c.DeployKF.clusters = " + "(" * 10_000, True),
    ],
)
def test_a_program_sets_something_if_it_does_so_unconditionally(text: str, found: bool) -> None:
    assert sets(text, "DeployKF", is_python=True) is found


def test_json_sets_something_if_it_names_the_section() -> None:
    assert sets('{"DeployKF": {', "DeployKF", is_python=False)
    assert not sets('{"ServerApp": {', "DeployKF", is_python=False)


def test_only_what_is_there_and_was_not_loaded_is_found(tmp_path: Path) -> None:
    broken, loaded, linked = (tmp_path / name for name in ("broken.json", "loaded.py", "linked.py"))
    broken.write_text('{"DeployKF": {')
    loaded.write_text("c.DeployKF.clusters = []")
    linked.symlink_to(loaded)
    files = [str(tmp_path), str(tmp_path / "missing.py"), str(linked), str(broken)]
    assert find_unread(files, [str(loaded)], "DeployKF") == str(broken)
    assert find_unread(files[:-1], [str(loaded)], "DeployKF") is None
    assert find_unread(files, [], "DeployKF") == str(linked)
