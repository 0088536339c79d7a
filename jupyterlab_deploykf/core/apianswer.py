"""What the Kubeflow Pipelines API's answers mean, as far as signing in goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Callable

from ..errors import (
    ApiAnswerUnexpected,
    ApiError,
    ApiFault,
    ApiForbidden,
    ApiUnauthorized,
    ConfigurationError,
    NotAnApi,
    TokenTooLarge,
)
from .answer import Answer
from .host import find_origin
from .jsonvalue import parse_object, parse_value
from .urls import Url, parse_url, resolve
from .words import plain

#: Characters of the API's own words that a message repeats.
_WORDS = 300

#: What nginx, Envoy and Go say of a request whose headers are too large, if they don't say 431.
_TOO_LARGE = (b"header or cookie too large", b"header fields too large", b"request header too large")

#: Bytes of a page that are looked at.
_PAGE = 64 * 1024

_NOT_JSON = object()


@dataclass(frozen=True)
class Shown:
    """What a request showed to the API.

    Parameters
    ----------
    credential
        In words: "the ID token of user1@example.com".
    next_step
        What to do where it is not taken.
    groups
        How many groups its claims list; None if that isn't known.
    """

    credential: str
    next_step: str
    groups: int | None = None


def is_refusal(answer: Answer, *, reads: bool = False) -> bool:
    """Whether an answer isn't the API's answer to someone who is logged in.

    The API's own errors are not refusals: kfp's users catch 404 and 409 as `ApiException`.

    Parameters
    ----------
    answer
        What came back; its body may be left out.
    reads
        Whether an object was asked for and the body is there, so that nothing but JSON will do.
    """
    if answer.status in (401, 431) or 300 <= answer.status < 400:
        return True
    if 200 <= answer.status < 300:
        return _is_page(answer) or (reads and parse_object(answer.body) is None) or not _is_json_or_empty(answer)
    return (_is_too_large(answer) and (answer.status == 400 or reads)) or _is_login_page(answer)


def refusal(url: str, answer: Answer, shown: Shown, *, reads: bool = False) -> ApiError | None:
    """What is wrong with an answer that isn't the API's answer to someone who is logged in.

    Parameters
    ----------
    url
        What was asked.
    answer, reads
        As for `is_refusal`.
    shown
        What the request showed.

    Returns
    -------
    ApiError or None
        `ApiUnauthorized` for a 401 and for a login page or a redirect to one,
        `TokenTooLarge` for a 431, `NotAnApi` for another redirect and for
        anything but JSON; None for all else, the API's own errors included.
    """
    if not is_refusal(answer, reads=reads):
        return None
    host = _origin(url)
    if answer.status == 401:
        return ApiUnauthorized(f"{host} does not take {shown.credential}: HTTP 401.", shown.next_step)
    if 300 <= answer.status < 400:
        return _redirected(url, answer, shown)
    if _is_login_page(answer):
        return ApiUnauthorized(
            f"{host} does not take {shown.credential}: it answers with its login page (HTTP {answer.status}).",
            shown.next_step,
        )
    if _is_too_large(answer):
        return _too_large(host, answer, shown)
    if _is_page(answer):
        return NotAnApi(f"{host} answers with a web page where the API should be.", _where(url))
    what = "with no content" if not answer.body.strip() else "with something that isn't JSON"
    return NotAnApi(f"{host} answers {what} where the API should be (HTTP {answer.status}).", _where(url))


def trouble(url: str, answer: Answer, shown: Shown, namespace: str | None) -> ApiError | None:
    """What is wrong with the answer to the one question before a client is handed out.

    Parameters
    ----------
    url, answer, shown
        As for `refusal`; the body is needed.
    namespace
        What was asked for; None where that was the API's health alone.

    Returns
    -------
    ApiError or None
        None only for a 200 with what the API answers to this question.
    """
    host = _origin(url)
    status = answer.status
    refused = refusal(url, answer, shown, reads=True)
    if refused is not None:
        return refused
    if status == 403:
        where = f" in the namespace «{namespace}»" if namespace else ""
        return ApiForbidden(
            f"{host} takes {shown.credential}, and does not allow it to list experiments{where}{_words(answer)}.",
            "Use a namespace of yours (kfp_client(namespace=…)), or ask its owner to add you as a contributor."
            if namespace
            else "Ask your platform's administrator for access to Kubeflow Pipelines.",
        )
    if status == 404:
        return NotAnApi(f"{host} knows no Kubeflow Pipelines API there (HTTP 404).", _where(url))
    if status == 413:
        return _too_large(host, answer, shown)
    if status >= 500 or status == 429:
        return ApiFault(f"{host} is in trouble: it answers {status}{_words(answer)}.", "Try again in a minute.")
    if status != 200:
        return ApiAnswerUnexpected(
            f"{host} answers HTTP {status} to a plain question{_words(answer)}.",
            "Check the host and the namespace. If both are right, ask your platform's administrator.",
        )
    if not _fits(parse_object(answer.body) or {}, _HEALTH if namespace is None else _EXPERIMENTS):
        return NotAnApi(
            f"{host} answers with JSON that isn't the Kubeflow Pipelines API's{_words(answer)}.", _where(url)
        )
    return None


def _text(value: object) -> bool:
    return isinstance(value, str)


#: The fields of the API's answers (kubeflow/pipelines, backend/api), and what they hold. All may be missing.
_HEALTH: Mapping[str, Callable[[object], bool]] = {
    "commit_sha": _text,
    "tag_name": _text,
    "multi_user": lambda value: isinstance(value, bool),
    "pipeline_store": lambda _: True,
}
_EXPERIMENTS: Mapping[str, Callable[[object], bool]] = {
    "experiments": lambda value: value is None or isinstance(value, list),
    "total_size": lambda value: isinstance(value, (int, str)),
    "next_page_token": _text,
}


def _fits(document: Mapping[str, object], fields: Mapping[str, Callable[[object], bool]]) -> bool:
    """Whether an object is the API's: empty, or with a field of it, and none of another type."""
    # protobuf's JSON has both spellings, by how the gateway is built.
    named = {name.replace("_", ""): check for name, check in fields.items()}
    given = {name.replace("_", "").lower(): value for name, value in document.items()}
    known = named.keys() & given.keys()
    return not document or (bool(known) and all(named[name](given[name]) for name in known))


