"""Moving the milestones of an incident by hand, where the lines that are written already have a say."""

from __future__ import annotations

from datetime import datetime

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Draft, Moment
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.topics import milestones


def correct(record: Record, moment: Moment, name: str, at: datetime) -> tuple[Draft, ...]:
    """Set a milestone to the time it truly had; raises Refused where a line would come before the incident's start."""
    if name == "closed" and name not in record.incident.milestones:
        # Closing is an act with conditions of its own; only its time is corrected here.
        raise Refused("the incident is not closed", "close it with :close")
    fact = milestones.correct(record.incident, moment, name, at)
    # What was written down of the time before, such as the change that caused it, does not hold the start.
    began = record.incident.started
    first = next((event for event in record.standing() if event.happened >= began), None)
    if name == "started" and first is not None and first.happened < at:
        raise Refused(
            f"the timeline has a line of {first.happened:%Y-%m-%d %H:%M} UTC, before that start",
            "give the time of the first harm, or an earlier one",
        )
    return (Draft(fact),)
