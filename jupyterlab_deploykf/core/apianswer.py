"""What the Kubeflow Pipelines API's answers mean, as far as signing in goes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from ..errors import ApiError, ApiFault, ApiForbidden, ApiUnauthorized, NotAnApi
from .answer import Answer

#: Characters of the API's own words that a message repeats.
_WORDS = 300


@dataclass(frozen=True)
class Shown:
    """What a request showed to the API.

    Parameters
    ----------
    credential
        In words: "the ID token of user1@example.com".
    next_step
        What to do where it is not taken.
    """

    credential: str
    next_step: str


def refusal(url: str, answer: Answer, shown: Shown) -> ApiError | None:
    """Whether an answer is no answer of the API to someone who is signed in.

    Parameters
    ----------
    url
        What was asked.
    answer
        What came back; its body may be left out.
    shown
        What the request showed.

    Returns
    -------
    ApiError or None
        `ApiUnauthorized` for a 401 and for a redirect to a sign-in page,
        `NotAnApi` for another redirect and for a web page; None for all else,
        the API's own errors included.
    """
    host = _origin(url)
    if answer.status == 401:
        return ApiUnauthorized(f"{host} does not take {shown.credential}: HTTP 401.", shown.next_step)
    if 300 <= answer.status < 400:
        return _redirected(url, answer, shown)
    if answer.status == 200 and "html" in answer.headers.get("content-type", ""):
        return NotAnApi(f"{host} answers with a web page where the API should be.", _where(url))
    return None


def trouble(url: str, answer: Answer, shown: Shown, namespace: str | None) -> ApiError | None:
    """Whether the answer to the one question before a client is handed out is a good one.

    Parameters
    ----------
    url, answer, shown
        As for `refusal`.
    namespace
        What was asked for; None where that was the API's health alone.
    """
    host = _origin(url)
    refused = refusal(url, answer, shown)
    if refused is not None:
        return refused
    if answer.status == 403:
        where = f" in the namespace «{namespace}»" if namespace else ""
        return ApiForbidden(
            f"{host} takes {shown.credential}, and does not allow it to list experiments{where}{_words(answer)}.",
            "Use a namespace of yours (kfp_client(namespace=…)), or ask its owner to add you as a contributor."
            if namespace
            else "Ask your platform's administrator for access to Kubeflow Pipelines.",
        )
    if answer.status == 404:
        return NotAnApi(f"{host} knows no Kubeflow Pipelines API there (HTTP 404).", _where(url))
    if answer.status >= 500 or answer.status == 429:
        return ApiFault(f"{host} is in trouble: it answers {answer.status}{_words(answer)}.", "Try again in a minute.")
    return None


def _redirected(url: str, answer: Answer, shown: Shown) -> ApiError:
    to = urlsplit(urljoin(url, answer.headers.get("location", "")))
    asked = urlsplit(url)
    if (to.hostname, to.path) == (asked.hostname, asked.path):
        base = f"{to.scheme}://{to.netloc}{asked.path.partition('/apis/')[0]}"
        return NotAnApi(f"The API at {_origin(url)} has moved to {to.scheme}://{to.netloc}.", f"Use host={base!r}.")
    return ApiUnauthorized(
        f"{_origin(url)} does not take {shown.credential}: it redirects to the sign-in page at {to.netloc}.",
        shown.next_step,
    )


def _where(url: str) -> str:
    parts = urlsplit(url)
    if parts.path.startswith("/apis/"):
        return f"On deployKF the API ends in /pipeline: try host='{parts.scheme}://{parts.netloc}/pipeline'."
    return "Check the host: on deployKF it is https://<your deployKF host>/pipeline."


def _words(answer: Answer) -> str:
    """The API's own words, such as grpc-gateway puts them into JSON."""
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return ""
    words = document.get("message") or document.get("error") if isinstance(document, dict) else None
    return f" (it says: {words[:_WORDS]})" if isinstance(words, str) and words else ""


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
