"""This process's environment, for code whose errors people show around."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping


class Environ(Mapping[str, str]):
    """`os.environ`, which hides itself where things get shown: passwords and proxies are in it."""

    __slots__ = ()

    def __getitem__(self, name: str) -> str:
        return os.environ[name]

    def __iter__(self) -> Iterator[str]:
        return iter(os.environ)

    def __len__(self) -> int:
        return len(os.environ)

    def __repr__(self) -> str:
        return f"<the environment, with {len(self)} variables>"


ENVIRON = Environ()
