"""The doctor at the Kubeflow Pipelines API: with a token, and without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..core.answer import Answer
from ..core.apianswer import Shown, trouble
from ..core.apichecks import api_check, health_trouble, namespace_check
from ..core.apiquestion import VERSIONS, question_url
from ..core.checks import Check
from ..core.secret import Secret
from ..errors import DeployKFError
from ..io.http import TLS, Http
from ..io.limit import within
from ..io.trouble import API, explain


@dataclass(frozen=True)
class Badge:
    """A credential to show to the API.

    Parameters
    ----------
    headers
        What shows it.
    shown
        The same in words.
    """

    headers: Mapping[str, Secret] = field(repr=False)
    shown: Shown


class AtApi:
    """The checks of one API.

    Parameters
    ----------
    host
        Its base URL, without ``/apis``.
    tls
        How its certificate is checked.
    badge
        What to show; None where there is nothing.
    patience
        Seconds for each question.
    """

    def __init__(self, host: str, tls: TLS, badge: Badge | None, patience: float) -> None:
        self._host = host
        self._tls = tls
        self._badge = badge
        self._patience = patience
        self._version = VERSIONS[0]

    def health(self) -> Check:
        """Ask for its health, by nobody and with the credential."""
        signed_in = None if self._badge is None else self._health(self._badge)
        return api_check(self._host, self._health(None), signed_in, self._badge.shown if self._badge else None)

    def namespace(self, namespace: str, badge: Badge) -> Check:
        """Ask for the experiments of a namespace, as `kfp_client` does."""
        url = question_url(self._host, self._version, namespace)
        problem: DeployKFError | None
        try:
            answer = self._ask(url, badge.headers)
            problem = trouble(url, answer, badge.shown, namespace)
        except DeployKFError as error:
            problem = error
        return namespace_check(namespace, problem, badge.shown)

    def _health(self, badge: Badge | None) -> DeployKFError | None:
        headers, shown = (badge.headers, badge.shown) if badge else ({}, None)
        first: DeployKFError | None = None
        for version in VERSIONS:
            url = question_url(self._host, version, None)
            try:
                answer = self._ask(url, headers)
            except DeployKFError as error:
                return error
            problem = health_trouble(url, answer, shown)
            if answer.status != 404:
                self._version = version
                return problem
            first = first or problem
        return first

    def _ask(self, url: str, headers: Mapping[str, str]) -> Answer:
        try:
            # The name's resolution has no limit of its own.
            return within(self._patience, lambda: Http(self._patience, API).get(url, self._tls, headers))
        except TimeoutError as error:
            raise explain(url, self._tls.ca_file, error, API) from None
