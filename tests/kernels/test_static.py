"""Static Dex credentials in both kfp environments: `KFPClientManager` and `kfp_client(auth="static")`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from testbench.bench import Bench
from testbench.options import BenchOptions, ProxyOptions
from testbench.pytest_plugin import MakeBench

from ..support.guide import guide_class
from ..support.kernel import EXPERIMENTS, KERNELS, run_script

pytestmark = pytest.mark.parametrize("kernel", list(KERNELS))

#: The guide's own example, after the class.
USE_THE_MANAGER = """
manager = KFPClientManager(
    api_url=api_url, dex_username="user1@example.com", dex_password="user1", dex_auth_type="local"
)
client = manager.create_kfp_client()
tell(names(client.list_experiments(namespace="team-1")))
"""

OURS = "from jupyterlab_deploykf import KFPClientManager"


def test_the_managers_clients_list_experiments(kernel: str, bench: Bench, home: Path) -> None:
    ran = run_script(kernel, OURS + USE_THE_MANAGER, bench)
    assert ran.told == [EXPERIMENTS]
    assert "user1@example.com" not in ran.err


def test_the_guides_own_manager_does_the_same(kernel: str, bench: Bench, home: Path) -> None:
    assert run_script(kernel, guide_class("KFPClientManager") + USE_THE_MANAGER, bench).told == [EXPERIMENTS]


def test_the_sign_in_page_is_passed(kernel: str, make_bench: MakeBench, home: Path) -> None:
    bench = make_bench(replace(BenchOptions(), proxy=ProxyOptions(sign_in_page=True)))
    assert run_script(kernel, OURS + USE_THE_MANAGER, bench).told == [EXPERIMENTS]


def test_mistakes_are_told_apart(kernel: str, bench: Bench, home: Path) -> None:
    ran = run_script(
        kernel,
        """
from jupyterlab_deploykf import KFPClientManager, DeployKFError
def attempt(kind, *arguments):
    try:
        KFPClientManager(*arguments).create_kfp_client()
    except kind as error:
        assert isinstance(error, DeployKFError) and "user1" not in str(error).replace("user1@example.com", ""), error
        tell(error.code)
attempt(RuntimeError, api_url, "user1@example.com", "wrong")
attempt(ValueError, api_url, "user1@example.com", "user1", "saml")
attempt(RuntimeError, api_url, "user1@example.com", "user1", "ldap")
attempt(RuntimeError, "http://127.0.0.1:9/pipeline", "user1@example.com", "user1")
""",
        bench,
    )
    assert ran.told == ["password_rejected", "auth_type_unknown", "sign_in_page_unknown", "api_unreachable"]


def test_a_client_signs_in_again_when_its_session_is_refused(kernel: str, make_bench: MakeBench, home: Path) -> None:
    bench = make_bench(BenchOptions())
    ran = run_script(
        kernel,
        """
import jupyterlab_deploykf.kfp.static as static
from jupyterlab_deploykf import KFPClientManager
static.SIGN_IN_INTERVAL = 0
client = KFPClientManager(api_url, "user1@example.com", "user1").create_kfp_client()
access = client._deploykf.access
first = access.headers()["cookie"]
access._cookies = {name: static.Secret("spoilt") for name in access._cookies}
tell(names(client.list_experiments(namespace="team-1")))
tell(access.headers()["cookie"] != first)
""",
        bench,
    )
    assert ran.told == [EXPERIMENTS, True]


def test_kfp_client_takes_them_from_the_environment(kernel: str, bench: Bench, home: Path) -> None:
    password = home / "password"
    password.write_text("user1\n")
    environ = {"DEPLOYKF_USERNAME": "user1@example.com", "DEPLOYKF_PASSWORD_FILE": str(password)}
    ran = run_script(
        kernel,
        """
from jupyterlab_deploykf import kfp_client
client = kfp_client(issuer, namespace="team-1")
tell(names(client.list_experiments()))
""",
        bench,
        environ,
    )
    assert ran.told == [EXPERIMENTS]
    assert "the platform session of user1@example.com" in ran.err
    assert not (home / ".config" / "kfp" / "dkf_credentials.json").exists()


def test_without_a_password_it_says_where_one_goes(kernel: str, bench: Bench, home: Path) -> None:
    ran = run_script(
        kernel,
        """
from jupyterlab_deploykf import kfp_client, DeployKFError
try:
    kfp_client(issuer, auth="static", username="user1@example.com")
except DeployKFError as error:
    tell(error.problem())
""",
        bench,
    )
    assert ran.told[0]["code"] == "no_password"
    assert "DEPLOYKF_PASSWORD" in ran.told[0]["next_step"]
