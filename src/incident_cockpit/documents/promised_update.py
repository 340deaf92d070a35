"""When a text says that its readers hear more: they hold its sender to that, however old or edited the text is."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

# Nobody reads on after this, and a composer looks at every key.
_LONGEST = 20_000

# Whatever zone its readers have, a text says the time in UTC as well, with its day where that is another one.
_TOLD = re.compile(
    r"\b(?:next|again|updates?|write|hear|inform|news|more)\b[^\n.!?]{0,80}?\b(?:at|by|before|until)\b[^\n.!?]{0,60}?"
    r"(?:(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2}) )?\b(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2}) UTC\b",
    re.IGNORECASE,
)


def find_promise(text: str, about: datetime) -> datetime | None:
    """Return when a text says that more comes, None where it does not say so in UTC.

    A clock time without its day is the one nearest to `about`, when it should come. The last one in the text counts:
    what has happened stands above it.
    """
    found = None
    for line in text[:_LONGEST].splitlines():
        found = _TOLD.search(line) or found
    return _instant(found, about) if found else None


def promised_time(text: str, due: datetime | None, now: datetime) -> datetime | None:
    """Return when its readers hear more: as the text says, else as it is `due` by the plan.

    What the text says is nothing to wait for where it has passed by `now`.
    """
    said = find_promise(text, due) if due else None
    return said if said and said > now else due


def _instant(found: re.Match[str], about: datetime) -> datetime | None:
    """Return the instant that was written, None where there is no such day or hour."""
    try:
        clock = time(int(found["hour"]), int(found["minute"]), tzinfo=UTC)
        if found["day"]:
            return datetime.combine(date.fromisoformat(found["day"]), clock)
    except ValueError:
        return None
    near = (datetime.combine(about.astimezone(UTC).date() + timedelta(days=away), clock) for away in (-1, 0, 1))
    return min(near, key=lambda one: abs(one - about))
