"""A token in a private file, for programs that read one from there."""

from __future__ import annotations

import os
import shutil
import tempfile

from ..errors import CacheNotWritable
from .files import Replacement


class TokenFile:
    """A file (0600) in a temporary folder (0700) of its own; both go at the end of the context.

    Attributes
    ----------
    path : str
        Where it is.

    Raises
    ------
    CacheNotWritable
        On entry and in `write`: there is no room for it.
    """

    def __init__(self) -> None:
        self._folder = ""
        self._written = ""
        self.path = ""

    def __enter__(self) -> TokenFile:
        try:
            self._folder = tempfile.mkdtemp(prefix="deploykf-")
        except OSError as error:
            raise _not_writable(tempfile.gettempdir(), error) from None
        self.path = os.path.join(self._folder, "token")
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def write(self, token: str) -> None:
        """Put a token in place, as a whole; the same one again costs nothing."""
        if token == self._written:
            return
        try:
            with Replacement(self.path) as replacement:
                replacement.commit(token.encode("ascii"))
        except OSError as error:
            raise _not_writable(self._folder, error) from None
        self._written = token


def _not_writable(folder: str, error: OSError) -> CacheNotWritable:
    return CacheNotWritable(
        f"The token can't be written into {folder}: {error.strerror}.",
        "Free some space there, or set TMPDIR to another folder of yours.",
    )