def _is_json_or_empty(answer: Answer) -> bool:
    return not answer.body.strip() or parse_value(answer.body, _NOT_JSON) is not _NOT_JSON


def _is_page(answer: Answer) -> bool:
    return "html" in answer.headers.get("content-type", "").lower()


def _is_login_page(answer: Answer) -> bool:
    """Whether it is oauth2-proxy's page with a button, which has a 403 of its own."""
    return answer.status == 403 and _is_page(answer) and b"/oauth2/" in answer.body[:_PAGE]


def _is_too_large(answer: Answer) -> bool:
    said = answer.body[:_PAGE].lower()
    return answer.status == 431 or (answer.status in (400, 413) and any(words in said for words in _TOO_LARGE))


def _too_large(host: str, answer: Answer, shown: Shown) -> TokenTooLarge:
    count = {None: "", 0: " It lists no groups.", 1: " It lists 1 group."}.get(
        shown.groups, f" It lists {shown.groups} groups."
    )
    fewer = "" if shown.groups == 0 else ", or to have the issuer list fewer groups"
    return TokenTooLarge(
        f"{host} refuses the request (HTTP {answer.status}): {shown.credential} is too large.{count}",
        f"Ask your platform's administrator to raise the gateway's limit for headers{fewer}.",
    )


def _redirected(url: str, answer: Answer, shown: Shown) -> ApiError:
    here = _required(url)
    to = resolve(here, answer.headers.get("location", ""))
    if to is None:
        return ApiUnauthorized(
            f"{here.origin} does not take {shown.credential}: it redirects to an address that isn't a page.",
            shown.next_step,
        )
    if to.origin != here.origin and (to.host, to.path) == (here.host, here.path):
        base = f"{to.origin}{here.path.partition('/apis/')[0]}"
        return NotAnApi(f"The API at {here.origin} has moved to {to.origin}.", f"Use host={base!r}.")
    return ApiUnauthorized(
        f"{here.origin} does not take {shown.credential}: it redirects to the login page at {to.netloc}.",
        shown.next_step,
    )


def _where(url: str) -> str:
    here = _required(url)
    if here.path.startswith("/apis/"):
        return f"On deployKF the API ends in /pipeline: try host='{here.origin}/pipeline'."
    return "Check the host: on deployKF it is https://<your deployKF host>/pipeline."


def _words(answer: Answer) -> str:
    """The API's own words, such as grpc-gateway puts them into JSON."""
    document = parse_object(answer.body) or {}
    words = document.get("message") or document.get("error")
    return f" (it says: {plain(words)[:_WORDS]})" if isinstance(words, str) and words else ""


def _origin(url: str) -> str:
    return _required(url).origin


def _required(url: str) -> Url:
    """Return what was asked, without its query, which may be longer than a URL that we read."""
    place = url.partition("?")[0]
    found = parse_url(place)
    if found is None or find_origin(place) is None:
        raise ConfigurationError("The address of the API can't be used.", "Check the host.")
    return found
