"""The record of a personal data breach: facts, effects and remedial action (GDPR, article 33(5)).

Times are in UTC, due times in the zone of the reader as well. A field without a text is unknown, and says so: an
authority may be notified in parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from incident_cockpit.documents.changes_since import decision_text
from incident_cockpit.documents.document import MARKDOWN, Document
from incident_cockpit.documents.sections.actions import action_text
from incident_cockpit.documents.snapshot import Snapshot
from incident_cockpit.incident.facts.classification import removed_types
from incident_cockpit.incident.facts.security import BREACH_FIELDS, EvidenceKept
from incident_cockpit.incident.facts.timers import CompletionStatus
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.clocks import DeadlineClock, clocks, is_legal
from incident_cockpit.plan.deadlines import Deadline
from incident_cockpit.text.blocks import Block, Text, code, heading, items, paragraph, quiet, strong, table
from incident_cockpit.times.format import clock, duration, duration_in_words, overdue, stamp, zone_label

UNKNOWN = "Unknown."
_MILESTONES = {
    "started": "Started",
    "detected": "Detected",
    "aware": "Aware of the breach",
    "declared": "Declared",
    "mitigated": "Mitigated",
    "resolved": "Resolved",
}


def _head(view: Snapshot) -> Iterator[Block]:
    known = sum(field in view.incident.breach for field in _fields(view))
    yield heading(f"Breach record: {view.incident.name} {view.incident.title}")
    yield paragraph(
        f"As known at {stamp(view.now)}: {known} of {len(_fields(view))} fields are filled in. This is a record of "
        "facts, not legal advice: counsel decides whether to notify, and whom."
    )


def _milestones(view: Snapshot) -> Iterator[Block]:
    yield heading("Times", 2)
    times: dict[str, Text] = {name: stamp(at) for name, at in view.incident.milestones.items()}
    missing: dict[str, Text] = {"aware": ("not set: ", code("milestone aware TIME"))}
    rows = [(label, times.get(name) or missing.get(name, "unknown")) for name, label in _MILESTONES.items()]
    yield table(("", "Time"), rows)


def _notifications(view: Snapshot) -> Iterator[Block]:
    incident = view.incident
    running, removed = _clocks(incident), removed_types(incident)
    asked = [
        deadline
        for deadline in incident.plan.deadlines
        if deadline.id in running or _is_of_breach(incident, deadline) or not removed.keys().isdisjoint(deadline.types)
    ]
    yield heading("Notifications", 2)
    if not asked:
        yield paragraph("The plan has no notifications for a breach.")
        return
    rows = [
        (
            deadline.text,
            deadline.who or "not set",
            deadline.time_limit,
            *(_status(running[deadline.id], view) if deadline.id in running else _not_asked(incident, deadline)),
        )
        for deadline in asked
    ]
    yield table(("What", "Recipient", "Within", "Due", "Done"), rows)
    if "aware" not in incident.milestones:
        yield paragraph(strong("No clock runs from awareness yet: the time is not set."))


def _known_fields(view: Snapshot) -> Iterator[Block]:
    """Write each field of the record; one without a text is unknown, and a gap that is named can be filled."""
    yield heading("Details of the breach", 2)
    for field, question in _fields(view).items():
        yield heading(field.capitalize(), 3)
        yield paragraph(quiet(question))
        value = view.incident.breach.get(field)
        yield paragraph(strong(UNKNOWN)) if value is None else items([(f"{stamp(value.since)}: ", value.value)])


def _fields(view: Snapshot) -> Mapping[str, str]:
    """Return the fields with their questions; the reason of a delay only where there is one."""
    incident = view.incident
    clocks_of_breach = (each for each in _clocks(incident).values() if _is_of_breach(incident, each.deadline))
    # Late is what was met late or is overdue.
    late = any(
        overdue(each.at, each.met or view.now) and (each.met is not None or each.deed is None)
        for each in clocks_of_breach
    )
    return {
        field: question
        for field, question in BREACH_FIELDS.items()
        if field != "delay" or late or field in incident.breach
    }


def _actions_and_decisions(view: Snapshot) -> Iterator[Block]:
    for noun, text_of in (("action", action_text), ("decision", decision_text)):
        lines: list[Text] = [
            (f"{stamp(event.happened)}: ", text, f" ({event.who})")
            for event in view.record.effective()
            if (text := text_of(event.fact))
        ]
        yield heading(f"{noun.capitalize()}s", 2)
        yield items(lines) if lines else paragraph(f"No {noun} was logged.")


def _evidence(view: Snapshot) -> Iterator[Block]:
    """Write each piece of evidence, its location, and who had it from when."""
    custody: dict[str, list[str]] = {}
    for event in view.record.effective():
        if isinstance(event.fact, EvidenceKept) and event.fact.now is not None:
            custodians = event.fact.now.handed[-1:] or (event.fact.now.by,)
            custody.setdefault(event.fact.evidence, []).append(f"{custodians[0]} from {stamp(event.happened)}")
    rows = [
        (piece.text, piece.where or "not set", "\n".join(custody.get(key, ())))
        for key, piece in view.incident.evidence.items()
    ]
    yield heading("Evidence", 2)
    yield table(("What", "Location", "Custody"), rows) if rows else paragraph("No evidence was logged.")


def _clocks(incident: Incident) -> dict[str, DeadlineClock]:
    """Return by deadline the clocks that run because of the breach, or of another type that the incident has."""
    return {each.deadline.id: each for each in clocks(incident) if is_legal(each.deadline)}


def _is_of_breach(incident: Incident, deadline: Deadline) -> bool:
    """Return whether a deadline belongs to a breach: it starts with awareness, or its type is one."""
    breaches = {each.id for each in incident.plan.types if each.breach}
    return deadline.start == "aware" or bool(breaches.intersection(deadline.types))


def _not_asked(incident: Incident, deadline: Deadline) -> tuple[str, str]:
    """Return since when a notification is no longer required, because its type was removed, and what was done."""
    removed, mark = removed_types(incident), incident.completion_marks.get(deadline.completion_mark)
    ended = [(held.removed, held.reason) for type_id in deadline.types if (held := removed.get(type_id))]
    parts = [f"not required since {stamp(at)}: {reason}" for at, reason in ended if at is not None]
    if mark is not None:
        parts.append(f"{mark.status.value}, {mark.who} {stamp(mark.when)}")
    return "no longer required" if parts else "not applicable", "; ".join(parts)


def _status(running: DeadlineClock, view: Snapshot) -> tuple[str, Text]:
    """Return when a notification is due, and whether it was made."""
    label, mark = zone_label(view.zone, running.at), running.deed
    due = stamp(running.at) + ("" if label == "UTC" else f" ({clock(running.at, view.zone)} {label})")
    if running.met is not None:
        late = overdue(running.at, running.met)
        note = f": {mark.note}" if mark is not None and mark.note else ""
        return due, f"{stamp(running.met)}, {f'late {duration_in_words(late)}' if late else 'on time'}{note}"
    if mark is not None and mark.status is not CompletionStatus.DONE:
        return due, f"{mark.status.value}, {mark.who} {stamp(mark.when)}: {mark.note}"
    late, left = overdue(running.at, view.now), running.at - view.now
    return due, strong(f"not yet, late {duration(late)}" if late else f"not yet, {duration(left)} left")


BREACH_RECORD = Document(
    "breach",
    "Breach record",
    (_head, _milestones, _notifications, _known_fields, _actions_and_decisions, _evidence),
    target=MARKDOWN,
)
