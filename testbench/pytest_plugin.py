"""Fixtures: ``pytest_plugins = ["testbench.pytest_plugin"]`` in the top conftest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from .bench import Bench
from .options import LDAP_USERS, BenchOptions, User

MakeBench = Callable[[BenchOptions], Bench]


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A small deployKF with deployKF's own durations, shared by the whole run."""
    with Bench(BenchOptions(), tmp_path_factory.mktemp("bench")) as running:
        yield running


@pytest.fixture(scope="session")
def ldap_bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """One with an LDAP server; where none can be started, the test fails and says how to get one."""
    with Bench(replace(BenchOptions(), ldap_users=LDAP_USERS), tmp_path_factory.mktemp("ldap-bench")) as running:
        yield running


@pytest.fixture
def make_bench(tmp_path: Path) -> Iterator[MakeBench]:
    """Start a bench of the test's own, with options of its own; it is stopped after the test."""
    with ExitStack() as stack:

        def make(options: BenchOptions) -> Bench:
            folder = tmp_path / f"bench-{len(list(tmp_path.glob('bench-*')))}"
            return stack.enter_context(Bench(options, folder))

        yield make


@pytest.fixture(scope="session")
def demo_user(bench: Bench) -> User:
    """The user of the demo's namespace."""
    return bench.users[0]
