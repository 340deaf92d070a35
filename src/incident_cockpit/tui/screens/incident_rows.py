"""Rows of the list of incidents, in its three groups."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from rich.cells import cell_len

from incident_cockpit.journal.read import Listed
from incident_cockpit.service.overview import Group, Overview, grouped, lateness, open_repair, owed
from incident_cockpit.times.format import ago, countdown, elapsed
from incident_cockpit.tui.widgets.list_view import Cell, ListRow

# How bad a severity's id is; 1 is the worst.
Rank = Callable[[str], int]

_MILD = 4
_NUMBER = re.compile(r"\d+")
_COMMANDER, _PHASE, _AGE = 14, 15, 9


def rows_of(shown: Sequence[Overview], now: datetime, rank: Rank) -> list[ListRow]:
    """Return the rows of these incidents, as of now."""
    badge = max(cell_len(one.listed.severity or "?") for one in shown) + 2
    rows = [_titles(badge)]
    for place, (group, members) in enumerate(grouped(shown)):
        rows += [*([ListRow(None)] if place else []), ListRow(None, (Cell(group.value, "heading"),))]
        for one in members:
            rows += [_row(one.listed, now, rank, badge), *_below(one, now, badge)]
    return rows


def rank_by_number(severity: str) -> int:
    """Return the number in a severity's id, the worst where there is none: SEV2 is 2, and P0 the worst."""
    found = _NUMBER.search(severity)
    return int(found.group()) if found else 1


def _titles(badge: int) -> ListRow:
    left = (Cell("", "faint", badge + 2), Cell("id", "faint", 9), Cell("title", "faint"))
    right = (Cell("commander", "faint", _COMMANDER), Cell("phase", "faint", _PHASE), Cell("age", "faint", _AGE))
    return ListRow(None, left, right)


def in_triage(one: Listed) -> bool:
    """Return whether it is a report that nobody has decided on."""
    return one.live and one.triage is not None


def _phase_style(one: Listed) -> str:
    if in_triage(one):
        return "warn"
    return "accent" if one.live else "muted"


def _row(one: Listed, now: datetime, rank: Rank, badge: int) -> ListRow:
    severity = f" {one.severity or '?'} "
    style = f"sev{min(_MILD, max(1, rank(one.severity)))}" if one.severity and one.live else "muted"
    blank = Cell(" " * (badge - cell_len(severity) + 2))
    age = elapsed(one.opened, now) if one.live else ago(one.ended or one.updated, now)
    return ListRow(
        one.id,
        (Cell(severity, style), blank, Cell(one.name, "muted", 9), Cell(one.title, "" if one.live else "muted")),
        (*_where_it_stands(one), Cell(age, "muted", _AGE)),
    )


def _where_it_stands(one: Listed) -> tuple[Cell, ...]:
    """Return who is in command and the phase."""
    nobody = not (one.commander or not one.live or in_triage(one))
    return (
        Cell(_commander(one), "warn" if nobody else "muted", _COMMANDER),
        Cell(one.standing, _phase_style(one), _PHASE),
    )


def _below(one: Overview, now: datetime, badge: int) -> list[ListRow]:
    """Return what stands below an incident: what is late, what a resolved one has next, what a closed one owes."""
    cells = []
    if one.unreadable:
        cells.append(Cell(f"cannot be read: {one.unreadable}", "late"))
    elif late := owed(one, now) or lateness(one.late(now), now):
        cells.append(Cell(late, "late"))
    elif open_still := open_repair(one):
        cells.append(Cell(open_still, "muted"))
    due = one.next_due(now) if one.group is Group.RESOLVED else None
    if due is not None:
        cells.append(Cell(f"{'  ' if cells else ''}next {countdown(due.at, now)}: {due.text}", "muted"))
    return [ListRow(None, (Cell("", "", badge + 2), *cells))] if cells else []


def _commander(one: Listed) -> str:
    """Return who is in command; of a report nobody is, and that lacks nothing."""
    return one.commander or ("" if one.phase is None else "nobody")
