"""Variables of templates: what a text may name, as plain text.

Their names are a promise to plans. Readers outside get no hypotheses, names, actions, decisions or next steps, whatever
their template asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo

from incident_cockpit.documents import changes_since
from incident_cockpit.documents.render import StatusText, Value, is_internal, one_line, time_with_zone
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

# An entry that begins so tells users what to do meanwhile: it was written to be passed on.
WORKAROUND = re.compile(r"(?:workaround|way round)\s*:\s*", re.IGNORECASE)
_ASKS_WORKAROUND = re.compile(r"\bwork-?arounds?\b|\bway round\b", re.IGNORECASE)
_ASKS_SYSTEMS = re.compile(
    r"\b(?:systems?|services?)\b.*\baffected\b|\baffected (?:systems?|services?)\b", re.IGNORECASE
)
_SEPARATORS = re.compile(r"\s*[,;\n]\s*|\s+and\s+")

_TEXTS = (
    "channel", "call", "cause", "why", "reason", "reporter", "reported_via", "same_as", "detected_by", "codename",
    "verified", "review_at", "to", "speaker", "incoming", "outgoing", "commander", "steps_done",
)  # fmt: skip
_LISTS = (
    "risks", "findings", "ping", "join", "types", "systems", "follow_ups", "sections", "passed_over", "asked",
    "contains", "roles", "vacant", "asks", "lacking", "actions", "decisions", "hypotheses", "needs", "next_steps",
)  # fmt: skip
# What a template may name where nothing is known, or nothing that its readers may know.
_EMPTY: dict[str, Value] = {**dict.fromkeys(_TEXTS, ""), **dict.fromkeys(_LISTS, ()), "proposal": {}}


def variables(
    record: Record, audience: str, now: datetime, zone: tzinfo, inside: bool | None = None
) -> dict[str, Value]:
    """Return everything that a template can name; times are in `zone`.

    A message has no audience of the plan, so `inside` says whether colleagues read it.
    """
    incident = record.incident
    plan = incident.plan
    inside = is_internal(plan, audience) if inside is None else inside
    level = incident.severity.value if incident.severity else ""
    severity = next((each for each in plan.severities if each.id == level), None)
    promised = next_due(incident, audience, now) if audience else None
    # A peak is one only once the impact is smaller.
    peaks = (peak for peak in peak_figures(impacts(record)) if peak.past)
    highest = ", ".join(f"{peak.figure.said} at {time_with_zone(peak.since, now, zone)}" for peak in peaks)
    if inside:
        about_readers = _internal(record, audience, now, zone)
    else:
        about_readers = {"systems": [] if incident.codename else _public_systems(record)}
    return {
        **_EMPTY,
        **about_readers,
        "title": one_line(incident.title),
        "id": incident.name,
        "severity": level,
        "severity_means": one_line(severity.means) if severity else "",
        "phase": phase_name(incident),
        "public": _public_status(incident),
        "impact": one_line(incident.impact.value) if incident.impact else "",
        "workaround": workaround(record, inside=inside),
        "started": time_with_zone(incident.started, now, zone),
        "elapsed": duration_in_words((incident.ended or now) - incident.started),
        "number": next_number(incident, audience),
        "next_time": time_with_zone(promised, now, zone) if promised else "",
        "highest": one_line(highest),
        "changes": list(changes_since.changes_since_update(record, audience, now, zone, inside=inside)),
    }


def _internal(record: Record, audience: str, now: datetime, zone: tzinfo) -> dict[str, Value]:
    """Return the variables that are for colleagues alone."""
    incident = record.incident
    closed, total = incident.steps.progress()
    return {
        **_people(record, now, zone),
        **_circumstances(record, now, zone),
        "commander": commander(incident),
        "steps_done": f"{closed}/{total}" if total else "",
        "actions": list(changes_since.actions_since_update(record, audience, now, zone)),
        "decisions": list(changes_since.decisions_since_update(record, audience, now, zone)),
        "hypotheses": [
            {"status": each.belief.value, "text": one_line(each.text), "found": one_line(each.found)}
            for each in incident.hypotheses.values()
        ],
        "needs": list(_needs(incident, now, zone)),
        "next_steps": list(_next_steps(incident, now, zone)),
    }


def _people(record: Record, now: datetime, zone: tzinfo) -> dict[str, Value]:
    """Return the variables about roles, asks, needs and the handoff."""
    incident = record.incident
    offer = incident.handoff
    # Asks to join are no requests for information.
    joining = open_join_asks(incident)
    return {
        "roles": [
            {"role": one_line(role.name), "who": one_line(holding.who)}
            for role in incident.plan.roles
            for holding in incident.roles.get(role.id, ())
        ],
        "vacant": [one_line(role.name) for role in vacant_roles(incident)],
        "asks": [
            {"who": one_line(ask.who), "text": one_line(ask.text), "time": time_with_zone(ask.due, now, zone)}
            for key, ask in open_asks(incident).items()
            if key not in joining
        ],
        "lacking": [one_line(need.text) for need in open_needs(incident).values()],
        "proposal": _proposal(incident),
        "incoming": one_line(offer.incoming) if offer is not None else "",
        "outgoing": one_line(offer.outgoing if offer is not None else _predecessor(record)),
    }


def _proposal(incident: Incident) -> dict[str, Value]:
    """Return the newest decision that is valid and has no objections yet, nor the word that there are none."""
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
    """Return the commander who handed command to the present one, "" if it was taken in another way."""
    taken = [event.fact.was for event in record.effective() if isinstance(event.fact, HandoffTaken) and event.fact.was]
    return taken[-1].outgoing if taken and taken[-1].incoming == commander(record.incident) else ""


def _circumstances(record: Record, now: datetime, zone: tzinfo) -> dict[str, Value]:
    """Return the variables about report, cause, channel, types, systems, review and follow-ups."""
    incident = record.incident
    report, review, phase = incident.report, incident.review, incident.phase
    reason = report.reason if report is not None and incident.dismissed else phase.reason if phase else ""
    causes = (each.text for each in incident.hypotheses.values() if each.belief is Belief.CONFIRMED)
    return {
        "channel": incident.meeting.channel.lstrip("#"),
        "call": incident.meeting.call,
        "risks": list(_logged(record, now, zone, NoteKind.RISK)),
        "findings": list(_logged(record, now, zone, NoteKind.FINDING)),
        "cause": one_line("; ".join(causes)),
        "why": one_line(incident.severity.reason) if incident.severity else "",
        "reason": one_line(reason),
        "reporter": one_line(report.who) if report else "",
        "reported_via": one_line(report.via) if report else "",
        "same_as": one_line(report.same_as) if report else "",
        "detected_by": one_line(detection_name(incident)),
        "ping": [f"@{one_line(name)}" for name in _paged(incident)],
        "join": [f"@{one_line(name)}" for name in _expected(incident)],
        "types": [one_line(name) for name in type_names(incident)],
        "systems": _systems(record),
        "codename": incident.codename,
        "verified": one_line(verified(record)),
        "review_at": time_with_zone(review.at, now, zone) if review and review.held is None else "",
        "follow_ups": [
            {
                "text": one_line(each.text),
                "owner": one_line(each.owner),
                "priority": each.priority,
                "due": f"{each.due:%Y-%m-%d}" if each.due else "",
            }
            for each in incident.followups.values()
            if not each.done
        ],
        "sections": [section.partition(": ")[0] for section in incident.plan.postmortem.sections],
        "passed_over": [{"text": one_line(text), "reason": one_line(why)} for text, why in _not_done(incident)],
    }


def _logged(record: Record, now: datetime, zone: tzinfo, kind: NoteKind) -> Iterator[Value]:
    for event in record.effective():
        note = event.fact.now if isinstance(event.fact, Logged) else None
        if note is not None and note.sort is kind:
            yield {"time": time_with_zone(event.happened, now, zone), "text": one_line(note.text)}


def _not_done(incident: Incident) -> Iterator[tuple[str, str]]:
    """Yield what was not done at closing, with the reason: closing criteria, and each legal duty by itself."""
    for mark in incident.completion_marks.values():
        if mark.status is CompletionStatus.OVERRIDDEN:
            yield mark.text, mark.note
    if "closed" in incident.milestones:
        yield from ((duty.deadline.text, mark.note) for duty, mark in waived_duties(incident))
        yield from ((duty.deadline.text, "still outstanding") for duty in legal_duties_owed(incident))


def _paged(incident: Incident) -> list[str]:
    """Return who is named in the first message: responders, those the severity notifies, and who must join."""
    level = incident.severity.value if incident.severity else ""
    notified = next((each.tell for each in incident.plan.severities if each.id == level), ())
    notices = (
        deadline.who
        for deadline in incident.plan.deadlines
        if deadline.kind is DeadlineKind.NOTICE
        and deadline.message == "declared"
        and _applies(level, deadline.severities)
    )
    commanders = incident.roles.get(incident.plan.command_role, ())
    others = (holders for holders in incident.roles.values() if holders is not commanders)
    responders = (holding.who for holders in others for holding in holders)
    return _unique((*responders, *notified, *notices, *_expected(incident)))


def _expected(incident: Incident) -> list[str]:
    """Return who must join at this severity and has not yet."""
    level, present = incident.severity.value if incident.severity else "", present_names(incident)
    required = (each.who for each in incident.plan.participants if _applies(level, each.severities))
    return _unique(name for name in required if name.casefold() not in present)


def _applies(level: str, severities: tuple[str, ...]) -> bool:
    return not severities or level in severities


def type_names(incident: Incident) -> list[str]:
    """Return the types of the incident in the plan's words."""
    return [type_name(incident, type_id) for type_id in held_types(incident)]


