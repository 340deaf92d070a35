"""The ticket of an incident: what fails, its impact and status, and each action with its time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from incident_cockpit.documents.changes_since import action_outcome, decision_text, reversal_reason
from incident_cockpit.documents.document import marking, veiled
from incident_cockpit.documents.formats.ticket import Ticket, TicketAction
from incident_cockpit.documents.render import Value, one_line, time_with_zone
from incident_cockpit.documents.variables import variables
from incident_cockpit.incident.event import Event
from incident_cockpit.incident.facts.notes import Logged, NoteKind
from incident_cockpit.incident.facts.runbooks import GatePassed
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.text import redact

_LABELS = {NoteKind.ACTION: "", NoteKind.FINDING: "Found: ", NoteKind.ESCALATION: "Paged "}


def ticket(record: Record, now: datetime) -> Ticket:
    """Return the facts of the ticket for colleagues: times in UTC, secrets redacted, a codename for a restricted title.

    Each containment action has its time; a tick of a checklist is the process, no action.
    """
    shown = veiled(record)
    incident = shown.incident
    values = variables(shown, "", now, UTC, inside=True)
    detected = incident.milestones.get("detected")
    systems = values["systems"]
    channel = _clean(values["channel"])
    return Ticket(
        id=incident.name,
        title=_clean(values["title"]),
        severity=_clean(values["severity"]),
        status=_clean(values["phase"]),
        impact=_clean(values["impact"]),
        systems=tuple(map(_clean, systems)) if isinstance(systems, list | tuple) else (),
        started=_clean(values["started"]),
        detected=time_with_zone(detected, now, UTC) if detected else "",
        commander=_clean(values["commander"]),
        channel=f"#{channel}" if channel else "",
        call=_clean(values["call"]),
        actions=tuple(_actions(shown, now)),
        marking=marking(record.incident),
    )


def _actions(record: Record, now: datetime) -> Iterator[TicketAction]:
    for event in sorted(record.effective(), key=lambda event: (event.happened, event.seq)):
        if text := _text(record.incident, event):
            yield TicketAction(time_with_zone(event.happened, now, UTC), _clean(one_line(text)), _clean(event.who))


def _text(incident: Incident, event: Event) -> str:
    """Return what an event says was done, found or decided, and its outcome; "" for any other event."""
    match event.fact:
        case Logged(now=note) if note is not None and note.sort in _LABELS:
            outcome = action_outcome(incident, event.fact.note)
            return _LABELS[note.sort] + note.text + (f": {outcome}" if outcome else "")
        case GatePassed(gate=gate, now=passed) if incident.gates.get(gate) != passed:
            return ""
    decision, reason = decision_text(event.fact), reversal_reason(incident, event.fact)
    return f"Decided: {decision}" + (f" (reversed: {reason})" if reason else "") if decision else ""


def _clean(value: Value) -> str:
    return redact.redact(str(value))[0]
