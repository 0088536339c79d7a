"""The list of clusters as a platform provides it: mounted from a ConfigMap, linked, or read-only."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from jupyterlab_deploykf.core.cluster import Cluster
from jupyterlab_deploykf.errors import ConfigurationError
from jupyterlab_deploykf.io import ownership, shared_file
from jupyterlab_deploykf.io.clusters import ClusterBook
from jupyterlab_deploykf.io.safety import UnsafeFile
from jupyterlab_deploykf.io.shared_file import read_shared

from ..support.filesystem import be_user, force_owner, give_away, show

ME, SOMEONE = 1000, 4711
A, B = "https://a.example.com/dex", "https://b.example.com/dex"


@pytest.fixture(autouse=True)
def _me(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ownership, "_forced", {})
    monkeypatch.delenv("SUDO_UID", raising=False)
    be_user(monkeypatch, ME)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kfp" / "deploykf.json"


def content(issuer: str) -> str:
    return json.dumps({"clusters": [{"issuer": issuer}]})


def mount(path: Path, version: str, issuer: str) -> Path:
    """Provide a file as the kubelet does: a link to a link to a folder that is exchanged."""
    folder = path.parent / version
    folder.mkdir(parents=True)
    (folder / path.name).write_text(content(issuer))
    (folder / path.name).chmod(0o644)
    new = path.parent / "..data_tmp"
    new.symlink_to(version)
    new.rename(path.parent / "..data")
    if not path.is_symlink():
        path.symlink_to(Path("..data") / path.name)
    return folder / path.name


def issuers(path: Path) -> list[str]:
    return [cluster.issuer for cluster in ClusterBook(str(path), {}).own()]


@pytest.fixture
def read_only(monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.statvfs

    class Answer:
        def __init__(self, path: str) -> None:
            self.f_flag = real(path).f_flag | os.ST_RDONLY

    monkeypatch.setattr(shared_file.os, "statvfs", Answer)


class TestAConfigMap:
    @pytest.fixture
    def file(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        file = mount(path, "..2026_01", A)
        give_away(monkeypatch, file, 0)
        return file

    def test_is_read(self, path: Path, file: Path) -> None:
        assert issuers(path) == [A]

    def test_keeps_its_mode(self, path: Path, file: Path) -> None:
        issuers(path)
        assert file.stat().st_mode & 0o777 == 0o644

    def test_counts_when_it_is_exchanged(self, path: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        book = ClusterBook(str(path), {})
        before = book.mark()
        give_away(monkeypatch, mount(path, "..2026_02", B), 0)
        assert book.mark() != before
        assert [cluster.issuer for cluster in book.own()] == [B]

    @pytest.mark.parametrize("change", [lambda book: book.add_own(Cluster(B)), lambda book: book.remove_own(A)])
    def test_is_not_changed_and_the_error_says_who_can(self, path: Path, file: Path, change) -> None:
        before = sorted(os.listdir(path.parent))
        with pytest.raises(ConfigurationError, match="provided by the platform") as caught:
            change(ClusterBook(str(path), {}))
        assert "manages the platform" in caught.value.next_step
        assert path.is_symlink()
        assert issuers(path) == [A]
        assert sorted(os.listdir(path.parent)) == before

    def test_needs_no_change_for_a_cluster_that_it_has(self, path: Path, file: Path) -> None:
        assert not ClusterBook(str(path), {}).remember(Cluster(A, source="file"))


def test_a_file_that_is_mounted_by_itself_is_not_changed(path: Path, read_only: None) -> None:
    path.parent.mkdir()
    path.write_text(content(A))
    with pytest.raises(ConfigurationError, match="provided by the platform"):
        ClusterBook(str(path), {}).add_own(Cluster(B))
    assert issuers(path) == [A]


@pytest.mark.parametrize("number", [errno.EROFS, errno.EBUSY])
def test_a_mount_that_only_shows_when_it_is_written_is_told_alike(
    path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    path.parent.mkdir()
    path.write_text(content(A))
    real = os.open

    def refuse(path: str, flags: int, *args: int) -> int:
        if flags & os.O_CREAT:
            raise OSError(number, os.strerror(number))
        return real(path, flags, *args)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(ConfigurationError, match="provided by the platform"):
        ClusterBook(str(path), {}).add_own(Cluster(B))


def test_a_link_to_a_file_of_ours_stays_a_link(path: Path, tmp_path: Path) -> None:
    # As tools for dotfiles make it.
    dotfile = tmp_path / "dotfiles" / "deploykf.json"
    dotfile.parent.mkdir()
    dotfile.write_text(content(A))
    path.parent.mkdir()
    path.symlink_to(dotfile)
    dotfile.chmod(0o644)
    assert issuers(path) == [A]
    assert dotfile.stat().st_mode & 0o777 == 0o644
    ClusterBook(str(path), {}).add_own(Cluster(B))
    assert path.is_symlink()
    assert issuers(path) == issuers(dotfile) == [A, B]


class TestWhoMayHaveWrittenIt:
    """What it says decides where tokens are sent."""

    @pytest.fixture
    def file(self, path: Path) -> Path:
        path.parent.mkdir()
        path.write_text(content(A))
        path.chmod(0o644)
        return path

    def test_we_and_its_mode_is_mended(self, file: Path) -> None:
        file.chmod(0o664)
        assert read_shared(str(file))
        assert file.stat().st_mode & 0o777 == 0o600

    def test_not_another_user(self, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        give_away(monkeypatch, file, SOMEONE)
        with pytest.raises(UnsafeFile, match="another user"):
            read_shared(str(file))

    def test_not_another_user_behind_a_link(self, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "link").symlink_to(file)
        give_away(monkeypatch, tmp_path / "link", SOMEONE)
        give_away(monkeypatch, file, SOMEONE)
        with pytest.raises(UnsafeFile, match="another user"):
            read_shared(str(tmp_path / "link"))

    @pytest.mark.parametrize("mode", [0o664, 0o646, 0o777])
    def test_not_everyone(self, file: Path, monkeypatch: pytest.MonkeyPatch, mode: int) -> None:
        show(monkeypatch, lambda shown: shown == str(file), 0, mode)
        with pytest.raises(UnsafeFile, match="other users can write"):
            read_shared(str(file))

    def test_nobody_if_it_is_read_only_whatever_its_mode(
        self, file: Path, monkeypatch: pytest.MonkeyPatch, read_only: None
    ) -> None:
        # defaultMode: 0777 of a ConfigMap.
        show(monkeypatch, lambda shown: shown == str(file), 0, 0o777)
        assert read_shared(str(file))

    def test_we_on_a_file_system_without_owners(self, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        force_owner(monkeypatch, file.parent, 0)
        assert read_shared(str(file))


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, make) -> None:
    make(tmp_path / "thing")
    with pytest.raises(UnsafeFile, match="not a file"):
        read_shared(str(tmp_path / "thing"))


@pytest.mark.parametrize("target", ["/dev/zero", "/dev/tty"])
def test_a_link_to_a_device_is_refused(tmp_path: Path, target: str) -> None:
    (tmp_path / "link").symlink_to(target)
    with pytest.raises(UnsafeFile, match="not a file"):
        read_shared(str(tmp_path / "link"))


def test_a_link_to_nothing_is_an_empty_list(path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to("gone")
    assert issuers(path) == []
