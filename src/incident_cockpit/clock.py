"""The only place where time is read; everything else is handed a clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time; `now` is an aware instant in UTC, `monotonic` counts seconds from no fixed origin."""

    def now(self) -> datetime:
        """Return the instant, in UTC."""

    def monotonic(self) -> float:
        """Return seconds that never step back."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the instant, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never step back."""
        return time.monotonic()


class SetClock:
    """A clock that stands where it was put and moves when told, for tests."""

    def __init__(self, at: datetime) -> None:
        """Start at the aware instant `at`."""
        self._at = at.astimezone(UTC)
        self._passed = 0.0

    def now(self) -> datetime:
        """Return the instant that was set, in UTC."""
        return self._at

    def monotonic(self) -> float:
        """Return the seconds that were let pass."""
        return self._passed

    def forward(self, **units: float) -> None:
        """Let time pass; takes the units of `timedelta` (minutes=5)."""
        step = timedelta(**units)
        self._at += step
        self._passed += step.total_seconds()

    def set_back(self, **units: float) -> None:
        """Set the wall clock back, as when a clock that was fast is corrected; takes the units of `timedelta`."""
        self._at -= timedelta(**units)
