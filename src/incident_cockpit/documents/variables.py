"""What texts say of people: who holds which role, who was asked, who decides, who takes over command."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo

from incident_cockpit.documents import changes_since
from incident_cockpit.documents.phrasing import is_internal, one_line, time_with_zone
from incident_cockpit.documents.render import StatusText, Value
from incident_cockpit.documents.sections.head import detection_name, phase_name
from incident_cockpit.incident.declare import open_join_asks, present_names
from incident_cockpit.incident.facts.asks import Ask, open_asks, open_needs
from incident_cockpit.incident.facts.classification import held_types, type_name
from incident_cockpit.incident.facts.hypotheses import Belief
from incident_cockpit.incident.facts.notes import Logged, NoteKind
from incident_cockpit.incident.facts.phase import PhaseChanged
from incident_cockpit.incident.facts.roles import HandoffTaken, commander, vacant_roles
from incident_cockpit.incident.facts.severity import affected_systems, peak_figures
from incident_cockpit.incident.facts.steps import Status
from incident_cockpit.incident.facts.timers import CompletionStatus
from incident_cockpit.incident.facts.updates import next_due
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.history import impacts
from incident_cockpit.incident.views.legal_duties import legal_duties_owed, waived_duties
from incident_cockpit.plan.deadlines import DeadlineKind
from incident_cockpit.plan.schema import System
from incident_cockpit.times.format import duration_in_words

_NOBODY: dict[str, Value] = {
    "speaker": "", "roles": (), "vacant": (), "asks": (), "lacking": (), "proposal": {}, "incoming": "", "outgoing": "",
}  # fmt: skip


def people(record: Record, now: datetime, zone: tzinfo, *, inside: bool) -> dict[str, Value]:
    """Return the variables of templates that are about people; readers outside learn of none."""
    if not inside:
        return dict(_NOBODY)
    incident = record.incident
    held = incident.handoff
    # Who has not come yet has nothing to tell.
    joining = open_join_asks(incident)
    return {
        **_NOBODY,
        "roles": list(_roles(incident)),
        "vacant": [one_line(role.name) for role in vacant_roles(incident)],
        "asks": [
            {"who": one_line(ask.who), "text": one_line(ask.text), "time": time_with_zone(ask.due, now, zone)}
            for key, ask in open_asks(incident).items()
            if key not in joining
        ],
        "lacking": [one_line(one.text) for one in open_needs(incident).values()],
        "proposal": _proposal(incident),
        "incoming": one_line(held.incoming) if held is not None else "",
        "outgoing": one_line(held.outgoing if held is not None else _predecessor(record)),
    }


def _roles(incident: Incident) -> Iterator[Value]:
    for role in incident.plan.roles:
        for one in incident.roles.get(role.id, ()):
            yield {"role": one_line(role.name), "who": one_line(one.who)}


def _proposal(incident: Incident) -> dict[str, Value]:
    """Return the last decision that stands and on which nobody was asked yet."""
    for key, note in reversed(list(incident.notes.decisions.items())):
        ground = incident.decisions.get(key)
        if ground is None or not (ground.objections or ground.reversed):
            why, risk, who = (ground.why, ground.risk, ground.who) if ground is not None else ("", "", "")
            return {
                "text": one_line(note.text),
                "why": one_line(why),
                "risk": one_line(risk),
                "who": one_line(who or note.by),
            }
    return {}


def _predecessor(record: Record) -> str:
    """Return who handed command to whoever has it now, "" where they took it in another way."""
    taken = [event.fact.was for event in record.effective() if isinstance(event.fact, HandoffTaken) and event.fact.was]
    return taken[-1].outgoing if taken and taken[-1].incoming == commander(record.incident) else ""


# -- particulars: What messages say besides an update: where people meet, who is called in, what was reported, found
# and decided.

# A line that begins so tells those who are hurt what they can do meanwhile: it was written to be passed on.
WORKAROUND = re.compile(r"(?:workaround|way round)\s*:\s*", re.IGNORECASE)
_ASKS_WORKAROUND = re.compile(r"\bwork-?arounds?\b|\bway round\b", re.IGNORECASE)
_ASKS_SYSTEMS = re.compile(
    r"\b(?:systems?|services?)\b.*\baffected\b|\baffected (?:systems?|services?)\b", re.IGNORECASE
)
_LISTED = re.compile(r"\s*[,;\n]\s*|\s+and\s+")


def particulars(record: Record, now: datetime, zone: tzinfo, *, inside: bool) -> dict[str, Value]:
    """Return the variables of templates that are about more than the course; readers outside get what is for them."""
    incident = record.incident
    outside: dict[str, Value] = {"workaround": workaround(record, inside=inside)}
    if not inside:
        return {**_NOTHING, **outside, "systems": [] if incident.codename else _known_systems(record)}
    report, review, phase = incident.report, incident.review, incident.phase
    reason = report.reason if report is not None and incident.dismissed else phase.reason if phase else ""
    return {
        **_NOTHING,
        **outside,
        "channel": incident.meeting.channel.lstrip("#"),
        "call": incident.meeting.call,
        "risks": list(_logged(record, now, zone, NoteKind.RISK)),
        "findings": list(_logged(record, now, zone, NoteKind.FINDING)),
        "cause": one_line("; ".join(_causes(incident))),
        "why": one_line(incident.severity.reason) if incident.severity else "",
        "reason": one_line(reason),
        "reporter": one_line(report.who) if report else "",
        "reported_via": one_line(report.via) if report else "",
        "same_as": one_line(report.same_as) if report else "",
        "detected_by": one_line(detection_name(incident)),
        "ping": [f"@{one_line(who)}" for who in pinged(incident)],
        "join": [f"@{one_line(who)}" for who in joining(incident)],
        "types": [one_line(name) for name in type_names(incident)],
        "systems": systems(record),
        "codename": incident.codename,
        "verified": one_line(verified(record)),
        "review_at": time_with_zone(review.at, now, zone) if review and review.held is None else "",
        "follow_ups": list(_follow_ups(incident)),
        "sections": [section.partition(": ")[0] for section in incident.plan.postmortem.sections],
        "passed_over": [{"text": one_line(text), "reason": one_line(why)} for text, why in _not_done(incident)],
    }


def _not_done(incident: Incident) -> Iterator[tuple[str, str]]:
    """Yield what was not done when the incident was closed, with the reason: gates, and legal duties each by itself."""
    yield from (
        (deed.text, deed.note)
        for deed in incident.completion_marks.values()
        if deed.status is CompletionStatus.OVERRIDDEN
    )
    if "closed" in incident.milestones:
        yield from ((one.deadline.text, deed.note) for one, deed in waived_duties(incident))
        yield from ((one.deadline.text, "still owed") for one in legal_duties_owed(incident))


_TEXTS = (
    "channel", "call", "cause", "why", "reason", "reporter", "reported_via", "same_as", "detected_by", "codename",
    "verified", "review_at", "to",
)  # fmt: skip
_LISTS = (
    "risks", "findings", "ping", "join", "types", "systems", "follow_ups", "sections", "passed_over", "asked",
    "contains",
)  # fmt: skip
# What a template may name and there is nothing to say about, or nothing that its readers may know.
_NOTHING: dict[str, Value] = {**dict.fromkeys(_TEXTS, ""), **dict.fromkeys(_LISTS, ())}


def pinged(incident: Incident) -> list[str]:
    """Return whom the first message calls: those who respond, whom the severity and its notices tell, who must join."""
    level = incident.severity.value if incident.severity else ""
    tell = next((one.tell for one in incident.plan.severities if one.id == level), ())
    notices = (
        one.who
        for one in incident.plan.deadlines
        if one.kind is DeadlineKind.NOTICE and one.message == "declared" and _at(level, one.severities)
    )
    command = incident.roles.get(incident.plan.command_role, ())
    responders = (one.who for held in incident.roles.values() if held is not command for one in held)
    return _once((*responders, *tell, *notices, *joining(incident)))


def joining(incident: Incident) -> list[str]:
    """Return who has to take part at this severity and is not there yet."""
    level, there = incident.severity.value if incident.severity else "", present_names(incident)
    wanted = (one.who for one in incident.plan.participants if _at(level, one.severities))
    return _once(who for who in wanted if who.casefold() not in there)


def type_names(incident: Incident) -> list[str]:
    """Return the types of the incident in the plan's words; none while none is set."""
    return [type_name(incident, type_id) for type_id in held_types(incident)]


