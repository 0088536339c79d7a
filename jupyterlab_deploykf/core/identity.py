"""Who an ID token speaks of, for people to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from .words import one_line


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
        """Read the claims; None where they name nobody.

        They are foreign text, and go to terminals, pages and logs: what steers those is taken out here.
        """
        subject, email, name, groups = (claims.get(key) for key in ("sub", "email", "name", "groups"))
        if not isinstance(subject, str):
            return None
        return cls(
            subject=_distinct(subject),
            email=one_line(email) or None if isinstance(email, str) else None,
            name=one_line(name) or None if isinstance(name, str) else None,
            groups=tuple(filter(None, map(one_line, groups))) if isinstance(groups, list) else (),
        )

    def to_dict(self) -> dict[str, object]:
        """The identity as the REST API speaks of it."""
        return {"email": self.email, "name": self.name, "subject": self.subject, "groups": list(self.groups)}


def _distinct(subject: str) -> str:
    """Return a subject that can be shown, and that is equal only to that of the same user."""
    # OpenID Connect Core, 2: at most 255 characters.
    shown = one_line(subject, 255)
    if shown == subject:
        return shown
    digest = sha256(subject.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{one_line(subject)} ({digest[:16]})".strip()
