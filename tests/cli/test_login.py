"""`login` in a real pseudo-terminal, at a real Dex."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from jupyterlab_deploykf import wiring
from jupyterlab_deploykf.core.cluster import Cluster
from testbench.bench import Bench
from testbench.options import BenchOptions
from testbench.person import sign_in
from testbench.pytest_plugin import MakeBench

from ..conftest import read_cache
from ..support.realbench import log_in
from ..support.terminal import Terminal, in_terminal, run_cli

PROMPT = r"Code \(it is not shown\): "


def address(terminal: Terminal) -> str:
    """The authorization request on the screen, once the code is asked for."""
    url = terminal.wait_for(r"\n(https?://\S+/dex/auth\?\S+)\n").group(1)
    terminal.wait_for(PROMPT)
    return url


def test_a_person_signs_in_with_the_code(at_bench: Bench, cache: Path) -> None:
    with in_terminal("login") as terminal:
        code = sign_in(address(terminal), at_bench.users[0])
        terminal.type(code + "\n")
        # With the date where that is tomorrow.
        until = r"until (\d{4}-\d\d-\d\d )?\d\d:\d\d \(in 59 min\)"
        terminal.wait_for(rf"Signed in at 127.0.0.1:\d+ as user1@example.com {until}")
        assert terminal.end() == 0
    entry = read_cache(cache)[at_bench.issuer]
    for secret in (code, entry["id_token"], entry["access_token"], entry["refresh_token"]):
        assert secret not in terminal.screen
    assert wiring.get_token()


def test_the_result_alone_is_on_stdout(at_bench: Bench, tmp_path: Path) -> None:
    with open(tmp_path / "out", "w+") as out:
        with in_terminal("login", "--json", stdout=out.fileno()) as terminal:
            terminal.type(sign_in(address(terminal), at_bench.users[0]) + "\n")
            assert terminal.end() == 0
        out.seek(0)
        assert json.loads(out.read()) == wiring.make_sessions().session(at_bench.issuer).to_dict()


def test_a_wrong_code_is_explained_and_asked_for_again(at_bench: Bench) -> None:
    with in_terminal("login") as terminal:
        url = address(terminal)
        terminal.type("no code\n")
        terminal.wait_for("There is no code in this text.")
        terminal.wait_for(PROMPT)
        terminal.type("a" * 25 + "\n")
        terminal.wait_for("does not take this code")
        terminal.wait_for(PROMPT)
        terminal.type(sign_in(url, at_bench.users[0]) + "\n")
        terminal.wait_for("Signed in at")
        assert terminal.end() == 0


def test_after_three_tries_it_ends(at_bench: Bench, cache: Path) -> None:
    with in_terminal("login") as terminal:
        for _ in range(3):
            terminal.wait_for(PROMPT)
            terminal.type("a" * 25 + "\n")
        assert terminal.end() == 1
    assert terminal.screen.count("does not take this code") == 3
    assert not cache.exists()


def test_ctrl_c_ends_it_with_a_line(at_bench: Bench, cache: Path) -> None:
    with in_terminal("login") as terminal:
        terminal.wait_for(PROMPT)
        terminal.type("\x03")
        terminal.wait_for("Interrupted")
        assert terminal.end() == 130
    assert "Traceback" not in terminal.screen
    assert not cache.exists()


def test_end_of_input_ends_it_with_the_next_step(at_bench: Bench) -> None:
    with in_terminal("login") as terminal:
        terminal.wait_for(PROMPT)
        terminal.type("\x04")
        terminal.wait_for("No code was given")
        assert terminal.end() == 1


def test_who_signs_in_elsewhere_meanwhile_presses_enter(at_bench: Bench) -> None:
    with in_terminal("login") as terminal:
        terminal.wait_for(PROMPT)
        terminal.type("\n")
        terminal.wait_for("The code is empty")
        terminal.wait_for(PROMPT)
        log_in(wiring.make_sessions(), at_bench)
        terminal.type("\n")
        terminal.wait_for("Signed in at .* as user1@example.com")
        assert terminal.end() == 0


def test_a_browser_is_opened_unless_told_not_to(at_bench: Bench, browser: tuple[str, Path]) -> None:
    program, note = browser
    with in_terminal("login", "--no-browser", env={"BROWSER": program}) as terminal:
        address(terminal)
    assert not note.exists()
    with in_terminal("login", env={"BROWSER": program}) as terminal:
        url = address(terminal)
        assert "A browser has been asked to open it." in terminal.screen
    assert note.read_text() == url
    assert "code_challenge_method=S256" in url
    assert "verifier" not in url


def test_another_user_than_before_is_said(at_bench: Bench) -> None:
    log_in(wiring.make_sessions(), at_bench, at_bench.users[1])
    with in_terminal("login") as terminal:
        terminal.type(sign_in(address(terminal), at_bench.users[0]) + "\n")
        terminal.wait_for("another user than before: that was user2@example.com")
        assert terminal.end() == 0


@pytest.mark.parametrize("options", [(), ("--device",), ("--json",)])
def test_without_a_terminal_it_says_so_at_once(home: Path, options: tuple[str, ...]) -> None:
    result = run_cli("login", "--cluster", "https://deploykf.invalid/dex", *options)
    assert (result.returncode, result.stdout) == (3, "")
    if options == ("--json",):
        assert json.loads(result.stderr)["code"] == "login_required"
    else:
        assert "needs a terminal" in result.stderr


def test_without_any_cluster_it_says_how_to_name_one(home: Path) -> None:
    with in_terminal("login") as terminal:
        terminal.wait_for("jupyter deploykf login --cluster https://deploykf.example.com/dex")
        assert terminal.end() == 1


def test_an_issuer_that_was_not_configured_is_kept_with_its_ca(
    make_bench: MakeBench, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = make_bench(replace(BenchOptions(), https=True))
    with in_terminal("login", "--cluster", bench.issuer) as terminal:
        terminal.wait_for("can't be trusted")
        assert terminal.end() == 1
    assert wiring.make_sessions().known() == []
    ca_file = os.path.relpath(str(bench.ca_file), Path(__file__).parents[2])
    with in_terminal("login", "--cluster", bench.issuer.replace("https://", ""), "--ca-file", ca_file) as terminal:
        terminal.type(sign_in(address(terminal), bench.users[0], bench.ca_file) + "\n")
        terminal.wait_for("now stands in your own list of clusters")
        terminal.wait_for("Signed in")
        assert terminal.end() == 0
    (cluster,) = wiring.make_sessions().clusters.own()
    assert (cluster.issuer, cluster.ca_file) == (bench.issuer, str(bench.ca_file))
    assert wiring.make_sessions().refresh(bench.issuer)


def test_a_cluster_is_found_by_its_name(at_bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEPLOYKF_ISSUER_URL")
    wiring.make_sessions().clusters.add_own(Cluster(at_bench.issuer, name="platform"))
    with in_terminal("login", "--cluster", "platfrom") as terminal:
        terminal.wait_for("No cluster is called «platfrom».\nThe clusters that are known: platform.")
        assert terminal.end() == 1
    with in_terminal("login", "--cluster", "platform") as terminal:
        terminal.type(sign_in(address(terminal), at_bench.users[0]) + "\n")
        terminal.wait_for("Signed in at platform as")
        assert terminal.end() == 0
    assert [c.to_entry() for c in wiring.make_sessions().clusters.own()] == [
        {"issuer": at_bench.issuer, "name": "platform"}
    ]


def test_the_screen_asks_for_the_code_in_this_words(at_bench: Bench) -> None:
    with in_terminal("login") as terminal:
        address(terminal)
    shown = re.sub(r"\?\S+", "?…", terminal.screen)
    host = at_bench.origin.partition("//")[2]
    assert shown == (
        f"Log in at {host}.\n\n1. Open this address in a browser, and sign in:\n\n{at_bench.issuer}/auth?…\n\n"
        "2. Copy the code that the page shows, and paste it here.\n"
        f"   Paste only a code that you asked for yourself, on a page of {host}.\n\nCode (it is not shown): "
    )


def test_static_credentials_need_no_browser_and_no_terminal(
    at_bench: Bench, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "password"
    file.write_text("user1\n")
    ran = run_cli("login", "--username", "user1@example.com", "--password-file", str(file))
    assert ran.returncode == 0, ran.stderr
    assert "Signed in at" in ran.stdout
    assert read_cache(cache)[at_bench.issuer]["refresh_token"]
    monkeypatch.setenv("DEPLOYKF_PASSWORD", "wrong")
    refused = run_cli("login", "--username", "user1@example.com", "--json")
    assert refused.returncode == 1
    assert "password_rejected" in refused.stdout + refused.stderr
    monkeypatch.delenv("DEPLOYKF_PASSWORD")
    assert run_cli("login", "--username", "user1@example.com").returncode == 3


def test_a_password_is_asked_for_without_echo(at_bench: Bench) -> None:
    with in_terminal("login", "--username", "user1@example.com") as terminal:
        terminal.wait_for(r"Password of user1@example.com \(it is not shown\): ")
        terminal.type("user1\n")
        terminal.wait_for("Signed in at")
        assert terminal.end() == 0
    assert "user1\r" not in terminal.screen
