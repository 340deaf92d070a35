"""What an update says of the record: what stands since the last one, in words and with names its readers may see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo

from incident_cockpit.exports.audience import is_inside
from incident_cockpit.exports.particulars import particulars
from incident_cockpit.exports.templates import Value
from incident_cockpit.exports.wording import line, time_words
from incident_cockpit.incident.checklist import is_of_phases
from incident_cockpit.incident.envelope import Event, Fact
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.topics.asks import open_asks
from incident_cockpit.incident.topics.gates import GatePassed
from incident_cockpit.incident.topics.notes import Logged, Sort
from incident_cockpit.incident.topics.report import Outcome
from incident_cockpit.incident.topics.roles import commander, missing, without_role
from incident_cockpit.incident.topics.steps import Status, StepMarked
from incident_cockpit.incident.topics.updates import UpdateSent, next_due
from incident_cockpit.timewords import in_words


def variables(
    record: Record, audience: str, now: datetime, zone: tzinfo, inside: bool | None = None
) -> dict[str, Value]:
    """Return everything a template can name, as plain text; times are in `zone`.

    A message has no audience of the plan, so `inside` says who reads it. For readers outside, hypotheses, names,
    actions and decisions are empty, whatever their template asks for.
    """
    incident = record.incident
    plan = incident.plan
    severity = next((one for one in plan.severities if incident.severity and one.id == incident.severity.value), None)
    promised = next_due(incident, audience, now) if audience else None
    inside = is_inside(plan, audience) if inside is None else inside
    return {
        **particulars(record, now, zone, inside=inside),
        "title": line(incident.title),
        "id": incident.name,
        "severity": incident.severity.value if incident.severity else "",
        "severity_means": line(severity.means) if severity else "",
        "phase": phase_words(incident),
        "public": _public(incident),
        "impact": line(incident.impact.value) if incident.impact else "",
        "started": time_words(incident.started, now, zone),
        "elapsed": in_words((incident.ended or now) - incident.started),
        "commander": commander(incident) if inside else "",
        "number": next_number(incident, audience),
        "next_time": time_words(promised, now, zone) if promised else "",
        "steps_done": progress(incident) if inside else "",
        "actions": list(_actions(record, audience, now, zone)) if inside else [],
        "decisions": list(_told(record, audience, now, zone, _decided)) if inside else [],
        "hypotheses": [{"status": one.belief.value, "text": line(one.text)} for one in incident.hypotheses.values()]
        if inside
        else [],
        "needs": list(_needs(incident, now, zone)) if inside else [],
    }


def phase_words(incident: Incident) -> str:
    """Return where it stands as people say it: its phase, or what is becoming of a report."""
    if incident.phase is not None and not incident.dismissed:
        return incident.plan.phase_name(incident.phase.value)
    outcome = incident.report.outcome if incident.report else Outcome.OPEN
    return outcome.value[:1].upper() + outcome.value[1:]


def _public(incident: Incident) -> str:
    """Return the status word for people outside; while nobody knows more, that we look into it."""
    at = incident.phase.value if incident.phase else incident.plan.first_phase
    if incident.dismissed:
        return "Resolved"
    return next((one.public for one in incident.plan.phases if one.id == at), "Investigating")


def next_number(incident: Incident, audience: str) -> int:
    """Return the number the next update to the audience has, from 1."""
    last = incident.updates.last(audience)
    return last.number + 1 if last else 1


def progress(incident: Incident) -> str:
    """Return how many steps of all runbooks are dealt with, "7/19", or "" without one."""
    closed, total = incident.steps.progress()
    return f"{closed}/{total}" if total else ""


def since_last(record: Record, audience: str) -> Iterator[Event]:
    """Yield what stands and was recorded after the last update to the audience; once it is over, all of it.

    What happened earlier but was written down only now is news to the readers, so the order of recording decides.
    """
    sent = [event.seq for event in record.standing() if _went_to(event.fact, audience)]
    after = max(sent, default=0) if record.incident.live else 0
    return (event for event in record.standing() if event.seq > after)


def _went_to(fact: Fact, audience: str) -> bool:
    return isinstance(fact, UpdateSent) and fact.now is not None and fact.now.audience == audience


def _actions(record: Record, audience: str, now: datetime, zone: tzinfo) -> Iterator[Value]:
    """Yield what was done and found since the last update; ticks of the plan's checklists where nobody said more.

    "Open a ticket ✓" is the process, not its news: it would push out what somebody wrote down.
    """
    if any(_written(record.incident, event) for event in since_last(record, audience)):
        return _told(record, audience, now, zone, _written)
    return _told(record, audience, now, zone, _done)


def _written(incident: Incident, event: Event) -> str:
    """Return what the event says was done or found, but for the bare tick of a checklist of the plan."""
    fact = event.fact
    if isinstance(fact, StepMarked) and fact.now is not None and not fact.now.answer:
        book = fact.step.partition(".")[0]
        if book in incident.steps.runbooks and is_of_phases(incident, book):
            return ""
    return _done(incident, event)


def _told(
    record: Record, audience: str, now: datetime, zone: tzinfo, words: Callable[[Incident, Event], str]
) -> Iterator[Value]:
    """Yield with its time what `words` makes of each event since the last update; "" is nothing to tell."""
    for event in since_last(record, audience):
        text = words(record.incident, event)
        if text:
            yield {"time": time_words(event.happened, now, zone), "text": line(text)}


def _done(incident: Incident, event: Event) -> str:
    """Return what the event says was done or found, or "" when it says neither."""
    match event.fact:
        case Logged(now=note) if note is not None and note.sort is Sort.ACTION:
            return note.text
        case Logged(now=note) if note is not None and note.sort is Sort.FINDING:
            return f"Found: {note.text}"
        case Logged(now=note) if note is not None and note.sort is Sort.ESCALATION:
            return f"Brought in {note.text}"
        case StepMarked(step=step, now=mark) if mark is not None and mark.status is Status.DONE:
            # A step may have been opened again since; then it is not done.
            found = incident.steps.find(step) if incident.steps.marks.get(step) == mark else None
            return _settled(without_role(incident.plan, found.text), mark.answer) if found else ""
    return ""


def _settled(text: str, answer: str) -> str:
    return f"{text} {answer}" if answer else f"{text} ✓"


def decided(fact: Fact) -> str:
    """Return what a fact says was decided, or "": in words, or as the way that was taken at a gate."""
    match fact:
        case Logged(now=note) if note is not None and note.sort is Sort.DECISION:
            return note.text
        case GatePassed(now=passed) if passed is not None:
            return passed.told
    return ""


def _decided(incident: Incident, event: Event) -> str:
    """Return what was decided and holds: an update tells the way that is taken now, not the one before."""
    fact = event.fact
    if isinstance(fact, GatePassed) and incident.gates.get(fact.gate) != fact.now:
        return ""
    return decided(fact)


def _needs(incident: Incident, now: datetime, zone: tzinfo) -> Iterator[str]:
    for ask in open_asks(incident).values():
        late = "was due" if ask.due <= now else "by"
        yield f"{line(ask.who)}: {line(ask.text)} ({late} {time_words(ask.due, now, zone)})"
    yield from (f"{_article(role.name)} {role.name}" for role in missing(incident))


def _article(name: str) -> str:
    return "an" if name[:1].casefold() in "aeiou" else "a"