def verified(record: Record) -> str:
    """Return what showed that it was over, "" while it goes on or where nobody said."""
    incident = record.incident
    if incident.ended is None:
        return ""
    ends = {phase.id for phase in incident.plan.phases if phase.milestone == "resolved"}
    said = [
        event.fact.now.reason
        for event in record.effective()
        if isinstance(event.fact, PhaseChanged) and event.fact.now and event.fact.now.value in ends
    ]
    return said[-1] if said else ""


def workaround(record: Record, *, inside: bool) -> str:
    """Return what those who are hurt can do meanwhile: the last line that begins "Workaround:", "" where none does.

    Colleagues are told what a step that asks for one was answered, too; nobody wrote that for readers outside.
    """
    told = [
        event.fact.now.text[found.end() :]
        for event in record.effective()
        if isinstance(event.fact, Logged) and event.fact.now and (found := WORKAROUND.match(event.fact.now.text))
    ]
    if not told and inside:
        told = list(_answers(record.incident, _ASKS_WORKAROUND))
    return one_line(told[-1]) if told else ""


def systems(record: Record) -> list[Value]:
    """Return what is affected: what somebody said is ill, the plan's systems that the record names, then answers."""
    incident = record.incident
    answered = (
        one.strip(" .") for answer in _answers(incident, _ASKS_SYSTEMS) for one in _LISTED.split(one_line(answer))
    )
    return _with_status(incident, [*(one.name for one in affected_systems(incident)), *_named(record), *answered])


