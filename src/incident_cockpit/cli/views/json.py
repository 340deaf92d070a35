"""The JSON that commands print: values of the model and views as plain objects.

Times are ISO 8601 in UTC with a Z, to the second; durations are seconds; what is not known is null. Names are stable;
new ones may be added.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache
from inspect import get_annotations
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from incident_cockpit.cli.views.json_views import (
    ActionView,
    CommandView,
    DecisionView,
    DueView,
    GateView,
    HandoffView,
    JsonView,
    LineView,
    OverviewView,
    PeakView,
    PinView,
    PlanItemView,
    PromptView,
    ReportView,
    RunbookView,
    StatusView,
    StepView,
    SystemView,
    TimerView,
)
from incident_cockpit.documents.formats.format import Rendered
from incident_cockpit.incident.event import Event
from incident_cockpit.incident.facts import security
from incident_cockpit.incident.facts.attachments import Attachment
from incident_cockpit.incident.facts.classification import held_types, removed_types
from incident_cockpit.incident.facts.notes import Note, Rationale
from incident_cockpit.incident.facts.roles import commander
from incident_cockpit.incident.facts.runbooks import gate_question
from incident_cockpit.incident.facts.severity import peak_figures
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.due import DueItem, due_items, urgency
from incident_cockpit.incident.views.history import impacts
from incident_cockpit.incident.views.legal_duties import legal_duties_owed
from incident_cockpit.incident.views.metrics import metrics
from incident_cockpit.incident.views.next_action import prompts
from incident_cockpit.incident.views.timeline import TimelineEntry, timeline_entry
from incident_cockpit.runbook.model import Gate, Runbook, StepKind, StepMark
from incident_cockpit.service.overview import Overview, owed

if TYPE_CHECKING:
    from incident_cockpit.documents.update import Composed
    from incident_cockpit.incident.views.adherence import Assessment
    from incident_cockpit.incident.views.redline import Redline

Json = dict[str, Any]


def as_json(value: Any) -> Any:
    """Return a value as plain JSON: a struct as an object by field, a mapping of structs as a list with "id".

    An empty text of a struct is null, but for a view's field that says `str`.
    """
    match value:
        case datetime():
            return instant(value)
        case timedelta():
            return int(value.total_seconds())
        case Enum():
            return value.value
        case Struct():
            required = _required_texts(type(value))
            items = ((name, getattr(value, field)) for name, field in _names(type(value)))
            return {name: None if item == "" and name not in required else as_json(item) for name, item in items}
        case Mapping():
            if value and all(isinstance(item, Struct) for item in value.values()):
                return [{"id": key, **as_json(item)} for key, item in value.items()]
            return {str(key): as_json(item) for key, item in value.items()}
        case str() | bytes():
            return value
        case Iterable():
            return [as_json(item) for item in value]
    return value


def _names(kind: type[Struct]) -> Iterable[tuple[str, str]]:
    """Return the name of each field in JSON and in the struct."""
    return zip(kind.__struct_encode_fields__, kind.__struct_fields__, strict=True)


@cache
def _required_texts(kind: type[Struct]) -> frozenset[str]:
    """Return the names of a view's texts that are never null."""
    types = get_annotations(kind) if issubclass(kind, JsonView) else {}
    return frozenset(name for name, field in _names(kind) if types.get(field) == "str")


