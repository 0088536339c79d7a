"""A script in a terminal, with someone at the keyboard: it asks for what it needs, and goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from testbench.bench import Bench
from testbench.person import sign_in

from ..support.kernel import KERNELS
from ..support.terminal import in_terminal

pytestmark = pytest.mark.parametrize("kernel", list(KERNELS))

SCRIPT = """
import warnings; warnings.simplefilter("ignore")
from jupyterlab_deploykf import kfp_client
client = kfp_client(namespace="team-1", {arguments})
print("it goes on:", len(client.list_experiments().experiments))
"""


def test_kfp_client_asks_for_a_login(kernel: str, bench: Bench, home: Path) -> None:
    program = (str(KERNELS[kernel]), "-c", SCRIPT.format(arguments=""))
    with in_terminal(program=program, env={"DEPLOYKF_ISSUER_URL": bench.issuer}) as terminal:
        url = terminal.wait_for(r"\n(https?://\S+/dex/auth\?\S+)\n").group(1)
        terminal.wait_for(r"Code \(it is not shown\): ")
        code = sign_in(url, bench.users[0])
        terminal.type(code + "\n")
        terminal.wait_for("it goes on: 3", seconds=60)
        assert terminal.end() == 0
    assert code not in terminal.screen


def test_kfp_client_asks_for_static_credentials(kernel: str, bench: Bench, home: Path) -> None:
    program = (str(KERNELS[kernel]), "-c", SCRIPT.format(arguments='auth="static"'))
    with in_terminal(program=program, env={"DEPLOYKF_ISSUER_URL": bench.issuer}) as terminal:
        terminal.wait_for("User name for 127.0.0.1:\\d+: ")
        terminal.type("user1@example.com\n")
        terminal.wait_for("Password of user1@example.com for 127.0.0.1:\\d+: ")
        terminal.type("user1\n")
        terminal.wait_for("it goes on: 3", seconds=60)
        assert terminal.end() == 0
