"""Between kfp's generated client and urllib3: our headers out, our errors in.

kfp's client hands every request to its pool manager. Taking that one place,
in one client object, is what lets a refused credential be replaced, a
redirect to a sign-in page be seen, and an error be none of kfp's own, without
patching anything for other clients.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..core.answer import Answer
from ..core.apianswer import refusal, trouble

if TYPE_CHECKING:
    from .access import Access

#: What no request may have besides our own: kfp's context.json may bring another.
_CREDENTIALS = ("authorization", "cookie")

#: Bytes of an error's body that are looked at.
_BODY = 4096


class Guard:
    """A pool manager that shows a credential.

    Parameters
    ----------
    pool
        urllib3's, as kfp made it.
    access
        The credential.
    ca_file
        For messages: the CAs that the pool trusts in place of the usual ones.
    """

    def __init__(self, pool: Any, access: Access, ca_file: str | None) -> None:
        self._pool = pool
        self._access = access
        self._ca_file = ca_file

    def request(self, method: str, url: str, headers: Mapping[str, str] | None = None, **arguments: Any) -> Any:
        """Send a request, once more where another credential is to be had.

        Raises
        ------
        LoginRequired, ServiceAccountError
            There is nothing to show.
        ApiError
            The API can't be reached, or does not take what was shown.
        """
        shown = self._access.headers()
        response = self._send(method, url, headers, shown, arguments)
        refused = self._refusal(url, response)
        if refused is not None:
            response.release_conn()
            if not self._access.replace(shown):
                raise refused
            response = self._send(method, url, headers, self._access.headers(), arguments)
            refused = self._refusal(url, response)
            if refused is not None:
                response.release_conn()
                raise refused
        self._access.observe(response.headers)
        return response

    def ask(self, url: str, namespace: str | None, seconds: float) -> None:
        """Ask the API once whether all is well.

        Parameters
        ----------
        url
            What to GET.
        namespace
            What is asked for, for the message.
        seconds
            Limit for the connection, and for the answer.

        Raises
        ------
        ApiError and the errors of `request`
        """
        response = self.request("GET", url, timeout=seconds, retries=False)
        problem = trouble(url, _answer(response, response.data[:_BODY]), self._access.shown(), namespace)
        if problem is not None:
            raise problem

    def _send(
        self, method: str, url: str, headers: Mapping[str, str] | None, shown: dict[str, str], arguments: dict[str, Any]
    ) -> Any:
        from urllib3.exceptions import HTTPError

        from ..io.trouble import API, explain

        kept = {name: value for name, value in (headers or {}).items() if name.lower() not in _CREDENTIALS}
        try:
            # A redirect leads to a sign-in page, whose 200 kfp takes for an empty answer.
            return self._pool.request(method, url, headers={**kept, **shown}, redirect=False, **arguments)
        except HTTPError as error:
            raise explain(url, self._ca_file, error, API) from None

    def _refusal(self, url: str, response: Any) -> Exception | None:
        if response.status == 200 or response.status == 401 or 300 <= response.status < 400:
            answer = _answer(response)
            # The words are needed by the few answers that are no good.
            if answer.status != 200 or "html" in answer.headers.get("content-type", ""):
                return refusal(url, answer, self._access.shown())
        return None


def _answer(response: Any, body: bytes = b"") -> Answer:
    return Answer(response.status, {name.lower(): value for name, value in response.headers.items()}, body)
