"""The parts of a postmortem that tell what happened: each fills in what the record knows and names what it does not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from incident_cockpit.documents.changes_since import decision_text
from incident_cockpit.documents.learnings import went_poorly
from incident_cockpit.documents.markdown import cell, item, say, table, to_be_written
from incident_cockpit.documents.sections.attempts import details, hand_overs, weighed, worst
from incident_cockpit.documents.sections.attempts import systems as systems_over_time
from incident_cockpit.documents.sections.head import detection_name
from incident_cockpit.documents.timeline import entries
from incident_cockpit.documents.variables import pages, verified
from incident_cockpit.incident.event import Event, Fact
from incident_cockpit.incident.facts.hypotheses import Belief, Hypothesis
from incident_cockpit.incident.facts.notes import Logged, NoteKind
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.history import declarer, impacts, judges, phases, tenures
from incident_cockpit.incident.views.metrics import metrics as figures
from incident_cockpit.incident.views.timeline import BEFORE_START, author, is_early
from incident_cockpit.times.format import duration_in_words, stamp

_ASKS_WHY = re.compile(r"\b(?:ask|asks|asking)\b.*\bwhy|\bfive whys\b|\bwhy.*\bwhy", re.IGNORECASE)
_PREVENTS = re.compile(r"prevent", re.IGNORECASE)
WHYS = 5


def summary(record: Record, now: datetime) -> list[str]:
    """Return in a sentence or two what it was, how long it went on and whom it hurt, and who responded."""
    incident = record.incident
    severity = f"a {say(incident.severity.value)} incident" if incident.severity else "an incident"
    impact = f" Impact: {say(incident.impact.value)}" if incident.impact else ""
    for worse in worst(record, past=True):
        impact = f"{impact.rstrip('. ')}. {worse}"
    began = f"“{say(incident.title)}” was {severity} that began at {stamp(incident.started)}"
    # Whoever had a role, then whoever did something without one.
    team = dict.fromkeys((*(one.who for one in tenures(record)), *(event.who for event in record.effective())))
    responded = [f"Responded: {', '.join(say(who) for who in team)}."] if team else []
    return [
        f"{began} {_end(incident, now)}{impact}",
        *responded,
        to_be_written("in three sentences, what happened, why, and what was done"),
    ]


def _end(incident: Incident, now: datetime) -> str:
    report = incident.report
    if incident.ended and incident.dismissed and report is not None:
        same = f" of {say(report.same_as)}" if report.same_as else ""
        why = f": {say(report.reason)}" if report.reason else ""
        return f"and turned out at {stamp(incident.ended)} to be: {report.outcome.value}{same}{why}."
    if incident.ended:
        lasted = duration_in_words(incident.ended - incident.started)
        return f"and was resolved at {stamp(incident.ended)}, after {lasted}."
    return f"and goes on, {duration_in_words(now - incident.started)} so far."


def impact(record: Record, _now: datetime) -> list[str]:
    """Return who was hurt and how, as it became known."""
    found = impacts(record)
    if not found:
        return [to_be_written("who was affected, how, and how many")]
    told = "\n".join(item(f"{stamp(one.since)}: ", one.value) for one in found)
    return [
        told,
        *worst(record),
        *systems_over_time(record),
        *_systems(record),
        to_be_written("customers, requests, money and data, in numbers"),
    ]


def _systems(record: Record) -> Iterator[str]:
    """Yield the affected systems that the plan knows, each with its owner and the pages about it."""
    found = pages(record)
    if found:
        rows = [
            (
                say(one.name),
                say(one.owner) or "not said",
                "<br>".join(f"{say(page.name)}: {say(page.url)}" for page in one.resources),
            )
            for one in found
        ]
        yield table(("System", "Owner", "Pages"), rows)


def roles(record: Record, _now: datetime) -> list[str]:
    """Return who held which role from when to when."""
    plan = record.incident.plan
    rows = [
        (say(plan.role_name(one.role)), say(one.who), stamp(one.since), stamp(one.until) if one.until else "to the end")
        for one in tenures(record)
    ]
    return [table(("Role", "Who", "From", "To"), rows) if rows else "Nobody held a role.", *hand_overs(record)]


def timeline(record: Record, _now: datetime) -> list[str]:
    """Return what happened, line by line."""
    return ["Times in UTC.", entries(record, UTC, level=3)]


def metrics(record: Record, _now: datetime) -> list[str]:
    """Return how long things took, beside the plan's targets where it has some."""
    found = figures(record.incident)
    rows = [
        (
            one.name,
            duration_in_words(one.value) if one.value is not None else "not known",
            f"{one.since} to {one.until}",
        )
        for one in found
    ]
    headings: tuple[str, ...] = ("Metric", "Value", "Counted from")
    if any(one.target is not None for one in found):
        kept = {True: "kept", False: "missed", None: ""}
        targets = [(duration_in_words(one.target) if one.target is not None else "", kept[one.kept]) for one in found]
        return [table((*headings, "Target", ""), [(*row, *target) for row, target in zip(rows, targets, strict=True)])]
    return [table(headings, rows)]


def detection(record: Record, _now: datetime) -> list[str]:
    """Return when and how it was noticed, and who declared it."""
    incident = record.incident
    told = []
    detected = incident.milestones.get("detected")
    by = f", by: {say(detection_name(incident))}" if incident.classification.found else ""
    if detected is not None:
        after = (
            f", {duration_in_words(detected - incident.started)} after it started"
            if detected >= incident.started
            else ""
        )
        told.append(f"Detected at {stamp(detected)}{after}{by}.")
    elif by:
        told.append(f"Found{by}.")
    if (report := incident.report) is not None:
        via = f" ({say(report.via)})" if report.via else ""
        told.append(f"Reported by {say(report.who) or 'somebody unnamed'}{via} at {stamp(report.at)}.")
    declared = incident.milestones.get("declared")
    if declared is not None:
        told.append(f"Declared by {say(declarer(record))} at {stamp(declared)}.")
    return [*([" ".join(told)] if told else []), to_be_written("what told us, and what should have told us sooner")]


