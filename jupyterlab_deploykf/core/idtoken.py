"""The ID token's checks (OpenID Connect Core, 3.1.3.7 and 12.2), as a list of named steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Callable

import jwt

from ..errors import IDTokenInvalid
from .claims import read_claims
from .jsonvalue import moment, parse_object
from .words import one_line

#: Signatures that we accept. Neither "none" nor HS*: a public client has no
#: secret that could sign.
ALGORITHMS = ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512")

#: Seconds by which this machine's clock may differ from the issuer's.
LEEWAY = 120.0

#: A key of a JSON Web Key Set (RFC 7517, 4).
Key = Mapping[str, Any]


@dataclass(frozen=True)
class Expectation:
    """What the ID token must say.

    Parameters
    ----------
    issuer
        Exactly the discovered issuer.
    client_id
        Must be in the audience.
    now
        Seconds since the epoch.
    nonce
        What the authorization request sent; None where none was sent (a refresh).
    subject
        The ``sub`` of the token before it; None at a login.
    issuer_now
        The issuer's clock, from its answer's ``Date``: it tells a token that
        is out of date from a clock that is off.
    """

    issuer: str
    client_id: str
    now: float
    nonce: str | None = field(default=None, repr=False)
    subject: str | None = None
    issuer_now: float | None = None


@dataclass(frozen=True)
class _Token:
    text: str = field(repr=False)
    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    keys: Sequence[Key]


def verify_id_token(text: str, keys: Sequence[Key], expected: Expectation) -> dict[str, Any]:
    """Verify an ID token.

    Parameters
    ----------
    text
        The ID token.
    keys
        The issuer's keys, from its ``jwks_uri``.
    expected
        What it must say.

    Returns
    -------
    dict
        Its claims, verified.

    Raises
    ------
    IDTokenInvalid
        A check failed; the message names it, and never holds the token.
    """
    header = _header(text)
    if header is None:
        raise _invalid("is not a JWT")
    token = _Token(text, header, read_claims(text), keys)
    for check in _CHECKS:
        check(token, expected)
    return dict(token.claims)


def knows_key(text: str, keys: Sequence[Key]) -> bool:
    """Whether the key that signed is among `keys`; if not, the issuer may have rotated them."""
    return bool(_candidates(_header(text) or {}, keys))


def _check_algorithm(token: _Token, _: Expectation) -> None:
    if token.header.get("alg") not in ALGORITHMS:
        raise _invalid(f"is signed with «{one_line(token.header.get('alg'), 20)}», which is not accepted")


def _check_signature(token: _Token, _: Expectation) -> None:
    algorithm = str(token.header["alg"])
    candidates = _candidates(token.header, token.keys)
    if not candidates:
        raise _invalid("is signed with a key that the issuer does not publish")
    for key in candidates:
        try:
            material = jwt.PyJWK(dict(key), algorithm=algorithm).key
            jwt.PyJWS().decode(token.text, material, algorithms=[algorithm])
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            # PyJWT lets out what a damaged key or header raises.
            continue
        return
    raise _invalid("has a wrong signature")


def _check_issuer(token: _Token, expected: Expectation) -> None:
    if token.claims.get("iss") != expected.issuer:
        raise _invalid("is of another issuer")


def _check_audience(token: _Token, expected: Expectation) -> None:
    if expected.client_id not in _audience(token):
        raise _invalid(f"is not meant for the client «{expected.client_id}»")


def _check_authorized_party(token: _Token, expected: Expectation) -> None:
    azp = token.claims.get("azp")
    if azp is None and len(_audience(token)) > 1:
        raise _invalid("is meant for several clients and names none of them as authorized")
    if azp is not None and azp != expected.client_id:
        raise _invalid("was issued to another client")


def _check_expiry(token: _Token, expected: Expectation) -> None:
    exp = _time(token, "exp")
    if exp is None:
        raise _invalid("says no time of expiry")
    if exp + LEEWAY <= expected.now:
        raise _invalid("has expired", expected)


def _check_issued_at(token: _Token, expected: Expectation) -> None:
    iat = _time(token, "iat")
    if iat is None:
        raise _invalid("does not say when it was issued")
    if iat - LEEWAY > expected.now:
        raise _invalid("was issued in the future", expected)


def _check_nonce(token: _Token, expected: Expectation) -> None:
    if expected.nonce is not None and token.claims.get("nonce") != expected.nonce:
        raise _invalid("answers another attempt to log in (its nonce differs)")


def _check_subject(token: _Token, expected: Expectation) -> None:
    subject = token.claims.get("sub")
    if not isinstance(subject, str) or not subject:
        raise _invalid("names no user")
    if expected.subject is not None and subject != expected.subject:
        raise _invalid("is of another user than the one before it")


_CHECKS: tuple[Callable[[_Token, Expectation], None], ...] = (
    _check_algorithm,
    _check_signature,
    _check_issuer,
    _check_audience,
    _check_authorized_party,
    _check_expiry,
    _check_issued_at,
    _check_nonce,
    _check_subject,
)


def _header(text: str) -> dict[str, Any] | None:
    try:
        header = jwt.get_unverified_header(text)
    except (jwt.PyJWTError, ValueError, RecursionError):
        # PyJWT lets out what the JSON and the text of a header raise.
        return None
    return dict(header)


def _candidates(header: Mapping[str, Any], keys: Sequence[Key]) -> list[Key]:
    kind = "RSA" if str(header.get("alg", "")).startswith("RS") else "EC"
    kid = header.get("kid")
    return [
        key
        for key in keys
        if key.get("kty") == kind and key.get("use", "sig") == "sig" and (kid is None or key.get("kid") == kid)
    ]


def _audience(token: _Token) -> list[Any]:
    audience = token.claims.get("aud")
    return audience if isinstance(audience, list) else [audience]


def _time(token: _Token, claim: str) -> float | None:
    return moment(token.claims.get(claim))


def _invalid(why: str, expected: Expectation | None = None) -> IDTokenInvalid:
    message = f"The ID token that the issuer gave {why}."
    if expected and expected.issuer_now is not None:
        skew = expected.now - expected.issuer_now
        if abs(skew) > LEEWAY:
            ahead = "ahead of" if skew > 0 else "behind"
            return IDTokenInvalid(
                f"{message} This machine's clock is {abs(skew) / 60:.0f} minutes {ahead} the issuer's.",
                "Set this machine's clock, and try again.",
            )
    return IDTokenInvalid(
        message, "Nothing was saved. Log in again; if it happens again, tell your platform's administrator."
    )


def parse_keys(body: bytes) -> list[Key] | None:
    """Read a JSON Web Key Set (RFC 7517, 5); None where it is none."""
    keys = (parse_object(body) or {}).get("keys")
    return [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else None
