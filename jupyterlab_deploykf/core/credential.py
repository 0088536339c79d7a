"""What the cache holds for one issuer."""

from __future__ import annotations

from .claims import read_claims
from .jsonvalue import moment, seconds, text
from .secret import as_secret

#: Lifetime of an ID token in seconds where neither the answer nor the token
#: says so: deployKF's default.
DEFAULT_LIFETIME = 3600.0

_KNOWN = ("id_token", "access_token", "refresh_token", "token_type", "expires_in", "expires_at")


class Credential:
    """The tokens of one session, in the reference's format.

    Parameters
    ----------
    id_token
        The ID token: what the KFP API takes as bearer.
    expires_at
        When the ID token expires, in seconds since the epoch, by this
        machine's clock.
    lifetime
        How long the ID token lives in all, in seconds.
    refresh_token
        What gets the next ID token; empty when there is none, or when the
        issuer has refused it.
    access_token
        Taken by oauth2-proxy as well, so it is guarded alike.
    token_type
        As the issuer gave it; Dex says ``bearer``.
    extra
        Fields that are not ours, kept as they are.
    """

    __slots__ = (
        "access_token",
        "expires_at",
        "extra",
        "id_token",
        "lifetime",
        "refresh_token",
        "token_type",
    )

    def __init__(
        self,
        *,
        id_token: str,
        expires_at: float,
        lifetime: float = DEFAULT_LIFETIME,
        refresh_token: str = "",
        access_token: str = "",
        token_type: str = "bearer",
        extra: dict[str, object] | None = None,
    ) -> None:
        self.id_token = as_secret(id_token)
        self.expires_at = expires_at
        self.lifetime = lifetime
        self.refresh_token = as_secret(refresh_token)
        self.access_token = as_secret(access_token)
        self.token_type = token_type
        self.extra = dict(extra or {})

    @classmethod
    def from_entry(cls, entry: object) -> Credential | None:
        """Read an entry of the cache, whoever wrote it.

        Parameters
        ----------
        entry
            The JSON value under an issuer.

        Returns
        -------
        Credential or None
            None where the entry holds no ID token: nothing is there, the user
            logged out (an empty object), or the entry is damaged. Numbers that
            are missing or wrong are taken from the ID token's own claims.
        """
        if not isinstance(entry, dict):
            return None
        id_token = text(entry.get("id_token"))
        if not id_token:
            return None
        expires_at = moment(entry.get("expires_at"))
        lifetime = seconds(entry.get("expires_in"))
        if expires_at is None or lifetime is None:
            claims = read_claims(id_token)
            exp, iat = moment(claims.get("exp")), moment(claims.get("iat"))
            if expires_at is None:
                expires_at = exp or 0.0
            if lifetime is None:
                lifetime = exp - iat if exp and iat and exp > iat else DEFAULT_LIFETIME
        return cls(
            id_token=id_token,
            expires_at=expires_at,
            lifetime=lifetime,
            refresh_token=text(entry.get("refresh_token")),
            access_token=text(entry.get("access_token")),
            token_type=text(entry.get("token_type")) or "bearer",
            extra={name: value for name, value in entry.items() if name not in _KNOWN},
        )

    def to_entry(self) -> dict[str, object]:
        """Return the JSON object as the reference class reads and writes it; its tokens are `Secret`."""
        entry: dict[str, object] = dict(self.extra)
        if self.access_token:
            entry["access_token"] = self.access_token
        entry["token_type"] = self.token_type
        entry["expires_in"] = int(self.lifetime)
        if self.refresh_token:
            entry["refresh_token"] = self.refresh_token
        entry["id_token"] = self.id_token
        entry["expires_at"] = self.expires_at
        return entry

    def without_refresh_token(self) -> Credential:
        """Return the same credential after the issuer has refused its refresh token."""
        return self.with_refresh_token("")

    def with_refresh_token(self, refresh_token: str) -> Credential:
        """Return the same credential with another refresh token."""
        return Credential(
            id_token=self.id_token,
            expires_at=self.expires_at,
            lifetime=self.lifetime,
            refresh_token=refresh_token,
            access_token=self.access_token,
            token_type=self.token_type,
            extra=self.extra,
        )

    def is_issued_to(self, client_id: str) -> bool:
        """Whether the ID token names a client as the one that it was issued to (OpenID Connect Core, 2).

        A refresh token belongs to the same client (RFC 6749, 6): sent by another one it is refused, and lost.
        True if the ID token says nothing of it.
        """
        claims = read_claims(self.id_token)
        azp, audience = claims.get("azp"), claims.get("aud")
        if isinstance(azp, str):
            return azp == client_id
        if isinstance(audience, list):
            return client_id in audience
        return audience is None or audience == client_id

    @property
    def issued_at(self) -> float:
        """When the ID token was made, in seconds since the epoch, by this machine's clock."""
        return self.expires_at - self.lifetime

    def is_valid(self, now: float) -> bool:
        """Whether the ID token can still be used at `now` (seconds since the epoch)."""
        return self.expires_at > now

    def __repr__(self) -> str:
        return f"Credential(expires_at={self.expires_at!r}, renewable={bool(self.refresh_token)})"

    def __reduce_ex__(self, protocol: object) -> tuple[object, ...]:
        raise TypeError("A credential is not pickled: it stays in the cache.")
