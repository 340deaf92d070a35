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

    A line has name, severity, phase, run time, commander, what is late, and title.
    """
    groups = grouped(rows)
    lines = columns([_row(overview, now) for _, members in groups for overview in members])
    for group, members in groups:
        yield group.value
        for overview in members:
            yield f"  {next(lines)}"
            if remark := _remark(overview, now):
                yield f"    {clean_line(remark)}"


def _row(overview: Overview, now: datetime) -> tuple[str, ...]:
    row = overview.listed
    late = lateness(overview.late(now), now)
    return (
        row.name,
        row.severity or "-",
        row.standing or "-",
        run_time(row.opened, row.ended, now),
        row.commander or "-",
        late or "-",
        row.title,
    )


def _remark(overview: Overview, now: datetime) -> str:
    """Return the remark below the line of an incident: of a resolved one what is due next."""
    if overview.unreadable:
        return f"cannot be read: {overview.unreadable}"
    due = overview.next_due(now) if overview.group is Group.RESOLVED else None
    if due is not None:
        return f"next {countdown(due.at, now)}: {due.text}"
    return owed(overview, now) or open_repair(overview)


def whole(record: Record, now: datetime) -> Iterator[str]:
    """Yield everything that is known of the incident but its timeline; times are in UTC."""
    from incident_cockpit.documents.situation import INCIDENT

    yield from as_text(INCIDENT.private(record, now, UTC), UNBROKEN)


def duties_owed(incident: Incident, now: datetime) -> list[tuple[str, str, str, str]]:
    """Return the legal duties that outlive the incident, as rows like those of the follow-ups."""
    duties = () if incident.live else legal_duties_owed(incident)
    return [
        ("owed", duty.deadline.text, duty.deadline.who, f"legal duty; due {stamp(duty.at)}, {countdown(duty.at, now)}")
        for duty in duties
    ]


def follow_ups(incident: Incident) -> list[tuple[str, str, str, str]]:
    """Return the follow-ups as rows: open or done, text, owner and details."""
    return [
        ("done" if each.done else "open", each.text, each.owner, details(each)) for each in incident.followups.values()
    ]
