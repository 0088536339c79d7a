"""The tool that looks for secrets in a traceback finds them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Callable

import pytest

from jupyterlab_deploykf.core.secret import Secret

from .support.frames import leaks

CANARY = "canary-of-a-secret"


@dataclass
class Data:
    field: object


class Slotted:
    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = CANARY


def caught(call: Callable[[], Any]) -> BaseException:
    try:
        call()
    except BaseException as error:
        return error
    raise AssertionError("nothing was raised")


def failing(value: object) -> None:
    # From a file that isn't a test's, as far as `leaks` can tell.
    source = compile("def fail(value):\n    raise ValueError('none')", "/elsewhere/program.py", "exec")
    names: dict[str, Any] = {}
    exec(source, names)
    names["fail"](value)


@pytest.mark.parametrize(
    "value",
    [
        CANARY,
        f"Bearer {CANARY}",
        CANARY.encode(),
        bytearray(CANARY.encode()),
        [[(CANARY,)]],
        {"a": {"b": CANARY}},
        {CANARY: 1},
        {CANARY},
        Data([Secret("x"), CANARY]),
        SimpleNamespace(inner=SimpleNamespace(value=CANARY)),
        Slotted(),
        functools.partial(print, CANARY),
        (lambda text: lambda: text)(CANARY),
        Slotted().__init__,
        ValueError(CANARY),
    ],
)
def test_a_secret_is_found_wherever_it_is(value: object) -> None:
    assert leaks(caught(lambda: failing(value)), CANARY)


def test_a_secret_that_hides_itself_is_none() -> None:
    assert leaks(caught(lambda: failing({"a": [Secret(CANARY)], "b": Data(Secret(CANARY))})), CANARY) == []


@pytest.mark.parametrize("suppressed", [True, False])
def test_causes_and_contexts_count_even_if_they_are_suppressed(suppressed: bool) -> None:
    def call() -> None:
        try:
            failing(CANARY)
        except ValueError as error:
            if suppressed:
                raise KeyError("x") from None
            raise KeyError("x") from error

    assert leaks(caught(call), CANARY)


def test_the_text_of_an_error_counts() -> None:
    def call() -> None:
        raise ValueError(f"invalid header: {CANARY}")

    assert leaks(caught(call), CANARY)
