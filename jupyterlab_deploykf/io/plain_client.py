"""What a plain ``kfp.Client()`` finds on this machine; kfp itself is not imported."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import metadata

from ..core.plain_client import PlainClient
from ..core.words import one_line
from ..errors import ConfigurationError
from .environment import IAP_CLIENT_ID, KUBECONFIG, KUBERNETES, api_endpoint, context_path, service_account_token_path
from .kfp_context import read_context

#: What Kubernetes' own client looks for in a Pod, besides its variables.
_POD_FILES = tuple(f"/var/run/secrets/kubernetes.io/serviceaccount/{name}" for name in ("token", "ca.crt"))


def look_at_plain_client(environ: Mapping[str, str]) -> PlainClient:
    """Collect what a plain client goes by."""
    problem: ConfigurationError | None = None
    context: dict[str, object] = {}
    try:
        context = read_context()
    except ConfigurationError as error:
        problem = error
    token_path = service_account_token_path(environ)
    return PlainClient(
        version=installed("kfp"),
        endpoint=api_endpoint(environ),
        uses_iap=bool(environ.get(IAP_CLIENT_ID)),
        brings=_brought(context),
        lacks_namespace=os.path.exists(context_path()) and "namespace" not in context,
        context_path=context_path(),
        context_problem=problem,
        in_pod=is_pod(environ) and all(os.path.exists(path) for path in _POD_FILES),
        token_path=token_path,
        has_token=os.access(token_path, os.R_OK),
        kubeconfig=_kubeconfig(environ),
    )


def is_pod(environ: Mapping[str, str]) -> bool:
    """Whether Kubernetes runs this process."""
    return all(environ.get(name) for name in KUBERNETES)


def installed(name: str) -> str | None:
    """The version of a package in this Python; None where it is not installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _brought(context: Mapping[str, object]) -> str | None:
    """The names alone: the values are secrets."""
    name = context.get("client_authentication_header_name")
    if name and context.get("client_authentication_header_value"):
        return f"the header «{one_line(name, 40)}»"
    return "the cookie" if context.get("client_authentication_cookie") else None


def _kubeconfig(environ: Mapping[str, str]) -> str | None:
    named = environ.get(KUBECONFIG, "").split(os.pathsep)
    default = os.path.join(os.path.expanduser("~"), ".kube", "config")
    return next((path for path in (named if any(named) else [default]) if path and os.path.exists(path)), None)
