"""What can be chosen about the bench; the defaults are deployKF's own.

Durations are written as Go writes them (``"60m"``, ``"30s"``, ``"168h"``), since
they go into the configuration of Go programs as they stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DEMO_NAMESPACE = "team-1"
SDK_CLIENT_ID = "kubeflow-pipelines-sdk"
OOB_REDIRECT = "urn:ietf:wg:oauth:2.0:oob"
PROXY_CLIENT_ID = "oauth2-proxy"


@dataclass(frozen=True)
class User:
    """Someone who can sign in.

    Attributes
    ----------
    email
        The name to sign in with, and what ``kubeflow-userid`` carries.
    password
        The password in clear. The bench is on loopback and its users are made up.
    namespaces
        The Kubeflow namespaces that this user may see; the first is their own.
    static
        Whether Dex's password database holds the user. A connector brings the others.
    """

    email: str
    password: str = field(repr=False)
    namespaces: tuple[str, ...] = (DEMO_NAMESPACE,)
    static: bool = True

    @property
    def name(self) -> str:
        """The user name: what stands before the ``@``."""
        return self.email.partition("@")[0]


@dataclass(frozen=True)
class Connector:
    """One of Dex's connectors, besides its own password database.

    Attributes
    ----------
    id, type, name
        As in Dex's configuration; ``id`` is the last part of ``/dex/auth/<id>``.
    config
        The connector's own settings, handed to Dex unchanged.
    """

    id: str
    type: str
    name: str
    config: Mapping[str, Any] = field(default_factory=dict)


KILGORE = User("kilgore@kilgore.trout", "trout", static=False)
"""The one identity that Dex's mock connectors know (``connector/mock`` in Dex)."""

UPSTREAM = Connector("upstream", "mockCallback", "Example Identity Provider")
"""An upstream identity provider: it signs `KILGORE` in without asking anything."""

LDAP_USERS = (
    User("ada@example.com", "lovelace", (DEMO_NAMESPACE,), static=False),
    User("grace@example.com", "hopper", ("team-2",), static=False),
)
"""Those whom the LDAP server knows; they sign in by user name (``ada``)."""

DEFAULT_USERS = (
    User("user1@example.com", "user1", (DEMO_NAMESPACE, "team-1-prod")),
    User("user2@example.com", "user2", ("team-2",)),
    KILGORE,
)


@dataclass(frozen=True)
class DexOptions:
    """Dex as deployKF configures it.

    Attributes
    ----------
    id_tokens, signing_keys, auth_requests, device_requests
        How long each of them lives (``expiry`` in Dex's configuration). An
        authorization code lives 30 minutes whatever is set.
    reuse_interval
        How long a refresh token that was replaced still gets its successor.
    idle, absolute
        ``validIfNotUsedFor`` and ``absoluteLifetime`` of refresh tokens.
    connectors
        Those besides the password database.
    sdk_redirect_uris
        What the public client of the pipelines SDK may use. With
        ``/device/callback`` besides the out-of-band one, the device grant works.
    """

    id_tokens: str = "60m"
    signing_keys: str = "6h"
    auth_requests: str = "24h"
    device_requests: str = "5m"
    reuse_interval: str = "30s"
    idle: str = "168h"
    absolute: str = "2160h"
    connectors: tuple[Connector, ...] = (UPSTREAM,)
    sdk_redirect_uris: tuple[str, ...] = (OOB_REDIRECT,)


@dataclass(frozen=True)
class ProxyOptions:
    """oauth2-proxy as deployKF configures it.

    Attributes
    ----------
    cookie_expire, cookie_refresh
        How long a cookie login lives, and how old its tokens get.
    sign_in_page
        Whether a page (403) stands before the redirect to Dex.
    """

    cookie_expire: str = "168h"
    cookie_refresh: str = "60m"
    sign_in_page: bool = False


@dataclass(frozen=True)
class Listener:
    """A further address of the gateway, always served on the loopback interface.

    Attributes
    ----------
    host
        The name in the origin. A name other than ``localhost`` and ``127.0.0.1``
        has to be mapped to 127.0.0.1 by whoever uses it.
    port
        0 takes a free one.
    https
        Serve with a certificate of the bench's own authority (``Bench.ca_file``).
    """

    host: str = "127.0.0.1"
    port: int = 0
    https: bool = False


@dataclass(frozen=True)
class BenchOptions:
    """Everything about a bench.

    Attributes
    ----------
    host, port, https
        The one origin, which the issuer is named after; see `Listener`.
    also
        Further addresses of the same gateway, for tests where origins differ.
    notebook
        Namespace and name of the notebook that the gateway routes to.
    notebook_port
        Where that JupyterLab listens, or will listen; 0 chooses a free port.
    base_path
        Its path where it is no Kubeflow Notebook, such as JupyterHub's
        ``/user/some%40name/``: as it stands in an address, with a slash at both ends.
    dex, proxy
        Durations and the like of the two.
    users
        Who can sign in.
    ldap_users
        Who can sign in by LDAP; with any, a server is started, and Dex has a connector to it.
    run_seconds
        How long a run of the KFP API stays ``RUNNING`` before it succeeds.
    """

    host: str = "127.0.0.1"
    port: int = 0
    https: bool = False
    also: tuple[Listener, ...] = ()
    notebook: tuple[str, str] = (DEMO_NAMESPACE, "demo")
    notebook_port: int = 0
    base_path: str | None = None
    dex: DexOptions = DexOptions()
    proxy: ProxyOptions = ProxyOptions()
    users: tuple[User, ...] = DEFAULT_USERS
    ldap_users: tuple[User, ...] = ()
    run_seconds: float = 1.0
