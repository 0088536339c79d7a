"""Proxies and CAs of the environment: login, doctor and client take the same way, in both kfp environments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from jupyterlab_deploykf import wiring
from jupyterlab_deploykf.core.network import CA_VARIABLES
from testbench.bench import Bench
from testbench.options import BenchOptions
from testbench.pytest_plugin import MakeBench

from ..support.kernel import EXPERIMENTS, KERNELS, run_script
from ..support.realbench import log_in
from ..support.servers import Raw, proxy_server

pytestmark = pytest.mark.parametrize("kernel", list(KERNELS))

BASIC = "Basic bWU6Y2FuYXJ5"

#: One request by each part; what it comes to.
_ALL = """
import os
from jupyterlab_deploykf import DeployKFError, KFPClientManager, kfp_client
from jupyterlab_deploykf.doctor import examine
from jupyterlab_deploykf.wiring import make_sessions
def attempt(call):
    try:
        tell(call())
    except DeployKFError as error:
        tell(error.problem())
sessions = make_sessions()
attempt(lambda: bool(sessions.provider(issuer)))
attempt(lambda: {check.id: [check.state.value, check.found] for check in examine(sessions, issuer).checks})
attempt(lambda: names(KFPClientManager(api_url, "user1@example.com", "user1").create_kfp_client().list_experiments(
    namespace="team-1")))
attempt(lambda: names(kfp_client(issuer, namespace="team-1").list_experiments()))
"""


@pytest.fixture
def proxy() -> Iterator[Raw]:
    with proxy_server(BASIC) as running:
        yield running


def test_all_parts_go_through_the_proxy(kernel: str, bench: Bench, home: Path, proxy: Raw) -> None:
    log_in(wiring.make_sessions(), bench)
    environ = {"http_proxy": f"http://me:canary@127.0.0.1:{proxy.port}", "DEPLOYKF_ISSUER_URL": bench.issuer}
    before = len(bench.requests.records)
    ran = run_script(kernel, _ALL, bench, environ)
    provider, checks, static, client = ran.told
    assert (provider, static, client) == (True, EXPERIMENTS, EXPERIMENTS), ran.told
    assert checks["api"][0] == "ok", checks
    assert "canary" not in ran.out + ran.err
    asked = [head.split()[1] for head in proxy.heads]
    # Nothing has gone there by another way.
    assert len(asked) == len(bench.requests.records) - before
    for part in ("/dex/.well-known/openid-configuration", "/dex/auth/local/login", "/pipeline/apis/"):
        assert any(part in url for url in asked), part


@pytest.mark.parametrize("user", ["", "me:wrong@"])
def test_all_parts_say_that_the_proxy_wants_credentials(
    kernel: str, bench: Bench, home: Path, proxy: Raw, user: str
) -> None:
    log_in(wiring.make_sessions(), bench)
    environ = {"http_proxy": f"http://{user}127.0.0.1:{proxy.port}", "DEPLOYKF_ISSUER_URL": bench.issuer}
    provider, checks, static, client = run_script(kernel, _ALL, bench, environ).told
    for problem in (provider, static, client):
        assert f"The proxy {proxy.url} does not connect to" in problem["message"]
        assert "http_proxy" in problem["next_step"]
    assert "407" in checks["discovery"][1]


def test_a_proxy_that_is_none_is_said_with_its_variable(kernel: str, bench: Bench, home: Path) -> None:
    log_in(wiring.make_sessions(), bench)
    environ = {"http_proxy": "http://proxy:port", "DEPLOYKF_ISSUER_URL": bench.issuer}
    provider, checks, static, client = run_script(kernel, _ALL, bench, environ).told
    for problem in (provider, static, client):
        assert problem["code"] == "configuration"
        assert "http_proxy" in problem["message"]
    assert "http_proxy" in checks["dns"][1]


def test_a_configured_ca_file_counts_for_all_parts(kernel: str, make_bench: MakeBench, home: Path) -> None:
    bench = make_bench(replace(BenchOptions(), https=True, host="localhost"))
    configured = {"DEPLOYKF_ISSUER_URL": bench.issuer, "DEPLOYKF_CA_FILE": str(bench.ca_file)}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in configured.items():
            patch.setenv(name, value)
        log_in(wiring.make_sessions(), bench)
    nowhere = {**dict.fromkeys(CA_VARIABLES, ""), "DEPLOYKF_ISSUER_URL": bench.issuer}
    for given in (configured, {"SSL_CERT_FILE": str(bench.ca_file)}, {"DEPLOYKF_SKIP_TLS_VERIFY": "1"}):
        environ = {**nowhere, **given}
        provider, checks, static, client = run_script(kernel, _ALL, bench, environ).told
        assert (provider, static, client) == (True, EXPERIMENTS, EXPERIMENTS), environ
        assert checks["api"][0] == "ok", checks
    untrusted = run_script(kernel, _ALL, bench, nowhere).told
    assert all("can't be trusted" in str(told) for told in untrusted)
