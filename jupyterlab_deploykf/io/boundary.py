"""The line between our code and foreign code that holds secrets in its variables.

A notebook in ``%xmode Verbose``, a debugger or an error reporter shows the
variables of every frame of an exception, of its cause and of its context.
Those of an HTTP library hold tokens, passwords and cookies as plain text.
"""

from __future__ import annotations

from typing import Callable, TypeVar

_T = TypeVar("_T")
_E = TypeVar("_E", bound=BaseException)


def shielded(call: Callable[[], _T], explain: Callable[[Exception], BaseException | None]) -> _T:
    """Call foreign code; what it raises leaves its frames, its cause and its context behind.

    Parameters
    ----------
    call
        The foreign code.
    explain
        Returns the error to raise for an exception; None to raise the same one.

    Raises
    ------
    BaseException
        What `explain` returns. An interrupt is raised as it is, without its frames.
    """
    try:
        return call()
    except Exception as error:
        failure = explain(error) or error
    except BaseException as error:
        failure = error
    # Outside of the `except` block, where Python would add the foreign exception as the context.
    raise bare(failure)


def bare(error: _E) -> _E:
    """Take the frames, the cause and the context off an exception."""
    error.__traceback__ = error.__cause__ = error.__context__ = None
    return error
