"""The user's own list of clusters: what stands in it is never lost."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from jupyterlab_deploykf.core.cluster import Cluster, parse_cluster
from jupyterlab_deploykf.errors import ConfigurationError, IssuerNotAllowed, ServerMisconfigured
from jupyterlab_deploykf.io.clusters import ClusterBook
from jupyterlab_deploykf.io.environment import for_command

A, B, C, D = (f"https://{name}.example.com/dex" for name in "abcd")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kfp" / "deploykf.json"


def write(path: Path, *issuers: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"clusters": [{"issuer": issuer} for issuer in issuers]}))


def names(path: Path) -> list[str]:
    return [entry.get("name", entry["issuer"]) for entry in json.loads(path.read_text())["clusters"]]


def book(path: Path, **limits: object) -> ClusterBook:
    return ClusterBook(str(path), {}, **limits)


class TestAdding:
    def test_makes_the_list(self, path: Path) -> None:
        book(path).add_own(Cluster(A))
        assert names(path) == [A]
        assert path.stat().st_mode & 0o777 == 0o600

    def test_keeps_the_order_where_an_entry_is_replaced(self, path: Path) -> None:
        write(path, A, B, C)
        book(path).add_own(Cluster(B, name="new"))
        assert names(path) == [A, "new", C]

    @pytest.mark.parametrize(
        ("replaces", "new", "order"),
        [
            (A, D, ["new", B, C]),
            (f"{B}/", D, [A, "new", C]),
            # What is renamed to another one's issuer takes the place of both.
            (C, A, [B, "new"]),
            # Another tab has removed it meanwhile.
            (D, B, [A, "new", C]),
            ("https://gone.example.com", D, [A, B, C, "new"]),
        ],
    )
    def test_takes_the_place_of_what_it_replaces(self, path: Path, replaces: str, new: str, order: list[str]) -> None:
        write(path, A, B, C)
        book(path).add_own(Cluster(new, name="new"), replaces)
        assert names(path) == order

    def test_keeps_what_is_shadowed(self, path: Path) -> None:
        write(path, A, B)
        shadowing = ClusterBook(str(path), {"DEPLOYKF_ISSUER_URL": A}, administrator=[{"issuer": B}])
        shadowing.add_own(Cluster(C))
        assert names(path) == [A, B, C]

    def test_keeps_what_is_not_allowed_any_more(self, path: Path) -> None:
        write(path, A, B)
        limited = book(path, allowed_issuers=[B, C])
        limited.add_own(Cluster(C))
        limited.remove_own(B)
        assert names(path) == [A, C]
        with pytest.raises(IssuerNotAllowed):
            limited.add_own(Cluster(D))

    def test_changes_no_list_that_can_not_be_read(self, path: Path) -> None:
        path.parent.mkdir()
        path.write_text("{")
        for change in (lambda: book(path).add_own(Cluster(A)), lambda: book(path).remove_own(A)):
            with pytest.raises(ConfigurationError, match="it is not JSON"):
                change()
        assert path.read_text() == "{"

    def test_says_that_another_process_hangs(self, path: Path) -> None:
        write(path, A)
        with FileLock(f"{path}.lock"), pytest.raises(ConfigurationError, match="Another process"):
            ClusterBook(str(path), {}, lock_timeout=0.05).add_own(Cluster(B))
        assert names(path) == [A]


def test_removing_takes_what_is_named_alone(path: Path) -> None:
    write(path, A, B, C)
    book(path).remove_own(f"{B}/")
    assert names(path) == [A, C]
    with pytest.raises(ConfigurationError, match="does not stand in your own list"):
        book(path).remove_own(B)


def test_what_was_used_is_remembered_once(path: Path) -> None:
    write(path, A)
    known = ClusterBook(str(path), {}, administrator=[{"issuer": B}])
    assert [known.remember(Cluster(issuer)) for issuer in (A, B, C, C)] == [False, False, True, False]
    assert names(path) == [A, C]


def test_two_who_change_it_at_once_lose_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(path, *(f"https://old-{i}.example.com/dex" for i in range(4)))
    # Each writer is as slow as on a network drive: all of them read before the first one writes, if they can.
    waiting = threading.Barrier(8)
    replace = os.replace

    def slow(source: str, target: str) -> None:
        threading.Event().wait(0.02)
        replace(source, target)

    monkeypatch.setattr(os, "replace", slow)

    def change(number: int) -> None:
        waiting.wait(10)
        if number < 4:
            book(path).remove_own(f"https://old-{number}.example.com/dex")
        else:
            book(path).add_own(Cluster(f"https://new-{number}.example.com/dex"))

    threads = [threading.Thread(target=change, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(names(path)) == [f"https://new-{i}.example.com/dex" for i in range(4, 8)]


class TestTheEnvironment:
    """It counts before the administrator and the user's list, for what it sets."""

    ENTRY = {
        "issuer": A,
        "name": "ours",
        "api_url": "https://a.example.com/api",
        "ca_file": "/etc/ssl/a.pem",
        "client_id": "mine",
        "scopes": ["openid", "email"],
        "auth_types": ["ldap"],
    }

    def only(self, path: Path, environ: dict[str, str], **limits: object) -> Cluster:
        (cluster,) = ClusterBook(str(path), environ, **limits).clusters()
        return cluster

    @pytest.mark.parametrize("issuer", [A, f"{A}/", f"{A}\n", f" {A}/.well-known/openid-configuration"])
    @pytest.mark.parametrize("place", ["file", "administrator"])
    def test_hides_nothing_that_it_does_not_set(self, path: Path, place: str, issuer: str) -> None:
        limits = {"administrator": [self.ENTRY]} if place == "administrator" else {}
        if place == "file":
            path.parent.mkdir()
            path.write_text(json.dumps({"clusters": [self.ENTRY]}))
        found = self.only(path, {"DEPLOYKF_ISSUER_URL": issuer}, **limits)
        assert found == parse_cluster(self.ENTRY, "environment")

    @pytest.mark.parametrize(
        ("variable", "text", "field", "value"),
        [
            ("DEPLOYKF_API_URL", "https://a.example.com/pipeline", "api_url", "https://a.example.com/pipeline"),
            ("DEPLOYKF_CA_FILE", "/tmp/ca.pem", "ca_file", "/tmp/ca.pem"),
            ("DEPLOYKF_SKIP_TLS_VERIFY", "1", "skip_tls_verify", True),
            ("DEPLOYKF_AUTH_TYPES", "local", "auth_types", ("local",)),
            ("DEPLOYKF_CA_FILE", "", "ca_file", "/etc/ssl/a.pem"),
            ("DEPLOYKF_API_URL", "\n", "api_url", "https://a.example.com/api"),
        ],
    )
    def test_counts_field_by_field(self, path: Path, variable: str, text: str, field: str, value: object) -> None:
        found = self.only(path, {"DEPLOYKF_ISSUER_URL": A, variable: text}, administrator=[self.ENTRY])
        assert found == replace(parse_cluster(self.ENTRY, "environment"), **{field: value})

    def test_can_demand_that_certificates_are_verified(self, path: Path) -> None:
        unverified = [{"issuer": A, "skip_tls_verify": True}]
        environ = {"DEPLOYKF_ISSUER_URL": A}
        assert self.only(path, environ, administrator=unverified).skip_tls_verify
        for variable, text in (("DEPLOYKF_SKIP_TLS_VERIFY", "0"), ("DEPLOYKF_CA_FILE", "/tmp/ca.pem")):
            assert not self.only(path, {**environ, variable: text}, administrator=unverified).skip_tls_verify

    def test_says_nothing_of_other_clusters(self, path: Path) -> None:
        write(path, B)
        environ = {"DEPLOYKF_ISSUER_URL": A, "DEPLOYKF_CA_FILE": "/tmp/ca.pem"}
        found = ClusterBook(str(path), environ, administrator=[{"issuer": C}]).clusters()
        assert [(cluster.issuer, cluster.ca_file) for cluster in found] == [(A, "/tmp/ca.pem"), (C, None), (B, None)]

    def test_is_filled_in_by_the_administrator_before_the_user(self, path: Path) -> None:
        path.parent.mkdir()
        path.write_text(
            json.dumps({"clusters": [{"issuer": A, "name": "user", "api_url": "https://evil.example.com"}]})
        )
        found = self.only(path, {"DEPLOYKF_ISSUER_URL": A}, administrator=[{"issuer": A, "name": "administrator"}])
        assert (found.name, found.api_url) == ("administrator", None)

    def test_is_used_though_the_list_can_not_be_read(self, path: Path) -> None:
        path.parent.mkdir()
        path.write_text("{")
        found = ClusterBook(str(path), {"DEPLOYKF_ISSUER_URL": A}, administrator=[self.ENTRY]).find(A)
        assert found.name == "ours"

    def test_goes_to_a_command_as_it_was_for_us(self, path: Path) -> None:
        path.parent.mkdir()
        path.write_text(json.dumps({"clusters": [self.ENTRY]}))
        ours = book(path).find(A)
        environ = for_command(ours, "https://a.example.com/api", "/token")
        assert ClusterBook(str(path), environ).find(A) == replace(ours, source="environment")
        unverified = replace(ours, ca_file=None, skip_tls_verify=True)
        environ = for_command(unverified, "https://a.example.com/api", "/token")
        assert ClusterBook(str(path), environ).find(A).skip_tls_verify


