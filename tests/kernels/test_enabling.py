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


#: A server of somebody else, which notes the credentials that it gets.
_OTHER_SERVER = """
import http.server, threading
seen = []
class Other(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        seen.append([self.headers.get("Authorization"), self.headers.get("Cookie")])
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b"{}")
    def log_message(self, *args):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Other)
threading.Thread(target=server.serve_forever, daemon=True).start()
evil = f"127.0.0.1:{server.server_port}"
"""


def test_no_token_goes_where_another_parser_reads_another_host(kernel: str, bench: Bench, home: Path) -> None:
    log_in(wiring.make_sessions(), bench)
    ran = run_script(
        kernel,
        _OTHER_SERVER
        + r"""
import kfp
import jupyterlab_deploykf
from jupyterlab_deploykf import DeployKFError, kfp_client
jupyterlab_deploykf.enable(namespace="team-1")
place = api_url.partition("://")[2].partition("/")[0]
begin = __import__("time").monotonic()
for host in (
    f"http://{evil}\\@{place}/pipeline", f"http://{evil}/\\@{place}", f"http://{place}\\@{evil}", f"http:\\\\{place}",
    f"http://{place}@{evil}/pipeline", f"http://{evil}#@{place}", f"http://{evil}?@{place}", f"http://{evil}\t@{place}",
    f"http://{place}\n@{evil}", f"http://{evil} @{place}", f"http://{place}%40{evil}", f"http://{place}:80@{evil}",
):
    for make in (kfp.Client, kfp_client):
        try:
            make(host=host)
            tell("no error")
        except DeployKFError as error:
            assert error.code == "configuration", error
tell(seen)
assert __import__("time").monotonic() - begin < 15
""",
        bench,
    )
    assert ran.told == [[]]


def test_a_host_of_somebody_else_stays_as_it_is_even_if_it_is_odd(kernel: str, bench: Bench, home: Path) -> None:
    log_in(wiring.make_sessions(), bench)
    ran = run_script(
        kernel,
        _OTHER_SERVER.replace("127.0.0.1", "localhost")
        + """
import kfp
import jupyterlab_deploykf
jupyterlab_deploykf.enable()
kfp.Client(host=f"http://me@{evil}").list_experiments(namespace="team-1")
tell([len(seen) > 0, [each for each in seen if "ey" in str(each)]])
""",
        bench,
    )
    assert ran.told == [[True, []]]


def test_a_subclass_is_signed_in_too(kernel: str, bench: Bench, home: Path) -> None:
    log_in(wiring.make_sessions(), bench)
    ran = run_script(
        kernel,
        """
import time
import kfp
import jupyterlab_deploykf
class Mine(kfp.Client):
    def __init__(self, label, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.label = label
    def list_experiments(self, *args, **kwargs):
        return super().list_experiments(*args, **kwargs)
class Deeper(Mine):
    pass
jupyterlab_deploykf.enable(namespace="team-1")
begin = time.monotonic()
for kind in (Mine, Deeper):
    client = kind("mine")
    same = type(client).__name__ == kind.__name__ and isinstance(client, kind)
    tell([names(client.list_experiments()), same, client.label])
tell(names(Mine("x", api_url, namespace="team-1").list_experiments()))
assert time.monotonic() - begin < 15
own = Mine("own", host=api_url, existing_token="own-token", namespace="team-1")
tell([type(own) is Mine, own._existing_config.api_key["authorization"] == "own-token"])
jupyterlab_deploykf.disable()
tell(names(client.list_experiments()))
""",
        bench,
    )
    mine = [EXPERIMENTS, True, "mine"]
    assert ran.told == [mine, mine, EXPERIMENTS, [True, True], EXPERIMENTS]
    assert ran.err.count("Kubeflow Pipelines at") == 3


def test_a_subclass_that_nobody_can_sign_in_fails_at_once(kernel: str, bench: Bench, home: Path) -> None:
    ran = run_script(
        kernel,
        """
import time
import kfp
import jupyterlab_deploykf
class Mine(kfp.Client):
    pass
jupyterlab_deploykf.enable()
begin = time.monotonic()
try:
    Mine()
except jupyterlab_deploykf.LoginRequired as error:
    tell([error.code, time.monotonic() - begin < 10])
""",
        bench,
        {"DEPLOYKF_ISSUER_URL": bench.issuer},
    )
    assert ran.told == [["login_required", True]]
