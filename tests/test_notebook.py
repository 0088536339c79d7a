"""A cell that needs a login: in real kernels, with a person who reads what the cell shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyterlab_deploykf import wiring
from jupyterlab_deploykf.notebook import MIME
from testbench.bench import Bench
from testbench.person import sign_in

from .support.cells import Cell, Kernel, kernel
from .support.kernel import EXPERIMENTS, KERNELS
from .support.realbench import log_in

CELL = """
import warnings; warnings.simplefilter("ignore")
from jupyterlab_deploykf import kfp_client
client = kfp_client(namespace="team-1")
print(sorted(getattr(e, "display_name", None) or e.name for e in client.list_experiments().experiments))
"""


@pytest.fixture(params=list(KERNELS))
def running(
    request: pytest.FixtureRequest, bench: Bench, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Kernel]:
    monkeypatch.setenv("DEPLOYKF_ISSUER_URL", bench.issuer)
    with kernel(request.param, tmp_path) as started:
        yield started


def shown(cell: Cell) -> dict[str, object]:
    """What our front end would see."""
    bundle: dict[str, object] = cell.history[-1][MIME]
    return bundle


class TestACellThatNeedsALogin:
    def test_goes_on_with_the_code(self, running: Kernel, bench: Bench, cache: Path) -> None:
        def person(cell: Cell) -> str:
            assert shown(cell)["state"] == "asking"
            return sign_in(str(shown(cell)["authorization_url"]), bench.users[0])

        cell = running.run(CELL, person)
        assert cell.error is None
        assert str(EXPERIMENTS) in cell.text
        assert shown(cell)["state"] == "signed_in"
        assert shown(cell)["identity"]["email"] == "user1@example.com"  # type: ignore[index]
        # One output that changed, and a prompt that hides what is typed.
        assert len([d for d in cell.displays.values() if MIME in d]) == 1
        assert cell.prompts == [("Code: ", True)]
        credential = json.loads(cache.read_text())[bench.issuer]
        everything = json.dumps(cell.history) + cell.text
        assert not any(str(credential[name]) in everything for name in ("id_token", "access_token", "refresh_token"))

    def test_asks_again_when_the_code_is_wrong(self, running: Kernel, bench: Bench, home: Path) -> None:
        def person(cell: Cell) -> str:
            url = str(shown(cell)["authorization_url"])
            return "a" * 25 if len(cell.prompts) == 1 else sign_in(url, bench.users[0])

        cell = running.run(CELL, person)
        assert cell.error is None
        assert [bundle[MIME]["state"] for bundle in cell.history if MIME in bundle] == ["asking", "asking", "signed_in"]
        assert cell.history[1][MIME]["problem"]["code"] == "code_rejected"
        assert "code" in cell.history[1]["text/html"]

    def test_goes_on_with_an_empty_line_when_someone_logged_in_elsewhere(self, running: Kernel, bench: Bench) -> None:
        def person(_: Cell) -> str:
            log_in(wiring.make_sessions(), bench)
            return ""

        cell = running.run(CELL, person)
        assert cell.error is None
        assert shown(cell)["state"] == "signed_in"

    def test_gives_up_in_the_end(self, running: Kernel, bench: Bench) -> None:
        cell = running.run(CELL, lambda _: "")
        assert cell.error is not None
        assert cell.error[0] == "CodeNotFound"
        assert shown(cell)["state"] == "ended"

    def test_is_an_error_at_once_where_nobody_is_there(self, running: Kernel, bench: Bench) -> None:
        cell = running.run(CELL)
        assert cell.error is not None
        assert cell.error[0] == "LoginRequired"
        assert not cell.history

    def test_works_with_the_guides_class_name(self, running: Kernel, bench: Bench) -> None:
        code = (
            "from jupyterlab_deploykf import DeployKFCredentialsOutOfBand\n"
            f"len(DeployKFCredentialsOutOfBand(issuer_url={bench.issuer!r}).get_token())"
        )
        cell = running.run(code, lambda c: sign_in(str(shown(c)["authorization_url"]), bench.users[0]))
        assert cell.error is None

    def test_is_an_error_in_a_thread(self, running: Kernel, bench: Bench) -> None:
        code = (
            "from concurrent.futures import ThreadPoolExecutor\nfrom jupyterlab_deploykf import kfp_client\n"
            "ThreadPoolExecutor().submit(kfp_client).result()"
        )
        cell = running.run(code, lambda _: "")
        assert cell.error is not None
        assert cell.error[0] == "LoginRequired"
        assert not cell.prompts
