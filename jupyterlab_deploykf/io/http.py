"""HTTP to an issuer: bounded in time and size, no redirects, and no foreign exception."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests

from ..core.answer import Answer
from ..errors import (
    CertificateUntrusted,
    ConfigurationError,
    DeployKFError,
    IssuerUnreachable,
)

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


class Http:
    """A connection to issuers.

    Parameters
    ----------
    timeout
        Seconds; see `TIMEOUT`.
    """

    def __init__(self, timeout: float = TIMEOUT) -> None:
        self._timeout = timeout

    def get(self, url: str, tls: TLS) -> Answer:
        """GET a document.

        Raises
        ------
        IssuerUnreachable, CertificateUntrusted, ConfigurationError
        """
        return self._send("GET", url, tls, None)

    def post_form(self, url: str, form: Mapping[str, str], tls: TLS) -> Answer:
        """POST a form (RFC 6749, 4.1.3); a redirect is an answer and is not followed.

        Raises
        ------
        IssuerUnreachable, CertificateUntrusted, ConfigurationError
        """
        return self._send("POST", url, tls, Form(form))

    def _send(self, method: str, url: str, tls: TLS, form: Form | None) -> Answer:
        deadline = time.monotonic() + self._timeout
        try:
            # One session a request: an issuer is asked about once an hour, and
            # nothing (cookies, connections) is carried from one user to the next.
            with (
                requests.Session() as session,
                session.request(
                    method,
                    url,
                    data=form,
                    headers={"Accept": "application/json"},
                    # A no-op, since requests would send what it finds for the host
                    # in ~/.netrc, and Dex takes that as a client's secret: 401.
                    auth=_no_auth,
                    verify=False if tls.skip_verify else tls.ca_file or True,
                    timeout=self._timeout,
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                body = _read(response, deadline)
                headers = {name.lower(): value for name, value in response.headers.items()}
                return Answer(response.status_code, headers, body)
        except _Unusable as error:
            raise IssuerUnreachable(
                f"{_host(url)} {error}.", "Check the address and the network, and try again."
            ) from None
        except (requests.RequestException, OSError, ValueError) as error:
            raise _explain(url, tls, error) from None


class _Unusable(Exception):
    """The answer is too slow or too large."""


def _no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


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


def _explain(url: str, tls: TLS, error: Exception) -> DeployKFError:
    host = _host(url)
    text = _texts(error)
    if isinstance(error, requests.exceptions.SSLError):
        return _explain_tls(host, tls, text)
    if "TLS CA certificate bundle" in text:
        return ConfigurationError(
            f"The CA file {tls.ca_file} can't be read.",
            "Give the path of a PEM file on the machine of this Jupyter server.",
        )
    if isinstance(error, requests.exceptions.ProxyError):
        return IssuerUnreachable(
            f"The proxy for {host} does not answer.", "Check HTTPS_PROXY and NO_PROXY, and try again."
        )
    if isinstance(error, requests.exceptions.Timeout):
        return IssuerUnreachable(f"{host} does not answer in time.", "Check the network or VPN, and try again.")
    if any(sign in text for sign in ("NameResolutionError", "Name or service not known", "gaierror", "getaddrinfo")):
        return IssuerUnreachable(
            f"The name {host} is not known here.",
            "Check its spelling, and the network or VPN, and try again.",
        )
    if "Connection refused" in text:
        return IssuerUnreachable(
            f"{host} refuses the connection.", "Check the address; if it is right, the issuer is down."
        )
    return IssuerUnreachable(
        f"The connection to {host} failed ({type(error).__name__}).",
        "Check the network or VPN, and try again.",
    )


def _explain_tls(host: str, tls: TLS, text: str) -> DeployKFError:
    if "WRONG_VERSION_NUMBER" in text or "record layer failure" in text:
        return IssuerUnreachable(
            f"{host} does not speak https there.", "Check the port, or use http:// if that is meant."
        )
    if "CERTIFICATE_VERIFY_FAILED" not in text and "certificate" not in text.lower():
        return IssuerUnreachable(
            f"The encrypted connection to {host} failed.",
            "Try again; else ask your platform's administrator.",
        )
    reason = (
        "its certificate is not valid for this name"
        if "match" in text
        else "its certificate is not one that this machine trusts"
    )
    if "expired" in text:
        reason = "its certificate has expired"
    trusted = f" (only the CAs in {tls.ca_file} are trusted)" if tls.ca_file else ""
    return CertificateUntrusted(
        f"{host} can't be trusted: {reason}{trusted}.",
        "Ask your platform's administrator for the CA file, and set it: ca_file of the cluster, or DEPLOYKF_CA_FILE.",
    )


def _texts(error: BaseException | None) -> str:
    """The error's text and its causes', where the words that tell them apart stand."""
    texts: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        texts.append(f"{type(error).__name__}: {error}")
        error = error.__cause__ or error.__context__
    return " ".join(texts)


def _host(url: str) -> str:
    return urlsplit(url).netloc or url[:100]
