"""A fault: one piece of code made wrong, and the test that has to notice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One of the table.

    Parameters
    ----------
    name
        What it is called on the command line; unique.
    says
        What is wrong, in a few words.
    file
        The file below ``jupyterlab_deploykf/``.
    old
        The right code: a text that stands in the file once.
    new
        The wrong code in its place.
    test
        The test that fails then, as pytest names it; of a parametrized one, any case.
    """

    name: str
    says: str
    file: str
    old: str
    new: str
    test: str


class Moved(Exception):
    """The code of a fault isn't there anymore, or not once."""


def put_back(fault: Fault, text: str) -> str:
    """Return a file's text with the fault in it.

    Raises
    ------
    Moved
        The right code doesn't stand there exactly once, or the wrong code is no Python.
    """
    count = text.count(fault.old)
    if count != 1:
        raise Moved(
            f"{fault.name}: the code stands {count} times in {fault.file}, and not once. Change it in the table:\n"
            f"{fault.old}"
        )
    wrong = text.replace(fault.old, fault.new)
    try:
        compile(wrong, fault.file, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise Moved(f"{fault.name}: with the fault, {fault.file} is no Python: {error}") from None
    return wrong
