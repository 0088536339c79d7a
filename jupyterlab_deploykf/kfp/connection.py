"""Where a client goes, with what: and how that is put into a `kfp.Client`.

Works for our own subclass and for a plain client alike, since it needs no
more than the client's configuration and its pool of connections.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..core.apiquestion import question_url
from ..core.network import parse_proxy
from ..core.secret import Secret
from ..errors import ApiUnreachable
from ..io.limit import within
from ..io.network import find_network, make_pool
from ..io.trouble import host_of

if TYPE_CHECKING:
    from .access import Access
    from .guard import Guard


@dataclass
class Connection:
    """Everything about a client that is ours.

    Parameters
    ----------
    host
        The API's base URL, without ``/apis``.
    access
        The credential.
    namespace
        The user's Kubeflow namespace; None where it is not known.
    verify_ssl
        Whether the certificate is checked.
    ca_file
        The CAs to trust in place of the usual ones; None for those that the environment names.
    ui_host
        Where people open runs in a browser; None for `host`.
    check
        Seconds for the one question before a client is handed out; 0 for none.
    """

    host: str
    access: Access
    namespace: str | None = None
    verify_ssl: bool = True
    ca_file: str | None = None
    check: float = 0.0
    ui_host: str | None = None
    _guard: Guard | None = None

    def prepare(self, config: Any) -> Any:
        """Put the way to the API into kfp's configuration, and ask the API.

        Parameters
        ----------
        config
            kfp_server_api's.

        Raises
        ------
        DeployKFError
            See `Guard.request` and `Guard.ask`.
        """
        from .guard import Guard

        network = find_network(self.host, self.ca_file, not self.verify_ssl)
        if config.proxy:
            # The caller's own, as an argument of kfp.Client.
            network = replace(network, proxy=parse_proxy("proxy", Secret(config.proxy)))
        config.verify_ssl = self.verify_ssl
        config.ssl_ca_cert = network.authorities
        # As many connections as kfp's own pool has.
        self._guard = Guard(make_pool(network, num_pools=4, maxsize=4), self.access, network)
        if self.check:
            self._ask(self._guard)
        return config

    def install(self, client: Any) -> None:
        """Make a client send its requests through the guard; harmless when it does already."""
        if self._guard is not None:
            # One generated client stands behind all of kfp's APIs.
            client._healthz_api.api_client.rest_client.pool_manager = self._guard

    def _ask(self, guard: Guard) -> None:
        """Ask, with a limit that a stuck name resolution keeps too."""
        from .sdk import api_version

        url = question_url(self.host, api_version(), self.namespace)
        try:
            within(self.check, lambda: guard.ask(url, self.namespace, self.check))
            return
        except TimeoutError:
            late = ApiUnreachable(
                f"{host_of(self.host)} did not answer within {self.check:g} seconds.",
                "Check the network or VPN, and try again; check=False leaves this question out.",
            )
        raise late
