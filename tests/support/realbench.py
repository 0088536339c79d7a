"""The real parts, for tests of what users do."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace

import pytest

from jupyterlab_deploykf.core.authorize import AuthorizationRequest, authorization_request
from jupyterlab_deploykf.core.session import Session
from jupyterlab_deploykf.session import Sessions
from testbench.bench import Bench
from testbench.options import OOB_REDIRECT, BenchOptions, DexOptions, User
from testbench.person import sign_in

#: One whose administrator allows a login on another device.
DEVICE_ALLOWED = replace(BenchOptions(), dex=DexOptions(sdk_redirect_uris=(OOB_REDIRECT, "/device/callback")))


@pytest.fixture(scope="session")
def strict_bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """One whose refresh tokens are dead as soon as they are used."""
    options = replace(BenchOptions(), dex=DexOptions(reuse_interval="0s"))
    with Bench(options, tmp_path_factory.mktemp("strict-bench")) as running:
        yield running


def begin(sessions: Sessions, issuer: str) -> AuthorizationRequest:
    """Begin an attempt to log in."""
    cluster, provider = sessions.provider(issuer)
    return authorization_request(provider, cluster, secrets.token_bytes)


def log_in(sessions: Sessions, bench: Bench, user: User | None = None) -> Session:
    """Log in as a person would."""
    request = begin(sessions, bench.issuer)
    code = sign_in(request.url, user or bench.users[0], bench.ca_file)
    return sessions.login(bench.issuer, code, request.code_verifier, request.nonce)
