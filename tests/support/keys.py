"""Keys and tokens for the scriptable issuer."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm


@cache
def private_key(kid: str) -> Any:
    """A key by name: elliptic where the name begins with ``ec``, else RSA."""
    if kid.startswith("ec"):
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def jwk(kid: str) -> dict[str, Any]:
    """The public half, as a JSON Web Key."""
    public = private_key(kid).public_key()
    text = (ECAlgorithm if kid.startswith("ec") else RSAAlgorithm).to_jwk(public)
    return {**(json.loads(text) if isinstance(text, str) else text), "kid": kid, "use": "sig"}


def sign(claims: dict[str, Any], kid: str = "rsa-1", **header: Any) -> str:
    """A signed JWT."""
    algorithm = "ES256" if kid.startswith("ec") else "RS256"
    return jwt.encode(claims, private_key(kid), algorithm=algorithm, headers={"kid": kid, **header})
