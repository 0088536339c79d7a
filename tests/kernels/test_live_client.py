"""What a client does while it lives: sessions that end, faults, certificates; in both kfp environments."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from jupyterlab_deploykf import wiring
from testbench.bench import Bench
from testbench.options import BenchOptions
from testbench.pytest_plugin import MakeBench

from ..support.guide import guide_class
from ..support.kernel import EXPERIMENTS, KERNELS, run_script
from ..support.realbench import log_in

pytestmark = pytest.mark.parametrize("kernel", list(KERNELS))

#: A session's end and its new beginning, as another process brings them about.
_CACHE = """
import os, time
from pathlib import Path
cache = Path.home() / ".config/kfp/dkf_credentials.json"
def put(text):
    cache.write_text(text)
    cache_time = time.time() - 10
    os.utime(cache, (cache_time, cache_time))
"""


def test_a_session_that_ends_raises_and_the_same_client_works_after_a_login(
    kernel: str, bench: Bench, home: Path
) -> None:
    log_in(wiring.make_sessions(), bench)
    ran = run_script(
        kernel,
        _CACHE
        + """
import kfp_server_api
from jupyterlab_deploykf import kfp_client, LoginRequired
client = kfp_client(namespace="team-1")
before = cache.read_text()
put(json.dumps({issuer: {}}))
try:
    client.list_experiments()
except LoginRequired as error:
    tell([error.code, isinstance(error, kfp_server_api.ApiException)])
put(before)
tell(names(client.list_experiments()))
""",
        bench,
    )
    assert ran.told == [["login_required", False], EXPERIMENTS]


@pytest.mark.parametrize("credential", ["kfp_client", "DeployKFCredentialsOutOfBand"])
def test_waiting_for_a_run_ends_at_once_when_the_session_does(
    kernel: str, credential: str, make_bench: MakeBench, home: Path
) -> None:
    bench = make_bench(replace(BenchOptions(), run_seconds=3600))
    log_in(wiring.make_sessions(), bench)
    ran = run_script(
        kernel,
        _CACHE
        + f"""
import threading
import kfp
from jupyterlab_deploykf import kfp_client, DeployKFCredentialsOutOfBand, LoginRequired
if {credential!r} == "kfp_client":
    client = kfp_client(namespace="team-1")
else:
    client = kfp.Client(host=api_url, credentials=DeployKFCredentialsOutOfBand(issuer_url=issuer))
run_id = new_run(client)
answered = []
get_run = client._run_api.api_client.call_api
def call_api(*args, **kwargs):
    result = get_run(*args, **kwargs)
    answered.append(1)
    # The session ends after the first answer.
    put(json.dumps({{issuer: {{}}}}))
    return result
client._run_api.api_client.call_api = call_api
time.sleep = lambda seconds: None
try:
    client.wait_for_run_completion(run_id, timeout=60)
except LoginRequired as error:
    tell([error.code, len(answered)])
""".replace("run_id = new_run(client)", _NEW_RUN),
        bench,
    )
    assert ran.told == [["login_required", 1]]


_NEW_RUN = """
body = {"display_name": "waits", "name": "waits"}
experiment = client.get_experiment(experiment_name="Default", namespace="team-1")
experiment_id = getattr(experiment, "experiment_id", None) or experiment.id
import kfp_server_api as api
if hasattr(api, "V2beta1Run"):
    run_id = client._run_api.run_service_create_run(
        run=api.V2beta1Run(display_name="waits", experiment_id=experiment_id)
    ).run_id
else:
    reference = api.ApiResourceReference(
        key=api.ApiResourceKey(type="EXPERIMENT", id=experiment_id), relationship="OWNER"
    )
    run_id = client._run_api.create_run(body=api.ApiRun(name="waits", resource_references=[reference])).run.id
"""


def test_a_platform_that_does_not_take_the_token_is_said_so(kernel: str, bench: Bench, home: Path) -> None:
    log_in(wiring.make_sessions(), bench)
    ran = run_script(
        kernel,
        """
from jupyterlab_deploykf import DeployKFError, kfp_client
import jupyterlab_deploykf.kfp.access as access
def attempt(**arguments):
    try:
        kfp_client(issuer, **arguments)
    except DeployKFError as error:
        tell(error.problem())
