"""The cluster that the environment names."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from jupyterlab_deploykf.core.cluster import parse_cluster
from jupyterlab_deploykf.errors import ConfigurationError
from jupyterlab_deploykf.io import environment
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


#: What is left around a value by `echo` into a Secret, by editors, and by copying.
AROUND = ["{}\n", "{}\r\n", "{}\n\n", " {} ", "\t{}\t\n", "\ufeff{}", "\ufeff{}\r\n", "\n{}", "{}\xa0", "\u200b{}"]
NOTHING = ["", " ", "\n", "\r\n", "\ufeff", "\ufeff\n", "\t \n"]


@pytest.mark.parametrize("around", AROUND)
class TestWhatIsLeftAroundAValue:
    def test_is_no_part_of_a_cluster(self, around: str) -> None:
        entry = cluster_entry(
            {
                "DEPLOYKF_ISSUER_URL": around.format("https://deploykf.example.com/dex"),
                "DEPLOYKF_API_URL": around.format("https://deploykf.example.com/pipeline"),
                "DEPLOYKF_CA_FILE": around.format("/etc/ssl/ca.pem"),
                "DEPLOYKF_SKIP_TLS_VERIFY": around.format("No"),
                "DEPLOYKF_AUTH_TYPES": around.format("local,ldap"),
            }
        )
        assert entry == {
            "issuer": "https://deploykf.example.com/dex",
            "api_url": "https://deploykf.example.com/pipeline",
            "ca_file": "/etc/ssl/ca.pem",
            "skip_tls_verify": False,
            "auth_types": ["local", "ldap"],
        }

    def test_is_no_part_of_what_kfp_reads_too(self, around: str) -> None:
        environ = {
            "KF_PIPELINES_ENDPOINT": around.format("https://deploykf.example.com/pipeline/"),
            "KF_PIPELINES_SA_TOKEN_PATH": around.format("/token"),
            "NB_PREFIX": around.format("/notebook/team-1/mine"),
        }
        assert environment.api_endpoint(environ) == "https://deploykf.example.com/pipeline"
        assert environment.service_account_token_path(environ) == "/token"
        assert environment.notebook_namespace(environ) == "team-1"


@pytest.mark.parametrize("nothing", NOTHING)
def test_a_value_with_nothing_in_it_is_not_set(nothing: str) -> None:
    names = ("DEPLOYKF_API_URL", "DEPLOYKF_CA_FILE", "DEPLOYKF_SKIP_TLS_VERIFY", "DEPLOYKF_AUTH_TYPES")
    assert cluster_entry({**ISSUER, **dict.fromkeys(names, nothing)}) == {"issuer": ISSUER["DEPLOYKF_ISSUER_URL"]}
    assert cluster_entry({"DEPLOYKF_ISSUER_URL": nothing}) is None
    assert environment.api_endpoint({"KF_PIPELINES_ENDPOINT": nothing}) is None
    assert environment.service_account_token_path({"KF_PIPELINES_SA_TOKEN_PATH": nothing}).startswith("/var/run")
    assert environment.notebook_namespace({"NB_PREFIX": nothing}) is None


def test_quotes_are_a_part_of_a_value() -> None:
    assert environment.value({"NAME": '"quoted"\n'}, "NAME") == '"quoted"'


_OURS = {
    value
    for name, value in vars(environment).items()
    if name.isupper() and isinstance(value, str) and value.startswith(("DEPLOYKF_", "KF_PIPELINES_", "NB_"))
} - {environment.IAP_CLIENT_ID}
_NAMES = {name for name, value in vars(environment).items() if isinstance(value, str) and value in _OURS}


def variables_read_in(source: str) -> set[str]:
    """Our variables that a module looks up in a mapping itself, by text or by the name of a constant."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        keys: list[ast.expr] = []
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            keys = [node.slice]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            keys = node.args[:1] if node.func.attr in ("get", "pop", "getenv") else []
        for key in keys:
            if isinstance(key, ast.Constant) and key.value in _OURS:
                found.add(str(key.value))
            name = key.attr if isinstance(key, ast.Attribute) else key.id if isinstance(key, ast.Name) else ""
            if name in _NAMES:
                found.add(name)
    return found


def test_no_other_module_reads_our_variables_itself() -> None:
    root = Path(environment.__file__).parents[1]
    modules = [path for path in root.rglob("*.py") if path != Path(environment.__file__)]
    assert len(modules) > 50
    read = {str(path.relative_to(root)): variables_read_in(path.read_text(encoding="utf-8")) for path in modules}
    assert {path: names for path, names in read.items() if names} == {}


@pytest.mark.parametrize(
    "source",
    [
        'os.environ.get("DEPLOYKF_PASSWORD")',
        'environ["NB_PREFIX"]',
        "self._environ.get(environment.ISSUER_URL, '')",
        'os.getenv("DEPLOYKF_CA_FILE")',
    ],
)
def test_a_module_that_would_read_one_is_found(source: str) -> None:
    assert variables_read_in(source)
