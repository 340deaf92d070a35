"""Inheritance of plans: the tables of a plan merged with those of the plan it extends, before they are checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from incident_cockpit.plan.tables import (
    CONDITIONS,
    REFERENCES,
    TABLES,
    WITH_CONDITION,
    identity,
    is_list,
    name_of,
    names,
)
from incident_cockpit.text.suggest import did_you_mean

Raw = Mapping[str, Any]

_LISTS = tuple(filter(is_list, TABLES))
# Never inherited: a plan would pass for the one that it extends.
_OWN = ("extends", "drop", "id", "name")


class Extended(Struct, frozen=True):
    """The merged tables of a plan and the one it extends; `errors` are those of its `drop`.

    `numbers` says how rows without a name are counted in the file that each comes from.
    """

    raw: dict[str, Any]
    numbers: dict[tuple[str, int], str]
    errors: tuple[str, ...]


def extended(parent: Raw, child: Raw) -> Extended:
    """Return a plan's tables merged with those of the plan it extends.

    Keys of the plan win; tables are merged key by key, rows of a list by what tells them apart. What the parent says of
    severities, phases or other rows that were removed is removed with them.
    """
    base: dict[str, Any] = {key: value for key, value in parent.items() if key not in _OWN}
    errors: list[str] = []
    drop = child.get("drop")
    for number, word in enumerate(drop if isinstance(drop, list) else (), start=1):
        if isinstance(word, str) and not _drop(base, word):
            rows = [f"{table}.{name}" for table in _LISTS for name in names(parent, table)]
            keys = [f"{table}.{key}" for table, value in parent.items() if isinstance(value, Mapping) for key in value]
            remedy = 'use a name such as "roles.scribe", or "watch" for all of it'
            hint = did_you_mean(word, [*parent, *rows, *keys], remedy)
            errors.append(f"drop.{number} = {word[:60]!r}: not in {child['extends']}, {hint}")
    removed = {}
    for table in _LISTS:
        replaces = TABLES[table].ordered and _list(child, table) is not None
        inherited = () if replaces else names(base, table)
        removed[table] = set(names(parent, table)).difference(inherited, names(child, table))
    raw, numbers = _merged(_without(base, removed), child)
    return Extended(raw, numbers, tuple(errors))


def _list(raw: Raw, table: str) -> list[Any] | None:
    rows = raw.get(table)
    return rows if isinstance(rows, list) else None


def _drop(base: dict[str, Any], word: str) -> bool:
    """Remove "TABLE", "TABLE.ROW" or "TABLE.KEY"; return whether there was anything to remove."""
    table, _, name = word.partition(".")
    value = base.get(table)
    if not name:
        return base.pop(table, None) is not None
    if isinstance(value, dict):
        base[table] = {key: inner for key, inner in value.items() if key != name}
    elif isinstance(value, list) and is_list(table):
        remaining = []
        for row in value:
            # A row can be dropped by its name, or by all that tells it apart.
            parts = [",".join(part) if isinstance(part, tuple) else str(part) for part in identity(table, row) if part]
            if name not in (parts[0], ".".join(parts)):
                remaining.append(row)
        base[table] = remaining
    else:
        return False
    return len(base[table]) < len(value)


def _without(base: Raw, removed: Mapping[str, set[str]]) -> dict[str, Any]:
    """Return the parent's tables without what they say of rows that were removed."""
    tables = dict(base)
    for table in _LISTS:
        if (rows := _list(base, table)) is not None:
            remaining = (_row_without(table, row, removed) for row in rows)
            tables[table] = [row for row in remaining if row is not None]
    for reference in REFERENCES:
        value = tables.get(reference.table)
        if isinstance(value, dict) and isinstance(listed := value.get(reference.key), list):
            remaining_names = [name for name in listed if name not in removed[reference.to]]
            tables[reference.table] = {**value, reference.key: remaining_names}
    return _progress_check_without(tables, removed["severities"])


def _progress_check_without(tables: dict[str, Any], removed: set[str]) -> dict[str, Any]:
    """Leave removed severities out of the progress check; neither of its keys stays without the other."""
    severities = tables.get("progress_check_at")
    if not isinstance(severities, list) or not severities:
        return tables
    left = [name for name in severities if name not in removed]
    if left and "progress_check" in tables:
        return {**tables, "progress_check_at": left}
    return {key: value for key, value in tables.items() if key not in ("progress_check", "progress_check_at")}


# Rows that stay without the severities for which they had a deadline, and the keys of that deadline.
_STAYS = {"roles": ("required_within",), "phases": ("within", "within_at")}


def _row_without(table: str, row: dict[str, Any], removed: Mapping[str, set[str]]) -> dict[str, Any] | None:
    """Return a row that names nothing that was removed, or None if it was for that alone."""
    left = dict(row)
    for reference in REFERENCES:
        if reference.table != table or reference.key not in row:
            continue
        gone, value = removed[reference.to], row[reference.key]
        if isinstance(value, dict):
            left[reference.key] = {name: inner for name, inner in value.items() if name not in gone}
        elif isinstance(value, list):
            left[reference.key] = [name for name in value if name not in gone]
            if value and not left[reference.key]:
                # An empty list means everywhere, which was never meant.
                if table not in _STAYS:
                    return None
                for key in _STAYS[table]:
                    left.pop(key, None)
        elif value in gone:
            return None
    if table in WITH_CONDITION and _waits_for(row, removed):
        return None
    if left.get("message") in removed["messages"]:
        del left["message"]
    return left


def _waits_for(row: Raw, removed: Mapping[str, set[str]]) -> bool:
    condition, _, name = str(row.get("met_by", "")).partition(" ")
    table = CONDITIONS.get(condition)
    return isinstance(table, str) and name in removed[table]


def _merged(base: Raw, child: Raw) -> tuple[dict[str, Any], dict[tuple[str, int], str]]:
    raw, numbers = dict(base), {}
    for key, value in child.items():
        inherited = base.get(key)
        merges = is_list(key) and not TABLES[key].ordered
        if isinstance(value, dict) and isinstance(inherited, dict):
            raw[key] = {**inherited, **value}
        elif merges and isinstance(value, list) and isinstance(inherited, list):
            raw[key], counts = _joined(key, inherited, value, str(child["extends"]))
            numbers.update({(key, index): number for index, number in enumerate(counts)})
        else:
            raw[key] = value
    return raw, numbers


def _joined(table: str, inherited: list[Any], own: list[Any], parent: str) -> tuple[list[Any], list[str]]:
    """Return the rows of both and how each is counted; a duplicate in one file stays, so that it is reported."""
    places = {identity(table, row): place for place, row in enumerate(inherited)}
    rows, counts = list(inherited), [f"({number} of {parent})" for number in range(1, len(inherited) + 1)]
    for number, row in enumerate(own, start=1):
        has_name = isinstance(row, dict) and name_of(table, row) is not None
        place = places.pop(identity(table, row), None) if has_name else None
        if place is None:
            rows.append(row)
            counts.append(str(number))
        else:
            rows[place] = {**rows[place], **row}
            counts[place] = str(number)
    return rows, counts
