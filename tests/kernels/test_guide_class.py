"""deployKF's own class, unmodified, on the cache that we write: in both kfp environments."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from jupyterlab_deploykf import wiring
from testbench.bench import Bench

from ..conftest import read_cache
from ..support.guide import USE_THE_GUIDES_CLASS, guide_class
from ..support.realbench import log_in

ROOT = Path(__file__).resolve().parents[2]
KERNELS = {name: ROOT / ".build" / "venv" / name / "bin" / "python" for name in ("kfp1", "kfp2")}

USE_OURS = """
import json, sys
from jupyterlab_deploykf import get_token
import kfp
client = kfp.Client(host=sys.argv[2], existing_token=get_token(sys.argv[1]))
experiments = client.list_experiments(namespace="team-1").experiments
print(json.dumps([getattr(e, "display_name", None) or e.name for e in experiments]))
"""


def run_in(kernel: str, source: str, bench: Bench, tmp_path: Path) -> list[str]:
    """Run a script in a kernel's environment, where nobody can answer a prompt."""
    script = tmp_path / "script.py"
    script.write_text(source)
    result = subprocess.run(
        [str(KERNELS[kernel]), "-W", "ignore", str(script), bench.issuer, bench.api_url],
        # The class's own OAuth library wants https for a refresh, and the bench is on loopback.
        env={**os.environ, "OAUTHLIB_INSECURE_TRANSPORT": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    names: list[str] = json.loads(result.stdout.strip().splitlines()[-1])
    return names


@pytest.mark.parametrize("kernel", list(KERNELS))
def test_the_guides_class_lists_experiments_from_our_cache(
    kernel: str, bench: Bench, home: Path, cache: Path, tmp_path: Path
) -> None:
    log_in(wiring.make_sessions(), bench)
    before, requests = cache.read_bytes(), bench.token_requests
    source = guide_class("DeployKFCredentialsOutOfBand") + USE_THE_GUIDES_CLASS
    assert sorted(run_in(kernel, source, bench, tmp_path)) == ["Default", "churn-model", "price-forecast"]
    assert (cache.read_bytes(), bench.token_requests) == (before, requests)


@pytest.mark.parametrize("kernel", list(KERNELS))
def test_we_go_on_with_what_the_guides_class_wrote(
    kernel: str, bench: Bench, home: Path, cache: Path, tmp_path: Path
) -> None:
    sessions = wiring.make_sessions()
    log_in(sessions, bench)
    old = sessions.get_token(bench.issuer)
    entries = read_cache(cache)
    entries[bench.issuer]["expires_at"] -= 3500
    cache.write_text(json.dumps(entries))
    run_in(kernel, guide_class("DeployKFCredentialsOutOfBand") + USE_THE_GUIDES_CLASS, bench, tmp_path)
    theirs = read_cache(cache)[bench.issuer]["id_token"]
    assert theirs != old
    assert wiring.make_sessions().get_token(bench.issuer) == theirs


@pytest.mark.parametrize("kernel", list(KERNELS))
def test_get_token_works_in_a_kernel_without_jupyter(kernel: str, bench: Bench, home: Path, tmp_path: Path) -> None:
    log_in(wiring.make_sessions(), bench)
    assert len(run_in(kernel, USE_OURS, bench, tmp_path)) == 3
