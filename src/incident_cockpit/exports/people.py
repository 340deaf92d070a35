"""What texts say of people: who holds which role, who was asked, who decides, who takes over command."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

from incident_cockpit.exports.templates import Value
from incident_cockpit.exports.wording import line, time_words
from incident_cockpit.incident.declare import asked_to_join
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.topics.asks import open_asks
from incident_cockpit.incident.topics.handoff import HandoffTaken
from incident_cockpit.incident.topics.needs import open_needs
from incident_cockpit.incident.topics.roles import commander, missing

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
    joining = asked_to_join(incident)
    return {
        **_NOBODY,
        "roles": list(_roles(incident)),
        "vacant": [line(role.name) for role in missing(incident)],
        "asks": [
            {"who": line(ask.who), "text": line(ask.text), "time": time_words(ask.due, now, zone)}
            for key, ask in open_asks(incident).items()
            if key not in joining
        ],
        "lacking": [line(one.text) for one in open_needs(incident).values()],
        "proposal": _proposal(incident),
        "incoming": line(held.incoming) if held is not None else "",
        "outgoing": line(held.outgoing if held is not None else _predecessor(record)),
    }


def _roles(incident: Incident) -> Iterator[Value]:
    for role in incident.plan.roles:
        for one in incident.roles.get(role.id, ()):
            yield {"role": line(role.name), "who": line(one.who)}


def _proposal(incident: Incident) -> dict[str, Value]:
    """Return the last decision that stands and on which nobody was asked yet."""
    for key, note in reversed(list(incident.notes.decisions.items())):
        ground = incident.decisions.get(key)
        if ground is None or not (ground.objections or ground.reversed):
            why, risk, who = (ground.why, ground.risk, ground.who) if ground is not None else ("", "", "")
            return {"text": line(note.text), "why": line(why), "risk": line(risk), "who": line(who or note.by)}
    return {}


def _predecessor(record: Record) -> str:
    """Return who handed command to whoever has it now, "" where they took it in another way."""
    taken = [event.fact.was for event in record.standing() if isinstance(event.fact, HandoffTaken) and event.fact.was]
    return taken[-1].outgoing if taken and taken[-1].incoming == commander(record.incident) else ""
