"""Times of a plan file: "15m", "2 hours", "2 business days", "8 business hours or next business day"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from incident_cockpit.text.plurals import counted
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
    """Return a period in seconds, or None if the text is not one; a bare number is not."""
    stripped = text.strip()
    match = _SPAN.fullmatch(stripped)
    if not stripped or match is None:
        return None
    return sum(int(match[unit] or 0) * seconds for unit, seconds in _UNITS.items())


def parse_wait(text: str) -> int | None:
    """Return the seconds of a period, 0 for "immediately", or None if the text is neither."""
    return 0 if _normalised(text) in _AT_ONCE else parse_span(_normalised(text))


def parse_within(text: str, business: bool = False) -> Within | None:
    """Return the time within which something is due, or None if the text is not one.

    `business` reads a plain period as one of business hours, and plain days as business days.
    """
    parts = [_part(part, business) for part in _normalised(text).split(" or ")]
    times = [part for part in parts if part is not None]
    if len(times) < len(parts):
        return None
    return Within(
        said=" or ".join(part.said for part in times),
        seconds=_latest(part.seconds for part in times),
        working=_latest(part.working for part in times),
        days=_latest(part.days for part in times),
    )


def clock_minutes(text: str) -> int | None:
    """Return the minute of the day of a time such as "09:00", at most 24:00, or None if it is not one."""
    match = _CLOCK.fullmatch(text.strip())
    minutes = int(match["hour"]) * 60 + int(match["minute"]) if match else None
    return minutes if minutes is not None and minutes <= 24 * 60 else None


def _normalised(text: str) -> str:
    return " ".join(text.split()).casefold()


def _latest(parts: Iterable[int | None]) -> int | None:
    return max((part for part in parts if part is not None), default=None)


def _part(text: str, business: bool) -> Within | None:
    if text in _NEXT_DAY:
        return Within(text, days=1)
    whole_days = _BUSINESS_DAYS.fullmatch(text) or (_PLAIN_DAYS.fullmatch(text) if business else None)
    if whole_days:
        days = int(whole_days["days"])
        worded = text if whole_days.re is _BUSINESS_DAYS else counted(days, "business day")
        return Within(worded, days=days) if days else None
    period, in_business_hours = _BUSINESS.subn(" ", text)
    if in_business_hours > 1 or text.startswith(("business", "working")):
        return None
    seconds = parse_wait(period)
    if seconds is None or not (in_business_hours or business):
        return None if seconds is None else Within(text, seconds=seconds)
    # A day has no length in business hours, so "1d 2h" of them is ambiguous.
    if seconds and _LONG_UNIT.search(period):
        return None
    return Within(text if in_business_hours or not seconds else f"{text} in business hours", working=seconds)