def verified(record: Record) -> str:
    """Return how recovery was verified, "" while the incident is open or if it is not set."""
    incident = record.incident
    if incident.ended is None:
        return ""
    ends = {phase.id for phase in incident.plan.phases if phase.milestone == "resolved"}
    reasons = [
        event.fact.now.reason
        for event in record.effective()
        if isinstance(event.fact, PhaseChanged) and event.fact.now and event.fact.now.value in ends
    ]
    return reasons[-1] if reasons else ""


def workaround(record: Record, *, inside: bool) -> str:
    """Return the newest entry that begins "Workaround:", "" without one.

    Colleagues get the answer of a step that asks for one, too; that was not written for readers outside.
    """
    texts = [
        event.fact.now.text[match.end() :]
        for event in record.effective()
        if isinstance(event.fact, Logged) and event.fact.now and (match := WORKAROUND.match(event.fact.now.text))
    ]
    if not texts and inside:
        texts = list(_answers(record.incident, _ASKS_WORKAROUND))
    return one_line(texts[-1]) if texts else ""


def _systems(record: Record) -> list[Value]:
    """Return what is affected: systems with a status, those of the plan that the record names, then answers."""
    incident = record.incident
    answers = (
        name.strip(" .") for answer in _answers(incident, _ASKS_SYSTEMS) for name in _SEPARATORS.split(one_line(answer))
    )
    affected = (system.name for system in affected_systems(incident))
    named = (system.name for system in named_systems(record))
    return _with_status(incident, [*affected, *named, *answers])


