"""How a complaint about a plan is worded: where it is, what stands there, what could."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from msgspec import Struct

from incident_cockpit.plan.references import IDENTITY, name_of, names

Loc = tuple[str | int, ...]

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_NAMED_FREELY = ("participants", "contacts", "systems")
_LONGEST_SHOWN = 60
_MOST_LISTED = 40


class PlanSource(Struct, frozen=True):
    """The tables of a plan; `numbers` says how rows without a name of their own are counted, from 1 where it is silent.

    Rows of a plan that extends another are counted in the file they come from.
    """

    raw: Mapping[str, object]
    numbers: Mapping[tuple[str, int], str] = {}

    def rows(self, table: str) -> Iterator[tuple[int, dict[str, object]]]:
        """Yield the rows of a list of tables with their places; what is no table is the shape check's to report."""
        rows = self.raw.get(table)
        for index, row in enumerate(rows if isinstance(rows, list) else ()):
            if isinstance(row, dict):
                yield index, row

    def single(self, table: str) -> dict[str, object]:
        """Return a table that a plan has once, empty where it has none."""
        row = self.raw.get(table)
        return row if isinstance(row, dict) else {}

    def values(self, table: str, key: str) -> Iterator[tuple[Loc, object]]:
        """Yield what stands under a key of a table, with its places; the table "" is the top of the file."""
        if table in IDENTITY:
            yield from (((table, index, key), row.get(key)) for index, row in self.rows(table))
        elif table:
            yield (table, key), self.single(table).get(key)
        else:
            yield (key,), self.raw.get(key)

    def names(self, table: str) -> list[str]:
        """Return what the rows of a table are called."""
        return names(self.raw, table)

    def path(self, *loc: str | int) -> str:
        """Word a place as a person finds it: tables by their name where they have one, otherwise counted from 1."""
        parts: list[str] = []
        for depth, part in enumerate(loc):
            if isinstance(part, str):
                parts.append(part if _WORD.fullmatch(part) else repr(part))
            elif depth == 1 and loc[0] in IDENTITY:
                parts.append(self._named(str(loc[0]), part))
            else:
                parts.append(str(part + 1))
        return ".".join(parts)

    def number(self, table: str, index: int) -> str:
        """Return how a row is counted."""
        return self.numbers.get((table, index), str(index + 1))

    def _named(self, table: str, index: int) -> str:
        if len(IDENTITY[table]) > 1:
            return self.number(table, index)
        rows = self.raw.get(table)
        row = rows[index] if isinstance(rows, list) and index < len(rows) else None
        name = name_of(table, row) if isinstance(row, dict) else None
        if name is not None and table in _NAMED_FREELY and name.strip() and len(name) <= _LONGEST_SHOWN:
            return name if _WORD.fullmatch(name) else repr(name)
        return name if name is not None and _WORD.fullmatch(name) else self.number(table, index)


def shown(value: object) -> str:
    """Return a value as a complaint quotes it, cut where it is long."""
    if isinstance(value, bool):
        return str(value).lower()
    try:
        text = repr(value)
    except ValueError:  # Python refuses to write numbers of thousands of digits
        return "a number beyond all measure"
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."


def allowed(word: str, known: Iterable[str]) -> str:
    """Return what could stand in place of a word: the one that is nearly so, or all there are."""
    there = list(known)
    near = get_close_matches(word.casefold()[:100], [each.casefold() for each in there[:500]], 1, 0.6)
    meant = next((each for each in there if near and each.casefold() == near[0]), None)
    if meant is not None:
        return f", did you mean {meant!r}?"
    more = f" and {len(there) - _MOST_LISTED} more" if len(there) > _MOST_LISTED else ""
    return f"; there are {', '.join(there[:_MOST_LISTED]) or 'none'}{more}"


def unknown(where: str, value: object, kind: str, known: list[str]) -> Iterator[str]:
    """Complain of a name that points at nothing; a value of another type is the shape check's to report."""
    if isinstance(value, str) and value not in known:
        yield f"{where} = {shown(value)}: no such {kind}{allowed(value, known)}"
