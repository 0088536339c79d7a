"""`run`: a command with a token that stays fresh."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jupyterlab_deploykf import wiring
from jupyterlab_deploykf.cli import main
from jupyterlab_deploykf.errors import DeployKFError, LoginRequired
from jupyterlab_deploykf.io.token_file import TokenFile
from jupyterlab_deploykf.running import TokenKeeper
from jupyterlab_deploykf.session import Sessions
from testbench.bench import Bench

from ..conftest import read_cache, write_cache
from ..support.issuer import Issuer
from ..support.realbench import log_in
from ..support.terminal import ROOT, command, in_terminal, run_cli

TELL = """
import json, os, stat, sys
path = os.environ["KF_PIPELINES_SA_TOKEN_PATH"]
names = [n for n in os.environ if n.startswith(("KF_", "DEPLOYKF_"))]
print(json.dumps({
    "environment": {n: os.environ[n] for n in names},
    "token": open(path).read(),
    "modes": [stat.S_IMODE(os.stat(p).st_mode) for p in (path, os.path.dirname(path))],
    "arguments": sys.argv[1:],
}))
"""

# Says that it runs, and waits until another token is in the file.
WAIT = """
import os, sys, time
read = lambda: open(os.environ["KF_PIPELINES_SA_TOKEN_PATH"]).read()
first = read()
print("running", flush=True)
deadline = time.monotonic() + 30
while read() == first and time.monotonic() < deadline:
    time.sleep(0.05)
