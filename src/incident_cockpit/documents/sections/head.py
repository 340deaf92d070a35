"""The head of a document: title, phase and run time, report, and what kind of incident it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

from incident_cockpit.documents.render import time_with_zone
from incident_cockpit.documents.snapshot import Snapshot
from incident_cockpit.incident.facts.classification import held_types, removed_types, type_name
from incident_cockpit.incident.facts.report import TriageOutcome, reporter_name
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.history import severities
from incident_cockpit.text.blocks import Block, entry, heading, items, paragraph, quiet, table
from incident_cockpit.times.format import run_time, stamp


def head(view: Snapshot, title: str = "") -> Iterator[Block]:
    """Write severity, name and title, then the phase and how long the incident runs or ran."""
    incident = view.incident
    severity = incident.severity.value if incident.severity else ""
    name = " ".join(part for part in (severity, incident.name, incident.title) if part)
    yield heading((f"{title}: {name}" if title else name, quiet(f" (times in {view.zone_name})")))
    yield paragraph(f"{phase_name(incident)}, {run_time_with_zone(incident, view.now, view.zone)}")


def handoff_head(view: Snapshot) -> Iterator[Block]:
    """Write the head of the handoff brief."""
    yield from head(view, "Handoff brief")


def phase_name(incident: Incident) -> str:
    """Return the name of the phase, or the outcome of triage."""
    if incident.phase is not None and not incident.dismissed:
        return incident.plan.phase_name(incident.phase.value)
    outcome = incident.report.outcome if incident.report else TriageOutcome.OPEN
    return outcome.value[:1].upper() + outcome.value[1:]


def run_time_with_zone(incident: Incident, now: datetime, zone: tzinfo) -> str:
    """Return how long the incident runs and since when, or how long it took, from when to when."""
    span = run_time(incident.started, incident.ended, now)
    start = time_with_zone(incident.started, now, zone)
    if incident.ended is None:
        return f"{span} since {start}"
    return f"{span}, from {start} to {time_with_zone(incident.ended, now, zone)}"


def severity_history(view: Snapshot) -> Iterator[Block]:
    """Write the changes of severity with their reasons, where there were any."""
    changes = severities(view.record)
    if len(changes) > 1:
        steps = (
            f"{change.value} {view.clock(change.since)}" + (f" ({change.reason})" if change.reason else "")
            for change in changes
        )
        yield entry("Severity", " → ".join(steps))


def report(view: Snapshot) -> Iterator[Block]:
    """Write who reported an incident that is still in triage, or the reason of its dismissal."""
    facts = view.incident.report
    if facts is None or facts.outcome is TriageOutcome.DECLARED:
        return
    if facts.outcome is TriageOutcome.OPEN:
        via = f" via {facts.via}" if facts.via else ""
        yield entry("Reported", f"by {facts.who or 'an unnamed reporter'}{via}")
        yield entry("Triage", facts.investigator or "unassigned")
    elif facts.reason or facts.same_as:
        yield entry("Reason", " ".join(filter(None, (facts.same_as, facts.reason))))


def full_report(view: Snapshot) -> Iterator[Block]:
    """Write the report, the reply to it and the outcome of triage."""
    facts, plan = view.incident.report, view.incident.plan
    if facts is None:
        return
    kind = next((reporter.name for reporter in plan.reporters if reporter.id == facts.sort), facts.sort)
    via = f" via {facts.via}" if facts.via else ""
    lines = [f"{view.clock(facts.at)} {reporter_name(facts)}{f' ({kind})' if kind else ''}{via}: {facts.text}"]
    if facts.answered is not None:
        lines.append(f"{view.clock(facts.answered)} answered" + (f": {facts.answer}" if facts.answer else ""))
    same = f" of {facts.same_as}" if facts.same_as else ""
    reason = f": {facts.reason}" if facts.reason else ""
    at = f"{view.clock(facts.decided)} " if facts.decided else ""
    yield heading("Report", 2)
    yield items((*lines, f"{at}{facts.outcome.value}{same}{reason}"))


def about(view: Snapshot) -> Iterator[Block]:
    """Write type, detection and codename."""
    incident = view.incident
    if types := ", ".join(type_name(incident, type_id) for type_id in held_types(incident)):
        yield entry("Type", types)
    for type_id, held in removed_types(incident).items():
        at = f" {view.clock(held.removed)}" if held.removed else ""
        yield entry("Type removed", f"{type_name(incident, type_id)}{at}: {held.reason}")
    if detected_by := detection_name(incident):
        yield entry("Detected by", detected_by)
    if incident.codename:
        yield entry("Codename", incident.codename)


def detection_name(incident: Incident) -> str:
    """Return how the incident was detected, in the plan's words, "" if unknown."""
    detected_by = incident.classification.found
    if detected_by is None:
        return ""
    detections = incident.plan.detections
    return next((each.name for each in detections if each.id == detected_by.value), detected_by.value)


def milestones(view: Snapshot) -> Iterator[Block]:
    """Write when each milestone was reached."""
    if reached := view.incident.milestones:
        yield heading("Milestones", 2)
        yield table((), [(name, stamp(at)) for name, at in reached.items()])