origin = api_url[: -len("/pipeline")]
attempt(namespace="team-2")
attempt(host=origin, namespace="team-1")
attempt(host=origin + "/notebook/team-1/demo")
attempt(host="http://127.0.0.1:9")
attempt(auth="service-account")
attempt(auth="password")
access.SessionAccess.headers = lambda self: {"authorization": "Bearer spoilt"}
access.SessionAccess.replace = lambda self, refused: False
attempt(namespace="team-1")
""",
        bench,
    )
    codes = [problem["code"] for problem in ran.told]
    assert codes == [
        "api_forbidden",
        "not_an_api",
        "api_fault",
        "api_unreachable",
        "service_account_token_missing",
        "auth_type_unknown",
        "api_unauthorized",
    ], ran.told
    forbidden, not_an_api, *_, unauthorized = ran.told
    assert "«team-2»" in forbidden["message"]
    assert f"{bench.api_url}'" in not_an_api["next_step"]
    assert "user1@example.com" in unauthorized["message"]


def test_a_private_authority_is_trusted_by_a_file_or_skipped(kernel: str, make_bench: MakeBench, home: Path) -> None:
    bench = make_bench(replace(BenchOptions(), https=True, host="localhost"))
    environ = {"DEPLOYKF_ISSUER_URL": bench.issuer}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEPLOYKF_ISSUER_URL", bench.issuer)
        patch.setenv("DEPLOYKF_CA_FILE", str(bench.ca_file))
        log_in(wiring.make_sessions(), bench)
    source = """
import os, warnings
warnings.simplefilter("error")
warnings.filterwarnings("ignore", category=FutureWarning)
warnings.filterwarnings("ignore", category=DeprecationWarning)
from jupyterlab_deploykf import DeployKFError, kfp_client
try:
    client = kfp_client(namespace="team-1", **eval(os.environ.get("ARGUMENTS", "{}")))
    tell(names(client.list_experiments()))
    import kfp
    tell(kfp.Client._load_config.__module__.startswith("kfp"))
except DeployKFError as error:
    tell(error.code)
"""
    good = [EXPERIMENTS, True]
    assert run_script(kernel, source, bench, environ).told == ["api_certificate_untrusted"]
    assert run_script(kernel, source, bench, {**environ, "DEPLOYKF_CA_FILE": str(bench.ca_file)}).told == good
    assert run_script(kernel, source, bench, {**environ, "REQUESTS_CA_BUNDLE": str(bench.ca_file)}).told == good
    assert run_script(kernel, source, bench, {**environ, "DEPLOYKF_SKIP_TLS_VERIFY": "1"}).told == good
    assert run_script(kernel, source, bench, {**environ, "ARGUMENTS": "{'verify_ssl': False}"}).told == good
    ca = {**environ, "ARGUMENTS": f"{{'ssl_ca_cert': {str(bench.ca_file)!r}}}"}
    assert run_script(kernel, source, bench, ca).told == good
    gone = {**environ, "ARGUMENTS": "{'ssl_ca_cert': '/nowhere.pem'}"}
    assert run_script(kernel, source, bench, gone).told == ["configuration"]


def test_our_class_replaces_the_guides(kernel: str, bench: Bench, home: Path) -> None:
    log_in(wiring.make_sessions(), bench)
    use = """
import kfp
credentials = DeployKFCredentialsOutOfBand(issuer_url=issuer, skip_tls_verify=False)
client = kfp.Client(host=api_url, credentials=credentials)
tell(names(client.list_experiments(namespace="team-1")))
tell(str(credentials.get_token()))
"""
    before = bench.token_requests
    guides = run_script(kernel, guide_class("DeployKFCredentialsOutOfBand") + use, bench)
    ours = run_script(kernel, "from jupyterlab_deploykf import DeployKFCredentialsOutOfBand" + use, bench)
    assert guides.told == ours.told
    assert ours.told[0] == EXPERIMENTS
    assert bench.token_requests == before
    assert not ours.err.strip()


def test_without_a_terminal_a_login_is_an_error_and_no_hang(kernel: str, bench: Bench, home: Path) -> None:
    ran = run_script(
        kernel,
        """
from jupyterlab_deploykf import DeployKFCredentialsOutOfBand, LoginRequired
try:
    DeployKFCredentialsOutOfBand(issuer_url=issuer)
except LoginRequired as error:
    tell(error.code)
""",
        bench,
    )
    assert ran.told == ["login_required"]


def test_the_decision_is_explained_in_a_table(kernel: str, bench: Bench, home: Path) -> None:
    log_in(wiring.make_sessions(), bench)
    ran = run_script(
        kernel,
        """
from jupyterlab_deploykf import kfp_client
explanation = kfp_client(explain=True, namespace="team-1")
tell(explanation.to_dict())
tell(str(explanation))
tell(explanation._repr_html_())
""",
        bench,
        {"KUBERNETES_SERVICE_HOST": ""},
    )
    decision, text, html = ran.told
    assert (decision["way"], decision["host"], decision["namespace"]) == ("login", bench.api_url, "team-1")
    assert [finding["usable"] for finding in decision["findings"]] == [False, True, False]
    assert "user1@example.com is signed in" in text
    assert "<table>" in html
