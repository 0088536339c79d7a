"""`status`, `token`, `logout`, `clusters`: what they print, where, and how they end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jupyterlab_deploykf import wiring
from jupyterlab_deploykf.cli import main
from jupyterlab_deploykf.cli.exits import exit_code
from jupyterlab_deploykf.cli.parser import parse
from jupyterlab_deploykf.core.cluster import Cluster
from jupyterlab_deploykf.errors import CacheBusy, IssuerUnreachable, NoCluster, SessionEnded
from testbench.bench import Bench

from ..conftest import read_cache, write_cache
from ..support.issuer import Issuer
from ..support.keys import sign
from ..support.realbench import log_in
from ..support.terminal import ROOT, command, run_cli

Captured = pytest.CaptureFixture[str]


def told(capsys: Captured) -> dict[str, object]:
    """The one object on stdout, and nothing on stderr."""
    out, err = capsys.readouterr()
    assert err == ""
    answer = json.loads(out)
    assert isinstance(answer, dict)
    return answer


class TestToken:
    def test_it_is_alone_on_stdout_and_the_api_takes_it(self, at_bench: Bench, cache: Path) -> None:
        log_in(wiring.make_sessions(), at_bench)
        shell = (
            f'curl -s -H "Authorization: Bearer $({sys.executable} -m jupyterlab_deploykf token)" '
            f'"{at_bench.api_url}/apis/v2beta1/experiments?namespace=team-1"'
        )
        result = subprocess.run(["sh", "-c", shell], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
        assert len(json.loads(result.stdout)["experiments"]) == 3
        assert result.stderr == ""
        assert run_cli("token").stdout == read_cache(cache)[at_bench.issuer]["id_token"] + "\n"

    def test_it_is_refreshed_if_need_be(self, issuer: Issuer, cache: Path, capsys: Captured) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
        assert main(["token", "--json"]) == 0
        entry = read_cache(cache)[issuer.url]
        assert told(capsys) == {
            "token": entry["id_token"],
            "token_type": "Bearer",
            "expires_at": entry["expires_at"],
            "issuer": issuer.url,
        }
        assert issuer.token_requests() == 1

    def test_without_a_session_a_login_is_required(self, at_bench: Bench) -> None:
        result = run_cli("token")
        assert (result.returncode, result.stdout) == (3, "")
        assert "jupyter deploykf login" in result.stderr
        result = run_cli("token", "--json")
        assert (result.returncode, result.stdout) == (3, "")
        assert json.loads(result.stderr.splitlines()[-1])["code"] == "login_required"

    def test_what_may_work_later_has_a_code_of_its_own(self, issuer: Issuer, cache: Path, capsys: Captured) -> None:
        write_cache(cache, {issuer.url: issuer.entry(expires_in=-1)})
        issuer.scripted["/dex/token"] = (503, {}, b"")
        assert main(["token"]) == 4
        assert capsys.readouterr().out == ""

    def test_no_cluster_and_an_unknown_name_are_errors(self, home: Path, capsys: Captured) -> None:
        assert main(["token"]) == 1
        assert "login --cluster" in capsys.readouterr().err
        assert main(["token", "--cluster", "nowhere"]) == 1
        assert "No cluster is called «nowhere»" in capsys.readouterr().err


class TestStatus:
    def test_people_get_a_table(self, at_bench: Bench, cache: Path, capsys: Captured) -> None:
        log_in(wiring.make_sessions(), at_bench)
        assert main(["status"]) == 0
        head, row, *rest = capsys.readouterr().out.splitlines()
        assert head.split() == ["CLUSTER", "USER", "STATE", "UNTIL", "KEPT", "FRESH"]
        assert row.split()[1:4] == ["user1@example.com", "signed", "in"]
        assert row.endswith("(in 59 min)  yes")
        assert rest == ["", f"Cache: {cache}"]

    def test_programs_get_what_the_rest_api_answers(self, at_bench: Bench, cache: Path, capsys: Captured) -> None:
        session = log_in(wiring.make_sessions(), at_bench)
        assert main(["status", "--json"]) == 0
        answer = told(capsys)
        assert set(answer) == {"version", "cache", "clusters", "sessions"}
        assert answer["sessions"] == [session.to_dict()]
        assert answer["cache"] == {"path": str(cache), "problem": None}

    def test_trouble_is_said_with_the_next_step(self, issuer: Issuer, cache: Path, capsys: Captured) -> None:
        entry = issuer.entry(expires_in=-1)
        write_cache(cache, {issuer.url: {**entry, "refresh_token": ""}})
        assert main(["status"]) == 0
        out = capsys.readouterr().out
        assert "ended" in out
        assert "Log in again." in out
        write_cache(cache, "not { JSON")
        assert main(["status"]) == 0
        assert "was damaged" in capsys.readouterr().out

    def test_a_broken_list_of_clusters_is_no_empty_one(self, home: Path, capsys: Captured) -> None:
        write_cache(home / ".config/kfp/deploykf.json", "{")
        assert main(["status"]) == 0
        out = capsys.readouterr().out
        assert "No deployKF cluster is known" not in out
        assert "it is not JSON.\nMend the file" in out

    def test_foreign_texts_can_not_steer_the_terminal(self, issuer: Issuer, cache: Path, capsys: Captured) -> None:
        write_cache(cache, {issuer.url: issuer.entry(email="a\x1b]0;owned\x07b\n@example.com")})
        assert main(["status"]) == 0
        out = capsys.readouterr().out
        assert "\x1b" not in out
        assert "a]0;ownedb @example.com" in out

    def test_a_service_account_token_that_kfp_takes_is_told(
        self, home: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = home / "token"
        file.write_text(sign({"sub": "system:serviceaccount:team-1:editor", "aud": ["pipelines.kubeflow.org"]}))
        monkeypatch.setenv("KF_PIPELINES_SA_TOKEN_PATH", str(file))
        assert main(["status"]) == 0
        assert f"ServiceAccount token of team-1/editor: {file}" in capsys.readouterr().out

    def test_nothing_known_is_said_with_the_next_step(self, home: Path, capsys: Captured) -> None:
        assert main(["status"]) == 0
        assert "Sign in: jupyter deploykf login --cluster" in capsys.readouterr().out


class TestLogout:
    def test_a_session_is_forgotten(self, at_bench: Bench, cache: Path, capsys: Captured) -> None:
        log_in(wiring.make_sessions(), at_bench)
        assert main(["logout"]) == 0
        assert "Signed out at" in capsys.readouterr().out
        assert read_cache(cache) == {at_bench.issuer: {}}
        assert main(["logout"]) == 0
        assert "You were not signed in at" in capsys.readouterr().out

    def test_all_of_them(self, issuer: Issuer, cache: Path, capsys: Captured) -> None:
        other = "https://other.example.com/dex"
        write_cache(cache, {issuer.url: issuer.entry(), other: issuer.entry()})
        assert main(["logout"]) == 1
        assert "--cluster" in capsys.readouterr().err
        assert main(["logout", "--all", "--json"]) == 0
        sessions = told(capsys)["sessions"]
        assert isinstance(sessions, list)
        assert [session["state"] for session in sessions] == ["signed_out"] * 2
        assert read_cache(cache) == {issuer.url: {}, other: {}}
        assert main(["logout", "--all"]) == 0
        assert capsys.readouterr().out == "You were not signed in anywhere.\n"


class TestTwoClustersAndASessionAtOne:
    """What is meant is the one that someone is logged in to."""

    @pytest.fixture
    def one(self, issuer: Issuer, cache: Path) -> Issuer:
        book = wiring.make_sessions().clusters
        book.add_own(Cluster("https://other.example.com/dex", name="other"))
        book.add_own(Cluster(issuer.url, name="one"))
        write_cache(cache, {issuer.url: issuer.entry()})
        return issuer

    def test_its_token_is_printed(self, one: Issuer, cache: Path, capsys: Captured) -> None:
        assert main(["token"]) == 0
        assert capsys.readouterr().out.strip() == read_cache(cache)[one.url]["id_token"]

    def test_its_token_goes_to_a_command(self, one: Issuer) -> None:
        done = run_cli("run", "--", sys.executable, "-c", "import os; print(os.environ['DEPLOYKF_ISSUER_URL'])")
        assert (done.returncode, done.stdout.strip()) == (0, one.url)

    def test_its_session_is_forgotten(self, one: Issuer, cache: Path, capsys: Captured) -> None:
        assert main(["logout"]) == 0
        assert "Signed out at one." in capsys.readouterr().out
        assert read_cache(cache) == {one.url: {}}
        assert main(["logout"]) == 1
        assert "several" in capsys.readouterr().err

    def test_its_token_is_what_a_program_gets(self, one: Issuer, cache: Path) -> None:
        assert str(wiring.make_sessions().get_token()) == read_cache(cache)[one.url]["id_token"]

    def test_another_session_makes_it_unclear(self, one: Issuer, cache: Path, capsys: Captured) -> None:
        sessions = wiring.make_sessions()
        assert sessions.get_token()
        write_cache(cache, {one.url: one.entry(), "https://other.example.com/dex": one.entry()})
        for argv in (["token"], ["logout"], ["run", "--", "true"]):
            assert main(argv) == 1
            assert "several" in capsys.readouterr().err
        with pytest.raises(NoCluster, match="several"):
            sessions.get_token()

    def test_a_login_is_not_guessed(self, one: Issuer, cache: Path, capsys: Captured) -> None:
        before = read_cache(cache)
        assert main(["login", "--username", "user1@example.com", "--password-file", os.devnull]) == 1
        assert "several" in capsys.readouterr().err
        assert read_cache(cache) == before


class TestClusters:
    def test_one_is_verified_added_listed_and_removed(self, bench: Bench, home: Path, capsys: Captured) -> None:
        api = "https://kfp.example.com/pipeline"
        assert main(["clusters", "add", bench.issuer, "--name", "platform", "--api-url", api]) == 0
        assert "jupyter deploykf login --cluster platform" in capsys.readouterr().out
        for argv in (["clusters", "--json"], ["clusters", "list", "--json"], ["clusters", "--json", "list"]):
            assert main(argv) == 0
            answer = told(capsys)
            assert set(answer) == {"clusters", "path", "problem"}
            (cluster,) = answer["clusters"]  # type: ignore[misc]
            assert (cluster["name"], cluster["issuer"], cluster["api_url"]) == ("platform", bench.issuer, api)
        assert main(["clusters"]) == 0
        assert bench.issuer in capsys.readouterr().out
        assert main(["clusters", "remove", "platform"]) == 0
        assert wiring.make_sessions().clusters.own() == []
        assert main(["clusters", "remove", bench.issuer]) == 1
        assert "does not stand in your own list" in capsys.readouterr().err

    def test_what_is_no_issuer_is_not_added(self, bench: Bench, home: Path, capsys: Captured) -> None:
        assert main(["clusters", "add", bench.origin, "--json"]) == 1
        out, err = capsys.readouterr()
        assert (out, json.loads(err)["code"]) == ("", "not_an_issuer")
        assert wiring.make_sessions().clusters.own() == []

    def test_what_stands_in_the_list_is_kept(self, bench: Bench, home: Path) -> None:
        book = wiring.make_sessions().clusters
        for known in (Cluster("https://a.example.com/dex"), Cluster(bench.issuer, name="old")):
            book.add_own(known)
        assert main(["clusters", "add", bench.issuer, "--name", "new"]) == 0
        assert [c.name for c in book.own()] == ["a.example.com", "new"]


def test_exit_codes_follow_the_errors() -> None:
    codes = [exit_code(kind("x", "y")) for kind in (SessionEnded, IssuerUnreachable, CacheBusy, NoCluster)]
    assert codes == [3, 4, 4, 1]


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["nonsense"],
        ["login", "--nonsense"],
        ["logout", "--all", "--cluster", "x"],
        # One of the two would be ignored.
        ["login", "--username", "me", "--device"],
        ["login", "--device", "--username", ""],
        ["login", "--password-file", "x"],
        ["login", "--device", "--auth-type", "ldap"],
        ["login", "--ca-file", "x", "--skip-tls-verify"],
        ["clusters", "add", "x", "--ca-file", "x", "--skip-tls-verify"],
    ],
)
def test_what_is_not_understood_is_a_usage_error(argv: list[str], capsys: Captured) -> None:
    with pytest.raises(SystemExit) as caught:
        main(argv)
    assert caught.value.code == 2
    assert "usage: jupyter deploykf" in capsys.readouterr().err


def test_options_that_fit_together_are_understood() -> None:
    for line in ("--device --no-browser", "--username me --auth-type ldap --password-file x --ca-file y", "--device"):
        assert parse(["login", *line.split()]).name == "login"


def test_a_reader_that_has_gone_is_no_traceback(home: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    result = subprocess.run(command("status"), cwd=ROOT, stdout=write, stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(write)
    assert (result.returncode, result.stderr) == (1, b"")


def test_help_tells_the_exit_codes(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["token", "--help"])
    assert caught.value.code == 0
    assert "login is required" in capsys.readouterr().out


def test_no_token_is_in_any_output_but_that_of_token(issuer: Issuer, cache: Path) -> None:
    entry = issuer.entry()
    write_cache(cache, {issuer.url: entry})
    texts = []
    for argv in (["status"], ["clusters"], ["run", "--", "true"], ["login"], ["logout"]):
        for options in ([], ["--json"]):
            result = run_cli(argv[0], *options, *argv[1:])
            texts += [result.stdout, result.stderr]
    assert any("user1@example.com" in text for text in texts)
    for name in ("id_token", "access_token", "refresh_token"):
        assert not any(entry[name] in text for text in texts)


def test_a_command_loads_what_it_needs_alone(issuer: Issuer, cache: Path) -> None:
    write_cache(cache, {issuer.url: issuer.entry()})
    source = (
        "import sys; from jupyterlab_deploykf.cli import main; code = main(['token'])\n"
        "print([m for m in ('urllib3', 'jwt', 'certifi', 'tornado', 'kfp') if m in sys.modules], code)"
    )
    result = subprocess.run(
        [sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert result.stdout.splitlines()[-1] == "[] 0"


def test_the_console_script_is_named_as_jupyter_looks_for_it() -> None:
    assert 'jupyter-deploykf = "jupyterlab_deploykf.cli:main"' in (ROOT / "pyproject.toml").read_text()
