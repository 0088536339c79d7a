"""Read URLs: the only module that takes one apart, so that nobody else decides what a text means.

What two programs could read differently is refused: the address that we check must be the
address that requests, urllib3 and a browser connect to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

#: Characters of the longest URL that is read.
MAX_LENGTH = 2000

_DEFAULT_PORTS = {"http": 80, "https": 443}

# RFC 3986, appendix B, for the two schemes that there are connections to.
_PARTS = re.compile(r"(https?)://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.IGNORECASE)
# Neither a user name nor a percent sign: both hide which host is meant.
_AUTHORITY = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\[\]@:%]+))(?::([0-9]{0,5}))?", re.ASCII)
_LABEL = "[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}\.?\Z){_LABEL}(?:\.{_LABEL})*\.?")
# What browsers and resolvers take for an IPv4 address (WHATWG URL, "ends in a number").
_NUMBER_AT_END = re.compile(r"(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)\.?\Z")
_IPV4 = re.compile(r"(?:(?:0|[1-9][0-9]{0,2})\.){3}(?:0|[1-9][0-9]{0,2})")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_USER = re.compile(r"(?<=://)[^/?#\\]*@")
_UNTIL_USER = re.compile(r"\A(\s*[A-Za-z][A-Za-z0-9+.-]*://|).*@", re.DOTALL)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


@dataclass(frozen=True)
class Url:
    """An http(s) URL, taken apart.

    Parameters
    ----------
    scheme
        ``http`` or ``https``.
    host
        A name in ASCII and lower case, or an address; an IPv6 address has no brackets here.
    port
        None for the scheme's own port.
    path, query, fragment
        As given, with percent signs for all that isn't ASCII.
    """

    scheme: str
    host: str
    port: int | None = None
    path: str = ""
    query: str = ""
    fragment: str = ""

    def __str__(self) -> str:
        query = f"?{self.query}" if self.query else ""
        fragment = f"#{self.fragment}" if self.fragment else ""
        return f"{self.origin}{self.path}{query}{fragment}"

    @property
    def netloc(self) -> str:
        """The host, and the port if it isn't the scheme's own: what a message calls the server."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port; equal texts are the same origin (RFC 6454)."""
        return f"{self.scheme}://{self.netloc}"

    @property
    def connect_port(self) -> int:
        """The port to connect to."""
        return self.port or _DEFAULT_PORTS[self.scheme]

    def normalized(self) -> Url:
        """Return the same URL with equal paths written alike (RFC 3986, 6.2.2 and 6.2.3)."""
        path = _remove_dots(_normalize_escapes(self.path))
        return replace(self, path="" if path == "/" else path, query=_normalize_escapes(self.query))

    def fields(self) -> dict[str, list[str]]:
        """Return the fields in the query, decoded."""
        from urllib.parse import parse_qs

        return parse_qs(self.query)

    def with_path(self, path: str) -> Url:
        """Return the URL of another path on the same server, without query and fragment."""
        return Url(self.scheme, self.host, self.port, path)

    def with_fields(self, fields: Mapping[str, str]) -> Url:
        """Return the URL with more fields in its query, and without a fragment."""
        from urllib.parse import urlencode

        query = urlencode(fields)
        return replace(self, query=f"{self.query}&{query}" if self.query else query, fragment="")


