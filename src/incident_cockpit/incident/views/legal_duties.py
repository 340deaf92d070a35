"""Legal duties at the end of an incident: open, waived and still owed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import Moment
from incident_cockpit.incident.facts import plan as plans
from incident_cockpit.incident.facts.classification import no_longer_required
from incident_cockpit.incident.facts.plan import Adoption, PlanAdopted
from incident_cockpit.incident.facts.severity import DatedValue
from incident_cockpit.incident.facts.timers import CompletionMark, CompletionStatus
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.clocks import DeadlineClock, clock, clocks, is_legal
from incident_cockpit.plan.schema import Plan
from incident_cockpit.text.plurals import counted
from incident_cockpit.times.format import countdown


def legal_duties_owed(incident: Incident) -> tuple[DeadlineClock, ...]:
    """Return the legal duties that are neither complete nor waived, the soonest first; closing ends none.

    Duties that share a completion mark are one, by the earlier time.
    """
    if incident.adopted is None:
        return ()
    running = (clock(incident, deadline) for deadline in incident.plan.deadlines if is_legal(deadline))
    owed = sorted((each for each in running if each is not None and not each.settled), key=lambda each: each.at)
    return tuple({each.deadline.completion_mark: each for each in reversed(owed)}.values())[::-1]


def waived_duties(incident: Incident) -> tuple[tuple[DeadlineClock, CompletionMark], ...]:
    """Return the waived legal duties, each with its mark, in the plan's order."""
    waived = {
        each.deadline.completion_mark: (each, each.deed)
        for each in clocks(incident)
        if is_legal(each.deadline)
        and each.met is None
        and each.deed is not None
        and each.deed.status is CompletionStatus.WAIVED
    }
    return tuple(waived.values())


def open_duties_text(incident: Incident, now: datetime) -> str:
    """Return the open legal duties that block closing or dismissal, a line each under a heading; or ""."""
    owed = legal_duties_owed(incident)
    if not owed:
        return ""
    verb = "is" if len(owed) == 1 else "are"
    heading = f"{counted(len(owed), 'legal duty', 'legal duties')} {verb} open"
    return "\n".join((heading, *_listed(owed, now)))


def check_duties(incident: Incident, now: datetime) -> None:
    """Refuse an end while a legal duty is open; no reason for the end as a whole replaces the duty's own."""
    why = open_duties_text(incident, now)
    if why:
        raise Refused(
            why,
            "for each of them, :complete ITEM, or :waive ITEM REASON; if the type is wrong, :remove-type TYPE REASON",
        )


def adopt(incident: Incident, moment: Moment, plan: Plan) -> PlanAdopted:
    """Adopt a plan; raises Refused while a legal duty is open that it omits."""
    fact = plans.adopt(incident, moment, plan)
    lost = _ending(incident, replace(incident, adoption=Adoption(plan, moment.happened, incident.adoption)))
    if lost:
        heading = f"{plan.name} omits {counted(len(lost), 'legal duty', 'legal duties')} of this incident"
        raise Refused(
            "\n".join((heading, *_listed(lost, moment.now))),
            "for each of them, :complete ITEM, or :waive ITEM REASON; then adopt the plan",
        )
    return fact


def duties_ended_by_severity(incident: Incident, severity: str) -> tuple[str, ...]:
    """Return the sentence that names the legal duties which the plan does not require at another severity."""
    chosen = incident.plan.find_severity(severity)
    graded = DatedValue(chosen.id, incident.opened)
    ending = _ending(incident, replace(incident, severities=(*incident.severities, graded)))
    return no_longer_required([each.deadline.text for each in ending])


def _ending(incident: Incident, after: Incident) -> tuple[DeadlineClock, ...]:
    """Return the legal duties that are owed now and not in force in the incident as it will be."""
    asked = {each.deadline.completion_mark for each in clocks(after)}
    return tuple(each for each in legal_duties_owed(incident) if each.deadline.completion_mark not in asked)


def _listed(owed: tuple[DeadlineClock, ...], now: datetime) -> Iterator[str]:
    for duty in owed:
        needed = ", yes or no" if duty.deadline.optional else ""
        yield f"  - {duty.deadline.id}: {duty.deadline.text} ({countdown(duty.at, now)}{needed})"
