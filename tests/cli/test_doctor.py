"""`doctor` in a real pseudo-terminal, and for programs."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from jupyterlab_deploykf import wiring
from jupyterlab_deploykf.cli import main
from testbench.bench import Bench

from ..conftest import write_cache
from ..support.issuer import Issuer
from ..support.realbench import log_in
from ..support.terminal import in_terminal, run_cli

Captured = pytest.CaptureFixture[str]


def test_each_line_is_said_with_a_mark_and_a_word(at_bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NB_PREFIX", "/notebook/team-1/demo")
    log_in(wiring.make_sessions(), at_bench)
    entry = wiring.make_sessions().store.entries()[at_bench.issuer]
    with in_terminal("doctor", env={"PYTHONIOENCODING": "utf-8"}) as terminal:
        terminal.wait_for(r"✓ ok +Name resolution +127.0.0.1 is an address")
        terminal.wait_for(r"\n- skipped +Certificate ")
        terminal.wait_for(r"\n✓ ok +Token +The token of user1@example.com is valid until")
        terminal.wait_for(r"\n✓ ok +Namespace ")
        terminal.wait_for(r"\nNo problem was found at http://\S+/dex\.")
        assert terminal.end() == 0
    for name in ("id_token", "access_token", "refresh_token"):
        assert str(entry[name]) not in terminal.screen.replace("\n", "")


def test_a_problem_comes_with_its_next_step_and_an_exit_code(at_bench: Bench) -> None:
    with in_terminal("doctor", env={"PYTHONIOENCODING": "ascii"}) as terminal:
        terminal.wait_for(r"\nx problem +Token +You are not signed in at \S+\n +In JupyterLab run the command")
        terminal.wait_for(r"Begin with «Token»|Begin with .Token.")
        assert terminal.end() == 3


def test_what_may_work_later_has_its_code(home: Path, capsys: Captured) -> None:
    assert main(["doctor", "http://127.0.0.1:9/dex"]) == 4
    out = capsys.readouterr().out
    assert "127.0.0.1:9 refuses the connection." in out
    assert "This waits for «Connection»." in out


def test_programs_get_what_the_rest_api_answers(at_bench: Bench) -> None:
    log_in(wiring.make_sessions(), at_bench)
    result = run_cli("doctor", "--json", at_bench.issuer)
    assert (result.returncode, result.stderr) == (0, "")
    answer = json.loads(result.stdout)
    assert set(answer) == {"made_at", "cluster", "checks", "bundle"}
    assert len(answer["checks"]) == 12
    result = run_cli("doctor", "--json", "nowhere")
    assert (result.returncode, result.stdout) == (1, "")
    assert json.loads(result.stderr)["code"] == "no_cluster"


def test_the_bundle_can_be_given_away(issuer: Issuer, cache: Path, home: Path) -> None:
    entry = issuer.entry()
    write_cache(cache, {issuer.url: entry})
    bundle = run_cli("doctor", "--bundle").stdout
    assert "~/.config/kfp/dkf_credentials.json" in bundle
    assert str(home) not in bundle
    assert "user1@" not in bundle
    assert "[ok] Token: The token of (somebody)@example.com is valid until" in bundle
    assert not any(entry[name] in bundle for name in ("id_token", "access_token", "refresh_token"))


def test_ctrl_c_ends_it(home: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as hung,
        in_terminal("doctor", f"http://127.0.0.1:{hung.getsockname()[1]}/dex") as terminal,
    ):
        terminal.wait_for("Certificate")
        terminal.type("\x03")
        terminal.wait_for("Interrupted.")
        assert terminal.end() == 130