class TestTheAdministrator:
    """What the administrator says of an issuer can't be changed by the user's own list."""

    EVIL = {
        "name": "evil",
        "api_url": "https://evil.example.com",
        "ca_file": "/tmp/evil.pem",
        "skip_tls_verify": True,
        "client_id": "evil",
        "scopes": ["openid"],
        "auth_types": ["local"],
    }

    @pytest.mark.parametrize("issuer", [A, f"{A}/", f" {A}"])
    def test_counts_before_the_list(self, path: Path, issuer: str) -> None:
        path.parent.mkdir()
        path.write_text(json.dumps({"clusters": [{**self.EVIL, "issuer": issuer}]}))
        entry = {"issuer": A, "name": "administrator"}
        known = ClusterBook(str(path), {}, administrator=[entry])
        expected = parse_cluster(entry, "administrator")
        assert known.clusters() == [expected]
        assert known.find(issuer) == known.default() == expected

    def test_counts_after_the_list_was_changed_here(self, path: Path) -> None:
        known = ClusterBook(str(path), {}, administrator=[{"issuer": A, "name": "administrator"}])
        known.add_own(parse_cluster({**self.EVIL, "issuer": A}, "file"))
        assert known.find(A).name == "administrator"
        assert not known.remember(parse_cluster({**self.EVIL, "issuer": A}, "file"))


