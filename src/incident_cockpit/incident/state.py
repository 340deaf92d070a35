"""An incident as it stands: the topics' states side by side, made by applying one event after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import reduce

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident import topics
from incident_cockpit.incident.envelope import Event
from incident_cockpit.incident.topics.asks import Ask
from incident_cockpit.incident.topics.followups import FollowUp
from incident_cockpit.incident.topics.gates import Passed
from incident_cockpit.incident.topics.hypotheses import Hypothesis
from incident_cockpit.incident.topics.notes import Notebook
from incident_cockpit.incident.topics.opening import Opening
from incident_cockpit.incident.topics.roles import Holders
from incident_cockpit.incident.topics.standing import Standing
from incident_cockpit.incident.topics.steps import Steps
from incident_cockpit.incident.topics.timers import Timers
from incident_cockpit.incident.topics.updates import Updates
from incident_cockpit.plan.model import Plan


class Incident(Struct, frozen=True):
    """What is known of one incident after `seq` events; immutable, a new one is made for each event."""

    opening: Opening
    adopted: Plan | None
    severity: Standing | None
    phase: Standing | None
    milestones: Mapping[str, datetime]
    impact: Standing | None
    roles: Mapping[str, Holders]
    steps: Steps
    gates: Mapping[str, Passed]
    notes: Notebook
    asks: Mapping[str, Ask]
    timers: Timers
    hypotheses: Mapping[str, Hypothesis]
    updates: Updates
    followups: Mapping[str, FollowUp]
    seq: int = 0

    @property
    def plan(self) -> Plan:
        """Return the plan that is followed; raises Refused before one is adopted."""
        if self.adopted is None:
            raise Refused("the incident follows no plan yet", "open it with: incident new TITLE")
        return self.adopted

    @property
    def name(self) -> str:
        """Return the short name people use, such as "INC-7"."""
        return f"INC-{self.opening.number}"

    @property
    def title(self) -> str:
        """Return the title."""
        return self.opening.title

    @property
    def opened(self) -> datetime:
        """Return when it was declared, or began when that is all that is known."""
        return self.milestones.get("declared") or self.milestones["started"]

    @property
    def started(self) -> datetime:
        """Return when the harm began, as far as it is known."""
        return self.milestones["started"]

    @property
    def live(self) -> bool:
        """Return whether the response goes on: countdowns run only then."""
        # A phase that a newer plan no longer has ends nothing.
        return self.phase is None or all(one.live for one in self.plan.phases if one.id == self.phase.value)

    @property
    def ended(self) -> datetime | None:
        """Return when the harm was over, or None while it goes on."""
        return self.milestones.get("resolved")


EMPTY = Incident(**{topic.name: topic.empty for topic in topics.TOPICS})


def apply(incident: Incident, event: Event) -> Incident:
    """Return the incident with one more event; the old one stays as it is."""
    topic = topics.TOPIC_OF[type(event.fact)]
    changed = topic.fold(getattr(incident, topic.name), event.fact)
    return replace(incident, **{topic.name: changed, "seq": event.seq})


def fold(events: Iterable[Event]) -> Incident:
    """Return the incident after these events."""
    return reduce(apply, events, EMPTY)
