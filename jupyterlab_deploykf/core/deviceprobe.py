"""Whether Dex lets our client log in on another device (RFC 8628), found out before a user tries."""

from __future__ import annotations

from ..errors import ClientRejected, DeviceNotAllowed, IssuerFault
from .answer import Answer
from .cluster import REDIRECT_URI, Cluster
from .provider import Provider

#: Dex's own redirect URI of this grant, which it wants registered with the client.
DEVICE_REDIRECT_URI = "/device/callback"


def probe_url(provider: Provider, cluster: Cluster) -> str:
    """A harmless request that tells whether Dex lets our client log in on another device.

    Dex accepts every device request, and refuses only when the user has come to
    the end. So it is asked for a login with the redirect URI that it will use
    then: it checks that first, and the scope, which is missing here, afterwards.
    It keeps nothing of such a request. The connector in the path skips the page
    that offers a choice, which checks nothing.
    """
    endpoint = provider.authorization_url
    return str(
        endpoint.with_path(f"{endpoint.path}/local").with_fields(
            {"client_id": cluster.client_id, "redirect_uri": DEVICE_REDIRECT_URI, "response_type": "code"}
        )
    )


def check_probe(cluster: Cluster, answer: Answer) -> None:
    """Read the answer to `probe_url`. Only a clear refusal counts: other issuers don't know such a path.

    Raises
    ------
    DeviceNotAllowed, ClientRejected, IssuerFault
    """
    page = answer.body.decode("utf-8", "replace")
    if answer.status == 400 and "Unregistered redirect_uri" in page:
        raise not_allowed(cluster)
    if answer.status == 404 and "Invalid client_id" in page:
        raise ClientRejected(
            f"{cluster.name} does not know the client «{cluster.client_id}».",
            "Check the client id; deployKF has it since v0.1.3. Else ask your platform's administrator.",
        )
    if answer.status >= 500 or answer.status == 429:
        raise IssuerFault(
            f"The issuer of {cluster.name} is in trouble: it answers {answer.status}.", "Try again in a minute."
        )


def not_allowed(cluster: Cluster) -> DeviceNotAllowed:
    """What to say where the grant is not for our client."""
    return DeviceNotAllowed(
        f"{cluster.name} does not allow a login on another device.",
        "Log in without --device: the code from a browser works everywhere. "
        f"An administrator allows it by adding {DEVICE_REDIRECT_URI} to the redirect URIs of Dex's client "
        f"{cluster.client_id}, beside {REDIRECT_URI}.",
    )
