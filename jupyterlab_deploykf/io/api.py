"""The Kubeflow Pipelines API, asked without the kfp SDK."""

from __future__ import annotations

from collections.abc import Mapping

import requests

from ..core.answer import Answer
from ..errors import ApiUnreachable
from .http import TLS, NoAuth
from .probe import within
from .trouble import API, explain, host_of

#: Bytes of an answer that are looked at.
_BODY = 4096


def ask_api(url: str, tls: TLS, headers: Mapping[str, str], seconds: float) -> Answer:
    """GET; a redirect is an answer and is not followed.

    Parameters
    ----------
    url
        What to ask.
    tls
        How the certificate is checked.
    headers
        What is shown, if anything.
    seconds
        Limit for all of it.

    Raises
    ------
    ApiUnreachable, ApiCertificateUntrusted, ConfigurationError
    """
    try:
        return within(seconds, lambda: _ask(url, tls, headers, seconds))
    except TimeoutError:
        raise ApiUnreachable(
            f"{host_of(url)} did not answer within {seconds:g} seconds.", "Check the network or VPN, and try again."
        ) from None
    except (requests.RequestException, OSError, ValueError) as error:
        raise explain(url, tls.ca_file, error, API) from None


def _ask(url: str, tls: TLS, headers: Mapping[str, str], seconds: float) -> Answer:
    with (
        requests.Session() as session,
        session.get(
            url,
            headers={"Accept": "application/json", **headers},
            auth=NoAuth(),
            verify=False if tls.skip_verify else tls.ca_file or True,
            timeout=seconds,
            allow_redirects=False,
            stream=True,
        ) as response,
    ):
        body = next(response.iter_content(_BODY), b"")
        return Answer(response.status_code, {name.lower(): value for name, value in response.headers.items()}, body)
