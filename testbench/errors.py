"""What the bench raises.

::

    BenchError            something of the bench can't be had; the text says what to do
    ├── BuildError        a binary could not be built
    └── StartError        a part did not start, or stopped by itself
"""

from __future__ import annotations


class BenchError(Exception):
    """Something of the bench can't be had."""


class BuildError(BenchError):
    """A binary could not be built."""


class StartError(BenchError):
    """A part did not start, or stopped by itself."""
