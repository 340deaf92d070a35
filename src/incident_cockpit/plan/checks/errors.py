"""Wording of an error in a plan file: its place, the value and what is allowed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from incident_cockpit.plan import tables
from incident_cockpit.plan.tables import TABLES, Loc, is_list, name_of
from incident_cockpit.text.suggest import did_you_mean

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_NAMED_FREELY = ("participants", "contacts", "systems")
_LONGEST_SHOWN = 60
_MOST_LISTED = 40


class PlanSource(Struct, frozen=True):
    """The tables of a plan file.

    `numbers` says how rows without a name are counted, from 1 if it does not: those of a plan that extends another are
    counted in the file they come from.
    """

    raw: Mapping[str, Any]
    numbers: Mapping[tuple[str, int], str] = {}

    def rows(self, table: str) -> Iterator[tuple[Loc, dict[str, Any]]]:
        """Yield the rows of a table with their places."""
        return tables.rows(self.raw, table)

    def single(self, table: str) -> dict[str, Any]:
        """Return a table that a plan has once, empty if it has none."""
        return next((row for _, row in self.rows(table)), {})

    def names(self, table: str) -> list[str]:
        """Return the names of a table's rows."""
        return tables.names(self.raw, table)

    def path(self, *loc: str | int) -> str:
        """Return a place as a person finds it: tables by their name if they have one, otherwise counted from 1."""
        parts: list[str] = []
        for depth, part in enumerate(loc):
            if isinstance(part, str):
                parts.append(part if _WORD.fullmatch(part) else repr(part))
            elif depth == 1 and is_list(str(loc[0])):
                parts.append(self._name(str(loc[0]), part))
            else:
                parts.append(str(part + 1))
        return ".".join(parts)

    def number(self, table: str, index: int) -> str:
        """Return the number of a row."""
        return self.numbers.get((table, index), str(index + 1))

    def _name(self, table: str, index: int) -> str:
        if len(TABLES[table].identity) > 1:
            return self.number(table, index)
        rows = self.raw.get(table)
        row = rows[index] if isinstance(rows, list) and index < len(rows) else None
        name = name_of(table, row) if isinstance(row, dict) else None
        if name is not None and table in _NAMED_FREELY and name.strip() and len(name) <= _LONGEST_SHOWN:
            return name if _WORD.fullmatch(name) else repr(name)
        return name if name is not None and _WORD.fullmatch(name) else self.number(table, index)


def shown(value: object) -> str:
    """Return a value as an error quotes it, cut if it is long."""
    if isinstance(value, bool):
        return str(value).lower()
    try:
        text = repr(value)
    except ValueError:  # Python refuses to write numbers of thousands of digits
        return "a number of thousands of digits"
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."


def allowed(word: str, known: Iterable[str]) -> str:
    """Return what is allowed in place of a word: the one that is nearly the same, or all."""
    options = list(known)
    if hint := did_you_mean(word, options):
        return f", {hint}"
    more = f" and {len(options) - _MOST_LISTED} more" if len(options) > _MOST_LISTED else ""
    return f"; allowed: {', '.join(options[:_MOST_LISTED]) or 'none'}{more}"


def unknown(where: str, value: object, noun: str, known: list[str]) -> Iterator[str]:
    """Yield the error of a name that refers to nothing; a value of another type is reported by the check of types."""
    if isinstance(value, str) and value not in known:
        yield f"{where} = {shown(value)}: no such {noun}{allowed(value, known)}"
