"""The torture notices what is lost: faults that were fixed are put back, and rows must fail."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jupyterlab_deploykf import renewal
from jupyterlab_deploykf.core import idtoken
from jupyterlab_deploykf.io import store
from jupyterlab_deploykf.server import refresher as server_refresher
from torture import caches, faults, kills, servers
from torture.issuer import TOKEN, Fault, serve
from torture.options import Options
from torture.places import OTHER, OTHER_ENTRY, Home


@pytest.fixture
def options(tmp_path: Path) -> Options:
    return Options(tmp_path, None, seed=7, short=True)


def named(name: str) -> Fault:
    return next(fault for fault in faults.faults() if fault.name == name)


def test_an_overwritten_damaged_cache(options: Options, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.Store, "_set_aside", lambda self: None)
    (row,) = caches.damaged_caches(options)
    assert row.lost > 100


def test_a_foreign_exception(options: Options, monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(content: bytes) -> Any:
        return json.loads(content)

    monkeypatch.setattr(store, "_parsed", parse)
    (row,) = caches.damaged_caches(options)
    assert any("none of our errors" in miss for miss in row.misses)


def test_a_signature_that_is_not_checked(options: Options, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idtoken, "_has_signed", lambda *_: True)
    (row,) = caches.forged_tokens(options)
    assert any("another signature" in miss for miss in row.misses)


@pytest.mark.parametrize("check", idtoken._CHECKS[:-2], ids=lambda check: check.__name__)
def test_a_check_that_is_left_out(options: Options, monkeypatch: pytest.MonkeyPatch, check: Any) -> None:
    monkeypatch.setattr(idtoken, "_CHECKS", tuple(each for each in idtoken._CHECKS if each is not check))
    monkeypatch.setattr(idtoken, "_has_signed", lambda *_: True)
    all_of_them = Options(options.folder, None, seed=7, short=False)
    dice = all_of_them.dice("forged tokens")
    with serve() as issuer:
        accepted = 0
        expected = idtoken.Expectation(issuer.url, "kubeflow-pipelines-sdk", issuer.now(), nonce=caches.NONCE)
        keys = idtoken.parse_keys(issuer.answer("/dex/keys", {})[2])
        for _, (_, token) in zip(range(255), caches.forgeries(issuer, dice)):
            try:
                idtoken.verify_id_token(token, keys or [], expected)
                accepted += 1
            except (faults.DeployKFError, KeyError):
                continue
    assert accepted


def test_an_answer_that_was_lost_and_is_not_asked_for_again(options: Options, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = named("dropped after the request")
    assert faults.meet(options, fault, -1.0).wrong == ""
    monkeypatch.setattr(faults, "REUSE", 0.0)
    monkeypatch.setattr(renewal, "_REPETITIONS", (0.0,))
    assert faults.meet(options, fault, -1.0).wrong


def test_a_refresh_token_that_is_erased_by_a_passing_fault(options: Options, monkeypatch: pytest.MonkeyPatch) -> None:
    from jupyterlab_deploykf.core import tokenanswer

    fault = named("status 503")
    assert faults.meet(options, fault, -1.0).wrong == ""
    monkeypatch.setattr(tokenanswer, "fault_from", lambda cluster, *_: tokenanswer.session_ended(cluster))
    assert "has ended" in faults.meet(options, fault, -1.0).wrong


def test_somebody_who_waits_for_the_network_with_a_valid_token(
    options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = named("stall before the answer")
    defaults = renewal.Renewal.renewed.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "waits_for_newest", 3.0)
    assert faults.meet(options, fault, 200.0).slow


def test_a_token_that_expires_under_the_refresher(options: Options, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_refresher.Refresher, "tick", lambda self: [])
    monkeypatch.setattr(servers, "STEP", 600.0)
    assert all(row.has_failed for row in servers.refresher(options)[:1])


class TestWhatAKillHasBroken:
    """What is looked at after each kill."""

    def wrong(self, tmp_path: Path, content: str, *, leftover: bool = False) -> str:
        home = Home(tmp_path)
        with serve() as issuer:
            before = issuer.entry(expires_in=-1)
            text = content or json.dumps({OTHER: OTHER_ENTRY, issuer.url: before})
            home.cache.write_text(text.replace("URL", issuer.url))
            if leftover:
                home.cache.with_name("stray").write_text("refresh-7")
            return kills._wrong(home, issuer, "refresh", before)

    def test_nothing(self, tmp_path: Path) -> None:
        assert self.wrong(tmp_path, "") == ""

    def test_half_a_file(self, tmp_path: Path) -> None:
        assert self.wrong(tmp_path, '{"a": ') == "the cache does not parse"

    def test_another_session(self, tmp_path: Path) -> None:
        assert "another issuer's" in self.wrong(tmp_path, '{"URL": {}}')

    def test_the_session(self, tmp_path: Path) -> None:
        gone = json.dumps({OTHER: OTHER_ENTRY})
        assert "neither the old" in self.wrong(tmp_path, gone)

    def test_a_token_in_another_file(self, tmp_path: Path) -> None:
        assert "stray" in self.wrong(tmp_path, "", leftover=True)


def test_a_served_issuer_is_an_issuer(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with serve() as issuer:
        home.write({issuer.url: issuer.entry(expires_in=-1)})
        assert home.problem(issuer.url) == ""
        issuer.begin(Fault("refuses", (TOKEN,), refuses=True))
        assert home.problem(issuer.url)
        issuer.end()
        assert home.problem(issuer.url) == ""
