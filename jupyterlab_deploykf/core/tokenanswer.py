"""The token endpoint's answers (RFC 6749, 5), as Dex words them."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import (
    ClientRejected,
    CodeRejected,
    DeployKFError,
    IssuerError,
    IssuerFault,
    SessionEnded,
    TokenAnswerInvalid,
)
from .answer import Answer
from .claims import read_claims
from .cluster import Cluster
from .credential import DEFAULT_LIFETIME, Credential
from .jsonvalue import moment, parse_object, seconds, text
from .retryafter import parse_retry_after, when_to_retry
from .secret import hide_secrets
from .words import one_line

_LOGIN_AGAIN = "Log in again."
_ASK = "Ask your platform's administrator."


@dataclass(frozen=True)
class OAuthError:
    """An error object of RFC 6749, 5.2; both texts empty where the body holds none."""

    error: str
    description: str


def process_exchange(cluster: Cluster, answer: Answer, now: float) -> Credential:
    """Read the answer to the exchange of an authorization code.

    Parameters
    ----------
    cluster
        Whose issuer answered.
    answer
        What it answered.
    now
        Seconds since the epoch.

    Returns
    -------
    Credential
        Not yet verified.

    Raises
    ------
    CodeRejected, ClientRejected, IssuerFault, TokenAnswerInvalid
        By the table in Dex's behaviour: the error of a bad code is
        ``invalid_grant``, and the description tells a wrong code from a wrong
        verifier.
    """
    if answer.status == 200:
        return credential_from(cluster, answer, now, refresh_token="")
    error = oauth_error(answer)
    if answer.status == 400 and error.error == "invalid_grant":
        if "verifier" in error.description:
            raise CodeRejected(
                "This code belongs to another attempt to log in.",
                "Open the sign-in page from here, and paste the code that it shows.",
            )
        raise CodeRejected(
            "The issuer does not take this code: it was cut off or mistyped, used before, or is too old.",
            "Copy the whole code and paste it again; if it is refused again, open the sign-in page for a new one.",
        )
    raise fault_from(cluster, answer, error)


@dataclass(frozen=True)
class Refreshed:
    """What came of a refresh.

    Parameters
    ----------
    credential
        The new one; if there is a problem, the one before with the new refresh token, so that the session goes on.
    problem
        Why the new ID token can't be used, or not yet.
    """

    credential: Credential
    problem: IssuerError | None = None


def process_refresh(cluster: Cluster, answer: Answer, previous: Credential, now: float) -> Refreshed:
    """Read the answer to a refresh.

    Parameters
    ----------
    cluster, answer, now
        As in `process_exchange`.
    previous
        What was refreshed; its refresh token is kept where the answer has none
        (RFC 6749, 6), and its ID token too (OpenID Connect Core, 12.2).

    Returns
    -------
    Refreshed
        Not yet verified.

    Raises
    ------
    SessionEnded
        The refresh token is dead. Dex says so with ``invalid_request``, other
        issuers with ``invalid_grant``; the status must be 400 in both cases,
        since a 5xx may carry the same word.
    ClientRejected, IssuerFault, TokenAnswerInvalid
        As in `process_exchange`.
    """
    if answer.status == 200:
        return _refreshed(cluster, answer, previous, now)
    error = oauth_error(answer)
    if answer.status == 400 and error.error in ("invalid_grant", "invalid_request"):
        raise session_ended(cluster, error.description)
    raise fault_from(cluster, answer, error)


def _refreshed(cluster: Cluster, answer: Answer, previous: Credential, now: float) -> Refreshed:
    try:
        return Refreshed(credential_from(cluster, answer, now, refresh_token=previous.refresh_token))
    except TokenAnswerInvalid as error:
        refresh_token = text(hide_secrets(parse_object(answer.body) or {}).get("refresh_token"))
        if not refresh_token:
            raise
        return Refreshed(previous.with_refresh_token(refresh_token), error)


def lost_answer(cluster: Cluster) -> SessionEnded:
    """Say that a session has ended since the answer with its next refresh token never came."""
    return SessionEnded(
        f"The session at {cluster.name} has ended: an answer of the issuer was lost, and the issuer didn't repeat it.",
        _LOGIN_AGAIN,
    )


def check_client(cluster: Cluster, credential: Credential) -> None:
    """See that a refresh token is sent by the client that it was issued to.

    Raises
    ------
    ClientRejected
        It is another one; the refresh token is kept.
    """
    if not credential.is_issued_to(cluster.client_id):
        raise ClientRejected(
            f'The session at {cluster.name} was not issued to the client "{cluster.client_id}", '
            "so it can't be refreshed.",
            "Log in again, or set the client id (client_id of the cluster) back to what it was.",
        )


def session_ended(cluster: Cluster, description: str = "") -> SessionEnded:
    """Say why a session ended, as far as the issuer's words tell.

    deployKF's guide, "Refresh Token Expiry": a session lives for 90 days in
    all, and for 7 days without use. Dex keeps one refresh token per user and
    client, so that a login elsewhere replaces it.
    """
    lowered = description.lower()
    if "expired" in lowered:
        reason = "it was not used for too long (deployKF: 7 days), or has reached its total age (deployKF: 90 days)"
    elif "claimed" in lowered:
        reason = "most likely it was replaced by a login elsewhere: the issuer keeps one for each user"
    else:
        reason = "it was idle for too long, has reached its total age, or was replaced by a login elsewhere"
    return SessionEnded(f"The session at {cluster.name} has ended: {reason}.", _LOGIN_AGAIN)


def credential_from(cluster: Cluster, answer: Answer, now: float, refresh_token: str) -> Credential:
    """Read a successful answer (RFC 6749, 5.1); `refresh_token` is kept where it has none.

    Raises
    ------
    TokenAnswerInvalid
    """
    document = parse_object(answer.body)
    if document is None:
        problem = TokenAnswerInvalid(f"The token endpoint of {cluster.name} did not answer with JSON.", _ASK)
        # An answer of the issuer may have been cut off, or replaced by a page of something on the way.
        problem.outcome_unknown = True
        raise problem
    fields = hide_secrets(document)
    del document
    id_token = text(fields.get("id_token"))
    if not id_token:
        raise TokenAnswerInvalid(
            f"The token endpoint of {cluster.name} gave no ID token.",
            "Check that the scopes hold «openid»; else ask your platform's administrator.",
        )
    lifetime = _lifetime(fields.get("expires_in"), id_token)
    credential = Credential.from_entry({**fields, "expires_in": lifetime, "expires_at": now + lifetime})
    if credential is None:  # can't be: the ID token is there
        raise TokenAnswerInvalid(f"The token endpoint of {cluster.name} gave no ID token.", _ASK)
    if not credential.refresh_token and refresh_token:
        return Credential.from_entry({**credential.to_entry(), "refresh_token": refresh_token}) or credential
    return credential


def _lifetime(expires_in: object, id_token: str) -> float:
    """Seconds that the ID token lives.

    `expires_in` speaks of the access token (RFC 6749, 5.1); the ID token is
    what we send, so the shorter of the two counts. Both are durations, so a
    machine whose clock is off still refreshes in time.
    """
    claims = read_claims(id_token)
    exp, iat = moment(claims.get("exp")), moment(claims.get("iat"))
    own = seconds(exp - iat) if exp is not None and iat is not None else None
    known = [lifetime for lifetime in (own, seconds(expires_in)) if lifetime is not None]
    return min(known, default=DEFAULT_LIFETIME)


def fault_from(cluster: Cluster, answer: Answer, error: OAuthError) -> DeployKFError:
    """What an answer amounts to that says nothing of the code or the refresh token."""
    said = f" («{error.description or error.error}»)" if error.error else ""
    if error.error in ("invalid_client", "unauthorized_client") or "redirect_uri" in error.description:
        return ClientRejected(
            f"{cluster.name} does not accept the client «{cluster.client_id}» with an out-of-band login{said}.",
            "Check the client id; deployKF has it since v0.1.3. Else ask your platform's administrator.",
        )
    if answer.status >= 500 or answer.status == 429:
        retry_after = parse_retry_after(answer.headers.get("retry-after"), answer.date() or 0.0)
        fault = IssuerFault(
            f"The issuer of {cluster.name} is in trouble: it answers {answer.status}{said}.",
            when_to_retry(retry_after),
            retry_after=retry_after,
        )
        # A gateway that got no answer, or none in time, does not know what the issuer has done.
        fault.outcome_unknown = answer.status in (502, 504)
        return fault
    return TokenAnswerInvalid(f"The token endpoint of {cluster.name} answers {answer.status}{said}.", _ASK)


def oauth_error(answer: Answer) -> OAuthError:
    """The error object in an answer (RFC 6749, 5.2)."""
    body = parse_object(answer.body) or {}
    # An issuer's text is shown to people: no more of it than a sentence.
    return OAuthError(one_line(body.get("error"), 100), one_line(body.get("error_description")))
