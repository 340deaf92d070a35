"""What is offered beside a field that takes words: names one behind the other, or the lines of the timeline."""

from __future__ import annotations

from collections.abc import Sequence

from incident_cockpit.actions.options import Option
from incident_cockpit.tui.rows import Cell, Row
from incident_cockpit.tui.screens.pick import RowsFor, suggesting


def several(options: Sequence[Option], *, optional: bool = False) -> RowsFor:
    """Return rows for a field that takes one name, or several with commas between: what is known for the last one."""
    alone = suggesting(options, optional=optional)

    def fitting(typed: str) -> Sequence[Row]:
        before, comma, last = typed.rpartition(",")
        if not comma:
            return alone(typed)
        taken = {name.strip(" @").casefold() for name in before.split(",")}
        left = suggesting([one for one in options if one.id.casefold() not in taken])(last.strip())
        named = before.strip().rstrip(",")
        # Behind a comma nobody else may be meant after all.
        done = [] if last.strip() else [_as_typed(named)]
        return [*done, *(row._replace(key=f"{named}, {row.key}") for row in left)]

    return fitting


def words_or_lines(options: Sequence[Option]) -> RowsFor:
    """Return rows for words, or a line of the timeline: lines that have the words come behind what was typed."""
    found_by = {one.id: f"{one.id} {one.words}".casefold() for one in options}
    rows = {one.id: Row(one.id, (Cell(one.words),), (Cell(one.id, "faint"),)) for one in options}

    def fitting(typed: str) -> Sequence[Row]:
        words = typed.casefold().split()
        fits = [row for key, row in rows.items() if all(word in found_by[key] for word in words)]
        return [_as_typed(typed), *fits] if words and typed not in rows else fits

    return fitting


def _as_typed(words: str) -> Row:
    return Row(words, (Cell(words), Cell("  as typed", "faint")))
