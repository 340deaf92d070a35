"""The loop of an incident as it is shown: asks, causes, deeds with effects, decisions, needs, systems, hand-over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from incident_cockpit.cli.views.layout import UNBROKEN, as_text
from incident_cockpit.documents.sections.followups import details
from incident_cockpit.incident.facts import security
from incident_cockpit.incident.facts.asks import Ask
from incident_cockpit.incident.facts.attachments import Attachment
from incident_cockpit.incident.facts.classification import held_types, removed_types
from incident_cockpit.incident.facts.hypotheses import Hypothesis
from incident_cockpit.incident.facts.notes import Note, Rationale
from incident_cockpit.incident.facts.report import Report
from incident_cockpit.incident.facts.severity import Peak, peak_figures
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.history import impacts
from incident_cockpit.incident.views.legal_duties import legal_duties_owed
from incident_cockpit.service.overview import Group, Overview, grouped, lateness, owed, repair
from incident_cockpit.text.sanitize import clean_line
from incident_cockpit.text.width import cells
from incident_cockpit.times.format import countdown, run_time, stamp

Shape = dict[str, Any]
Rows = Sequence[Sequence[str]]


def shape(record: Record) -> Shape:
    """Return it as JSON holds it; times are for the caller to word."""
    one = record.incident
    return {
        "highest_impact": [_peak(each) for each in peak_figures(impacts(record))],
        "systems": [
            {
                "name": each.name,
                "status": each.health.value,
                "since": each.since,
                "by": each.by,
                "note": each.note or None,
            }
            for each in one.systems.values()
        ],
        "asks": [_ask(key, each) for key, each in one.asks.items()],
        "hypotheses": [_hypothesis(key, each) for key, each in one.hypotheses.items()],
        "actions": [_action(one, key, each) for key, each in one.notes.actions.items()],
        "decisions": [_decision(key, each, one.decisions.get(key)) for key, each in one.notes.decisions.items()],
        "needs": [
            {
                "id": key,
                "text": each.text,
                "by": each.by,
                "raised": each.raised,
                "met": each.met,
                "met_by": each.met_by or None,
            }
            for key, each in one.needs.items()
        ],
        "handoff": _handoff(one),
        "commands": [
            {
                "id": key,
                "command": each.command,
                "exit_code": each.code,
                "seconds": round(each.seconds, 3),
                "tail": each.tail,
                "file": each.file,
                "size": each.size,
            }
            for key, each in one.commands.items()
        ],
        "pinned": [{"id": key, **pin(each)} for pins in one.attachments.values() for key, each in pins.items()],
    }


def pin(one: Attachment) -> Shape:
    """Return a link or a file that is pinned to a line; `copy` is its name in the folder of evidence."""
    file = one.file
    return {
        "line": one.line,
        "link": one.link or None,
        "file": {"name": file.name, "size": file.size, "sha256": file.sha256, "copy": file.copy} if file else None,
        "by": one.by,
        "when": one.when,
    }


def _peak(one: Peak) -> Shape:
    figure = one.figure
    return {
        "text": figure.said,
        "amount": figure.amount,
        "percent": figure.share,
        "of": figure.of or None,
        "whole": figure.whole,
        "since": one.since,
        "past": one.past,
    }


def _ask(key: str, one: Ask) -> Shape:
    return {
        "id": key,
        "who": one.who,
        "text": one.text,
        "by": one.by,
        "asked": one.asked,
        "due": one.due,
        "status": one.status.value,
        "answer": one.answer or None,
        "acknowledged": one.acknowledged,
        "extended": one.extended,
        "before": list(one.before),
    }


def _hypothesis(key: str, one: Hypothesis) -> Shape:
    return {
        "id": key,
        "text": one.text,
        "belief": one.belief.value,
        "since": one.since,
        "by": one.by,
        "tester": one.tester or None,
        "found": one.found or None,
        "evidence": [{"speaks_for": each.speaks_for, "text": each.text, "line": each.line} for each in one.evidence],
    }


def _action(one: Incident, key: str, note: Note) -> Shape:
    effect = one.effects.get(key)
    return {
        "id": key,
        "text": note.text,
        "by": note.by,
        "happened": note.happened,
        "effect": effect.verdict.value if effect else None,
        "found": (effect.found or None) if effect else None,
        "seen_by": effect.by if effect else None,
        "seen": effect.when if effect else None,
    }


def _decision(key: str, note: Note, ground: Rationale | None) -> Shape:
    held = ground or Rationale(note.text, who=note.by)
    return {
        "id": key,
        "text": note.text,
        "by": note.by,
        "happened": note.happened,
        "decided_by": held.who or note.by,
        "why": held.why or None,
        "risk": held.risk or None,
        "objections": held.objections or None,
        "revisit": held.revisit,
        "stands": not held.reversed,
        "reversed": held.reversed or None,
    }


def _handoff(one: Incident) -> Shape | None:
    held = one.handoff
    if held is None:
        return None
    return {
        "from": held.outgoing,
        "to": held.incoming,
        "offered": held.offered,
        "read_back": dict(held.read_back),
        "left": list(held.left),
    }


# -- particulars: What is known of an incident besides its course: its report, its sort, where people meet, who may
# know, proof.

ParticularsShape = dict[str, Any]
ParticularsRows = Sequence[Sequence[str]]


def particulars_shape(one: Incident) -> ParticularsShape:
    """Return it as JSON holds it; times are for the caller to word."""
    return {
        "report": _report(one.report) if one.report else None,
        # The latest of them, for readers that know one type.
        "type": next(reversed(held_types(one)), None),
        "types": [{"id": type_id, "since": one.classification.types[type_id].since} for type_id in held_types(one)],
        "types_removed": [
            {"id": type_id, "since": held.since, "removed": held.removed, "reason": held.reason}
            for type_id, held in removed_types(one).items()
        ],
        "found_by": one.classification.found.value if one.classification.found else None,
        "channel": one.meeting.channel or None,
        "call": one.meeting.call or None,
        "codename": one.codename or None,
        "breach": _breach(one),
        "evidence": [
            {
                "id": key,
                "text": kept.text,
                "where": kept.where or None,
                "by": kept.by,
                "when": kept.when,
                "handed": list(kept.handed),
            }
            for key, kept in one.evidence.items()
        ],
    }


def _report(report: Report) -> ParticularsShape:
    return {
        "outcome": report.outcome.value,
        "by": report.who or None,
        "kind": report.sort or None,
        "via": report.via or None,
        "text": report.text,
        "at": report.at,
        "answered": report.answered,
        "answer": report.answer or None,
        "investigator": report.investigator or None,
        "reason": report.reason or None,
        "same_as": report.same_as or None,
        "decided": report.decided,
    }


def _breach(one: Incident) -> Mapping[str, str | None] | None:
    if not security.is_breach(one):
        return None
    return {field: one.breach[field].value if field in one.breach else None for field in security.BREACH_FIELDS}


# -- looks: How lists and incidents look as plain text: aligned columns, one line a thing.


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
    return f"next {countdown(due.at, now)}: {due.text}" if due is not None else owed(one, now) or repair(one)


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
