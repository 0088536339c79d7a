"""The decision of `core.network`, put into requests, urllib3 and ssl."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from ..core.network import Network, decide_network
from ..errors import ConfigurationError
from .unverified import silence_warnings


def find_network(
    url: str, ca_file: str | None = None, skip_verify: bool = False, environ: Mapping[str, str] | None = None
) -> Network:
    """Decide how a request gets to its server, and see that it can.

    Parameters
    ----------
    url
        What is asked.
    ca_file, skip_verify
        The cluster's own settings.
    environ
        The environment; None for this process's.

    Raises
    ------
    ConfigurationError
        The URL, a proxy's variable or the CA file can't be used.
    """
    network = decide_network(url, ca_file, skip_verify, os.environ if environ is None else environ, os.path.exists)
    if network.verify and network.origin.scheme == "https" and not is_readable(network.authorities):
        raise unreadable_ca_file(network.authorities, network.variable)
    if network.proxy is not None and network.proxy.is_socks and find_spec("socks") is None:
        raise ConfigurationError(
            f"The proxy {network.proxy.shown} speaks SOCKS, which needs a package that isn't installed.",
            f"Install PySocks in this Python, or set {network.proxy.variable} to an HTTP proxy.",
        )
    return network


def is_readable(authorities: str | None) -> bool:
    """Whether the CAs can be read; the usual ones always can."""
    return authorities is None or os.access(authorities, os.R_OK)


def unreadable_ca_file(path: str | None, variable: str | None = None) -> ConfigurationError:
    """Say that the CAs to trust can't be read."""
    if variable is None:
        return ConfigurationError(
            f"The CA file {path} can't be read.", "Give the path of a PEM file on this machine.", field="ca_file"
        )
    return ConfigurationError(
        f"The CA file {path} can't be read.",
        f"The variable {variable} names it: set it to a PEM file on this machine, or remove it.",
    )


def make_pool(network: Network, **arguments: Any) -> Any:
    """Make a pool manager of urllib3, 1.26 or 2.x, that goes by a decision.

    Parameters
    ----------
    network
        The decision.
    **arguments
        For the pool manager.
    """
    import urllib3

    if not network.verify:
        silence_warnings(network.origin.host)
    authorities = network.authorities or usual_authorities()
    arguments["ca_cert_dir" if os.path.isdir(authorities) else "ca_certs"] = authorities
    arguments["cert_reqs"] = "CERT_REQUIRED" if network.verify else "CERT_NONE"
    proxy = network.proxy
    if proxy is None:
        return urllib3.PoolManager(**arguments)
    if proxy.is_socks:
        from urllib3.contrib.socks import SOCKSProxyManager

        return SOCKSProxyManager(proxy.url(), **arguments)
    return urllib3.ProxyManager(proxy.shown, proxy_headers=proxy.authorization(), **arguments)


def make_context(network: Network) -> ssl.SSLContext:
    """Make the context that requests and urllib3 use, with the check of the certificate on.

    Raises
    ------
    OSError
        The CAs can't be read.
    """
    from urllib3.util.ssl_ import create_urllib3_context

    context = create_urllib3_context()
    context.verify_mode = ssl.CERT_REQUIRED
    context.check_hostname = True
    authorities = network.authorities or usual_authorities()
    if os.path.isdir(authorities):
        context.load_verify_locations(capath=authorities)
    else:
        context.load_verify_locations(cafile=authorities)
    return context


def usual_authorities() -> str:
    """Where the CAs are that are trusted if nobody says otherwise."""
    import certifi

    return certifi.where()
