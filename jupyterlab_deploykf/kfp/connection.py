"""Where a client goes, with what: and how that is put into a `kfp.Client`.

Works for our own subclass and for a plain client alike, since it needs no
more than the client's configuration and its pool of connections.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..core.apiquestion import question_url
from ..errors import ApiUnreachable
from ..io.limit import within
from ..io.trouble import host_of, unreadable_ca_file
from ..io.unverified import silence_warnings

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
        The CAs to trust in place of the usual ones.
    check
        Seconds for the one question before a client is handed out; 0 for none.
    """

    host: str
    access: Access
    namespace: str | None = None
    verify_ssl: bool = True
    ca_file: str | None = None
    check: float = 0.0
    _guard: Guard | None = None

    def prepare(self, config: Any) -> Any:
        """Put TLS into kfp's configuration, before its pool is made, and ask the API.

        Parameters
        ----------
        config
            kfp_server_api's.

        Raises
        ------
        DeployKFError
            See `Guard.request` and `Guard.ask`.
        """
        from kfp_server_api import rest

        from .guard import Guard

        config.verify_ssl = self.verify_ssl
        if self.ca_file:
            # urllib3 says it late, and in words that name no file.
            if not os.access(self.ca_file, os.R_OK):
                raise unreadable_ca_file(self.ca_file)
            config.ssl_ca_cert = self.ca_file
        if not self.verify_ssl:
            silence_warnings(self.host)
        self._guard = Guard(rest.RESTClientObject(config).pool_manager, self.access, self.ca_file)
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
        except TimeoutError:
            raise ApiUnreachable(
                f"{host_of(self.host)} did not answer within {self.check:g} seconds.",
                "Check the network or VPN, and try again; check=False leaves this question out.",
            ) from None
