"""The draft of a postmortem: what the record knows is filled in, what it lacks is named.

The plan gives its sections, its principles and who signs it off. What people have to write is marked "To be written";
suggestions from the record are there to be edited. Times are in UTC, those of the summary table
in the zone of the reader too.
"""

from __future__ import annotations

from collections.abc import Iterator

from incident_cockpit.documents.document import MARKDOWN, Document
from incident_cockpit.documents.plan_headings import chapters
from incident_cockpit.documents.sections.head import detection_name, phase_name
from incident_cockpit.documents.snapshot import Snapshot
from incident_cockpit.documents.variables import type_names
from incident_cockpit.incident.facts.classification import removed_types, type_name
from incident_cockpit.incident.facts.milestones import MILESTONES
from incident_cockpit.incident.facts.roles import commander
from incident_cockpit.incident.facts.timers import CompletionStatus
from incident_cockpit.incident.views.history import declarer, severities
from incident_cockpit.incident.views.legal_duties import legal_duties_owed, waived_duties
from incident_cockpit.text.blocks import Block, Text, code, heading, items, paragraph, table
from incident_cockpit.times.format import clock, duration_in_words, stamp, zone_label

# Milestones that are listed even when they are unknown.
_EXPECTED = ("detected", "mitigated", "resolved")


def _summary(view: Snapshot) -> Iterator[Block]:
    incident = view.incident
    yield heading(f"Postmortem: {incident.name} {incident.title}")
    levels = (
        f"{level.value} from {stamp(level.since)}{f': {level.reason}' if level.reason else ''}"
        for level in severities(view.record)
    )
    reached = [name for name in MILESTONES if name in incident.milestones or name in _EXPECTED]
    length = duration_in_words((incident.ended or view.now) - incident.started)
    types_removed = (
        f"{type_name(incident, type_id)}{f', removed {stamp(held.removed)}' if held.removed else ''}: {held.reason}"
        for type_id, held in removed_types(incident).items()
    )
    waived = (
        f"{duty.deadline.text}: {mark.note} ({mark.who}, {stamp(mark.when)})" for duty, mark in waived_duties(incident)
    )
    rows: list[tuple[str, Text]] = [
        ("Incident", (f"{incident.name}, ", code(view.record.id))),
        ("Severity", "\n".join(levels) or "not set"),
        ("Status", phase_name(incident)),
        *((name.capitalize(), _time(view, name)) for name in reached),
        ("Duration", length if incident.ended else f"{length} so far"),
        ("Type", "\n".join((*type_names(incident), *types_removed))),
        ("Legal duties waived", "\n".join(waived)),
        ("Legal duties outstanding", "\n".join(each.deadline.text for each in legal_duties_owed(incident))),
        ("Detected by", detection_name(incident)),
        ("Incident commander", commander(incident) or "unassigned"),
        ("Declared by", declarer(view.record)),
        ("Response plan", incident.plan.name),
        ("Runbooks", "\n".join(runbook.title for runbook in incident.steps.runbooks.values()) or "none"),
    ]
    yield table(("", ""), [(label, value) for label, value in rows if value])


def _time(view: Snapshot, milestone: str) -> str:
    at = view.incident.milestones.get(milestone)
    if at is None:
        return "unknown"
    label = zone_label(view.zone, at)
    return stamp(at) if label == "UTC" else f"{stamp(at)} ({clock(at, view.zone)} {label})"


def _rules(view: Snapshot) -> Iterator[Block]:
    """Write whether the plan requires a postmortem at this severity, and its principles."""
    rules, severity = view.incident.plan.postmortem, view.incident.severity
    if rules.required_at and severity is not None:
        required = "requires" if severity.value in rules.required_at else "does not require"
        yield paragraph(f"The plan {required} a postmortem at {severity.value}.")
    if rules.principles:
        yield paragraph("Principles:")
        yield items(rules.principles)


def _chapters(view: Snapshot) -> Iterator[Block]:
    for title, blocks in chapters(view):
        yield heading(title, 2)
        yield from blocks


def _sign_off(view: Snapshot) -> Iterator[Block]:
    """Write who signs the postmortem off, and the sign-off once the plan's closing criterion for it is met."""
    incident = view.incident
    signer = incident.plan.postmortem.sign_off
    if not signer:
        return
    yield heading("Sign-off", 2)
    # The criterion is the plan's own; it is recognised by the name of the signer in it.
    criteria = [gate for gate in incident.plan.closing if signer.casefold() in gate.text.casefold()]
    signed = [
        f"{gate.text}: {mark.who}, {stamp(mark.when)}" + (f" ({mark.note})" if mark.note else "")
        for gate in criteria
        if (mark := incident.completion_marks.get(gate.completion_mark)) is not None
        and mark.status is CompletionStatus.DONE
    ]
    yield items(signed or [f"{signer}: not signed off"])


POSTMORTEM = Document("postmortem", "Postmortem", (_summary, _rules, _chapters, _sign_off), target=MARKDOWN)
