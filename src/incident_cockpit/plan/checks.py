"""Every error of a plan file at once, one line each: the key, its value, what is allowed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from incident_cockpit.plan.shapes import TABLES, keys_of, shape_errors
from incident_cockpit.plan.spans import parse_span
from incident_cockpit.plan.templates import template_errors

_NAMED_BY = {"cadences": "audience"}
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
# Control characters and the marks that turn the direction of text: a terminal would obey them. Lines and tabs may stay.
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_LONGEST_PERIOD = 30 * 86_400

Raw = Mapping[str, object]


def plan_errors(raw: Raw) -> tuple[str, ...]:
    """Return what is wrong with the file's content, shapes first, then what does not fit together."""
    found = [_shape_line(raw, error) for error in shape_errors(dict(raw))]
    for check in (_hidden_characters, _duplicates, _references, _lifecycle, _periods, _templates, _zone):
        found.extend(check(raw))
    return tuple(dict.fromkeys(found))


def _shape_line(raw: Raw, error: dict[str, Any]) -> str:
    loc, kind = error["loc"], error["type"]
    where = _path(raw, loc)
    if kind == "missing":
        return f"{where}: missing"
    if kind == "extra_forbidden":
        table = loc[0] if len(loc) > 1 else None
        return f"{where}: unknown key{_allowed(str(loc[-1]), keys_of(table))}"
    return f"{where} = {_shown(error['input'])}: {_wanted(kind, error)}"


def _wanted(kind: str, error: dict[str, Any]) -> str:
    said = {
        "string_type": "must be text in quotes",
        "string_too_short": "must not be empty",
        "string_too_long": "is too long, at most 20000 characters",
        "string_pattern_mismatch": "must be one word of letters, digits, - and _, at most 40 of them",
        "bool_type": "must be true or false",
        "list_type": "must be a list",
        "dict_type": "must be a table",
        "too_short": "must hold at least one",
    }
    if kind == "literal_error":
        return f"must be one of {error['ctx']['expected'].replace(' or ', ', ')}"
    return said.get(kind) or str(error["msg"])


def _path(raw: Raw, loc: tuple[str | int, ...]) -> str:
    """Word a place as a person finds it: tables by their id where they have one, otherwise counted from 1."""
    parts: list[str] = []
    for depth, part in enumerate(loc):
        if isinstance(part, str):
            parts.append(part if _WORD.fullmatch(part) else repr(part))
        elif depth == 1 and loc[0] in TABLES:
            parts.append(_named(raw, str(loc[0]), part))
        else:
            parts.append(str(part + 1))
    return ".".join(parts)


def _named(raw: Raw, table: str, index: int) -> str:
    rows = raw.get(table)
    row = rows[index] if isinstance(rows, list) and index < len(rows) else None
    name = row.get(_NAMED_BY.get(table, "id")) if isinstance(row, dict) else None
    return name if isinstance(name, str) and _WORD.fullmatch(name) else str(index + 1)


