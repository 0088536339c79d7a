"""Every environment variable and place in the home folder that we look at."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ..core.secret import Secret

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..core.cluster import Cluster

#: The issuer of the cluster, such as https://deploykf.example.com/dex.
ISSUER_URL = "DEPLOYKF_ISSUER_URL"
#: The Kubeflow Pipelines API, such as https://deploykf.example.com/pipeline.
API_URL = "DEPLOYKF_API_URL"
#: A PEM file with the CAs to trust for the cluster.
CA_FILE = "DEPLOYKF_CA_FILE"
#: "1", "true" or "yes": the cluster's certificate isn't verified; "0", "false" or "no": it is.
SKIP_TLS_VERIFY = "DEPLOYKF_SKIP_TLS_VERIFY"
#: The connectors by which people log in there with a user name and a password: "local,ldap".
AUTH_TYPES = "DEPLOYKF_AUTH_TYPES"
#: Where the ServiceAccount token is mounted; kfp reads it too.
SA_TOKEN_PATH = "KF_PIPELINES_SA_TOKEN_PATH"
#: The Kubeflow Pipelines API; kfp reads it too.
ENDPOINT = "KF_PIPELINES_ENDPOINT"
#: kfp's own variable for Google's Identity-Aware Proxy.
IAP_CLIENT_ID = "KF_PIPELINES_IAP_OAUTH2_CLIENT_ID"
#: What Kubernetes sets in each Pod.
KUBERNETES = ("KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT")
#: The files with the user's Kubernetes clusters, which kfp goes by without an address.
KUBECONFIG = "KUBECONFIG"
#: Where a Kubeflow Notebook is: /notebook/<namespace>/<name>.
NOTEBOOK_PREFIX = "NB_PREFIX"
#: Static Dex credentials, for where nobody can type them.
USERNAME = "DEPLOYKF_USERNAME"
PASSWORD = "DEPLOYKF_PASSWORD"
#: A file that holds the password, such as a mounted Secret.
PASSWORD_FILE = "DEPLOYKF_PASSWORD_FILE"
#: The connector for static credentials where Dex has several: local or ldap.
AUTH_TYPE = "DEPLOYKF_AUTH_TYPE"

#: The API for Pods, by deployKF's guide: it takes ServiceAccount tokens.
INTERNAL_API = "http://ml-pipeline-ui.kubeflow.svc.cluster.local"
#: Where Kubernetes tells a Pod its namespace.
POD_NAMESPACE_PATH = "/var/run/secrets/kubernetes.io/serviceaccount/namespace"

#: Where deployKF's PodDefault mounts the ServiceAccount token.
DEFAULT_SA_TOKEN_PATH = "/var/run/secrets/kubeflow/pipelines/token"

# What editors and Kubernetes Secrets leave around a value, besides blanks and line ends.
_INVISIBLE = "\ufeff\u200b"

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


def value(environ: Mapping[str, str], name: str) -> str | None:
    """The value of a variable, as it is meant; None if it isn't set, or nothing is in it.

    Blanks, line ends and a byte order mark around it don't count: a value from a Kubernetes Secret
    often ends in a newline. Every variable of ours is read here, except for the password.
    """
    return environ.get(name, "").strip().strip(_INVISIBLE).strip() or None


def password(environ: Mapping[str, str]) -> Secret | None:
    """The password in `PASSWORD`, as it is meant; None if it isn't set, or nothing is in it."""
    return bare_password(Secret(environ.get(PASSWORD, "")))


def bare_password(text: Secret) -> Secret | None:
    """A password without line ends after it and a byte order mark before it; None if nothing is left.

    Blanks stay: they may be a part of it.
    """
    return Secret(text.lstrip(_INVISIBLE).rstrip("\r\n")) or None


#: The folder of kfp's files and ours, in the home folder.
FOLDER = (".config", "kfp")


def home_folder(environ: Mapping[str, str] = os.environ) -> str:
    """The home folder: HOME, or what the system knows of this user.

    It is ``~``, or another relative path, if there is none. Nothing of ours reads or writes there.
    """
    if environ.get("HOME") == "":
        # Python takes an empty HOME for the root folder.
        try:
            import pwd
        except ImportError:
            return "~"
        try:
            return pwd.getpwuid(os.getuid()).pw_dir or "~"
        except KeyError:
            return "~"
    return os.path.expanduser("~")


