"""Parser of times that have passed, durations and zones: "-7m", "14:05", "yesterday 23:50", "1h30m", "Europe/Paris"."""

from __future__ import annotations

import math
import os
import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from incident_cockpit.errors import Refused
from incident_cockpit.text.suggest import nearest
from incident_cockpit.times.format import ago, clock, clock_seconds, duration, in_utc, whole_minutes, zone_label

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

LONGEST = timedelta(days=366)
AHEAD = timedelta(minutes=2)  # watches differ: a bare clock time may lie this far ahead of ours
FLAGS = re.IGNORECASE | re.ASCII
_UNITS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
# Patterns are compiled when they are first needed: most lines that are logged begin with no time at all.
_PART = (
    r"(?P<number>[0-9]{1,8}(?:\.[0-9]{1,3})?)\s{0,2}"
    r"(?P<unit>w(?:ee)?ks?|w|d(?:ays?)?|h(?:(?:ou)?rs?)?|m(?:in(?:ute)?s?)?|s(?:ec(?:ond)?s?)?)(?![a-z])(?:,|\s{1,2}and\b)?\s{0,2}"
)
_GLUED = r"(?<=[a-z])(?=[0-9])"
CLOCK = (
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    r"(?:\s?(?P<half>[ap]m)\b)?(?P<utc>\s?(?:Z|UTC|GMT)\b)?(?P<offset>\s?[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2})?"
)
_MOMENT = r"(?:(?P<day>yesterday|today|[0-9]{4}-[0-9]{2}-[0-9]{2})(?:T|\s{1,2}(?:at\s)?))?" + CLOCK
_LEADING = r"\s*\[?" + _MOMENT + r"\]?[:,]?\s+(?=\S)"
_LEADING_MINUS = r"\s*-(?P<span>[0-9]\S{1,20})\s+(?=\S)"
_LEADING_AGO = r"\s*(?P<span>[0-9][0-9a-z., ]{1,40}?)\s{1,2}ago[:,]?\s+(?=\S)"
_OTHER_ISO = (
    r"[0-9]{4}(?:[0-9]{4}|-?W[0-9]{2}-?[1-7]|-?[0-9]{3})T[0-9]{2}(?::?[0-9]{2}){1,2}(?:[.,][0-9]{1,9})?"
    r"(?P<offset>Z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_BEGIN_A_TIME = "-[0123456789yYtT"
_FORMS = 'write it as -7m, 1h30m ago, 14:05, 14:05Z, yesterday 23:50, "2026-11-20 14:05" or 2026-11-20T14:05:00+01:00'


class ParsedTime(Struct, frozen=True):
    """A parsed instant: `at` in aware UTC, and `words` that show how it was read."""

    at: datetime
    words: str


def parse_duration(text: str) -> timedelta | None:
    """Read "10m", "1h30m", "1.5h" or "2 hours 5 minutes"; None for anything else, for zero and above 366 days."""
    rest, seconds, last = text.strip(), 0.0, math.inf
    if not rest or len(rest) > 64:
        return None
    rest = re.sub(_GLUED, " ", rest, flags=FLAGS)
    while rest:
        part = re.match(_PART, rest, FLAGS)
        size = _UNITS[part["unit"][0].lower()] if part else 0
        # Each unit once and the larger first: "5m 5m" and "5m1h" are slips.
        if part is None or size >= last:
            return None
        seconds += float(part["number"]) * size
        rest, last = rest[part.end() :], size
    read = timedelta(seconds=min(seconds, 1e9))
    return read if timedelta(0) < read <= LONGEST else None


def parse_zone(name: str) -> ZoneInfo:
    """Return the time zone with a name, "local" for the machine's own; raises Refused."""
    if name.strip().lower() == "local":
        return _local_zone()
    zone = _zone(name.strip())
    if zone is None:
        raise Refused(f'Unknown time zone "{name}"', _zone_hint(name.strip()))
    return zone


def parse_time(text: str, now: datetime, zone: tzinfo) -> ParsedTime:
    """Parse a time; a clock time alone is the latest such instant at most two minutes ahead of `now`.

    Raises Refused for an unreadable time, a time that the clocks skipped, and one that they showed twice.
    """
    typed = text.strip()
    span = _span_back(typed)
    if span is not None:
        return parsed_time(now - span, now, zone)
    if whole := re.fullmatch(_MOMENT, typed, FLAGS):
        return _from_moment(whole, typed, now, zone)
    if other := re.fullmatch(_OTHER_ISO, typed, FLAGS):
        return _from_other_iso(other, typed, now, zone)
    raise _unreadable(typed)


def split_time(text: str, now: datetime, zone: tzinfo) -> tuple[ParsedTime | None, str]:
    """Split an entry line's leading time from its text; (None, the unchanged text) without one.

    Raises Refused where `parse_time` does for a time the clocks skipped or showed twice: it must not pass as "now".
    """
    if text.lstrip()[:1] not in _BEGIN_A_TIME:
        return None, text
    for leading, flags in ((_LEADING_MINUS, 0), (_LEADING_AGO, FLAGS)):
        match = re.match(leading, text, flags)
        span = parse_duration(match["span"]) if match else None
        if match and span:
            return parsed_time(now - span, now, zone), text[match.end() :]
    match = re.match(_LEADING, text, FLAGS)
    # "10:00-10:15 packet loss" is a range and "14:05 -1000 rps" a number; neither is an offset.
    if match is None or (
        match["offset"] and not (match["day"] and (match["second"] or not match["offset"][0].isspace()))
    ):
        return None, text
    try:
        clock_fields(match)
    except ValueError:
        return None, text
    return _from_moment(match, match.group().strip(), now, zone), text[match.end() :]


def _span_back(typed: str) -> timedelta | None:
    if typed.lower() == "now":
        return timedelta(0)
    if typed.startswith("-"):
        return parse_duration(typed[1:])
    head, _, tail = typed.rpartition(" ")
    return parse_duration(head) if tail.lower() == "ago" else None


def _unreadable(typed: str) -> Refused:
    shown = typed if len(typed) <= 40 else typed[:39] + "…"
    return Refused(f'"{shown}" is not a time', _FORMS)


def clock_fields(match: re.Match[str]) -> tuple[date | None, time, tzinfo | None]:
    """Return the date and the zone where they were given, and the clock time; ValueError for an impossible one."""
    if match["utc"] and match["offset"]:
        raise ValueError(match["offset"])
    hour = int(match["hour"])
    if match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + (12 if match["half"][0] in "pP" else 0)
    micro = int((match["fraction"] or "0").ljust(6, "0")[:6])
    at = time(hour, int(match["minute"]), int(match["second"] or 0), micro)
    named = match["day"] and match["day"][0].isdigit()
    day = date.fromisoformat(match["day"]) if named else None
    if day and not 1971 <= day.year <= 2199:
        raise ValueError(day.year)
    return day, at, UTC if match["utc"] else _offset(match["offset"])


def _offset(typed: str | None) -> tzinfo | None:
    if not typed:
        return None
    digits = typed.strip()[1:].replace(":", "").ljust(4, "0")
    span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if int(digits[2:]) % 15 or span > timedelta(hours=14):
        raise ValueError(typed)
    return timezone(-span if "-" in typed else span)


def _from_moment(match: re.Match[str], typed: str, now: datetime, shown: tzinfo) -> ParsedTime:
    try:
        day, at, offset = clock_fields(match)
    except ValueError:
        raise _unreadable(typed) from None
    zone = offset or shown
    if day is None and match["day"]:
        day = now.astimezone(zone).date() - timedelta(days=match["day"].lower() == "yesterday")
    instant = _latest(at, zone, now) if day is None else _settle(datetime.combine(day, at), zone, now, dated=True)
    return parsed_time(instant, now, shown, seconds=bool(match["second"]))


def _from_other_iso(match: re.Match[str], typed: str, now: datetime, shown: tzinfo) -> ParsedTime:
    """Read the rarer ISO forms (basic, ordinal, week); pendulum reads them, the clock's folds and gaps stay ours."""
    import pendulum

    try:
        read = pendulum.parse(typed.upper(), tz="UTC", exact=True)
    except (ValueError, OverflowError):
        raise _unreadable(typed) from None
    if not isinstance(read, pendulum.DateTime) or not 1971 <= read.year <= 2199:
        raise _unreadable(typed)
    if match["offset"]:
        return parsed_time(datetime.fromtimestamp(read.timestamp(), UTC), now, shown, seconds=bool(read.second))
    wall = datetime.combine(read.date(), read.time()).replace(tzinfo=None)
    return parsed_time(_settle(wall, shown, now, dated=True), now, shown, seconds=bool(read.second))


def instants_of(wall: datetime, zone: tzinfo) -> list[datetime]:
    """Return the instants at which clocks in the zone show this wall time: none in a gap, two in a fold."""
    instants: list[datetime] = []
    for fold in (0, 1):
        instant = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if instant.astimezone(zone).replace(tzinfo=None, fold=0) == wall and instant not in instants:
            instants.append(instant)
    return instants


def _latest(at: time, zone: tzinfo, now: datetime) -> datetime:
    limit = now + AHEAD
    newest = limit.astimezone(zone).date()
    # The day after is looked at too: some clocks have gone back over midnight.
    for back in range(-1, 4):
        wall = datetime.combine(newest - timedelta(days=back), at)
        readings = instants_of(wall, zone) or [wall.replace(tzinfo=zone).astimezone(UTC)]
        if readings[0] <= limit:
            return _settle(wall, zone, now, dated=False)
    raise _unreadable(at.isoformat())


def _settle(wall: datetime, zone: tzinfo, now: datetime, *, dated: bool) -> datetime:
    """Return the one instant a wall time can mean; a reading well ahead of `now` gives way to one that is not."""
    readings = instants_of(wall, zone)
    possible = [reading for reading in readings if reading <= now + AHEAD] or readings
    if len(possible) == 1:
        return possible[0]
    where = zone_label(zone, now)
    shown, day = wall.strftime("%H:%M"), wall.strftime("%Y-%m-%d")
    if not readings:
        skipped = wall.replace(tzinfo=zone).astimezone(UTC)
        raise Refused(
            f"{shown} did not exist in {where} on {day}: the clocks skipped it",
            f'write it in UTC, such as "{in_utc(skipped, dated)}"',
        )
    first, second = possible
    raise Refused(
        f"{shown} occurred twice in {where} on {day}, at {first:%H:%M} UTC and at {second:%H:%M} UTC",
        f'write "{in_utc(first, dated)}" or "{in_utc(second, dated)}"',
    )


def parsed_time(at: datetime, now: datetime, zone: tzinfo, *, seconds: bool = False) -> ParsedTime:
    """Return the instant with its echo; a date stands in it only where it is not today's."""
    instant = at.astimezone(UTC)
    label = zone_label(zone, instant)
    echo = f"{_echo(instant, now, zone, seconds)} {label}"
    if label != "UTC":
        echo += f" = {_echo(instant, now, UTC, seconds)} UTC"
    ahead = (instant - now).total_seconds()
    away = f"in {duration(timedelta(seconds=whole_minutes(ahead)))}" if ahead >= 10 else ago(instant, now)
    return ParsedTime(instant, f"{echo}, {away}")


def _echo(at: datetime, now: datetime, zone: tzinfo, seconds: bool) -> str:
    local = at.astimezone(zone)
    shown = clock_seconds(at, zone) if seconds else clock(at, zone)
    return shown if local.date() == now.astimezone(zone).date() else f"{local:%Y-%m-%d} {shown}"


def _zone(key: str) -> ZoneInfo | None:
    # Late: a prompt shows no clock times and asks every few seconds.
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(key)
    except (KeyError, ValueError, OSError):
        return None


def _zone_hint(name: str) -> str:
    """Name the zones that are written nearly so; the list is long to read, so only for a name that failed."""
    from zoneinfo import available_timezones

    zones = {zone.lower(): zone for zone in sorted(available_timezones())}
    folded = name.lower().replace(" ", "_")
    near = [zone for low, zone in zones.items() if folded in (low, low.rsplit("/", 1)[-1])]
    near = near or [zones[low] for low in nearest(folded, zones, 3)]
    return f"did you mean {' or '.join(near[:3])}?" if near else 'name it as Europe/Paris, UTC or "local"'


def _local_zone() -> ZoneInfo:
    """Return the machine's zone as TZ, then /etc/localtime, then /etc/timezone name it; UTC where none does."""
    named = [os.environ.get("TZ", "").removeprefix(":"), str(Path("/etc/localtime").resolve())]
    try:
        named.append(Path("/etc/timezone").read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        named.append("")
    for name in named:
        key = name.rsplit("/zoneinfo/", 1)[-1]
        zone = _zone(key) if key and not key.startswith("/") else None
        if zone is not None:
            return zone
    from zoneinfo import ZoneInfo

    return ZoneInfo("UTC")
