"""What may be told of an issuer that nobody has configured or logged in to.

A person who adds a cluster names any URL, and the server sends a request there. What
comes back must not be read through the error: nobody shall learn by it what an
internal address says.
"""

from __future__ import annotations

from copy import copy
from typing import TypeVar

from ..errors import (
    CertificateUntrusted,
    ClientRejected,
    DeployKFError,
    IDTokenInvalid,
    IssuerFault,
    IssuerMismatch,
    IssuerUnreachable,
    NotAnIssuer,
    SignInPageUnknown,
    TokenAnswerInvalid,
)
from .urls import parse_shown

_Error = TypeVar("_Error", bound=DeployKFError)

#: Errors that say why there was no answer: nothing of one is in them.
_WITHOUT_ANSWER = (IssuerUnreachable, CertificateUntrusted)

_TOLD: tuple[tuple[type[DeployKFError], str], ...] = (
    (IssuerFault, "The issuer {issuer} answers with an error."),
    (NotAnIssuer, "There is no issuer at {issuer}."),
    (ClientRejected, "The issuer {issuer} doesn't accept the client."),
    (TokenAnswerInvalid, "The answer of {issuer} can't be used."),
    (IDTokenInvalid, "The ID token of {issuer} failed a check."),
    (SignInPageUnknown, "The login page of {issuer} can't be used."),
)


def unquoted(error: _Error, issuer: str) -> _Error:
    """Return an error that holds nothing of an answer but a host name.

    Parameters
    ----------
    error
        What was raised about the issuer.
    issuer
        What the person named.
    """
    if isinstance(error, _WITHOUT_ANSWER):
        return error
    if isinstance(error, IssuerMismatch):
        host = host_name(error.named)
        message = f"The document at {issuer} is of another issuer{f', at {host}' if host else ''}."
        next_step = "Check the address, or ask your platform's administrator."
    else:
        told = next((text for kind, text in _TOLD if isinstance(error, kind)), "The answer of {issuer} can't be used.")
        message, next_step = told.format(issuer=issuer), _next_step(error)
    plain = copy(error)
    plain.message, plain.next_step = message, next_step
    plain.args = (message, next_step)
    return plain


def host_name(url: str) -> str:
    """Return the host name in a URL, or an empty text: no user, port, path or query."""
    found = parse_shown(url)
    return found.host if found else ""


def _next_step(error: DeployKFError) -> str:
    # A page's own names of its ways to log in are quoted there.
    return "Log in on the issuer's page." if isinstance(error, SignInPageUnknown) else error.next_step
