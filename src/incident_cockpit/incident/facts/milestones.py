"""Milestones: the times that metrics and deadlines count from."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import CLOCK_TOLERANCE, Change, Moment, PendingFact, start_command
from incident_cockpit.incident.facts.topic import Line, Topic, fold_by_name

if TYPE_CHECKING:
    from incident_cockpit.incident.record import Record
    from incident_cockpit.incident.state import Incident


MILESTONES = (
    "started", "detected", "acknowledged", "aware", "confirmed", "declared", "mitigated", "resolved", "closed",
)  # fmt: skip

# Milestones that an action with further arguments reaches, and that action.
_ACTIONS = {
    "declared": "declare it with :declare SEVERITY",
    "resolved": "for example: :resolve 5xx at baseline for 15 minutes",
    "closed": "close it with :close",
}


class MilestoneReached(Change, frozen=True):
    """A milestone was reached, corrected or removed; `by_hand` where a person set it."""

    kind: ClassVar[str] = "milestone.reached"
    names: ClassVar[str] = "name"
    name: str
    now: datetime | None
    was: datetime | None
    by_hand: bool = False

    @property
    def quiet(self) -> bool:
        """Return whether it came with a change of phase, which has an entry."""
        return not self.by_hand


def milestone_fact(incident: Incident, name: str, at: datetime | None) -> MilestoneReached:
    """Return the fact that sets a milestone, or removes it with None."""
    return MilestoneReached(name=name, now=at, was=incident.milestones.get(name))


def effective_time(incident: Incident, name: str) -> datetime | None:
    """Return the time from which a milestone counts, or None before it was reached.

    Without a time of their own, detection and confirmation count from the declaration, or from the phase that reaches
    them or a later one. A resolved incident is mitigated too.
    """
    at = incident.milestones.get(name)
    if at is None and name == "mitigated":
        return incident.milestones.get("resolved")
    if at is not None or name not in ("detected", "confirmed"):
        return at
    reaching = [phase.milestone == name for phase in incident.plan.phases]
    if not any(reaching):
        return incident.milestones.get("declared")
    there = {phase.id for phase in incident.plan.phases[reaching.index(True) :]}
    return next((standing.since for standing in incident.phases if standing.value in there), None)


def mark_milestone(incident: Incident, moment: Moment, name: str) -> MilestoneReached:
    """Mark a milestone as reached now; raises Refused for one that is, and for one that comes with another action."""
    known = incident.milestones.get(name)
    if known is not None:
        raise Refused(
            f"{name} is already set to {known:%Y-%m-%d %H:%M} UTC",
            f"correct it with :milestone {name} -5m",
            about="name",
        )
    if name in _ACTIONS:
        raise Refused(f"{name} comes with another action", _ACTIONS[name], about="name")
    return correct_time(incident, moment, name, moment.happened)


def response_time(incident: Incident, moment: Moment) -> datetime:
    """Return when an act counts that answers to what was before it, such as an update that is sent.

    By a clock that went back it would come before what it answers to, and be due again.
    """
    if moment.dated:
        return moment.happened
    changes = (*incident.severities[-1:], *incident.phases[-1:])
    return max((moment.happened, *incident.milestones.values(), *(change.since for change in changes)))


def correct_time(incident: Incident, moment: Moment, name: str, at: datetime) -> MilestoneReached:
    """Set a milestone by hand to its true time; raises Refused for unknown names and times in the future."""
    if name not in MILESTONES:
        raise Refused(f'No milestone matches "{name}"', "use one of: " + ", ".join(MILESTONES), about="name")
    if at > moment.now + CLOCK_TOLERANCE:
        raise Refused(f"{at:%H:%M} UTC is in the future", "enter a past time", about="at")
    if name == "started":
        _check_start(incident, at)
    elif at < incident.started and at != moment.now:
        raise Refused(
            f"{name} at {at:%Y-%m-%d %H:%M} UTC is before the incident started ({incident.started:%Y-%m-%d %H:%M} UTC)",
            f"if the impact started earlier, move its start first: {start_command(at, moment.now)}",
            about="at",
        )
    return MilestoneReached(name=name, now=at, was=incident.milestones.get(name), by_hand=True)


def _check_start(incident: Incident, at: datetime) -> None:
    earliest = min((when for name, when in incident.milestones.items() if name != "started"), default=None)
    if earliest is not None and at > earliest:
        raise Refused(
            f"The incident was known at {earliest:%H:%M} UTC, before {at:%H:%M} UTC",
            "enter when the impact started, or correct the other milestone first",
            about="at",
        )


TOPIC = Topic(
    "milestones",
    {},
    (MilestoneReached,),
    fold_by_name,
    lambda fact, _: Line(
        "milestone", f"{fact.name} at {fact.now:%Y-%m-%d %H:%M} UTC" if fact.now else f"not {fact.name}"
    ),
)


# Correction


def correct_milestone(record: Record, moment: Moment, name: str, at: datetime) -> tuple[PendingFact, ...]:
    """Correct the time of a milestone; raises Refused where an entry would come before the incident's start."""
    if name == "closed" and name not in record.incident.milestones:
        # Closing is an act with conditions of its own; only its time is corrected here.
        raise Refused("The incident is not closed", "close it with :close", about="name")
    fact = correct_time(record.incident, moment, name, at)
    # What was written down of the time before, such as the change that caused it, does not hold the start.
    began = record.incident.started
    first = next((event for event in record.effective() if event.happened >= began), None)
    if name == "started" and first is not None and first.happened < at:
        raise Refused(
            f"The timeline has an entry of {first.happened:%Y-%m-%d %H:%M} UTC, before that start",
            "enter when the impact started, at that time or earlier",
            about="at",
        )
    return (PendingFact(fact),)
