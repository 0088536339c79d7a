"""The doctor's lines about the Kubeflow Pipelines API."""

from __future__ import annotations

from ..errors import ApiForbidden, ApiUnauthorized, DeployKFError
from .answer import Answer
from .apianswer import Shown, trouble
from .checks import Check, failed, ok, waits, warning

#: What a question without a credential shows.
_NOBODY = Shown("a request without a token", "Log in.")


def health_trouble(url: str, answer: Answer, shown: Shown | None) -> DeployKFError | None:
    """What is wrong with the answer to a question for the API's health.

    Parameters
    ----------
    url, answer
        What was asked, and what came back.
    shown
        What the request showed; None for nothing.
    """
    if answer.status == 403:
        who = (shown or _NOBODY).credential
        return ApiForbidden(
            f"{url.partition('/apis/')[0]} refuses {who}: HTTP 403.",
            "Ask your platform's administrator: the gateway before the API lets nobody in, or not you.",
        )
    return trouble(url, answer, shown or _NOBODY, None)


def api_check(
    host: str, anonymous: DeployKFError | None, signed_in: DeployKFError | None, shown: Shown | None
) -> Check:
    """Whether the API is there, is well, and takes the token.

    Parameters
    ----------
    host
        The API.
    anonymous
        What came of asking without a token; None where it answered all the same.
    signed_in
        The same with the token.
    shown
        The token, in words; None where there is none to show.
    """
    asks = isinstance(anonymous, (ApiUnauthorized, ApiForbidden))
    if shown is None:
        if anonymous is not None and not asks:
            return failed("api", anonymous)
        answers = "and asks for a sign-in, as it should" if asks else "and is well"
        return waits("api", "token", f"{host} answers, {answers}. Whether it takes your token is not known.")
    if signed_in is not None:
        return failed("api", signed_in)
    otherwise = "Without a token it asks for a sign-in, as it should." if asks else "It tells its health to anyone."
    return ok("api", f"{host} is well, and takes {shown.credential}. {otherwise}")


def unknown_namespace_check() -> Check:
    """What to say where nothing names a namespace."""
    return warning(
        "namespace",
        "Nothing here says which namespace is yours, and Kubeflow Pipelines asks for one.",
        "Name it: kfp_client(namespace='team-1'), or keep it: kfp_client().set_user_namespace('team-1').",
    )


def namespace_check(namespace: str, problem: DeployKFError | None, shown: Shown) -> Check:
    """Whether the token's owner may see a namespace."""
    if problem is not None:
        return failed("namespace", problem)
    return ok("namespace", f"In the namespace «{namespace}», {shown.credential} may list experiments.")
