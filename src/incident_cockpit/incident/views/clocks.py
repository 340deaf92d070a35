"""Clocks of the plan's deadlines in one incident: start, due time and completion, and how each condition is met."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from incident_cockpit.incident.event import Fact
from incident_cockpit.incident.facts import milestones
from incident_cockpit.incident.facts.classification import held_types, type_since
from incident_cockpit.incident.facts.followups import FollowUp, FollowUpChanged, ReviewHeld, ReviewScheduled
from incident_cockpit.incident.facts.roles import RoleChanged
from incident_cockpit.incident.facts.severity import ImpactSet
from incident_cockpit.incident.facts.timers import CompletionMark, CompletionStatus, current_mark
from incident_cockpit.incident.facts.updates import UpdateSent
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.deadline_timing import Applicability, timing
from incident_cockpit.plan.deadlines import (
    AudienceUpdated,
    ClosingGate,
    Condition,
    Deadline,
    DeadlineKind,
    FollowUpsDone,
    ImpactDescribed,
    Marked,
    MilestoneMet,
    PhaseLeft,
    ReviewDone,
    RoleFilled,
)
from incident_cockpit.plan.schema import Plan

# A resolved incident is mitigated too. That a page was answered does not follow from it.
_STOPPED = ("mitigated", "resolved", "closed")
_ENDS = ("resolved", "closed")
# In force only while the response goes on; other notices and deadlines stay until they are complete or waived.
_WHILE_LIVE = frozenset((DeadlineKind.TARGET, DeadlineKind.ESCALATION, DeadlineKind.ROLE, DeadlineKind.WINDOW))
_BEGINS = frozenset(("started", "detected", "acknowledged", "confirmed", "declared"))
# Met only by notifying people: a milestone that the plan names ends them without meeting them.
_NOTIFYING = frozenset((DeadlineKind.NOTICE, DeadlineKind.ESCALATION))
NO_FOLLOW_UPS = "there was no follow-up to complete"


class Meets(Struct, frozen=True):
    """How a kind of condition is met.

    `since` returns when it was met, or None, given the earliest time that counts; `facts` are the facts that can meet
    it; `action` returns the action that meets it, its argument, and the verb beside its key; `words` returns the
    condition behind "completes when".
    """

    since: Callable[[Incident, Any, datetime | None], datetime | None]
    facts: tuple[type[Fact], ...]
    action: Callable[[Any], tuple[str, str, str]]
    words: Callable[[Plan, Any], str]


class DeadlineClock(Struct, frozen=True):
    """One deadline of the plan in one incident.

    `at` is when it is due; `asked` since when it is in force here, which is later than `start` where a change of
    severity, type, plan or role holder brought it; `nominal` when it would be due by the plan alone; `met` when it was
    met, None while it is open; `deed` the completion mark that a person set.
    """

    deadline: Deadline
    start: datetime
    asked: datetime
    nominal: datetime
    at: datetime
    met: datetime | None
    deed: CompletionMark | None

    @property
    def settled(self) -> bool:
        """Return whether nothing is left to do: it was met, completed or waived.

        A closing criterion that was overridden may share its mark with a legal duty, and settles none.
        """
        overridden = self.deed is not None and self.deed.status is CompletionStatus.OVERRIDDEN
        return self.met is not None or (self.deed is not None and not (overridden and is_legal(self.deadline)))


def clocks(incident: Incident) -> tuple[DeadlineClock, ...]:
    """Return the clock of every deadline that is in force in this incident, met or not, in the plan's order.

    In triage, and once a report is dismissed, only legal duties run: the law asks for neither.
    """
    if incident.adopted is None:
        return ()
    running = (clock(incident, deadline) for deadline in incident.plan.deadlines if may_run(incident, deadline))
    return tuple(each for each in running if each is not None)


def may_run(incident: Incident, deadline: Deadline) -> bool:
    """Return whether a deadline can be in force: the incident is declared, or it is a legal duty."""
    return (incident.declared and not incident.dismissed) or is_legal(deadline)


def open_clocks(incident: Incident) -> tuple[DeadlineClock, ...]:
    """Return the clocks that are neither settled nor past."""
    return tuple(each for each in clocks(incident) if not each.settled and _is_current(incident, each.deadline))


def met_at(incident: Incident, condition: Condition, since: datetime | None = None) -> datetime | None:
    """Return when a condition was met, or None; `since` is the earliest update that counts."""
    return CONDITIONS[type(condition)].since(incident, condition, since)


def ends_with_type(incident: Incident, type_id: str) -> tuple[DeadlineClock, ...]:
    """Return the open clocks that would no longer be in force without this type of the incident."""
    others = set(held_types(incident)) - {type_id}
    return tuple(
        each
        for each in open_clocks(incident)
        if type_id in each.deadline.types and others.isdisjoint(each.deadline.types)
    )


def unmet_gates(incident: Incident) -> tuple[ClosingGate, ...]:
    """Return the plan's closing criteria at this severity that are not met yet."""
    level = incident.severity.value if incident.severity else ""
    gates = (gate for gate in incident.plan.closing if not gate.severities or level in gate.severities)
    return tuple(
        gate for gate in gates if gate_status(incident, gate) == (None, None) and not is_void(incident, gate.condition)
    )


