"""Rows of the incident list, in its three groups."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.cells import cell_len

from incident_cockpit.journal.read import Listed
from incident_cockpit.service.overview import Group, Overview, grouped, lateness, open_repair, owed
from incident_cockpit.times.format import ago, countdown, elapsed
from incident_cockpit.tui.widgets.list_view import Cell, ListRow

# All lower severities share a colour.
_LOWEST_RANK = 4
_ID_WIDTH, _COMMANDER_WIDTH, _PHASE_WIDTH, _AGE_WIDTH = 9, 14, 15, 9


def incident_rows(shown: Sequence[Overview], now: datetime) -> list[ListRow]:
    """Return the rows of these incidents by group, under a row of column titles."""
    badge = max(cell_len(overview.listed.severity or "?") for overview in shown) + 2
    left = (Cell("", "faint", badge + 2), Cell("id", "faint", _ID_WIDTH), Cell("title", "faint"))
    right = (
        Cell("commander", "faint", _COMMANDER_WIDTH),
        Cell("phase", "faint", _PHASE_WIDTH),
        Cell("age", "faint", _AGE_WIDTH),
    )
    rows = [ListRow(None, left, right)]
    for number, (group, members) in enumerate(grouped(shown)):
        rows += [*([ListRow(None)] if number else []), ListRow(None, (Cell(group.value, "heading"),))]
        for overview in members:
            rows += [_incident_row(overview, now, badge), *_rows_below(overview, now, badge)]
    return rows


def in_triage(listed: Listed) -> bool:
    """Return whether it is a report that is still in triage."""
    return listed.live and listed.triage is not None


def _incident_row(overview: Overview, now: datetime, badge: int) -> ListRow:
    listed = overview.listed
    severity = f" {listed.severity or '?'} "
    style = f"sev{min(_LOWEST_RANK, overview.rank)}" if listed.severity and listed.live else "muted"
    padding = Cell(" " * (badge - cell_len(severity) + 2))
    age = elapsed(listed.opened, now) if listed.live else ago(listed.ended or listed.updated, now)
    # A report has no commander yet; an open incident without one needs one.
    commander = listed.commander or ("" if listed.phase is None else "unassigned")
    missing = listed.live and not listed.commander and not in_triage(listed)
    phase = "warn" if in_triage(listed) else "accent" if listed.live else "muted"
    return ListRow(
        listed.id,
        (
            Cell(severity, style),
            padding,
            Cell(listed.name, "muted", _ID_WIDTH),
            Cell(listed.title, "" if listed.live else "muted"),
        ),
        (
            Cell(commander, "warn" if missing else "muted", _COMMANDER_WIDTH),
            Cell(listed.standing, phase, _PHASE_WIDTH),
            Cell(age, "muted", _AGE_WIDTH),
        ),
    )


def _rows_below(overview: Overview, now: datetime, badge: int) -> list[ListRow]:
    """Return the line below an incident: what is late, what is next when resolved, what is left when closed."""
    cells = []
    if overview.unreadable:
        cells.append(Cell(f"cannot be read: {overview.unreadable}", "late"))
    elif late := owed(overview, now) or lateness(overview.late(now), now):
        cells.append(Cell(late, "late"))
    elif follow_ups := open_repair(overview):
        cells.append(Cell(follow_ups, "muted"))
    due = overview.next_due(now) if overview.group is Group.RESOLVED else None
    if due is not None:
        cells.append(Cell(f"{'  ' if cells else ''}next {countdown(due.at, now)}: {due.text}", "muted"))
    return [ListRow(None, (Cell("", "", badge + 2), *cells))] if cells else []
