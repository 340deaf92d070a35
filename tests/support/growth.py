"""How much longer four times the text takes: about four times, where nothing looks back and forth without a bound."""

from __future__ import annotations

import time
from collections.abc import Callable

# Work that grows with the square of the text takes sixteen times as long; the rest is room for a busy machine.
MOST = 12
# In seconds of this thread's CPU, so that other programs do not count. Below it the clock measures itself.
_FLOOR = 0.002
_TRIES = 3


def growth(work: Callable[[str], object], piece: str, length: int = 40_000) -> float:
    """Return how many times as long the work takes for four times as many pieces, at its best."""

    def seconds(times: int) -> float:
        text = piece * times
        began = time.thread_time()
        work(text)
        return time.thread_time() - began

    small, large = max(length // len(piece), 1), max(4 * length // len(piece), 4)
    return min(seconds(large) for _ in range(_TRIES)) / max(min(seconds(small) for _ in range(_TRIES)), _FLOOR)
