"""`kfp_client()` in both kfp environments, against the real parts."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyterlab_deploykf import wiring
from testbench.bench import Bench

from ..support.kernel import EXPERIMENTS, KERNELS, run_script
from ..support.realbench import log_in

pytestmark = pytest.mark.parametrize("kernel", list(KERNELS))


def test_lists_experiments_with_the_session_of_the_cache(kernel: str, bench: Bench, home: Path) -> None:
    log_in(wiring.make_sessions(), bench)
    ran = run_script(
        kernel,
        """
from jupyterlab_deploykf import kfp_client
client = kfp_client(namespace="team-1")
tell(names(client.list_experiments()))
""",
        bench,
    )
    assert ran.told == [EXPERIMENTS]
    said = ran.err.strip().splitlines()[-1]
    assert bench.api_url in said
    assert "user1@example.com" in said
    assert "namespace team-1" in said


def test_says_what_is_there_where_nothing_is(kernel: str, bench: Bench, home: Path) -> None:
    ran = run_script(
        kernel,
        """
from jupyterlab_deploykf import kfp_client, LoginRequired
try:
    kfp_client(issuer)
except LoginRequired as error:
    tell(error.problem())
""",
        bench,
    )
    (problem,) = ran.told
    assert problem["code"] == "login_required"
    assert "nobody is signed in" in problem["message"]
    assert "jupyter deploykf login" in problem["next_step"]


def test_a_login_that_is_asked_for_where_no_cluster_is_known_says_how_to_name_one(
    kernel: str, bench: Bench, home: Path
) -> None:
    ran = run_script(
        kernel,
        """
from jupyterlab_deploykf import kfp_client, DeployKFError
for arguments in ({"auth": "login"}, {}, {"cluster": "nowhere"}):
    try:
        kfp_client(**arguments)
    except DeployKFError as error:
        tell(error.code)
""",
        bench,
    )
    assert ran.told == ["no_cluster", "login_required", "no_cluster"]
