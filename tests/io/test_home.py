"""The home folder: missing, wrong, someone else's, or on a file system without owners."""

from __future__ import annotations

import errno
import os
import pwd
from pathlib import Path

import pytest

from jupyterlab_deploykf import wiring
from jupyterlab_deploykf.core.cluster import Cluster
from jupyterlab_deploykf.errors import CacheError, ConfigurationError
from jupyterlab_deploykf.io import home as module
from jupyterlab_deploykf.io import ownership
from jupyterlab_deploykf.io.cache_state import look_at_cache
from jupyterlab_deploykf.io.environment import cache_path
from jupyterlab_deploykf.io.home import home_problem, prepare_folder
from jupyterlab_deploykf.io.kfp_context import read_context
from jupyterlab_deploykf.io.safety import UnsafeFile
from jupyterlab_deploykf.reports import status_report

from ..conftest import write_cache
from ..support.filesystem import be_user, force_owner, give_away

ME, SOMEONE = 1000, 4711
ISSUER = "https://deploykf.example.com/dex"
ENTRY = {"id_token": "id-canary", "refresh_token": "refresh-canary", "expires_in": 3599, "expires_at": 2e9}


@pytest.fixture(autouse=True)
def _clean(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is known of file systems, and the current folder is the test's own."""
    monkeypatch.setattr(ownership, "_forced", {})
    monkeypatch.delenv("SUDO_UID", raising=False)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)


def be_nobody(monkeypatch: pytest.MonkeyPatch, home: str | None) -> None:
    """Be a user without an entry in /etc/passwd, as in a container."""

    def unknown(uid: int) -> None:
        raise KeyError(f"getpwuid(): uid not found: {uid}")

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    if home is None:
        monkeypatch.delenv("HOME")
    else:
        monkeypatch.setenv("HOME", home)


@pytest.mark.parametrize(
    ("home", "said"),
    [
        (None, "HOME is not set"),
        ("", "HOME is not set"),
        ("relative/home", '"relative/home", which is not an absolute path'),
        (".", '".", which is not an absolute path'),
        ("~", '"~", which is not an absolute path'),
        ("/nonexistent/home", "/nonexistent/home does not exist"),
        ("/dev/null", "/dev/null is not a folder"),
    ],
)
def test_without_a_home_nothing_is_written_and_the_status_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str | None, said: str
) -> None:
    be_nobody(monkeypatch, home)
    sessions = wiring.make_sessions()
    report = status_report(sessions)
    assert report.problem is not None
    assert said in report.problem.message
    assert "HOME" in report.problem.next_step
    with pytest.raises(CacheError, match=said), sessions.store.locked():
        pytest.fail("something can be written")
    with pytest.raises(ConfigurationError, match=said) as caught:
        sessions.clusters.add_own(Cluster(ISSUER))
    assert "HOME" in caught.value.next_step
    assert list((tmp_path / "here").iterdir()) == []
    assert not os.path.lexists("/nonexistent")


@pytest.mark.parametrize("home", [None, "", "planted"])
def test_without_a_home_nothing_is_read_from_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str | None
) -> None:
    be_nobody(monkeypatch, home)
    planted = tmp_path / "here" / (home or "~") / ".config" / "kfp"
    write_cache(planted / "dkf_credentials.json", {ISSUER: ENTRY})
    (planted / "deploykf.json").write_text('{"clusters": [{"issuer": "https://evil.example.com/dex"}]}')
    (planted / "context.json").write_text('{"namespace": "evil"}')
    sessions = wiring.make_sessions()
    report = status_report(sessions)
    assert (report.sessions, read_context()) == ((), {})
    assert "HOME" in str(report.problem)
    assert "HOME" in str(report.list_problem)


def test_an_empty_home_is_what_the_system_knows_and_not_the_root_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = pwd.struct_passwd(("me", "x", ME, ME, "", str(tmp_path), "/bin/sh"))
    monkeypatch.setattr(pwd, "getpwuid", lambda _: entry)
    monkeypatch.setenv("HOME", "")
    assert cache_path() == str(tmp_path / ".config" / "kfp" / "dkf_credentials.json")


def test_a_home_that_is_mounted_later_works_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "volume"))
    sessions = wiring.make_sessions()
    assert status_report(sessions).problem
    (tmp_path / "volume").mkdir()
    assert status_report(sessions).problem is None
    with sessions.store.locked():
        pass


def test_a_home_that_is_not_writable_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.os, "access", lambda *_: False)
    problem = home_problem(cache_path())
    assert problem is not None
    assert f"{home} is not writable for you" in problem.message
    assert "set HOME" in problem.next_step


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.EPERM])
def test_a_refused_folder_comes_with_the_cure(home: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(module.os, "makedirs", refuse)
    with pytest.raises(OSError, match=os.strerror(number)) as caught:
        prepare_folder(os.path.dirname(cache_path()))
    assert caught.value.errno == number
    assert f"Make {home} writable for you, or set HOME" in caught.value.next_step


class TestRoot:
    def test_makes_nothing_in_the_home_of_another_user(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        be_user(monkeypatch, 0)
        give_away(monkeypatch, home, SOMEONE)
        problem = home_problem(cache_path())
        assert problem is not None
        assert "without sudo" in problem.next_step
        with pytest.raises(UnsafeFile, match=f"{home} belongs to another user"):
            prepare_folder(os.path.dirname(cache_path()))
        assert list(home.iterdir()) == []

    def test_changes_nothing_in_the_folder_of_another_user(self, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write_cache(cache, {})
        be_user(monkeypatch, 0)
        give_away(monkeypatch, cache.parent, SOMEONE)
        monkeypatch.setenv("SUDO_UID", str(SOMEONE))
        with pytest.raises(UnsafeFile, match="another user"):
            prepare_folder(str(cache.parent))

    def test_works_in_a_home_of_its_own(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        be_user(monkeypatch, 0)
        prepare_folder(os.path.dirname(cache_path()))
        assert home_problem(cache_path()) is None


class TestAHomeOnAFileSystemWithoutOwners:
    """Azure Files and the like: all is root's, and has one mode."""

    @pytest.fixture(autouse=True)
    def _azure(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        be_user(monkeypatch, ME)
        force_owner(monkeypatch, home, 0)

    def test_works(self, cache: Path) -> None:
        sessions = wiring.make_sessions()
        with sessions.store.locked() as transaction:
            transaction.save({ISSUER: ENTRY})
        sessions.clusters.add_own(Cluster(ISSUER, name="ours"))
        report = wiring.make_sessions()
        assert status_report(report).problem is None
        assert report.store.entries() == {ISSUER: ENTRY}
        assert [cluster.name for cluster in report.clusters.own()] == ["ours"]

    def test_is_one_that_the_doctor_warns_of(self, cache: Path) -> None:
        write_cache(cache, {})
        assert look_at_cache(str(cache))[0].is_mode_forced

    def test_leaves_nothing_of_what_was_made_to_find_out(self, cache: Path) -> None:
        prepare_folder(str(cache.parent))
        assert list(cache.parent.iterdir()) == []


def test_a_folder_of_root_in_an_own_home_comes_with_the_command_that_gives_it_back(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.parent.mkdir(parents=True)
    be_user(monkeypatch, ME)
    give_away(monkeypatch, cache.parent, 0)
    problem = home_problem(str(cache))
    assert problem is not None
    assert f"sudo chown -R {ME} {cache.parent}" in problem.next_step
    with pytest.raises(UnsafeFile, match="another user"):
        prepare_folder(str(cache.parent))
