"""Starting, stopping, and what is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from testbench.bench import Bench
from testbench.binaries import CHECKOUT
from testbench.errors import ChildFailed
from testbench.options import BenchOptions
from testbench.process import Child

from .conftest import log_in, until


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _testbench(*arguments: str | Path, stdin: int = subprocess.PIPE) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "testbench", *map(str, arguments)],
        cwd=CHECKOUT,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _children_of(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


def test_two_benches_at_once_are_strangers(bench: Bench, tmp_path: Path) -> None:
    with Bench(BenchOptions(), tmp_path) as other:
        assert other.origin != bench.origin
        tokens = log_in(other, other.users[0])
        headers = {"Authorization": f"Bearer {tokens['id_token']}"}
        path = "/apis/v2beta1/experiments?namespace=team-1"
        assert requests.get(other.api_url + path, headers=headers, timeout=10).status_code == 200
        assert requests.get(bench.api_url + path, headers=headers, timeout=10).status_code == 401


def test_stop_leaves_no_process_and_no_port(tmp_path: Path) -> None:
    bench = Bench(BenchOptions(), tmp_path)
    with bench:
        pids = [bench.dex.pid, bench.oauth2_proxy.pid]
        assert all(pid and _alive(pid) for pid in pids)
    assert not any(pid and _alive(pid) for pid in pids)
    with pytest.raises(requests.ConnectionError):
        requests.get(bench.origin, timeout=5)
    # The same port and folder again: nothing lingers.
    port = int(bench.origin.rpartition(":")[2])
    with Bench(BenchOptions(port=port), tmp_path) as again:
        assert again.origin == bench.origin


def test_a_child_that_dies_at_start_says_why(tmp_path: Path) -> None:
    child = Child("Wrong", ["sh", "-c", "echo the reason; exit 3"], tmp_path / "log", ready=lambda: False)
    with pytest.raises(ChildFailed, match=r"Wrong ended at start with exit code 3(.|\n)*the reason"):
        child.start()
    absent = Child("Absent", [tmp_path / "absent"], tmp_path / "log2", ready=lambda: False)
    with pytest.raises(ChildFailed, match="No such file"):
        absent.start()


def test_a_child_that_is_never_ready_is_stopped(tmp_path: Path) -> None:
    seen: list[int | None] = []

    def never() -> bool:
        seen.append(child.pid)
        return False

    child = Child("Slow", ["sleep", "60"], tmp_path / "log", ready=never)
    with pytest.raises(ChildFailed, match="not ready"):
        child.start(deadline=0.2)
    assert seen[0]
    assert not _alive(seen[0])


def test_a_child_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = ["sh", "-c", 'trap "" TERM; echo here; while :; do sleep 0.1; done']
    child = Child("Stubborn", command, log, ready=lambda: log.exists() and "here" in log.read_text(), grace=0.2)
    child.start()
    pid = child.pid
    child.stop()
    assert pid
    assert not _alive(pid)


def test_serve_prints_one_line_of_json_and_ends_with_its_input() -> None:
    with _testbench("serve", "--id-tokens", "90s") as process:
        assert process.stdout
        assert process.stdin
        addresses = json.loads(process.stdout.readline())
        discovery = requests.get(f"{addresses['issuer']}/.well-known/openid-configuration", timeout=10)
        assert discovery.json()["issuer"] == addresses["issuer"]
        process.stdin.close()
        assert process.wait(15) == 0


def test_serve_stops_and_starts_jupyterlab_as_it_is_told(tmp_path: Path) -> None:
    with _testbench("serve", "--lab", "--base-path", "/user/some%40name/", "--folder", tmp_path) as process:
        assert process.stdout
        assert process.stdin
        addresses = json.loads(process.stdout.readline())
        assert addresses["notebook_path"] == "/user/some%40name/"
        status = f"http://127.0.0.1:{addresses['notebook_port']}{addresses['notebook_path']}api"
        assert requests.get(status, timeout=10).status_code == 200

        def tell(line: str) -> dict[str, str]:
            assert process.stdout
            assert process.stdin
            print(line, file=process.stdin, flush=True)
            answer: dict[str, str] = json.loads(process.stdout.readline())
            return answer

        assert tell("stop lab") == {"lab": "stopped"}
        with pytest.raises(requests.ConnectionError):
            requests.get(status, timeout=10)
        assert tell("start lab") == {"lab": "started"}
        assert requests.get(status, timeout=10).status_code == 200
        assert "not understood" in tell("stop dex")["error"]
        # Through the gateway, in both spellings of the same path.
        for path in (addresses["notebook_path"], "/user/some@name/"):
            answer = requests.get(f"{addresses['origin']}{path}lab", allow_redirects=False, timeout=10)
            assert answer.status_code == 302
        process.terminate()
        assert process.wait(30) == 0
        assert process.stdout.read() == "Stopped.\n"


def test_serve_in_the_background_runs_until_sigterm() -> None:
    with _testbench("serve", stdin=subprocess.DEVNULL) as process:
        assert process.stdout
        origin = json.loads(process.stdout.readline())["origin"]
        assert requests.get(origin, timeout=10).status_code == 200
        process.terminate()
        assert process.wait(15) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_children_end_with_a_parent_that_is_killed() -> None:
    with _testbench("serve") as process:
        assert process.stdout
        process.stdout.readline()
        children = _children_of(process.pid)
        assert len(children) == 2
        process.kill()
        process.wait(10)
    assert until(lambda: not any(map(_alive, children)))


def test_demo_starts_and_stops_on_sigterm(tmp_path: Path) -> None:
    # JupyterLab does not run it: it starts no kernel by itself. It answers that it lacks nothing.
    kernel = tmp_path / "python"
    kernel.write_text("#!/bin/sh\nexit 0\n")
    kernel.chmod(0o755)
    with _testbench("demo", "--port", "0", "--kernel-python", kernel, "--folder", tmp_path / "demo") as process:
        assert process.stdout
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "Stop with Ctrl-C" in line:
                break
        text = "".join(lines)
        children = _children_of(process.pid)
        process.send_signal(signal.SIGTERM)
        rest = process.stdout.read()
        assert process.wait(30) == 0
    assert "user1@example.com" in text
    assert "/notebook/team-1/demo/lab/tree/demo.ipynb" in text
    assert rest.strip().splitlines()[-1] == "Stopped."
    assert len(children) == 3
    assert not any(map(_alive, children))
    home = tmp_path / "demo" / "home"
    spec = json.loads((home / ".local/share/jupyter/kernels/kfp2/kernel.json").read_text())
    assert (spec["display_name"], spec["argv"][0]) == ("Python 3 (kfp 2)", str(kernel))
    assert (home / "work" / "demo.ipynb").exists()


def test_demo_says_what_the_kernel_lacks(tmp_path: Path) -> None:
    with _testbench("demo", "--kernel-python", tmp_path / "absent", "--folder", tmp_path / "demo") as process:
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "--kernel-python" in output
    assert "Traceback" not in output
