"""The plan's deadlines as they run in one incident: since when, until when, and when they were met."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from incident_cockpit.incident.facts import milestones
from incident_cockpit.incident.facts.classification import held_types, type_since
from incident_cockpit.incident.facts.followups import FollowUp
from incident_cockpit.incident.facts.timers import CompletionMark, CompletionStatus, current_mark
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.deadline_timing import Scope, timing
from incident_cockpit.plan.deadlines import ClosingGate, Deadline, DeadlineKind

# What has ended is mitigated too. That a page was answered does not follow from it.
_STOPPED = ("mitigated", "resolved", "closed")
_ENDS = ("resolved", "closed")
# What is asked for only while the response goes on; other notices and deadlines stay until they are dealt with.
_WHILE_LIVE = frozenset((DeadlineKind.TARGET, DeadlineKind.ESCALATION, DeadlineKind.ROLE, DeadlineKind.WINDOW))
_BEGINS = frozenset(("started", "detected", "acknowledged", "confirmed", "declared"))
# What only telling people meets, whatever milestone the plan names: reaching that ends it.
_TOLD = frozenset((DeadlineKind.NOTICE, DeadlineKind.ESCALATION))


class DeadlineClock(Struct, frozen=True):
    """One deadline of the plan in one incident.

    `at` is when it is due; `asked` since when it holds here, which is later than `start` where a change brought it: of
    severity, type or plan, or of who is there; `nominal` when it would be due by the plan alone; `met` when it was
    satisfied, None while it is not; `deed` what a person said of it.
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
        """Return whether nothing is left to do: it was met, done, or said to be not needed.

        A gate that is passed over at closing may share its word with a legal duty, and settles none.
        """
        passed_over = (
            self.deed is not None and self.deed.status is CompletionStatus.OVERRIDDEN and is_legal(self.deadline)
        )
        return self.met is not None or (self.deed is not None and not passed_over)


def clocks(incident: Incident) -> tuple[DeadlineClock, ...]:
    """Return every deadline that the plan asks for in this incident as it stands, met or not, in the plan's order.

    Before the declaration, and once a report is dismissed, only legal duties run: the law asks for neither.
    """
    if incident.adopted is None:
        return ()
    found = (clock(incident, deadline) for deadline in incident.plan.deadlines if may_run(incident, deadline))
    return tuple(one for one in found if one is not None)


def may_run(incident: Incident, deadline: Deadline) -> bool:
    """Return whether a deadline is asked for where the incident stands: in triage, declared, or dismissed."""
    return (incident.declared and not incident.dismissed) or is_legal(deadline)


def open_clocks(incident: Incident) -> tuple[DeadlineClock, ...]:
    """Return the clocks that still ask for something."""
    return tuple(one for one in clocks(incident) if not one.settled and _wanted(incident, one.deadline))


def met_at(incident: Incident, met_by: str, since: datetime | None = None) -> datetime | None:
    """Return when what the plan's words ask for came to be, or None while it has not; `since` is for updates alone."""
    sort, _, what = met_by.partition(" ")
    match sort:
        case "milestone":
            return _reached(incident, what)
        case "role":
            held = incident.roles.get(what, ())
            return held[0].since if held else None
        case "phase":
            return _left(incident, what)
        case "update":
            sent = [one.sent for one in incident.updates.sent.values() if one.audience == what]
            return min((at for at in sent if since is None or at >= since), default=None)
        case "impact":
            return incident.impact.since if incident.impact else None
        case "review":
            return _reviewed(incident, what)
        case "followups":
            return _followed_up(incident, what)
    deed = incident.completion_marks.get(what)
    return deed.when if deed is not None and deed.status is CompletionStatus.DONE else None


def ends_with_type(incident: Incident, type_id: str) -> tuple[DeadlineClock, ...]:
    """Return the clocks that wait and would no longer be asked for without this type of the incident."""
    others = set(held_types(incident)) - {type_id}
    return tuple(
        one for one in open_clocks(incident) if type_id in one.deadline.types and others.isdisjoint(one.deadline.types)
    )


def unmet_gates(incident: Incident) -> tuple[ClosingGate, ...]:
    """Return what the plan wants before the incident is closed and is not there yet (seeds 000 and 002)."""
    level = incident.severity.value if incident.severity else ""
    gates = (gate for gate in incident.plan.closing if not gate.severities or level in gate.severities)
    return tuple(
        gate for gate in gates if gate_status(incident, gate) == (None, None) and not is_void(incident, gate.met_by)
    )


