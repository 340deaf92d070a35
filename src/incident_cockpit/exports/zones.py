"""A time zone as a calendar file describes it (RFC 5545, VTIMEZONE), for readers that do not know it by name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

# Far enough for the changes of clocks on both sides of an event; clocks change at most once a day.
AROUND = timedelta(days=366)
_STEP = timedelta(days=1)
_FINEST = timedelta(seconds=1)


def described(zone: tzinfo, at: datetime) -> Timezone:
    """Return the zone's offsets for a year on both sides of an instant, each from the change at which it begins.

    icalendar's own description of a zone is wrong where the summer is the standard time (Casablanca), so this reads the
    zone itself.
    """
    from icalendar import Timezone

    made = Timezone()
    made.add("tzid", str(zone))
    first = (at - AROUND).astimezone(UTC).replace(microsecond=0)
    made.add_component(_observed(zone, first, first))
    for change in _changes(zone, first, at + AROUND):
        made.add_component(_observed(zone, change - _FINEST, change))
    return made


def _changes(zone: tzinfo, first: datetime, last: datetime) -> Iterator[datetime]:
    """Yield each instant from which on another offset or another name holds."""
    known, now = first, _seen(zone, first)
    while known < last:
        ahead = known + _STEP
        if _seen(zone, ahead) != now:
            before = known
            while ahead - before > _FINEST:
                middle = (before + (ahead - before) / 2).replace(microsecond=0)
                before, ahead = (middle, ahead) if _seen(zone, middle) == now else (before, middle)
            yield ahead
            now = _seen(zone, ahead)
        known = ahead


def _seen(zone: tzinfo, at: datetime) -> tuple[timedelta | None, str | None]:
    local = at.astimezone(zone)
    return local.utcoffset(), local.tzname()


def _observed(zone: tzinfo, before: datetime, since: datetime) -> TimezoneStandard | TimezoneDaylight:
    """Return the offset that holds since an instant; its begin is said by the clock that was shown until then."""
    from icalendar import TimezoneDaylight, TimezoneStandard

    was, local = before.astimezone(zone).utcoffset(), since.astimezone(zone)
    made = TimezoneDaylight() if local.dst() else TimezoneStandard()
    made.add("dtstart", (since + (was or timedelta(0))).replace(tzinfo=None))
    made.add("tzoffsetfrom", was)
    made.add("tzoffsetto", local.utcoffset())
    made.add("tzname", local.tzname())
    return made
