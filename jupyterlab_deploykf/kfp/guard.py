"""Between kfp's generated client and urllib3: our headers out, our errors in.

kfp's client hands every request to its pool manager. Taking that one place,
in one client object, is what lets a refused credential be replaced, a
redirect to a login page be seen, and an error be none of kfp's own, without
patching anything for other clients.
"""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..core.answer import Answer
from ..core.apianswer import is_refusal, refusal, trouble
from ..core.host import find_origin
from ..core.network import Network
from ..core.secret import Secret
from ..errors import ApiUnauthorized, ConfigurationError, DeployKFError
from ..io.boundary import shielded
from ..io.trouble import API, explain, proxy_refusal

if TYPE_CHECKING:
    from .access import Access

#: What no request may have besides our own: kfp's context.json may bring another.
_CREDENTIALS = ("authorization", "cookie", "proxy-authorization")


class Guard:
    """A pool manager that shows a credential.

    Parameters
    ----------
    pool
        urllib3's.
    access
        The credential.
    network
        How the pool gets to the API. The credential is shown at its origin only.
    """

    def __init__(self, pool: Any, access: Access, network: Network) -> None:
        self._pool = pool
        self._access = access
        self._origin = network.origin
        self._network = network

    def request(self, method: str, url: str, headers: Mapping[str, str] | None = None, **arguments: Any) -> Any:
        """Send a request, once more if another credential is to be had.

        Raises
        ------
        LoginRequired, ServiceAccountError
            There is nothing to show.
        ApiError
            The API can't be reached, or doesn't take what was shown.
        ConfigurationError
            The request is for another host.
        """
        self._require_origin(url)
        headers = _without_credentials(headers)
        shown = self._access.headers()
        response, refused = self._attempt(method, url, headers, shown, arguments)
        # Another credential doesn't help against any other refusal.
        if isinstance(refused, ApiUnauthorized) and self._access.replace(shown):
            shown = self._access.headers()
            response, refused = self._attempt(method, url, headers, shown, arguments)
        if refused is not None:
            del response  # its headers may hold cookies
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
        problem = trouble(url, self._answer(url, seconds), self._access.shown(), namespace)
        if problem is not None:
            raise problem

    def _answer(self, url: str, seconds: float) -> Answer:
        response = self.request("GET", url, timeout=seconds, retries=False)
        return _answer(response, response.data)

    def _require_origin(self, url: str) -> None:
        """Compare with what urllib3 will connect to, whatever was decided before."""
        from urllib3.exceptions import LocationParseError
        from urllib3.util import parse_url

        try:
            parsed = parse_url(url)
        except LocationParseError:
            parsed = None
        connects = None if parsed is None else find_origin(f"{parsed.scheme}://{parsed.netloc}")
        if connects != self._origin or find_origin(url.partition("?")[0]) != self._origin or (parsed and parsed.auth):
            raise ConfigurationError(
                f"This client is for {self._origin}, and was asked to send its credential elsewhere.",
                "Make a client for that host: kfp_client(host=…).",
            )

    def _attempt(
        self, method: str, url: str, headers: Mapping[str, str], shown: Mapping[str, str], arguments: Mapping[str, Any]
    ) -> tuple[Any, DeployKFError | None]:
        """Send once; the response, and the refusal that it is, if it is one."""
        # A redirect leads to a login page, whose 200 kfp takes for an empty answer.
        response = shielded(
            lambda: self._pool.request(method, url, headers={**headers, **shown}, redirect=False, **arguments),
            lambda error: self._explain(url, error),
        )
        is_read = bool(arguments.get("preload_content", True))
        answer = _answer(response, response.data if is_read else b"")
        if answer.status == 407:  # only a proxy says so
            response.release_conn()
            return response, proxy_refusal(url, answer.status, API, self._network.proxy)
        reads = is_read and method.upper() == "GET"
        if not is_refusal(answer, reads=reads):
            return response, None
        response.release_conn()
        return response, refusal(url, answer, self._access.shown(), reads=reads)

    def _explain(self, url: str, error: Exception) -> DeployKFError | None:
        from urllib3.exceptions import HTTPError

        if isinstance(error, (HTTPError, OSError, ValueError, http.client.HTTPException)):
            return explain(url, self._network.authorities, error, API, self._network)
        return None  # a mistake in the call, such as an unknown argument: the caller's to see


def _without_credentials(headers: Mapping[str, str] | None) -> dict[str, str]:
    """Return the headers that kfp's client wants to send, with what context.json brings hidden."""
    return {name: Secret(value) for name, value in (headers or {}).items() if name.lower() not in _CREDENTIALS}


def _answer(response: Any, body: bytes) -> Answer:
    return Answer(response.status, {name.lower(): value for name, value in response.headers.items()}, body)
