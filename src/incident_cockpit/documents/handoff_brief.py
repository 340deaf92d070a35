"""The brief of a hand-over: all that the next commander has to know, made from the record, none of it from memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

from incident_cockpit.documents.document import marked, safe, veiled
from incident_cockpit.documents.phrasing import one_line, time_with_zone
from incident_cockpit.documents.variables import phase_words, ran_words
from incident_cockpit.incident.facts.asks import open_asks, open_needs
from incident_cockpit.incident.facts.hypotheses import Belief, Hypothesis
from incident_cockpit.incident.facts.notes import Logged, NoteKind
from incident_cockpit.incident.facts.report import TriageOutcome
from incident_cockpit.incident.facts.roles import READ_BACK_POINTS
from incident_cockpit.incident.facts.severity import affected_systems, peak_figures
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.due import DueKind, due_items
from incident_cockpit.incident.views.history import impacts, severities
from incident_cockpit.times.format import age, ago, clock, countdown, zone_label

_LAST_ACTIONS = 8
_LAST_DECISIONS = 6
_MOST_DUE = 10
_LAST_PINS = 6
_MOST_BROUGHT_IN = 6
# An update is quoted in full, but not a book of it.
_LONGEST_QUOTE = 1_500


def brief(record: Record, now: datetime, zone: tzinfo) -> str:
    """Return the brief as text to paste or read aloud; times in `zone`, secrets redacted, nobody called by it."""
    told = veiled(record)
    incident = told.incident
    parts = [
        *_situation(told, now, zone),
        *_done(incident, now, zone),
        *_causes(incident),
        *_waiting(incident, now),
        *_decisions(incident, now, zone),
        *_promises(incident, now, zone),
        *_pinned(incident, now, zone),
        *_people(told, now, zone),
        *_last_update(incident, now, zone),
        *_read_back(incident),
    ]
    return safe(marked(record.incident, "\n".join(parts)))


def _situation(record: Record, now: datetime, zone: tzinfo) -> Iterator[str]:
    incident = record.incident
    severity = f"{incident.severity.value} " if incident.severity else ""
    yield f"*Hand-over: {severity}{incident.name} {one_line(incident.title)}* (times in {zone_label(zone, now)})"
    yield f"{phase_words(incident)}, {ran_words(incident, now, zone)}"
    yield from _report(incident)
    changes = severities(record)
    if len(changes) > 1:
        told = (
            f"{one.value} {clock(one.since, zone, now)}" + (f" ({one_line(one.reason)})" if one.reason else "")
            for one in changes
        )
        yield f"*Severity:* {' → '.join(told)}"
    yield from _impact(record, now, zone)
    for one in affected_systems(incident):
        yield f"- {one_line(one.name)}: {one.health.value}" + (f" ({one_line(one.note)})" if one.note else "")


def _report(incident: Incident) -> Iterator[str]:
    """Yield who reported it and who looks into it while nobody has said what it is, or what it turned out to be."""
    report = incident.report
    if report is None or report.outcome is TriageOutcome.DECLARED:
        return
    if report.outcome is TriageOutcome.OPEN:
        via = f" via {one_line(report.via)}" if report.via else ""
        looks = f"; {one_line(report.investigator)} looks into it" if report.investigator else ""
        yield f"*Reported:* by {one_line(report.who) or 'somebody unnamed'}{via}{looks}"
    elif report.reason or report.same_as:
        yield f"*Why:* {one_line(' '.join(filter(None, (report.same_as, report.reason))))}"


def _impact(record: Record, now: datetime, zone: tzinfo) -> Iterator[str]:
    incident = record.incident
    if incident.impact is None:
        yield from () if incident.dismissed else ("*Impact:* not known yet",)
        return
    yield f"*Impact:* {one_line(incident.impact.value)} ({ago(incident.impact.since, now)})"
    said = impacts(record)
    before = [one_line(one.value) for one in said[:-1]]
    if before:
        yield f"- before that: {'; '.join(before[-2:])}"
    peaks = [one for one in peak_figures(said) if one.past]
    if peaks:
        told = (f"{one_line(one.figure.said)} at {clock(one.since, zone, now)}" for one in peaks)
        yield f"- highest: {', '.join(told)}"


def _done(incident: Incident, now: datetime, zone: tzinfo) -> Iterator[str]:
    actions = list(incident.notes.actions.items())
    if not actions:
        return
    earlier = len(actions) - _LAST_ACTIONS
    yield "*What was done, and what it did:*" + (
        f" ({earlier} earlier ones are on the timeline)" if earlier > 0 else ""
    )
    for key, note in actions[-_LAST_ACTIONS:]:
        effect = incident.effects.get(key)
        found = f": {one_line(effect.found)}" if effect and effect.found else ""
        verdict = effect.verdict.value if effect else "not known yet"
        yield f"- {clock(note.happened, zone, now)} {one_line(note.text)} → {verdict}{found}"


def _causes(incident: Incident) -> Iterator[str]:
    held = list(incident.hypotheses.values())
    groups = (
        ("Cause", [one for one in held if one.belief is Belief.CONFIRMED]),
        ("Possible causes", [one for one in held if one.belief in (Belief.OPEN, Belief.TESTING)]),
        ("Ruled out, not to be tried again", [one for one in held if one.belief is Belief.RULED_OUT]),
    )
    for title, found in groups:
        if found:
            yield f"*{title}:*"
            yield from (f"- {_cause(one)}" for one in found)


def _cause(one: Hypothesis) -> str:
    tested = f", {one_line(one.tester)} tests it" if one.belief is Belief.TESTING else ""
    found = f": {one_line(one.found)}" if one.found else ""
    weighed = [f"{'for' if each.speaks_for else 'against'}: {one_line(each.text)}" for each in one.evidence[-3:]]
    return f"{one_line(one.text)}{tested}{found}" + (f" ({'; '.join(weighed)})" if weighed else "")


def _waiting(incident: Incident, now: datetime) -> Iterator[str]:
    asks, needs = open_asks(incident), open_needs(incident)
    if asks:
        yield "*Asked and not answered:*"
    for ask in asks.values():
        on_it = ", on it" if ask.acknowledged else ""
        yield f"- {one_line(ask.who)}: {one_line(ask.text)} ({countdown(ask.due, now)}{on_it})"
    if needs:
        yield "*Lacking:*"
    for need in needs.values():
        yield f"- {one_line(need.text)} (for {age(need.raised, now)})"


def _decisions(incident: Incident, now: datetime, zone: tzinfo) -> Iterator[str]:
    decisions = list(incident.notes.decisions.items())[-_LAST_DECISIONS:]
    if decisions:
        yield "*Decided:*"
    for key, note in decisions:
        ground = incident.decisions.get(key)
        at = clock(note.happened, zone, now)
        if ground is not None and ground.reversed:
            yield f"- {at} NO LONGER HOLDS: {one_line(note.text)} ({one_line(ground.reversed)})"
            continue
        told = [f"{at} {one_line(note.text)}"]
        if ground is not None:
            told += [f"because {one_line(ground.why)}"] if ground.why else []
            told += [f"risk: {one_line(ground.risk)}"] if ground.risk else []
            told += [f"decided by {one_line(ground.who)}"] if ground.who and ground.who != note.by else []
            told += [f"objections: {one_line(ground.objections)}"] if ground.objections else []
            told += [f"look again {countdown(ground.revisit, now)}"] if ground.revisit else []
        yield f"- {'; '.join(told)}"


def _promises(incident: Incident, now: datetime, zone: tzinfo) -> Iterator[str]:
    asked = (DueKind.ASK, DueKind.DECISION)
    items = [item for item in due_items(incident) if item.kind not in asked]
    if items:
        yield "*Promised and due:*"
    for item in items[:_MOST_DUE]:
        yield f"- {one_line(item.text)}, {countdown(item.at, now)}, at {time_with_zone(item.at, now, zone)}"
    if len(items) > _MOST_DUE:
        yield f"- and {len(items) - _MOST_DUE} more"


def _pinned(incident: Incident, now: datetime, zone: tzinfo) -> Iterator[str]:
    """Yield the newest links and files on lines: where to look first."""
    pins = sorted(
        (pin for on_one in incident.attachments.values() for pin in on_one.values()), key=lambda pin: pin.when
    )
    if pins:
        yield "*Links and files:*"
    for pin in pins[-_LAST_PINS:]:
        where = f" in {one_line(pin.file.where)}" if pin.file else ""
        yield f"- {clock(pin.when, zone, now)} {one_line(pin.to)}: {one_line(pin.words)}{where}"


def _people(record: Record, now: datetime, zone: tzinfo) -> Iterator[str]:
    incident = record.incident
    held = incident.crew.held
    named = [
        f"{role.name}: "
        + ", ".join(f"{one_line(holding.who)} (since {clock(holding.since, zone, now)})" for holding in held[role.id])
        for role in incident.plan.roles
        if held.get(role.id)
    ]
    if named:
        yield f"*Roles:* {'; '.join(named)}"
    brought = [
        event.fact.now.text
        for event in record.effective()
        if isinstance(event.fact, Logged) and event.fact.now and event.fact.now.sort is NoteKind.ESCALATION
    ]
    if brought:
        yield f"*Brought in:* {'; '.join(map(one_line, brought[-_MOST_BROUGHT_IN:]))}"
    meeting = incident.meeting
    where = [f"#{meeting.channel}" if meeting.channel else "", meeting.call]
    if any(where):
        yield f"*Where:* {'  '.join(one for one in where if one)}"


def _last_update(incident: Incident, now: datetime, zone: tzinfo) -> Iterator[str]:
    last = max(incident.updates.sent.values(), key=lambda one: one.sent, default=None)
    if last is None:
        yield "*Last update:* none was sent"
        return
    # Made safe before it is cut: half a secret is not known as one.
    whole = safe(last.text)
    text = whole if len(whole) <= _LONGEST_QUOTE else whole[:_LONGEST_QUOTE].rstrip() + " …"
    yield f"*Last update* ({last.audience}, number {last.number}, {time_with_zone(last.sent, now, zone)}):"
    yield from (f"> {row}".rstrip() for row in text.splitlines())


def _read_back(incident: Incident) -> Iterator[str]:
    held = incident.handoff
    if held is None:
        return
    yield f"*{one_line(held.incoming)} reads back:*"
    for point, question in READ_BACK_POINTS.items():
        said = dict(held.read_back).get(point)
        yield f"- {question} {one_line(said)}" if said else f"- {question}"
