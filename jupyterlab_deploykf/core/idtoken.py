"""The ID token's checks (OpenID Connect Core, 3.1.3.7 and 12.2), as a list of named steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import Any, Callable

from ..errors import IDTokenInvalid
from .claims import decode_base64url, read_claims, read_header
from .jsonvalue import moment, parse_object
from .jsonvalue import text as _text
from .secret import Secret
from .words import one_line


def _load_jwt() -> Any:
    try:
        return import_module("jwt")
    except ImportError:
        return None  # `prove` says so, before anything is spent


#: PyJWT, or what else is called so here.
jwt: Any = _load_jwt()

#: Signatures that we accept. Neither "none" nor HS*: a public client has no
#: secret that could sign.
ALGORITHMS = ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512")

_RSA_BITS = 2048

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
        Seconds since the epoch, by this machine's clock.
    nonce
        What the authorization request sent; None where none was sent (a refresh).
    subject
        The ``sub`` of the token before it; None at a login.
    issuer_now
        The issuer's clock, from its answer's ``Date``. The token's times are of that clock, so it is the judge;
        this machine's is where the answer has no date.
    """

    issuer: str
    client_id: str
    now: float
    nonce: str | None = field(default=None, repr=False)
    subject: str | None = None
    issuer_now: float | None = None

    @property
    def at(self) -> float:
        """The time by which the token is judged."""
        return self.now if self.issuer_now is None else self.issuer_now


@dataclass(frozen=True)
class _Token:
    text: Secret = field(repr=False)
    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    keys: Sequence[Key]


def prove(keys: Sequence[Key]) -> None:
    """See that an ID token can be verified, before anything is spent on getting one.

    Parameters
    ----------
    keys
        The issuer's, as it publishes them.

    Raises
    ------
    IDTokenInvalid
        None of the keys can be used, or what verifies signatures is missing here.
    """
    for key in keys:
        for algorithm in ALGORITHMS:
            if _is_for(key, algorithm) and key.get("alg", algorithm) == algorithm and _material(key, algorithm):
                return
    if _can_verify():
        problem = IDTokenInvalid(
            "The issuer publishes no key that an ID token could be verified with.",
            "Ask your platform's administrator: the issuer's configuration is broken.",
        )
    else:
        problem = IDTokenInvalid(
            "The packages that verify ID tokens can't be used here: PyJWT or cryptography is missing, "
            "or another package is called jwt.",
            "Run: pip uninstall -y jwt; pip install --force-reinstall 'PyJWT[crypto]'",
        )
    problem.is_doubt = True
    raise problem


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
    header = read_header(text)
    if header is None:
        raise _invalid("is not a JWT")
    token = _Token(Secret(text), header, read_claims(text), keys)
    for check in _CHECKS:
        check(token, expected)
    return dict(token.claims)


def check_whose(text: str, expected: Expectation) -> None:
    """See whose an ID token is and whom it is for, if its signature or its time can't be checked now.

    Raises
    ------
    IDTokenInvalid
        It is of another issuer or user, or for another client: nothing that came with it is kept.
    """
    token = _Token(Secret(text), {}, read_claims(text), ())
    for check in _WHOSE:
        check(token, expected)


def knows_key(text: str, keys: Sequence[Key]) -> bool:
    """Whether the key that signed is among `keys`; if not, the issuer may have rotated them."""
    return bool(_candidates(read_header(text) or {}, keys))


def _check_algorithm(token: _Token, _: Expectation) -> None:
    if token.header.get("alg") not in ALGORITHMS:
        raise _invalid(f"is signed with «{one_line(token.header.get('alg'), 20)}», which is not accepted")


def _check_critical(token: _Token, _: Expectation) -> None:
    # RFC 7515, 4.1.11: what is critical has to be understood; nothing is, and old versions of PyJWT overlook it.
    if "crit" in token.header:
        raise _invalid("needs an extension that is not known")


def _check_signature(token: _Token, _: Expectation) -> None:
    algorithm = str(token.header["alg"])
    candidates = _candidates(token.header, token.keys)
    if not candidates:
        raise _invalid("is signed with a key that the issuer does not publish", is_doubt=True)
    for key in candidates:
        material = _material(key, algorithm)
        if material is not None and _has_signed(material, algorithm, token.text):
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
    if exp + LEEWAY <= expected.at:
        raise _invalid("has expired", expected, is_doubt=True)