def cache_path() -> str:
    """The credential cache that every kernel shares, where the reference class has it."""
    return os.path.join(home_folder(), *FOLDER, "dkf_credentials.json")


def clusters_path() -> str:
    """The user's own list of clusters."""
    return os.path.join(home_folder(), *FOLDER, "deploykf.json")


def context_path() -> str:
    """kfp's own settings: the user's namespace, and perhaps a header or a cookie."""
    return os.path.join(home_folder(), *FOLDER, "context.json")


def sudo_user(environ: Mapping[str, str]) -> int | None:
    """The user who called sudo to start this process."""
    uid = environ.get("SUDO_UID", "")
    return int(uid) if uid.isdecimal() and len(uid) < 11 else None


def service_account_token_path(environ: Mapping[str, str]) -> str:
    """Where a ServiceAccount token would be mounted."""
    return value(environ, SA_TOKEN_PATH) or DEFAULT_SA_TOKEN_PATH


def api_endpoint(environ: Mapping[str, str]) -> str | None:
    """The Kubeflow Pipelines API that kfp's own variable names."""
    return (value(environ, ENDPOINT) or "").rstrip("/") or None


def notebook_namespace(environ: Mapping[str, str]) -> str | None:
    """The namespace of the Kubeflow Notebook that this process runs in."""
    parts = (value(environ, NOTEBOOK_PREFIX) or "").split("/")
    return parts[2] if len(parts) > 3 and parts[1] == "notebook" and parts[2] else None


def pod_namespace(path: str = POD_NAMESPACE_PATH) -> str | None:
    """The namespace of the Pod that this process runs in."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read(256).strip() or None
    except (OSError, UnicodeDecodeError):
        # No Pod, or one without a ServiceAccount: that is an answer too.
        return None


def cluster_entry(environ: Mapping[str, str]) -> dict[str, object] | None:
    """The cluster that the environment names, with the fields that it sets; None if it names none.

    Raises
    ------
    ConfigurationError
        ``DEPLOYKF_SKIP_TLS_VERIFY`` is neither yes nor no.
    """
    issuer = value(environ, ISSUER_URL)
    if issuer is None:
        return None
    skip, auth_types = value(environ, SKIP_TLS_VERIFY), value(environ, AUTH_TYPES)
    entry: dict[str, object] = {
        "issuer": issuer,
        "api_url": value(environ, API_URL),
        "ca_file": value(environ, CA_FILE),
        "skip_tls_verify": None if skip is None else _flag(SKIP_TLS_VERIFY, skip),
        "auth_types": None if auth_types is None else _names(auth_types),
    }
    return {field: given for field, given in entry.items() if given is not None}


def for_command(cluster: Cluster, host: str, token_path: str) -> dict[str, str]:
    """The variables for a command that is to use a cluster.

    Parameters
    ----------
    cluster
        Where its session is. How its certificate is checked, and how people log in
        there, goes with the issuer: the command may see other settings than we do. What is
        empty here is left to those.
    host
        The Kubeflow Pipelines API.
    token_path
        A file with a token.
    """
    return {
        ENDPOINT: host,
        SA_TOKEN_PATH: token_path,
        ISSUER_URL: cluster.issuer,
        API_URL: host,
        CA_FILE: cluster.ca_file or "",
        SKIP_TLS_VERIFY: "1" if cluster.skip_tls_verify else "0",
        AUTH_TYPES: ",".join(cluster.auth_types),
    }


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _flag(name: str, value: str) -> bool:
    lowered = value.lower()
    if lowered in _TRUE:
        return True
    if lowered in _FALSE:
        return False
    from ..core.words import one_line
    from ..errors import ConfigurationError

    # A typo must not decide about security in either direction.
    raise ConfigurationError(f'{name} is "{one_line(value, 40)}", which is neither yes nor no.', "Set it to 1 or 0.")
