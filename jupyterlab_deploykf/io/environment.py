"""Every environment variable and place in the home folder that we look at."""

from __future__ import annotations

import os
from collections.abc import Mapping

#: The issuer of the cluster, such as https://deploykf.example.com/dex.
ISSUER_URL = "DEPLOYKF_ISSUER_URL"
#: The Kubeflow Pipelines API, such as https://deploykf.example.com/pipeline.
API_URL = "DEPLOYKF_API_URL"
#: A PEM file with the CAs to trust for the cluster.
CA_FILE = "DEPLOYKF_CA_FILE"
#: "1", "true" or "yes": the cluster's certificate goes unchecked.
SKIP_TLS_VERIFY = "DEPLOYKF_SKIP_TLS_VERIFY"
#: Where the ServiceAccount token is mounted; kfp reads it too.
SA_TOKEN_PATH = "KF_PIPELINES_SA_TOKEN_PATH"

#: Where deployKF's PodDefault mounts the ServiceAccount token.
DEFAULT_SA_TOKEN_PATH = "/var/run/secrets/kubeflow/pipelines/token"

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"", "0", "false", "no", "off"}


def cache_path() -> str:
    """The credential cache that every kernel shares, where the reference class has it."""
    return os.path.join(os.path.expanduser("~"), ".config", "kfp", "dkf_credentials.json")


def clusters_path() -> str:
    """The user's own list of clusters."""
    return os.path.join(os.path.expanduser("~"), ".config", "kfp", "deploykf.json")


def service_account_token_path(environ: Mapping[str, str]) -> str:
    """Where a ServiceAccount token would be mounted."""
    return environ.get(SA_TOKEN_PATH) or DEFAULT_SA_TOKEN_PATH


def cluster_entry(environ: Mapping[str, str]) -> dict[str, object] | None:
    """The cluster that the environment names, as an entry of the list; None where it names none.

    Raises
    ------
    ConfigurationError
        ``DEPLOYKF_SKIP_TLS_VERIFY`` is neither yes nor no.
    """
    issuer = environ.get(ISSUER_URL, "").strip()
    if not issuer:
        return None
    return {
        "issuer": issuer,
        "api_url": environ.get(API_URL) or None,
        "ca_file": environ.get(CA_FILE) or None,
        "skip_tls_verify": _flag(SKIP_TLS_VERIFY, environ.get(SKIP_TLS_VERIFY, "")),
    }


def _flag(name: str, value: str) -> bool:
    lowered = value.strip().lower()
    if lowered in _TRUE:
        return True
    if lowered in _FALSE:
        return False
    from ..errors import ConfigurationError

    # A typo must not decide about security in either direction.
    raise ConfigurationError(f"{name} is «{value[:40]}», which is neither yes nor no.", "Set it to 1 or 0.")
