"""How long a test waits for a condition: generous, and longer on a busy machine.

A wait is only ever waited out by a failure, so it costs nothing to be patient; a limit that is too short turns
a slow machine into a red run.
"""

from __future__ import annotations

import os
import time

# Shorter while many tests are expected to fail, such as after a change of wording.
SECONDS = float(os.environ.get("TEST_PATIENCE") or 60)


def patience(seconds: float = SECONDS) -> float:
    """Return `seconds`, multiplied by the number of programs that now compete for each core."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


class Deadline:
    """The end of a wait that began now. It moves while the machine is busy."""

    def __init__(self, seconds: float = SECONDS) -> None:
        """Start the wait."""
        self._seconds = seconds
        self._began = time.monotonic()

    @property
    def waited(self) -> float:
        """The seconds since the wait began."""
        return time.monotonic() - self._began

    @property
    def left(self) -> float:
        """The seconds until the end, 0 when it has passed."""
        return max(0.0, patience(self._seconds) - self.waited)

    @property
    def passed(self) -> bool:
        """Whether the wait is over."""
        return not self.left
