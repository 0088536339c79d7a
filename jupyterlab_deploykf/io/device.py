"""The requests of a login on another device (RFC 8628).

Each sends a request and hands the answer to a pure function of `core.device`.
"""

from __future__ import annotations

from typing import Callable

from ..core.authorize import pkce
from ..core.credential import Credential
from ..core.device import DeviceAttempt, Polled, process_device_authorization, process_poll
from ..core.deviceprobe import check_probe, not_allowed, probe_url
from ..errors import ClientRejected, DeployKFError, DeviceNotAllowed
from .issuer import Issuer
from .limit import within

#: Seconds that whoever only wants to know whether it is allowed waits for the answer.
PATIENCE = 2.0


def allows_device(client: Issuer) -> bool:
    """Whether to offer a login on another device; trouble is a no, since those who log in will hear of it.

    An answer that comes too late is remembered for the next time.
    """
    try:
        return within(PATIENCE, lambda: client.allows_device(lambda: _find_out(client)))
    except (DeployKFError, TimeoutError):
        return False


def begin_device(client: Issuer, random: Callable[[int], bytes]) -> DeviceAttempt:
    """Ask for a code that a user enters on another device (RFC 8628, 3.1), with PKCE (S256).

    Parameters
    ----------
    client
        The issuer.
    random
        Gives that many random bytes: `secrets.token_bytes`.

    Raises
    ------
    DeviceNotAllowed
        Found out beforehand: the user would be refused at the very end.
    IssuerError
    """
    endpoint = _checked_endpoint(client)
    code_verifier, challenge = pkce(random)
    answer = client.ask(
        endpoint,
        {
            "client_id": client.cluster.client_id,
            "scope": " ".join(client.cluster.scopes),
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        },
    )
    return process_device_authorization(client.cluster, answer, code_verifier, client.clock())


def poll_device(client: Issuer, attempt: DeviceAttempt) -> Polled:
    """Ask whether the user is done (RFC 8628, 3.4); if so, verify the tokens. No nonce is sent in this grant.

    Raises
    ------
    DeviceExpired, LoginDenied, LoginFailed
        The attempt is over.
    IssuerError
    """
    provider = client.ready()
    answer = client.ask(
        provider.token_endpoint,
        {
            "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
            "device_code": attempt.device_code,
            "code_verifier": attempt.code_verifier,
            "client_id": client.cluster.client_id,
        },
    )
    polled = process_poll(client.cluster, answer, attempt, client.clock())
    if isinstance(polled, Credential):
        client.verify(polled, provider, answer)
    return polled


def _checked_endpoint(client: Issuer) -> str:
    """Where a login on another device begins, once the probe has said that it can end well."""
    provider = client.provider()
    if provider.device_authorization_endpoint is None:
        raise not_allowed(client.cluster)
    check_probe(client.cluster, client.ask(probe_url(provider, client.cluster)))
    return provider.device_authorization_endpoint


def _find_out(client: Issuer) -> bool:
    try:
        _checked_endpoint(client)
    except (DeviceNotAllowed, ClientRejected):
        return False
    return True
