"""What a plain ``kfp.Client()`` would do: kfp's own choice of host and credential, in words.

The order is that of `_load_config` in kfp 1.8 and 2.x, which agree.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import DeployKFError
from .checks import Check, failed, ok, skipped, warning
from .ways import Choice, Way

_INSTEAD = (
    "Use jupyterlab_deploykf.kfp_client(), or run %load_ext jupyterlab_deploykf first: "
    "then kfp.Client() is signed in too."
)


@dataclass(frozen=True)
class PlainClient:
    """What a plain client goes by.

    Parameters
    ----------
    version
        Of kfp in this Python; None where it is not installed.
    endpoint
        ``KF_PIPELINES_ENDPOINT``.
    uses_iap
        Whether the environment asks for Google's Identity-Aware Proxy.
    brings
        What ``context.json`` adds to each request, in words; None where nothing.
    lacks_namespace
        Whether ``context.json`` is there and names no namespace.
    context_path
        Where that is.
    context_problem
        Why it can't be read.
    in_pod
        Whether kfp takes this process for one inside Kubernetes.
    token_path
        Where it would read a ServiceAccount token there.
    has_token
        Whether one is there.
    kubeconfig
        The file with the user's Kubernetes clusters; None where there is none.
    """

    version: str | None
    endpoint: str | None
    uses_iap: bool
    brings: str | None
    lacks_namespace: bool
    context_path: str
    context_problem: DeployKFError | None
    in_pod: bool
    token_path: str
    has_token: bool
    kubeconfig: str | None


def plain_client_check(found: PlainClient, ours: str) -> Check:
    """What a plain client would do here, and what ours would.

    Parameters
    ----------
    found
        What a plain client goes by.
    ours
        What `kfp_client` would do, as a sentence.
    """
    if found.context_problem is not None:
        return failed("kfp_client", found.context_problem)
    if found.lacks_namespace:
        return warning(
            "kfp_client",
            f"A plain kfp.Client() stops with KeyError: {found.context_path} names no namespace. {ours}",
            "Set one: kfp_client().set_user_namespace('<your namespace>').",
        )
    if found.version is None:
        return skipped(
            "kfp_client",
            f"The kfp SDK is not installed in this Python. With it, {_does(found)}. {ours}",
            "Run the doctor where you use kfp: in a notebook !python -m jupyterlab_deploykf doctor.",
        )
    text = f"With kfp {found.version}, {_does(found)}. {ours}"
    is_signed_in = found.uses_iap or found.brings or (not found.endpoint and (found.in_pod and found.has_token))
    return ok("kfp_client", text) if is_signed_in else warning("kfp_client", text, _INSTEAD)


def ours_sentence(choice: Choice) -> str:
    """What `kfp_client` would use, and why."""
    if choice.way is None:
        return f"kfp_client() finds nothing to sign in with: {choice.because}."
    return f"kfp_client() uses {_WAYS[choice.way]}: {choice.because}."


_WAYS = {
    Way.SERVICE_ACCOUNT: "the ServiceAccount token",
    Way.LOGIN: "your session",
    Way.STATIC: "static credentials",
}


def _does(found: PlainClient) -> str:
    """Where it goes and with what: kfp takes the first that is there."""
    return f"a plain kfp.Client() goes to {_where(found)}, {_with_what(found)}"


def _where(found: PlainClient) -> str:
    if found.endpoint:
        return f"{found.endpoint} (KF_PIPELINES_ENDPOINT)"
    if found.in_pod:
        return "the API inside the cluster, since this is a Pod"
    if found.kubeconfig:
        return f"the Kubernetes cluster of {found.kubeconfig}, since no address is given"
    return "http://localhost, since no address is given"


def _with_what(found: PlainClient) -> str:
    if found.uses_iap:
        return "with a credential of Google's Identity-Aware Proxy (KF_PIPELINES_IAP_OAUTH2_CLIENT_ID)"
    if found.brings:
        return f"with {found.brings} of {found.context_path}"
    if found.endpoint:
        # That is kfp's: a token file counts only where there is no address.
        return "without any token (where an address is given, it sends none of its own), and is asked to sign in"
    if found.in_pod:
        return (
            f"with the token at {found.token_path}" if found.has_token else f"and finds no token at {found.token_path}"
        )
    if found.kubeconfig:
        return "with your Kubernetes user"
    return "where nothing answers"
