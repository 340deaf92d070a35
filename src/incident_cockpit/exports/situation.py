"""The situation in one short text, for whoever joins the channel and asks what is going on."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime, tzinfo

from incident_cockpit.exports.facts import phase_words, progress
from incident_cockpit.exports.leaving import safe
from incident_cockpit.exports.restricted import marked, veiled
from incident_cockpit.exports.wording import line, time_words
from incident_cockpit.incident.due import due_items
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.timeline import lines
from incident_cockpit.incident.topics.asks import open_asks
from incident_cockpit.incident.topics.hypotheses import Belief
from incident_cockpit.timewords import clock, countdown, elapsed, zone_label

LAST_LINES = 5


def situation(record: Record, now: datetime, zone: tzinfo) -> str:
    """Return the situation as text to paste: what, how bad, who, what is asked, suspected and due, what happened last.

    Times are in `zone`, which the text names; secrets are redacted and nothing in it calls anybody.
    """
    told = veiled(record)
    incident = told.incident
    parts = [*_head(incident, now, zone), *_people(incident), *_asks(incident, now, zone), *_causes(incident)]
    parts += [*_next(incident, now, zone), *_last(told, zone)]
    return safe(marked(incident, "\n".join(parts)))


def _head(incident: Incident, now: datetime, zone: tzinfo) -> Iterator[str]:
    severity = f"{incident.severity.value} " if incident.severity else ""
    phase = phase_words(incident)
    yield f"*{severity}{incident.name} {line(incident.title)}*"
    ran = elapsed(incident.started, incident.ended or now)
    over = f", over since {time_words(incident.ended, now, zone)}" if incident.ended else ""
    yield f"{phase}, {ran} since {time_words(incident.started, now, zone)}{over}"
    yield f"*Impact:* {line(incident.impact.value) if incident.impact else 'not known yet'}"


def _people(incident: Incident) -> Iterator[str]:
    held = [
        f"{role.name}: {', '.join(holding.who for holding in incident.roles[role.id])}"
        for role in incident.plan.roles
        if incident.roles.get(role.id)
    ]
    if held:
        yield f"*Roles:* {'; '.join(held)}"
    steps = progress(incident)
    if steps:
        yield f"*Runbook:* {steps} steps"


def _asks(incident: Incident, now: datetime, zone: tzinfo) -> Iterator[str]:
    waiting = open_asks(incident)
    if waiting:
        yield "*Asked:*"
    for ask in waiting.values():
        yield f"- {line(ask.who)}: {line(ask.text)} ({countdown(ask.due, now)}, asked {clock(ask.asked, zone)})"


def _causes(incident: Incident) -> Iterator[str]:
    if incident.hypotheses:
        yield "*Possible causes:*"
    # What is still possible comes first; what was ruled out is said so that nobody starts on it again.
    for one in sorted(incident.hypotheses.values(), key=lambda one: one.belief is Belief.RULED_OUT):
        tester = f", {one.tester}" if one.belief is Belief.TESTING else ""
        settled = one.belief in (Belief.RULED_OUT, Belief.CONFIRMED)
        found = f": {line(one.found)}" if settled else ""
        yield f"- {line(one.text)} ({one.belief.value}{tester}{found})"


def _next(incident: Incident, now: datetime, zone: tzinfo) -> Iterator[str]:
    due = due_items(incident)
    if due and incident.live:
        first = due[0]
        yield f"*Next due:* {line(first.text)}, {countdown(first.at, now)}, at {time_words(first.at, now, zone)}"


def _last(record: Record, zone: tzinfo) -> Iterator[str]:
    yield f"*Last* (times in {zone_label(zone, record.incident.started)}):"
    for one in deque(lines(record), LAST_LINES):
        yield f"- {clock(one.happened, zone)} {one.sort}: {line(one.text)} ({one.who})"
