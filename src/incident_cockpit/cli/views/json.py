"""The JSON the commands answer with: plain values made from the model; names are stable, new ones may be added.

Times are ISO 8601 in UTC with a Z, to the second; durations are seconds; what is not known is null.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from incident_cockpit.cli.views import text as loop
from incident_cockpit.cli.views import text as particulars
from incident_cockpit.documents.formats.format import Rendered
from incident_cockpit.incident.event import Event
from incident_cockpit.incident.facts.roles import commander
from incident_cockpit.incident.facts.runbooks import gate_question
from incident_cockpit.incident.facts.severity import DatedValue
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.due import DueItem, due_items, urgency
from incident_cockpit.incident.views.legal_duties import legal_duties_owed
from incident_cockpit.incident.views.metrics import metrics
from incident_cockpit.incident.views.next_action import Prompt, prompts
from incident_cockpit.incident.views.timeline import TimelineEntry, timeline_entry
from incident_cockpit.runbook.model import Gate, Runbook, StepKind, StepMark
from incident_cockpit.service.overview import Overview, owed

if TYPE_CHECKING:
    from incident_cockpit.incident.views.redline import Redline

Shape = dict[str, Any]


def instant(at: datetime | None) -> str | None:
    """Return a time as JSON holds it."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else None


def listed(one: Overview, now: datetime) -> Shape:
    """Return one line of the list; `owed` is what a closed incident still owes."""
    row, late = one.listed, one.late(now)
    upcoming = one.next_due(now)
    return {
        "id": row.id,
        "number": row.number,
        "name": row.name,
        "title": row.title,
        "severity": row.severity,
        "phase": row.phase,
        "triage": row.triage,
        "legal_duties_owed": row.legal_duties,
        "live": row.live,
        "opened": instant(row.opened),
        "ended": instant(row.ended),
        "commander": row.commander or None,
        "updated": instant(row.updated),
        "group": one.group.name.lower(),
        "closed": instant(one.closed),
        "late": len(late),
        "worst_late_seconds": _seconds(now - late[0]) if late else None,
        "next": due(upcoming, now) if upcoming is not None else None,
        "owed": owed(one, now) or None,
        "unreadable": one.unreadable or None,
    }


def status(record: Record, now: datetime) -> Shape:
    """Return how the incident stands in a few values: what a prompt, a bar or a bot shows."""
    incident = record.incident
    waiting = prompts(incident, now)
    done, total = incident.steps.progress()
    return {
        **_head(record),
        "commander": (commander(incident) or None) if incident.adopted else None,
        "elapsed_seconds": _seconds(max((incident.ended or now) - incident.started, timedelta(0))),
        "steps_done": done,
        "steps": total,
        "next": _prompt(waiting[0]) if waiting else None,
        "more": max(0, len(waiting) - 1),
        "due": [due(item, now) for item in due_items(incident)],
    }


def incident(record: Record, now: datetime) -> Shape:
    """Return everything that is known of the incident but its timeline."""
    one = record.incident
    return {
        **status(record, now),
        "id": record.id,
        "plan": one.adopted.id if one.adopted else None,
        "public_status": _public(one),
        "started": instant(one.started),
        "opened": instant(one.opened),
        "ended": instant(one.ended),
        "milestones": {name: instant(at) for name, at in one.milestones.items()},
        "severity_since": _standing(one.severity),
        "phase_since": _standing(one.phase),
        "impact": _standing(one.impact),
        **_worded(particulars.particulars_shape(one)),
        **_worded(loop.shape(record)),
        "roles": _roles(one),
        "runbooks": [_runbook(one, key, book) for key, book in one.steps.runbooks.items()],
        **_work(one),
        "metrics": {metric.id: _seconds(metric.value) for metric in metrics(one)},
        "targets": {
            metric.id: {"seconds": _seconds(metric.target), "kept": metric.kept}
            for metric in metrics(one)
            if metric.target is not None
        },
        "events": record.seq,
    }


def _public(one: Incident) -> str | None:
    """Return the word that the public reads, None where the plan has no such phase."""
    here = one.phase.value if one.phase else None
    return next((phase.public for phase in one.plan.phases if phase.id == here), None) if one.adopted else None


def _worded(value: Any) -> Any:
    """Return a value with its times as JSON holds them."""
    if isinstance(value, dict):
        return {key: _worded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_worded(inner) for inner in value]
    return instant(value) if isinstance(value, datetime) else value


def _head(record: Record) -> Shape:
    one = record.incident
    return {
        "number": one.opening.number,
        "name": one.name,
        "title": one.title,
        "severity": one.severity.value if one.severity else None,
        "phase": one.phase.value if one.phase else None,
        "triage": one.triage or None,
        "live": one.live,
    }


def _work(one: Incident) -> Shape:
    """Return what people set, sent and left for later."""
    return {
        "timers": [
            {
                "id": key,
                "text": timer.text,
                "by": timer.by,
                "set": instant(timer.set_at),
                "due": instant(timer.due),
                "status": timer.status.value,
            }
            for key, timer in one.timers.timers.items()
        ],
        "updates": [
            {
                "id": key,
                "audience": sent.audience,
                "number": sent.number,
                "text": sent.text,
                "route": sent.route,
                "sent": instant(sent.sent),
                "by": sent.by,
                "due": instant(sent.due),
                "next_due": instant(sent.next_due),
            }
            for key, sent in one.updates.sent.items()
        ],
        "follow_ups": follow_ups(one),
    }


