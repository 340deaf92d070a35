"""The response plan of an incident, stored resolved in its journal so that a changed file changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import Change, Moment
from incident_cockpit.incident.facts.topic import Line, Topic
from incident_cockpit.plan.deadlines import Deadline
from incident_cockpit.plan.schema import Plan

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class Adoption(Struct, frozen=True):
    """The plan in use, since when where that was not from the beginning, and the plan before it."""

    plan: Plan
    since: datetime | None = None
    before: Adoption | None = None

    def asks_since(self, deadline: Deadline) -> datetime | None:
        """Return since when plans have had this very deadline, None from the beginning.

        A newer version of a plan restarts only what it has changed.
        """
        return self.since_where(lambda plan: any(map(deadline.is_same_duty, plan.deadlines)))

    def since_where(self, holds: Callable[[Plan], bool]) -> datetime | None:
        """Return since when every plan in use has met the condition, None from the beginning."""
        adoption = self
        while adoption.before is not None and holds(adoption.before.plan):
            adoption = adoption.before
        return adoption.since


class PlanAdopted(Change, frozen=True):
    """The plan was adopted; `since` is None for the first, which is part of the opening."""

    kind: ClassVar[str] = "plan.adopted"
    now: Plan | None
    was: Plan | None
    since: datetime | None = None
    was_since: datetime | None = None

    @property
    def quiet(self) -> bool:
        """Return whether it is the first plan, which is part of the opening."""
        return self.was is None

    def inverse(self) -> PlanAdopted:
        """Return the fact that restores the former plan, since when it was in use."""
        return replace(self, now=self.was, was=self.now, since=self.was_since, was_since=self.since)


def adopt(incident: Incident, moment: Moment, plan: Plan) -> PlanAdopted:
    """Adopt another plan, or a newer version of the same.

    Raises Refused for the current plan, and for one without the severity, phase or roles in use.
    """
    if plan == incident.plan:
        raise Refused(
            f"{plan.name} is already the current plan, unchanged", "edit its file first, then adopt it", about="plan"
        )
    _check_knows(incident, plan)
    former = incident.adoption
    return PlanAdopted(now=plan, was=incident.plan, since=moment.happened, was_since=former.since if former else None)


def _check_knows(incident: Incident, plan: Plan) -> None:
    """Refuse a plan without the current severity or phase, or without an assigned role."""
    severity = incident.severity.value if incident.severity else None
    if severity is not None and severity not in [level.id for level in plan.severities]:
        raise Refused(
            f"{plan.name} has no severity {severity}, the current one",
            _has(severity.id for severity in plan.severities),
            about="plan",
        )
    phase = incident.phase.value if incident.phase else None
    if phase is not None and phase not in [each.id for each in plan.phases]:
        raise Refused(
            f"{plan.name} has no phase {phase}, the current one", _has(phase.id for phase in plan.phases), about="plan"
        )
    roles = {role.id for role in plan.roles}
    lost = next((role for role in incident.roles if role not in roles), None)
    if lost is not None:
        raise Refused(f"{plan.name} has no role {lost}, which is assigned", _has(sorted(roles)), about="plan")


def _has(names: Iterable[str]) -> str:
    return f"it has {', '.join(names)}; choose another plan, or add what is missing to its file"


def _fold(state: Adoption | None, fact: PlanAdopted) -> Adoption | None:
    """Adopt the plan; an undo restores the one before."""
    if fact.now is None:
        return None
    before = state.before if state is not None else None
    if before is not None and (before.plan, before.since) == (fact.now, fact.since):
        return before
    return Adoption(fact.now, fact.since, state)


def _words(fact: PlanAdopted, incident: Incident) -> Line:
    if fact.now and fact.was and fact.now.id == fact.was.id:
        return Line("plan", f"{fact.now.name}: new version adopted")
    names = " → ".join(plan.name for plan in (fact.was, fact.now) if plan)
    return Line("plan", f"{names}: adopted" if fact.was else names)


TOPIC = Topic("adoption", None, (PlanAdopted,), _fold, _words)
