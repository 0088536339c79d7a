"""``jupyter deploykf``: each command parses, makes one call, and prints. docs/cli.md says what users see."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from .exits import ERROR, INTERRUPTED, exit_code


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    argv
        The arguments; those of the process by default.

    Returns
    -------
    int
        The exit code.

    Raises
    ------
    SystemExit
        ``--help``, or the command line is not understood (2).
    """
    from ..errors import DeployKFError
    from .output import be_lenient, tell, tell_problem
    from .parser import parse

    be_lenient()
    arguments = parse(sys.argv[1:] if argv is None else argv)
    try:
        code: int = arguments.command(arguments)
        return code
    except DeployKFError as error:
        tell_problem(error, arguments.json)
        return exit_code(error)
    except KeyboardInterrupt:
        tell("\nInterrupted.")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone (`| head`): nobody is there to be told.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return ERROR
