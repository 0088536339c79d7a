"""A cluster, as it is configured."""

from __future__ import annotations

import pytest

from jupyterlab_deploykf.core.cluster import Cluster, parse_cluster
from jupyterlab_deploykf.errors import ConfigurationError

ISSUER = "https://deploykf.example.com/dex"


@pytest.mark.parametrize(
    ("given", "kept"), [(["local"], ("local",)), (("ldap", "local"), ("ldap", "local")), (["ldap", "ldap"], ("ldap",))]
)
def test_its_ways_to_log_in_with_a_password_survive_saving(given: object, kept: tuple[str, ...]) -> None:
    cluster = parse_cluster({"issuer": ISSUER, "auth_types": given}, "file")
    assert cluster.auth_types == kept
    assert cluster.to_dict()["auth_types"] == list(kept)
    assert parse_cluster(cluster.to_entry(), "file") == cluster


def test_people_log_in_on_the_issuers_page_where_nothing_is_said() -> None:
    assert Cluster(ISSUER).to_dict()["auth_types"] == []
    assert parse_cluster({"issuer": ISSUER, "auth_types": []}, "file").to_entry() == {"issuer": ISSUER}


@pytest.mark.parametrize("wrong", ["local", ["saml"], [7], [["local"]], {"local": True}, None])
def test_other_ways_are_refused(wrong: object) -> None:
    with pytest.raises(ConfigurationError, match="auth_types") as caught:
        parse_cluster({"issuer": ISSUER, "auth_types": wrong}, "administrator")
    assert "local, ldap" in caught.value.next_step
