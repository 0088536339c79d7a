"""A notebook that is run by a program: a login is an error at once, and never a hang."""

from __future__ import annotations

from pathlib import Path

import pytest

from testbench.bench import Bench

from ..support.kernel import KERNELS, run_script


@pytest.mark.parametrize("kernel", list(KERNELS))
def test_a_cell_that_needs_a_login_fails_with_the_next_step(kernel: str, bench: Bench, home: Path) -> None:
    ran = run_script(
        kernel,
        """
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
cell = nbformat.v4.new_code_cell("from jupyterlab_deploykf import kfp_client\\nkfp_client()")
notebook = nbformat.v4.new_notebook(cells=[cell])
try:
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
except CellExecutionError as error:
    tell([error.ename, error.evalue])
""",
        bench,
        {"DEPLOYKF_ISSUER_URL": bench.issuer},
    )
    ((name, text),) = ran.told
    assert name == "LoginRequired"
    assert "jupyter deploykf login" in text