def gate_status(incident: Incident, gate: ClosingGate) -> tuple[datetime | None, CompletionMark | None]:
    """Return when a closing criterion was met, None while it is not, and its mark since the last reopening."""
    mark = current_mark(incident, gate.completion_mark)
    if mark is not None and mark.status is CompletionStatus.DONE:
        return mark.when, mark
    return (None if isinstance(gate.condition, Marked) else met_at(incident, gate.condition)), mark


def clock(incident: Incident, deadline: Deadline) -> DeadlineClock | None:
    """Return the clock of one of the plan's deadlines, or None where it is not in force in a declared incident."""
    start = _start(incident, deadline)
    if start is None or (deadline.types and type_since(incident, deadline.types) is None):
        return None
    met, mark = deadline_status(incident, deadline, start)
    scope = Applicability(
        start,
        max((start, *_in_force_since(incident, deadline))),
        live=only_while_live(deadline),
        shared=_is_shared(incident, deadline),
        legal=counts_from_milestone(deadline),
    )
    times = timing(incident, deadline, scope, met or (mark.when if mark is not None else None))
    if times is None:
        return None
    return DeadlineClock(deadline, start, times.asked, times.nominal, times.at, met, mark)


def deadline_status(
    incident: Incident, deadline: Deadline, start: datetime
) -> tuple[datetime | None, CompletionMark | None]:
    """Return when a deadline that runs from `start` was met, None while it is not, and its completion mark."""
    # A person who was notified stays notified; but what follows the end of an incident follows its next end too.
    if deadline.start in _ENDS:
        mark = current_mark(incident, deadline.completion_mark)
    else:
        mark = incident.completion_marks.get(deadline.completion_mark)
    by_fact = not isinstance(deadline.condition, Marked) and not _ending_milestone(deadline)
    met = met_at(incident, deadline.condition, start) if by_fact else None
    if mark is not None and mark.status is CompletionStatus.DONE:
        met = min(met or mark.when, mark.when)
    if met is None and mark is None:
        if deadline.kind is DeadlineKind.ESCALATION:
            # Who holds the role works on the incident and need not be paged.
            holders = map(incident.roles.get, _roles_named(incident, deadline.who))
            met = next((holdings[0].since for holdings in holders if holdings), None)
        else:
            met = _notified(incident, deadline, start)
    return met, mark


def only_while_live(deadline: Deadline) -> bool:
    """Return whether a deadline is in force only while the response goes on.

    So is what announces the beginning, and what a milestone or a role of the response meets; what the law asks for is
    owed after the end as well.
    """
    if deadline.kind in _WHILE_LIVE or deadline.start not in _BEGINS or deadline.types:
        return deadline.kind in _WHILE_LIVE
    match deadline.condition:
        case AudienceUpdated() | RoleFilled():
            return True
        case MilestoneMet(milestone=milestone):
            return deadline.kind is DeadlineKind.NOTICE or milestone not in _ENDS
    return deadline.kind is DeadlineKind.NOTICE