def _known_systems(record: Record) -> list[Value]:
    """Return what is affected of the plan's systems, whose names may leave the house."""
    incident = record.incident
    known = {one.name.casefold() for one in incident.plan.systems}
    ill = (one.name for one in affected_systems(incident) if one.name.casefold() in known)
    return _with_status(incident, [*ill, *_named(record)])


def _with_status(incident: Incident, names: Iterable[str]) -> list[Value]:
    """Return each system once with how it stands; those that are well again are not affected, whoever names them."""
    ill = {one.name.casefold(): one.health.value for one in affected_systems(incident)}
    well = incident.systems.keys() - ill.keys()
    return [
        StatusText(one_line(name), ill.get(name.casefold(), "")) for name in _once(names) if name.casefold() not in well
    ]


def _named(record: Record) -> Iterator[str]:
    return (one.name for one in named_systems(record))


def named_systems(record: Record) -> list[System]:
    """Return the plan's systems that the title, the impact or a finding names, with where to read about each."""
    incident = record.incident
    said = [incident.title, incident.impact.value if incident.impact else ""]
    said += [
        event.fact.now.text
        for event in record.effective()
        if isinstance(event.fact, Logged) and event.fact.now and event.fact.now.sort is NoteKind.FINDING
    ]
    text = "\n".join(said)
    return [
        one for one in incident.plan.systems if re.search(rf"(?<!\w){re.escape(one.name)}(?!\w)", text, re.IGNORECASE)
    ]


def _answers(incident: Incident, asks: re.Pattern[str]) -> Iterator[str]:
    """Yield what was answered to the steps whose words ask for it."""
    for key, mark in incident.steps.marks.items():
        step = incident.steps.find(key) if mark.status is Status.DONE and mark.answer else None
        if step is not None and asks.search(step.text):
            yield mark.answer


def _logged(record: Record, now: datetime, zone: tzinfo, sort: NoteKind) -> Iterator[Value]:
    for event in record.effective():
        fact = event.fact
        if isinstance(fact, Logged) and fact.now is not None and fact.now.sort is sort:
            yield {"time": time_with_zone(event.happened, now, zone), "text": one_line(fact.now.text)}


