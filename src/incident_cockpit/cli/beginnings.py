"""What is said when an incident has begun: what it is now, who is in command, and what is due at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from incident_cockpit.cli import diagnostics, output, shapes
from incident_cockpit.cli.call import Call
from incident_cockpit.cli.spelling import in_commands
from incident_cockpit.cockpit.library import Library
from incident_cockpit.cockpit.session import Session
from incident_cockpit.errors import Refused
from incident_cockpit.incident.declare import to_join
from incident_cockpit.incident.due import due_items
from incident_cockpit.incident.due_item import DueItem, DueKind, Urgency, urgency
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.topics import breach, restriction
from incident_cockpit.incident.topics.report import reporter
from incident_cockpit.incident.topics.roles import commander
from incident_cockpit.timewords import countdown, read_when

# What people do at once; updates and roles come round by themselves and are in the cockpit.
_AT_ONCE = frozenset((DueKind.NOTICE, DueKind.RUNG, DueKind.DEADLINE))


def instant(library: Library, words: str | None) -> datetime | None:
    """Return the time somebody gave, None where nobody did; raises Refused for what cannot be read."""
    return read_when(words, library.clock.now(), library.zone).at if words is not None else None


def answer(call: Call, library: Library, session: Session) -> None:
    """Write the name to standard output, or everything that is known."""
    if call.json:
        output.shape(shapes.incident(session.record, library.clock.now()))
    else:
        output.text(session.record.incident.name)


def say_report(session: Session) -> None:
    """Say that it is in triage, and what has to be found out by when."""
    incident = session.record.incident
    report = incident.report
    by = f"reported by {reporter(report)}" if report is not None else "reported"
    diagnostics.say(f"{incident.name} {incident.title}: {by}, in triage")
    for item in due_items(incident):
        if item.kind is DueKind.REPORT:
            diagnostics.say(f"  {_due(item, session)}")
    number = incident.opening.number
    diagnostics.say(f"  if it is real: incident declare {number}; if not: incident dismiss {number} --reason TEXT")
    _warn(session.warning)


def say_declared(session: Session, *, new: bool, warning: str, asked: bool) -> None:
    """Say as what it was declared, and what is due at once: the first message, notices, whom to invite."""
    incident = session.record.incident
    level = incident.severity.value if incident.severity else ""
    which = "declared" if new else "the report is declared"
    diagnostics.say(f"{incident.name} {incident.title}: {which} as {level}, {commander(incident)} is in command")
    for line in _at_once(session, incident):
        diagnostics.say(f"  {line}")
    if not asked and len(incident.plan.severities) > 1:
        way = in_commands(":severity SEVERITY REASON", incident.opening.number)
        diagnostics.say(f"  nobody said how bad it is, so the worst was taken: {way}")
    _warn(warning)


def say_who_is_meant(library: Library, begun: str) -> None:
    """Warn when commands without a name still go to another incident, because that is seen too late otherwise."""
    from_env = library.env.get("INCIDENT")
    with suppress(Refused):
        other, one = library.meant(), library.journal.find(begun)
        if other.id != one.id:
            way = f"INCIDENT={one.number}" if from_env else f"incident use {one.number}"
            diagnostics.say(f"  commands still go to {other.name} {other.title}; to change that: {way}")


def _at_once(session: Session, incident: Incident) -> Iterator[str]:
    now = session.here.now
    for item in due_items(incident):
        if item.kind in _AT_ONCE and urgency(item, now) is not Urgency.AHEAD:
            yield _due(item, session)
    named = f"--incident {incident.opening.number}"
    yield f"the first message is written: incident message declared {named}"
    joining = to_join(incident)
    if joining:
        yield f"{', '.join(joining)} should join: incident message invite {named}"
    if incident.meeting.channel:
        yield f"channel #{incident.meeting.channel}"
    if incident.meeting.call:
        yield f"call {incident.meeting.call}"
    if restriction.wanted(incident):
        yield in_commands("only some may know of this: :restrict CODENAME", incident.opening.number)
    if breach.lacking(incident):
        yield in_commands("a breach record is kept: :breach FIELD TEXT", incident.opening.number)


def _due(item: DueItem, session: Session) -> str:
    route = f" ({item.route})" if item.route else ""
    return f"{item.text}{route}: {countdown(item.at, session.here.now)}"


def _warn(warning: str) -> None:
    if warning:
        diagnostics.warn(warning)
