"""Clock corrections: an entry where the machine's clock went back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from incident_cockpit.incident.event import Event, Fact, PendingFact
from incident_cockpit.incident.facts.topic import Line, Topic
from incident_cockpit.times.format import clock_seconds, duration

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident

# Smaller steps change no order that anybody reads.
SHORTEST = timedelta(seconds=1)


class ClockWentBack(Fact, frozen=True):
    """The clock shows `now`, earlier than the `before` of the last entry. It cannot be undone."""

    kind: ClassVar[str] = "clock.went_back"
    moves: ClassVar[bool] = False
    now: datetime
    before: datetime


def clock_went_back(newest: Event | None, now: datetime) -> tuple[PendingFact, ...]:
    """Return the fact that the clock went back since the newest event, none where it did not."""
    if newest is None or newest.clocked - now < SHORTEST:
        return ()
    return (PendingFact(ClockWentBack(now, newest.clocked), happened=now, apart=True),)


def _words(fact: ClockWentBack, incident: Incident) -> Line:
    before, now = clock_seconds(fact.before, UTC), clock_seconds(fact.now, UTC)
    return Line("time", f"clock went back {duration(fact.before - fact.now)}, from {before} UTC to {now} UTC")


# It changes no milestone; it is one more fact about when things happened.
TOPIC = Topic("milestones", {}, (ClockWentBack,), lambda state, _: state, _words)