def _public_systems(record: Record) -> list[Value]:
    """Return the affected systems of the plan, whose names may leave the organisation."""
    incident = record.incident
    known = {system.name.casefold() for system in incident.plan.systems}
    affected = (system.name for system in affected_systems(incident) if system.name.casefold() in known)
    return _with_status(incident, [*affected, *(system.name for system in named_systems(record))])


def _with_status(incident: Incident, names: Iterable[str]) -> list[Value]:
    """Return each system once with its status; restored ones are not affected, even if a text names them."""
    status = {system.name.casefold(): system.health.value for system in affected_systems(incident)}
    restored = incident.systems.keys() - status.keys()
    return [
        StatusText(one_line(name), status.get(name.casefold(), ""))
        for name in _unique(names)
        if name.casefold() not in restored
    ]


def named_systems(record: Record) -> list[System]:
    """Return the plan's systems that the title, the impact or a finding names, with their pages."""
    incident = record.incident
    texts = [incident.title, incident.impact.value if incident.impact else ""]
    texts += [
        event.fact.now.text
        for event in record.effective()
        if isinstance(event.fact, Logged) and event.fact.now and event.fact.now.sort is NoteKind.FINDING
    ]
    text = "\n".join(texts)
    return [
        system
        for system in incident.plan.systems
        if re.search(rf"(?<!\w){re.escape(system.name)}(?!\w)", text, re.IGNORECASE)
    ]


def _answers(incident: Incident, question: re.Pattern[str]) -> Iterator[str]:
    """Yield the answers to the steps whose text asks for it."""
    for key, mark in incident.steps.marks.items():
        step = incident.steps.find(key) if mark.status is Status.DONE and mark.answer else None
        if step is not None and question.search(step.text):
            yield mark.answer


def _unique(names: Iterable[str]) -> list[str]:
    """Return each name once, as first written."""
    first: dict[str, str] = {}
    for name in names:
        if name.strip():
            first.setdefault(name.strip().casefold(), name.strip())
    return list(first.values())


def _public_status(incident: Incident) -> str:
    """Return the status for readers outside; "Investigating" while nothing else is known."""
    phase_id = incident.phase.value if incident.phase else incident.plan.first_phase
    if incident.dismissed:
        return "Resolved"
    return next((phase.public for phase in incident.plan.phases if phase.id == phase_id), "Investigating")


def next_number(incident: Incident, audience: str) -> int:
    """Return the number of the next update to the audience, from 1."""
    last = incident.updates.last(audience)
    return last.number + 1 if last else 1


def _next_steps(incident: Incident, now: datetime, zone: tzinfo) -> Iterator[str]:
    """Yield what is under way; asks to join are no step of theirs."""
    joining = open_join_asks(incident)
    yield from (_asked(ask, now, zone) for key, ask in open_asks(incident).items() if key not in joining)
    for each in incident.hypotheses.values():
        if each.belief is Belief.TESTING:
            yield f"test the hypothesis: {one_line(each.text)}" + (f" ({one_line(each.tester)})" if each.tester else "")
    for ground in incident.decisions.values():
        if ground.revisit is not None and not ground.reversed:
            yield f"review at {time_with_zone(ground.revisit, now, zone)}: {one_line(ground.text)}"


def _needs(incident: Incident, now: datetime, zone: tzinfo) -> Iterator[str]:
    for need in open_needs(incident).values():
        yield f"{one_line(need.text)} (for {duration_in_words(now - need.raised)})"
    yield from (_asked(ask, now, zone) for ask in open_asks(incident).values())
    for role in vacant_roles(incident):
        article = "an" if role.name[:1].casefold() in "aeiou" else "a"
        yield f"{article} {role.name}"


def _asked(ask: Ask, now: datetime, zone: tzinfo) -> str:
    due = "was due" if ask.due <= now else "by"
    return f"{one_line(ask.who)}: {one_line(ask.text)} ({due} {time_with_zone(ask.due, now, zone)})"
