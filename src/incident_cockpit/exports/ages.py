"""How old each thing is that an update tells: what is stale is looked at again before it is told once more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from incident_cockpit.exports.news import decided, last_sent
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.topics.notes import Logged, Sort

_DONE = (Sort.ACTION, Sort.FINDING)


def ages(record: Record, audience: str, now: datetime) -> Mapping[str, timedelta]:
    """Return by field how long ago it was last said, in the order of a text; what was never said is not in it.

    "update" is the last update to these readers.
    """
    incident = record.incident
    said: dict[str, datetime | None] = {
        "severity": incident.severity.since if incident.severity else None,
        "phase": incident.phase.since if incident.phase else None,
        "impact": incident.impact.since if incident.impact else None,
        "systems": max((one.since for one in incident.systems.values()), default=None),
        "actions": None,
        "decisions": None,
        "hypotheses": max((one.since for one in incident.hypotheses.values()), default=None),
        "needs": max((one.met or one.raised for one in incident.needs.values()), default=None),
        "update": None,
    }
    for event in record.standing():
        note = event.fact.now if isinstance(event.fact, Logged) else None
        if note is not None and note.sort in _DONE:
            said["actions"] = event.happened
        if decided(event.fact):
            said["decisions"] = event.happened
    sent = last_sent(record, audience)
    if sent:
        said["update"] = record.events[sent - 1].happened
    return {field: max(now - at, timedelta(0)) for field, at in said.items() if at is not None}
