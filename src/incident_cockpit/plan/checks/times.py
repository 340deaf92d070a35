"""Whether what a plan says of times can be read, and is neither too short nor too long to mean anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches

from incident_cockpit.plan.checks.errors import Loc, PlanSource, shown
from incident_cockpit.times.spans import clock_minutes, parse_span, parse_wait, parse_within

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_MONTH, _YEAR = 30 * _DAY, 366 * _DAY
_SPAN = 'must be a period such as "30m", "2h" or "1h30m"'
_WITHIN = (
    'must be a time such as "30m", "immediately", "2 business hours", "next business day" or "2 business days", '
    'or two of them with "or" between'
)
_NEVER = ', or "never"'
_MOST_WORKING_HOURS = 1_000

# The shortest and the longest a period may be, in seconds, and how that is said.
_PERIODS: dict[tuple[str, str], tuple[int, int, str]] = {
    ("cadences", "every"): (_MINUTE, _MONTH, "between one minute and 30 days"),
    ("cadences", "first"): (0, _MONTH, "at most 30 days"),
    ("triage", "validate_within"): (_MINUTE, _MONTH, "between one minute and 30 days"),
    ("triage", "answer_within"): (_MINUTE, _MONTH, "between one minute and 30 days"),
    ("triage", "investigate_within"): (_MINUTE, _MONTH, "between one minute and 30 days"),
    ("", "progress_check"): (_MINUTE, _MONTH, "between one minute and 30 days"),
    ("participants", "within"): (0, _MONTH, "at most 30 days"),
    ("watch", "for"): (_MINUTE, _YEAR, "between one minute and a year"),
    ("watch", "every"): (_MINUTE, _YEAR, "between one minute and a year"),
    ("targets", "within"): (1, _YEAR, "more than nothing and at most a year"),
    ("upkeep", "review_every"): (_DAY, 10 * _YEAR, "between one day and ten years"),
    ("upkeep", "drill_every"): (_DAY, 10 * _YEAR, "between one day and ten years"),
}
_WITHINS = (
    ("severities", "respond"),
    ("severities", "escalate"),
    ("roles", "required_within"),
    ("phases", "within"),
    ("escalation", "after"),
    ("notices", "within"),
    ("deadlines", "within"),
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _periods(source: PlanSource) -> Iterator[str]:
    for (table, key), (least, most, limits) in _PERIODS.items():
        for loc, said in _said(source, table, key):
            seconds = parse_span(said) if least else parse_wait(said)
            where = f"{source.path(*loc)} = {shown(said)}"
            if seconds is None:
                yield f"{where}: {_SPAN}"
            elif not least <= seconds <= most:
                yield f"{where}: must be {limits}"
            elif table == "upkeep" and seconds % _DAY:
                yield f'{where}: must be whole days, such as "91d"'
    watch = source.single("watch")
    length, every = (parse_span(one) if isinstance(one := watch.get(key), str) else None for key in ("for", "every"))
    if length is not None and every is not None and every > length:
        yield f"watch.every = {shown(watch['every'])}: must not be longer than for = {shown(watch['for'])}"


def _said(source: PlanSource, table: str, key: str) -> Iterator[tuple[Loc, str]]:
    """Yield the texts under a key, those of a table by severity one by one; others are the shape check's to report."""
    for loc, value in source.values(table, key):
        inner = value.items() if isinstance(value, dict) else [("", value)]
        for name, said in inner:
            if isinstance(said, str) and said.strip():
                yield (*loc, name) if isinstance(value, dict) else loc, said


def _withins(source: PlanSource) -> Iterator[str]:
    for table, key in _WITHINS:
        for index, row in source.rows(table):
            said = row.get(key)
            if isinstance(said, str) and said.strip():
                never = key == "escalate"
                wrong = "" if never and said.strip().casefold() == "never" else _within(said, row.get("hours"))
                if wrong:
                    where = f"{source.path(table, index, key)} = {shown(said)}"
                    yield f"{where}: {wrong}{_NEVER if never and wrong == _WITHIN else ''}"


def _within(said: str, hours: object) -> str:
    within = parse_within(said, business=hours == "business")
    if within is None:
        return _WITHIN
    if (within.seconds or 0) > _YEAR or (within.days or 0) > 366:
        return "must be at most a year"
    if (within.working or 0) > _MOST_WORKING_HOURS * _HOUR:
        return f"must be at most {_MOST_WORKING_HOURS:,} business hours"
    return ""


def _hours(source: PlanSource) -> Iterator[str]:
    hours = source.single("hours")
    read: dict[str, int | None] = {}
    for key, usual in (("opens", "09:00"), ("closes", "17:00")):
        said = hours.get(key, usual)
        if isinstance(said, str) and said.strip():
            read[key] = clock_minutes(said)
            if read[key] is None:
                yield f'hours.{key} = {shown(said)}: must be a time of the day such as "{usual}"'
    opens, closes = read.get("opens"), read.get("closes")
    if opens is not None and closes is not None and closes - opens < 60:
        which = "closes" if "closes" in hours else "opens"
        yield f"hours.{which} = {shown(hours[which])}: must leave at least an hour between opens and closes"
    holidays = hours.get("holidays")
    for index, day in enumerate(holidays if isinstance(holidays, list) else ()):
        if isinstance(day, str) and day.strip() and not _is_date(day):
            yield f'{source.path("hours", "holidays", index)} = {shown(day)}: must be a date such as "2026-12-25"'


def _reviewed(source: PlanSource) -> Iterator[str]:
    said = source.single("upkeep").get("reviewed")
    if isinstance(said, str) and said.strip() and not _is_date(said):
        yield f'upkeep.reviewed = {shown(said)}: must be a date such as "2026-11-01"'


def _is_date(said: str) -> bool:
    try:
        return bool(_DATE.fullmatch(said)) and 1971 <= date.fromisoformat(said).year <= 2199
    except ValueError:
        return False


def _zone(source: PlanSource) -> Iterator[str]:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

    zone = source.raw.get("zone")
    if not isinstance(zone, str) or not zone.strip():
        return
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = get_close_matches(zone[:100], available_timezones(), 1)
        hint = f", did you mean {near[0]!r}?" if near else ', such as "Europe/Paris" or "UTC"'
        yield f"zone = {shown(zone)}: is not a time zone{hint}"


CHECKS = (_periods, _withins, _hours, _reviewed, _zone)
