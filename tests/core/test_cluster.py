"""A cluster, as it is configured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyterlab_deploykf.core.cluster import (
    Cluster,
    cached_issuers,
    is_same_issuer,
    issuer_key,
    normalize_issuer,
    parse_cluster,
)
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


TABLE = json.loads((Path(__file__).parent / "same_issuers.json").read_text("utf-8"))


@pytest.mark.parametrize(("one", "other"), TABLE["same"])
def test_equal_urls_are_one_issuer(one: str, other: str) -> None:
    assert is_same_issuer(one, other)
    assert normalize_issuer(one) == normalize_issuer(other) == Cluster(other).issuer
    assert normalize_issuer(f" {other.rstrip('/')}/.well-known/openid-configuration\n") == normalize_issuer(one)


@pytest.mark.parametrize(("one", "other"), TABLE["different"])
def test_other_urls_are_other_issuers(one: str, other: str) -> None:
    assert not is_same_issuer(one, other)
    assert normalize_issuer(one) != normalize_issuer(other)


@pytest.mark.parametrize("text", [*TABLE["none"], "https://deploykf.example.com/" + "x" * 2000, "https://h\ud800/dex"])
def test_what_is_not_an_issuer_is_nobodys(text: str) -> None:
    assert issuer_key(text) is None
    assert not is_same_issuer(text, text)
    if text != text.strip():
        return
    with pytest.raises(ConfigurationError, match="is not the address of an issuer") as caught:
        normalize_issuer(text)
    json.dumps(caught.value.problem(), ensure_ascii=False).encode("utf-8")


def test_odd_keys_of_the_cache_are_skipped() -> None:
    keys = ["deploykf.example.com/dex", f"{ISSUER}/", "", "note", ISSUER, "https://[x", "https://B.example.com:443/dex"]
    assert cached_issuers(keys) == [ISSUER, "https://b.example.com/dex"]


@pytest.mark.parametrize(
    "url",
    [
        "http://[",
        "https://h:99999/pipeline",
        "https://h:0/pipeline",
        "h/pipeline",
        "https://evil\\@h/pipeline",
        "https://a@h/pipeline",
        "https://h/pipeline?x=1",
        "https://h/pipe line",
        f"https://h/{'x' * 2000}",
    ],
)
def test_an_api_url_that_nobody_could_connect_to_is_not_saved(url: str) -> None:
    with pytest.raises(ConfigurationError, match="api_url") as caught:
        parse_cluster({"issuer": ISSUER, "api_url": url}, "file")
    assert caught.value.field == "api_url"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("client_id", "a\nb"),
        ("client_id", "\ud800"),
        ("ca_file", "/ca\0.pem"),
        ("ca_file", "/ca\udc80.pem"),
        ("scopes", ["openid", "a b"]),
        ("scopes", ["openid", "\ud800"]),
        ("scopes", [10**5000]),
        pytest.param("name", 10**5000, id="huge-name"),
        (f"{'x' * 1000}", 1),
    ],
)
def test_a_field_that_can_not_be_sent_or_opened_is_refused(field: str, value: object) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_cluster({"issuer": ISSUER, field: value}, "file")
    assert len(str(caught.value)) < 500


def test_a_name_is_kept_without_what_steers_a_terminal() -> None:
    assert parse_cluster({"issuer": ISSUER, "name": "Prod\x1b[2J\u202e\n x"}, "file").name == "Prod[2J x"
