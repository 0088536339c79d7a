"""The cache on disk: shared, atomic, and suspicious."""

from __future__ import annotations

import errno
import json
import os
import pickle
import random
import stat
from pathlib import Path
from types import SimpleNamespace
from typing import Any

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


@pytest.mark.usefixtures("simple_disk")
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


@pytest.mark.parametrize("number", [errno.ESTALE, errno.EIO, errno.EINTR, errno.EMFILE, errno.ENFILE])
class TestAnErrorThatPasses:
    """What network file systems and busy machines say for a moment."""

    def test_is_looked_at_again(self, cache: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
        write_cache(cache, {ONE: ENTRY})
        left, opened = [2], os.open

        def open_later(*arguments: Any, **options: Any) -> int:
            if left[0]:
                left[0] -= 1
                raise OSError(number, os.strerror(number))
            return opened(*arguments, **options)

        monkeypatch.setattr(files.os, "open", open_later)
        assert credential_in(Store(str(cache)), ONE)

    def test_is_no_reason_to_refuse_a_write(self, cache: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
        write_cache(cache, {ONE: ENTRY})
        left, looked = [1], os.lstat

        def look_later(path: Any, *arguments: Any, **options: Any) -> os.stat_result:
            if left[0] and path == str(cache):
                left[0] -= 1
                raise OSError(number, os.strerror(number))
            return looked(path, *arguments, **options)

        monkeypatch.setattr(files.os, "lstat", look_later)
        save(Store(str(cache)), TWO, ENTRY)
        assert set(read_cache(cache)) == {ONE, TWO}

    def test_of_the_look_at_the_file_is_none(self, cache: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
        write_cache(cache, {ONE: ENTRY})
        left, looked = [1], os.lstat

        def look_later(*arguments: Any, **options: Any) -> os.stat_result:
            if left[0]:
                left[0] -= 1
                raise OSError(number, os.strerror(number))
            return looked(*arguments, **options)

        monkeypatch.setattr("jupyterlab_deploykf.io.store.os.lstat", look_later)
        assert credential_in(Store(str(cache)), ONE)

    def test_that_stays_is_told_with_advice_that_fits(
        self, cache: Path, monkeypatch: pytest.MonkeyPatch, number: int
    ) -> None:
        write_cache(cache, {ONE: ENTRY})
        monkeypatch.setattr(files.os, "open", failing(number))
        with pytest.raises(CacheUnreadable) as caught:
            Store(str(cache)).entries()
        assert os.strerror(number) in caught.value.message
        assert "chmod" not in str(caught.value)


def test_spellings_of_one_issuer_are_one_entry(cache: Path) -> None:
    # RFC 3986, 6.2.2 and 6.2.3; the reference class keeps whichever it was given.
    newest = {**ENTRY, "id_token": "newest", "expires_at": 3e9}
    write_cache(cache, {"https://one.example.com:443/dex": ENTRY, "HTTPS://One.example.com/dex/": newest, TWO: ENTRY})
    store = Store(str(cache))
    credential = credential_in(store, ONE)
    assert credential is not None
    assert credential.id_token == "newest"
    save(store, ONE, {})
    assert read_cache(cache) == {"https://one.example.com:443/dex": {}, "HTTPS://One.example.com/dex/": {}, TWO: ENTRY}


@pytest.mark.parametrize("key", ["deploykf.example.com/dex", "", "https://[x", "7", "https://h:99999/dex", "a b"])
def test_odd_keys_harm_no_other_entry(cache: Path, key: str) -> None:
    write_cache(cache, {key: ENTRY, ONE: ENTRY})
    store = Store(str(cache))
    assert credential_in(store, ONE)
    save(store, ONE, {})
    assert read_cache(cache) == {key: ENTRY, ONE: {}}


@pytest.mark.parametrize("levels", [90, 101, 500, 900])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_an_odd_entry_that_is_nested_deeply_keeps_nobody_from_writing(
    cache: Path, levels: int, opening: str, closing: str
) -> None:
    write_cache(cache, {ONE: ENTRY})
    deep = f"{opening * levels}1{closing * levels}"
    cache.write_text(f'{{"{ONE}": {json.dumps(ENTRY)}, "odd": {{"kept": [1], "deep": {deep}}}}}')
    store = Store(str(cache))
    with store.room(ONE) as room, store.locked() as transaction:
        transaction.save({ONE: {**ENTRY, "refresh_token": "new"}}, room)
    assert store.notice is None
    written = read_cache(cache)
    assert written[ONE] == {**ENTRY, "refresh_token": "new"}
    assert written["odd"]["kept"] == [1]
    # `json.dumps` gives up earlier than `json.loads`, by how deep the caller's own frames are.
    assert json.dumps(written).count(opening[0]) < 110
    assert levels > 90 or written["odd"]["deep"] == json.loads(deep)


@pytest.mark.parametrize(
    "odd",
    [
        r'"\ud800"',
        r'{"\udfff": "a\ud83d"}',
        r'"\ud83d\ude00 \u0000 \u202e"',
        "NaN",
        "[-Infinity, 1e400]",
        "1" + "0" * 400,
        "-0.0",
        "1.10",
        "[" + "{}, " * 200 + "{}]",
    ],
)
def test_an_odd_entry_is_written_as_it_was_read(cache: Path, odd: str) -> None:
    write_cache(cache, {})
    cache.write_text(f'{{"{ONE}": {json.dumps(ENTRY)}, "odd": {odd}}}')
    save(Store(str(cache)), TWO, ENTRY)
    assert repr(read_cache(cache)) == repr({ONE: ENTRY, "odd": json.loads(odd), TWO: ENTRY})


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_cache_that_an_editor_has_saved_in_its_encoding_is_read(cache: Path, encoding: str) -> None:
    write_cache(cache, {})
    cache.write_text(json.dumps({ONE: ENTRY}), encoding)
    store = Store(str(cache))
    assert credential_in(store, ONE)
    save(store, TWO, ENTRY)
    assert read_cache(cache) == {ONE: ENTRY, TWO: ENTRY}
    assert store.notice is None


def test_a_huge_number_in_another_entry_ends_no_session(cache: Path) -> None:
    write_cache(cache, {})
    cache.write_text(f'{{"{ONE}": {json.dumps(ENTRY)}, "odd": 1{"0" * 5000}}}')
    store = Store(str(cache))
    assert credential_in(store, ONE)
    save(store, TWO, ENTRY)
    assert store.notice is None


class TestTheMemo:
    """What was read is given again only if nothing about the file has changed."""

    @pytest.fixture
    def store(self, cache: Path) -> Store:
        write_cache(cache, {ONE: ENTRY})
        cache.chmod(0o600)
        os.utime(cache, ns=(1, 1))
        store = Store(str(cache))
        store.entries()
        return store

    def test_another_file_of_the_same_size_and_time_is_read(self, store: Store, cache: Path) -> None:
        # st_ino: a file that was renamed here, with its old times.
        other = cache.with_name("other")
        other.write_text(cache.read_text().replace("id-canary", "id-newest"))
        other.chmod(0o600)
        os.utime(other, ns=(1, 1))
        os.replace(other, cache)
        credential = credential_in(store, ONE)
        assert credential is not None
        assert credential.id_token == "id-newest"

    def test_a_file_written_in_place_whose_time_was_set_back_is_read(self, store: Store, cache: Path) -> None:
        # st_ctime: nobody can set it.
        cache.write_text(cache.read_text().replace("id-canary", "id-newest"))
        os.utime(cache, ns=(1, 1))
        credential = credential_in(store, ONE)
        assert credential is not None
        assert credential.id_token == "id-newest"

    def test_each_part_of_the_signature_counts(self) -> None:
        from jupyterlab_deploykf.io.store import _signature

        status = os.stat(__file__)
        names = ("st_mtime_ns", "st_ctime_ns", "st_size", "st_ino", "st_mode", "st_uid")
        plain = {name: getattr(status, name) for name in names}
        signatures = {_signature(SimpleNamespace(**{**plain, name: plain[name] + 1})) for name in names}  # type: ignore[arg-type]
        assert len({*signatures, _signature(SimpleNamespace(**plain))}) == len(names) + 1  # type: ignore[arg-type]

    def test_the_mark_changes_with_the_file_and_its_times(self, store: Store, cache: Path) -> None:
        marks = {store.mark()}
        other = cache.with_name("other")
        other.write_bytes(cache.read_bytes())
        os.utime(other, ns=(1, 1))
        os.replace(other, cache)
        marks.add(store.mark())
        cache.write_bytes(cache.read_bytes())
        os.utime(cache, ns=(1, 1))
        marks.add(store.mark())
        assert len(marks) == 3

    def test_each_part_of_the_mark_counts(self, store: Store, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        plain = {name: getattr(cache.stat(), name) for name in ("st_mtime_ns", "st_ctime_ns", "st_ino")}
        marks = set()
        for name in ("", *plain):
            status = SimpleNamespace(**{each: value + (each == name) for each, value in plain.items()})
            with monkeypatch.context() as patch:
                patch.setattr(os, "lstat", lambda _, status=status: status)
                marks.add(store.mark())
        assert len(marks) == len(plain) + 1

    def test_a_file_changed_within_the_clocks_granularity_is_not_remembered(self, cache: Path) -> None:
        write_cache(cache, {ONE: ENTRY})
        store = Store(str(cache))
        store.entries()
        assert not store.is_settled()
        os.utime(cache, ns=(1, 1))
        store.entries()
        assert store.is_settled()


def test_the_damage_is_told_until_a_login_of_any_process_has_removed_the_file(cache: Path) -> None:
    write_cache(cache, {})
    cache.write_text("{")
    store, other = Store(str(cache)), Store(str(cache))
    store.entries()
    assert store.notice is not None
    assert other.notice is None
    save(other, ONE, ENTRY)
    assert store.notice is None


class TestAfterAKill:
    def test_a_damaged_file_that_was_set_aside_is_removed_by_the_next_write(self, cache: Path) -> None:
        write_cache(cache, "{damaged")
        store = Store(str(cache))
        store.entries()
        assert len(list(cache.parent.glob("*.damaged-*"))) == 1
        save(store, ONE, ENTRY)
        assert list(cache.parent.glob("*.damaged-*")) == []

    def test_a_write_that_was_cut_off_before_its_rename_is_finished(self, cache: Path) -> None:
        store = Store(str(cache))
        save(store, ONE, ENTRY)
        os.utime(cache, ns=(1, 1))
        newest = {**ENTRY, "refresh_token": "newest"}
        cache.with_name(f"{cache.name}.1.abcd.tmp").write_text(json.dumps({ONE: newest}))
        save(store, TWO, ENTRY)
        assert read_cache(cache) == {ONE: newest, TWO: ENTRY}
        assert sorted(path.name for path in cache.parent.iterdir()) == [cache.name, f"{cache.name}.lock"]


def test_its_tokens_are_shown_nowhere(cache: Path) -> None:
    write_cache(cache, {ONE: ENTRY})
    os.utime(cache, ns=(1, 1))
    store = Store(str(cache))
    entries = store.entries()
    assert "canary" not in repr(vars(store)) + repr(entries) + repr(store.entry(ONE))
    with pytest.raises(TypeError):
        pickle.dumps(store)
    with pytest.raises(TypeError):
        pickle.dumps(entries)


@pytest.mark.usefixtures("simple_disk")
@pytest.mark.parametrize(("size", "left"), [(200, 20_000), (60_000, 4_096), (60_000, 57_344), (60_000, 76_000)])
def test_the_room_is_as_large_as_the_write_will_be(
    cache: Path, monkeypatch: pytest.MonkeyPatch, size: int, left: int
) -> None:
    write_cache(cache, {ONE: ENTRY, TWO: {**ENTRY, "note": "n" * size}})
    store = Store(str(cache))
    disk, written = [left], os.write

    def write(descriptor: int, content: bytes) -> int:
        taken = min(disk[0], len(content))
        if not taken:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        disk[0] -= taken
        return written(descriptor, bytes(content[:taken]))

    spent = []
    monkeypatch.setattr(files.os, "write", write)
    try:
        with store.room(ONE) as room:
            spent.append("the refresh token")
            # What was set aside is there for the write: the file's own blocks, not new ones.
            disk[0] = left
            with store.locked() as transaction:
                transaction.save({ONE: {**ENTRY, "id_token": "i" * 4000}}, room)
    except CacheNotWritable:
        assert spent == []
    else:
        assert read_cache(cache)[ONE]["id_token"] == "i" * 4000


@pytest.mark.parametrize("in_turn", [False, True])
def test_the_room_is_enough_for_a_token_that_is_much_longer(cache: Path, in_turn: bool) -> None:
    # A user who was put into many groups since the last one.
    write_cache(cache, {ONE: ENTRY})
    with Store(str(cache)).room(ONE, in_turn=in_turn):
        (temporary,) = cache.parent.glob("*.tmp")
        assert temporary.stat().st_size >= cache.stat().st_size + 16 * 1024
