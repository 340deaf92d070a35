"""Handing over command: offered, read back point by point, taken; nobody is in command by accident."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Change, Moment
from incident_cockpit.incident.topics.roles import commander
from incident_cockpit.incident.topics.topic import Line, Topic, said

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident

# What whoever takes over says back, and the question that makes them say it.
POINTS = {
    "impact": "Who is hurt and how, in your own words?",
    "asks": "Who was asked for what, until when?",
    "promise": "What was promised next, to whom, at what time?",
}


class Handoff(Struct, frozen=True):
    """An offer of command: from whom to whom, since when, and which points were read back, in which words."""

    outgoing: str
    incoming: str
    offered: datetime
    read_back: tuple[tuple[str, str], ...] = ()

    @property
    def left(self) -> tuple[str, ...]:
        """Return the points that were not read back yet."""
        done = {point for point, _ in self.read_back}
        return tuple(point for point in POINTS if point not in done)


class Command(Struct, frozen=True):
    """The offer of command that stands, if one does, and the one that was taken last."""

    offer: Handoff | None = None
    taken: Handoff | None = None


class HandoffChange(Change, frozen=True):
    """Command was offered, a point read back, or the offer is over."""

    thing: ClassVar[str] = "handoff"
    now: Handoff | None
    was: Handoff | None


class HandoffOffered(HandoffChange, frozen=True):
    """Command was offered to somebody."""

    kind: ClassVar[str] = "handoff.offered"


class ReadBack(HandoffChange, frozen=True):
    """Whoever takes over said a point back."""

    kind: ClassVar[str] = "handoff.read_back"


class HandoffTaken(HandoffChange, frozen=True):
    """Command was taken, the role changes hands with it; `although` says why it went without a whole read-back."""

    kind: ClassVar[str] = "handoff.taken"
    although: str = ""


class HandoffWithdrawn(HandoffChange, frozen=True):
    """The offer no longer stands."""

    kind: ClassVar[str] = "handoff.withdrawn"


def offer(incident: Incident, moment: Moment, who: str) -> HandoffOffered:
    """Offer command to somebody; raises Refused for whoever has it, and while another offer stands."""
    if not who:
        raise Refused("nobody was named", "say who takes over, as in :handoff Kim")
    now = commander(incident)
    if who == now:
        raise Refused(f"{who} is in command already", "name somebody else")
    if incident.handoff is not None:
        raise Refused(f"command is offered to {incident.handoff.incoming} already", "take it, or withdraw the offer")
    return HandoffOffered(now=Handoff(now, who, moment.happened), was=None)


def read_back(incident: Incident, moment: Moment, point: str, words: str) -> ReadBack:
    """Say a point back in one's own words; raises Refused when nothing is said or it was said already."""
    held = _offered(incident)
    if point not in POINTS:
        raise Refused(f"'{point}' is no point of the read-back", f"there are: {', '.join(POINTS)}")
    if point not in held.left:
        left = f"left: {', '.join(held.left)}" if held.left else "nothing is left: take it with :take-command"
        raise Refused(f"{point} was read back already", left)
    if not words:
        raise Refused("nothing is said", POINTS[point])
    return ReadBack(now=replace(held, read_back=(*held.read_back, (point, words))), was=held)


def withdraw(incident: Incident, moment: Moment, reason: str = "") -> HandoffWithdrawn:
    """Keep command after all."""
    return HandoffWithdrawn(now=None, was=_offered(incident))


def _offered(incident: Incident) -> Handoff:
    if incident.handoff is None:
        raise Refused("command is not offered to anybody", "offer it with :handoff Kim")
    return incident.handoff


def _fold(state: Command, fact: HandoffChange) -> Command:
    return Command(fact.now, fact.was if isinstance(fact, HandoffTaken) else state.taken)


def _words(fact: HandoffChange, incident: Incident) -> Line:
    one = said(fact.now, fact.was)
    match fact:
        case ReadBack():
            point, words = one.read_back[-1] if one.read_back else ("", "")
            return Line("hand-over", f"{one.incoming} on {point}: {words}")
        case HandoffTaken():
            without = f" (without {', '.join(one.left)}: {fact.although})" if fact.although else ""
            giver = f", from {one.outgoing}" if one.outgoing else ""
            return Line("hand-over", f"{one.incoming} has command{giver}{without}")
        case HandoffWithdrawn():
            if one.outgoing:
                return Line("hand-over", f"{one.outgoing} keeps command")
            return Line("hand-over", f"command is no longer offered to {one.incoming}")
    # A report in triage may have nobody in command.
    if one.outgoing:
        return Line("hand-over", f"{one.outgoing} offers command to {one.incoming}")
    return Line("hand-over", f"command is offered to {one.incoming}")


TOPIC = Topic("command", Command(), (HandoffOffered, ReadBack, HandoffTaken, HandoffWithdrawn), _fold, _words)