@pytest.mark.parametrize("spelling", ["https://a.example.com:443/dex/", "HTTPS://A.example.com/./%64ex"])
def test_equal_issuers_are_one_cluster(path: Path, spelling: str) -> None:
    clusters = book(path, allowed_issuers=[spelling])
    clusters.add_own(Cluster(A, name="first"))
    clusters.add_own(Cluster(spelling, name="second"))
    assert names(path) == ["second"]
    assert clusters.is_allowed(spelling)
    assert clusters.is_allowed(A)
    assert not clusters.is_allowed(B)
    assert not clusters.is_allowed("a.example.com/dex")
    assert clusters.find(spelling).name == "second"
    clusters.remove_own(spelling)
    assert names(path) == []


@pytest.mark.parametrize(
    "content", ["", "[]", '{"clusters": {}}', '{"clusters": [{"issuer": "https://[x"}]}', "[" * 99999]
)
def test_a_list_that_can_not_be_used_is_an_error_of_ours(path: Path, content: str) -> None:
    path.parent.mkdir()
    path.write_text(content)
    with pytest.raises(ConfigurationError):
        book(path).own()


def test_a_broken_list_is_no_problem_for_the_environments_cluster(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text("{broken")
    assert ClusterBook(str(path), {"DEPLOYKF_ISSUER_URL": A}).default().issuer == A
    with pytest.raises(ConfigurationError, match="can't be used"):
        book(path).default()


def test_with_settings_that_cant_be_used_nothing_is_allowed(path: Path) -> None:
    write(path, A)
    broken = book(path, unusable="keep_fresh is not a yes or a no.")
    assert broken.problem is not None
    assert not broken.is_allowed(A)
    assert broken.clusters() == []
    with pytest.raises(ServerMisconfigured, match="keep_fresh"):
        broken.find(A)