print(read(), flush=True)
"""


def age(cache: Path, issuer: str, left: float) -> None:
    entries = read_cache(cache)
    entries[issuer]["expires_at"] = time.time() + left
    write_cache(cache, entries)


def test_the_command_gets_a_token_file_and_the_variables(at_bench: Bench, tmp_path: Path) -> None:
    log_in(wiring.make_sessions(), at_bench)
    result = run_cli("run", "--", sys.executable, "-c", TELL, "--json", "--", "a b", env={"TMPDIR": str(tmp_path)})
    assert (result.returncode, result.stderr) == (0, "")
    told = json.loads(result.stdout)
    path = told["environment"]["KF_PIPELINES_SA_TOKEN_PATH"]
    assert told["environment"] == {
        "KF_PIPELINES_ENDPOINT": at_bench.api_url,
        "KF_PIPELINES_SA_TOKEN_PATH": path,
        "DEPLOYKF_ISSUER_URL": at_bench.issuer,
        "DEPLOYKF_API_URL": at_bench.api_url,
        "DEPLOYKF_CA_FILE": "",
        "DEPLOYKF_SKIP_TLS_VERIFY": "0",
        "DEPLOYKF_AUTH_TYPES": "",
    }
    assert told["token"] == wiring.make_sessions().get_token(at_bench.issuer)
    assert told["modes"] == [0o600, 0o700]
    assert told["arguments"] == ["--json", "--", "a b"]
    assert not Path(path).parent.exists()
    assert Path(path).is_relative_to(tmp_path)


def test_the_token_file_follows_the_session_while_it_runs(at_bench: Bench, cache: Path) -> None:
    log_in(wiring.make_sessions(), at_bench)
    before = at_bench.token_requests
    with subprocess.Popen(
        command("run", "--", sys.executable, "-c", WAIT), cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "running\n"
        age(cache, at_bench.issuer, left=100)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert out.strip() == read_cache(cache)[at_bench.issuer]["id_token"]
    assert at_bench.token_requests == before + 1


def test_kfp_takes_the_token_from_there(at_bench: Bench) -> None:
    log_in(wiring.make_sessions(), at_bench)
    for kernel, module in (("kfp1", "kfp.auth"), ("kfp2", "kfp.client")):
        source = (
            f"import kfp; from {module} import ServiceAccountTokenVolumeCredentials as C; "
            "print(len(kfp.Client(credentials=C()).list_experiments(namespace='team-1').experiments))"
        )
        python = str(ROOT / ".build" / "venv" / kernel / "bin" / "python")
        result = run_cli("run", "--", python, "-W", "ignore", "-c", source)
        assert result.stdout.strip() == "3", result.stderr


@pytest.mark.parametrize(("source", "code"), [("exit(7)", 7), ("import os; os.kill(os.getpid(), 9)", 137)])
def test_the_exit_code_is_the_commands(at_bench: Bench, source: str, code: int) -> None:
    log_in(wiring.make_sessions(), at_bench)
    assert run_cli("run", "--", sys.executable, "-c", source).returncode == code


def test_a_command_that_is_no_program_is_told_as_a_shell_tells_it(at_bench: Bench, tmp_path: Path) -> None:
    log_in(wiring.make_sessions(), at_bench)
    result = run_cli("run", "--json", "--", "no-such-program")
    assert (result.returncode, json.loads(result.stderr)["code"]) == (127, "command_not_run")
    result = run_cli("run", "--", str(tmp_path))
    assert result.returncode == 126
    assert "can't be run" in result.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signals_are_passed_on_and_nothing_stays(at_bench: Bench, tmp_path: Path, number: signal.Signals) -> None:
    log_in(wiring.make_sessions(), at_bench)
    with subprocess.Popen(
        command("run", "--", sys.executable, "-c", WAIT),
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # the command's own traceback
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"running\n"
        process.send_signal(number)
        assert process.wait(30) == 128 + number
    assert [path for path in tmp_path.iterdir() if path.name.startswith("deploykf-")] == []


def test_what_a_killed_one_leaves_goes_when_the_next_one_starts(issuer: Issuer, cache: Path, tmp_path: Path) -> None:
    write_cache(cache, {issuer.url: issuer.entry()})
    with subprocess.Popen(
        command("run", "--", sys.executable, "-c", WAIT),
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"running\n"
        os.killpg(process.pid, signal.SIGKILL)
    (left,) = tmp_path.glob("deploykf-*/token")
    assert left.read_text() == read_cache(cache)[issuer.url]["id_token"]
    assert run_cli("run", "--", "true", env={"TMPDIR": str(tmp_path)}).returncode == 0
    assert list(tmp_path.glob("deploykf-*")) == []


def test_ctrl_c_reaches_the_command_once(at_bench: Bench) -> None:
    log_in(wiring.make_sessions(), at_bench)
    source = (
        "import signal, sys, time\n"
        "got = []\n"
        "signal.signal(signal.SIGINT, lambda *_: got.append(1))\n"
        "print('running', flush=True)\n"
        "end = time.monotonic() + 1\n"
        "while time.monotonic() < end: time.sleep(0.05)\n"
        "print('interrupts:', len(got)); sys.exit(5)\n"
    )
    with in_terminal("run", "--", sys.executable, "-c", source) as terminal:
        terminal.wait_for("running")
        terminal.type("\x03")
        terminal.wait_for("interrupts: 1\n")
        assert terminal.end() == 5


def test_without_a_session_nothing_runs(at_bench: Bench, tmp_path: Path) -> None:
    result = run_cli("run", "--", "touch", str(tmp_path / "ran"))
    assert (result.returncode, result.stdout) == (3, "")
    assert "jupyter deploykf login" in result.stderr
    assert not (tmp_path / "ran").exists()


def test_without_a_known_host_it_asks_for_one(
    home: Path, issuer: Issuer, cache: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    entry = issuer.entry()
    write_cache(cache, {"https://sso.example.com/realms/a": entry})
    assert main(["run", "--", "true"]) == 1
    assert "--host" in capfd.readouterr().err
    assert main(["run", "--host", "https://kfp.example.com/", "--", "printenv", "KF_PIPELINES_ENDPOINT"]) == 0
    assert capfd.readouterr().out == "https://kfp.example.com\n"


def test_without_a_command_it_is_a_usage_error(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for argv in (["run"], ["run", "--"], ["run", "ls"], ["status", "--", "x"]):
        with pytest.raises(SystemExit) as caught:
            main(argv)
        assert caught.value.code == 2
    assert "after --" in capsys.readouterr().err


class TestTheKeeper:
    """Under faults, at another time."""

    def test_trouble_is_told_once_and_a_login_elsewhere_counts_at_once(self, issuer: Issuer, cache: Path) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
        issuer.scripted["/dex/token"] = (503, {}, b"")
        warned: list[DeployKFError] = []
        now = [time.time()]
        with TokenFile() as file:
            keeper = TokenKeeper(wiring.make_sessions(), issuer.url, file, warned.append, lambda: now[0], lambda: 0.5)
            for _ in range(5):
                keeper.tick()
            assert issuer.token_requests() == 1
            now[0] += 61
            keeper.tick()
            assert issuer.token_requests() == 2
            assert [error.code for error in warned] == ["issuer_fault"]
            assert not os.path.exists(file.path)
            write_cache(cache, {issuer.url: issuer.entry()})
            keeper.tick()
            assert Path(file.path).read_text() == read_cache(cache)[issuer.url]["id_token"]
            assert stat.S_IMODE(os.stat(file.path).st_mode) == 0o600
            write_cache(cache, {issuer.url: {}})
            keeper.tick()
            assert isinstance(warned[-1], LoginRequired)
        assert not os.path.exists(file.path)

    def test_an_error_that_nobody_thought_of_is_told_too_and_ends_nothing(
        self, sessions: Sessions, issuer: Issuer, cache: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write_cache(cache, {issuer.url: issuer.entry()})
        warned: list[DeployKFError] = []
        now = [0.0]

        def fail(wanted: str) -> None:
            raise RuntimeError("a secret")

        with TokenFile() as file:
            keeper = TokenKeeper(sessions, issuer.url, file, warned.append, lambda: now[0], lambda: 0.5)
            with monkeypatch.context() as patched:
                patched.setattr(sessions, "get_token", fail)
                keeper.tick()
            assert [error.code for error in warned] == ["unexpected"]
            assert "a secret" not in str(warned)
            now[0] += 61
            keeper.tick()
            assert Path(file.path).read_text() == read_cache(cache)[issuer.url]["id_token"]
