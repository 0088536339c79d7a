"""What a failed connection means, for people: one place for requests and for urllib3."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..errors import (
    ApiCertificateUntrusted,
    ApiFault,
    ApiUnreachable,
    CertificateUntrusted,
    ConfigurationError,
    DeployKFError,
    IssuerFault,
    IssuerUnreachable,
)

_UNKNOWN_NAME = ("NameResolutionError", "Name or service not known", "gaierror", "getaddrinfo")


@dataclass(frozen=True)
class Kinds:
    """Which errors to raise, by what was asked.

    Parameters
    ----------
    unreachable
        There was no answer.
    untrusted
        The certificate is not trusted.
    fault
        The answer is that the server is in trouble itself.
    """

    unreachable: type[DeployKFError]
    untrusted: type[DeployKFError]
    fault: type[DeployKFError]


ISSUER = Kinds(IssuerUnreachable, CertificateUntrusted, IssuerFault)
API = Kinds(ApiUnreachable, ApiCertificateUntrusted, ApiFault)


def explain(url: str, ca_file: str | None, error: BaseException, kinds: Kinds) -> DeployKFError:
    """Say what an exception of requests or urllib3 means.

    Parameters
    ----------
    url
        What was asked; only its host is told.
    ca_file
        The CAs that were trusted in place of the usual ones.
    error
        What was caught.
    kinds
        The errors to make of it.
    """
    host = host_of(url)
    chain = list(_chain(error))
    names = {kind.__name__ for each in chain for kind in type(each).__mro__}
    text = " ".join(f"{type(each).__name__}: {each}" for each in chain)
    if "TLS CA certificate bundle" in text:
        return unreadable_ca_file(ca_file)
    if "SSLError" in names:
        return _explain_tls(host, ca_file, text, kinds)
    if "ProxyError" in names:
        return kinds.unreachable(
            f"The proxy for {host} does not answer.", "Check HTTPS_PROXY and NO_PROXY, and try again."
        )
    if any(sign in text for sign in _UNKNOWN_NAME):
        return kinds.unreachable(
            f"The name {host} is not known here.", "Check its spelling, and the network or VPN, and try again."
        )
    if "Connection refused" in text:
        return kinds.unreachable(
            f"{host} refuses the connection.", "Check the address; if it is right, nothing is running there."
        )
    if names & {"Timeout", "TimeoutError"}:
        return kinds.unreachable(f"{host} does not answer in time.", "Check the network or VPN, and try again.")
    return kinds.unreachable(
        f"The connection to {host} failed ({type(error).__name__}).", "Check the network or VPN, and try again."
    )


def unreadable_ca_file(ca_file: str | None) -> ConfigurationError:
    """What to say where the CAs to trust can't be read."""
    return ConfigurationError(
        f"The CA file {ca_file} can't be read.", "Give the path of a PEM file on this machine.", field="ca_file"
    )


def host_of(url: str) -> str:
    """The host and port of a URL, for messages."""
    return urlsplit(url).netloc or url[:100]


def _explain_tls(host: str, ca_file: str | None, text: str, kinds: Kinds) -> DeployKFError:
    if "WRONG_VERSION_NUMBER" in text or "record layer failure" in text:
        return kinds.unreachable(
            f"{host} does not speak https there.", "Check the port, or use http:// if that is meant."
        )
    if "CERTIFICATE_VERIFY_FAILED" not in text and "certificate" not in text.lower():
        return kinds.unreachable(
            f"The encrypted connection to {host} failed.", "Try again; else ask your platform's administrator."
        )
    reason = (
        "its certificate is not valid for this name"
        if "match" in text
        else "its certificate is not one that this machine trusts"
    )
    if "expired" in text:
        reason = "its certificate has expired"
    trusted = f" (only the CAs in {ca_file} are trusted)" if ca_file else ""
    return kinds.untrusted(
        f"{host} can't be trusted: {reason}{trusted}.",
        "Ask your platform's administrator for the CA file, and set it: ca_file of the cluster, or DEPLOYKF_CA_FILE.",
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The exception and its causes, where the words that tell them apart stand."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        each = waiting.pop(0)
        if not isinstance(each, BaseException) or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        # urllib3 keeps the cause in `reason`, requests among the arguments.
        waiting += [each.__cause__ or each.__context__, getattr(each, "reason", None), *each.args[:1]]
