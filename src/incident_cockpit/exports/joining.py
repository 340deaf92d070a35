"""Two texts about people: what is happening, for whoever arrives, and who may rest, once it is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

from incident_cockpit.exports.leaving import safe
from incident_cockpit.exports.restricted import marked, veiled
from incident_cockpit.exports.wording import line, time_words
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.timeline import author
from incident_cockpit.incident.topics.asks import open_asks
from incident_cockpit.incident.topics.hypotheses import Belief
from incident_cockpit.incident.topics.needs import open_needs
from incident_cockpit.incident.topics.roles import commander
from incident_cockpit.incident.topics.systems import affected
from incident_cockpit.timewords import clock, elapsed, in_words

_LAST_ACTIONS = 3


def join_brief(record: Record, now: datetime, zone: tzinfo) -> str:
    """Return "what is happening?" in a text that is read in half a minute, with where help is wanted."""
    told = veiled(record)
    return safe(marked(record.incident, "\n".join(_joining(told.incident, now, zone))))


def stand_down(record: Record, now: datetime, zone: tzinfo) -> str:
    """Return who was pulled in, what each still has, when each was last heard from, and who may rest."""
    told = veiled(record)
    rows = list(_crew(told, now, zone))
    body = rows or ["Nobody but the record: no name is on it."]
    incident = told.incident
    head = f"*Stand-down: {incident.name} {line(incident.title)}*"
    return safe(marked(record.incident, "\n".join((head, *body))))


def _joining(incident: Incident, now: datetime, zone: tzinfo) -> Iterator[str]:
    severity = incident.severity.value if incident.severity else "In triage"
    phase = incident.plan.phase_name(incident.phase.value) if incident.phase else "not declared yet"
    ran = elapsed(incident.started, incident.ended or now)
    yield f"*{severity} {incident.name} {line(incident.title)}*: {phase}, {ran}"
    yield f"*Impact:* {line(incident.impact.value) if incident.impact else 'not known yet'}"
    for one in affected(incident):
        yield f"- {line(one.name)}: {one.health.value}"
    causes = [one for one in incident.hypotheses.values() if one.belief is not Belief.RULED_OUT]
    if causes:
        yield f"*We think:* {'; '.join(f'{line(one.text)} ({one.belief.value})' for one in causes[:3])}"
    ruled_out = [line(one.text) for one in incident.hypotheses.values() if one.belief is Belief.RULED_OUT]
    if ruled_out:
        yield f"*It is not:* {'; '.join(ruled_out)}"
    for note in list(incident.notes.actions.values())[-_LAST_ACTIONS:]:
        yield f"- {clock(note.happened, zone)} {line(note.text)}"
    needs = [line(one.text) for one in open_needs(incident).values()]
    if needs:
        yield f"*We need:* {'; '.join(needs)}"
    in_command = commander(incident) if incident.declared else ""
    where = " ".join(one for one in (_channel(incident), incident.meeting.call) if one)
    yield f"*In command:* {line(in_command) or 'nobody yet'}" + (f", {where}" if where else "")
    yield "Say in the channel that you are here and what you can do; take nothing on before you are asked."


def _channel(incident: Incident) -> str:
    return f"#{incident.meeting.channel}" if incident.meeting.channel else ""


def _crew(record: Record, now: datetime, zone: tzinfo) -> Iterator[str]:
    """Yield one line a person: those who still have something first."""
    heard = _heard(record)
    rows = [(_still(record.incident, who), who) for who in _people(record.incident, heard)]
    for still, who in sorted(rows, key=lambda row: not row[0]):
        last = heard.get(who)
        seen = f"last heard {in_words(now - last)} ago, {time_words(last, now, zone)}" if last else "never heard from"
        yield f"- {line(who)}: {f'still {still}' if still else 'may rest'} ({seen})"


def _people(incident: Incident, heard: dict[str, datetime]) -> list[str]:
    holders = [one.who for held in incident.crew.held.values() for one in held]
    asked = [name for ask in incident.asks.values() for name in (*ask.before, ask.who)]
    return list(dict.fromkeys((*holders, *asked, *heard)))


def _heard(record: Record) -> dict[str, datetime]:
    """Return when each was last heard from: by what they wrote, and by what they answered."""
    heard: dict[str, datetime] = {}
    for event in record.standing():
        who = author(event)
        heard[who] = max(event.happened, heard.get(who, event.happened))
    for ask in record.incident.asks.values():
        if ask.acknowledged:
            heard[ask.who] = max(ask.acknowledged, heard.get(ask.who, ask.acknowledged))
    return heard


def _still(incident: Incident, who: str) -> str:
    """Return what keeps somebody: the command, or what they were asked; other roles end with the harm."""
    kept = [f"asked: {line(ask.text)}" for ask in open_asks(incident, who).values()]
    roles = [
        role.name
        for role in incident.plan.roles
        if any(one.who == who for one in incident.crew.held.get(role.id, ()))
        and (incident.live or role.id == incident.plan.command_role)
    ]
    return "; ".join((*roles, *kept))
