"""A mounted ServiceAccount token in both kfp environments, at the API inside the cluster."""

from __future__ import annotations

from pathlib import Path

import pytest

from testbench.bench import Bench
from testbench.kubernetes import Mount

from ..support.kernel import EXPERIMENTS, KERNELS, run_script

pytestmark = pytest.mark.parametrize("kernel", list(KERNELS))


@pytest.fixture
def mount(bench: Bench, tmp_path: Path) -> Mount:
    return Mount(tmp_path / "volume", bench.token_issuer.token())


def variables(bench: Bench, mount: Mount) -> dict[str, str]:
    return {"KF_PIPELINES_SA_TOKEN_PATH": str(mount.path), "KF_PIPELINES_ENDPOINT": bench.internal_api_url}


def test_it_is_taken_first_and_brings_its_namespace(kernel: str, bench: Bench, home: Path, mount: Mount) -> None:
    ran = run_script(
        kernel,
        """
from jupyterlab_deploykf import kfp_client
tell(names(kfp_client().list_experiments()))
""",
        bench,
        variables(bench, mount),
    )
    assert ran.told == [EXPERIMENTS]
    assert "the ServiceAccount token of team-1/default-editor" in ran.err
    assert "namespace team-1" in ran.err


def test_a_cache_that_can_t_be_read_is_no_trouble_for_it(kernel: str, bench: Bench, home: Path, mount: Mount) -> None:
    cache = home / ".config" / "kfp" / "dkf_credentials.json"
    cache.mkdir(parents=True)
    (home / ".config" / "kfp" / "deploykf.json").write_text("{broken")
    ran = run_script(
        kernel,
        """
from jupyterlab_deploykf import kfp_client, DeployKFError
tell(names(kfp_client().list_experiments()))
try:
    kfp_client(auth="login")
except DeployKFError as error:
    tell(error.code)
""",
        bench,
        {**variables(bench, mount), "DEPLOYKF_ISSUER_URL": bench.issuer},
    )
    assert ran.told == [EXPERIMENTS, "cache_unsafe"]


def test_the_host_is_the_one_inside_the_cluster_unless_said_otherwise(
    kernel: str, bench: Bench, home: Path, mount: Mount
) -> None:
    source = """
from jupyterlab_deploykf import kfp_client
tell([kfp_client(explain=True).host, kfp_client(host="http://elsewhere:1/", explain=True).host])
"""
    token = {"KF_PIPELINES_SA_TOKEN_PATH": str(mount.path)}
    inside = "http://ml-pipeline-ui.kubeflow.svc.cluster.local"
    assert run_script(kernel, source, bench, token).told == [[inside, "http://elsewhere:1"]]
    named = [[bench.internal_api_url, "http://elsewhere:1"]]
    assert run_script(kernel, source, bench, variables(bench, mount)).told == named


def test_a_plain_client_sends_none_and_an_enabled_one_does(kernel: str, bench: Bench, home: Path, mount: Mount) -> None:
    # What kfp itself makes of host and token path: no credential at all (facts of kfp).
    ran = run_script(
        kernel,
        """
import kfp, jupyterlab_deploykf
def attempt():
    try:
        return names(kfp.Client().list_experiments(namespace="team-1"))
    except Exception as error:
        return getattr(error, "status", str(error))
tell(attempt())
jupyterlab_deploykf.enable()
tell(attempt())
""",
        bench,
        variables(bench, mount),
    )
    assert ran.told == [401, EXPERIMENTS]


def test_each_request_reads_the_file_that_is_there_then(kernel: str, bench: Bench, home: Path, mount: Mount) -> None:
    issuer = bench.token_issuer
    replacement, foreign = issuer.token("team-2"), issuer.token(audience="vault")
    ran = run_script(
        kernel,
        f"""
import os, sys
sys.path.insert(0, {str(Path(__file__).resolve().parents[2])!r})
from jupyterlab_deploykf import kfp_client, DeployKFError
path = os.environ["KF_PIPELINES_SA_TOKEN_PATH"]
folder = os.path.dirname(path)
def swap(token):
    fresh = os.path.join(folder, f"..{{hash(token)}}")
    os.mkdir(fresh)
    with open(os.path.join(fresh, "token"), "w") as file:
        file.write(token)
    os.symlink(os.path.basename(fresh), os.path.join(folder, "..data_tmp"))
    os.replace(os.path.join(folder, "..data_tmp"), os.path.join(folder, "..data"))
def attempt(namespace):
    try:
        return names(client.list_experiments(namespace=namespace))
    except DeployKFError as error:
        return error.code
client = kfp_client()
tell(attempt("team-1"))
swap({replacement!r})
tell(attempt("team-2"))
swap({foreign!r})
tell(attempt("team-2"))
os.unlink(path)
tell(attempt("team-2"))
""",
        bench,
        variables(bench, mount),
    )
    assert ran.told == [EXPERIMENTS, EXPERIMENTS, "service_account_token_foreign", "service_account_token_missing"]


