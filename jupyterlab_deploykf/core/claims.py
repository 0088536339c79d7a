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
    text = parts[index].replace("-", "+").replace("_", "/")
    try:
        octets = a2b_base64(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    return parse_object(octets)
