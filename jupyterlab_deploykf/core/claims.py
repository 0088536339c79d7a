"""What a JWT says of itself, unverified: for display and for defaults, never for trust."""

from __future__ import annotations

from binascii import a2b_base64

from .jsonvalue import parse_object


def read_claims(token: str) -> dict[str, object]:
    """Decode a JWT's claims without checking anything (RFC 7519, 3).

    Parameters
    ----------
    token
        A JWT in compact form.

    Returns
    -------
    dict
        The claims; empty where `token` is no JWT.
    """
    return _part(token, 1) or {}


def read_header(token: str) -> dict[str, object] | None:
    """Decode a JWT's header (RFC 7515, 4) without checking anything; None if `token` is no JWT."""
    return _part(token, 0)


def _part(token: str, index: int) -> dict[str, object] | None:
    parts = token.split(".")
    if len(parts) != 3:
        return None
    octets = decode_base64url(parts[index])
    return None if octets is None else parse_object(octets)


def decode_base64url(text: str) -> bytes | None:
    """Decode base64url without padding (RFC 7515, 2); None if it isn't that."""
    plain = text.replace("-", "+").replace("_", "/")
    try:
        return a2b_base64(plain + "=" * (-len(plain) % 4))
    except ValueError:
        return None
