"""Phase of the incident in the plan's lifecycle; a move to a phase sets its milestone."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import Change, Fact, Moment
from incident_cockpit.incident.facts import milestones
from incident_cockpit.incident.facts.roles import answers_page
from incident_cockpit.incident.facts.severity import DatedValue
from incident_cockpit.incident.facts.topic import Line, Topic, fold_history
from incident_cockpit.plan.schema import Phase, Plan

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class PhaseChanged(Change, frozen=True):
    """The incident moved to a phase; `now.value` is the plan's phase id."""

    kind: ClassVar[str] = "phase.changed"
    announced: ClassVar[bool] = True
    now: DatedValue | None
    was: DatedValue | None


def enter_phase(incident: Incident, moment: Moment, phase: str, reason: str = "") -> tuple[Fact, ...]:
    """Move to a phase; raises Refused to resolve without verification and to reopen without a reason."""
    chosen = incident.plan.find_phase(phase)
    _check_change(incident, chosen, reason)
    changed = PhaseChanged(now=DatedValue(chosen.id, moment.happened, reason), was=incident.phase)
    return (changed, *_milestones(incident, moment, chosen.id))


def _check_change(incident: Incident, chosen: Phase, reason: str) -> None:
    """Refuse a move that the rules do not allow, whether by the phase's name, `resolve` or `close`."""
    if incident.dismissed:
        raise Refused("The report was dismissed", "to reopen it, run :declare SEVERITY WHY", about="phase")
    if incident.phase is None:
        raise Refused("A report in triage has no phase", "declare it first with :declare SEVERITY", about="phase")
    if incident.phase.value == chosen.id:
        raise Refused(f"Already {chosen.name}", "choose another phase", about="phase")
    if chosen.live and not incident.live and not reason:
        raise Refused(
            "Reason for reopening required", f"for example: :phase {chosen.id} errors are at 5% again", about="reason"
        )
    if incident.live and chosen.milestone == "resolved" and not reason:
        raise Refused("Verification required", "for example: :resolve 5xx at baseline for 15 minutes", about="reason")
    if incident.live and chosen.milestone == "closed":
        raise Refused(
            "The incident is not resolved yet", "for example: :resolve 5xx at baseline for 15 minutes", about="phase"
        )


def phase_reaching(incident: Incident, milestone: str) -> str:
    """Return the id of the phase that sets a milestone; raises Refused where the plan has none."""
    for phase in incident.plan.phases:
        if phase.milestone == milestone:
            return phase.id
    raise Refused(
        f"No phase of {incident.plan.name} sets {milestone}", "choose a phase with :phase NAME", about="phase"
    )


def _milestones(incident: Incident, moment: Moment, entered: str) -> list[Fact]:
    """Return the milestones of a move: the phase's own once, and the removal of the end on reopening.

    Metrics come from milestones alone, and a reopened incident is neither resolved nor closed.
    """
    plan = incident.plan
    order = [phase.id for phase in plan.phases]
    chosen = plan.phase(entered)
    facts: list[Fact] = [
        milestones.milestone_fact(incident, ahead.milestone, None)
        for ahead in plan.phases[order.index(entered) + 1 :]
        if ahead.milestone and not ahead.live and ahead.milestone in incident.milestones
    ]
    answered = chosen.milestone != "acknowledged" or answers_page(incident, moment.who)
    if chosen.milestone and chosen.milestone not in incident.milestones and answered:
        facts.append(milestones.milestone_fact(incident, chosen.milestone, moment.happened))
    return facts


def last_reopening(incident: Incident) -> datetime | None:
    """Return when the incident was last reopened, or None."""
    over = {phase.id for phase in incident.plan.phases if not phase.live}
    pairs = [
        after.since for before, after in pairwise(incident.phases) if before.value in over and after.value not in over
    ]
    return pairs[-1] if pairs else None


def phases_from(plan: Plan, milestone: str) -> set[str]:
    """Return the ids of the phase that sets a milestone and of all after it."""
    reaches = [phase.milestone == milestone for phase in plan.phases]
    return {phase.id for phase in plan.phases[reaches.index(True) :]} if any(reaches) else set()


def return_times(incident: Incident, milestone: str) -> tuple[datetime, ...]:
    """Return when the incident went back from after a milestone to before it, each time."""
    past = phases_from(incident.plan, milestone)
    moves = pairwise(incident.phases)
    return tuple(after.since for before, after in moves if before.value in past and after.value not in past)


def _words(fact: PhaseChanged, incident: Incident) -> Line:
    def name(standing: DatedValue | None) -> str:
        return incident.plan.phase_name(standing.value) if standing else "none"

    change = f"{name(fact.was)} → {name(fact.now)}" if fact.was else name(fact.now)
    reason = fact.now.reason if fact.now else ""
    return Line("phase", f"{change}: {reason}" if reason else change)


TOPIC = Topic("phases", (), (PhaseChanged,), fold_history, _words)
