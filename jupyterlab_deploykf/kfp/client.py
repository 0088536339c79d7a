"""`kfp_client`, which loads nothing until it is called."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Seconds for the one question before a client is handed out.
CHECK = 2.0


def kfp_client(
    cluster: str | None = None,
    *,
    host: str | None = None,
    namespace: str | None = None,
    auth: str = "auto",
    username: str | None = None,
    password: str | None = None,
    auth_type: str | None = None,
    verify_ssl: bool | None = None,
    ssl_ca_cert: str | None = None,
    check: float | bool = CHECK,
    explain: bool = False,
    quiet: bool = False,
    **kwargs: Any,
) -> Any:
    """A `kfp.Client` that is signed in, whatever there is to sign in with.

    It says in one line which credential it uses, and why.

    Parameters
    ----------
    cluster
        The issuer's URL or the cluster's name; None for the only one there
        is. A ServiceAccount token is for the cluster that its Pod runs in, so
        that ``auto`` does not take one for a cluster that was named.
    host
        The API, such as ``https://deploykf.example.com/pipeline``. By default
        the cluster's; for a ServiceAccount token ``KF_PIPELINES_ENDPOINT``, or
        else ``http://ml-pipeline-ui.kubeflow.svc.cluster.local``.
    namespace
        Your Kubeflow namespace. By default the one that you set with kfp, or
        the notebook's, or the Pod's.
    auth
        ``auto`` takes the first that is there: a mounted ServiceAccount token,
        a session of the cache, static credentials of the environment, a login
        if someone can be asked. ``service-account``, ``login`` and ``static``
        force one.
    username, password
        Static Dex credentials, which are used when they are given; by default ``DEPLOYKF_USERNAME`` and
        ``DEPLOYKF_PASSWORD`` or the file ``DEPLOYKF_PASSWORD_FILE``, and with
        ``auth="static"`` a prompt. Neither is stored.
    auth_type
        The connector for static credentials where Dex has several: ``local`` or ``ldap``.
    verify_ssl, ssl_ca_cert
        Whether the API's certificate is checked, and a file of CAs to trust.
        By default as the cluster has it.
    check
        Seconds for asking the API once before the client is handed out, or
        False for not asking.
    explain
        Give the decision as a table in place of a client.
    quiet
        Don't say which credential is used.
    **kwargs
        For `kfp.Client`.

    Returns
    -------
    kfp.Client
        Of kfp 1.8 or 2.x, as installed. A session that ends while it lives
        raises `LoginRequired` from the next call, and the same client works
        again after a login.

    Raises
    ------
    LoginRequired
        Someone has to log in, and nobody can be asked.
    ApiError
        The API can't be reached, or does not take the credential.
    DeployKFError
        The root of all that can go wrong; its text says what to do next.

    Examples
    --------
    >>> from jupyterlab_deploykf import kfp_client
    >>> client = kfp_client(namespace="team-1")  # doctest: +SKIP
    >>> client.list_experiments()  # doctest: +SKIP
    """
    from ..core.secret import Secret, hide_secrets
    from . import connect
    from .surroundings import Wanted

    # Before anything can fail: an error's traceback shows what is in these names.
    password = None if password is None else Secret(password)
    kwargs = hide_secrets(kwargs)
    wanted = Wanted(cluster, host, namespace, auth, username, password, auth_type)
    if explain:
        return connect.explain(wanted)
    return connect.connect(wanted, connect.Options(verify_ssl, ssl_ca_cert, seconds_of(check), quiet, kwargs))


def seconds_of(check: float | bool) -> float:
    """Return how long the API may take for the one question; 0 for not asking."""
    return CHECK if check is True else float(check)
