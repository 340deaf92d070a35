"""Checks of names in a plan file: each refers to something, and no name is used twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from incident_cockpit.plan.channel_names import slug
from incident_cockpit.plan.checks.errors import PlanSource, allowed, shown, unknown
from incident_cockpit.plan.declaration import MESSAGE, fields_of
from incident_cockpit.plan.tables import CONDITIONS, REFERENCES, TABLES, WITH_CONDITION, Loc, Row, identity, is_list
from incident_cockpit.plan.templates import MOMENTS, SCRIPT, SCRIPTS

_RESERVED = ("respond-", "escalate-", "role-", "phase-", "rung-")
_AGAIN = "already used (case-insensitive)"


def _duplicate_rows(source: PlanSource) -> Iterator[str]:
    for name, table in TABLES.items():
        seen: set[object] = set()
        for loc, row in source.rows(name) if is_list(name) else ():
            if len(table.identity) == 1:
                yield from _again(source, loc, table.identity[0], row, seen)
                continue
            parts = tuple(tuple(sorted(part)) if isinstance(part, tuple) else part for part in identity(name, row))
            if name == "escalation":
                # Levels are the same if the words made of their contacts are.
                parts = parts[0], slug(str(parts[1]))
            if parts in seen:
                yield f"{name}.{source.number(name, int(loc[1]))}: {table.twice}"
            seen.add(parts)


def _duplicate_values(source: PlanSource) -> Iterator[str]:
    """Yield values of a `unique` key that come twice, in a list or among the rows of a table."""
    for name, table in TABLES.items():
        for field in fields_of(table.row).values():
            if not field.key.unique:
                continue
            seen: set[object] = set()
            for loc, row in source.rows(name):
                if field.key.kind.many:
                    yield from _repeated_items(source, (*loc, field.toml), row.get(field.toml))
                else:
                    yield from _again(source, loc, field.toml, row, seen)


def _repeated_items(source: PlanSource, loc: Loc, items: object) -> Iterator[str]:
    seen: set[str] = set()
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if not isinstance(item, str):
            continue
        if item.casefold() in seen:
            yield f"{source.path(*loc, index)} = {shown(item)}: {_AGAIN}"
        seen.add(item.casefold())


def _again(source: PlanSource, loc: Loc, key: str, row: Row, seen: set[object]) -> Iterator[str]:
    name = row.get(key)
    if not isinstance(name, str):
        return
    if name.casefold() in seen:
        # By its number: the name is that of another row.
        yield f"{loc[0]}.{source.number(str(loc[0]), int(loc[1]))}.{key} = {shown(name)}: {_AGAIN}"
    seen.add(name.casefold())


def _deadline_ids(source: PlanSource) -> Iterator[str]:
    """Check that each deadline has an ID of its own, whichever table it comes from."""
    notices = set(source.names("notices"))
    for table in ("notices", "deadlines"):
        for loc, row in source.rows(table):
            name = row.get("id")
            where = f"{source.path(*loc, 'id')} = {shown(name)}"
            if table == "deadlines" and isinstance(name, str) and name in notices:
                yield f"{where}: already the ID of a notification"
            if isinstance(name, str) and name.startswith(_RESERVED):
                yield f"{where}: must not start with {', '.join(_RESERVED)} (reserved)"


def _legal_marks(source: PlanSource) -> Iterator[str]:
    """Check that no mark on a closing criterion completes a legal duty, which it would by having the same word."""
    legal = set()
    for _, row in (*source.rows("notices"), *source.rows("deadlines")):
        if row.get("types") or row.get("from") == "aware":
            condition, _, mark = str(row.get("met_by", "")).partition(" ")
            legal.add(mark if condition == "done" else str(row.get("id")))
    for loc, row in source.rows("closing"):
        name, met_by = row.get("id"), row.get("met_by")
        if isinstance(name, str) and isinstance(met_by, str) and not met_by.startswith("done ") and name in legal:
            yield f"{source.path(*loc, 'id')} = {shown(name)}: already the word that completes a legal duty"


def _references(source: PlanSource) -> Iterator[str]:
    for reference in REFERENCES:
        known, noun = source.names(reference.to), TABLES[reference.to].noun
        for loc, row in source.rows(reference.table):
            value, place = row.get(reference.key), (*loc, reference.key)
            if isinstance(value, Mapping):
                for name in value:
                    if name not in known:
                        yield f"{source.path(*place, name)}: no such {noun}{allowed(name, known)}"
            else:
                for name in value if isinstance(value, list) else [value]:
                    yield from unknown(source.path(*place), name, noun, known)


def _conditions(source: PlanSource) -> Iterator[str]:
    for table in WITH_CONDITION:
        for loc, row in source.rows(table):
            met_by = row.get("met_by")
            if isinstance(met_by, str) and met_by.strip():
                errors = _condition_errors(source, met_by)
                yield from (f"{source.path(*loc, 'met_by')} = {shown(met_by)}: {error}" for error in errors)


def _condition_errors(source: PlanSource, met_by: str) -> Iterator[str]:
    condition, _, name = met_by.partition(" ")
    if met_by == "impact" or (condition == "done" and name and name == name.strip() and " " not in name):
        return
    if condition == "done":
        yield "'done' needs one word after it, such as 'done tell-cto'"
        return
    options = CONDITIONS.get(condition)
    if options is None:
        yield f"no such condition{allowed(condition, [*CONDITIONS, 'impact', 'done'])}"
        return
    known: Iterable[str] = source.names(options) if isinstance(options, str) else options
    if name not in known:
        noun = TABLES[options].noun if isinstance(options, str) else f"{condition} condition"
        yield f"no such {noun}{allowed(name, known)}"


def _messages(source: PlanSource) -> Iterator[str]:
    for loc, row in source.rows("messages"):
        name = row.get("id")
        if isinstance(name, str) and name.startswith(SCRIPT):
            yield from unknown(source.path(*loc, "id"), name, "script", list(SCRIPTS))
    # A script is read aloud to those present: it notifies no one who is absent.
    known = [*MOMENTS, *(name for name in source.names("messages") if not name.startswith(SCRIPT))]
    for table_name, table in TABLES.items():
        for field in fields_of(table.row).values():
            if field.key.kind is MESSAGE:
                for loc, row in source.rows(table_name):
                    yield from unknown(source.path(*loc, field.toml), row.get(field.toml), "message", known)


CHECKS = (_duplicate_rows, _duplicate_values, _deadline_ids, _legal_marks, _references, _conditions, _messages)
