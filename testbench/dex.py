"""A real Dex, configured as deployKF configures it.

Source: the template ``dex/Secret-config.yaml`` of deployKF.
"""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import bcrypt
import yaml

from .binaries import DEX
from .health import answers
from .options import PROXY_CLIENT_ID, SDK_CLIENT_ID, BenchOptions, DexOptions, User
from .process import Child

# The lowest that Dex takes ("does not meet minimum cost requirement").
_BCRYPT_ROUNDS = 10


def make_dex(options: BenchOptions, origin: str, port: int, folder: Path, proxy_secret: str) -> Child:
    """Dex as a child process that is not started yet; its port stays over a restart.

    Parameters
    ----------
    options
        Users, durations and connectors.
    origin
        The gateway's; the issuer is ``<origin>/dex``.
    port
        Where Dex itself listens on loopback.
    folder
        Where its configuration and its log are kept.
    proxy_secret
        The secret of oauth2-proxy's client.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "dex.yaml"
    config.touch(mode=0o600)
    config.write_text(yaml.safe_dump(_configuration(options, origin, port, proxy_secret), sort_keys=False))
    return Child("Dex", [DEX.path(), "serve", config], folder / "dex.log", ready=lambda: answers(port, "/dex/healthz"))


def _configuration(options: BenchOptions, origin: str, port: int, proxy_secret: str) -> dict[str, Any]:
    return {
        "issuer": f"{origin}/dex",
        "web": {"http": f"127.0.0.1:{port}"},
        # Its sqlite needs cgo: sessions and keys live as long as the process.
        "storage": {"type": "memory"},
        "logger": {"level": "info", "format": "text"},
        "expiry": _expiry(options.dex),
        "oauth2": {"responseTypes": ["code", "token", "id_token"], "skipApprovalScreen": True},
        "staticClients": _clients(options.dex, f"{origin}/oauth2/callback", proxy_secret),
        "connectors": [
            {"type": c.type, "id": c.id, "name": c.name, "config": dict(c.config)} for c in options.dex.connectors
        ],
        "enablePasswordDB": True,
        "staticPasswords": [_password(user) for user in options.users if user.static],
    }


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
