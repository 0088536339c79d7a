"""What a client shows to the API: the headers of each request, and what to do when they are refused."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

from ..core.apianswer import Shown
from ..core.secret import Secret, bearer

if TYPE_CHECKING:
    from ..session import Sessions


class Access(Protocol):
    """One credential, as a client uses it. Calls may come from several threads."""

    def headers(self) -> dict[str, Secret]:
        """The headers that show it, as it is now.

        Raises
        ------
        DeployKFError
            There is none to show.
        """

    def replace(self, refused: Mapping[str, str]) -> bool:
        """After a refusal: whether there is another one to show.

        Parameters
        ----------
        refused
            The headers that the API did not take.

        Raises
        ------
        DeployKFError
        """

    def shown(self) -> Shown:
        """What it is, in words."""

    def observe(self, headers: Mapping[str, str]) -> None:
        """Take notice of an answer's headers, which may renew it."""


class SessionAccess:
    """A session of the cache: its ID token.

    Parameters
    ----------
    sessions
        Gives the token, refreshed where it must be.
    issuer
        Whose session.
    """

    def __init__(self, sessions: Sessions, issuer: str) -> None:
        self._sessions = sessions
        self._issuer = issuer

    def headers(self) -> dict[str, Secret]:
        """The ID token as bearer (RFC 6750, 2.1)."""
        return {"authorization": bearer(self._sessions.get_token(self._issuer))}

    def replace(self, refused: Mapping[str, str]) -> bool:
        """Whether the cache holds another token, or the issuer gives one."""
        return self._sessions.replace_refused(self._issuer, Secret(refused["authorization"].partition(" ")[2]))

    def shown(self) -> Shown:
        """Whose token it is."""
        session = self._sessions.session(self._issuer)
        who = session.identity.called if session.identity else "this session"
        return Shown(
            f"the ID token of {who}",
            "Log in again (in JupyterLab «Login to deployKF», in a terminal «jupyter deploykf login»). "
            "If it stays like this, the platform does not trust this issuer, or the host is not its gateway: "
            "deployKF's API is at https://<your deployKF host>/pipeline.",
            groups=len(session.identity.groups) if session.identity else None,
        )

    def observe(self, headers: Mapping[str, str]) -> None:
        """Nothing comes back that matters."""


class ServiceAccountAccess:
    """A mounted ServiceAccount token, read anew for each request: the kubelet renews it.

    Parameters
    ----------
    path
        Where it is mounted.
    clock
        Seconds since the epoch.
    """

    def __init__(self, path: str, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock

    def headers(self) -> dict[str, Secret]:
        """The token as bearer, if it can be used.

        Raises
        ------
        ServiceAccountError
        """
        from ..io.service_account import read_service_account_token

        return {"authorization": bearer(read_service_account_token(self._path, self._clock()))}

    def replace(self, refused: Mapping[str, str]) -> bool:
        """Whether the kubelet has put another one there."""
        return self.headers() != refused

    def shown(self) -> Shown:
        """Whose token it is."""
        from ..io.service_account import look_at_service_account

        token = look_at_service_account(self._path, self._clock())
        who = f" of {token.namespace}/{token.service_account}" if token.service_account else ""
        return Shown(
            f"the ServiceAccount token{who}",
            "ServiceAccount tokens work inside the cluster alone, at "
            "http://ml-pipeline-ui.kubeflow.svc.cluster.local: elsewhere use auth='login'.",
        )

    def observe(self, headers: Mapping[str, str]) -> None:
        """Nothing comes back that matters."""