def lapse_reason(incident: Incident, deadline: Deadline) -> str:
    """Return why a deadline has lapsed at present, worded to follow "when"; "" where it has not."""
    if _is_shared(incident, deadline) and incident.solo:
        return "solo mode was on"
    ending = _ending_milestone(deadline)
    if ending and _milestone_reached(incident, ending) is not None:
        return f"it was {ending}"
    return NO_FOLLOW_UPS if is_void(incident, deadline.condition) else ""


def is_void(incident: Incident, condition: Condition) -> bool:
    """Return whether a condition asks to complete follow-ups and there is none that counts."""
    return isinstance(condition, FollowUpsDone) and not _counted_follow_ups(incident, condition.priority)


def _ending_milestone(deadline: Deadline) -> str:
    """Return the milestone that ends a notification without meeting it, "" where there is none."""
    condition = deadline.condition
    return condition.milestone if isinstance(condition, MilestoneMet) and deadline.kind in _NOTIFYING else ""


def _notified(incident: Incident, deadline: Deadline, start: datetime) -> datetime | None:
    """Return when an update since its start first reached the readers of a notice, whatever condition it has.

    The readers are the audience that the notice names, or where it names none, the audience with its route. No update
    meets a legal duty.
    """
    if deadline.kind is not DeadlineKind.NOTICE or deadline.types or deadline.start == "aware":
        return None
    who, route = deadline.who.casefold().removesuffix("s"), deadline.route
    readers = {
        cadence.audience
        for cadence in incident.plan.cadences
        if (cadence.audience.casefold().removesuffix("s") == who if who else cadence.route == route != "")
    }
    sent = (update.sent for update in incident.updates.sent.values() if update.audience in readers)
    return min((at for at in sent if at >= start), default=None)


def is_legal(deadline: Deadline) -> bool:
    """Return whether a deadline is a legal duty: one for a type of incident, or one that runs from becoming aware.

    It is owed until it is complete or waived, whatever becomes of the incident.
    """
    return not only_while_live(deadline) and (bool(deadline.types) or deadline.start == "aware")


def counts_from_milestone(deadline: Deadline) -> bool:
    """Return whether its time counts from its milestone, whenever it came into force.

    So it is with a notice for a type of incident, and with what runs from becoming aware, such as the record of a
    breach (GDPR, article 33, paragraph 5).
    """
    return deadline.start == "aware" or (bool(deadline.types) and deadline.kind is DeadlineKind.NOTICE)


def _start(incident: Incident, deadline: Deadline) -> datetime | None:
    """Return when the deadline's milestone was reached; setting the type of an incident means being aware of it."""
    at = milestones.effective_time(incident, deadline.start)
    if at is None and deadline.start == "aware":
        return type_since(incident, deadline.types)
    return at


def _roles_named(incident: Incident, name: str) -> list[str]:
    return [role.id for role in incident.plan.roles if role.name.casefold() == name.casefold()]


def _in_force_since(incident: Incident, deadline: Deadline) -> Iterator[datetime]:
    """Yield when the type brought the deadline, and since when the role is vacant that it asks for."""
    if counts_from_milestone(deadline):
        return
    typed, vacant = type_since(incident, deadline.types), None
    if deadline.kind is DeadlineKind.ROLE and isinstance(deadline.condition, RoleFilled):
        vacant = incident.crew.left.get(deadline.condition.role)
    yield from (at for at in (typed, vacant) if at is not None)


def _is_shared(incident: Incident, deadline: Deadline) -> bool:
    """Return whether it is about sharing the work, so that solo mode suspends it."""
    escalation = deadline.kind is DeadlineKind.ESCALATION and bool(_roles_named(incident, deadline.who))
    return deadline.kind is DeadlineKind.ROLE or escalation


def _is_current(incident: Incident, deadline: Deadline) -> bool:
    """Return whether the incident has not gone past the deadline: it is neither over nor closed for it."""
    if deadline.start == "closed":
        return True
    if "closed" in incident.milestones:
        return is_legal(deadline)
    return (incident.live or not only_while_live(deadline)) and not lapse_reason(incident, deadline)