def _shown(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _allowed(word: str, allowed: Iterable[str]) -> str:
    known = list(allowed)
    near = get_close_matches(word.casefold(), [each.casefold() for each in known], 1, 0.6)
    meant = next((each for each in known if near and each.casefold() == near[0]), None)
    return f", did you mean {meant!r}?" if meant else f"; there are {', '.join(known)}"


def _rows(raw: Raw, table: str) -> Iterator[tuple[int, dict[str, object]]]:
    rows = raw.get(table)
    for index, row in enumerate(rows if isinstance(rows, list) else ()):
        if isinstance(row, dict):
            yield index, row


def _names(raw: Raw, table: str) -> list[str]:
    key = _NAMED_BY.get(table, "id")
    return [name for _, row in _rows(raw, table) if isinstance(name := row.get(key), str)]


def _unknown(where: str, value: object, kind: str, known: list[str]) -> Iterator[str]:
    """Complain of a name that points at nothing; a value of another type is the shape check's to report."""
    if isinstance(value, str) and value not in known:
        yield f"{where} = {_shown(value)}: no such {kind}{_allowed(value, known)}"


def _hidden_characters(raw: Raw) -> Iterator[str]:
    pending: list[tuple[tuple[str | int, ...], object]] = [((), raw)]
    while pending:
        loc, value = pending.pop(0)
        if isinstance(value, str) and _OBEYED.search(value):
            yield f"{_path(raw, loc)} = {_shown(value)}: holds a control character"
        elif isinstance(value, Mapping):
            pending.extend(((*loc, str(key)), inner) for key, inner in value.items())
        elif isinstance(value, list):
            pending.extend(((*loc, index), inner) for index, inner in enumerate(value))


def _duplicates(raw: Raw) -> Iterator[str]:
    for table, keys in {
        "severities": ("id",),
        "roles": ("id", "short"),
        "phases": ("id",),
        "cadences": ("audience",),
    }.items():
        for key in keys:
            seen: set[str] = set()
            for index, row in _rows(raw, table):
                name = row.get(key)
                if not isinstance(name, str):
                    continue
                if name.casefold() in seen:
                    yield f"{table}.{index + 1}.{key} = {_shown(name)}: is there already, capitals do not count"
                seen.add(name.casefold())
    texts: set[tuple[object, object]] = set()
    for index, row in _rows(raw, "templates"):
        meant = (str(row.get("audience")), str(row.get("phase", "")))
        if meant in texts:
            yield f"templates.{index + 1}: there is already a template for this audience and phase"
        texts.add(meant)


def _references(raw: Raw) -> Iterator[str]:
    severities, phases = _names(raw, "severities"), _names(raw, "phases")
    audiences = _names(raw, "cadences")
    yield from _unknown("command_role", raw.get("command_role"), "role", _names(raw, "roles"))
    yield from _unknown("first_phase", raw.get("first_phase"), "phase", phases)
    for index, row in _rows(raw, "roles"):
        required = row.get("required_at")
        for severity in required if isinstance(required, list) else ():
            yield from _unknown(_path(raw, ("roles", index, "required_at")), severity, "severity", severities)
    for index, row in _rows(raw, "cadences"):
        every = row.get("every")
        for severity in every if isinstance(every, dict) else ():
            if severity not in severities:
                where = _path(raw, ("cadences", index, "every", severity))
                yield f"{where}: no such severity{_allowed(severity, severities)}"
    for index, row in _rows(raw, "templates"):
        yield from _unknown(_path(raw, ("templates", index, "audience")), row.get("audience"), "audience", audiences)
        yield from _unknown(_path(raw, ("templates", index, "phase")), row.get("phase"), "phase", phases)


def _lifecycle(raw: Raw) -> Iterator[str]:
    """Hold what every incident needs: somebody in command, a live start, and an end."""
    for index, row in _rows(raw, "roles"):
        if row.get("id") == raw.get("command_role") and row.get("many") is True:
            yield f"{_path(raw, ('roles', index, 'many'))} = true: only one person can be in command"
    rows = [row for _, row in _rows(raw, "phases")]
    for row in rows:
        if row.get("id") == raw.get("first_phase") and row.get("live") is False:
            yield f"first_phase = {_shown(row.get('id'))}: must be a live phase"
    if rows and not any(row.get("milestone") == "resolved" for row in rows):
        yield 'phases: one of them must have milestone = "resolved", or no incident ever ends'
    for index, row in _rows(raw, "phases"):
        if row.get("milestone") in ("resolved", "closed") and row.get("live", True) is True:
            yield f"{_path(raw, ('phases', index, 'live'))}: must be false where the incident is {row['milestone']}"


def _periods(raw: Raw) -> Iterator[str]:
    for index, row in _rows(raw, "cadences"):
        every = row.get("every")
        for severity, period in every.items() if isinstance(every, dict) else ():
            if not isinstance(period, str) or not period:
                continue
            where = f"{_path(raw, ('cadences', index, 'every', severity))} = {_shown(period)}"
            seconds = parse_span(period)
            if seconds is None:
                yield f'{where}: must be a period such as "30m", "2h" or "1h30m"'
            elif not 60 <= seconds <= _LONGEST_PERIOD:
                yield f"{where}: must be between one minute and 30 days"


def _templates(raw: Raw) -> Iterator[str]:
    general = {row.get("audience") for _, row in _rows(raw, "templates") if "phase" not in row}
    for audience in _names(raw, "cadences"):
        if audience not in general:
            yield f"cadences.{audience}: has no template without a phase, so some updates would start empty"
    for index, row in _rows(raw, "templates"):
        text = row.get("text")
        if isinstance(text, str):
            where = _path(raw, ("templates", index, "text"))
            yield from (f"{where}: {error}" for error in template_errors(text))


def _zone(raw: Raw) -> Iterator[str]:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

    zone = raw.get("zone")
    if not isinstance(zone, str) or not zone:
        return
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = get_close_matches(zone, available_timezones(), 1)
        hint = f", did you mean {near[0]!r}?" if near else ', such as "Europe/Paris" or "UTC"'
        yield f"zone = {_shown(zone)}: is not a time zone{hint}"
