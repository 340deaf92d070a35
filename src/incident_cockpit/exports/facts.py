"""What an update says of the record: what stands since the last one, in words and with names its readers may see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

from incident_cockpit.exports import news
from incident_cockpit.exports.audience import is_inside
from incident_cockpit.exports.history import impacts
from incident_cockpit.exports.particulars import particulars
from incident_cockpit.exports.people import people
from incident_cockpit.exports.templates import Value
from incident_cockpit.exports.wording import line, time_words
from incident_cockpit.incident.declare import asked_to_join
from incident_cockpit.incident.impacts import highest
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.topics.asks import Ask, open_asks
from incident_cockpit.incident.topics.hypotheses import Belief
from incident_cockpit.incident.topics.needs import open_needs
from incident_cockpit.incident.topics.report import Outcome
from incident_cockpit.incident.topics.roles import commander, missing
from incident_cockpit.incident.topics.updates import next_due
from incident_cockpit.timewords import in_words, ran


def variables(
    record: Record, audience: str, now: datetime, zone: tzinfo, inside: bool | None = None
) -> dict[str, Value]:
    """Return everything a template can name, as plain text; times are in `zone`.

    A message has no audience of the plan, so `inside` says who reads it. For readers outside, hypotheses, names,
    actions, decisions and next steps are empty, whatever their template asks for.
    """
    incident = record.incident
    plan = incident.plan
    severity = next((one for one in plan.severities if incident.severity and one.id == incident.severity.value), None)
    promised = next_due(incident, audience, now) if audience else None
    inside = is_inside(plan, audience) if inside is None else inside
    return {
        **particulars(record, now, zone, inside=inside),
        **people(record, now, zone, inside=inside),
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
        "highest": _highest(record, now, zone),
        "changes": list(news.changes(record, audience, now, zone, inside=inside)),
        "actions": list(news.actions(record, audience, now, zone)) if inside else [],
        "decisions": list(news.decisions(record, audience, now, zone)) if inside else [],
        "hypotheses": list(_hypotheses(incident)) if inside else [],
        "needs": list(_needs(incident, now, zone)) if inside else [],
        "next_steps": list(_next_steps(incident, now, zone)) if inside else [],
    }


def phase_words(incident: Incident) -> str:
    """Return where it stands as people say it: its phase, or what is becoming of a report."""
    if incident.phase is not None and not incident.dismissed:
        return incident.plan.phase_name(incident.phase.value)
    outcome = incident.report.outcome if incident.report else Outcome.OPEN
    return outcome.value[:1].upper() + outcome.value[1:]


def ran_words(incident: Incident, now: datetime, zone: tzinfo) -> str:
    """Return how long it runs and since when, or how long it took, from when to when."""
    span, began = ran(incident.started, incident.ended, now), time_words(incident.started, now, zone)
    if incident.ended is None:
        return f"{span} since {began}"
    return f"{span}, from {began} to {time_words(incident.ended, now, zone)}"


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


def _highest(record: Record, now: datetime, zone: tzinfo) -> str:
    """Return how large the harm was at its worst, "" while that holds or no number is said."""
    peaks = [one for one in highest(impacts(record)) if one.past]
    return line(", ".join(f"{one.figure.said} at {time_words(one.since, now, zone)}" for one in peaks))


def _hypotheses(incident: Incident) -> Iterator[Value]:
    for one in incident.hypotheses.values():
        yield {"status": one.belief.value, "text": line(one.text), "found": line(one.found)}


def _next_steps(incident: Incident, now: datetime, zone: tzinfo) -> Iterator[str]:
    """Yield what is under way; whom it waits for to join is no step of theirs."""
    joining = asked_to_join(incident)
    yield from (_asked(ask, now, zone) for key, ask in open_asks(incident).items() if key not in joining)
    for one in incident.hypotheses.values():
        if one.belief is Belief.TESTING:
            yield f"find out whether it is {line(one.text)}" + (f" ({line(one.tester)})" if one.tester else "")
    for ground in incident.decisions.values():
        if ground.revisit is not None and not ground.reversed:
            yield f"look again at {time_words(ground.revisit, now, zone)}: {line(ground.text)}"


def _needs(incident: Incident, now: datetime, zone: tzinfo) -> Iterator[str]:
    for need in open_needs(incident).values():
        yield f"{line(need.text)} (for {in_words(now - need.raised)})"
    yield from (_asked(ask, now, zone) for ask in open_asks(incident).values())
    yield from (f"{_article(role.name)} {role.name}" for role in missing(incident))


def _asked(ask: Ask, now: datetime, zone: tzinfo) -> str:
    late = "was due" if ask.due <= now else "by"
    return f"{line(ask.who)}: {line(ask.text)} ({late} {time_words(ask.due, now, zone)})"


def _article(name: str) -> str:
    return "an" if name[:1].casefold() in "aeiou" else "a"
