"""The doctor at the issuer: the way there, what it says of itself, and whether it has signed a token."""

from __future__ import annotations

from typing import Callable

from ..core.answer import Answer
from ..core.checks import Check, waits
from ..core.cluster import Cluster
from ..core.credential import Credential
from ..core.networkchecks import (
    clock_check,
    discovery_check,
    dns_check,
    issuer_check,
    tcp_check,
    tls_check,
    unencrypted_check,
)
from ..core.provider import Provider, discovery_url, process_discovery
from ..errors import DeployKFError, IssuerMismatch
from ..io import probe
from ..io.http import TLS, Http
from ..io.issuer import Issuer


class AtIssuer:
    """The checks of one issuer, each to be made once, in the order of the methods.

    Parameters
    ----------
    cluster
        Whose issuer.
    clock
        Seconds since the epoch.
    patience
        Seconds for each question.
    """

    def __init__(self, cluster: Cluster, clock: Callable[[], float], patience: float) -> None:
        self._cluster = cluster
        self._clock = clock
        self._patience = patience
        self._route = probe.route_to(cluster.issuer)
        self._tls = TLS(cluster.ca_file, cluster.skip_tls_verify)
        # With less patience than the sessions' own: someone is looking on.
        self._client = Issuer(cluster, Http(patience), clock)
        self._answer: Answer | None = None
        self._skew: float | None = None
        self._provider: Provider | None = None
        self._mismatch: DeployKFError | None = None

    def dns(self) -> Check:
        """Look its name up."""
        return dns_check(self._route, probe.resolve(self._route, self._patience))

    def tcp(self) -> Check:
        """Connect."""
        return tcp_check(self._route, probe.connect(self._route, self._patience))

    def tls(self) -> Check:
        """Shake hands."""
        if self._route.scheme == "http":
            return unencrypted_check(self._route)
        if not probe.can_tunnel(self._cluster.issuer):
            return waits("tls", "discovery", f"The way leads through {self._route.proxy}, which can't be looked into.")
        found = probe.secure(self._cluster.issuer, self._tls, self._patience)
        return tls_check(self._route, found, self._tls.skip_verify, self._clock())

    def discovery(self) -> Check:
        """Ask what it says of itself."""
        url = discovery_url(self._cluster.issuer)
        try:
            self._answer = self._client.ask(url)
            date = self._answer.date()
            self._skew = None if date is None else self._clock() - date
            self._client.refuse_fault(self._answer)
            self._provider = process_discovery(self._cluster, self._answer)
        except IssuerMismatch as error:
            # A document is there: the next line says that it is another's.
            self._mismatch = error
        except DeployKFError as error:
            return discovery_check(url, error)
        return discovery_check(url, None)

    def issuer(self) -> Check:
        """See whether it is the one that was asked for."""
        return issuer_check(self._cluster.issuer, self._mismatch)

    def clock(self) -> Check:
        """Compare the clocks: any answer has a date, whatever else it says."""
        return waits("clock", "discovery") if self._answer is None else clock_check(self._skew)

    def verify(self, credential: Credential) -> DeployKFError | None:
        """Verify an ID token with its keys; why that fails, if it does."""
        if self._provider is None or self._answer is None:
            raise ValueError("an issuer is asked for its keys after its discovery")
        try:
            self._client.verify(credential, self._provider, self._answer)
        except DeployKFError as error:
            return error
        return None
