"""The record of a breach of personal data as Markdown: facts, effects and what was done (GDPR, article 33(5))."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

from incident_cockpit.documents.changes_since import decision_text
from incident_cockpit.documents.document import document
from incident_cockpit.documents.markdown import cell, item, say, table
from incident_cockpit.incident.facts.classification import removed_types
from incident_cockpit.incident.facts.notes import Logged, NoteKind
from incident_cockpit.incident.facts.security import BREACH_FIELDS, EvidenceKept
from incident_cockpit.incident.facts.timers import CompletionStatus
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.clocks import DeadlineClock, clocks, is_legal
from incident_cockpit.plan.deadlines import Deadline
from incident_cockpit.times.format import clock as clock_words
from incident_cockpit.times.format import duration, duration_in_words, overdue, stamp, zone_label

UNKNOWN = "**Not known yet.**"
_MILESTONES = {
    "started": "It began",
    "detected": "It was noticed",
    "aware": "We became aware that it is a breach",
    "declared": "It was declared",
    "mitigated": "The harm was stopped",
    "resolved": "It was over",
}


@document
def breach_record(record: Record, now: datetime, zone: tzinfo) -> str:
    """Return the record as it stands; times are in UTC, those of the clocks in `zone` as well.

    What nobody has written down is said to be unknown, field by field: an authority may be told in parts, and a gap
    that is named can be filled.
    """
    incident = record.incident
    late = any(_late(one, now) for one in _clocks(incident).values() if _of_breach(incident, one.deadline))
    # Why it is late is asked for only where something is.
    fields = {
        field: asked for field, asked in BREACH_FIELDS.items() if field != "delay" or late or field in incident.breach
    }
    known = sum(field in incident.breach for field in fields)
    parts = [
        f"# Breach record: {incident.name} {say(incident.title)}",
        f"As known at {stamp(now)}: {known} of {len(fields)} fields are filled in. This is a record of facts for those "
        "who have to judge them. It is no legal advice: whether and whom to notify is for counsel to say.",
        "## When",
        table(("", "Time"), [(words, _time(incident, name)) for name, words in _MILESTONES.items()]),
        "## Who has to be told, and was",
        *_told(incident, now, zone),
        "## What is known of the breach",
        *(block for field, question in fields.items() for block in _field(incident, field, question)),
        "## What was done",
        _logged(record, NoteKind.ACTION, "No action was logged."),
        "## What was decided",
        _decisions(record),
        "## Evidence",
        *_evidence(record),
    ]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _time(incident: Incident, milestone: str) -> str:
    at = incident.milestones.get(milestone)
    return stamp(at) if at is not None else "not known" if milestone != "aware" else "not said: `milestone aware TIME`"


def _told(incident: Incident, now: datetime, zone: tzinfo) -> Iterator[str]:
    running = _clocks(incident)
    removed = removed_types(incident)
    asked = [
        one
        for one in incident.plan.deadlines
        if one.id in running or _of_breach(incident, one) or not removed.keys().isdisjoint(one.types)
    ]
    if not asked:
        yield "The plan asks for nobody to be told because of a breach."
        return
    rows = [
        (
            cell(one.text),
            say(one.who) or "not said",
            say(one.time_limit),
            *(_standing(running[one.id], now, zone) if one.id in running else _not_asked(incident, one)),
        )
        for one in asked
    ]
    yield table(("What", "Whom", "Within", "Due", "Done"), rows)
    if "aware" not in incident.milestones:
        yield "**No clock runs yet from becoming aware: nobody has said when that was.**"


def _clocks(incident: Incident) -> dict[str, DeadlineClock]:
    """Return by deadline the clocks that run because of the breach, or of another type that the incident has."""
    return {one.deadline.id: one for one in clocks(incident) if is_legal(one.deadline)}


def _late(clock: DeadlineClock, now: datetime) -> bool:
    """Return whether it was met too late, or waits beyond its time."""
    return bool(overdue(clock.at, clock.met or now)) and (clock.met is not None or clock.deed is None)


def _of_breach(incident: Incident, deadline: Deadline) -> bool:
    """Return whether the plan asks for it because of a breach: its clock starts with awareness, or its type is one."""
    breaches = {one.id for one in incident.plan.types if one.breach}
    return deadline.start == "aware" or bool(breaches.intersection(deadline.types))


def _not_asked(incident: Incident, deadline: Deadline) -> tuple[str, str]:
    """Say since when a duty is no longer required, where a type that asked for it was removed, and what was done."""
    removed, deed = removed_types(incident), incident.completion_marks.get(deadline.completion_mark)
    ended = [(held.removed, held.reason) for type_id in deadline.types if (held := removed.get(type_id))]
    said = [f"not required since {stamp(at)}: {cell(why)}" for at, why in ended if at is not None]
    if deed is not None:
        said.append(f"{deed.status.value}, {say(deed.who)} {stamp(deed.when)}")
    return "no longer required" if said else "not asked for as it stands", "; ".join(said)


def _standing(clock: DeadlineClock, now: datetime, zone: tzinfo) -> tuple[str, str]:
    """Return when it is due and what became of it."""
    label, deed = zone_label(zone, clock.at), clock.deed
    due = stamp(clock.at) + ("" if label == "UTC" else f" ({clock_words(clock.at, zone)} {label})")
    if clock.met is not None:
        late = overdue(clock.at, clock.met)
        kept = f"late {duration_in_words(late)}" if late else "in time"
        note = f": {cell(deed.note)}" if deed is not None and deed.note else ""
        return say(due), f"{stamp(clock.met)}, {kept}{note}"
    if deed is not None and deed.status is not CompletionStatus.DONE:
        return say(due), f"{deed.status.value}, {say(deed.who)} {stamp(deed.when)}: {cell(deed.note)}"
    late, left = overdue(clock.at, now), clock.at - now
    return say(due), f"**not yet, late {duration(late)}**" if late else f"**not yet, {duration(left)} left**"


def _field(incident: Incident, field: str, question: str) -> Iterator[str]:
    yield f"### {field.capitalize()}"
    yield f"_{question}_"
    held = incident.breach.get(field)
    yield UNKNOWN if held is None else item(f"{stamp(held.since)}: ", held.value)


def _logged(record: Record, sort: NoteKind, none: str) -> str:
    found = [
        item(f"{stamp(event.happened)}: ", event.fact.now.text, f" ({say(event.who)})")
        for event in record.effective()
        if isinstance(event.fact, Logged) and event.fact.now and event.fact.now.sort is sort
    ]
    return "\n".join(found) or none


def _decisions(record: Record) -> str:
    found = [
        item(f"{stamp(event.happened)}: ", text, f" ({say(event.who)})")
        for event in record.effective()
        if (text := decision_text(event.fact))
    ]
    return "\n".join(found) or "No decision was logged."


def _evidence(record: Record) -> Iterator[str]:
    """Yield what was kept, and through whose hands it went and when."""
    hands = _hands(record)
    rows = [
        (cell(one.text), say(one.where) or "not said", "<br>".join(hands.get(key, ())))
        for key, one in record.incident.evidence.items()
    ]
    yield table(("What", "Where", "In the hands of"), rows) if rows else "None was noted."


def _hands(record: Record) -> dict[str, list[str]]:
    """Return by piece of evidence who secured it and who took it over, each with the time."""
    found: dict[str, list[str]] = {}
    for event in record.effective():
        if isinstance(event.fact, EvidenceKept) and event.fact.now is not None:
            taken = event.fact.now.handed[-1:] or (event.fact.now.by,)
            found.setdefault(event.fact.evidence, []).append(f"{say(taken[0])} from {stamp(event.happened)}")
    return found
