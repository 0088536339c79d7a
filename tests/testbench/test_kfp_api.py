"""The KFP API's routes, in the requests that kfp 1.8.22 and 2.17.0 were seen to send."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
import requests

from testbench.kfp_api import KfpApi
from testbench.kfp_state import NOT_FOUND, PERMISSION_DENIED, Refused, State
from testbench.kfp_wire import detail
from testbench.options import DEFAULT_USERS
from testbench.webserver import WebServers, bind, port_of

Call = Callable[..., requests.Response]

_V1_TEAM_1 = "resource_reference_key.type=NAMESPACE&resource_reference_key.id=team-1"


def _filter(key: str, name: str, operation: str) -> str:
    return json.dumps({"predicates": [{operation: 1, "key": key, "stringValue": name}]})


def test_health_says_multi_user(call: Call) -> None:
    for version in ("v1beta1", "v2beta1"):
        assert call("GET", f"/apis/{version}/healthz").json()["multi_user"] is True


def test_v2_experiments(call: Call) -> None:
    made = call("POST", "/apis/v2beta1/experiments", json={"display_name": "v2", "namespace": "team-1"}).json()
    assert call("GET", f"/apis/v2beta1/experiments/{made['experiment_id']}").json() == made
    query = {"namespace": "team-1", "filter": _filter("display_name", "v2", "operation")}
    assert call("GET", "/apis/v2beta1/experiments", params=query).json()["experiments"] == [made]
    assert call("POST", f"/apis/v2beta1/experiments/{made['experiment_id']}:archive").status_code == 200
    assert call("GET", f"/apis/v2beta1/experiments/{made['experiment_id']}").json()["storage_state"] == "ARCHIVED"
    assert call("DELETE", f"/apis/v2beta1/experiments/{made['experiment_id']}").status_code == 200
    assert call("GET", f"/apis/v2beta1/experiments/{made['experiment_id']}").status_code == 404


def test_v1_experiments(call: Call) -> None:
    owner = [{"key": {"type": "NAMESPACE", "id": "team-1"}, "relationship": "OWNER"}]
    made = call("POST", "/apis/v1beta1/experiments", json={"name": "v1", "resource_references": owner}).json()
    assert made["resource_references"] == owner
    query = f"{_V1_TEAM_1}&filter={_filter('name', 'v1', 'op')}"
    assert call("GET", f"/apis/v1beta1/experiments?{query}").json()["experiments"] == [made]
    # The bench is shared: it is left as it was found.
    assert call("DELETE", f"/apis/v1beta1/experiments/{made['id']}").status_code == 200


def test_pages_follow_each_other(call: Call) -> None:
    first = call("GET", f"/apis/v1beta1/experiments?{_V1_TEAM_1}&page_size=2&sort_by=name").json()
    token = first["next_page_token"]
    second = call("GET", f"/apis/v1beta1/experiments?{_V1_TEAM_1}&page_size=2&sort_by=name&page_token={token}").json()
    names = [e["name"] for e in first["experiments"] + second["experiments"]]
    assert names == sorted(names)
    assert len(set(names)) >= 3


def test_v2_run_and_v1_run(call: Call) -> None:
    experiment = call("GET", f"/apis/v1beta1/experiments?{_V1_TEAM_1}").json()["experiments"][0]["id"]
    body = {"display_name": "r2", "experiment_id": experiment, "pipeline_spec": {"pipelineInfo": {"name": "p"}}}
    run = call("POST", "/apis/v2beta1/runs", json=body).json()
    assert run["pipeline_spec"] == body["pipeline_spec"]
    old = {
        "name": "r1",
        "pipeline_spec": {"workflow_manifest": "{}"},
        "resource_references": [{"key": {"type": "EXPERIMENT", "id": experiment}, "relationship": "OWNER"}],
    }
    assert call("POST", "/apis/v1beta1/runs", json=old).json()["run"]["name"] == "r1"
    listed = call("GET", f"/apis/v2beta1/runs?experiment_id={experiment}").json()["runs"]
    assert {r["display_name"] for r in listed} >= {"r1", "r2"}


def test_a_run_succeeds_by_itself() -> None:
    now = 1000.0
    state = State({"a@b": ["ns"]}, run_seconds=5, clock=lambda: now)
    experiment = next(iter(state.experiments.values()))
    run = state.create_run("r", experiment.id, "a@b", {})
    assert detail("v2beta1", "runs", run, 1004.9)["state"] == "RUNNING"
    assert detail("v2beta1", "runs", run, 1005.0)["state"] == "SUCCEEDED"
    assert detail("v1beta1", "runs", run, 1005.0)["run"]["status"] == "Succeeded"


def test_an_empty_list_is_left_out(call: Call) -> None:
    assert (
        call("GET", "/apis/v2beta1/experiments?namespace=team-1-prod&filter=" + _filter("name", "x", "op")).json() == {}
    )


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/apis/v2beta1/experiments?namespace=team-2", 403, 7),
        ("/apis/v2beta1/experiments?namespace=nowhere", 403, 7),
        ("/apis/v2beta1/experiments", 400, 3),
        ("/apis/v2beta1/experiments?namespace=team-1&page_token=x", 400, 3),
        ("/apis/v2beta1/experiments/absent", 404, 5),
        ("/apis/v2beta1/runs/absent", 404, 5),
        ("/apis/v2beta1/nonsense", 404, 5),
    ],
)
def test_errors_look_like_the_real_ones(call: Call, path: str, status: int, code: int) -> None:
    answer = call("GET", path)
    assert answer.status_code == status
    assert answer.json()["code"] == code
    assert set(answer.json()) == {"error", "code", "message", "details"}


def test_a_body_that_is_no_json_is_400(call: Call) -> None:
    assert call("POST", "/apis/v2beta1/experiments", data="{").json()["code"] == 3


def test_others_records_are_refused() -> None:
    state = State({"a@b": ["one"], "c@d": ["two"]})
    record = next(r for r in state.experiments.values() if r.namespace == "two")
    with pytest.raises(Refused) as refused:
        state.find("experiments", record.id, "a@b")
    assert refused.value.code == PERMISSION_DENIED
    with pytest.raises(Refused) as refused:
        state.delete("experiments", "absent", "a@b")
    assert refused.value.code == NOT_FOUND


@pytest.fixture
def bare_api() -> Iterator[str]:
    """The API without a gateway in front."""
    servers, held = WebServers(), bind()
    servers.serve(KfpApi(DEFAULT_USERS).application(), (held, None))
    yield f"http://127.0.0.1:{port_of(held)}"
    servers.stop()


def test_without_the_gateways_header_nobody_is_anybody(bare_api: str) -> None:
    answer = requests.get(f"{bare_api}/apis/v1beta1/experiments?{_V1_TEAM_1}", timeout=10)
    assert answer.status_code == 401
    assert answer.json()["message"] == "Request header error: there is no user identity header."
    assert requests.get(f"{bare_api}/apis/v2beta1/healthz", timeout=10).status_code == 200
