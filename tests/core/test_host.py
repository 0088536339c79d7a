"""Which address of the API goes with which credential."""

from __future__ import annotations

import pytest

from jupyterlab_deploykf.core.cluster import Cluster
from jupyterlab_deploykf.core.host import is_gateway, normalize_host, session_host
from jupyterlab_deploykf.errors import ConfigurationError

A = Cluster("https://a.example.com/dex")


def test_the_api_is_where_it_is_configured_and_else_on_the_issuers_origin() -> None:
    inside = "http://ml-pipeline-ui.kubeflow.svc.cluster.local"
    assert session_host(A, None) == "https://a.example.com/pipeline"
    assert session_host(A, inside) == "https://a.example.com/pipeline"
    assert session_host(A, "https://a.example.com/kfp") == "https://a.example.com/kfp"
    assert session_host(Cluster("https://sso.example.com/realms/a"), inside) == inside
    configured = Cluster("https://a.example.com/dex", api_url="https://x.example.com/y")
    assert session_host(configured, "http://localhost:8080") == "https://x.example.com/y"
    with pytest.raises(ConfigurationError, match="not known"):
        session_host(Cluster("https://sso.example.com/realms/a"), None)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("https://a.example.com/pipeline", True),
        ("https://a.example.com:443", True),
        ("http://a.example.com/pipeline", False),
        ("https://a.example.com:8443/pipeline", False),
        ("https://a.example.com.evil.example/pipeline", False),
        ("https://a.example.com@evil.example/pipeline", False),
    ],
)
def test_a_gateway_is_on_the_origin_of_a_known_cluster(host: str, expected: bool) -> None:
    assert is_gateway(host, [A]) is expected


def test_a_host_is_taken_as_people_give_it() -> None:
    assert normalize_host(" deploykf.example.com/pipeline/ ") == "https://deploykf.example.com/pipeline"
    for wrong in ("", "ftp://x", "https://"):
        with pytest.raises(ConfigurationError):
            normalize_host(wrong)
