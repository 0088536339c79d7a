"""What a debugger, an error reporter or ``%xmode Verbose`` finds in an exception: the variables of its frames."""

from __future__ import annotations

import functools
import os
import types
from collections import deque
from collections.abc import Iterator
from typing import Any

from jupyterlab_deploykf.core.secret import Secret, SecretBytes

#: The frames of tests hold the canaries on purpose.
_TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

#: What has no values of its own, or leads to all of the program.
_OPAQUE = (types.ModuleType, type, types.CodeType, types.FrameType, types.TracebackType, int, float, complex)


def leaks(error: BaseException, *canaries: str, skip: str = _TESTS) -> list[str]:
    """Find where an exception shows a secret to whoever looks at it.

    Looks at the exception, its cause and its context, whether they are
    suppressed or not, and at the variables of all of their frames: in
    containers, attributes, slots, closures and bytes. A `Secret` hides its text
    from `repr`, so it counts as hidden, and what it was made of doesn't.

    Parameters
    ----------
    error
        What was caught.
    *canaries
        The texts that must not be found.
    skip
        A folder: the frames of its files aren't looked at.

    Returns
    -------
    list[str]
        A path to each place, such as ``request.shown['authorization']``. Empty if there is none.
    """
    return [path for name, value in _places(error, skip) for path in _walk(value, name, canaries, set())]


def chain(error: BaseException) -> list[BaseException]:
    """Return an exception, its causes and its contexts."""
    found: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is not None and each not in found:
            found.append(each)
            waiting += [each.__cause__, each.__context__]
    return found


def modules(error: BaseException) -> set[str]:
    """Return the top-level packages whose frames an exception, its causes and its contexts have."""
    return {
        str(frame.f_globals.get("__name__", "")).partition(".")[0]
        for each in chain(error)
        for frame in _frames(each.__traceback__)
    }


def _places(error: BaseException, skip: str) -> Iterator[tuple[str, Any]]:
    for each in chain(error):
        kind = type(each).__name__
        yield f"str({kind})", f"{each} {each!r}"
        yield kind, (each.args, dict(vars(each)))
        for frame in _frames(each.__traceback__):
            if not os.path.abspath(frame.f_code.co_filename).startswith(skip + os.sep):
                for name, value in frame.f_locals.items():
                    yield f"{kind}: {frame.f_code.co_name}.{name}", value


def _frames(traceback: types.TracebackType | None) -> Iterator[types.FrameType]:
    while traceback is not None:
        yield traceback.tb_frame
        traceback = traceback.tb_next


def _walk(value: Any, path: str, canaries: tuple[str, ...], seen: set[int]) -> Iterator[str]:
    if isinstance(value, (Secret, SecretBytes, *_OPAQUE)) or value is None or id(value) in seen:
        return
    if isinstance(value, str):
        if any(canary in value for canary in canaries):
            yield path
        return
    if isinstance(value, (bytes, bytearray, memoryview)):
        if any(canary.encode() in bytes(value) for canary in canaries):
            yield path
        return
    seen.add(id(value))
    for name, inner in _parts(value):
        # A value that is made on the way must not give its id to the next one.
        seen_values.append(inner)
        yield from _walk(inner, f"{path}{name}", canaries, seen)


#: Keeps alive what was looked at while the walk goes on.
seen_values: deque[Any] = deque(maxlen=100_000)


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in list(value.items()):
            yield f"<key {key!r:.40}>", key
            yield f"[{key!r:.40}]", inner
    elif isinstance(value, (list, tuple, set, frozenset, deque)):
        for index, inner in enumerate(list(value)):
            yield f"[{index}]", inner
    if isinstance(value, BaseException):
        yield ".args", value.args
    if isinstance(value, types.FunctionType):
        for cell in value.__closure__ or ():
            try:
                yield ".<closure>", cell.cell_contents
            except ValueError:
                continue  # not filled yet
        yield ".<defaults>", (value.__defaults__, value.__kwdefaults__)
    if isinstance(value, types.MethodType):
        yield ".<self>", value.__self__
    if isinstance(value, functools.partial):
        yield ".<partial>", (value.func, value.args, value.keywords)
    attributes = getattr(value, "__dict__", None)
    if isinstance(attributes, dict):
        for name, inner in list(attributes.items()):
            yield f".{name}", inner
    for kind in type(value).__mro__:
        slots = vars(kind).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if hasattr(value, name):
                yield f".{name}", getattr(value, name)