def _causes(incident: Incident) -> Iterator[str]:
    return (one.text for one in incident.hypotheses.values() if one.belief is Belief.CONFIRMED)


def _follow_ups(incident: Incident) -> Iterator[Value]:
    for one in incident.followups.values():
        if not one.done:
            due = f"{one.due:%Y-%m-%d}" if one.due else ""
            yield {"text": one_line(one.text), "owner": one_line(one.owner), "priority": one.priority, "due": due}


def _at(level: str, severities: tuple[str, ...]) -> bool:
    return not severities or level in severities


def _once(names: Iterable[str]) -> list[str]:
    """Return each name once, as it was first written."""
    found: dict[str, str] = {}
    for name in names:
        if name.strip():
            found.setdefault(name.strip().casefold(), name.strip())
    return list(found.values())


# -- facts: What an update says of the record: what stands since the last one, in words and with names its readers
# may see.


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
    inside = is_internal(plan, audience) if inside is None else inside
    return {
        **particulars(record, now, zone, inside=inside),
        **people(record, now, zone, inside=inside),
        "title": one_line(incident.title),
        "id": incident.name,
        "severity": incident.severity.value if incident.severity else "",
        "severity_means": one_line(severity.means) if severity else "",
        "phase": phase_name(incident),
        "public": _public(incident),
        "impact": one_line(incident.impact.value) if incident.impact else "",
        "started": time_with_zone(incident.started, now, zone),
        "elapsed": duration_in_words((incident.ended or now) - incident.started),
        "commander": commander(incident) if inside else "",
        "number": next_number(incident, audience),
        "next_time": time_with_zone(promised, now, zone) if promised else "",
        "steps_done": progress(incident) if inside else "",
        "highest": _highest(record, now, zone),
        "changes": list(changes_since.changes_since_update(record, audience, now, zone, inside=inside)),
        "actions": list(changes_since.actions_since_update(record, audience, now, zone)) if inside else [],
        "decisions": list(changes_since.decisions_since_update(record, audience, now, zone)) if inside else [],
        "hypotheses": list(_hypotheses(incident)) if inside else [],
        "needs": list(_needs(incident, now, zone)) if inside else [],
        "next_steps": list(_next_steps(incident, now, zone)) if inside else [],
    }


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
    peaks = [one for one in peak_figures(impacts(record)) if one.past]
    return one_line(", ".join(f"{one.figure.said} at {time_with_zone(one.since, now, zone)}" for one in peaks))


def _hypotheses(incident: Incident) -> Iterator[Value]:
    for one in incident.hypotheses.values():
        yield {"status": one.belief.value, "text": one_line(one.text), "found": one_line(one.found)}


def _next_steps(incident: Incident, now: datetime, zone: tzinfo) -> Iterator[str]:
    """Yield what is under way; whom it waits for to join is no step of theirs."""
    joining = open_join_asks(incident)
    yield from (_asked(ask, now, zone) for key, ask in open_asks(incident).items() if key not in joining)
    for one in incident.hypotheses.values():
        if one.belief is Belief.TESTING:
            yield f"find out whether it is {one_line(one.text)}" + (f" ({one_line(one.tester)})" if one.tester else "")
    for ground in incident.decisions.values():
        if ground.revisit is not None and not ground.reversed:
            yield f"look again at {time_with_zone(ground.revisit, now, zone)}: {one_line(ground.text)}"


def _needs(incident: Incident, now: datetime, zone: tzinfo) -> Iterator[str]:
    for need in open_needs(incident).values():
        yield f"{one_line(need.text)} (for {duration_in_words(now - need.raised)})"
    yield from (_asked(ask, now, zone) for ask in open_asks(incident).values())
    yield from (f"{_article(role.name)} {role.name}" for role in vacant_roles(incident))


def _asked(ask: Ask, now: datetime, zone: tzinfo) -> str:
    late = "was due" if ask.due <= now else "by"
    return f"{one_line(ask.who)}: {one_line(ask.text)} ({late} {time_with_zone(ask.due, now, zone)})"


def _article(name: str) -> str:
    return "an" if name[:1].casefold() in "aeiou" else "a"