def test_a_wrong_audience_is_said_and_another_way_found(kernel: str, bench: Bench, home: Path, mount: Mount) -> None:
    mount.swap(bench.token_issuer.token(audience="vault"))
    ran = run_script(
        kernel,
        """
from jupyterlab_deploykf import kfp_client, DeployKFError
for auth in ("auto", "service-account"):
    try:
        kfp_client(issuer, auth=auth)
    except DeployKFError as error:
        tell(error.problem())
""",
        bench,
        variables(bench, mount),
    )
    assert [problem["code"] for problem in ran.told] == ["login_required", "service_account_token_foreign"]
    assert all("vault" in problem["message"] for problem in ran.told)
    assert "Configurations" in ran.told[1]["next_step"]


def test_a_cluster_that_was_named_is_not_swapped_for_the_pods_own(
    kernel: str, bench: Bench, home: Path, mount: Mount
) -> None:
    ran = run_script(
        kernel,
        """
from jupyterlab_deploykf import kfp_client
for auth in ("auto", "service-account"):
    tell(kfp_client(issuer, auth=auth, explain=True).to_dict()["way"])
""",
        bench,
        {**variables(bench, mount), "DEPLOYKF_PASSWORD_FILE": "/nowhere", "DEPLOYKF_USERNAME": "x"},
    )
    assert ran.told == [None, "service-account"]


def test_the_gateway_does_not_take_it_and_it_is_not_sent_there(
    kernel: str, bench: Bench, home: Path, mount: Mount
) -> None:
    ran = run_script(
        kernel,
        """
from jupyterlab_deploykf import kfp_client, DeployKFError
explanation = kfp_client(issuer, host=api_url, explain=True)
tell(explanation.to_dict()["findings"][0])
try:
    kfp_client(issuer, host=api_url, auth="service-account")
except DeployKFError as error:
    tell(error.problem())
""",
        bench,
        {**variables(bench, mount), "DEPLOYKF_ISSUER_URL": bench.issuer},
    )
    finding, problem = ran.told
    assert not finding["usable"]
    assert "gateway does not take" in finding["found"]
    assert problem["code"] == "api_unauthorized"
    assert "ml-pipeline-ui.kubeflow.svc.cluster.local" in problem["next_step"]


_LINKS = """
import kfp
from jupyterlab_deploykf import kfp_client
def link(client):
    return client._get_url_prefix()
"""


def test_links_lead_to_the_platform_s_public_address(kernel: str, bench: Bench, home: Path, mount: Mount) -> None:
    environ = {**variables(bench, mount), "DEPLOYKF_ISSUER_URL": bench.issuer}
    ran = run_script(
        kernel,
        _LINKS
        + """
import jupyterlab_deploykf
tell(link(kfp_client()))
tell(link(kfp_client(ui_host="https://mine.example.com")))
jupyterlab_deploykf.enable()
tell(link(kfp.Client()))
tell(link(kfp.Client(ui_host="https://mine.example.com")))
tell(kfp_client()._existing_config.host)
""",
        bench,
        environ,
    )
    mine = "https://mine.example.com"
    assert ran.told == [bench.api_url, mine, bench.api_url, mine, bench.internal_api_url]
    configured = {**environ, "DEPLOYKF_API_URL": "https://public.example.com/kfp"}
    source = _LINKS + "tell(link(kfp_client()))"
    assert run_script(kernel, source, bench, configured).told == ["https://public.example.com/kfp"]
    kfps_own = {**environ, "KF_PIPELINES_UI_ENDPOINT": "https://ui.example.com"}
    assert run_script(kernel, source, bench, kfps_own).told == ["https://ui.example.com"]


def test_links_lead_to_the_api_if_no_other_address_is_known(
    kernel: str, bench: Bench, home: Path, mount: Mount
) -> None:
    ran = run_script(kernel, _LINKS + "tell(link(kfp_client()))", bench, variables(bench, mount))
    assert ran.told == [bench.internal_api_url]
    elsewhere = {**variables(bench, mount), "DEPLOYKF_ISSUER_URL": bench.issuer}
    port_forwarded = "tell(link(kfp_client(host=%r, auth='service-account')))" % bench.internal_api_url  # noqa: UP031
    assert run_script(kernel, _LINKS + port_forwarded, bench, elsewhere).told == [bench.internal_api_url]
