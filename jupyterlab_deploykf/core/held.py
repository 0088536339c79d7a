"""A credential that waits for a yes, since it would replace someone else's session."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hmac import compare_digest
from typing import Callable

from ..errors import ConfirmationExpired, OtherIdentity
from .claims import read_claims
from .cluster import Cluster
from .credential import Credential
from .identity import Identity
from .secret import Secret

#: Seconds for which a credential waits for its user's yes.
CONFIRMATION_LIFETIME = 600.0


@dataclass(frozen=True)
class Held:
    """A credential of another user than the session's that is there.

    Parameters
    ----------
    credential
        What was obtained, verified.
    key
        The name under which it is to be saved: the issuer's own of itself.
    identity
        Whose it is.
    before
        Whose session it would replace.
    handle
        What the yes has to name. No token, and random, so that nobody says yes to what they were not asked.
    until
        When it is too late, in seconds since the epoch.
    """

    credential: Credential
    key: str
    identity: Identity
    before: Identity
    handle: Secret
    until: float

    def is_named_by(self, handle: str, now: float) -> bool:
        """Whether `handle` names this one, and in time."""
        return now < self.until and compare_digest(handle.encode("utf-8", "replace"), self.handle.encode())


def identity_of(credential: Credential | None) -> Identity | None:
    """Whose a credential is, by its ID token; None where that is not told."""
    return Identity.from_claims(read_claims(credential.id_token)) if credential else None


def replaced_identity(current: Credential | None, credential: Credential) -> Identity | None:
    """Whose session a credential would replace, where that is another user's.

    Parameters
    ----------
    current
        What is there, whatever it is good for; None after a logout.
    credential
        What was obtained.

    Returns
    -------
    Identity or None
        None where nobody's session would be lost.
    """
    before, after = identity_of(current), identity_of(credential)
    if before is None or after is None or before.subject == after.subject:
        return None
    return before


def hold(credential: Credential, key: str, before: Identity, now: float, random: Callable[[int], bytes]) -> Held:
    """Let a credential wait.

    Parameters
    ----------
    credential, key, before
        As `Held` has them.
    now
        Seconds since the epoch.
    random
        Gives so many random bytes.
    """
    identity = identity_of(credential)
    if identity is None:
        raise ValueError("only a credential with an identity is held")
    handle = Secret(urlsafe_b64encode(random(32)).rstrip(b"=").decode())
    return Held(credential, key, identity, before, handle, now + CONFIRMATION_LIFETIME)


def other_identity(cluster: Cluster, held: Held) -> OtherIdentity:
    """Ask for the yes.

    Parameters
    ----------
    cluster
        Where.
    held
        What waits for it.
    """
    now, before = held.identity.called, held.before.called
    if now == before:
        # Two connectors may call their users alike, and a user may be made anew.
        said = (
            f"You have signed in at {cluster.name} as {now}, by another account than the {before} of the session there."
        )
    else:
        said = f"You have signed in at {cluster.name} as {now}. The session there is of {before}, and was kept."
    return OtherIdentity(
        said,
        "Confirm that it is to be replaced, or log in again as the one who was there before.",
        confirmation=str(held.handle),
        identity=held.identity.to_dict(),
        before=held.before.to_dict(),
    )


def confirmation_expired(cluster: Cluster) -> ConfirmationExpired:
    """Say that there is nothing to say yes to."""
    return ConfirmationExpired(
        f"There is no login at {cluster.name} that waits to be confirmed: it did so for too long, "
        "or another login or a logout came after it.",
        "Log in again.",
    )
