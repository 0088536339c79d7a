"""A kernel that stands in for the server extension.

Where the extension is not loaded, the front end starts a kernel of its own
and asks it what it would ask the server: `answer` is evaluated with the
request as a text, and its value travels back in the reply.
"""

from __future__ import annotations

from typing import Any

from .core.jsonvalue import parse_object
from .core.words import one_line
from .errors import DeployKFError
from .operations import OPTIONAL, TEXTS, BadRequest, add_cluster, read_fields

#: The front end looks for this type in the reply.
MIME = "application/json"


class Answer:
    """An answer on its way to the front end; no token is in it.

    Parameters
    ----------
    content
        ``{"answer": …}``, or ``{"problem": …}``.
    """

    def __init__(self, content: dict[str, Any]) -> None:
        self._content = content

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {MIME: self._content}

    def __repr__(self) -> str:
        return f"<{', '.join(self._content)}>"


def answer(request: str) -> Answer:
    """Answer a request of the front end.

    Parameters
    ----------
    request
        JSON: ``operation``, and the fields of that operation (`operations`).

    Returns
    -------
    Answer
        Trouble is an answer too: nothing is raised for the front end to parse.
    """
    try:
        return Answer({"answer": _answer(request)})
    except DeployKFError as error:
        return Answer({"problem": error.problem()})


def _answer(text: str) -> dict[str, Any]:
    from .wiring import shared_sessions

    request = parse_object(text)
    if request is None:
        raise BadRequest("The request is not a JSON object.", "Send one.")
    operation = request.pop("operation", None)
    if operation == "add_cluster":
        return add_cluster(shared_sessions(), request)
    if not isinstance(operation, str) or operation not in TEXTS:
        raise BadRequest(
            f"There is no operation «{one_line(operation)}».", f"Use one of: {', '.join(TEXTS)}, add_cluster."
        )
    perform, required = TEXTS[operation]
    return perform(shared_sessions(), **read_fields(request, required, OPTIONAL.get(operation, ())))
