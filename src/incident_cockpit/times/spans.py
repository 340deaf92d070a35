"""Times as a plan says them: "15m", "2 hours", "2 business days", "8 business hours or next business day"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from incident_cockpit.times.business_calendar import Within

_UNITS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_SPAN = re.compile(
    r"(?:(?P<w>\d{1,3}) ?(?:w|weeks?))? ?(?:(?P<d>\d{1,4}) ?(?:d|days?))? ?(?:(?P<h>\d{1,5}) ?(?:h|hours?))? ?"
    r"(?:(?P<m>\d{1,6}) ?(?:m|min|minutes?))? ?(?:(?P<s>\d{1,7}) ?(?:s|sec|seconds?))?",
    re.ASCII,
)
_AT_ONCE = frozenset({"immediately", "at once", "now"})
_NEXT_DAY = frozenset({"next business day", "next working day"})
_BUSINESS_DAYS = re.compile(r"(?P<days>\d{1,4}) (?:business|working) days?", re.ASCII)
_PLAIN_DAYS = re.compile(r"(?P<days>\d{1,4}) ?(?:d|days?)", re.ASCII)
_BUSINESS = re.compile(r" ?\b(?:business|working)\b ?")
_CLOCK = re.compile(r"(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)", re.ASCII)
_LONG_UNIT = re.compile(r"[dw]")


def parse_span(text: str) -> int | None:
    """Return the period in seconds, or None where the text is not one; a bare number is not."""
    said = text.strip()
    found = _SPAN.fullmatch(said)
    if not said or found is None:
        return None
    return sum(int(found[unit] or 0) * seconds for unit, seconds in _UNITS.items())


def parse_wait(text: str) -> int | None:
    """Return the seconds of a period or of "immediately", which are none; None where the text is neither."""
    return 0 if _words(text) in _AT_ONCE else parse_span(_words(text))


def parse_within(text: str, business: bool = False) -> Within | None:
    """Return how long after its start something is due, or None where the text does not say so.

    `business` reads a plain period as one of business hours, and plain days as business days.
    """
    parts = [_part(part, business) for part in _words(text).split(" or ")]
    found = [part for part in parts if part is not None]
    if len(found) < len(parts):
        return None
    return Within(
        said=" or ".join(part.said for part in found),
        seconds=_latest(part.seconds for part in found),
        working=_latest(part.working for part in found),
        days=_latest(part.days for part in found),
    )


def clock_minutes(text: str) -> int | None:
    """Return the minute of the day that "09:00" names, at most 24:00, or None where it is no such time."""
    found = _CLOCK.fullmatch(text.strip())
    minutes = int(found["hour"]) * 60 + int(found["minute"]) if found else None
    return minutes if minutes is not None and minutes <= 24 * 60 else None


def _words(text: str) -> str:
    return " ".join(text.split()).casefold()


def _latest(said: Iterable[int | None]) -> int | None:
    return max((one for one in said if one is not None), default=None)


def _part(said: str, business: bool) -> Within | None:
    if said in _NEXT_DAY:
        return Within(said, days=1)
    whole = _BUSINESS_DAYS.fullmatch(said) or (_PLAIN_DAYS.fullmatch(said) if business else None)
    if whole:
        days = int(whole["days"])
        return Within(said if whole.re is _BUSINESS_DAYS else _counted(days), days=days) if days else None
    plain, words = _BUSINESS.subn(" ", said)
    if words > 1 or said.startswith(("business", "working")):
        return None
    seconds = parse_wait(plain)
    if seconds is None or not (words or business):
        return None if seconds is None else Within(said, seconds=seconds)
    # A day has no length in business hours, so "1d 2h" of them could mean anything.
    if seconds and _LONG_UNIT.search(plain):
        return None
    return Within(said if words or not seconds else f"{said} of working time", working=seconds)


def _counted(days: int) -> str:
    return f"{days} business day{'s' if days > 1 else ''}"
