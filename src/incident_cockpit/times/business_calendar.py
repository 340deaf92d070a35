"""Business calendar: when a period ends by working days, opening hours, holidays and time zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from incident_cockpit.times.parse import parse_zone

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_WEEK: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = timedelta(days=1)


class Within(Struct, frozen=True):
    """How long after its start an item is due; `said` is the plan's own wording.

    Of several parts the latest counts, as in "8h or next business day". `working` are seconds of business hours alone;
    `days` are whole business days after the day of the start, due when the last of them closes.
    """

    said: str
    seconds: int | None = None
    working: int | None = None
    days: int | None = None


class Hours(Struct, frozen=True):
    """Business hours in the plan's zone; times are minutes of the day, holidays ISO dates."""

    days: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")
    opens: int = 9 * 60
    closes: int = 17 * 60
    holidays: tuple[str, ...] = ()


# A screen asks four times a second, for deadlines that rarely change.
@lru_cache(maxsize=1_024)
def due(start: datetime, within: Within, hours: Hours, zone: str) -> datetime:
    """Return when something is due that has this long from `start`, in UTC; of several parts the latest counts.

    Working time passes only while the organisation works. Business days are those after the day of the start in the
    plan's zone; the last of them counts until it closes.
    """
    begun = start.astimezone(UTC)
    instants = [begun]
    if within.seconds is not None:
        instants.append(begun + timedelta(seconds=within.seconds))
    if within.working is not None:
        instants.append(_worked(begun, timedelta(seconds=within.working), hours, parse_zone(zone)))
    if within.days is not None:
        instants.append(_closing(begun, within.days, hours, parse_zone(zone)))
    return max(instants)


def is_open(at: datetime, hours: Hours, zone: str) -> bool:
    """Return whether the organisation works at this instant; the moment of closing is no longer work."""
    # In UTC, because Python finds no two times equal where one is of an hour that comes twice.
    return next_open(at, hours, zone) == at.astimezone(UTC)


def next_open(at: datetime, hours: Hours, zone: str) -> datetime:
    """Return the first instant from `at` on at which the organisation works, in UTC: `at` itself where it does."""
    opens, _ = next(_open_from(at.astimezone(UTC), hours, parse_zone(zone)))
    return opens


def closing(day: date, hours: Hours, zone: str) -> datetime:
    """Return when the organisation closes on this date, in UTC, or would if it worked on it."""
    return _instant(day, hours.closes, parse_zone(zone))


def is_working_day(day: date, hours: Hours) -> bool:
    """Return whether the organisation works on this date at all."""
    return _WEEK[day.weekday()] in hours.days and day.isoformat() not in hours.holidays


def _worked(begun: datetime, left: timedelta, hours: Hours, zone: ZoneInfo) -> datetime:
    """Return when this much working time has passed; the very end of a day is reached on that day."""
    working = _open_from(begun, hours, zone)
    opens, closes = next(working)
    while left > closes - opens:
        left -= closes - opens
        opens, closes = next(working)
    return opens + left


def _closing(begun: datetime, days: int, hours: Hours, zone: ZoneInfo) -> datetime:
    """Return when the last of so many working days after the day of `begun` closes."""
    first = begun.astimezone(zone).date() + _DAY
    working = _working_days(first, hours, zone)
    for _ in range(days - 1):
        next(working)
    _, closes = next(working)
    return closes


def _open_from(at: datetime, hours: Hours, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """Yield what is left of the working day at this instant, then the working days after it, in UTC."""
    # The day before too: clocks have gone back over midnight, so that yesterday came once more.
    for opens, closes in _working_days(at.astimezone(zone).date() - _DAY, hours, zone):
        if closes > at:
            yield max(opens, at), closes


def _working_days(first: date, hours: Hours, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """Yield when each working day from this date on opens and closes by the wall clock, in UTC."""
    if not hours.days or hours.opens >= hours.closes:
        raise ValueError("the business hours hold no working time")
    day = first
    while True:
        if is_working_day(day, hours):
            opens, closes = _instant(day, hours.opens, zone), _instant(day, hours.closes, zone)
            # A zone that moves across the date line skips a date: nobody worked on it.
            if opens.astimezone(zone).date() == day and opens < closes:
                yield opens, closes
        day += _DAY


def _instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Return when the wall clock shows this minute of the day; 24:00 is midnight after it.

    A time that the clocks skip moves on by what they skip, one that comes twice is the first (as RFC 5545 has it).
    """
    days, minute = divmod(minute, 24 * 60)
    wall = datetime.combine(day + days * _DAY, time(*divmod(minute, 60)))
    return wall.replace(tzinfo=zone).astimezone(UTC)
