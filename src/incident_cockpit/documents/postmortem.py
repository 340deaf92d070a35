"""The postmortem as a draft in Markdown: every fact the journal knows is filled in, what it does not know is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

from incident_cockpit.documents.document import document
from incident_cockpit.documents.markdown import cell, say, table
from incident_cockpit.documents.plan_headings import chapters_of
from incident_cockpit.documents.sections.head import detection_name, phase_name
from incident_cockpit.documents.variables import types
from incident_cockpit.incident.facts.classification import removed_types, type_name
from incident_cockpit.incident.facts.milestones import MILESTONES
from incident_cockpit.incident.facts.roles import commander
from incident_cockpit.incident.facts.timers import CompletionStatus
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.history import declarer, severities
from incident_cockpit.incident.views.legal_duties import legal_duties_owed, waived_duties
from incident_cockpit.times.format import clock, duration_in_words, stamp, zone_label


@document
def postmortem(record: Record, now: datetime, zone: tzinfo) -> str:
    """Return the draft; times are in UTC, those of the summary table in `zone` as well.

    The plan says which sections there are, in what spirit it is written and who signs it off. What people have to write
    is marked "To be written"; suggestions from the facts are there to be edited.
    """
    incident = record.incident
    parts = [f"# Postmortem: {incident.name} {say(incident.title)}", _table(record, now, zone), *_spirit(incident)]
    for heading, blocks in chapters_of(record, now):
        parts += [f"## {heading}", *blocks]
    parts += _sign_off(incident)
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _spirit(incident: Incident) -> Iterator[str]:
    """Yield how the plan wants it written, and whether it asks for it at all."""
    rules, severity = incident.plan.postmortem, incident.severity
    if rules.required_at and severity is not None:
        asked = severity.value in rules.required_at
        level = say(severity.value)
        yield f"The plan {'asks' if asked else 'does not ask'} for it at {level}."
    if rules.principles:
        yield "How it is written:"
        yield "\n".join(f"- {say(one)}" for one in rules.principles)


def _sign_off(incident: Incident) -> Iterator[str]:
    """Yield the line of whoever validates it; it is filled in once the plan's gate for that is passed."""
    who = incident.plan.postmortem.sign_off
    if not who:
        return
    yield "## Sign-off"
    # The gate is the plan's own; it is known by naming who signs.
    gates = [gate for gate in incident.plan.closing if who.casefold() in gate.text.casefold()]
    given = [
        f"- {cell(gate.text)}: {say(deed.who)}, {stamp(deed.when)}" + (f" ({cell(deed.note)})" if deed.note else "")
        for gate in gates
        if (deed := incident.completion_marks.get(gate.completion_mark)) is not None
        and deed.status is CompletionStatus.DONE
    ]
    yield "\n".join(given) if given else f"- {say(who)}: not signed off yet"


def _table(record: Record, now: datetime, zone: tzinfo) -> str:
    """Return the summary table: what somebody looks for who reads nothing else."""
    incident = record.incident
    plan = incident.plan
    rows = [
        ("Incident", f"{say(incident.name)}, {_code(record.id)}"),
        (
            "Severity",
            "<br>".join(f"{say(one.value)} from {stamp(one.since)}{_why(one.reason)}" for one in severities(record))
            or "not said",
        ),
        ("Status", say(phase_name(incident))),
        *((name.capitalize(), _time(incident, name, zone)) for name in MILESTONES if _shown(incident, name)),
        ("Duration", _length(incident, now)),
        *_known("Type", "<br>".join((*map(say, types(incident)), *_types_before(incident)))),
        *_known("Legal duties waived", "<br>".join(_waived(incident))),
        *_known("Legal duties owed", "<br>".join(say(one.deadline.text) for one in legal_duties_owed(incident))),
        *_known("Found by", say(detection_name(incident))),
        ("Incident commander", say(commander(incident)) or "nobody"),
        *_known("Declared by", say(declarer(record))),
        ("Response plan", say(plan.name)),
        ("Runbooks", "<br>".join(say(one.title) for one in incident.steps.runbooks.values()) or "none"),
    ]
    return table(("", ""), rows)


def _types_before(incident: Incident) -> Iterator[str]:
    """Yield the types that were removed, with the time and the reason."""
    for type_id, held in removed_types(incident).items():
        until = f", removed {stamp(held.removed)}" if held.removed else ""
        yield f"{say(type_name(incident, type_id))}{until}: {cell(held.reason)}"


def _waived(incident: Incident) -> Iterator[str]:
    for one, deed in waived_duties(incident):
        yield f"{say(one.deadline.text)}: {cell(deed.note)} ({say(deed.who)}, {stamp(deed.when)})"


def _known(name: str, value: str) -> Iterator[tuple[str, str]]:
    """Yield the row where there is something to say."""
    if value:
        yield name, value


def _length(incident: Incident, now: datetime) -> str:
    """Return how long it went on."""
    return duration_in_words((incident.ended or now) - incident.started) + ("" if incident.ended else " so far")


def _code(word: str) -> str:
    return f"`{word}`"


def _why(reason: str) -> str:
    return f": {cell(reason)}" if reason else ""


def _shown(incident: Incident, milestone: str) -> bool:
    """Return whether the milestone is known, or one that is missed when it is not."""
    return milestone in incident.milestones or milestone in ("detected", "mitigated", "resolved")


def _time(incident: Incident, milestone: str, zone: tzinfo) -> str:
    at = incident.milestones.get(milestone)
    if at is None:
        return "not known"
    label = zone_label(zone, at)
    return stamp(at) if label == "UTC" else f"{stamp(at)} ({clock(at, zone)} {say(label)})"