def gate_status(incident: Incident, gate: ClosingGate) -> tuple[datetime | None, CompletionMark | None]:
    """Return when what closing needs was met, None while it is not, and what a person said of it at this end."""
    deed = current_mark(incident, gate.completion_mark)
    if deed is not None and deed.status is CompletionStatus.DONE:
        return deed.when, deed
    return (met_at(incident, gate.met_by) if not gate.met_by.startswith("done ") else None), deed


def clock(incident: Incident, deadline: Deadline) -> DeadlineClock | None:
    """Return the clock of one of the plan's deadlines, or None where it is not asked for in a declared incident."""
    start = _start(incident, deadline)
    if start is None or not _applies(incident, deadline):
        return None
    met, deed = deadline_status(incident, deadline, start)
    scope = Scope(
        start,
        max((start, *_brought(incident, deadline))),
        live=only_while_live(deadline),
        shared=_is_shared(incident, deadline),
        legal=counts_from_milestone(deadline),
    )
    found = timing(incident, deadline, scope, met or (deed.when if deed is not None else None))
    return (
        DeadlineClock(deadline, start, found.asked, found.nominal, found.at, met, deed) if found is not None else None
    )


def deadline_status(
    incident: Incident, deadline: Deadline, start: datetime
) -> tuple[datetime | None, CompletionMark | None]:
    """Return when a deadline that runs from `start` was met, None while it is not, and what a person said of it."""
    # Whoever was told stays told; but what follows the end of an incident follows its next end too.
    deed = (current_mark if deadline.start in _ENDS else _ever)(incident, deadline.completion_mark)
    by_fact = not deadline.met_by.startswith("done ") and not _ending_milestone(deadline)
    met = met_at(incident, deadline.met_by, start) if by_fact else None
    if deed is not None and deed.status is CompletionStatus.DONE:
        met = min(met or deed.when, deed.when)
    if met is None and deed is None:
        met = (
            _there(incident, deadline.who)
            if deadline.kind is DeadlineKind.ESCALATION
            else _heard(incident, deadline, start)
        )
    return met, deed


def only_while_live(deadline: Deadline) -> bool:
    """Return whether it is asked for only while the response goes on.

    So is what announces the beginning, and what a milestone or a role of the response meets; what the law asks for is
    owed after the end as well.
    """
    if deadline.kind in _WHILE_LIVE or deadline.start not in _BEGINS or deadline.types:
        return deadline.kind in _WHILE_LIVE
    sort, _, what = deadline.met_by.partition(" ")
    return (
        deadline.kind is DeadlineKind.NOTICE
        or sort in ("update", "role")
        or (sort == "milestone" and what not in _ENDS)
    )


def lapse_reason(incident: Incident, deadline: Deadline) -> str:
    """Return why nothing is to be done for a deadline at present, so that it reads behind "when"; "" where it is."""
    if _is_shared(incident, deadline) and incident.solo:
        return "one person did everything"
    ending = _ending_milestone(deadline)
    if ending and _reached(incident, ending) is not None:
        return f"it was {ending}"
    return "there was no follow-up to finish" if is_void(incident, deadline.met_by) else ""


def is_void(incident: Incident, met_by: str) -> bool:
    """Return whether it asks to finish follow-ups and there is none that counts: nobody has done anything for that."""
    sort, _, what = met_by.partition(" ")
    return sort == "followups" and not _counted(incident, what)


def _ending_milestone(deadline: Deadline) -> str:
    """Return the milestone that ends a notice without meeting it, "" where there is none: only telling meets it."""
    sort, _, what = deadline.met_by.partition(" ")
    return what if sort == "milestone" and deadline.kind in _TOLD else ""


def _heard(incident: Incident, deadline: Deadline, start: datetime) -> datetime | None:
    """Return when an update first told the readers of a notice since its start, whatever the notice is met by.

    They are those of the audience that it names, or where it names nobody, of the audience with its route. A duty of
    the law is never met by the way.
    """
    if deadline.kind is not DeadlineKind.NOTICE or deadline.types or deadline.start == "aware":
        return None
    who, route = deadline.who.casefold().removesuffix("s"), deadline.route
    readers = {
        one.audience
        for one in incident.plan.cadences
        if (one.audience.casefold().removesuffix("s") == who if who else one.route == route != "")
    }
    sent = (one.sent for one in incident.updates.sent.values() if one.audience in readers)
    return min((at for at in sent if at >= start), default=None)


