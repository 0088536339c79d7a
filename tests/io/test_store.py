"""The cache on disk: shared, atomic, and suspicious."""

from __future__ import annotations

import errno
import json
import os
import random
import stat
from pathlib import Path

import pytest

from jupyterlab_deploykf.core.credential import Credential
from jupyterlab_deploykf.errors import CacheBusy, CacheError, CacheNotWritable, CacheUnreadable, CacheUnsafe
from jupyterlab_deploykf.io import files
from jupyterlab_deploykf.io.store import Store

from ..conftest import read_cache, write_cache

ONE, TWO = "https://one.example.com/dex", "https://two.example.com/dex"
ENTRY = {"id_token": "id-canary", "refresh_token": "refresh-canary", "expires_in": 3599, "expires_at": 2e9}


def credential_in(store: Store, issuer: str) -> Credential | None:
    return Credential.from_entry(store.entry(issuer))


def save(store: Store, issuer: str, entry: dict[str, object]) -> None:
    with store.locked() as transaction:
        transaction.save({issuer: entry})


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_without_a_file_there_is_no_session(cache: Path) -> None:
    assert credential_in(Store(str(cache)), ONE) is None


def test_a_first_save_makes_a_private_file_in_a_private_folder(cache: Path) -> None:
    save(Store(str(cache)), ONE, ENTRY)
    assert read_cache(cache) == {ONE: ENTRY}
    assert (mode(cache), mode(cache.parent)) == (0o600, 0o700)


def test_other_issuers_and_unknown_fields_survive_a_save(cache: Path) -> None:
    # Fact A: the reference class erases them.
    foreign = {ONE: {**ENTRY, "scope": ["openid"]}, "note": "not ours", "https://three.example.com": None}
    write_cache(cache, foreign)
    save(Store(str(cache)), TWO, ENTRY)
    assert read_cache(cache) == {**foreign, TWO: ENTRY}


def test_a_looser_mode_is_mended_when_it_is_met(cache: Path) -> None:
    write_cache(cache, {ONE: ENTRY})
    cache.chmod(0o644)
    cache.parent.chmod(0o755)
    store = Store(str(cache))
    assert credential_in(store, ONE)
    assert mode(cache) == 0o600
    save(store, TWO, ENTRY)
    assert mode(cache.parent) == 0o700


def test_a_change_by_another_process_is_seen(cache: Path) -> None:
    mine, other = Store(str(cache)), Store(str(cache))
    save(mine, ONE, ENTRY)
    assert credential_in(mine, ONE)
    save(other, ONE, {**ENTRY, "id_token": "another"})
    credential = credential_in(mine, ONE)
    assert credential is not None
    assert credential.id_token == "another"


