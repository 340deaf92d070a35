"""The only source of identifiers; everything else is handed one."""

from __future__ import annotations

import os
from typing import Protocol


class Ids(Protocol):
    """Makes identifiers that no other process will make."""

    def new(self) -> str:
        """Return a fresh identifier of 32 hexadecimal digits."""


class RandomIds:
    """Identifiers from the system's randomness."""

    def new(self) -> str:
        """Return a fresh identifier of 32 hexadecimal digits."""
        return os.urandom(16).hex()


class CountedIds:
    """Identifiers that count up, for tests that compare what was stored."""

    def __init__(self, start: int = 1) -> None:
        """Begin at `start`."""
        self._next = start

    def new(self) -> str:
        """Return the next number as 32 hexadecimal digits."""
        made, self._next = self._next, self._next + 1
        return f"{made:032x}"
