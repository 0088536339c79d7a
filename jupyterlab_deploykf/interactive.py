"""Whether someone can be asked to log in, and how."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .core.session import Session
    from .session import Sessions


def is_interactive() -> bool:
    """Whether there is a notebook's cell or a terminal that can be asked now."""
    from . import notebook, terminal

    return notebook.is_possible() if notebook.is_notebook() else terminal.is_interactive()


def ask_login(sessions: Sessions, issuer: str) -> Session:
    """Have someone log in.

    Raises
    ------
    LoginRequired, LoginFailed, IssuerError, CacheError, ConfigurationError
    """
    from . import notebook, terminal

    ask = notebook.ask_login if notebook.is_notebook() else terminal.ask_login
    return ask(sessions, issuer)


def say(text: str) -> None:
    """Say a line to whoever is there, and leave a script's output alone."""
    from . import notebook

    print(text, file=sys.stdout if notebook.is_notebook() else sys.stderr, flush=True)
