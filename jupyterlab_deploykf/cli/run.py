"""``run``: a command with a token that stays fresh."""

from __future__ import annotations

import argparse

from ..core.host import normalize_host, session_host
from ..errors import DeployKFError
from ..running import run_with_token
from ..wiring import make_sessions
from .exits import NOT_FOUND, NOT_RUNNABLE
from .output import tell_problem


def run(arguments: argparse.Namespace) -> int:
    """Run it; its exit code is ours."""
    sessions = make_sessions()
    cluster = sessions.choose(arguments.cluster)
    host = normalize_host(arguments.host or session_host(cluster, None))
    try:
        return run_with_token(
            sessions, cluster, host, arguments.argv, warn=lambda error: tell_problem(error, arguments.json)
        )
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        tell_problem(CommandNotRun(arguments.argv[0], error.strerror or "it can't be run"), arguments.json)
        return NOT_FOUND if missing else NOT_RUNNABLE


class CommandNotRun(DeployKFError):
    """The command is not there, or can't be run."""

    code = "command_not_run"

    def __init__(self, program: str, reason: str) -> None:
        super().__init__(f"{program} can't be run: {reason}.", "Check its name, and that it is a program.")
