"""HTTP to an issuer or to an API: bounded in time and size, no redirects, and no foreign exception."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import requests

from ..core.answer import Answer
from .trouble import ISSUER, Kinds, explain, host_of
from .unverified import silence_warnings

#: Seconds for the connection, for each read, and for the answer as a whole.
TIMEOUT = 15.0

#: Bytes that an answer may have: a discovery document or a key set has a few kB.
MAX_BODY = 1024 * 1024


@dataclass(frozen=True)
class TLS:
    """How an issuer's certificate is checked.

    Parameters
    ----------
    ca_file
        A PEM file with the CAs to trust; None for the usual ones.
    skip_verify
        Whether it goes unchecked. Holds for one issuer, and nothing
        process-wide is set.
    """

    ca_file: str | None = None
    skip_verify: bool = False


class Form(dict[str, str]):
    """Fields of a POST, hidden where they get shown."""

    def __repr__(self) -> str:
        return f"Form({', '.join(self)})"


class NoAuth(requests.auth.AuthBase):
    """A no-op, since requests would send what it finds for the host in ``~/.netrc``.

    Dex takes that as a client's secret, and refuses it (401).
    """

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Leave the request as it is."""
        return request


_NOTHING: Mapping[str, str] = {}


class Http:
    """A connection to servers of one kind.

    Parameters
    ----------
    timeout
        Seconds; see `TIMEOUT`.
    kinds
        What is asked, and so what its errors are.
    """

    def __init__(self, timeout: float = TIMEOUT, kinds: Kinds = ISSUER) -> None:
        self._timeout = timeout
        self._kinds = kinds

    def get(self, url: str, tls: TLS, headers: Mapping[str, str] = _NOTHING) -> Answer:
        """GET a document, showing what `headers` hold; a redirect is an answer and is not followed.

        Raises
        ------
        DeployKFError
            Of the `kinds`; of an issuer IssuerUnreachable or CertificateUntrusted.
        ConfigurationError
        """
        return self._send("GET", url, tls, headers, None)

    def post_form(self, url: str, form: Mapping[str, str], tls: TLS) -> Answer:
        """POST a form (RFC 6749, 4.1.3); a redirect is an answer and is not followed.

        Raises
        ------
        IssuerUnreachable, CertificateUntrusted, ConfigurationError
        """
        return self._send("POST", url, tls, _NOTHING, Form(form))

    def _send(self, method: str, url: str, tls: TLS, headers: Mapping[str, str], form: Form | None) -> Answer:
        # One session a request: an issuer is asked about once an hour, and
        # nothing (cookies, connections) is carried from one user to the next.
        with requests.Session() as session:
            shown = {"Accept": "application/json", **headers}
            return exchange(session, method, url, tls, self._kinds, self._timeout, headers=shown, form=form)


def exchange(
    session: requests.Session,
    method: str,
    url: str,
    tls: TLS,
    kinds: Kinds,
    timeout: float,
    *,
    headers: Mapping[str, str] = _NOTHING,
    form: Form | None = None,
) -> Answer:
    """Make one request; a redirect is an answer and is not followed.

    Parameters
    ----------
    session
        Where cookies are kept.
    method, url, headers, form
        What is sent.
    tls
        How the certificate is checked.
    kinds
        The errors to raise.
    timeout
        Seconds; see `TIMEOUT`.

    Raises
    ------
    DeployKFError
        Of the `kinds`: there is no answer, it is too slow or too large, or the certificate is not trusted.
    ConfigurationError
        The CA file can't be read.
    """
    if tls.skip_verify:
        silence_warnings(url)
    deadline = time.monotonic() + timeout
    try:
        with session.request(
            method,
            url,
            data=form,
            headers=dict(headers),
            auth=NoAuth(),
            verify=False if tls.skip_verify else tls.ca_file or True,
            timeout=timeout,
            allow_redirects=False,
            stream=True,
        ) as response:
            body = _read(response, deadline)
            received = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status_code, received, body)
    except _Unusable as error:
        raise kinds.unreachable(
            f"{host_of(url)} {error}.", "Check the address and the network, and try again."
        ) from None
    except (requests.RequestException, OSError, ValueError) as error:
        raise explain(url, tls.ca_file, error, kinds) from None


class _Unusable(Exception):
    """The answer is too slow or too large."""


def _read(response: requests.Response, deadline: float) -> bytes:
    body = bytearray()
    # By the byte: a larger piece would be waited for as a whole, with a
    # time-out for each packet and none for the sum. The answers have a few kB.
    for piece in response.iter_content(1):
        body += piece
        if len(body) > MAX_BODY:
            raise _Unusable("sends more than an issuer should")
        if time.monotonic() > deadline:
            raise _Unusable("answers too slowly")
    return bytes(body)
