"""A plan that extends another: the tables of both laid over each other, before anything of them is checked."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from msgspec import Struct

from incident_cockpit.plan.references import IDENTITY, MET_BY, POINTERS, WITH_MET_BY, identity, name_of, names

Raw = Mapping[str, Any]

# Their order means something, so a plan that has its own has them whole.
_REPLACED = ("severities", "phases")
# Never taken over: a plan would pass for the one that it extends.
_ITS_OWN = ("id", "name")


class Extended(Struct, frozen=True):
    """The tables of a plan and of the one it extends; `wrong` says what of its wishes cannot be met.

    `numbers` says how rows without a name are counted in the file that each comes from.
    """

    raw: dict[str, Any]
    numbers: dict[tuple[str, int], str]
    wrong: tuple[str, ...]


def extended(parent: Raw, child: Raw) -> Extended:
    """Return a plan's tables laid over those of the plan it extends.

    Keys of the plan win; tables are laid over each other key by key, rows of a list by what tells them apart. What the
    parent says of severities, phases or other rows that are gone goes with them.
    """
    base: dict[str, Any] = {key: value for key, value in parent.items() if key not in ("extends", "drop", *_ITS_OWN)}
    wrong: list[str] = []
    drop = child.get("drop")
    for number, word in enumerate(drop if isinstance(drop, list) else (), start=1):
        if isinstance(word, str) and not _drop(base, word):
            wrong.append(f"drop.{number} = {word[:60]!r}: {child['extends']} has none such{_nearest(parent, word)}")
    gone = {table: set(names(parent, table)) - _kept(base, child, table) for table in IDENTITY}
    base = _without(base, gone)
    raw, numbers = _laid_over(base, child)
    return Extended(raw, numbers, tuple(wrong))


def _rows(raw: Raw, table: str) -> list[Any] | None:
    rows = raw.get(table)
    return rows if isinstance(rows, list) else None


def _drop(base: dict[str, Any], word: str) -> bool:
    """Take "TABLE", "TABLE.ROW" or "TABLE.KEY" away; return whether there was anything to take."""
    table, _, what = word.partition(".")
    held = base.get(table)
    if not what:
        return base.pop(table, None) is not None
    if isinstance(held, dict):
        base[table] = {key: value for key, value in held.items() if key != what}
    elif isinstance(held, list) and table in IDENTITY:
        base[table] = [row for row in held if what not in _called(table, row)]
    else:
        return False
    return len(base[table]) < len(held)


def _called(table: str, row: Raw) -> tuple[str, str]:
    """Return by which words a row can be dropped: its name, and all that tells it apart."""
    parts = [",".join(part) if isinstance(part, tuple) else str(part) for part in identity(table, row) if part]
    return parts[0], ".".join(parts)


def _nearest(parent: Raw, word: str) -> str:
    rows = [f"{table}.{name}" for table in IDENTITY for name in names(parent, table)]
    keys = [f"{table}.{key}" for table, held in parent.items() if isinstance(held, Mapping) for key in held]
    near = get_close_matches(word[:100], [*parent, *rows, *keys], 1)
    return f", did you mean {near[0]!r}?" if near else '; write it as "roles.scribe", or "watch" for all of it'


def _kept(base: Raw, child: Raw, table: str) -> set[str]:
    own = names(child, table)
    return set(own if table in _REPLACED and _rows(child, table) is not None else [*names(base, table), *own])


def _without(base: Raw, gone: Mapping[str, set[str]]) -> dict[str, Any]:
    """Return the parent's tables without what they say of rows that are gone."""
    left = dict(base)
    for table in IDENTITY:
        if (rows := _rows(base, table)) is not None:
            left[table] = [kept for row in rows if (kept := _row_without(table, row, gone)) is not None]
    for pointer in POINTERS:
        held = left.get(pointer.table)
        if isinstance(held, dict) and isinstance(names_ := held.get(pointer.key), list):
            left[pointer.table] = {**held, pointer.key: [name for name in names_ if name not in gone[pointer.to]]}
    return _checked_where(left, gone["severities"])


def _checked_where(left: dict[str, Any], lost: set[str]) -> dict[str, Any]:
    """Leave the severities that are gone out of where progress is checked; neither key stays without the other."""
    levels = left.get("progress_check_at")
    if not isinstance(levels, list) or not levels:
        return left
    stays = [name for name in levels if name not in lost]
    if stays and "progress_check" in left:
        return {**left, "progress_check_at": stays}
    return {key: value for key, value in left.items() if key not in ("progress_check", "progress_check_at")}


# What is there without the severities it had a clock for, and which keys were that clock.
_STAYS = {"roles": ("required_within",), "phases": ("within", "within_at")}


def _row_without(table: str, row: dict[str, Any], gone: Mapping[str, set[str]]) -> dict[str, Any] | None:
    """Return a row that names nothing that is gone, or None where nothing else was meant by it."""
    left = dict(row)
    for pointer in POINTERS:
        if pointer.table != table or pointer.key not in row:
            continue
        lost, value = gone[pointer.to], row[pointer.key]
        if isinstance(value, dict):
            left[pointer.key] = {name: said for name, said in value.items() if name not in lost}
        elif isinstance(value, list):
            left[pointer.key] = [name for name in value if name not in lost]
            if value and not left[pointer.key]:
                # An empty list means everywhere, which was never meant.
                if table not in _STAYS:
                    return None
                for clock in _STAYS[table]:
                    left.pop(clock, None)
        elif value in lost:
            return None
    if table in WITH_MET_BY and _waits_for(row, gone):
        return None
    if left.get("message") in gone["messages"]:
        del left["message"]
    return left


def _waits_for(row: Raw, gone: Mapping[str, set[str]]) -> bool:
    sort, _, what = str(row.get("met_by", "")).partition(" ")
    table = MET_BY.get(sort)
    return isinstance(table, str) and what in gone[table]


def _laid_over(base: Raw, child: Raw) -> tuple[dict[str, Any], dict[tuple[str, int], str]]:
    raw, numbers = dict(base), {}
    for key, value in child.items():
        below = base.get(key)
        if isinstance(value, dict) and isinstance(below, dict):
            raw[key] = {**below, **value}
        elif key in IDENTITY and key not in _REPLACED and isinstance(value, list) and isinstance(below, list):
            raw[key], counted = _joined(key, below, value, str(child["extends"]))
            numbers.update({(key, index): number for index, number in enumerate(counted)})
        else:
            raw[key] = value
    return raw, numbers


def _joined(table: str, below: list[Any], own: list[Any], name: str) -> tuple[list[Any], list[str]]:
    """Return the rows of both and how each is counted; a row that comes twice in one file stays twice, to be found."""
    places = {identity(table, row): place for place, row in enumerate(below)}
    rows, counted = list(below), [f"({number} of {name})" for number in range(1, len(below) + 1)]
    for number, row in enumerate(own, start=1):
        known = isinstance(row, dict) and name_of(table, row) is not None
        place = places.pop(identity(table, row), None) if known else None
        if place is None:
            rows.append(row)
            counted.append(str(number))
        else:
            rows[place] = {**rows[place], **row}
            counted[place] = str(number)
    return rows, counted
