"""The loop of an incident as it is shown: asks, causes, deeds with effects, decisions, needs, systems, hand-over."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from incident_cockpit.cli.views.status import summary
from incident_cockpit.incident.facts import security
from incident_cockpit.incident.facts.asks import Ask, AskStatus
from incident_cockpit.incident.facts.attachments import Attachment
from incident_cockpit.incident.facts.classification import held_types, removed_types, type_name
from incident_cockpit.incident.facts.followups import FollowUp
from incident_cockpit.incident.facts.hypotheses import Hypothesis
from incident_cockpit.incident.facts.notes import Note, Rationale
from incident_cockpit.incident.facts.report import Report, reporter_name
from incident_cockpit.incident.facts.roles import assignee_name, without_mention
from incident_cockpit.incident.facts.runbooks import gate_question
from incident_cockpit.incident.facts.security import custodian
from incident_cockpit.incident.facts.severity import Peak, peak_figures
from incident_cockpit.incident.facts.steps import MARKED_IN_FILE, Mark
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.history import impacts
from incident_cockpit.incident.views.legal_duties import legal_duties_owed
from incident_cockpit.runbook.model import Gate
from incident_cockpit.service.overview import Group, Overview, grouped, lateness, owed, repair
from incident_cockpit.text.plurals import counted
from incident_cockpit.text.sanitize import clean_line
from incident_cockpit.times.format import age, clock, countdown, run_time, stamp

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


def parts(record: Record, now: datetime) -> Iterator[tuple[str, Rows]]:
    """Yield it as people read it, each part with its title; empty parts are for the caller to leave out."""
    one = record.incident
    at = one.opened
    yield "Highest impact", [(each.figure.said, f"at {clock(each.since, UTC, at)} UTC") for each in _fallen(record)]
    yield "Systems", [(each.health.value, each.name, each.note) for each in one.systems.values()]
    yield (
        "Asks",
        [_ask_row(each) for each in sorted(one.asks.values(), key=lambda ask: ask.status is not AskStatus.OPEN)],
    )
    yield "Hypotheses", [row for each in one.hypotheses.values() for row in _hypothesis_rows(each)]
    yield "Actions", [_action_row(one, key, each) for key, each in one.notes.actions.items()]
    yield "Decisions", [_decision_row(one, each, one.decisions.get(key)) for key, each in one.notes.decisions.items()]
    yield (
        "Needs",
        [
            (
                f"met by {each.met_by} after {age(each.raised, each.met)}"
                if each.met
                else f"lacking for {age(each.raised, now)}",
                each.text,
            )
            for each in one.needs.values()
        ],
    )
    yield "Hand-over", _handoff_rows(one)
    yield "Pinned", [_pin_row(one, each) for pins in one.attachments.values() for each in pins.values()]
    yield "Commands", [(f"exit {each.code}", each.command, each.file) for each in one.commands.values()]


def _fallen(record: Record) -> list[Peak]:
    return [one for one in peak_figures(impacts(record)) if one.past]


def _ask_row(one: Ask) -> tuple[str, str, str, str]:
    more = [f"→ {one.answer}"] if one.answer else []
    if one.status is AskStatus.OPEN:
        more += ["on it"] if one.acknowledged else []
        more += [f"extended {counted(one.extended, 'time')}"] if one.extended else []
    more += [f"before: {', '.join(one.before)}"] if one.before else []
    return one.status.value, one.who, one.text, "; ".join(more)


def _hypothesis_rows(one: Hypothesis) -> Iterator[tuple[str, str, str]]:
    yield one.belief.value, one.text, one.found or one.tester
    for each in one.evidence:
        yield "", f"  {'for' if each.speaks_for else 'against'}: {each.text}", ""


def _action_row(one: Incident, key: str, note: Note) -> tuple[str, str, str, str]:
    effect = one.effects.get(key)
    when = clock(note.happened, UTC, one.opened)
    return (
        when,
        note.by,
        note.text,
        f"{effect.verdict.value}{f': {effect.found}' if effect.found else ''}" if effect else "",
    )


def _decision_row(one: Incident, note: Note, ground: Rationale | None) -> tuple[str, str, str, str]:
    more: list[str] = []
    if ground is not None:
        more += [f"no longer holds: {ground.reversed}"] if ground.reversed else []
        more += [f"because {ground.why}"] if ground.why else []
        more += [f"risk: {ground.risk}"] if ground.risk else []
        more += [f"objections: {ground.objections}"] if ground.objections else []
        more += [f"look again at {clock(ground.revisit, UTC, one.opened)} UTC"] if ground.revisit else []
    who = ground.who if ground is not None and ground.who else note.by
    return clock(note.happened, UTC, one.opened), who, note.text, "; ".join(more)


def _pin_row(one: Incident, pin: Attachment) -> tuple[str, str, str, str]:
    where = pin.file.where if pin.file else ""
    return clock(pin.when, UTC, one.opened), pin.by, f"{pin.words} → {pin.to}", where


def _handoff_rows(one: Incident) -> Rows:
    held = one.handoff
    if held is None:
        return []
    said = dict(held.read_back)
    giver = held.outgoing or "nobody"
    rows = [("offered", f"{giver} → {held.incoming}, at {clock(held.offered, UTC, one.opened)} UTC")]
    return [*rows, *((point, said.get(point, "not read back yet")) for point in (*said, *held.left))]


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


def particulars_parts(one: Incident) -> Iterator[tuple[str, ParticularsRows]]:
    """Yield it as people read it, each part with its title; empty parts are for the caller to leave out."""
    yield "Report", list(_report_rows(one))
    yield "About", [(name, words) for name, words in _about(one) if words]
    record = (_breach(one) or {}).items()
    yield "Breach record", [(field, words or "not known yet") for field, words in record if words or field != "delay"]
    yield "Evidence", [(key, kept.text, kept.where, custodian(kept)) for key, kept in one.evidence.items()]


def _about(one: Incident) -> Iterator[tuple[str, str]]:
    yield "type", ", ".join(type_name(one, type_id) for type_id in held_types(one))
    for type_id, held in removed_types(one).items():
        yield "type removed", f"{type_name(one, type_id)}, {_when(held.removed)}: {held.reason}"
    yield "found by", _found_by(one)
    yield "channel", f"#{one.meeting.channel}" if one.meeting.channel else ""
    yield "call", one.meeting.call
    yield "codename", one.codename


def _report_rows(one: Incident) -> Iterator[tuple[str, str]]:
    report = one.report
    if report is None:
        return
    sort = next((each.name for each in one.plan.reporters if each.id == report.sort), report.sort)
    via = f" via {report.via}" if report.via else ""
    yield stamp(report.at), f"{reporter_name(report)}{f' ({sort})' if sort else ''}{via}: {report.text}"
    if report.answered is not None:
        yield stamp(report.answered), "answered" + (f": {report.answer}" if report.answer else "")
    same = f" of {report.same_as}" if report.same_as else ""
    why = f": {report.reason}" if report.reason else ""
    yield _when(report.decided), f"{report.outcome.value}{same}{why}"


def _when(at: datetime | None) -> str:
    return stamp(at) if at else ""


def _found_by(one: Incident) -> str:
    found = one.classification.found
    return next((each.name for each in one.plan.detections if each.id == found.value), found.value) if found else ""


# -- looks: How lists and incidents look as plain text: aligned columns, one line a thing.


def columns(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the rows with their columns aligned; the last column is as long as it is."""
    cells = [[clean_line(cell) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
        yield "  ".join(padded).rstrip()


def _width(text: str) -> int:
    """Return how many cells a terminal takes for the text, near enough for a column and without a store."""
    return sum(_cells(char) for char in text)


def _cells(char: str) -> int:
    if unicodedata.combining(char) or char in "\u200c\u200d\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


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
    """Yield everything that is known of the incident but its timeline."""
    incident = record.incident
    yield from summary(record, now)
    yield from _part("Impact", [(incident.impact.value,)] if incident.impact else [("not described",)])
    for title, rows in particulars_parts(incident):
        yield from _part(title, rows)
    yield from _part("Milestones", [(name, stamp(at)) for name, at in incident.milestones.items()])
    yield from _part("People", _people(incident))
    for title, rows in parts(record, now):
        yield from _part(title, rows)
    yield from _part(
        "Updates",
        [
            (f"{one.audience} {one.number}", stamp(one.sent), one.route, one.by)
            for one in incident.updates.sent.values()
        ],
    )
    yield from _part("Follow-ups", follow_ups(incident))
    for key, book in incident.steps.runbooks.items():
        rows = [
            _step(incident, f"{key}.{step.key}", step.key, step.depth, step.text) for step in incident.steps.of(key)
        ]
        yield from _part(f"Runbook {book.title}", rows)
        yield from _part(
            f"Decisions of {book.title}", [_gate(incident, f"{key}.{gate.key}", gate) for gate in book.gates]
        )


def _part(title: str, rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if rows:
        yield ""
        yield title
        yield from (f"  {line}" for line in columns(rows))


def _people(incident: Incident) -> list[tuple[str, str]]:
    if incident.adopted is None:
        return []
    held = {role.name: incident.roles.get(role.id, ()) for role in incident.plan.roles}
    return [(name, ", ".join(each.who for each in holders) or "nobody") for name, holders in held.items()]


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
    return [("done" if one.done else "open", one.text, one.owner, _more(one)) for one in incident.followups.values()]


def _more(one: FollowUp) -> str:
    parts = (
        f"{one.priority} priority" if one.priority else "",
        one.kind,
        f"due {stamp(one.due)}" if one.due else "",
        f"done when: {one.success}" if one.success else "",
    )
    return "; ".join(part for part in parts if part)


_SIGNS = {"open": "[ ]", "in progress": "[>]", "done": "[x]", "skipped": "[-]"}


def _step(incident: Incident, step: str, key: str, depth: int, text: str) -> tuple[str, str, str]:
    mark = incident.steps.marks.get(step)
    added = "+ " if step in incident.steps.added else ""
    text = without_mention(incident.plan, text) if step in incident.steps.assignees else text
    words = f"{_SIGNS[incident.steps.status(step).value]} {'  ' * depth}{added}{text}"
    return (
        key,
        words,
        _marked(incident, mark) if mark and incident.steps.closed(step) else _waiting(incident, step, mark),
    )


def _marked(incident: Incident, mark: Mark) -> str:
    if mark.reason == MARKED_IN_FILE:
        return mark.reason
    said = f"{mark.who} {clock(mark.when, UTC, incident.opened)}"
    return f"{said}: {mark.answer or mark.reason}" if mark.answer or mark.reason else said


def _waiting(incident: Incident, step: str, mark: Mark | None) -> str:
    """Return who began a step that is not closed, who it is with, and by when it should be done."""
    given, until = incident.steps.assignees.get(step), incident.steps.time_limits.get(step)
    parts = [f"{mark.who} {clock(mark.when, UTC, incident.opened)}"] if mark else []
    parts += [f"→ {assignee_name(incident, given)}"] if given else []
    parts += [f"by {clock(until, UTC, incident.opened)} UTC"] if until else []
    return "  ".join(parts)


def _gate(incident: Incident, gate_id: str, gate: Gate) -> tuple[str, str, str]:
    passed = incident.gates.get(gate_id)
    if passed is None:
        return gate.key, "open", gate_question(gate)
    return gate.key, f"{passed.who} {clock(passed.when, UTC, incident.opened)}", passed.told
