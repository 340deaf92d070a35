"""The time of the next update that a text promises, in whatever form the text was edited."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

# The composer checks at every key, so only the beginning of a very long text is read.
_LONGEST = 20_000

# Texts give the time in UTC besides the readers' zone, with the date unless it is today's.
_PROMISE = re.compile(
    r"\b(?:next|again|updates?|write|hear|inform|news|more)\b[^\n.!?]{0,80}?\b(?:at|by|before|until)\b[^\n.!?]{0,60}?"
    r"(?:(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2}) )?\b(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2}) UTC\b",
    re.IGNORECASE,
)


def find_promise(text: str, expected: datetime) -> datetime | None:
    """Return the time of the next update that a text promises, None if it gives none in UTC.

    A clock time without a date is the one nearest to `expected`. The last one in the text counts: the past is told
    above it.
    """
    match = None
    for line in text[:_LONGEST].splitlines():
        match = _PROMISE.search(line) or match
    return _instant(match, expected) if match else None


def promised_time(text: str, due: datetime | None, now: datetime) -> datetime | None:
    """Return when readers expect the next update: the time in the text, else when it is `due` by the plan.

    A time in the text that has passed by `now` is ignored.
    """
    promise = find_promise(text, due) if due else None
    return promise if promise and promise > now else due


def _instant(match: re.Match[str], expected: datetime) -> datetime | None:
    """Return the instant that was written, None for a date or hour that does not exist."""
    try:
        clock = time(int(match["hour"]), int(match["minute"]), tzinfo=UTC)
        if match["day"]:
            return datetime.combine(date.fromisoformat(match["day"]), clock)
    except ValueError:
        return None
    day = expected.astimezone(UTC).date()
    nearby = (datetime.combine(day + timedelta(days=days), clock) for days in (-1, 0, 1))
    return min(nearby, key=lambda at: abs(at - expected))