def parse_url(text: object) -> Url | None:
    """Read an http(s) URL.

    Parameters
    ----------
    text
        Whatever was found where a URL should be.

    Returns
    -------
    Url or None
        None if it isn't a text, isn't an http(s) URL, is longer than `MAX_LENGTH`, or could be
        read in two ways: a backslash, blanks, control or invisible characters, a user name, a port
        that isn't one of 1 to 65535, a host that is neither a name nor an address, or a percent
        sign that escapes nothing.
    """
    if not isinstance(text, str) or len(text) > MAX_LENGTH or not _is_clear(text):
        return None
    parts = _PARTS.fullmatch(text)
    if parts is None:
        return None
    scheme, authority, path, query, fragment = (part or "" for part in parts.groups())
    place = _AUTHORITY.fullmatch(authority)
    if place is None or _STRAY_PERCENT.search(path + query):
        return None
    address, name, digits = place.groups()
    host = _ipv6(address) if address else _host(name)
    port = int(digits) if digits else None
    if host is None or (port is not None and not 1 <= port <= 65535):
        return None
    scheme = scheme.lower()
    return Url(
        scheme,
        host,
        None if port == _DEFAULT_PORTS[scheme] else port,
        *(_NOT_ASCII.sub(_escaped, part) for part in (path, query, fragment)),
    )


def resolve(base: Url, reference: object) -> Url | None:
    """Read a URL that may be relative to another one, such as a redirect's (RFC 3986, 5); None as for `parse_url`."""
    from urllib.parse import urljoin

    if not isinstance(reference, str) or len(reference) > MAX_LENGTH or not _is_clear(reference):
        return None
    try:
        return parse_url(urljoin(str(base), reference))
    except ValueError:
        return None


def parse_shown(text: object) -> Url | None:
    """Read a URL for a message, without the user name and password that it may have; never to connect to."""
    return parse_url(_USER.sub("", text, count=1)) if isinstance(text, str) else None


def hide_user(text: str) -> str:
    """Return what someone gave as a URL, for a message that repeats it: a password may be before an @."""
    return _UNTIL_USER.sub(r"\1…@", text, count=1)


def netloc_of(text: object, otherwise: str = "another page") -> str:
    """Return the host and the port of a URL for a message; `otherwise` if it can't be read."""
    url = parse_url(text)
    return url.netloc if url else otherwise


def parameters(text: str) -> dict[str, list[str]]:
    """Return the fields in the query and the fragment of a URI of any scheme, decoded.

    Nothing else of it is looked at, so a host that can't be read doesn't matter.
    """
    from urllib.parse import parse_qs

    _, _, rest = text.partition("?")
    if not rest:
        _, _, rest = text.partition("#")
    return parse_qs(rest.replace("#", "&").replace("?", "&"))


def _is_clear(text: str) -> bool:
    """Whether a text holds neither a backslash nor what can't be seen; lone surrogates can't be."""
    return "\\" not in text and " " not in text and text.isprintable()


def _ipv6(text: str) -> str | None:
    from ipaddress import AddressValueError, IPv6Address

    try:
        return IPv6Address(text).compressed
    except AddressValueError:
        return None


def _host(text: str) -> str | None:
    name = text.lower() if text.isascii() else _encode_name(text)
    if name is None or not _NAME.fullmatch(name):
        return None
    if _NUMBER_AT_END.search(name):
        is_address = _IPV4.fullmatch(name) and all(int(part) <= 255 for part in name.split("."))
        return name if is_address else None
    return name


def _encode_name(text: str) -> str | None:
    """Return an international name as it is sent: by IDNA 2008 as requests and browsers do, not Python's codec."""
    import idna

    if len(text) > 253:
        return None
    try:
        return idna.encode(text, uts46=True).decode("ascii").lower()
    except UnicodeError:  # idna's own errors are of this kind
        return None


def _escaped(found: re.Match[str]) -> str:
    return "".join(f"%{octet:02X}" for octet in found.group().encode("utf-8"))


def _normalize_escapes(text: str) -> str:
    def normalize(found: re.Match[str]) -> str:
        character = chr(int(found.group()[1:], 16))
        return character if _UNRESERVED.fullmatch(character) else found.group().upper()

    return _ESCAPE.sub(normalize, text)


def _remove_dots(path: str) -> str:
    """Remove ``.`` and ``..`` from an absolute path (RFC 3986, 5.2.4)."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in (".", ".."):
        kept.append("")
    return "".join(f"/{segment}" for segment in kept)
