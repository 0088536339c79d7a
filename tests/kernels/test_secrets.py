"""What a notebook saves of a failing call: with ``%xmode Verbose``, IPython shows the variables of all frames."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from jupyterlab_deploykf import wiring
from testbench.bench import Bench
from testbench.options import BenchOptions
from testbench.pytest_plugin import MakeBench

from ..conftest import read_cache
from ..support.kernel import KERNELS, run_script
from ..support.realbench import log_in

pytestmark = pytest.mark.parametrize("kernel", list(KERNELS))

#: A shell that shows tracebacks as a notebook does; `run` gives what a cell prints.
_SHELL = """
import contextlib, http.server, io, os, signal, threading, time
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_line_magic("xmode", "Verbose")
shell.run_line_magic("colors", "NoColor")
def run(cell):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        result = shell.run_cell(cell)
    error = result.error_in_exec or result.error_before_exec
    return [type(error).__name__, printed.getvalue()]
answer = {"status": 200, "headers": {"Content-Type": "application/json"}, "body": b"{}"}
class Platform(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if answer["status"] == 0:
            return
        if answer["status"] == -1:
            time.sleep(3)
            return
        self.send_response(answer["status"])
        for name, value in answer["headers"].items():
            self.send_header(name, value)
        self.send_header("Set-Cookie", "session=canary-cookie")
        self.end_headers()
        self.wfile.write(answer["body"])
    def log_message(self, *args):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Platform)
threading.Thread(target=server.serve_forever, daemon=True).start()
platform = f"http://127.0.0.1:{server.server_port}"
"""


def test_no_failing_call_shows_a_token(kernel: str, bench: Bench, home: Path, cache: Path) -> None:
    log_in(wiring.make_sessions(), bench)
    ran = run_script(
        kernel,
        _SHELL
        + """
shell.user_ns.update(platform=platform, issuer=issuer)
tell(run('''
import jupyterlab_deploykf
from jupyterlab_deploykf import kfp_client
client = kfp_client(issuer, host=platform, namespace="team-1", check=False, quiet=True)
'''))
json_, html = {"Content-Type": "application/json"}, {"Content-Type": "text/html"}
for status, headers, body in (
    (401, json_, b"{}"), (302, {"Location": "/dex/auth"}, b""), (431, {}, b""), (200, html, b"<p>"),
    (200, json_, b"no json"), (0, {}, b""), (403, html, b"/oauth2/start"),
):
    answer.update(status=status, headers=headers, body=body)
    tell(run("client.list_experiments()"))
answer.update(status=401)
tell(run("kfp_client(issuer, host=platform, namespace='team-1')"))
answer.update(status=-1)
tell(run("kfp_client(issuer, host=platform, namespace='team-1', check=0.2)"))
def interrupt():
    time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=interrupt).start()
tell(run("client.list_experiments()"))
server.shutdown()
server.server_close()
tell(run("client.list_experiments()"))
""",
        bench,
    )
    kinds = [kind for kind, _ in ran.told]
    assert kinds[0] == "NoneType", ran.told[0]
    assert kinds[1:] == [
        *("ApiUnauthorized", "ApiUnauthorized", "TokenTooLarge", "NotAnApi", "NotAnApi", "ApiUnreachable"),
        *("ApiUnauthorized", "ApiUnauthorized", "ApiUnreachable", "KeyboardInterrupt", "ApiUnreachable"),
    ], kinds
    entry = read_cache(cache)[bench.issuer]
    shown = "\n".join(text for _, text in ran.told)
    assert "guard.py" in shown
    assert "Traceback" in shown or "most recent call last" in shown
    # The parts of a token: IPython cuts long values.
    parts = [part for name in ("id_token", "refresh_token", "access_token") for part in entry[name].split(".")]
    for secret in (*(part[:24] for part in parts if len(part) > 24), "Bearer ey", "canary-cookie"):
        assert secret not in shown, secret


def test_no_failing_login_shows_a_password(kernel: str, bench: Bench, home: Path) -> None:
    password = "canary-password"
    ran = run_script(
        kernel,
        _SHELL
        + """
import os
shell.user_ns.update(platform=platform, issuer=issuer, api_url=api_url, os=os)
# As a person has it: from a Secret, and not in the cell.
run('''
import jupyterlab_deploykf
from jupyterlab_deploykf import KFPClientManager, kfp_client
from jupyterlab_deploykf.core.secret import Secret
pw = Secret(os.environ["THE_PASSWORD"])
''')
tell(run("KFPClientManager(api_url, 'user1@example.com', pw.__str__()).create_kfp_client()"))
tell(run("KFPClientManager('http://[', 'user1@example.com', pw.__str__())"))
tell(run("KFPClientManager(api_url, 'user1@example.com', pw.__str__(), 'saml')"))
tell(run("kfp_client(issuer, username='user1@example.com', password=pw.__str__())"))
tell(run("kfp_client('nowhere', username='user1@example.com', password=pw.__str__())"))
tell(run("kfp_client(issuer, existing_token=pw.__str__())"))
tell(run("kfp_client(issuer, host='http://127.0.0.1:9', username='user1@example.com', password=pw.__str__())"))
tell(run("import kfp; jupyterlab_deploykf.enable(username='x', password=pw.__str__()); kfp.Client(host=api_url)"))
os.environ["DEPLOYKF_USERNAME"] = "user1@example.com"
os.environ["DEPLOYKF_PASSWORD"] = os.environ["THE_PASSWORD"]
tell(run("kfp_client(issuer)"))
tell(run("kfp_client('nowhere')"))
""",
        bench,
        {"THE_PASSWORD": password, "DEPLOYKF_ISSUER_URL": bench.issuer},
    )
    kinds = [kind for kind, _ in ran.told]
    assert kinds == [
        *("PasswordRejected", "ConfigurationError", "AuthTypeUnknown", "PasswordRejected", "NoCluster"),
        *("ConfigurationError", "ApiUnreachable", "PasswordRejected", "PasswordRejected", "NoCluster"),
    ], ran.told
    for kind, text in ran.told:
        assert password not in text, (kind, text)


def test_a_certificate_s_error_shows_no_token(kernel: str, make_bench: MakeBench, home: Path, cache: Path) -> None:
    bench = make_bench(replace(BenchOptions(), https=True, host="localhost"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEPLOYKF_ISSUER_URL", bench.issuer)
        patch.setenv("DEPLOYKF_CA_FILE", str(bench.ca_file))
        log_in(wiring.make_sessions(), bench)
    ran = run_script(
        kernel,
        _SHELL
        + """
shell.user_ns.update(api_url=api_url)
tell(run("from jupyterlab_deploykf import kfp_client; kfp_client(namespace='team-1')"))
""",
        bench,
        {"DEPLOYKF_ISSUER_URL": bench.issuer},
    )
    ((kind, text),) = ran.told
    assert kind == "ApiCertificateUntrusted"
    assert "OpenSSL says" in text
    assert read_cache(cache)[bench.issuer]["id_token"].split(".")[1][:24] not in text
