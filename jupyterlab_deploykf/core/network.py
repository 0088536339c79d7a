"""Which proxy a request goes through, and which CAs its certificate is checked with: one rule for all requests.

requests, urllib3, OpenSSL and kfp each know other variables. A login that
takes another way than the client after it works in one place and fails in
the other, so nobody asks the libraries: they are told.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Callable
from urllib.parse import unquote

from ..errors import ConfigurationError
from .host import Origin, find_origin
from .secret import Secret
from .urls import hide_user
from .words import one_line

#: CAs for all of a process's requests, the first one that is set counts: requests' variables, then OpenSSL's.
CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")

_SCHEMES = {"http": 80, "https": 443, "socks4": 1080, "socks4a": 1080, "socks5": 1080, "socks5h": 1080}
_PROXY = re.compile(r"(?:(?P<scheme>[a-z0-9]+)://)?(?:(?P<user>[^@/?#\\\s]*)@)?(?P<place>[^@/?#\\\s]+)/?", re.I | re.A)


@dataclass(frozen=True)
class Proxy:
    """A proxy, as a variable names it.

    Parameters
    ----------
    variable
        The variable's name.
    scheme, host, port
        Where it is.
    username, password
        None if the URL has none.
    """

    variable: str
    scheme: str
    host: str
    port: int
    username: Secret | None = None
    password: Secret | None = None

    @property
    def shown(self) -> str:
        """Its URL without the user name and the password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def is_socks(self) -> bool:
        """Whether it speaks SOCKS."""
        return self.scheme.startswith("socks")

    def authorization(self) -> dict[str, Secret]:
        """The header that shows its user name and password (RFC 7617); empty without a user name."""
        if self.username is None:
            return {}
        pair = Secret(f"{unquote(self.username)}:{unquote(self.password or '')}")
        return {"Proxy-Authorization": Secret("Basic " + b64encode(pair.encode()).decode("ascii"))}

    def url(self) -> Secret:
        """Its URL with everything, for a library."""
        if self.username is None:
            return Secret(self.shown)
        scheme, _, place = self.shown.partition("://")
        return Secret(f"{scheme}://{self.username}:{self.password or ''}@{place}")


@dataclass(frozen=True)
class Network:
    """How a request gets to its server.

    Parameters
    ----------
    origin
        Where it goes.
    proxy
        The proxy that it goes through; None if it goes straight.
    verify
        Whether the certificate is checked.
    authorities
        A PEM file or a folder with the CAs to trust; None for the usual ones.
    variable
        The variable that names `authorities`; None if none does.
    """

    origin: Origin
    proxy: Proxy | None = field(default=None)
    verify: bool = True
    authorities: str | None = None
    variable: str | None = None

    @property
    def trusted(self) -> str:
        """The CAs in words."""
        if self.authorities is None:
            return "the usual CAs"
        return f"the CAs in {self.authorities}" + (f" ({self.variable})" if self.variable else "")


def decide_network(
    url: str, ca_file: str | None, skip_verify: bool, environ: Mapping[str, str], exists: Callable[[str], bool]
) -> Network:
    """Decide how a request gets to its server.

    Parameters
    ----------
    url
        What is asked.
    ca_file, skip_verify
        The cluster's own settings. They count before the environment.
    environ
        The environment.
    exists
        Whether a path exists. OpenSSL ignores its variables if there is nothing at their path.

    Raises
    ------
    ConfigurationError
        The URL isn't one, or a variable that counts for it isn't the address of a proxy.
    """
    origin = find_origin(url.partition("?")[0].partition("#")[0])
    if origin is None:
        raise ConfigurationError(
            f"{one_line(hide_user(url.partition('?')[0]))!r} can't be used as an address.",
            "Give a URL such as https://deploykf.example.com: only a scheme, a host, a port and a path.",
        )
    authorities, variable = (ca_file, None) if ca_file else _authorities(environ, exists)
    return Network(origin, find_proxy(origin, environ), not skip_verify, authorities, variable)


def find_proxy(origin: Origin, environ: Mapping[str, str]) -> Proxy | None:
    """Find the proxy for an origin, by the rules of requests.

    ``https_proxy`` counts for https, ``http_proxy`` for http, ``all_proxy``
    for both if the other one isn't set. The lower-case name counts first,
    and an empty value switches the other one off.

    Raises
    ------
    ConfigurationError
        The variable isn't the address of a proxy.
    """
    if _bypasses(origin, environ.get("no_proxy") or environ.get("NO_PROXY") or ""):
        return None
    for name in (f"{origin.scheme}_proxy", "all_proxy"):
        # In a CGI program, HTTP_PROXY is a header of whoever asks (httpoxy).
        upper = "" if name == "http_proxy" and "REQUEST_METHOD" in environ else name.upper()
        used = name if name in environ else upper
        value = environ.get(used, "").strip()
        if value:
            return parse_proxy(used, Secret(value))
    return None


def parse_proxy(variable: str, value: Secret) -> Proxy:
    """Read the address of a proxy; without a scheme, it speaks HTTP.

    Parameters
    ----------
    variable
        Where the address is set, for messages.
    value
        The address. It may hold a password.

    Raises
    ------
    ConfigurationError
    """
    found = _PROXY.fullmatch(value)
    scheme = (found["scheme"] or "http").lower() if found else ""
    # The rules for a host and its port are the same for all schemes.
    place = find_origin(f"http://{found['place']}") if found and scheme in _SCHEMES else None
    if found is None or place is None:
        # The value isn't repeated: it may hold a password.
        raise ConfigurationError(
            f"The variable {variable} isn't the address of a proxy.",
            f"Set {variable} to a URL such as http://proxy.example.com:3128, or remove it.",
        )
    port = place.port if re.search(r":[0-9]+\Z", found["place"]) else _SCHEMES[scheme]
    if found["user"] is None:
        return Proxy(variable, scheme, place.host, port)
    username, _, password = found["user"].partition(":")
    return Proxy(variable, scheme, place.host, port, Secret(username), Secret(password))


def _bypasses(origin: Origin, no_proxy: str) -> bool:
    return any(_is_for(origin, entry.strip().lower()) for entry in no_proxy.split(","))


def _is_for(origin: Origin, entry: str) -> bool:
    """Whether an entry of NO_PROXY names an origin: a host with its subdomains, host:port, an address, a CIDR."""
    if entry == "*":
        return True
    if not entry:
        return False
    name, port = entry, None
    split = re.fullmatch(r"(.+?):([0-9]+)", entry)
    if split and (":" not in split[1] or split[1].endswith("]")):
        name, port = split[1], int(split[2])
    if port is not None and port != origin.port:
        return False
    name = name[1:-1] if name.startswith("[") and name.endswith("]") else name
    try:
        address = ip_address(origin.host)
    except ValueError:
        name = name.lstrip(".")
        # A dot stands before what is left of a subdomain's name: evil-example.com is none of example.com's.
        return bool(name) and (origin.host == name or origin.host.endswith(f".{name}"))
    try:
        return address in ip_network(name, strict=False)
    except ValueError:
        return False


def _authorities(environ: Mapping[str, str], exists: Callable[[str], bool]) -> tuple[str | None, str | None]:
    for name in CA_VARIABLES:
        value = environ.get(name)
        if not value:
            continue
        if not name.startswith("SSL_"):
            return value, name
        # OpenSSL takes a list of folders.
        for path in value.split(":") if name == "SSL_CERT_DIR" else [value]:
            if path and exists(path):
                return path, name
    return None, None