def follow_ups(one: Incident) -> list[Shape]:
    """Return the work that outlives the incident."""
    return [
        {
            "incident": one.name,
            "id": key,
            "text": held.text,
            "owner": held.owner or None,
            "raised": instant(held.raised),
            "by": held.by,
            "done": held.done,
            "priority": held.priority or None,
            "kind": held.kind or None,
            "due": instant(held.due),
            "success": held.success or None,
            "finished": instant(held.finished),
        }
        for key, held in one.followups.items()
    ]


def duties_owed(one: Incident) -> list[Shape]:
    """Return the legal duties that outlive the incident, with the same keys as follow-ups."""
    return [
        {
            "incident": one.name,
            "id": owed.deadline.id,
            "text": owed.deadline.text,
            "owner": owed.deadline.who or None,
            "raised": instant(owed.start),
            "by": "",
            "done": False,
            "priority": None,
            "kind": "legal duty",
            "due": instant(owed.at),
            "success": None,
            "finished": None,
        }
        for owed in (() if one.live else legal_duties_owed(one))
    ]


def due(item: DueItem, now: datetime) -> Shape:
    """Return a due item; `in_seconds` is negative once it is late."""
    return {
        "key": item.key,
        "kind": item.kind.value,
        "text": item.text,
        "detail": item.detail,
        "who": item.who or None,
        "at": instant(item.at),
        "in_seconds": _seconds(item.at - now),
        "urgency": urgency(item, now).value,
        "put_off": item.snoozed,
    }


def kept(record: Record, events: Sequence[Event]) -> Shape:
    """Return what a writing command just kept, and where."""
    return {
        "incident": record.incident.name,
        "title": record.incident.title,
        "events": [event(record, one) for one in events],
    }


def event(record: Record, one: Event) -> Shape:
    """Return one event."""
    return {
        **timeline_line(record, timeline_entry(record, one)),
        "id": one.id,
        "kind": one.fact.kind,
        "undoes": one.undoes,
    }


def rendered(text: Rendered) -> Shape:
    """Return a text as its target takes it: boxes of their own, messages, and the messages as a machine takes them."""
    return {"fields": dict(text.fields), "messages": list(text.messages), "payloads": list(text.payloads)}


def timeline_line(record: Record, one: TimelineEntry) -> Shape:
    """Return a line of the timeline; `recorded` is set only where it was recorded clearly later.

    Only a line that came back into a store that had lost it has `put_back`, the time at which it did.
    """
    return {
        "incident": record.incident.name,
        "seq": one.seq,
        "happened": instant(one.happened),
        "recorded": instant(one.recorded),
        "before_start": one.early,
        "sort": one.sort,
        "text": one.text,
        "who": one.who,
        "pinned": [_worded(loop.pin(each)) for each in one.attachments],
        **({"put_back": instant(one.put_back)} if one.put_back else {}),
    }


def runbook_check(file: str, book: Runbook) -> Shape:
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


def runbook_refused(file: str, why: str) -> Shape:
    """Return the same keys for a file that is no runbook, without a rule and with the reason as its warning."""
    empty = runbook_check(file, Runbook("", "", "", "", (), (), (), ()))
    return {**empty, "rule": None, "warnings": [{"line": 1, "words": why}]}


def redline(found: Redline) -> Shape:
    """Return the remarks on a runbook; a remark on a section or on a step that is gone names no step."""
    lines = {step.key: step.line for step in found.runbook.steps}
    return {
        "incident": found.incident,
        "id": found.id,
        "name": found.runbook.name,
        "title": found.runbook.title,
        "remarks": [
            {
                "sort": one.sort.value,
                "step": f"{found.id}.{one.step}" if one.step is not None else None,
                "line": lines[one.step] if one.step is not None else None,
                "text": one.text,
                "words": one.words(found.incident),
                "reason": one.why or None,
            }
            for one in found.remarks
        ],
    }


def _runbook(one: Incident, key: str, book: Runbook) -> Shape:
    return {
        "id": key,
        "name": book.name,
        "title": book.title,
        "sha256": book.sha256,
        "steps": [
            _step(one, f"{key}.{step.key}", step.text, book.sections[step.section].title) for step in one.steps.of(key)
        ],
        "gates": [_gate(one, f"{key}.{gate.key}", gate) for gate in book.gates],
    }


def _gate(one: Incident, key: str, gate: Gate) -> Shape:
    passed = one.gates.get(key)
    return {
        "id": key,
        "text": gate_question(gate),
        "choices": [choice.words for choice in gate.choices],
        "chosen": passed.words if passed else None,
        "to": (passed.to or None) if passed else None,
        "who": passed.who if passed else None,
        "when": instant(passed.when) if passed else None,
    }


def _step(one: Incident, step: str, text: str, section: str) -> Shape:
    mark = one.steps.marks.get(step)
    return {
        "id": step,
        "section": section,
        "text": text,
        "status": one.steps.status(step).value,
        "who": mark.who if mark else None,
        "when": instant(mark.when) if mark else None,
        "reason": (mark.reason or None) if mark else None,
        "answer": (mark.answer or None) if mark else None,
        "given_to": one.steps.assignees.get(step),
        "due": instant(one.steps.time_limits[step]) if step in one.steps.time_limits else None,
        "added": step in one.steps.added,
    }


def _roles(one: Incident) -> Mapping[str, Sequence[Shape]]:
    return {
        role: [{"who": each.who, "since": instant(each.since)} for each in held] for role, held in one.roles.items()
    }


def _standing(one: DatedValue | None) -> Shape | None:
    return {"value": one.value, "since": instant(one.since), "reason": one.reason or None} if one else None


def _prompt(one: Prompt) -> Shape:
    return {"text": one.text, "urgency": one.urgency.value, "action": one.action, "about": one.about or None}


def _seconds(span: timedelta | None) -> int | None:
    return int(span.total_seconds()) if span is not None else None
