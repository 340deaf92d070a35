"""A value that holds from a moment on, with the reason it was given: severity, phase and impact are such."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class Standing(Struct, frozen=True):
    """What holds, since when, and why."""

    value: str
    since: datetime
    reason: str = ""
