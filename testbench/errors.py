"""What the bench raises.

::

    BenchError            something of the bench can't be had; the text says what to do
    ├── BuildFailed       a binary could not be built
    └── ChildFailed       a part did not start, or stopped by itself
"""

from __future__ import annotations


class BenchError(Exception):
    """Something of the bench can't be had."""


class BuildFailed(BenchError):
    """A binary could not be built; the message says what to do."""


class ChildFailed(BenchError):
    """A part did not start, or stopped by itself; the message ends with its last lines."""
