"""The first facts of an incident: title and severity are enough, the plan gives the rest."""

from __future__ import annotations

from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import AHEAD, Draft, Fact, Moment
from incident_cockpit.incident.state import EMPTY
from incident_cockpit.incident.topics import runbooks
from incident_cockpit.incident.topics.milestones import MilestoneReached
from incident_cockpit.incident.topics.opening import Opened, check_title
from incident_cockpit.incident.topics.phase import PhaseChanged
from incident_cockpit.incident.topics.plan import Adoption, PlanAdopted
from incident_cockpit.incident.topics.roles import Holding, RoleChanged
from incident_cockpit.incident.topics.severity import SeverityChanged
from incident_cockpit.incident.topics.standing import Standing
from incident_cockpit.plan.model import Plan
from incident_cockpit.runbook.model import Runbook


def declare(
    number: int, moment: Moment, title: str, severity: str, plan: Plan, runbook: Runbook | None
) -> tuple[Draft, ...]:
    """Return the first facts; whoever declares is in command until it is handed on (seed 001, initial response).

    `moment.happened` is when the harm began; the declaration itself is now. Raises Refused for an empty title, a
    severity the plan does not have, and a start that has not come yet.
    """
    if moment.happened > moment.now + AHEAD:
        raise Refused(f"{moment.happened:%H:%M} UTC has not come yet", "an incident began in the past: --at -20m")
    chosen = plan.find_severity(severity)
    facts: list[Fact] = [
        Opened(number=number, title=check_title(title)),
        PlanAdopted(now=plan, was=None),
        MilestoneReached(name="started", now=min(moment.happened, moment.now), was=None),
        MilestoneReached(name="declared", now=moment.now, was=None),
        SeverityChanged(now=Standing(chosen.id, moment.now), was=None),
        PhaseChanged(now=Standing(plan.first_phase, moment.now), was=None),
        RoleChanged(role=plan.command_role, now=(Holding(moment.who, moment.now),), was=()),
    ]
    first = plan.phase(plan.first_phase).milestone
    if first is not None and first not in ("started", "declared"):
        facts.append(MilestoneReached(name=first, now=moment.now, was=None))
    if runbook is not None:
        facts += runbooks.attach(replace(EMPTY, adoption=Adoption(plan)), moment, runbook)
    return tuple(Draft(fact) for fact in facts)
