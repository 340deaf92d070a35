"""What an incident's ticket tells, taken from the record: what is hit, how it stands, and what was done and when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from incident_cockpit.documents.changes_since import action_outcome, decision_text, reversal_reason
from incident_cockpit.documents.document import marking, veiled
from incident_cockpit.documents.formats.ticket import Ticket, TicketAction
from incident_cockpit.documents.phrasing import one_line, time_with_zone
from incident_cockpit.documents.render import Value
from incident_cockpit.documents.variables import variables
from incident_cockpit.incident.event import Event
from incident_cockpit.incident.facts.notes import Logged, NoteKind
from incident_cockpit.incident.facts.runbooks import GatePassed
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.text import redact

_OPENINGS = {NoteKind.ACTION: "", NoteKind.FINDING: "Found: ", NoteKind.ESCALATION: "Brought in "}


def ticket(record: Record, now: datetime) -> Ticket:
    """Return the facts of the ticket, for colleagues: times in UTC, secrets taken out, a codename where there is one.

    Seed 001 wants each containment action in it with its time; a tick of a checklist is the process, not an action.
    """
    told = veiled(record)
    incident = told.incident
    facts = variables(told, "", now, UTC, inside=True)
    detected = incident.milestones.get("detected")
    systems = facts["systems"]
    channel = _said(facts["channel"])
    return Ticket(
        id=incident.name,
        title=_said(facts["title"]),
        severity=_said(facts["severity"]),
        status=_said(facts["phase"]),
        impact=_said(facts["impact"]),
        systems=tuple(map(_said, systems)) if isinstance(systems, list | tuple) else (),
        started=_said(facts["started"]),
        detected=time_with_zone(detected, now, UTC) if detected else "",
        commander=_said(facts["commander"]),
        channel=f"#{channel}" if channel else "",
        call=_said(facts["call"]),
        actions=tuple(_actions(told, now)),
        marking=marking(record.incident),
    )


def _actions(record: Record, now: datetime) -> Iterator[TicketAction]:
    done = sorted((event for event in record.effective()), key=lambda event: (event.happened, event.seq))
    for event in done:
        text = _done(record.incident, event)
        if text:
            yield TicketAction(time_with_zone(event.happened, now, UTC), _said(one_line(text)), _said(event.who))


def _done(incident: Incident, event: Event) -> str:
    """Return what the event says was done, found or decided, and what came of it; "" where it says none of it."""
    match event.fact:
        case Logged(now=note) if note is not None and note.sort in _OPENINGS:
            effect = action_outcome(incident, event.fact.note)
            return _OPENINGS[note.sort] + note.text + (f": {effect}" if effect else "")
        case GatePassed(gate=gate, now=passed) if incident.gates.get(gate) != passed:
            return ""
    said, ended = decision_text(event.fact), reversal_reason(incident, event.fact)
    return f"Decided: {said}" + (f" (taken back: {ended})" if ended else "") if said else ""


def _said(value: Value) -> str:
    return redact.redact(str(value))[0]
