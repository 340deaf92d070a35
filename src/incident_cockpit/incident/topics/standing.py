"""A value that holds from a moment on, with the reason it was given: severity, phase and impact are such."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds, since when, and why."""

    value: str
    since: datetime
    reason: str = ""