def instant(at: datetime | None) -> str | None:
    """Return a time in UTC to the second."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else None


# -- Incidents


def overview(row: Overview, now: datetime) -> Json:
    """Return a row of the list."""
    late, upcoming = row.late(now), row.next_due(now)
    view = OverviewView.from_model(
        row.listed,
        legal_duties_owed=row.listed.legal_duties,
        group=row.group.name.lower(),
        closed=row.closed,
        late=len(late),
        worst_late_seconds=now - late[0] if late else None,
        next=_due(upcoming, now) if upcoming is not None else None,
        owed=owed(row, now),
        unreadable=row.unreadable,
    )
    return _object(view)


def status(record: Record, now: datetime) -> Json:
    """Return the status of an incident."""
    incident = record.incident
    waiting = prompts(incident, now)
    done, total = incident.steps.progress()
    view = StatusView.from_model(
        incident,
        number=incident.opening.number,
        severity=incident.severity.value if incident.severity else None,
        phase=incident.phase.value if incident.phase else None,
        commander=commander(incident) if incident.adopted else None,
        elapsed_seconds=max((incident.ended or now) - incident.started, timedelta(0)),
        steps_done=done,
        steps=total,
        next=PromptView.from_model(waiting[0]) if waiting else None,
        more=max(0, len(waiting) - 1),
        due=[_due(item, now) for item in due_items(incident)],
    )
    return _object(view)


def incident(record: Record, now: datetime) -> Json:
    """Return everything that is known of an incident but its timeline."""
    incident, report = record.incident, record.incident.report
    return {
        **status(record, now),
        "id": record.id,
        "plan": incident.adopted.id if incident.adopted else None,
        "public_status": _public_status(incident),
        "started": instant(incident.started),
        "opened": instant(incident.opened),
        "ended": instant(incident.ended),
        "milestones": as_json(incident.milestones),
        "severity_since": as_json(incident.severity),
        "phase_since": as_json(incident.phase),
        "impact": as_json(incident.impact),
        "report": as_json(ReportView.from_model(report, by=report.who, kind=report.sort)) if report else None,
        # The latest of them, for readers that know one type.
        "type": next(reversed(held_types(incident)), None),
        "types": [
            {"id": type_id, "since": instant(incident.classification.types[type_id].since)}
            for type_id in held_types(incident)
        ],
        "types_removed": _list({type_id: as_json(removed) for type_id, removed in removed_types(incident).items()}),
        "found_by": incident.classification.found.value if incident.classification.found else None,
        "channel": incident.meeting.channel or None,
        "call": incident.meeting.call or None,
        "codename": incident.codename or None,
        "breach": _breach(incident),
        "evidence": _list(incident.evidence),
        **_response(record),
        "roles": {
            role: [{"who": holder.who, "since": instant(holder.since)} for holder in holders]
            for role, holders in incident.roles.items()
        },
        "runbooks": [as_json(_runbook(incident, key, book)) for key, book in incident.steps.runbooks.items()],
        "timers": _list(
            {key: TimerView.from_model(timer, set=timer.set_at) for key, timer in incident.timers.timers.items()}
        ),
        "updates": _list(incident.updates.sent),
        "follow_ups": follow_ups(incident),
        "metrics": {metric.id: as_json(metric.value) for metric in metrics(incident)},
        "targets": {
            metric.id: {"seconds": as_json(metric.target), "kept": metric.kept}
            for metric in metrics(incident)
            if metric.target is not None
        },
        "events": record.seq,
    }


def _response(record: Record) -> Json:
    """Return what people asked for, assumed, did, decided and attached."""
    incident, handoff = record.incident, record.incident.handoff
    return {
        "highest_impact": [
            as_json(PeakView.from_model(
                peak, text=peak.figure.said, amount=peak.figure.amount, percent=peak.figure.share, of=peak.figure.of,
                whole=peak.figure.whole,
            ))
            for peak in peak_figures(impacts(record))
        ],
        "systems": [
            as_json(SystemView.from_model(system, status=system.health)) for system in incident.systems.values()
        ],
        "asks": _list(incident.asks),
        "hypotheses": _list(incident.hypotheses),
        "actions": _list({key: _action(incident, key, note) for key, note in incident.notes.actions.items()}),
        "decisions": _list(
            {key: _decision(note, incident.decisions.get(key)) for key, note in incident.notes.decisions.items()}
        ),
        "needs": _list(incident.needs),
        "handoff": as_json(HandoffView.from_model(handoff, read_back=dict(handoff.read_back))) if handoff else None,
        "commands": _list(
            {
                key: CommandView.from_model(run, exit_code=run.code, seconds=round(run.seconds, 3))
                for key, run in incident.commands.items()
            }
        ),
        "pinned": [
            {"id": key, **as_json(_pin(pin))} for pins in incident.attachments.values() for key, pin in pins.items()
        ],
    }  # fmt: skip


def _object(view: JsonView) -> Json:
    result: Json = as_json(view)
    return result


def _list(rows: Mapping[str, Any]) -> list[Json]:
    """Return a list of objects, each with its key as "id"."""
    return [{"id": key, **as_json(row)} for key, row in rows.items()]


def _public_status(incident: Incident) -> str | None:
    """Return the status that the public reads, None where the plan has no such phase."""
    current = incident.phase.value if incident.phase else None
    return (
        next((phase.public for phase in incident.plan.phases if phase.id == current), None)
        if incident.adopted
        else None
    )


def _due(item: DueItem, now: datetime) -> DueView:
    return DueView.from_model(item, put_off=item.snoozed, in_seconds=item.at - now, urgency=urgency(item, now))


def _action(incident: Incident, key: str, note: Note) -> ActionView:
    effect = incident.effects.get(key)
    return ActionView.from_model(
        note,
        effect=effect.verdict if effect else None,
        found=effect.found if effect else None,
        seen_by=effect.by if effect else None,
        seen=effect.when if effect else None,
    )


def _decision(note: Note, recorded: Rationale | None) -> DecisionView:
    ground = recorded or Rationale(note.text, who=note.by)
    return DecisionView.from_model(
        ground,
        text=note.text,
        by=note.by,
        happened=note.happened,
        decided_by=ground.who or note.by,
        stands=not ground.reversed,
    )


def _pin(pin: Attachment) -> PinView:
    return PinView.from_model(pin)


def _breach(incident: Incident) -> dict[str, str | None] | None:
    if not security.is_breach(incident):
        return None
    fields = incident.breach
    return {field: fields[field].value if field in fields else None for field in security.BREACH_FIELDS}


def _runbook(incident: Incident, key: str, book: Runbook) -> RunbookView:
    return RunbookView.from_model(
        book,
        id=key,
        steps=[
            _step(incident, f"{key}.{step.key}", step.text, book.sections[step.section].title)
            for step in incident.steps.of(key)
        ],
        gates=[_gate(incident, f"{key}.{gate.key}", gate) for gate in book.gates],
    )


def _step(incident: Incident, step: str, text: str, section: str) -> StepView:
    steps = incident.steps
    mark = steps.marks.get(step)
    return StepView(
        id=step,
        section=section,
        text=text,
        status=steps.status(step),
        who=mark.who if mark else None,
        when=mark.when if mark else None,
        reason=mark.reason if mark else None,
        answer=mark.answer if mark else None,
        given_to=steps.assignees.get(step),
        due=steps.time_limits.get(step),
        added=step in steps.added,
    )


def _gate(incident: Incident, key: str, gate: Gate) -> GateView:
    passed = incident.gates.get(key)
    return GateView(
        id=key,
        text=gate_question(gate),
        choices=[choice.words for choice in gate.choices],
        chosen=passed.words if passed else None,
        to=passed.to if passed else None,
        who=passed.who if passed else None,
        when=passed.when if passed else None,
    )


# -- Follow-ups and plan items


def follow_ups(incident: Incident) -> list[Json]:
    """Return the follow-ups of an incident."""
    return [
        {"incident": incident.name, "id": key, **as_json(follow_up)} for key, follow_up in incident.followups.items()
    ]


def duties_owed(incident: Incident) -> list[Json]:
    """Return the legal duties that are outstanding after the end of an incident, with the names of follow-ups."""
    return [
        {
            "incident": incident.name,
            "id": duty.deadline.id,
            "text": duty.deadline.text,
            "owner": duty.deadline.who or None,
            "raised": instant(duty.start),
            "by": "",
            "done": False,
            "priority": None,
            "kind": "legal duty",
            "due": instant(duty.at),
            "success": None,
            "finished": None,
        }
        for duty in (() if incident.live else legal_duties_owed(incident))
    ]


def plan_item(item: Assessment) -> Json:
    """Return a plan item and how it was complied with."""
    return _object(PlanItemView.from_model(item, by_seconds=item.by))


# -- Events and texts


def logged_events(record: Record, events: Sequence[Event]) -> Json:
    """Return the events that a command logged, and the incident they went to."""
    return {
        "incident": record.incident.name,
        "title": record.incident.title,
        "events": [event(record, logged) for logged in events],
    }


def event(record: Record, event: Event) -> Json:
    """Return one event."""
    return {
        **timeline_line(record, timeline_entry(record, event)),
        "id": event.id,
        "kind": event.fact.kind,
        "undoes": event.undoes,
    }


def timeline_line(record: Record, line: TimelineEntry) -> Json:
    """Return a line of the timeline; one that was put back into a store has `put_back`, the time of that."""
    view = LineView.from_model(
        line, incident=record.incident.name, before_start=line.early, pinned=[_pin(pin) for pin in line.attachments]
    )
    return {**_object(view), **({"put_back": instant(line.put_back)} if line.put_back else {})}


def rendered(text: Rendered) -> Json:
    """Return a text as its target takes it: fields, messages, and the messages as an API takes them."""
    return {"fields": dict(text.fields), "messages": list(text.messages), "payloads": list(text.payloads)}


def update(record: Record, audience: str, composed: Composed) -> Json:
    """Return a composed update."""
    return {
        "incident": record.incident.name,
        "audience": audience,
        "number": composed.number,
        "text": composed.text,
        **rendered(composed.rendered),
        "next_due": instant(composed.next_due),
        "warnings": list(composed.warnings),
        "ages": as_json(composed.ages),
    }


def message(record: Record, name: str, composed: Composed, settles: Sequence[str]) -> Json:
    """Return a composed message; `settles` are the plan items that it completes."""
    return {
        "incident": record.incident.name,
        "message": name,
        "text": composed.text,
        **rendered(composed.rendered),
        "guide": list(composed.guide),
        "warnings": list(composed.warnings),
        "settles": list(settles),
    }


# -- Runbook files


def runbook_check(file: str, book: Runbook) -> Json:
    """Return what was read of a runbook file, in numbers, with the reader's warnings."""
    kinds = dict.fromkeys((kind.value for kind in StepKind), 0)
    for step in book.steps:
        kinds[step.kind.value] += 1
    return {
        "file": file,
        "rule": book.rule,
        "steps": len(book.steps),
        "steps_by_kind": kinds,
        "checked": sum(step.mark is StepMark.DONE for step in book.steps),
        "sections": sum(section.level > 0 for section in book.sections),
        "code_blocks": sum(len(step.code) for step in book.steps),
        "links": sum(len(step.links) for step in book.steps),
        "warnings": [{"line": warning.line, "words": warning.words} for warning in book.warnings],
    }


def runbook_refused(file: str, why: str) -> Json:
    """Return the same names for a file that is no runbook, without a rule and with the reason as its warning."""
    empty = runbook_check(file, Runbook("", "", "", "", (), (), (), ()))
    return {**empty, "rule": None, "warnings": [{"line": 1, "words": why}]}


def redline(proposed: Redline) -> Json:
    """Return the proposed edits of a runbook; one on a section or on a step that is gone names no step."""
    lines = {step.key: step.line for step in proposed.runbook.steps}
    return {
        "incident": proposed.incident,
        "id": proposed.id,
        "name": proposed.runbook.name,
        "title": proposed.runbook.title,
        "remarks": [
            {
                "sort": remark.sort.value,
                "step": f"{proposed.id}.{remark.step}" if remark.step is not None else None,
                "line": lines[remark.step] if remark.step is not None else None,
                "text": remark.text,
                "words": remark.words(proposed.incident),
                "reason": remark.why or None,
            }
            for remark in proposed.remarks
        ],
    }
