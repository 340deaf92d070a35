"""Checks of values that have the right type but cannot be used: times, addresses, templates, hidden characters."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import date
from urllib.parse import urlsplit

from incident_cockpit.plan.channel_names import VARIABLES, unfilled
from incident_cockpit.plan.checks.errors import PlanSource, allowed, shown
from incident_cockpit.plan.declaration import ValueKind, fields_of
from incident_cockpit.plan.tables import TABLES, Loc, Row
from incident_cockpit.plan.templates import template_errors
from incident_cockpit.text.suggest import did_you_mean
from incident_cockpit.times.business_calendar import Hours
from incident_cockpit.times.spans import clock_minutes, parse_span, parse_wait, parse_within

# Control characters and the marks that turn the direction of text: a terminal would obey them. Lines and tabs may stay.
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_DAY, _YEAR = 86_400, 366 * 86_400
_MOST_BUSINESS_HOURS = 1_000
_WITHIN = (
    'must be a time such as "30m", "immediately", "2 business hours", "next business day" or "2 business days", '
    'or two of them with "or" between'
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_EMAIL = re.compile(r"[^\s@<>\"',;:()\[\]\\]{1,64}@[^\s@<>\"',;:()\[\]\\]{1,190}")
_CHANNEL_CHARACTERS = re.compile(r"[a-z0-9_-]*")


def _hidden_characters(source: PlanSource) -> Iterator[str]:
    pending: deque[tuple[Loc, object]] = deque([((), source.raw)])
    while pending:
        loc, value = pending.popleft()
        if isinstance(value, str) and _OBEYED.search(value):
            yield f"{source.path(*loc)} = {shown(value)}: contains a control character"
        elif isinstance(value, Mapping):
            pending.extend(((*loc, str(key)), inner) for key, inner in value.items())
        elif isinstance(value, list):
            pending.extend(((*loc, index), inner) for index, inner in enumerate(value))


def _by_kind(source: PlanSource) -> Iterator[str]:
    """Check every value by the kind of its key."""
    for name, table in TABLES.items():
        for loc, row in source.rows(name):
            for key, field in fields_of(table.row).items():
                for inner, text in _texts(row.get(key)):
                    where = source.path(*loc, key, *inner)
                    for error in _errors(field.key.kind, text, row):
                        yield f"{where}{error}" if error.startswith(":") else f"{where} = {shown(text)}: {error}"


def _texts(value: object) -> Iterator[tuple[Loc, str]]:
    """Yield the texts of a value with their places in it; empty ones are reported by the check of types."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if isinstance(value, str) and value.strip():
        yield (), value
    for place, inner in items or ():
        if isinstance(inner, str) and inner.strip():
            yield (place,), inner


def _errors(kind: ValueKind, text: str, row: Row) -> Iterator[str]:
    """Yield why a text cannot be used; one that begins with a colon has no need to quote the text."""
    match kind.name:
        case "template":
            yield from (f": {error}" for error in template_errors(text))
        case "channel name":
            yield from _channel_errors(text)
        case "zone":
            yield from _zone_errors(text)
        case _:
            if error := _error(kind, text, row):
                yield error


def _error(kind: ValueKind, text: str, row: Row) -> str:
    match kind.name:
        case "period" | "wait" | "days":
            return _period_error(kind, text)
        case "within" | "within or never":
            never = kind.name == "within or never"
            if never and text.strip().casefold() == "never":
                return ""
            error = _within_error(text, row.get("hours") == "business")
            return f'{error}, or "never"' if never and error == _WITHIN else error
        case "time of day" if clock_minutes(text) is None:
            return 'must be a time of day such as "09:00"'
        case "date" if not _is_date(text):
            return 'must be a date such as "2026-12-25"'
        case "url" if not _is_url(text):
            return 'must be an address that starts with "https://" or "http://"'
        case "email" if not _EMAIL.fullmatch(text):
            return 'must be one address such as "ana@example.org"'
    return ""


def _period_error(kind: ValueKind, text: str) -> str:
    seconds = parse_wait(text) if kind.name == "wait" else parse_span(text)
    if seconds is None:
        return 'must be a period such as "30m", "2h" or "1h30m"'
    if not kind.least <= seconds <= kind.most:
        return f"must be {kind.limits}"
    return 'must be whole days, such as "91d"' if kind.name == "days" and seconds % _DAY else ""


def _within_error(text: str, business: bool) -> str:
    within = parse_within(text, business=business)
    if within is None:
        return _WITHIN
    if (within.seconds or 0) > _YEAR or (within.days or 0) > 366:
        return "must be at most 1 year"
    if (within.working or 0) > _MOST_BUSINESS_HOURS * 3_600:
        return f"must be at most {_MOST_BUSINESS_HOURS:,} business hours"
    return ""


def _is_date(text: str) -> bool:
    try:
        return bool(_DATE.fullmatch(text)) and 1971 <= date.fromisoformat(text).year <= 2199
    except ValueError:
        return False


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and text.split() == [text]
    except ValueError:
        return False


def _channel_errors(pattern: str) -> Iterator[str]:
    literal, variables = unfilled(pattern)
    for variable in variables:
        if variable not in VARIABLES:
            yield f"no variable {variable!r}{allowed(variable, VARIABLES)}"
    if not _CHANNEL_CHARACTERS.fullmatch(literal):
        yield "must be lower-case letters, digits, - and _, and variables such as {date}"
    elif len(literal) > 60:
        yield "is too long, a channel's name has at most 80 characters"


def _zone_errors(zone: str) -> Iterator[str]:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = did_you_mean(zone, available_timezones(), 'use one such as "Europe/Paris" or "UTC"')
        yield f"not a time zone, {hint}"


def _hours(source: PlanSource) -> Iterator[str]:
    hours = source.single("hours")
    usual = Hours()
    minutes = [
        default if key not in hours else clock_minutes(text) if isinstance(text := hours[key], str) else None
        for key, default in (("opens", usual.opens), ("closes", usual.closes))
    ]
    opens, closes = minutes
    if opens is not None and closes is not None and closes - opens < 60:
        key = "closes" if "closes" in hours else "opens"
        yield f"hours.{key} = {shown(hours[key])}: must leave at least 1 hour between opens and closes"


def _watch(source: PlanSource) -> Iterator[str]:
    watch = source.single("watch")
    length, every = (parse_span(text) if isinstance(text := watch.get(key), str) else None for key in ("for", "every"))
    if length is not None and every is not None and every > length:
        yield f"watch.every = {shown(watch['every'])}: must not be longer than for = {shown(watch['for'])}"


CHECKS = (_hidden_characters, _by_kind, _hours, _watch)
