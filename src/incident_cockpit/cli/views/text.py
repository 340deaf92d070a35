"""Plain text of lists and incidents: aligned columns, one row an item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from incident_cockpit.cli.views.layout import UNBROKEN, as_text
from incident_cockpit.documents.sections.followups import details
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.legal_duties import legal_duties_owed
from incident_cockpit.service.overview import Group, Overview, grouped, lateness, open_repair, owed
from incident_cockpit.text.sanitize import clean_line
from incident_cockpit.text.width import cells
from incident_cockpit.times.format import countdown, run_time, stamp


def columns(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the rows with their columns aligned; the last column is as long as it is."""
    texts = [[clean_line(cell) for cell in row] for row in rows]
    widths = [max(map(cells, column)) for column in zip(*texts, strict=True)]
    for row in texts:
        padded = [cell + " " * (width - cells(cell)) for cell, width in zip(row, widths, strict=True)]
        yield "  ".join(padded).rstrip()


def listing(rows: Iterable[Overview], now: datetime) -> Iterator[str]:
    """Yield the groups: one line an incident, and below it what is next, or what a closed one owes.

    A line has name, severity, where it stands, how long it runs or ran, who commands, what is late, title.
    """
    groups = grouped(rows)
    shown = [one for _, members in groups for one in members]
    lines = columns([_row(one, now) for one in shown])
    for group, members in groups:
        yield group.value
        for one in members:
            yield f"  {next(lines)}"
            if more := _below(one, now):
                yield f"    {clean_line(more)}"


def _row(one: Overview, now: datetime) -> tuple[str, ...]:
    row = one.listed
    late = lateness(one.late(now), now)
    return (
        row.name,
        row.severity or "-",
        row.standing or "-",
        run_time(row.opened, row.ended, now),
        row.commander or "-",
        late or "-",
        row.title,
    )


def _below(one: Overview, now: datetime) -> str:
    """Return what is said of an incident beside its line: of a resolved one what is due next, with its time."""
    if one.unreadable:
        return f"cannot be read: {one.unreadable}"
    due = one.next_due(now) if one.group is Group.RESOLVED else None
    return f"next {countdown(due.at, now)}: {due.text}" if due is not None else owed(one, now) or open_repair(one)


def whole(record: Record, now: datetime) -> Iterator[str]:
    """Yield everything that is known of the incident but its timeline; times are in UTC."""
    from incident_cockpit.documents.situation import INCIDENT

    yield from as_text(INCIDENT.private(record, now, UTC), UNBROKEN)


def duties_owed(incident: Incident, now: datetime) -> list[tuple[str, str, str, str]]:
    """Return the legal duties that outlive the incident, as rows like those of the follow-ups."""
    return [
        (
            "owed",
            one.deadline.text,
            one.deadline.who,
            f"legal duty; due {stamp(one.at)}, {countdown(one.at, now)}",
        )
        for one in (() if incident.live else legal_duties_owed(incident))
    ]


def follow_ups(incident: Incident) -> list[tuple[str, str, str, str]]:
    """Return the follow-ups as rows: open or done, words, owner, and what more is known of each."""
    return [("done" if one.done else "open", one.text, one.owner, details(one)) for one in incident.followups.values()]
