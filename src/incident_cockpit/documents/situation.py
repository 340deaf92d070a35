"""The situation in one short text, for whoever joins the channel and asks what is going on."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime, tzinfo

from incident_cockpit.documents.changes_since import action_outcome
from incident_cockpit.documents.document import marked, safe, veiled
from incident_cockpit.documents.phrasing import one_line, time_with_zone
from incident_cockpit.documents.variables import phase_words, progress, ran_words
from incident_cockpit.incident.facts.asks import open_asks, open_needs
from incident_cockpit.incident.facts.hypotheses import Belief
from incident_cockpit.incident.facts.severity import affected_systems, peak_figures
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.due import due_items
from incident_cockpit.incident.views.history import impacts
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.times.format import age, clock, countdown, zone_label

LAST_LINES = 5
_LAST_ACTIONS = 3
_LAST_DECISIONS = 3


def situation(record: Record, now: datetime, zone: tzinfo) -> str:
    """Return the situation as text to paste: what, how bad, who, what is asked, suspected and due, what happened last.

    Times are in `zone`, which the text names; secrets are redacted and nothing in it calls anybody.
    """
    told = veiled(record)
    incident = told.incident
    parts = [*_head(told, now, zone), *_people(incident), *_done(incident, now, zone), *_asks(incident, now, zone)]
    parts += [*_needs(incident, now), *_causes(incident), *_next(incident, now, zone), *_last(told, zone)]
    return safe(marked(incident, "\n".join(parts)))


def _head(record: Record, now: datetime, zone: tzinfo) -> Iterator[str]:
    incident = record.incident
    severity = f"{incident.severity.value} " if incident.severity else ""
    phase = phase_words(incident)
    yield f"*{severity}{incident.name} {one_line(incident.title)}*"
    yield f"{phase}, {ran_words(incident, now, zone)}"
    peaks = ", ".join(
        f"{one_line(one.figure.said)} at {clock(one.since, zone, now)}"
        for one in peak_figures(impacts(record))
        if one.past
    )
    worst = f" (highest: {peaks})" if peaks else ""
    yield f"*Impact:* {one_line(incident.impact.value) if incident.impact else 'not known yet'}{worst}"
    ill = affected_systems(incident)
    if ill:
        yield f"*Systems:* {'; '.join(f'{one_line(one.name)}: {one.health.value}' for one in ill)}"


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


def _done(incident: Incident, now: datetime, zone: tzinfo) -> Iterator[str]:
    """Yield what was done last and what it did, and what is decided and still holds."""
    actions = list(incident.notes.actions.items())[-_LAST_ACTIONS:]
    if actions:
        yield "*Done:*"
    for key, note in actions:
        effect = one_line(action_outcome(incident, key)) or "what it did is not known yet"
        yield f"- {clock(note.happened, zone, now)} {one_line(note.text)}: {effect}"
    hold = [
        (note, ground)
        for key, note in incident.notes.decisions.items()
        if (ground := incident.decisions.get(key)) is None or not ground.reversed
    ]
    if hold:
        yield "*Decided:*"
    for note, ground in hold[-_LAST_DECISIONS:]:
        why = f", because {one_line(ground.why)}" if ground is not None and ground.why else ""
        risk = f"; risk: {one_line(ground.risk)}" if ground is not None and ground.risk else ""
        yield f"- {clock(note.happened, zone, now)} {one_line(note.text)}{why}{risk}"


def _needs(incident: Incident, now: datetime) -> Iterator[str]:
    lacking = [f"{one_line(one.text)} (for {age(one.raised, now)})" for one in open_needs(incident).values()]
    if lacking:
        yield f"*Lacking:* {'; '.join(lacking)}"


def _asks(incident: Incident, now: datetime, zone: tzinfo) -> Iterator[str]:
    waiting = open_asks(incident)
    if waiting:
        yield "*Asked:*"
    for ask in waiting.values():
        on_it = ", on it" if ask.acknowledged else ""
        times = f"{countdown(ask.due, now)}, asked {clock(ask.asked, zone)}"
        yield f"- {one_line(ask.who)}: {one_line(ask.text)} ({times}{on_it})"


def _causes(incident: Incident) -> Iterator[str]:
    if incident.hypotheses:
        yield "*Possible causes:*"
    # What is still possible comes first; what was ruled out is said so that nobody starts on it again.
    for one in sorted(incident.hypotheses.values(), key=lambda one: one.belief is Belief.RULED_OUT):
        tester = f", {one.tester}" if one.belief is Belief.TESTING else ""
        settled = one.belief in (Belief.RULED_OUT, Belief.CONFIRMED)
        found = f": {one_line(one.found)}" if settled else ""
        weighed = [f"{'for' if each.speaks_for else 'against'}: {one_line(each.text)}" for each in one.evidence[-2:]]
        told = f" [{'; '.join(weighed)}]" if weighed and not settled else ""
        yield f"- {one_line(one.text)} ({one.belief.value}{tester}{found}){told}"


def _next(incident: Incident, now: datetime, zone: tzinfo) -> Iterator[str]:
    due = due_items(incident)
    if due and incident.live:
        first = due[0]
        at = time_with_zone(first.at, now, zone)
        yield f"*Next due:* {one_line(first.text)}, {countdown(first.at, now)}, at {at}"


def _last(record: Record, zone: tzinfo) -> Iterator[str]:
    yield f"*Last* (times in {zone_label(zone, record.incident.started)}):"
    for one in deque(timeline_entries(record), LAST_LINES):
        yield f"- {clock(one.happened, zone)} {one.sort}: {one_line(one.text)} ({one.who})"
