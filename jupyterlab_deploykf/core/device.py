"""A login on another device (RFC 8628), as Dex answers it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Union

from ..errors import (
    DeployKFError,
    DeviceExpired,
    LoginDenied,
    LoginFailed,
    TokenAnswerInvalid,
)
from .answer import Answer
from .claims import read_claims
from .cluster import Cluster
from .credential import Credential
from .deviceprobe import not_allowed
from .jsonvalue import moment, parse_object, seconds, text
from .secret import Secret, hide_secrets
from .tokenanswer import credential_from, fault_from, oauth_error
from .urls import parse_url
from .words import one_line

#: Seconds between polls where the issuer names none, and what `slow_down` adds (RFC 8628, 3.2 and 3.5).
DEFAULT_INTERVAL = 5.0
SLOWER = 5.0


@dataclass(frozen=True)
class DeviceAttempt:
    """One attempt to log in on another device.

    Parameters
    ----------
    issuer
        Where.
    verification_uri
        What the user opens there.
    user_code
        What the user enters there.
    device_code, code_verifier
        What is polled with; the verifier proves that the attempt began here (RFC 7636).
    interval
        Seconds to wait before each poll.
    expires_at
        When the attempt ends, in seconds since the epoch.
    """

    issuer: str
    verification_uri: str
    user_code: str = field(repr=False)
    device_code: Secret = field(repr=False)
    code_verifier: Secret = field(repr=False)
    interval: float
    expires_at: float

    @classmethod
    def to_poll(cls, issuer: str, device_code: str, code_verifier: str) -> DeviceAttempt:
        """An attempt as far as a poll needs it, for whom its caller has kept the rest."""
        return cls(issuer, "", "", Secret(device_code), Secret(code_verifier), DEFAULT_INTERVAL, math.inf)

    def slower(self) -> DeviceAttempt:
        """The same with more time between polls: after ``slow_down``, or without an answer (RFC 8628, 3.5)."""
        return replace(self, interval=self.interval + SLOWER)


#: A credential that is not yet verified, or the attempt as it goes on.
Polled = Union[Credential, DeviceAttempt]


def process_device_authorization(cluster: Cluster, answer: Answer, code_verifier: Secret, now: float) -> DeviceAttempt:
    """Read the answer to the device authorization request (RFC 8628, 3.2).

    Parameters
    ----------
    cluster
        Whose issuer answered.
    answer
        What it answered.
    code_verifier
        What the request's challenge was made of.
    now
        Seconds since the epoch.

    Raises
    ------
    DeviceNotAllowed, IssuerFault, TokenAnswerInvalid
    """
    if answer.status != 200:
        error = oauth_error(answer)
        if answer.status in (404, 405) or error.error in ("unauthorized_client", "unsupported_grant_type"):
            raise not_allowed(cluster)
        raise fault_from(cluster, answer, error)
    fields = hide_secrets(parse_object(answer.body) or {})
    device_code, given_code = text(fields.get("device_code")), text(fields.get("user_code"))
    # What a person is to type in is shown as it is, or not at all.
    user_code = one_line(given_code, 100)
    uri = _page(cluster, fields.get("verification_uri"))
    expires_in = _duration(fields.get("expires_in"))
    if not (device_code and user_code == given_code and user_code and expires_in and uri):
        raise TokenAnswerInvalid(
            f"The answer of {cluster.name} to a login on another device can't be used.",
            "Log in without --device, and tell your platform's administrator.",
        )
    interval = _duration(fields.get("interval")) or DEFAULT_INTERVAL
    return DeviceAttempt(
        cluster.issuer, uri, user_code, Secret(device_code), code_verifier, interval, expires_at=now + expires_in
    )


def process_poll(cluster: Cluster, answer: Answer, attempt: DeviceAttempt, now: float) -> Polled:
    """Read the answer to a poll (RFC 8628, 3.5).

    Parameters
    ----------
    cluster, answer, now
        As in `process_device_authorization`.
    attempt
        What was polled for.

    Returns
    -------
    Credential or DeviceAttempt
        The attempt where the user is not done yet, slower where the issuer asks for that.

    Raises
    ------
    DeviceExpired, LoginDenied, LoginFailed
        The attempt is over.
    ClientRejected, IssuerFault, TokenAnswerInvalid
    """
    if answer.status == 200:
        return _aged(credential_from(cluster, answer, now, refresh_token=""), answer)
    error = oauth_error(answer)
    # Dex has answered 401 to some of these and 400 to others; the words are the same.
    if answer.status in (400, 401):
        if error.error == "authorization_pending":
            return attempt
        if error.error == "slow_down":
            return attempt.slower()
        refusal = _refusal(cluster, error.error, error.description)
        if refusal:
            raise refusal
    raise fault_from(cluster, answer, error)


def expired(cluster: Cluster) -> DeviceExpired:
    """What to say where nobody confirmed in time."""
    return DeviceExpired(f"Nobody confirmed the login at {cluster.name} in time.", "Log in again for a new code.")


def _refusal(cluster: Cluster, error: str, description: str) -> DeployKFError | None:
    if error == "expired_token" or (error == "invalid_request" and "evice code" in description):
        # Dex forgets a code some time after it has expired: "Invalid Device code."
        return expired(cluster)
    if error == "access_denied":
        return LoginDenied(f"The login at {cluster.name} was refused on the other device.", "Log in again.")
    if error == "invalid_grant":
        return LoginFailed(f"{cluster.name} does not take this attempt to log in any more.", "Log in again.")
    return None


def _aged(credential: Credential, answer: Answer) -> Credential:
    """Count the time since the tokens were made: Dex makes them when the user is done, not when it is polled."""
    issued, date = moment(read_claims(credential.id_token).get("iat")), answer.date()
    if issued is not None and date is not None:
        credential.expires_at -= max(0.0, date - issued)
    return credential


def _duration(value: object) -> float:
    """Return a duration in seconds; 0 if there is none. More than a day isn't an attempt to log in."""
    duration = seconds(value)
    return duration if duration is not None and duration < 86400 else 0.0


def _page(cluster: Cluster, uri: object) -> str | None:
    """Return a page to send people to; None if it isn't as well guarded on its way as the issuer is."""
    url = parse_url(uri)
    usable = url is not None and (url.scheme == "https" or cluster.issuer.startswith("http:"))
    return str(url) if usable else None
