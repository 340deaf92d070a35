"""The postmortem as a draft in Markdown: every fact the journal knows is filled in, what it does not know is named."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, tzinfo

from incident_cockpit.exports.aftermath import asks, follow_ups, runbooks, updates
from incident_cockpit.exports.facts import decided
from incident_cockpit.exports.history import impacts, judges, phases, severities, tenures
from incident_cockpit.exports.lessons import missing, went_poorly, went_well
from incident_cockpit.exports.paper import cell, item, say, table, to_be_written
from incident_cockpit.exports.timeline import entries
from incident_cockpit.incident.envelope import Fact
from incident_cockpit.incident.metrics import metrics
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.topics.hypotheses import Belief, Hypothesis
from incident_cockpit.incident.topics.milestones import NAMES
from incident_cockpit.incident.topics.notes import Logged, Sort
from incident_cockpit.incident.topics.roles import commander
from incident_cockpit.timewords import clock, in_words, stamp, zone_label


def postmortem(record: Record, now: datetime, zone: tzinfo) -> str:
    """Return the draft; times are in UTC, those of the summary in `zone` as well.

    What people have to write is marked "To be written"; suggestions from the facts are there to be edited.
    """
    incident = record.incident
    sections = [
        ("Summary", _summary(incident, now)),
        ("Impact", _impact(record)),
        ("Roles", _roles(record)),
        ("Timeline", ["Times in UTC.", entries(record, UTC, level=3)]),
        ("Metrics", _metrics(incident)),
        ("Detection", _detection(record)),
        ("Root cause", _root_cause(record)),
        ("Resolution", _resolution(record)),
        ("Decisions", _decisions(record)),
        ("Updates sent", updates(incident)),
        ("Asks", asks(record, now)),
        ("Runbook", runbooks(incident)),
        ("What went well", _lessons(went_well(record), "what helped, and should be kept")),
        ("What went poorly", _lessons(went_poorly(record, now), "what slowed us down, and where we were lucky")),
        ("Follow-ups", follow_ups(incident)),
        ("Missing evidence", _missing(record, now)),
    ]
    parts = [f"# Postmortem: {incident.name} {say(incident.title)}", _table(record, now, zone)]
    for heading, blocks in sections:
        parts += [f"## {heading}", *blocks]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _table(record: Record, now: datetime, zone: tzinfo) -> str:
    """Return the summary table: what somebody looks for who reads nothing else."""
    incident = record.incident
    plan = incident.plan
    rows = [
        ("Incident", f"{say(incident.name)}, {_code(record.id)}"),
        (
            "Severity",
            "<br>".join(f"{say(one.value)} from {stamp(one.since)}{_why(one.reason)}" for one in severities(record)),
        ),
        ("Status", say(plan.phase_name(incident.phase.value)) if incident.phase else ""),
        *((name.capitalize(), _time(incident, name, zone)) for name in NAMES if _shown(incident, name)),
        ("Duration", in_words((incident.ended or now) - incident.started) + ("" if incident.ended else " so far")),
        ("Incident commander", say(commander(incident)) or "nobody"),
        ("Declared by", say(_declarer(record))),
        ("Response plan", say(plan.name)),
        ("Runbooks", "<br>".join(say(one.title) for one in incident.steps.runbooks.values()) or "none"),
    ]
    return table(("", ""), rows)


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


def _summary(incident: Incident, now: datetime) -> list[str]:
    severity = f"a {say(incident.severity.value)} incident" if incident.severity else "an incident"
    began = f"“{say(incident.title)}” was {severity} that began at {stamp(incident.started)}"
    if incident.ended:
        end = f"and was resolved at {stamp(incident.ended)}, after {in_words(incident.ended - incident.started)}."
    else:
        end = f"and goes on, {in_words(now - incident.started)} so far."
    impact = f" Impact: {say(incident.impact.value)}" if incident.impact else ""
    return [f"{began} {end}{impact}", to_be_written("in three sentences, what happened, why, and what was done")]


def _impact(record: Record) -> list[str]:
    found = impacts(record)
    if not found:
        return [to_be_written("who was affected, how, and how many")]
    told = "\n".join(item(f"{stamp(one.since)}: ", one.value) for one in found)
    return [told, to_be_written("customers, requests, money and data, in numbers")]


def _roles(record: Record) -> list[str]:
    plan = record.incident.plan
    rows = [
        (say(plan.role_name(one.role)), say(one.who), stamp(one.since), stamp(one.until) if one.until else "to the end")
        for one in tenures(record)
    ]
    return [table(("Role", "Who", "From", "To"), rows)] if rows else ["Nobody held a role."]


def _metrics(incident: Incident) -> list[str]:
    rows = [
        (one.name, in_words(one.value) if one.value is not None else "not known", f"{one.since} to {one.until}")
        for one in metrics(incident)
    ]
    return [table(("Metric", "Value", "Counted from"), rows)]


def _declarer(record: Record) -> str:
    return record.events[0].who


def _detection(record: Record) -> list[str]:
    incident = record.incident
    detected = incident.milestones.get("detected")
    told = []
    if detected is not None:
        told.append(f"Detected at {stamp(detected)}, {in_words(detected - incident.started)} after it started.")
    declared = incident.milestones.get("declared")
    if declared is not None:
        told.append(f"Declared by {say(_declarer(record))} at {stamp(declared)}.")
    return [*([" ".join(told)] if told else []), to_be_written("what told us, and what should have told us sooner")]


def _root_cause(record: Record) -> list[str]:
    said: dict[Belief, list[str]] = {belief: [] for belief in Belief}
    who = judges(record)
    for key, one in record.incident.hypotheses.items():
        said[one.belief].append(_judged(one, one.tester if one.belief is Belief.TESTING else who.get(key, one.by)))
    confirmed = said[Belief.CONFIRMED]
    blocks = ["\n".join(confirmed)] if confirmed else []
    blocks.append(to_be_written("why it happened, and why it could" if confirmed else "the cause; none was confirmed"))
    for heading, items in (
        ("Ruled out", said[Belief.RULED_OUT]),
        ("Never settled", said[Belief.OPEN] + said[Belief.TESTING]),
    ):
        blocks += [f"### {heading}", "\n".join(items)] if items else []
    return blocks


def _judged(one: Hypothesis, who: str) -> str:
    found = f": {say(one.found)}" if one.belief in (Belief.CONFIRMED, Belief.RULED_OUT) else ""
    return f"- {say(one.text)} ({one.belief.value} {stamp(one.since)}, {say(who)}){found}"


def _resolution(record: Record) -> list[str]:
    plan = record.incident.plan
    rows = [(stamp(one.since), say(plan.phase_name(one.value)), cell(one.reason)) for one in phases(record)]
    actions = _told(record, _done)
    blocks = [table(("Entered", "Phase", "Reason"), rows)] if rows else []
    return [*blocks, "\n".join(actions) if actions else to_be_written("what stopped the harm")]


def _decisions(record: Record) -> list[str]:
    found = _told(record, decided)
    return ["\n".join(found) if found else "None was logged."]


def _told(record: Record, told: Callable[[Fact], str]) -> list[str]:
    return [
        item(f"{stamp(event.happened)}: ", text, f" ({say(event.who)})")
        for event in record.standing()
        if (text := told(event.fact))
    ]


def _done(fact: Fact) -> str:
    """Return what the fact says was done, or an empty string."""
    return fact.now.text if isinstance(fact, Logged) and fact.now and fact.now.sort is Sort.ACTION else ""


def _lessons(suggested: Iterable[str], what: str) -> list[str]:
    items = [f"- From the record: {one}" for one in suggested]
    return ["\n".join([*items, f"- {to_be_written(what)}"])]


def _missing(record: Record, now: datetime) -> list[str]:
    found = [f"- {one}" for one in missing(record, now)]
    return ["\n".join(found)] if found else ["Nothing: the journal knows all that this draft asks for."]