def root_cause(record: Record, _now: datetime) -> list[str]:
    """Return which causes were confirmed, ruled out and never settled; the ladder of whys where the plan asks it."""
    said: dict[Belief, list[str]] = {belief: [] for belief in Belief}
    who = judges(record)
    for key, one in record.incident.hypotheses.items():
        said[one.belief].append(_judged(one, one.tester if one.belief is Belief.TESTING else who.get(key, one.by)))
    confirmed = said[Belief.CONFIRMED]
    blocks = ["\n".join(confirmed)] if confirmed else []
    blocks.append(to_be_written("why it happened, and why it could" if confirmed else "the cause; none was confirmed"))
    blocks += _whys(record.incident)
    for heading, items in (
        ("Ruled out", said[Belief.RULED_OUT]),
        ("Never settled", said[Belief.OPEN] + said[Belief.TESTING]),
    ):
        blocks += [f"### {heading}", "\n".join(items)] if items else []
    return blocks


def _judged(one: Hypothesis, who: str) -> str:
    found = f": {say(one.found)}" if one.belief in (Belief.CONFIRMED, Belief.RULED_OUT) else ""
    return "\n".join([f"- {say(one.text)} ({one.belief.value} {stamp(one.since)}, {say(who)}){found}", *weighed(one)])


def _whys(incident: Incident) -> list[str]:
    """Return numbered lines for the author, where the plan's principles say to ask why again and again (seed 004)."""
    if not any(_ASKS_WHY.search(one) for one in incident.plan.postmortem.principles):
        return []
    first = f" did this happen: “{say(incident.title)}”?"
    lines = [f"{number}. Why{first if number == 1 else ' that?'}" for number in range(1, WHYS + 1)]
    stop = to_be_written("the answers; stop where you can change something")
    return ["### Why, and why again", "\n".join(lines), stop]


def resolution(record: Record, _now: datetime) -> list[str]:
    """Return through which phases it went, what was done, and what showed that it was over."""
    plan = record.incident.plan
    rows = [(stamp(one.since), say(plan.phase_name(one.value)), cell(one.reason)) for one in phases(record)]
    actions = _told(record, done)
    blocks = [table(("Entered", "Phase", "Reason"), rows)] if rows else []
    return [*blocks, "\n".join(actions) if actions else to_be_written("what stopped the harm")]


def decisions(record: Record, _now: datetime) -> list[str]:
    """Return what was decided, on which grounds, and whether it still holds."""
    return ["\n".join(_told(record, decision_text)) or "None was logged."]


def response(record: Record, _now: datetime) -> list[str]:
    """Return what was decided and done, in the order in which it happened (seed 000, section 3)."""
    told = "\n".join(_told(record, _decided_or_done))
    shown = verified(record)
    over = [f"What showed that it was over: {say(shown)}"] if shown else []
    return [told or "Neither a decision nor an action was logged.", *over]


def prevention(record: Record, _now: datetime) -> list[str]:
    """Return what would have kept it from happening, as far as causes and follow-ups say so (seed 000, section 3)."""
    incident = record.incident
    confirmed = [one for one in incident.hypotheses.values() if one.belief is Belief.CONFIRMED]
    causes = [f"- Confirmed as cause: {say(one.text)}" for one in confirmed]
    work = [f"- Follow-up: {say(one.text)}" for one in incident.followups.values() if _PREVENTS.search(one.kind)]
    return ["\n".join([*causes, *work, f"- {to_be_written('what would have kept it from happening')}"])]


def improvements(record: Record, now: datetime) -> list[str]:
    """Return what can be better: what the record shows, then follow-ups by the plan's kinds (seed 000, section 3)."""
    incident = record.incident
    shown = [f"- From the record: {one}" for one in went_poorly(record, now)]
    blocks = ["\n".join(shown)] if shown else []
    for kind in incident.plan.follow_up_kinds:
        work = [f"- {say(one.text)}" for one in incident.followups.values() if one.kind.casefold() == kind.casefold()]
        better = "\n".join(work) or to_be_written("what can be better here, or nothing")
        blocks += [f"### {say(kind.capitalize())}", better]
    return blocks if incident.plan.follow_up_kinds else [*blocks, to_be_written("what can be better")]


def lessons(suggested: Iterable[str], what: str) -> list[str]:
    """Return what facts suggest, to be edited, and the place for what people know."""
    return ["\n".join([*(f"- From the record: {one}" for one in suggested), f"- {to_be_written(what)}"])]


def done(fact: Fact) -> str:
    """Return what the fact says was done, or an empty string."""
    return fact.now.text if isinstance(fact, Logged) and fact.now and fact.now.sort is NoteKind.ACTION else ""


def _decided_or_done(fact: Fact) -> str:
    way = decision_text(fact)
    return f"Decided: {way}" if way else done(fact)


def _by(record: Record, event: Event) -> str:
    return say(author(event)) + (f", {BEFORE_START}" if is_early(record.incident, event) else "")


def _told(record: Record, told: Callable[[Fact], str]) -> list[str]:
    return [
        item(f"{stamp(event.happened)}: ", text, f" ({_by(record, event)}){details(record.incident, event)}")
        for event in record.effective()
        if (text := told(event.fact))
    ]
