"""Parser of future times: "tomorrow 14:00", "mon 10:00", "in 2d"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo

from incident_cockpit.errors import Refused
from incident_cockpit.times.format import in_utc, zone_label
from incident_cockpit.times.parse import (
    CLOCK,
    FLAGS,
    ParsedTime,
    clock_fields,
    instants_of,
    parse_duration,
    parsed_time,
)

_DAY = (
    r"(?P<day>today|tomorrow|[0-9]{4}-[0-9]{2}-[0-9]{2}|mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?"
    r"|thu(?:rs?(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
)
_AHEAD = rf"(?:on\s)?(?:{_DAY}(?:T|\s{{1,2}}(?:at\s)?))?{CLOCK}"
_DAY_ALONE = rf"(?:on\s)?{_DAY}"
_SPAN = r"in\s{1,2}[0-9][0-9.a-z]{0,20}(?:\s(?:weeks?|days?|hours?|minutes?))?"
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FORMS = 'write it as 14:00, tomorrow 14:00, mon 10:00, "2026-11-24 10:00", 14:00Z or in 2d'
_STEP = timedelta(days=1)


def parse_future(
    text: str, now: datetime, zone: tzinfo, whole_day: Callable[[date], datetime] | None = None
) -> ParsedTime:
    """Parse a future time; a clock time or a weekday alone is the next such after `now`.

    `whole_day` returns the instant for a day without a time; without it such a day is refused. Raises Refused for an
    unreadable time, a past one, one that the clocks skip, and one that they show twice.
    """
    typed = text.strip()
    span = parse_duration(typed[2:] if typed[:3].casefold() == "in " else typed)
    if span is not None:
        return parsed_time(now + span, now, zone)
    whole = re.fullmatch(_AHEAD, typed, FLAGS)
    alone = None if whole else re.fullmatch(_DAY_ALONE, typed, FLAGS)
    try:
        if whole:
            return _at_time(whole, typed, now, zone)
        if alone:
            return _on_day(alone, typed, now, zone, whole_day)
    except ValueError:
        # An hour or a date that there is none of.
        pass
    shown = typed if len(typed) <= 40 else typed[:39] + "…"
    raise Refused(f'"{shown}" is not a future time', _FORMS)


def split_future(text: str) -> tuple[str, str]:
    """Split a leading future time from the text after it, by its form; ("", the text) without one."""
    for form in (_SPAN, _AHEAD, _DAY_ALONE):
        match = re.match(rf"(?:{form})(?=\s|$)", text, FLAGS)
        if match:
            return match.group(), text[match.end() :].strip()
    return "", text


def _at_time(match: re.Match[str], typed: str, now: datetime, shown: tzinfo) -> ParsedTime:
    day, at, offset = clock_fields(match)
    zone = offset or shown
    for each in _days(match["day"], day, now.astimezone(zone).date()):
        instant = _next(datetime.combine(each, at), now, zone)
        if instant is not None:
            return parsed_time(instant, now, shown, seconds=bool(match["second"]))
    raise _past(typed)


def _on_day(
    match: re.Match[str], typed: str, now: datetime, zone: tzinfo, whole_day: Callable[[date], datetime] | None
) -> ParsedTime:
    named = date.fromisoformat(match["day"]) if match["day"][0].isdigit() else None
    if named is not None and not 1971 <= named.year <= 2199:
        raise ValueError(named)
    if whole_day is None:
        raise Refused(f'"{typed}" is a day without a time', f'write both: "{typed} 14:00"')
    for each in _days(match["day"], named, now.astimezone(zone).date()):
        instant = whole_day(each)
        if instant > now:
            return parsed_time(instant, now, zone)
    raise _past(typed)


def _days(word: str | None, named: date | None, today: date) -> Iterable[date]:
    """Return the dates that are meant, the first of which has the time ahead of it."""
    if named is not None:
        return (named,)
    if word is None:
        # The day before too: some clocks go back over midnight, so that yesterday comes once more.
        return tuple(today + days * _STEP for days in range(-1, 4))
    match word[:3].casefold():
        case "tod":
            return (today,)
        case "tom":
            return (today + _STEP,)
        case weekday:
            first = today + (_WEEK.index(weekday) - today.weekday()) % 7 * _STEP
            return (first, first + 7 * _STEP)


def _next(wall: datetime, now: datetime, zone: tzinfo) -> datetime | None:
    """Return the one instant after `now` that a wall time can mean, or None where it has passed."""
    readings = instants_of(wall, zone)
    ahead = [reading for reading in readings if reading > now]
    if len(ahead) == 1:
        return ahead[0]
    where, shown, day = zone_label(zone, now), f"{wall:%H:%M}", f"{wall:%Y-%m-%d}"
    if ahead:
        first, second = ahead
        raise Refused(
            f"{shown} occurs twice in {where} on {day}, at {first:%H:%M} UTC and at {second:%H:%M} UTC",
            f'write "{in_utc(first, True)}" or "{in_utc(second, True)}"',
        )
    skipped = wall.replace(tzinfo=zone).astimezone(UTC)
    if readings or skipped <= now:
        return None
    raise Refused(
        f"{shown} does not exist in {where} on {day}: the clocks skip it",
        f'write it in UTC, such as "{in_utc(skipped, True)}"',
    )


def _past(typed: str) -> Refused:
    return Refused(f'"{typed}" is in the past', "enter a future time, such as tomorrow 14:00")
