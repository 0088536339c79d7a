"""The extension in the environments that users have: it loads, it says what is wrong, and it lets Jupyter end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from testbench.jupyter import home_environment
from testbench.ports import free_port
from testbench.process import Child

ROOT = Path(__file__).parents[1]

#: As in scripts/lib/images.mjs; each has a file in requirements/images.
IMAGES = sorted(file.stem for file in (ROOT / "requirements" / "images").glob("*.txt"))

TOKEN = "token-of-this-test"

#: Seconds for JupyterLab to end after SIGTERM. It takes about one.
END = 10.0


@dataclass
class Lab:
    """A JupyterLab that runs."""

    child: Child
    url: str

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """The status and the JSON of an answer."""
        request = urllib.request.Request(
            f"{self.url}{path}",
            method=method,
            headers={"Authorization": f"token {TOKEN}"},
            data=None if body is None else json.dumps(body).encode(),
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def end(self) -> float:
        """Send SIGTERM; the seconds until it has ended."""
        assert self.child.pid is not None
        began = time.monotonic()
        os.kill(self.child.pid, signal.SIGTERM)
        while self.child.running:
            assert time.monotonic() - began < END, f"It goes on after SIGTERM:\n{self.child.last_lines()}"
            time.sleep(0.02)
        return time.monotonic() - began

    def log(self) -> str:
        return self.child.log.read_text()


@pytest.fixture(params=IMAGES)
def python(request: Any) -> Path:
    """The Python of an image."""
    found = ROOT / ".build" / "venv" / f"image-{request.param}" / "bin" / "python"
    assert found.exists(), "npm test -- compat makes the images"
    return found


@contextmanager
def run_lab(python: Path, home: Path, config: str = "") -> Iterator[Lab]:
    """Run an image's JupyterLab with a configuration of Jupyter's."""
    environment = home_environment(home)
    (home / ".jupyter").mkdir(exist_ok=True)
    (home / ".jupyter" / "jupyter_server_config.py").write_text(config)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [
        *(python, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1"),
        *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={home}"),
        f"--IdentityProvider.token={TOKEN}",
    ]

    def answers() -> bool:
        try:
            return lab.ask("GET", "/api/status")[0] == 200
        except OSError:
            return False

    lab = Lab(Child("JupyterLab", command, home / "jupyter.log", answers, environment, home), url)
    lab.child.start(deadline=60)
    try:
        yield lab
    finally:
        lab.child.stop()


def test_it_loads_works_and_ends(python: Path, tmp_path: Path) -> None:
    with run_lab(python, tmp_path) as lab:
        status, answer = lab.ask("GET", "/jupyterlab-deploykf/status")
        assert (status, answer["problem"], answer["sessions"], answer["kept_fresh"]) == (200, None, [], True)
        # It announces the change, by an event whose schema this jupyter-events has accepted.
        issuer = {"issuer": "https://deploykf.example.com/dex"}
        status, session = lab.ask("POST", "/jupyterlab-deploykf/logout", issuer)
        assert (status, session["state"]) == (200, "signed_out")
        lab.end()
        ours = [line for line in lab.log().splitlines() if "deploykf" in line.lower()]
        assert any("extension was successfully loaded" in line for line in ours), "\n".join(ours)
        assert "Traceback" not in lab.log()


def test_a_failure_to_load_is_told_and_lets_jupyter_end(python: Path, tmp_path: Path) -> None:
    config = """
import jupyterlab_deploykf.wiring as wiring

def broken(*_, **__):
    raise LookupError("broken on purpose")

wiring.make_sessions = broken
"""
    with run_lab(python, tmp_path, config) as lab:
        for method, path, body in (("GET", "status", None), ("POST", "login", {}), ("GET", "doctor", None)):
            status, problem = lab.ask(method, f"/jupyterlab-deploykf/{path}", body)
            assert (status, problem["code"]) == (500, "server_extension_failed")
            assert "(LookupError: broken on purpose)" in problem["message"]
        lab.end()


@pytest.mark.parametrize(
    "config",
    [
        'c.DeployKF.allowed_issuers = ["https://a.example.com/dex"]\nc.DeployKF.keep_fresh = "no"',
        'c.DeployKF.clusters = [{"issuer": "a.example.com/dex"}]',
    ],
)
def test_unusable_settings_allow_nothing(python: Path, tmp_path: Path, config: str) -> None:
    with run_lab(python, tmp_path, config) as lab:
        _, status = lab.ask("GET", "/jupyterlab-deploykf/status")
        assert status["problem"]["code"] == "server_misconfigured"
        _, problem = lab.ask("POST", "/jupyterlab-deploykf/provider", {"issuer": "http://127.0.0.1:9/dex"})
        assert problem == status["problem"]
        lab.end()


def test_the_command_line_and_the_kernels_side_work(python: Path, tmp_path: Path) -> None:
    environment = home_environment(tmp_path)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([python, *arguments], env=environment, capture_output=True, text=True, timeout=60)

    status = run("-m", "jupyterlab_deploykf", "status", "--json")
    assert json.loads(status.stdout)["sessions"] == []
    code = "import jupyterlab_deploykf as d\ntry: d.get_token()\nexcept d.DeployKFError as e: print(e.code)"
    assert run("-c", code).stdout.strip() == "no_cluster"
    # jupyter's own list of subcommands
    assert "status" in run(str(python.with_name("jupyter")), "deploykf", "--help").stdout
