"""The cluster that the environment names."""

from __future__ import annotations

import pytest

from jupyterlab_deploykf.core.cluster import parse_cluster
from jupyterlab_deploykf.errors import ConfigurationError
from jupyterlab_deploykf.io.environment import cluster_entry, for_command

ISSUER = {"DEPLOYKF_ISSUER_URL": "https://deploykf.example.com/dex"}


@pytest.mark.parametrize(
    ("value", "auth_types"), [("", ()), (" , ", ()), ("ldap", ("ldap",)), ("local, ldap", ("local", "ldap"))]
)
def test_it_says_how_people_log_in_there_and_a_command_is_told_so(value: str, auth_types: tuple[str, ...]) -> None:
    cluster = parse_cluster(cluster_entry({**ISSUER, "DEPLOYKF_AUTH_TYPES": value}), "environment")
    assert cluster.auth_types == auth_types
    handed_on = for_command(cluster, "https://deploykf.example.com/pipeline", "/token")
    assert parse_cluster(cluster_entry(handed_on), "environment").auth_types == auth_types


def test_a_way_that_there_is_not_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="saml"):
        parse_cluster(cluster_entry({**ISSUER, "DEPLOYKF_AUTH_TYPES": "saml"}), "environment")
