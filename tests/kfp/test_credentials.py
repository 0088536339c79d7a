"""The guide's class by our hands, without kfp: what its hook does in many threads."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from jupyterlab_deploykf import DeployKFCredentialsOutOfBand, LoginRequired

from ..conftest import write_cache
from ..support.issuer import Issuer


def test_the_hook_follows_the_cache_in_all_threads_and_says_nothing(
    issuer: Issuer, cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    entries = [issuer.entry(expires_in=3600) for _ in range(2)]
    entries[1]["id_token"] = f"{entries[1]['id_token']}x"
    write_cache(cache, {issuer.url: entries[0]})
    credentials = DeployKFCredentialsOutOfBand(issuer_url=issuer.url)
    stop = threading.Event()
    seen: list[set[str]] = []
    errors: list[BaseException] = []

    def call() -> None:
        config = SimpleNamespace(api_key={})
        tokens: set[str] = set()
        try:
            while not stop.is_set() or not tokens:
                credentials.refresh_api_key_hook(config)
                tokens.add(str(config.api_key["authorization"]))
        except BaseException as error:
            errors.append(error)
        seen.append(tokens)

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for turn in range(40):
        # As a writer of ours does: the file appears whole.
        fresh = cache.with_suffix(".new")
        write_cache(fresh, {issuer.url: entries[turn % 2]})
        fresh.replace(cache)
    stop.set()
    for thread in threads:
        thread.join(30)
    assert errors == []
    assert len(seen) == 8
    assert set().union(*seen) <= {entry["id_token"] for entry in entries}
    assert issuer.requests == []
    assert [record.getMessage() for record in caplog.records if record.name.startswith("jupyterlab_deploykf")] == []


def test_a_trailing_slash_is_the_same_issuer(issuer: Issuer, cache: Path) -> None:
    write_cache(cache, {issuer.url: issuer.entry(expires_in=3600)})
    assert DeployKFCredentialsOutOfBand(issuer_url=f"{issuer.url}/").get_token()


def test_skipping_tls_holds_for_the_one_object(issuer: Issuer, cache: Path, home: Path) -> None:
    write_cache(cache, {issuer.url: issuer.entry(expires_in=3600)})
    assert DeployKFCredentialsOutOfBand(issuer.url, skip_tls_verify=True).skip_tls_verify
    assert not DeployKFCredentialsOutOfBand(issuer.url).skip_tls_verify


def test_it_is_not_made_where_nobody_can_log_in(issuer: Issuer, home: Path) -> None:
    with pytest.raises(LoginRequired):
        DeployKFCredentialsOutOfBand(issuer_url=issuer.url)