def test_a_file_that_has_not_changed_is_not_read_again(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_cache(cache, {ONE: ENTRY})
    cache.chmod(0o600)
    os.utime(cache, (1, 1))
    store = Store(str(cache))
    store.entries()
    monkeypatch.setattr("jupyterlab_deploykf.io.store.read_private", lambda path, _: pytest.fail(f"{path} was read"))
    assert credential_in(store, ONE)


def test_an_issuer_that_writes_itself_with_a_slash_is_found_without(cache: Path) -> None:
    write_cache(cache, {f"{ONE}/": ENTRY})
    store = Store(str(cache))
    assert credential_in(store, ONE)
    save(store, ONE, {})
    assert read_cache(cache) == {f"{ONE}/": {}}


@pytest.mark.parametrize("content", ['{"a": ', "[]", "null", '"text"', "\x00\x01", "{" * 3000, "7"])
def test_a_damaged_file_is_set_aside_and_said_so(cache: Path, content: str) -> None:
    write_cache(cache, content)
    store = Store(str(cache))
    assert credential_in(store, ONE) is None
    assert store.notice is not None
    (kept,) = cache.parent.glob("dkf_credentials.json.damaged-*")
    assert kept.read_text() == content
    assert str(kept) in store.notice.message
    assert mode(kept) == 0o600
    save(store, ONE, ENTRY)
    assert read_cache(cache) == {ONE: ENTRY}


def test_bytes_that_are_no_text_are_set_aside_too(cache: Path) -> None:
    cache.parent.mkdir(parents=True)
    cache.write_bytes(b"\xff\xfe{}\x80")
    store = Store(str(cache))
    assert store.entries() == {}
    assert store.notice


@pytest.mark.parametrize("content", ["", "  \n"])
def test_an_empty_file_as_a_killed_reference_writer_leaves_it_is_no_damage(cache: Path, content: str) -> None:
    write_cache(cache, content)
    store = Store(str(cache))
    assert store.entries() == {}
    assert store.notice is None


def test_half_a_file_is_looked_at_again_before_it_is_believed(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_cache(cache, '{"half')
    looks = []

    def another_writer_goes_on(seconds: float) -> None:
        looks.append(seconds)
        write_cache(cache, {ONE: ENTRY})

    monkeypatch.setattr("jupyterlab_deploykf.io.store.time.sleep", another_writer_goes_on)
    store = Store(str(cache))
    assert credential_in(store, ONE)
    assert store.notice is None
    assert len(looks) == 1


@pytest.mark.parametrize("entry", [None, [], "text", {"id_token": 7}])
def test_a_damaged_entry_is_no_session_and_harms_no_other(cache: Path, entry: object) -> None:
    write_cache(cache, {ONE: entry, TWO: ENTRY})
    store = Store(str(cache))
    assert credential_in(store, ONE) is None
    assert credential_in(store, TWO)


def test_a_symbolic_link_is_refused(cache: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere.json"
    target.write_text(json.dumps({ONE: ENTRY}))
    cache.parent.mkdir(parents=True)
    cache.symlink_to(target)
    store = Store(str(cache))
    with pytest.raises(CacheUnsafe, match="symbolic link"):
        credential_in(store, ONE)
    with pytest.raises(CacheUnsafe, match="symbolic link"):
        save(store, TWO, ENTRY)
    assert json.loads(target.read_text()) == {ONE: ENTRY}


def test_a_folder_in_its_place_is_refused(cache: Path) -> None:
    cache.mkdir(parents=True)
    with pytest.raises(CacheUnsafe, match="not a file"):
        Store(str(cache)).entries()


def test_someone_elses_file_is_refused(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_cache(cache, {ONE: ENTRY})
    monkeypatch.setattr(files.os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(CacheUnsafe, match="another user"):
        Store(str(cache)).entries()


def failing(number: int):  # type: ignore[no-untyped-def]
    def fail(*_: object, **__: object) -> int:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize(
    ("number", "said"), [(errno.ENOSPC, "disk is full"), (errno.EROFS, "Read-only"), (errno.EACCES, "Permission")]
)
def test_a_write_that_fails_leaves_the_old_file_and_no_litter(
    cache: Path, monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    write_cache(cache, {ONE: ENTRY})
    store = Store(str(cache))
    with monkeypatch.context() as broken:
        broken.setattr(files.os, "fsync", failing(number))
        with pytest.raises(CacheNotWritable, match=said) as caught:
            save(store, TWO, ENTRY)
    assert caught.value.next_step
    assert read_cache(cache) == {ONE: ENTRY}
    assert sorted(p.name for p in cache.parent.iterdir()) == ["dkf_credentials.json", "dkf_credentials.json.lock"]


def test_a_full_disk_shows_before_anything_is_spent(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(str(cache))
    spent = []
    monkeypatch.setattr(files.os, "fsync", failing(errno.ENOSPC))
    with pytest.raises(CacheNotWritable), store.room(ONE):
        spent.append("the code")
    assert spent == []


def test_a_file_system_without_locks_is_named(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fcntl.flock", failing(errno.ENOLCK))
    with pytest.raises(CacheNotWritable, match="no file locks"), Store(str(cache)).locked():
        pytest.fail("there is no lock")


def test_a_lock_that_is_held_for_too_long_is_said(cache: Path) -> None:
    with (
        Store(str(cache)).locked(),
        pytest.raises(CacheBusy, match="held"),
        Store(str(cache), lock_timeout=0.05).locked(),
    ):
        pytest.fail("there are two writers")


def test_a_reader_needs_no_lock(cache: Path) -> None:
    write_cache(cache, {ONE: ENTRY})
    with Store(str(cache)).locked():
        assert credential_in(Store(str(cache), lock_timeout=0.0), ONE)


def test_an_unreadable_file_is_an_error_of_ours(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_cache(cache, {ONE: ENTRY})
    monkeypatch.setattr(files.os, "open", failing(errno.EACCES))
    with pytest.raises(CacheUnreadable, match="Permission"):
        Store(str(cache)).entries()


def test_random_damage_never_raises_anything_foreign(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyterlab_deploykf.io.store._LOOK_AGAIN", 0.0)
    chance = random.Random(20261124)
    whole = json.dumps({ONE: ENTRY, TWO: ENTRY}).encode()
    for _ in range(200):
        damaged = bytearray(whole[: chance.randrange(len(whole) + 1)])
        for _ in range(chance.randrange(4)):
            if damaged:
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        cache.parent.mkdir(parents=True, exist_ok=True)
        cache.write_bytes(bytes(damaged))
        store = Store(str(cache))
        try:
            credential = credential_in(store, ONE)
        except CacheError:
            continue
        assert credential is None or isinstance(credential, Credential)
