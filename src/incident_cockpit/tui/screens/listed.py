"""How incidents are listed: what is open stands above what has ended."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from rich.cells import cell_len

from incident_cockpit.journal.read import Listed
from incident_cockpit.timewords import ago, elapsed
from incident_cockpit.tui.rows import Cell, Row

# How bad a severity's id is; 1 is the worst.
Rank = Callable[[str], int]

_MILD = 4
_NUMBER = re.compile(r"\d+")
_COMMANDER, _PHASE, _AGE = 14, 15, 9


def rows_of(shown: Sequence[Listed], now: datetime, rank: Rank) -> list[Row]:
    """Return the rows of these incidents, as of now."""
    badge = max(cell_len(one.severity or "?") for one in shown) + 2
    live = [one for one in shown if one.live]
    ended = [one for one in shown if not one.live]
    rows = [_titles(badge)] + [_row(one, now, rank, badge) for one in live]
    if ended:
        rows += [*([Row(None)] if live else []), Row(None, (Cell("Ended", "heading"),))]
        rows += [_row(one, now, rank, badge) for one in ended]
    return rows


def rank_by_number(severity: str) -> int:
    """Return the number in a severity's id, the worst where there is none: SEV2 is 2, and P0 the worst."""
    found = _NUMBER.search(severity)
    return int(found.group()) if found else 1


def _titles(badge: int) -> Row:
    left = (Cell("", "faint", badge + 2), Cell("id", "faint", 9), Cell("title", "faint"))
    right = (Cell("commander", "faint", _COMMANDER), Cell("phase", "faint", _PHASE), Cell("age", "faint", _AGE))
    return Row(None, left, right)


def in_triage(one: Listed) -> bool:
    """Return whether it is a report that nobody has decided on."""
    return one.live and one.triage is not None


def _phase_style(one: Listed) -> str:
    if in_triage(one):
        return "warn"
    return "accent" if one.live else "muted"


def _row(one: Listed, now: datetime, rank: Rank, badge: int) -> Row:
    severity = f" {one.severity or '?'} "
    style = f"sev{min(_MILD, max(1, rank(one.severity)))}" if one.severity and one.live else "muted"
    blank = Cell(" " * (badge - cell_len(severity) + 2))
    age = elapsed(one.opened, now) if one.live else ago(one.ended or one.updated, now)
    return Row(
        one.id,
        (Cell(severity, style), blank, Cell(one.name, "muted", 9), Cell(one.words, "" if one.live else "muted")),
        (
            Cell(_commander(one), "muted" if one.commander or not one.live or in_triage(one) else "warn", _COMMANDER),
            Cell(one.standing, _phase_style(one), _PHASE),
            Cell(age, "muted", _AGE),
        ),
    )


def _commander(one: Listed) -> str:
    """Return who is in command; of a report nobody is, and that lacks nothing."""
    return one.commander or ("" if one.phase is None else "nobody")