def is_legal(deadline: Deadline) -> bool:
    """Return whether it is a legal duty: what a type of incident brings, or what runs from becoming aware of it.

    It is owed until it is done or waived, whatever becomes of the incident.
    """
    return not only_while_live(deadline) and (bool(deadline.types) or deadline.start == "aware")


def counts_from_milestone(deadline: Deadline) -> bool:
    """Return whether its time counts from its milestone, whenever it came to be asked for: it waits for nobody's words.

    So it is with a notice for a type of incident, and with what runs from becoming aware, such as the record of a
    breach (GDPR, article 33, paragraph 5).
    """
    return deadline.start == "aware" or (bool(deadline.types) and deadline.kind is DeadlineKind.NOTICE)


def _start(incident: Incident, deadline: Deadline) -> datetime | None:
    """Return when the deadline's milestone was reached; whoever says of which sort it is has become aware of it."""
    at = milestones.effective_time(incident, deadline.start)
    if at is None and deadline.start == "aware":
        return type_since(incident, deadline.types)
    return at


def _there(incident: Incident, who: str) -> datetime | None:
    """Return since when somebody holds the role that a rung calls by its name: who works on it need not be told."""
    return next((one[0].since for one in map(incident.roles.get, _called(incident, who)) if one), None)


def _called(incident: Incident, who: str) -> list[str]:
    """Return the ids of the roles that have this name."""
    return [role.id for role in incident.plan.roles if role.name.casefold() == who.casefold()]


def _ever(incident: Incident, word: str) -> CompletionMark | None:
    return incident.completion_marks.get(word)


def _applies(incident: Incident, deadline: Deadline) -> bool:
    """Return whether the plan asks for it for one of the incident's types; `timing` looks at the severity."""
    return not deadline.types or type_since(incident, deadline.types) is not None


def _brought(incident: Incident, deadline: Deadline) -> Iterator[datetime]:
    """Yield when the type brought the deadline, and since when the role is empty that it asks for."""
    if counts_from_milestone(deadline):
        return
    typed = type_since(incident, deadline.types)
    left = incident.crew.left.get(deadline.met_by.partition(" ")[2]) if deadline.kind is DeadlineKind.ROLE else None
    yield from (at for at in (typed, left) if at is not None)


def _is_shared(incident: Incident, deadline: Deadline) -> bool:
    """Return whether it is about sharing the work: as long as one person does everything, nobody is to be found."""
    return deadline.kind is DeadlineKind.ROLE or (
        deadline.kind is DeadlineKind.ESCALATION and bool(_called(incident, deadline.who))
    )


def _wanted(incident: Incident, deadline: Deadline) -> bool:
    """Return whether the incident has not gone past it: over, or closed."""
    if deadline.start == "closed":
        return True
    if "closed" in incident.milestones:
        return is_legal(deadline)
    return (incident.live or not only_while_live(deadline)) and not lapse_reason(incident, deadline)


def _reached(incident: Incident, milestone: str) -> datetime | None:
    """Return when a milestone was reached: what is over is mitigated too."""
    at = incident.milestones.get(milestone)
    if at is not None or milestone not in _STOPPED:
        return at
    later = _STOPPED[_STOPPED.index(milestone) :]
    return min((incident.milestones[name] for name in later if name in incident.milestones), default=None)


def _left(incident: Incident, phase: str) -> datetime | None:
    """Return when the incident first went past a phase; going back to it later asks for nothing again."""
    order = [one.id for one in incident.plan.phases]
    if phase not in order:
        return None
    past = order[order.index(phase) + 1 :]
    return next((one.since for one in incident.phases if one.value in past), None)


def _reviewed(incident: Incident, what: str) -> datetime | None:
    review = incident.review
    if review is None:
        return None
    return review.held if what == "held" else review.scheduled


def _followed_up(incident: Incident, what: str) -> datetime | None:
    """Return when the last follow-up that counts was done, None while one is open and where there is none."""
    counted = _counted(incident, what)
    if any(one.finished is None for one in counted):
        return None
    return max((one.finished for one in counted if one.finished), default=None)


def _counted(incident: Incident, what: str) -> list[FollowUp]:
    return [one for one in incident.followups.values() if what == "all" or one.priority == "high"]
