"""The secrets that Dex and oauth2-proxy share: made up once a folder, so that cookies outlive a restart."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Secrets:
    """Made-up secrets of one bench.

    Attributes
    ----------
    client
        The secret of oauth2-proxy's client at Dex.
    cookie
        The 32 bytes that oauth2-proxy encrypts its cookies with.
    ldap
        The password that Dex binds to the LDAP server with.
    """

    client: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    cookie: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    ldap: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)


def secrets_of(folder: Path) -> Secrets:
    """The secrets of a folder, written down (0600) the first time."""
    path = folder / "secrets.json"
    if path.exists():
        return Secrets(**json.loads(path.read_text()))
    made = Secrets()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(made), file)
    return made
