"""The notebooks of ``examples/``: each way to a client, top to bottom, in both kfp environments."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyterlab_deploykf.notebook import MIME
from testbench.bench import Bench
from testbench.kubernetes import Mount
from testbench.person import sign_in

from ..support.cells import Cell, kernel
from ..support.kernel import EXPERIMENTS, KERNELS

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

pytestmark = pytest.mark.parametrize("name", list(KERNELS))


def run_example(
    name: str, example: str, folder: Path, answer: Callable[[Cell], str] | None = None, *, lists: int = 2
) -> list[Cell]:
    """Run a notebook; where nobody answers, a prompt is an error."""
    document = json.loads((EXAMPLES / f"{example}.ipynb").read_text())
    sources = ["".join(cell["source"]) for cell in document["cells"] if cell["cell_type"] == "code"]
    with kernel(name, folder) as running:
        cells = [running.run(source, answer) for source in sources]
    assert [cell.error for cell in cells if cell.error] == []
    assert [sorted(cell.text.split()) for cell in cells].count(EXPERIMENTS) == lists
    return cells


@pytest.fixture
def environ(bench: Bench, home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def put(bench: Bench = bench, **variables: str) -> None:
        given = {"DEPLOYKF_ISSUER_URL": bench.issuer, "DEPLOYKF_API_URL": bench.api_url}
        for name, value in {**given, **variables}.items():
            monkeypatch.setenv(name, value)

    return put


def test_browser_login(name: str, bench: Bench, environ: Callable[..., None], tmp_path: Path) -> None:
    environ()
    asked: list[str] = []

    def person(cell: Cell) -> str:
        asked.append(cell.history[-1][MIME]["authorization_url"])
        return sign_in(asked[-1], bench.users[0])

    run_example(name, "browser-login", tmp_path, person)
    assert len(asked) == 1


def test_static_local(name: str, environ: Callable[..., None], tmp_path: Path) -> None:
    environ(DEPLOYKF_USERNAME="user1@example.com", DEPLOYKF_PASSWORD="user1")
    run_example(name, "static-local", tmp_path)


def test_static_ldap(name: str, ldap_bench: Bench, environ: Callable[..., None], tmp_path: Path) -> None:
    environ(ldap_bench, DEPLOYKF_USERNAME="ada", DEPLOYKF_PASSWORD="lovelace")
    run_example(name, "static-ldap", tmp_path)


def test_service_account(name: str, bench: Bench, environ: Callable[..., None], tmp_path: Path) -> None:
    mount = Mount(tmp_path / "volume", bench.token_issuer.token())
    environ(KF_PIPELINES_SA_TOKEN_PATH=str(mount.path), KF_PIPELINES_ENDPOINT=bench.internal_api_url)
    cells = run_example(name, "service-account", tmp_path)
    (table,) = cells[0].displays.values()
    assert "<table>" in table["text/html"]
