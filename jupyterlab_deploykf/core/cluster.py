"""A deployKF cluster, as far as signing in goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from ..errors import ConfigurationError

#: The client that deployKF configures in Dex for the Kubeflow Pipelines SDK.
DEFAULT_CLIENT_ID = "kubeflow-pipelines-sdk"

#: "Out of band": the issuer shows the code in place of redirecting.
REDIRECT_URI = "urn:ietf:wg:oauth:2.0:oob"

DEFAULT_SCOPES = ("openid", "email", "groups", "profile", "offline_access")

#: Dex's connectors that take a user name and a password (deployKF's guide).
AUTH_TYPES = ("local", "ldap")

_WELL_KNOWN = "/.well-known/openid-configuration"
_FIELDS = ("name", "issuer", "api_url", "ca_file", "skip_tls_verify", "client_id", "scopes", "auth_types")


@dataclass(frozen=True)
class Cluster:
    """Where to sign in, and what for.

    Parameters
    ----------
    issuer
        The issuer's URL, without a slash at the end.
    name
        What people call it; the issuer's host by default.
    api_url
        The Kubeflow Pipelines API, or None where it is not known.
    ca_file
        A PEM file with the CAs to trust in place of the usual ones.
    skip_tls_verify
        Whether the certificate goes unchecked; for this issuer alone.
    client_id, redirect_uri, scopes
        Our client at the issuer.
    auth_types
        The connectors by which people log in there with a user name and a password,
        ``local`` or ``ldap``; empty where they log in on the issuer's page.
    source
        Where it is configured: ``environment``, ``administrator``, ``file``,
        or ``cache`` where it is known from a session alone.
    """

    issuer: str
    name: str = ""
    api_url: str | None = None
    ca_file: str | None = None
    skip_tls_verify: bool = False
    client_id: str = DEFAULT_CLIENT_ID
    redirect_uri: str = REDIRECT_URI
    scopes: tuple[str, ...] = DEFAULT_SCOPES
    auth_types: tuple[str, ...] = ()
    source: str = "file"

    def __post_init__(self) -> None:
        object.__setattr__(self, "issuer", normalize_issuer(self.issuer))
        if not self.name:
            object.__setattr__(self, "name", urlsplit(self.issuer).netloc)

    @property
    def derived_api_url(self) -> str | None:
        """Where deployKF has the API of an issuer: the same origin, ``/pipeline`` in place of ``/dex``."""
        base, slash, last = self.issuer.rpartition("/")
        return f"{base}{slash}pipeline" if last == "dex" else None

    def to_dict(self) -> dict[str, object]:
        """The cluster as the REST API speaks of it."""
        return {
            **{name: getattr(self, name) for name in _FIELDS},
            "scopes": list(self.scopes),
            "auth_types": list(self.auth_types),
            "source": self.source,
        }

    def to_entry(self) -> dict[str, object]:
        """The cluster as ``deploykf.json`` holds it: what differs from the defaults."""
        plain = Cluster(issuer=self.issuer).to_dict()
        return {
            name: value
            for name, value in self.to_dict().items()
            if name == "issuer" or (name in _FIELDS and value != plain[name])
        }


@lru_cache(maxsize=64)
def normalize_issuer(text: str) -> str:
    """Bring an issuer's URL as people give it into the form that we compare.

    Raises
    ------
    ConfigurationError
        It is no http(s) URL, or has a user name, a query or a fragment in it
        (OpenID Connect Discovery 1.0, 3).
    """
    url = text.strip()
    if url.endswith(_WELL_KNOWN):
        url = url[: -len(_WELL_KNOWN)]
    url = url.rstrip("/")
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        plain = not (parts.query or parts.fragment or parts.username or parts.password)
        _ = parts.port  # raises where the port is no number
    except ValueError:
        usable = plain = False
    if not (usable and plain) or any(c.isspace() for c in url):
        raise ConfigurationError(
            f"«{text[:200]}» is not the address of an issuer.",
            "Give a URL such as https://deploykf.example.com/dex.",
            field="issuer",
        )
    return url


def parse_cluster(entry: object, source: str) -> Cluster:
    """Read one cluster from JSON or from a traitlet.

    Raises
    ------
    ConfigurationError
        A field is missing, unknown or of the wrong type; the message names it.
    """
    if not isinstance(entry, Mapping):
        raise _wrong("a cluster", "an object with an issuer", entry)
    unknown = sorted(set(entry) - set(_FIELDS))
    if unknown:
        raise ConfigurationError(f"A cluster has no field «{unknown[0]}».", f"The fields are: {', '.join(_FIELDS)}.")
    for field in ("name", "issuer", "api_url", "ca_file", "client_id"):
        value = entry.get(field)
        if value is not None and not isinstance(value, str):
            raise _wrong(field, "a text", value)
    skip = entry.get("skip_tls_verify", False)
    if not isinstance(skip, bool):
        raise _wrong("skip_tls_verify", "true or false", skip)
    scopes = entry.get("scopes", DEFAULT_SCOPES)
    if not isinstance(scopes, (list, tuple)) or not all(isinstance(s, str) for s in scopes):
        raise _wrong("scopes", "a list of texts", scopes)
    if "openid" not in scopes:
        raise ConfigurationError(
            "The scopes lack «openid», without which an issuer gives no ID token.",
            "Add openid to the scopes, or leave them out.",
            field="scopes",
        )
    auth_types = entry.get("auth_types", ())
    if not isinstance(auth_types, (list, tuple)) or not all(a in AUTH_TYPES for a in auth_types):
        raise _wrong("auth_types", f"a list of some of these: {', '.join(AUTH_TYPES)}", auth_types)
    return Cluster(
        issuer=entry.get("issuer") or "",
        name=entry.get("name") or "",
        api_url=_api_url(entry.get("api_url")),
        ca_file=entry.get("ca_file") or None,
        skip_tls_verify=skip,
        client_id=entry.get("client_id") or DEFAULT_CLIENT_ID,
        scopes=tuple(scopes),
        auth_types=tuple(dict.fromkeys(auth_types)),
        source=source,
    )


def _api_url(value: str | None) -> str | None:
    if not value:
        return None
    if urlsplit(value.strip()).scheme not in ("http", "https"):
        raise _wrong("api_url", "a URL such as https://deploykf.example.com/pipeline", value)
    return value.strip().rstrip("/")


def _wrong(field: str, wanted: str, value: object) -> ConfigurationError:
    return ConfigurationError(
        f"The value of {field} can't be used: {str(value)[:100]!r}.",
        f"Give {wanted}.",
        field=field if field in _FIELDS else None,
    )
