"""A limit in time for what has none of its own."""

from __future__ import annotations

import threading
from typing import Callable, TypeVar

_T = TypeVar("_T")


def within(seconds: float, call: Callable[[], _T]) -> _T:
    """Call what may hang, such as a name resolution.

    Raises
    ------
    TimeoutError
        It has not ended in time; its thread is left to itself.
    """
    outcome: list[_T] = []
    trouble: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(call())
        except BaseException as error:
            # Whatever it is, it is the caller's: raised again below.
            trouble.append(error)

    thread = threading.Thread(target=run, name="deploykf-limit", daemon=True)
    thread.start()
    thread.join(seconds)
    if trouble:
        raise trouble[0]
    if not outcome:
        raise TimeoutError(f"no answer within {seconds:g} seconds")
    return outcome[0]
