"""A plain `kfp.Client()` after `enable()`, in both kfp environments."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyterlab_deploykf import wiring
from testbench.bench import Bench

from ..support.kernel import EXPERIMENTS, KERNELS, run_script
from ..support.realbench import log_in

pytestmark = pytest.mark.parametrize("kernel", list(KERNELS))


def test_a_plain_client_is_signed_in_until_it_is_disabled(kernel: str, bench: Bench, home: Path) -> None:
    log_in(wiring.make_sessions(), bench)
    ran = run_script(
        kernel,
        """
import kfp
from kfp import Client
import jupyterlab_deploykf
original = kfp.Client.__init__
jupyterlab_deploykf.enable(namespace="team-1")
client = Client()
tell([names(client.list_experiments()), isinstance(client, kfp.Client)])
tell(names(kfp.Client(host=api_url).list_experiments(namespace="team-1")))
jupyterlab_deploykf.enable(namespace="team-1", quiet=True)
jupyterlab_deploykf.disable()
jupyterlab_deploykf.disable()
tell(kfp.Client.__init__ is original)
tell(names(client.list_experiments()))
""",
        bench,
    )
    assert ran.told == [[EXPERIMENTS, True], EXPERIMENTS, True, EXPERIMENTS]
    assert ran.err.count("Kubeflow Pipelines at") == 2


def test_no_token_goes_to_another_host_or_beside_another_credential(kernel: str, bench: Bench, home: Path) -> None:
    log_in(wiring.make_sessions(), bench)
    ran = run_script(
        kernel,
        """
import http.server, threading
import kfp
import jupyterlab_deploykf
seen = []
class Other(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        seen.append(self.headers.get("Authorization"))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b"{}")
    def log_message(self, *args):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), Other)
threading.Thread(target=server.serve_forever, daemon=True).start()
jupyterlab_deploykf.enable()
kfp.Client(host=f"http://127.0.0.1:{server.server_port}").list_experiments(namespace="team-1")
kfp.Client(host=f"http://127.0.0.1:{server.server_port}", existing_token="own").list_experiments(namespace="team-1")
tell(sorted(set(map(str, seen))))
""",
        bench,
    )
    assert ran.told == [["Bearer own", "None"]]


def test_the_magic_does_the_same(kernel: str, bench: Bench, home: Path) -> None:
    log_in(wiring.make_sessions(), bench)
    ran = run_script(
        kernel,
        """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_line_magic("load_ext", "jupyterlab_deploykf")
import kfp
tell(names(kfp.Client().list_experiments(namespace="team-1")))
shell.run_line_magic("unload_ext", "jupyterlab_deploykf")
tell(kfp.Client.__init__.__module__.startswith("kfp"))
""",
        bench,
    )
    assert ran.told == [EXPERIMENTS, True]