def _milestone_reached(incident: Incident, milestone: str) -> datetime | None:
    """Return when a milestone was reached; a resolved incident is mitigated too."""
    at = incident.milestones.get(milestone)
    if at is not None or milestone not in _STOPPED:
        return at
    later = _STOPPED[_STOPPED.index(milestone) :]
    return min((incident.milestones[name] for name in later if name in incident.milestones), default=None)


def _phase_left(incident: Incident, phase: str) -> datetime | None:
    """Return when the incident first moved past a phase; going back to it later asks for nothing again."""
    order = [each.id for each in incident.plan.phases]
    if phase not in order:
        return None
    past = order[order.index(phase) + 1 :]
    return next((each.since for each in incident.phases if each.value in past), None)


def _review_done(incident: Incident, step: str) -> datetime | None:
    review = incident.review
    return None if review is None else review.held if step == "held" else review.scheduled


def _follow_ups_done(incident: Incident, priority: str) -> datetime | None:
    """Return when the last follow-up that counts was completed, None while one is open and where there is none."""
    finished = [follow_up.finished for follow_up in _counted_follow_ups(incident, priority)]
    return None if None in finished else max((at for at in finished if at), default=None)


def _counted_follow_ups(incident: Incident, priority: str) -> list[FollowUp]:
    return [each for each in incident.followups.values() if priority == "all" or each.priority == "high"]


def _marked(incident: Incident, mark: str) -> datetime | None:
    completed = incident.completion_marks.get(mark)
    return completed.when if completed is not None and completed.status is CompletionStatus.DONE else None


def _milestone_action(condition: MilestoneMet) -> tuple[str, str, str]:
    if condition.milestone in _ENDS:
        action = "resolve" if condition.milestone == "resolved" else "close"
        return action, "", action
    return "mark", condition.milestone, "mark"


CONDITIONS: Mapping[type[Condition], Meets] = {
    MilestoneMet: Meets(
        lambda incident, condition, _: _milestone_reached(incident, condition.milestone),
        (),
        _milestone_action,
        lambda _, condition: condition.milestone,
    ),
    RoleFilled: Meets(
        lambda incident, condition, _: next((holder.since for holder in incident.roles.get(condition.role, ())), None),
        (RoleChanged,),
        lambda condition: ("assign", condition.role, "assign"),
        lambda plan, condition: f"{plan.role_name(condition.role)} is assigned",
    ),
    PhaseLeft: Meets(
        lambda incident, condition, _: _phase_left(incident, condition.phase),
        (),
        lambda _: ("phase", "", "next phase"),
        lambda plan, condition: f"{plan.phase_name(condition.phase)} ends",
    ),
    AudienceUpdated: Meets(
        lambda incident, condition, since: min(
            (
                update.sent
                for update in incident.updates.sent.values()
                if update.audience == condition.audience and (since is None or update.sent >= since)
            ),
            default=None,
        ),
        (UpdateSent,),
        lambda condition: ("update", condition.audience, "write"),
        lambda plan, condition: (
            "sent: "
            + next((each.name for each in plan.cadences if each.audience == condition.audience), condition.audience)
        ),
    ),
    ImpactDescribed: Meets(
        lambda incident, _, __: incident.impact.since if incident.impact else None,
        (ImpactSet,),
        lambda _: ("impact", "", "describe"),
        lambda _, __: "the impact is described",
    ),
    ReviewDone: Meets(
        lambda incident, condition, _: _review_done(incident, condition.step),
        (ReviewScheduled, ReviewHeld),
        lambda condition: (
            ("review-held", "", "mark held") if condition.step == "held" else ("schedule-review", "", "schedule")
        ),
        lambda _, condition: f"the review is {condition.step}",
    ),
    FollowUpsDone: Meets(
        lambda incident, condition, _: _follow_ups_done(incident, condition.priority),
        (FollowUpChanged,),
        lambda _: ("follow-up-done", "", "complete"),
        lambda _, condition: (
            "all follow-ups are done" if condition.priority == "all" else "all high-priority follow-ups are done"
        ),
    ),
    Marked: Meets(
        lambda incident, condition, _: _marked(incident, condition.mark),
        (),
        lambda _: ("complete", "", "done"),
        lambda _, __: "",
    ),
}
