"""As much of Kubernetes as a ServiceAccount token needs: who issues one, who mounts it, who reviews it."""

from __future__ import annotations

import os
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

ISSUER = "https://kubernetes.default.svc.cluster.local"

#: What the KFP API asks of a token (deployKF's guide).
PIPELINES = "pipelines.kubeflow.org"


@dataclass
class TokenIssuer:
    """The API server, where tokens are issued and reviewed (the TokenRequest and TokenReview APIs)."""

    _key: Any = field(default_factory=lambda: rsa.generate_private_key(65537, 2048), repr=False)

    def token(
        self,
        namespace: str = "team-1",
        name: str = "default-editor",
        audience: str = PIPELINES,
        lifetime: float = 7200,
    ) -> str:
        """A token as the kubelet projects it.

        Parameters
        ----------
        namespace, name
            Of the ServiceAccount.
        audience
            What it is for.
        lifetime
            Seconds; negative for one that has expired.
        """
        now = int(time.time())
        account = {"name": name, "uid": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{namespace}/{name}"))}
        claims = {
            "iss": ISSUER,
            "sub": f"system:serviceaccount:{namespace}:{name}",
            "aud": [audience],
            "iat": now,
            "nbf": now,
            "exp": now + int(lifetime),
            "jti": str(uuid.uuid4()),
            "kubernetes.io": {"namespace": namespace, "serviceaccount": account},
        }
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": "cluster"})

    def review(self, token: str, audience: str = PIPELINES) -> str | None:
        """Whose token it is; None where it is no good for the audience."""
        try:
            claims = jwt.decode(
                token, self._key.public_key(), algorithms=["RS256"], audience=audience, issuer=ISSUER, leeway=0
            )
        except jwt.InvalidTokenError:
            return None
        return str(claims["sub"])


class Mount:
    """A projected volume, as the kubelet keeps it: links that are swapped in one step.

    Parameters
    ----------
    folder
        Where it is mounted.
    token
        The first content.
    """

    def __init__(self, folder: Path, token: str) -> None:
        self._folder = folder
        folder.mkdir(parents=True)
        self.swap(token)
        (folder / "token").symlink_to("..data/token")

    @property
    def path(self) -> Path:
        """The token's file."""
        return self._folder / "token"

    def swap(self, token: str) -> None:
        """Put another token in place, as the kubelet does when the old one gets old."""
        fresh = self._folder / f"..{uuid.uuid4().hex}"
        fresh.mkdir()
        (fresh / "token").write_text(token)
        link = self._folder / "..data_tmp"
        link.symlink_to(fresh.name)
        data = self._folder / "..data"
        old = data.resolve() if data.exists() else None
        os.replace(link, data)
        if old is not None:
            (old / "token").unlink()
            old.rmdir()
