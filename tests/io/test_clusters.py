"""The user's own list of clusters: what stands in it is never lost."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest
from filelock import FileLock

from jupyterlab_deploykf.core.cluster import Cluster
from jupyterlab_deploykf.errors import ConfigurationError, IssuerNotAllowed
from jupyterlab_deploykf.io.clusters import ClusterBook

A, B, C, D = (f"https://{name}.example.com/dex" for name in "abcd")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kfp" / "deploykf.json"


def write(path: Path, *issuers: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"clusters": [{"issuer": issuer} for issuer in issuers]}))


def names(path: Path) -> list[str]:
    return [entry.get("name", entry["issuer"]) for entry in json.loads(path.read_text())["clusters"]]


def book(path: Path, **limits: object) -> ClusterBook:
    return ClusterBook(str(path), {}, **limits)


class TestAdding:
    def test_makes_the_list(self, path: Path) -> None:
        book(path).add_own(Cluster(A))
        assert names(path) == [A]
        assert path.stat().st_mode & 0o777 == 0o600

    def test_keeps_the_order_where_an_entry_is_replaced(self, path: Path) -> None:
        write(path, A, B, C)
        book(path).add_own(Cluster(B, name="new"))
        assert names(path) == [A, "new", C]

    @pytest.mark.parametrize(
        ("replaces", "new", "order"),
        [
            (A, D, ["new", B, C]),
            (f"{B}/", D, [A, "new", C]),
            # What is renamed to another one's issuer takes the place of both.
            (C, A, [B, "new"]),
            # Another tab has removed it meanwhile.
            (D, B, [A, "new", C]),
            ("https://gone.example.com", D, [A, B, C, "new"]),
        ],
    )
    def test_takes_the_place_of_what_it_replaces(self, path: Path, replaces: str, new: str, order: list[str]) -> None:
        write(path, A, B, C)
        book(path).add_own(Cluster(new, name="new"), replaces)
        assert names(path) == order

    def test_keeps_what_is_shadowed(self, path: Path) -> None:
        write(path, A, B)
        shadowing = ClusterBook(str(path), {"DEPLOYKF_ISSUER_URL": A}, administrator=[{"issuer": B}])
        shadowing.add_own(Cluster(C))
        assert names(path) == [A, B, C]

    def test_keeps_what_is_not_allowed_any_more(self, path: Path) -> None:
        write(path, A, B)
        limited = book(path, allowed_issuers=[B, C])
        limited.add_own(Cluster(C))
        limited.remove_own(B)
        assert names(path) == [A, C]
        with pytest.raises(IssuerNotAllowed):
            limited.add_own(Cluster(D))

    def test_changes_no_list_that_can_not_be_read(self, path: Path) -> None:
        path.parent.mkdir()
        path.write_text("{")
        for change in (lambda: book(path).add_own(Cluster(A)), lambda: book(path).remove_own(A)):
            with pytest.raises(ConfigurationError, match="it is not JSON"):
                change()
        assert path.read_text() == "{"

    def test_says_that_another_process_hangs(self, path: Path) -> None:
        write(path, A)
        with FileLock(f"{path}.lock"), pytest.raises(ConfigurationError, match="Another process"):
            ClusterBook(str(path), {}, lock_timeout=0.05).add_own(Cluster(B))
        assert names(path) == [A]


def test_removing_takes_what_is_named_alone(path: Path) -> None:
    write(path, A, B, C)
    book(path).remove_own(f"{B}/")
    assert names(path) == [A, C]
    with pytest.raises(ConfigurationError, match="does not stand in your own list"):
        book(path).remove_own(B)


def test_what_was_used_is_remembered_once(path: Path) -> None:
    write(path, A)
    known = ClusterBook(str(path), {}, administrator=[{"issuer": B}])
    assert [known.remember(Cluster(issuer)) for issuer in (A, B, C, C)] == [False, False, True, False]
    assert names(path) == [A, C]


def test_two_who_change_it_at_once_lose_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(path, *(f"https://old-{i}.example.com/dex" for i in range(4)))
    # Each writer is as slow as on a network drive: all of them read before the first one writes, if they can.
    waiting = threading.Barrier(8)
    replace = os.replace

    def slow(source: str, target: str) -> None:
        threading.Event().wait(0.02)
        replace(source, target)

    monkeypatch.setattr(os, "replace", slow)

    def change(number: int) -> None:
        waiting.wait(10)
        if number < 4:
            book(path).remove_own(f"https://old-{number}.example.com/dex")
        else:
            book(path).add_own(Cluster(f"https://new-{number}.example.com/dex"))

    threads = [threading.Thread(target=change, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(names(path)) == [f"https://new-{i}.example.com/dex" for i in range(4, 8)]
