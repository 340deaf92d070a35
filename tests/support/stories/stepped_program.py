"""The program as people start it, on a clock that a story moves: no option of the program's own leads here.

Started as `python stepped.py ARGUMENTS`, with the file that holds the present named in STORY_CLOCK.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

from incident_cockpit.cli.main import main
from incident_cockpit.service import store

CLOCK = "STORY_CLOCK"


class FileClock:
    """A clock that several programs read, because it stands in a file; it moves when the file is written anew."""

    def __init__(self, file: Path) -> None:
        """Begin to count where the file stands now."""
        self._file = file
        self._begun = self.now()

    def now(self) -> datetime:
        """Return the instant that the file holds, in UTC."""
        return datetime.fromisoformat(self._file.read_text(encoding="ascii"))

    def monotonic(self) -> float:
        """Return the seconds that were let pass."""
        return (self.now() - self._begun).total_seconds()


def move(file: Path, at: datetime) -> None:
    """Let the present be `at` for every program that reads this clock; none sees half of it."""
    part = file.with_suffix(".part")
    part.write_text(at.isoformat(), encoding="ascii")
    part.replace(file)


if __name__ == "__main__":
    store.SystemClock = lambda: FileClock(Path(os.environ[CLOCK]))  # type: ignore[assignment,misc]
    sys.exit(main())
