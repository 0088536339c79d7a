"""One issuer, asked: discovery, keys, and the two token requests.

Each method sends a request and hands the answer to a pure function of `core`.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from typing import Any, Callable, Generic, Protocol, TypeVar

from ..core.answer import Answer
from ..core.claims import read_claims
from ..core.cluster import Cluster
from ..core.credential import Credential
from ..core.idtoken import Expectation, Key, check_whose, knows_key, parse_keys, prove, verify_id_token
from ..core.provider import Provider, discovery_url, process_discovery
from ..core.retryafter import parse_retry_after, when_to_retry
from ..core.tokenanswer import Refreshed, check_client, process_exchange, process_refresh
from ..errors import IDTokenInvalid, IssuerError, IssuerFault, NotAnIssuer
from .http import TIMEOUT, TLS

#: Seconds for which the discovery document and the keys are believed. Dex
#: rotates its keys every 6 hours; one that is not known is asked for at once.
METADATA_LIFETIME = 3600.0

_T = TypeVar("_T")


class Transport(Protocol):
    """What an `Issuer` needs of HTTP; `io.http.Http` is it."""

    def get(self, url: str, tls: TLS) -> Answer:
        """GET a document."""

    def post_form(self, url: str, form: dict[str, str], tls: TLS) -> Answer:
        """POST a form."""


class Issuer:
    """The issuer of a cluster.

    Parameters
    ----------
    cluster
        Where it is, and our client there.
    http
        The transport.
    clock
        Seconds since the epoch.
    monotonic
        Seconds, for the age of what is remembered.
    """

    def __init__(
        self,
        cluster: Cluster,
        http: Transport,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.cluster = cluster
        self._http = http
        self._tls = TLS(ca_file=cluster.ca_file, skip_verify=cluster.skip_tls_verify)
        self.clock = clock
        self._provider = _Remembered[Provider](monotonic)
        self._keys = _Remembered[Sequence[Key]](monotonic)
        self._allows_device = _Remembered[bool](monotonic)

    def provider(self) -> Provider:
        """The discovery document, checked and remembered.

        Raises
        ------
        IssuerError
        """
        return self._provider.get(self._discover)

    def exchange(self, code: str, code_verifier: str, nonce: str) -> Credential:
        """Trade an authorization code for tokens (RFC 6749, 4.1.3), and verify them.

        Raises
        ------
        CodeRejected
            The code was not spent then.
        IssuerError
        """
        provider = self.ready()
        answer = self.ask(
            provider.token_endpoint,
            {
                "grant_type": "authorization_code",
                "code": code,
                "code_verifier": code_verifier,
                "redirect_uri": self.cluster.redirect_uri,
                "client_id": self.cluster.client_id,
            },
        )
        credential = process_exchange(self.cluster, answer, self.clock())
        self.verify(credential, provider, answer, nonce=nonce)
        return credential

    def ready_for(self, credential: Credential) -> None:
        """Have all that a refresh needs before its refresh token is spent.

        Raises
        ------
        ClientRejected
            It was issued to another client.
        IssuerError
        """
        check_client(self.cluster, credential)
        self.ready()

    def refresh(self, credential: Credential) -> Refreshed:
        """Trade a refresh token for new tokens (RFC 6749, 6), and verify them (OpenID Connect Core, 12.2).

        Returns
        -------
        Refreshed
            If only the time or the keys are in doubt, its problem says so, and it holds the new refresh token:
            the old one is spent.

        Raises
        ------
        SessionEnded
        IssuerError
            `outcome_unknown` says whether the refresh token may be spent.
        """
        provider = self.ready()
        answer = self.ask(
            provider.token_endpoint,
            {
                "grant_type": "refresh_token",
                "refresh_token": credential.refresh_token,
                "client_id": self.cluster.client_id,
            },
        )
        refreshed = process_refresh(self.cluster, answer, credential, self.clock())
        if refreshed.problem is not None:
            return refreshed
        subject = read_claims(credential.id_token).get("sub")
        expected = self._expectation(provider, answer, subject=subject if isinstance(subject, str) else None)
        renewed = refreshed.credential
        try:
            self._verify(renewed, provider, expected)
        except IssuerError as error:
            if isinstance(error, IDTokenInvalid) and not error.is_doubt:
                raise
            problem = error
        else:
            return refreshed
        # The keys could not be fetched, or the times are odd: that passes, and the session is not to.
        check_whose(renewed.id_token, expected)
        return Refreshed(credential.with_refresh_token(renewed.refresh_token), problem)

    def allows_device(self, find_out: Callable[[], bool]) -> bool:
        """Whether our client may log in on another device: found out by `find_out`, and remembered.

        Raises
        ------
        IssuerError
            As `find_out` does; that is not remembered.
        """
        return self._allows_device.get(find_out)

    def ask(self, url: str, form: dict[str, str] | None = None) -> Answer:
        """Send a request to one of the issuer's endpoints: a GET, or a POST with a form.

        Raises
        ------
        IssuerUnreachable, CertificateUntrusted, ConfigurationError
        """
        if form is None:
            return self._http.get(url, self._tls)
        return self._http.post_form(url, form, self._tls)

    def ready(self) -> Provider:
        """Have all that the verification needs before a code or a refresh token is spent.

        Raises
        ------
        IssuerError
        """
        provider = self.provider()
        self._keys.get(lambda: self._fetch_keys(provider))
        return provider

    def verify(self, credential: Credential, provider: Provider, answer: Answer, **expected: Any) -> None:
        """Verify the ID token of an answer; `expected` is what else an `Expectation` holds.

        Raises
        ------
        IDTokenInvalid, IssuerError
        """
        self._verify(credential, provider, self._expectation(provider, answer, **expected))

    def _expectation(self, provider: Provider, answer: Answer, **expected: Any) -> Expectation:
        return Expectation(
            issuer=provider.issuer,
            client_id=self.cluster.client_id,
            now=self.clock(),
            issuer_now=answer.date(),
            **expected,
        )

    def _verify(self, credential: Credential, provider: Provider, expected: Expectation) -> None:
        keys = self._keys.get(lambda: self._fetch_keys(provider))
        if not knows_key(credential.id_token, keys):
            # Rotated since: the new ones count, and the old ones stay if those can't be had.
            keys = self._keys.fetch(lambda: self._fetch_keys(provider))
        verify_id_token(credential.id_token, keys, expected)

    def _discover(self) -> Provider:
        answer = self.ask(discovery_url(self.cluster.issuer))
        self.refuse_fault(answer)
        return process_discovery(self.cluster, answer)

    def _fetch_keys(self, provider: Provider) -> Sequence[Key]:
        answer = self.ask(provider.jwks_uri)
        self.refuse_fault(answer)
        keys = parse_keys(answer.body) if answer.status == 200 else None
        if keys is None:
            raise NotAnIssuer(
                f"The issuer of {self.cluster.name} publishes no keys: {answer.status} at its jwks_uri.",
                "Ask your platform's administrator: the issuer's configuration is broken.",
            )
        prove(keys)
        return keys

    def refuse_fault(self, answer: Answer) -> None:
        """Raise `IssuerFault` where an answer says that the issuer is in trouble itself."""
        if answer.status >= 500 or answer.status == 429:
            retry_after = parse_retry_after(answer.headers.get("retry-after"), answer.date() or self.clock())
            raise IssuerFault(
                f"The issuer of {self.cluster.name} is in trouble: it answers {answer.status}.",
                when_to_retry(retry_after),
                retry_after=retry_after,
            )


class _Remembered(Generic[_T]):
    """A value that is fetched once, and again when it is too old.

    No lock is held during a fetch: a process that forks meanwhile would have a child that waits for ever.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._held: tuple[_T, float] | None = None
        self._under_way: _Fetch | None = None

    def get(self, fetch: Callable[[], _T]) -> _T:
        held = self._held
        if held is not None and self._monotonic() - held[1] <= METADATA_LIFETIME:
            return held[0]
        return self.fetch(fetch)

    def fetch(self, fetch: Callable[[], _T]) -> _T:
        there, before = self._under_way, self._held
        if there is not None and there.pid == os.getpid():
            there.done.wait(TIMEOUT)
            if self._held is not None and self._held is not before:
                return self._held[0]
        mine = self._under_way = _Fetch()
        try:
            value = fetch()
            self._held = (value, self._monotonic())
        finally:
            mine.done.set()
            if self._under_way is mine:
                self._under_way = None
        return value


class _Fetch:
    """A fetch that is under way, which another thread of the same process waits for."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.done = threading.Event()
