"""A real Dex, configured as deployKF configures it.

Source: the template ``dex/Secret-config.yaml`` of deployKF.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bcrypt
import yaml

from .health import answers
from .options import PROXY_CLIENT_ID, SDK_CLIENT_ID, DexOptions, User
from .process import Child, free_port

# The lowest that Dex takes at a login: the passwords guard nothing.
_BCRYPT_ROUNDS = 10


class Dex:
    """Dex as a child process.

    Parameters
    ----------
    binary
        The program.
    folder
        Where its configuration and its log are kept.
    issuer
        The URL that clients know it by.
    proxy_redirect
        Where oauth2-proxy takes codes.
    proxy_secret
        The secret of oauth2-proxy's client.
    users
        Those who can sign in; the static ones go into the password database.
    options
        Durations and connectors.
    """

    def __init__(
        self,
        binary: Path,
        folder: Path,
        issuer: str,
        proxy_redirect: str,
        proxy_secret: str,
        users: Sequence[User],
        options: DexOptions,
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "dex.yaml"
        config.touch(mode=0o600)
        config.write_text(
            yaml.safe_dump(
                {
                    "issuer": issuer,
                    "web": {"http": f"127.0.0.1:{self.port}"},
                    # Dex's sqlite needs a C compiler at build time, which a user may not have:
                    # sessions and keys live as long as this process.
                    "storage": {"type": "memory"},
                    "logger": {"level": "info", "format": "text"},
                    "expiry": _expiry(options),
                    "oauth2": {"responseTypes": ["code", "token", "id_token"], "skipApprovalScreen": True},
                    "staticClients": _clients(options, proxy_redirect, proxy_secret),
                    "connectors": [
                        {"type": c.type, "id": c.id, "name": c.name, "config": dict(c.config)}
                        for c in options.connectors
                    ],
                    "enablePasswordDB": True,
                    "staticPasswords": [_password(user) for user in users if user.static],
                },
                sort_keys=False,
            )
        )
        self._child = Child(
            "Dex",
            [binary, "serve", config],
            folder / "dex.log",
            ready=lambda: answers(self.port, "/dex/healthz"),
        )

    @property
    def running(self) -> bool:
        """Whether it runs."""
        return self._child.running

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._child.pid

    @property
    def log(self) -> Path:
        """Its log file."""
        return self._child.log

    def start(self) -> None:
        """Start it and wait until it is healthy; on the same port each time."""
        self._child.start()

    def stop(self) -> None:
        """Stop it: the gateway answers 503 for it from then on."""
        self._child.stop()


def _expiry(options: DexOptions) -> dict[str, Any]:
    return {
        "idTokens": options.id_tokens,
        "signingKeys": options.signing_keys,
        "authRequests": options.auth_requests,
        "deviceRequests": options.device_requests,
        "refreshTokens": {
            "reuseInterval": options.reuse_interval,
            "validIfNotUsedFor": options.idle,
            "absoluteLifetime": options.absolute,
        },
    }


def _clients(options: DexOptions, proxy_redirect: str, proxy_secret: str) -> list[dict[str, Any]]:
    return [
        {"id": PROXY_CLIENT_ID, "name": "OAUTH2 Proxy", "secret": proxy_secret, "redirectURIs": [proxy_redirect]},
        {
            "id": SDK_CLIENT_ID,
            "name": "Kubeflow Pipelines SDK",
            "public": True,
            "redirectURIs": list(options.sdk_redirect_uris),
        },
    ]


def _password(user: User) -> dict[str, str]:
    return {
        "email": user.email,
        "username": user.name,
        "userID": str(uuid.uuid5(uuid.NAMESPACE_URL, f"mailto:{user.email}")),
        "hash": bcrypt.hashpw(user.password.encode(), bcrypt.gensalt(_BCRYPT_ROUNDS)).decode(),
    }
