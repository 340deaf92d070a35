"""Whether one person does everything, which is normal in a small team: nobody is then missing."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Change, Moment
from incident_cockpit.incident.topics.topic import Line, Topic

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class Sharing(Struct, frozen=True):
    """Whether one person does everything, and since when that is so, or no longer so; None from the beginning."""

    solo: bool = False
    since: datetime | None = None


class SoloChanged(Change, frozen=True):
    """One person does everything from here on, or no longer."""

    kind: ClassVar[str] = "solo.changed"
    moves: ClassVar[bool] = False
    now: bool
    was: bool
    since: datetime | None = None
    was_since: datetime | None = None

    def inverse(self) -> SoloChanged:
        """Return the fact that goes back to how roles were shared before, since when that was so."""
        return replace(self, now=self.was, was=self.now, since=self.was_since, was_since=self.since)


def switch(incident: Incident, moment: Moment) -> SoloChanged:
    """Say that one person does everything, or that it is no longer so; role reminders are silent meanwhile."""
    if not incident.live:
        raise Refused("the incident is over", "nobody is missing any more")
    held = incident.sharing
    return SoloChanged(now=not held.solo, was=held.solo, since=moment.happened, was_since=held.since)


def _fold(state: Sharing, fact: SoloChanged) -> Sharing:
    return Sharing(fact.now, fact.since)


def _words(fact: SoloChanged, incident: Incident) -> Line:
    return Line("role", "one person does everything" if fact.now else "roles are shared out again")


TOPIC = Topic("sharing", Sharing(), (SoloChanged,), _fold, _words)
