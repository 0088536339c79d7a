"""What a failed connection means, for people: one place for requests and for urllib3."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

from ..core.host import find_origin
from ..core.network import Network, Proxy
from ..core.tlsreason import HOSTNAME_MISMATCH, NOT_TLS, certificate_reason, handshake_cure
from ..core.urls import parse_shown
from ..core.words import plain
from ..errors import (
    ApiCertificateUntrusted,
    ApiFault,
    ApiUnreachable,
    CertificateUntrusted,
    DeployKFError,
    IssuerFault,
    IssuerUnreachable,
)
from .network import unreadable_ca_file

_UNKNOWN_NAME = ("NameResolutionError", "Name or service not known", "gaierror", "getaddrinfo")

#: What http.client says of a proxy that has answered.
_TUNNEL = re.compile(r"Tunnel connection failed: ([0-9]{3})")


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


def explain(
    url: str, ca_file: str | None, error: BaseException, kinds: Kinds, network: Network | None = None
) -> DeployKFError:
    """Say what an exception of requests, urllib3 or ssl means.

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
    network
        How the request was to get there; None if that isn't known.
    """
    host = host_of(url)
    chain = list(_chain(error))
    names = {kind.__name__ for each in chain for kind in type(each).__mro__}
    text = " ".join(f"{type(each).__name__}: {each}" for each in chain)
    proxy = network.proxy if network else None
    tunnel = _TUNNEL.search(text)
    if tunnel is not None:
        return proxy_refusal(url, int(tunnel[1]), kinds, proxy)
    authorities, variable = (network.authorities, network.variable) if network else (ca_file, None)
    if "TLS CA certificate bundle" in text:
        return unreadable_ca_file(authorities, variable)
    if "[X509" in text:
        return kinds.untrusted(
            f"{host} can't be trusted: the CA file {authorities} holds no certificate.",
            f"Put a PEM file there, or change the variable {variable}."
            if variable
            else "Give the path of a PEM file, whose lines are between BEGIN CERTIFICATE and END CERTIFICATE.",
        )
    if "ProxyError" in names:
        return kinds.unreachable(
            f"The proxy for {host} does not answer" + (f" ({proxy.shown})." if proxy else "."),
            _proxy_next(proxy, host),
        )
    if names & {"SSLError", "CertificateError"}:
        trusted = network.trusted if network and network.authorities else f"the CAs in {ca_file}" if ca_file else None
        return _explain_tls(host, trusted, chain, text, kinds)
    if any(sign in text for sign in _UNKNOWN_NAME):
        return kinds.unreachable(
            f"The name {host} is not known here.", "Check its spelling, and the network or VPN, and try again."
        )
    if "Connection refused" in text:
        return kinds.unreachable(
            f"{host} refuses the connection.", "Check the address; if it is right, nothing is running there."
        )
    if names & {"Timeout", "TimeoutError"} or any(isinstance(each, socket.timeout) for each in chain):
        return kinds.unreachable(f"{host} does not answer in time.", "Check the network or VPN, and try again.")
    return kinds.unreachable(
        f"The connection to {host} failed ({type(error).__name__}).", "Check the network or VPN, and try again."
    )


def proxy_refusal(url: str, status: int, kinds: Kinds, proxy: Proxy | None) -> DeployKFError:
    """Say that a proxy has answered, and doesn't pass a request on.

    Parameters
    ----------
    url
        What was asked.
    status
        The proxy's answer: 407 (RFC 9110, 15.5.8), 403 and so on.
    kinds
        The errors to make of it.
    proxy
        The proxy; None if it isn't known.
    """
    host = host_of(url)
    shown = f"The proxy {proxy.shown}" if proxy else "The proxy"
    origin = find_origin(url.partition("?")[0])
    where = f"{host}:{origin.port}" if origin and ":" not in host.rpartition("]")[2] else host
    if status == 407:
        variable = proxy.variable if proxy else "HTTPS_PROXY"
        wrong = proxy is not None and proxy.username is not None
        return kinds.unreachable(
            f"{shown} does not connect to {where}: it "
            + ("doesn't take the user name and password." if wrong else "asks for a user name and a password.")
            + " It answers HTTP 407.",
            f"Set {variable} to a URL with {'the right ones' if wrong else 'them'}: "
            f"http://user:password@proxy:port. If {host} is to be reached without the proxy, add it to NO_PROXY.",
        )
    return kinds.unreachable(
        f"{shown} does not connect to {where}: it answers HTTP {status}.",
        f"Ask who runs the proxy to allow {host}. If it is to be reached without the proxy, add it to NO_PROXY.",
    )


def host_of(url: str) -> str:
    """Return the host and port of a URL for messages; of a text that isn't one, what can't be a secret."""
    found = parse_shown(url)
    if found is not None:
        return found.netloc
    place = url.partition("?")[0].partition("#")[0]
    if "@" in place:  # a user name and a password may be before it
        place = place.rpartition("@")[2].partition("/")[0]
    return plain(place)[:100]


def _proxy_next(proxy: Proxy | None, host: str) -> str:
    variable = proxy.variable if proxy else "HTTPS_PROXY"
    return f"Check {variable}. If {host} is to be reached without the proxy, add it to NO_PROXY."


def _explain_tls(host: str, trusted: str | None, chain: list[BaseException], text: str, kinds: Kinds) -> DeployKFError:
    failed = next((each for each in chain if isinstance(each, ssl.SSLCertVerificationError)), None)
    if failed is not None and failed.verify_code:
        return _untrusted(host, trusted, failed.verify_code, failed.verify_message, kinds)
    if "CertificateError" in text or "doesn't match" in text:
        return _untrusted(host, trusted, HOSTNAME_MISMATCH, "hostname mismatch", kinds)
    reason = next((str(each.reason) for each in chain if isinstance(each, ssl.SSLError) and each.reason), "")
    if reason in NOT_TLS or "WRONG_VERSION_NUMBER" in text or "record layer failure" in text:
        return kinds.unreachable(
            f"{host} does not speak https there.", "Check the port, or use http:// if that is meant."
        )
    quoted = f" (OpenSSL says: {reason.replace('_', ' ').lower()})" if reason else ""
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return _untrusted(host, trusted, 0, "certificate verify failed", kinds)
    return kinds.unreachable(f"The encrypted connection to {host} failed{quoted}.", handshake_cure(reason))


def _untrusted(host: str, trusted: str | None, code: int, said: str, kinds: Kinds) -> DeployKFError:
    reason = certificate_reason(code)
    only = f"; only {trusted} are trusted" if trusted else ""
    # OpenSSL's words for a wrong name repeat the name.
    said = said.partition(", certificate is not valid")[0].rstrip(".") or f"error {code}"
    return kinds.untrusted(f"{host} can't be trusted: {reason.what} (OpenSSL says: {said}{only}).", reason.cure)


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
        waiting += [each.__cause__ or each.__context__, getattr(each, "reason", None), *each.args]
