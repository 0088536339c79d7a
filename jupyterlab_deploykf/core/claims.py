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
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    payload = parts[1].replace("-", "+").replace("_", "/")
    try:
        octets = a2b_base64(payload + "=" * (-len(payload) % 4))
    except ValueError:
        return {}
    return parse_object(octets) or {}
