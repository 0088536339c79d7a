"""The authorization request, for whoever has no browser of its own: terminals and kernels.

The browser makes its own with oidc-client-ts; both end in the same token request.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Callable

from .cluster import Cluster
from .provider import Provider
from .secret import Secret


@dataclass(frozen=True)
class AuthorizationRequest:
    """One attempt to log in.

    Parameters
    ----------
    url
        What the user opens in a browser.
    code_verifier
        Proves with the code that the attempt started here (RFC 7636, 4.1).
    nonce
        Comes back in the ID token (OpenID Connect Core, 3.1.2.1).
    state
        Comes back beside the code where there is a redirect (RFC 6749, 4.1.1).
    """

    url: str
    code_verifier: Secret = field(repr=False)
    nonce: Secret = field(repr=False)
    state: str = field(repr=False)


def authorization_request(provider: Provider, cluster: Cluster, random: Callable[[int], bytes]) -> AuthorizationRequest:
    """Begin an attempt to log in (RFC 6749, 4.1.1 with RFC 7636, S256).

    Parameters
    ----------
    provider
        The issuer's metadata.
    cluster
        Client id, redirect URI and scopes.
    random
        Gives that many random bytes: `secrets.token_bytes`.
    """
    code_verifier, challenge = pkce(random)
    nonce, state = (_base64url(random(size)) for size in (24, 24))
    url = provider.authorization_url.with_fields(
        {
            "client_id": cluster.client_id,
            "redirect_uri": cluster.redirect_uri,
            "response_type": "code",
            "scope": " ".join(cluster.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
    )
    return AuthorizationRequest(str(url), code_verifier, Secret(nonce), state)


def pkce(random: Callable[[int], bytes]) -> tuple[Secret, str]:
    """A new code verifier, and its S256 challenge (RFC 7636, 4.1 and 4.2)."""
    verifier = _base64url(random(64))
    return Secret(verifier), _base64url(sha256(verifier.encode("ascii")).digest())


def _base64url(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")
