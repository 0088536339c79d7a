"""A real oauth2-proxy, configured as deployKF configures it: as external authorization.

Source: the template ``oauth2-proxy/Secret-config.yaml`` of deployKF. Two things differ:

- oauth2-proxy talks to Dex directly and not through the gateway, so that the gateway
  counts the token requests of the clients alone, and no name or certificate of the
  gateway has to be known to it;
- requests are not logged, since their paths hold codes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .binaries import OAUTH2_PROXY
from .health import answers
from .options import PROXY_CLIENT_ID, SDK_CLIENT_ID, BenchOptions, ProxyOptions
from .process import Child
from .secrets_file import Secrets

COOKIE = "_deploykf_token"


def make_oauth2_proxy(
    options: BenchOptions, origin: str, port: int, dex_port: int, folder: Path, secrets: Secrets
) -> Child:
    """oauth2-proxy as a child process that is not started yet.

    Parameters
    ----------
    options
        Durations, and whether there is a sign-in page.
    origin
        The gateway's.
    port, dex_port
        Where it and Dex listen on loopback.
    folder
        Where its configuration and its log are kept.
    secrets
        Its client's secret, and the key of its cookies.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "oauth2-proxy.cfg"
    config.touch(mode=0o600)
    settings = {
        "http_address": f"127.0.0.1:{port}",
        "client_secret": secrets.client,
        "cookie_secret": secrets.cookie,
        **_deploykf(options.proxy),
        **_addresses(origin, f"http://127.0.0.1:{dex_port}"),
    }
    config.write_text(_toml(settings))
    return Child(
        "oauth2-proxy",
        [OAUTH2_PROXY.path(), "--config", config],
        folder / "oauth2-proxy.log",
        ready=lambda: answers(port, "/ping"),
    )


def _deploykf(options: ProxyOptions) -> dict[str, Any]:
    return {
        "upstreams": ["static://200"],
        "api_routes": ["/api/", "/apis/", "^/ml_metadata"],
        "reverse_proxy": True,
        "real_client_ip_header": "X-Forwarded-For",
        "standard_logging": True,
        "request_logging": False,
        "auth_logging": True,
        "pass_authorization_header": False,
        "pass_basic_auth": False,
        "pass_user_headers": False,
        "pass_host_header": True,
        "set_authorization_header": True,
        "set_xauthrequest": True,
        "provider": "oidc",
        "provider_display_name": "Dex",
        "client_id": PROXY_CLIENT_ID,
        "oidc_email_claim": "email",
        "oidc_groups_claim": "groups",
        "scope": "openid email groups profile offline_access",
        "email_domains": ["*"],
        "skip_provider_button": not options.sign_in_page,
        "prompt": "none",
        "insecure_oidc_skip_nonce": False,
        "code_challenge_method": "S256",
        "skip_jwt_bearer_tokens": True,
        "oidc_extra_audiences": [SDK_CLIENT_ID],
        "cookie_path": "/",
        "cookie_domains": [],
        "cookie_expire": options.cookie_expire,
        "cookie_refresh": options.cookie_refresh,
        "cookie_httponly": True,
        "cookie_samesite": "lax",
    }


def _addresses(origin: str, dex_url: str) -> dict[str, Any]:
    secure = origin.startswith("https:")
    return {
        "oidc_issuer_url": f"{origin}/dex",
        "redirect_url": f"{origin}/oauth2/callback",
        "skip_oidc_discovery": True,
        "login_url": f"{origin}/dex/auth",
        "redeem_url": f"{dex_url}/dex/token",
        "oidc_jwks_url": f"{dex_url}/dex/keys",
        "cookie_name": f"__Secure-{COOKIE}" if secure else COOKIE,
        "cookie_secure": secure,
    }


def _toml(settings: dict[str, Any]) -> str:
    # Strings, booleans and lists of strings are written alike in JSON and TOML.
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())
