"""The response plan an incident follows, kept resolved in its own journal so that a changed file changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from incident_cockpit.incident.envelope import Change
from incident_cockpit.incident.topics.topic import Line, Topic
from incident_cockpit.plan.model import Plan

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class PlanAdopted(Change, frozen=True):
    """From here on the incident follows this plan."""

    kind: ClassVar[str] = "plan.adopted"
    now: Plan | None
    was: Plan | None

    @property
    def quiet(self) -> bool:
        """Return whether it is the first plan, which is part of the opening."""
        return self.was is None


def _fold(state: Plan | None, fact: PlanAdopted) -> Plan | None:
    return fact.now


def _words(fact: PlanAdopted, incident: Incident) -> Line:
    return Line("plan", " → ".join(plan.name for plan in (fact.was, fact.now) if plan))


TOPIC = Topic("adopted", None, (PlanAdopted,), _fold, _words)
