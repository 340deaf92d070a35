"""Two texts about people: what is happening, for whoever arrives, and who may rest, once it is over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo

from msgspec import Struct

from incident_cockpit.documents.document import marked, safe, veiled
from incident_cockpit.documents.phrasing import one_line, time_with_zone
from incident_cockpit.documents.variables import phase_words
from incident_cockpit.incident.facts.asks import AskAnswered, open_asks, open_needs
from incident_cockpit.incident.facts.hypotheses import Belief, Hypothesis
from incident_cockpit.incident.facts.notes import Logged, NoteKind
from incident_cockpit.incident.facts.report import TriageOutcome
from incident_cockpit.incident.facts.severity import affected_systems
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.due import DueKind, due_items
from incident_cockpit.incident.views.timeline import author
from incident_cockpit.times.format import ago, clock, run_time, zone_label

_LAST_ACTIONS = 3
_MOST_CAUSES = 3


class ResponderStatus(Struct, frozen=True):
    """One person of the response: what still keeps them, "" where nothing does, and when they were last heard from."""

    who: str
    still: str
    heard: datetime | None


def join_brief(record: Record, now: datetime, zone: tzinfo) -> str:
    """Return "what is happening?" in a text that is read in half a minute, with where help is wanted."""
    told = veiled(record)
    return safe(marked(record.incident, "\n".join(_joining(told.incident, now, zone))))


def stand_down(record: Record, now: datetime, zone: tzinfo) -> str:
    """Return who was pulled in, what each still has, when each was last heard from, and who may rest."""
    told = veiled(record)
    incident = told.incident
    head = f"*Stand-down: {incident.name} {one_line(incident.title)}*"
    rows = [f"- {_row(one, now, zone)}" for one in crew(told)]
    return safe(marked(record.incident, "\n".join((head, *(rows or ["Nobody is on the record."])))))


def crew(record: Record) -> tuple[ResponderStatus, ...]:
    """Return everybody who was pulled in, those who still have something first."""
    incident, heard = record.incident, _heard(record)
    people = [ResponderStatus(who, _still(incident, who), heard.get(who.casefold())) for who in _pulled_in(record)]
    return tuple(sorted(people, key=lambda one: not one.still))


def _joining(incident: Incident, now: datetime, zone: tzinfo) -> Iterator[str]:
    severity = f"{incident.severity.value} " if incident.severity else ""
    standing = f"{phase_words(incident)}, {run_time(incident.started, incident.ended, now)}"
    yield f"*{severity}{incident.name} {one_line(incident.title)}*: {standing}"
    if incident.impact is not None or not incident.dismissed:
        yield f"*Impact:* {one_line(incident.impact.value) if incident.impact else 'not known yet'}"
    yield from (f"- {one_line(one.name)}: {one.health.value}" for one in affected_systems(incident))
    yield from _causes(incident)
    yield from _done(incident, now, zone)
    needs = [one_line(one.text) for one in open_needs(incident).values()]
    if needs and incident.live:
        yield f"*We need:* {'; '.join(needs)}"
    yield from _people(incident)
    if not incident.live:
        yield "It is over: there is nothing that you have to do."
        return
    promised = next((item for item in due_items(incident) if item.kind is DueKind.UPDATE and item.at > now), None)
    if promised is not None:
        yield f"*Next update:* {time_with_zone(promised.at, now, zone)}"
    yield "Say in the channel that you are here and what you can do; take nothing on before you are asked."


def _causes(incident: Incident) -> Iterator[str]:
    held = list(incident.hypotheses.values())
    confirmed = [one_line(one.text) for one in held if one.belief is Belief.CONFIRMED]
    thought = [one for one in held if one.belief in (Belief.OPEN, Belief.TESTING)]
    ruled_out = [one_line(one.text) for one in held if one.belief is Belief.RULED_OUT]
    if confirmed:
        yield f"*Cause:* {'; '.join(confirmed)}"
    if thought:
        # What somebody looks into already comes first: it is where help fits in.
        thought.sort(key=lambda one: one.belief is not Belief.TESTING)
        more = f"; and {len(thought) - _MOST_CAUSES} more" if len(thought) > _MOST_CAUSES else ""
        yield f"*It could be:* {'; '.join(map(_thought, thought[:_MOST_CAUSES]))}{more}"
    if ruled_out:
        yield f"*It is not:* {'; '.join(ruled_out)}"


def _thought(one: Hypothesis) -> str:
    return one_line(one.text) + (f" ({one_line(one.tester)} tests it)" if one.belief is Belief.TESTING else "")


def _done(incident: Incident, now: datetime, zone: tzinfo) -> Iterator[str]:
    actions = list(incident.notes.actions.items())[-_LAST_ACTIONS:]
    if actions:
        yield f"*Done last* (times in {zone_label(zone, now)}):"
    for key, note in actions:
        effect = incident.effects.get(key)
        verdict = f" → {effect.verdict.value}" if effect else ""
        yield f"- {clock(note.happened, zone, now)} {one_line(note.text)}{verdict}"


def _people(incident: Incident) -> Iterator[str]:
    """Yield who is in command and who does what, and where to find them."""
    if not incident.declared and not incident.dismissed:
        looks = incident.report.investigator if incident.report else ""
        yield f"*Looks into it:* {one_line(looks) or 'nobody yet'}"
    for role in incident.plan.roles if incident.declared else ():
        held = ", ".join(one_line(one.who) for one in incident.crew.held.get(role.id, ()))
        in_command = role.id == incident.plan.command_role
        if held or in_command:
            yield f"*{'In command' if in_command else one_line(role.name)}:* {held or 'nobody yet'}"
    meeting = incident.meeting
    where = " ".join(one for one in (f"#{meeting.channel}" if meeting.channel else "", meeting.call) if one)
    if where:
        yield f"*Where:* {where}"


def _row(one: ResponderStatus, now: datetime, zone: tzinfo) -> str:
    heard = (
        f"last heard {ago(one.heard, now)}, {time_with_zone(one.heard, now, zone)}" if one.heard else "never heard from"
    )
    return f"{one_line(one.who)}: {f'still {one.still}' if one.still else 'may rest'} ({heard})"


def _pulled_in(record: Record) -> list[str]:
    """Return everybody who had a role, was asked, brought in or wrote something, each as they were first written."""
    incident, report = record.incident, record.incident.report
    names = [one.who for held in incident.crew.held.values() for one in held]
    names += [name for ask in incident.asks.values() for name in (*ask.before, ask.who)]
    names += [report.investigator] if report is not None else []
    names += _written(record)
    return list(_once(names))


def _written(record: Record) -> Iterator[str]:
    for event in record.effective():
        note = event.fact.now if isinstance(event.fact, Logged) else None
        if note is not None and note.sort is NoteKind.ESCALATION:
            yield note.text.partition(": ")[0]
        yield author(event)


def _once(names: Iterable[str]) -> Iterable[str]:
    found: dict[str, str] = {}
    for name in names:
        if name.strip():
            found.setdefault(name.strip().casefold(), name.strip())
    return found.values()


def _heard(record: Record) -> dict[str, datetime]:
    """Return when each was last heard from, by the small letters of the name: by what they wrote, said, or answered."""
    heard: dict[str, datetime] = {}
    said = [(author(event), event.happened) for event in record.effective()]
    # Whoever typed an answer had it from them; one that came along with something else nobody gave.
    said += [
        (event.fact.now.who, event.happened)
        for event in record.effective()
        if isinstance(event.fact, AskAnswered) and event.fact.now is not None and event.seq == event.act
    ]
    said += [(ask.who, ask.acknowledged) for ask in record.incident.asks.values() if ask.acknowledged]
    for who, at in said:
        heard[who.casefold()] = max(at, heard.get(who.casefold(), at))
    return heard


def _still(incident: Incident, who: str) -> str:
    """Return what keeps somebody: command until it is closed, what they were asked; other roles end with the harm."""
    mine = who.casefold()
    closed = incident.dismissed or "closed" in incident.milestones
    kept = [
        role.name
        for role in incident.plan.roles
        if any(one.who.casefold() == mine for one in incident.crew.held.get(role.id, ()))
        and (incident.live or (role.id == incident.plan.command_role and not closed))
    ]
    report = incident.report
    if report is not None and report.outcome is TriageOutcome.OPEN and report.investigator.casefold() == mine:
        kept.append("looking into it")
    asked = [one_line(ask.text) for ask in open_asks(incident).values() if ask.who.casefold() == mine]
    return "; ".join((*kept, *(f"asked: {text}" for text in asked)))
