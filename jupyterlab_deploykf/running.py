"""Running a command with a token that stays fresh while it runs."""

from __future__ import annotations

import os
import random as chance
import threading
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Callable

from .core.backoff import delay
from .errors import DeployKFError, IssuerFault, UnexpectedError
from .io.child import Signals, run_child
from .io.environment import for_command
from .io.token_file import TokenFile, sweep_token_folders

if TYPE_CHECKING:
    from .core.cluster import Cluster
    from .session import Sessions

#: Seconds between looks at the session: one look at the cache's time stamp each.
TICK = 2.0


def run_with_token(
    sessions: Sessions,
    cluster: Cluster,
    host: str,
    argv: Sequence[str],
    *,
    environ: Mapping[str, str] = os.environ,
    warn: Callable[[DeployKFError], None],
) -> int:
    """Run a command with a token file that follows the session.

    Parameters
    ----------
    sessions
        The use cases.
    cluster
        Whose session it is.
    host
        The Kubeflow Pipelines API.
    argv
        The command and its arguments.
    environ
        What it inherits.
    warn
        Told of trouble while the command runs; not of the same again and again.

    Returns
    -------
    int
        The command's exit code; 128+n where signal n ended it.

    Raises
    ------
    LoginRequired, IssuerError, CacheError, ConfigurationError
        Before the command runs.
    OSError
        The command is not there, or can't be run.
    """
    sweep_token_folders()
    token = sessions.get_token(cluster.issuer)
    with Signals() as signals, TokenFile() as file:
        file.write(token)
        with TokenKeeper(sessions, cluster.issuer, file, warn):
            return run_child(argv, {**environ, **for_command(cluster, host, file.path)}, signals)


class TokenKeeper:
    """Keeps a token file as fresh as the session, from a thread of its own; use it as a context.

    Parameters
    ----------
    sessions
        The use cases.
    issuer
        Whose session it is.
    file
        Where the token goes.
    warn
        Told of trouble when it begins.
    clock
        Seconds, by a clock that nobody sets.
    random
        Return a number in [0, 1).
    """

    def __init__(
        self,
        sessions: Sessions,
        issuer: str,
        file: TokenFile,
        warn: Callable[[DeployKFError], None],
        clock: Callable[[], float] = time.monotonic,
        random: Callable[[], float] = chance.random,
    ) -> None:
        self._sessions = sessions
        self._issuer = issuer
        self._file = file
        self._warn = warn
        self._clock = clock
        self._random = random
        self._failures = 0
        self._code = ""
        self._next_attempt = 0.0
        self._signature: tuple[int, ...] | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="deploykf-token", daemon=True)

    def __enter__(self) -> TokenKeeper:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        # A refresh that is under way is let finish, so that its tokens are saved.
        self._thread.join()

    def tick(self) -> None:
        """Look once: refresh what is due, and write what is new.

        After trouble it is a while until the next attempt, unless somebody has
        written the cache: a login elsewhere counts at once.
        """
        signature = self._sessions.store.signature()
        if self._clock() < self._next_attempt and signature == self._signature:
            return
        try:
            self._file.write(self._sessions.get_token(self._issuer))
        except DeployKFError as error:
            self._back_off(error)
        except Exception as error:
            # The command goes on, and so must its token.
            self._back_off(UnexpectedError.of(error))
        else:
            self._failures, self._code, self._next_attempt = 0, "", 0.0
        self._signature = self._sessions.store.signature()

    def _back_off(self, error: DeployKFError) -> None:
        self._failures += 1
        retry_after = error.retry_after if isinstance(error, IssuerFault) else None
        self._next_attempt = self._clock() + delay(self._failures, self._random, retry_after)
        if error.code != self._code:
            self._warn(error)
        self._code = error.code

    def _run(self) -> None:
        while not self._ended.wait(TICK):
            self.tick()
