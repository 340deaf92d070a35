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


class Turn(Struct, frozen=True):
    """Whether one person does everything, and since when that is so, or no longer so; None from the beginning."""

    solo: bool = False
    since: datetime | None = None


class Sharing(Struct, frozen=True):
    """How the work was shared, the last turn being the present one: the clocks of roles look back."""

    turns: tuple[Turn, ...] = ()

    @property
    def last(self) -> Turn:
        """Return how the work is shared now."""
        return self.turns[-1] if self.turns else Turn()

    @property
    def solo(self) -> bool:
        """Return whether one person does everything."""
        return self.last.solo


class SoloChanged(Change, frozen=True):
    """One person does everything from here on, or no longer."""

    kind: ClassVar[str] = "solo.changed"
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
    held = incident.sharing.last
    return SoloChanged(now=not held.solo, was=held.solo, since=moment.happened, was_since=held.since)


def _fold(state: Sharing, fact: SoloChanged) -> Sharing:
    turn = Turn(fact.now, fact.since)
    before = state.turns[-2] if len(state.turns) > 1 else Turn()
    return Sharing(state.turns[:-1] if state.turns and turn == before else (*state.turns, turn))


def _words(fact: SoloChanged, incident: Incident) -> Line:
    return Line("role", "one person does everything" if fact.now else "roles are shared out again")


TOPIC = Topic("sharing", Sharing(), (SoloChanged,), _fold, _words)
