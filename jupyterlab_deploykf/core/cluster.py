"""A deployKF cluster, as far as signing in goes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ..errors import ConfigurationError
from .urls import MAX_LENGTH, hide_user, netloc_of, parse_url
from .words import one_line

#: The client that deployKF configures in Dex for the Kubeflow Pipelines SDK.
DEFAULT_CLIENT_ID = "kubeflow-pipelines-sdk"

#: "Out of band": the issuer shows the code in place of redirecting.
REDIRECT_URI = "urn:ietf:wg:oauth:2.0:oob"

DEFAULT_SCOPES = ("openid", "email", "groups", "profile", "offline_access")

#: Dex's connectors that take a user name and a password (deployKF's guide).
AUTH_TYPES = ("local", "ldap")

# RFC 6749, appendix A.1 and A.4; a path may hold all but what no file's name has.
_CLIENT_ID = re.compile(r"[\x20-\x7e]{1,200}")
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,200}")
_PATH = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,4096}")
_WELL_KNOWN = "/.well-known/openid-configuration"
_FIELDS = ("name", "issuer", "api_url", "ca_file", "skip_tls_verify", "client_id", "scopes", "auth_types")


@dataclass(frozen=True)
class Cluster:
    """Where to sign in, and what for.

    Parameters
    ----------
    issuer
        The issuer's URL, in the form that we compare (`normalize_issuer`).
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
            object.__setattr__(self, "name", netloc_of(self.issuer))

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

    All URLs that are the same by RFC 3986, 6.2.2 and 6.2.3 have one such form: scheme and host in
    lower case, no port where it is the scheme's own, no dot segments, nothing escaped that needn't
    be. A slash at the end doesn't count either.

    Raises
    ------
    ConfigurationError
        It isn't an http(s) URL, or has a user name, a query or a fragment in it
        (OpenID Connect Discovery 1.0, 3).
    """
    url = text.strip()
    issuer = issuer_key(url[: -len(_WELL_KNOWN)] if url.endswith(_WELL_KNOWN) else url)
    if issuer is None:
        raise ConfigurationError(
            f"«{one_line(hide_user(text))}» is not the address of an issuer.",
            "Give a URL such as https://deploykf.example.com/dex.",
            field="issuer",
        )
    return issuer


def issuer_key(text: object) -> str | None:
    """Return the form that we compare of an issuer's URL; None if it isn't one.

    Cheap enough to be called for each key of the cache at each look.
    """
    return _issuer_key(text) if isinstance(text, str) and len(text) <= MAX_LENGTH else None


@lru_cache(maxsize=4096)
def _issuer_key(text: str) -> str | None:
    url = parse_url(text)
    if url is None or url.query or url.fragment or "?" in text or "#" in text:
        return None
    return str(url.normalized()).rstrip("/")


def is_same_issuer(one: object, other: object) -> bool:
    """Whether two texts are the URL of one issuer; what isn't a URL is nobody's."""
    key = issuer_key(one)
    return key is not None and key == issuer_key(other)


def cached_issuers(keys: Iterable[str]) -> list[str]:
    """Return the issuers among the cache's keys, each once, in the form that we compare.

    The cache is shared with other programs: what isn't an issuer's URL is theirs, and is left alone.
    """
    return list(dict.fromkeys(issuer for issuer in map(issuer_key, keys) if issuer is not None))


def parse_cluster(entry: object, source: str) -> Cluster:
    """Read one cluster from JSON or from a traitlet.

    Raises
    ------
    ConfigurationError
        A field is missing, unknown or of the wrong type; the message names it.
    """
    if not isinstance(entry, Mapping):
        raise _wrong("a cluster", "an object with an issuer", entry)
    unknown = [str(field) for field in entry if field not in _FIELDS]
    if unknown:
        raise ConfigurationError(
            f"A cluster has no field «{one_line(unknown[0])}».", f"The fields are: {', '.join(_FIELDS)}."
        )
    for field in ("name", "issuer", "api_url", "ca_file", "client_id"):
        value = entry.get(field)
        if value is not None and not isinstance(value, str):
            raise _wrong(field, "a text", value)
    skip = entry.get("skip_tls_verify", False)
    if not isinstance(skip, bool):
        raise _wrong("skip_tls_verify", "true or false", skip)
    scopes = entry.get("scopes", DEFAULT_SCOPES)
    if not isinstance(scopes, (list, tuple)) or not all(isinstance(s, str) and _SCOPE.fullmatch(s) for s in scopes):
        raise _wrong("scopes", "a list of texts without blanks", scopes)
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
        name=one_line(entry.get("name"), 100),
        api_url=_api_url(entry.get("api_url")),
        ca_file=_visible("ca_file", entry.get("ca_file"), _PATH, "the path of a PEM file"),
        skip_tls_verify=skip,
        client_id=_visible("client_id", entry.get("client_id"), _CLIENT_ID, "the client's id at the issuer")
        or DEFAULT_CLIENT_ID,
        scopes=tuple(scopes),
        auth_types=tuple(dict.fromkeys(auth_types)),
        source=source,
    )


def _api_url(value: str | None) -> str | None:
    if not value:
        return None
    url = parse_url(value.strip())
    if url is None or url.query or url.fragment:
        raise _wrong("api_url", "a URL such as https://deploykf.example.com/pipeline", hide_user(value))
    return str(url).rstrip("/")


def _visible(field: str, value: str | None, allowed: re.Pattern[str], wanted: str) -> str | None:
    if value and not allowed.fullmatch(value):
        raise _wrong(field, wanted, value)
    return value or None


def _wrong(field: str, wanted: str, value: object) -> ConfigurationError:
    items = value[:10] if isinstance(value, (list, tuple)) else [value]
    shown = ", ".join(one_line(item, 100) or type(item).__name__ for item in items)
    return ConfigurationError(
        f"The value of {field} can't be used: {shown!r}.",
        f"Give {wanted}.",
        field=field if field in _FIELDS else None,
    )
