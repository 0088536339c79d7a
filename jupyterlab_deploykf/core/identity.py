"""Who an ID token speaks of, for people to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Identity:
    """A user, as the ID token's claims name them (OpenID Connect Core, 5.1).

    Parameters
    ----------
    subject
        The issuer's own name of the user, which never changes.
    email, name
        None where the claims lack them.
    groups
        As the connector gives them; static users have none.
    """

    subject: str
    email: str | None = None
    name: str | None = None
    groups: tuple[str, ...] = ()

    @property
    def called(self) -> str:
        """What to call the user: the e-mail address, else the name, else the subject."""
        return self.email or self.name or self.subject

    @classmethod
    def from_claims(cls, claims: Mapping[str, object]) -> Identity | None:
        """Read the claims; None where they name nobody."""
        subject, email, name, groups = (claims.get(key) for key in ("sub", "email", "name", "groups"))
        if not isinstance(subject, str):
            return None
        return cls(
            subject=subject,
            email=email if isinstance(email, str) else None,
            name=name if isinstance(name, str) else None,
            groups=tuple(str(group) for group in groups) if isinstance(groups, list) else (),
        )

    def to_dict(self) -> dict[str, object]:
        """The identity as the REST API speaks of it."""
        return {"email": self.email, "name": self.name, "subject": self.subject, "groups": list(self.groups)}
