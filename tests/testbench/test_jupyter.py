"""JupyterLab behind the gateway, as on Kubeflow Notebooks."""

from __future__ import annotations

import asyncio
import json
import sys
import uuid
from pathlib import Path

import aiohttp
import pytest

from testbench.bench import Bench
from testbench.jupyter import home_environment, make_jupyter
from testbench.person import make_browser, sign_in_to_gateway


def test_home_environment_holds_nothing_of_the_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JUPYTER_PATH", "DEPLOYKF_ISSUER_URL", "PYTHONPATH", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, "/of/the/user")
    environment = home_environment(tmp_path / "home", {"NB_PREFIX": "/x"})
    assert "/of/the/user" not in environment.values()
    assert environment["HOME"] == str(tmp_path / "home")
    assert environment["NB_PREFIX"] == "/x"


def test_login_xsrf_and_a_kernel(bench: Bench, tmp_path: Path) -> None:
    lab = make_jupyter(bench, Path(sys.executable), tmp_path / "home")
    lab.start(deadline=60)
    base = f"{bench.origin}{bench.notebook_path}"
    try:
        with make_browser() as browser:
            sign_in_to_gateway(browser, f"{base}lab", bench.users[0])
            assert browser.get(f"{base}api/status", timeout=10).status_code == 200
            assert browser.post(f"{base}api/kernels", json={}, timeout=10).status_code == 403  # XSRF stays on
            xsrf = {"X-XSRFToken": browser.cookies["_xsrf"]}
            kernel = browser.post(f"{base}api/kernels", json={}, headers=xsrf, timeout=30)
            assert kernel.status_code == 201
            cookie = "; ".join(f"{c.name}={c.value}" for c in browser.cookies)
        code = "import os; print(os.environ['DEPLOYKF_ISSUER_URL'], os.environ['NB_PREFIX'])"
        printed = asyncio.run(_execute(f"{base}api/kernels/{kernel.json()['id']}/channels", cookie, bench.origin, code))
        assert printed.split() == [bench.issuer, bench.notebook_path.rstrip("/")]
    finally:
        lab.stop()
    assert not lab.running


async def _execute(url: str, cookie: str, origin: str, code: str) -> str:
    """Run code in a kernel, and return what it printed first."""
    request = {
        "header": {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "session": "s", "version": "5.3"},
        "parent_header": {},
        "metadata": {},
        "content": {"code": code, "silent": False},
        "channel": "shell",
    }
    headers = {"Cookie": cookie, "Origin": origin}
    async with aiohttp.ClientSession(headers=headers) as client, client.ws_connect(url) as socket:
        await socket.send_json(request)
        while True:
            message = json.loads(await socket.receive_str(timeout=30))
            if message["msg_type"] == "stream":
                text: str = message["content"]["text"]
                return text
