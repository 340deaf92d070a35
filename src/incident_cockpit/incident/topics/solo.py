"""Whether one person does everything, which is normal in a small team: nobody is then missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Change, Moment
from incident_cockpit.incident.topics.topic import Line, Topic

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class SoloChanged(Change, frozen=True):
    """One person does everything from here on, or no longer."""

    kind: ClassVar[str] = "solo.changed"
    moves: ClassVar[bool] = False
    now: bool
    was: bool


def switch(incident: Incident, moment: Moment) -> SoloChanged:
    """Say that one person does everything, or that it is no longer so; role reminders are silent meanwhile."""
    if not incident.live:
        raise Refused("the incident is over", "nobody is missing any more")
    return SoloChanged(now=not incident.solo, was=incident.solo)


def _fold(state: bool, fact: SoloChanged) -> bool:
    return fact.now


def _words(fact: SoloChanged, incident: Incident) -> Line:
    return Line("role", "one person does everything" if fact.now else "roles are shared out again")


TOPIC = Topic("solo", False, (SoloChanged,), _fold, _words)