def _check_issued_at(token: _Token, expected: Expectation) -> None:
    iat = _time(token, "iat")
    if iat is None:
        raise _invalid("does not say when it was issued")
    if iat - LEEWAY > expected.at:
        raise _invalid("was issued in the future", expected, is_doubt=True)


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
    _check_critical,
    _check_signature,
    _check_issuer,
    _check_audience,
    _check_authorized_party,
    _check_expiry,
    _check_issued_at,
    _check_nonce,
    _check_subject,
)


#: Which of them say whose the token is.
_WHOSE = (_check_issuer, _check_audience, _check_authorized_party, _check_subject)


def _can_verify() -> bool:
    """Whether PyJWT is what is called jwt here, and has the cryptography that it needs."""
    has_crypto = getattr(getattr(jwt, "algorithms", None), "has_crypto", False)
    return bool(has_crypto) and all(hasattr(jwt, name) for name in ("PyJWK", "get_algorithm_by_name", "PyJWTError"))


def _material(key: Key, algorithm: str) -> object | None:
    """A key as PyJWT takes it; None if it can't be used."""
    # What a key is made of are texts (RFC 7518, 6); lists are remarks.
    parts = frozenset((name, value) for name, value in key.items() if isinstance(value, str))
    return _parsed(parts, algorithm) if _can_verify() else None


@lru_cache(maxsize=32)
def _parsed(key: frozenset[tuple[str, str]], algorithm: str) -> object | None:
    # Public keys, which an issuer uses for hours: parsing one takes as long as verifying with it.
    try:
        material: object = jwt.PyJWK(dict(key), algorithm=algorithm).key
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError, NotImplementedError):
        # What an issuer publishes can be anything, and not all of it is caught there.
        return None
    return material


def _has_signed(material: Any, algorithm: str, text: str) -> bool:
    signed, _, signature = text.rpartition(".")
    octets = decode_base64url(signature)
    if octets is None:
        return False
    try:
        return bool(jwt.get_algorithm_by_name(algorithm).verify(signed.encode("ascii"), material, octets))
    except (jwt.PyJWTError, ValueError, TypeError, NotImplementedError):
        return False


def _candidates(header: Mapping[str, Any], keys: Sequence[Key]) -> list[Key]:
    algorithm, kid = str(header.get("alg", "")), header.get("kid")
    return [key for key in keys if _is_for(key, algorithm) and (kid is None or key.get("kid") == kid)]


def _is_for(key: Key, algorithm: str) -> bool:
    """Whether a key is of an algorithm's kind, and signs."""
    kind = "RSA" if algorithm.startswith("RS") else "EC"
    return key.get("kty") == kind and key.get("use", "sig") == "sig"


def _audience(token: _Token) -> list[Any]:
    audience = token.claims.get("aud")
    return audience if isinstance(audience, list) else [audience]


def _time(token: _Token, claim: str) -> float | None:
    return moment(token.claims.get(claim))


def _invalid(why: str, expected: Expectation | None = None, *, is_doubt: bool = False) -> IDTokenInvalid:
    message = f"The ID token that the issuer gave {why}."
    if expected is not None and expected.issuer_now is None:
        problem = IDTokenInvalid(
            f"{message} That is by this machine's clock: the issuer's answer had no date.",
            "Check this machine's clock, and try again.",
        )
    else:
        problem = IDTokenInvalid(
            message, "It is not used. Log in again; if it happens again, tell your platform's administrator."
        )
    problem.is_doubt = is_doubt
    return problem


def parse_keys(body: bytes) -> list[Key] | None:
    """Read a JSON Web Key Set (RFC 7517, 5); None where it is none.

    RSA keys of fewer bits than RFC 7518, 3.3 asks for are left out.
    """
    keys = (parse_object(body) or {}).get("keys")
    if not isinstance(keys, list):
        return None
    return [key for key in keys if isinstance(key, dict) and not _is_short(key)]


def _is_short(key: Key) -> bool:
    return key.get("kty") == "RSA" and len(_text(key.get("n"))) * 6 < _RSA_BITS
