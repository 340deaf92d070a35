"""How the plan's deadlines ran in an incident, from its first fact to its last: asked for, met, and no longer asked."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache, reduce
from itertools import groupby

from msgspec import Struct, field

from incident_cockpit.incident.clocks import Clock, answer, clock, lapsed, may_run, while_live
from incident_cockpit.incident.envelope import Event, Fact
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import EMPTY, Incident, apply
from incident_cockpit.incident.timing import same_duty
from incident_cockpit.incident.topics.deeds import Deed, DeedMarked
from incident_cockpit.incident.topics.followups import FollowUpChanged
from incident_cockpit.incident.topics.impact import ImpactSet
from incident_cockpit.incident.topics.milestones import MilestoneReached
from incident_cockpit.incident.topics.nature import (
    TypeChanged,
    TypeSet,
    held_types,
    removed_types,
    since_type,
    type_name,
)
from incident_cockpit.incident.topics.opening import Opened
from incident_cockpit.incident.topics.phase import PhaseChanged
from incident_cockpit.incident.topics.plan import PlanAdopted
from incident_cockpit.incident.topics.report import ReportDecided, ReportMade
from incident_cockpit.incident.topics.review import ReviewHeld, ReviewScheduled
from incident_cockpit.incident.topics.roles import RoleChanged
from incident_cockpit.incident.topics.severity import SeverityChanged
from incident_cockpit.incident.topics.solo import SoloChanged
from incident_cockpit.incident.topics.updates import UpdateSent
from incident_cockpit.plan.deadlines import Deadline, DeadlineKind, Watch, Within
from incident_cockpit.plan.model import Plan
from incident_cockpit.timewords import duration

# What can begin or end any deadline; and what only meets those of one sort, by the first word of their `met_by`.
_MOVES = (
    Opened,
    PlanAdopted,
    ReportMade,
    ReportDecided,
    SeverityChanged,
    PhaseChanged,
    MilestoneReached,
    TypeChanged,
    TypeSet,
    SoloChanged,
)
_MEETS: dict[type[Fact], str] = {
    RoleChanged: "role",
    ImpactSet: "impact",
    UpdateSent: "update",
    FollowUpChanged: "followups",
    ReviewScheduled: "review",
    ReviewHeld: "review",
}
_MEETS_TOO = {DeadlineKind.RUNG: "role", DeadlineKind.NOTICE: "update"}
_MATTERS = frozenset((*_MOVES, *_MEETS, DeedMarked))


class Run(Struct):
    """One time that a deadline was asked for, without a break.

    `met` is when it was first met, a corrected time before the one that was wrong; `deed` what a person said of it when
    it was not met; `ended` when it was no longer asked for, because of `cause`: None while it is.
    """

    clock: Clock
    met: datetime | None = None
    deed: Deed | None = None
    ended: datetime | None = None
    cause: str = ""


class Runs(Struct):
    """All runs of an incident by deadline, and what was ever so in it: why others never ran."""

    of: dict[Deadline, list[Run]] = field(default_factory=dict)
    severities: set[str] = field(default_factory=set)
    types: set[str] = field(default_factory=set)
    milestones: set[str] = field(default_factory=set)
    solo: bool = False


def runs(record: Record) -> Runs:
    """Return how every deadline ran, by what still stands in the record: what was taken back never was."""
    found, incident = Runs(), EMPTY
    for _, act in groupby(_standing(record), key=lambda event: event.act):
        events = tuple(act)
        incident = reduce(apply, events, incident)
        if incident.adopted is not None:
            _note(found, incident)
            _go_on(found, incident, events)
    return found


def looks(plan: Plan) -> Mapping[Deadline, int]:
    """Return the looks of the plan's watch period after the resolution, as deadlines with their number."""
    return _looks(plan.watch) if plan.watch is not None else {}


@lru_cache(maxsize=4)
def _looks(watch: Watch) -> Mapping[Deadline, int]:
    count = watch.length // watch.every
    return {_look(number, count, number * watch.every): number for number in range(1, count + 1)}


def _look(number: int, count: int, seconds: int) -> Deadline:
    within = Within(duration(timedelta(seconds=seconds)), seconds=seconds)
    text = f"Look {number} of {count} after the resolution"
    return Deadline(f"watch-{number}", DeadlineKind.DEADLINE, text, "resolved", within, f"done watch-{number}")


def _standing(record: Record) -> Iterator[Event]:
    for event in record.events:
        if type(event.fact) in _MATTERS and event.undoes is None and record.taken_back(event.seq) is None:
            yield event


def _note(found: Runs, incident: Incident) -> None:
    if incident.severity is not None:
        found.severities.add(incident.severity.value)
    found.types.update(held_types(incident))
    found.milestones.update(incident.milestones)
    found.solo = found.solo or incident.solo


def _go_on(found: Runs, incident: Incident, events: Sequence[Event]) -> None:
    """Begin, meet and end runs by what one action did."""
    facts = [event.fact for event in events]
    asked = dict.fromkeys((*incident.plan.deadlines, *looks(incident.plan)))
    moves = any(isinstance(fact, _MOVES) for fact in facts)
    for deadline in {**asked, **dict.fromkeys(found.of)} if moves else found.of:
        if moves or _concerns(deadline, facts):
            _step(found.of.setdefault(deadline, []), incident, deadline, deadline in asked, events)
    if any(isinstance(fact, PlanAdopted) for fact in facts):
        _hand_on(found, asked, events[-1])


def _hand_on(found: Runs, asked: Container[Deadline], adopted: Event) -> None:
    """Drop the runs that a newer plan carries on with the time that they had: what goes on is one duty."""
    carried = [(of, held[-1].clock.at) for of, held in found.of.items() if of in asked and held]
    for deadline, held in found.of.items():
        if deadline in asked or not held or held[-1].ended not in (adopted.happened, adopted.recorded):
            continue
        if any(at == held[-1].clock.at and (one.id == deadline.id or same_duty(one, deadline)) for one, at in carried):
            held.pop()


def _concerns(deadline: Deadline, facts: Sequence[Fact]) -> bool:
    """Return whether one of the facts may meet the deadline: a rung also by a role, a notice also by an update."""
    sorts = {deadline.met_by.partition(" ")[0], _MEETS_TOO.get(deadline.kind, "")}
    return any(
        fact.deed == deadline.deed if isinstance(fact, DeedMarked) else _MEETS.get(type(fact)) in sorts
        for fact in facts
    )


def _step(held: list[Run], incident: Incident, deadline: Deadline, planned: bool, events: Sequence[Event]) -> None:
    now = clock(incident, deadline) if planned and may_run(incident, deadline) else None
    asked = now is not None and _goes_on(incident, deadline)
    if now is not None and asked and (not held or held[-1].ended is not None):
        if held and (held[-1].clock.asked, held[-1].clock.at) == (now.asked, now.at):
            # It was late when it was let go, and is asked for again: no time is won by that.
            held[-1].ended, held[-1].cause = None, ""
        else:
            held.append(Run(now))
    if not held:
        return
    run = held[-1]
    if run.ended is None and not (run.met is not None and deadline.kind is DeadlineKind.ROLE):
        # What is corrected counts: the run has the clock that it has now. A role that was filled and left is another
        # matter than whether it was filled in time.
        run.clock = now or run.clock
    _take(run, incident, events)
    if run.ended is None and not asked:
        # The end of an incident is a fact; that it was less severe is an opinion, which changes nothing before it.
        over = not incident.live or deadline.start not in incident.milestones
        run.ended = events[-1].happened if over else events[-1].recorded
        run.cause = _cause(incident, deadline, planned)


def _take(run: Run, incident: Incident, events: Sequence[Event]) -> None:
    deadline = run.clock.deadline
    met, deed = answer(incident, deadline, run.clock.start)
    sort, _, what = deadline.met_by.partition(" ")
    if sort == "followups":
        # There may be more to do later than there was at first.
        run.met = met
    elif met is not None and (run.met is None or met < run.met or (sort == "milestone" and _corrected(events, what))):
        run.met = met
    if run.ended is None:
        run.deed = deed if met is None else None


def _corrected(events: Sequence[Event], milestone: str) -> bool:
    facts = (event.fact for event in events)
    return any(
        isinstance(fact, MilestoneReached) and fact.name == milestone and fact.by_hand and fact.was is not None
        for fact in facts
    )


def _goes_on(incident: Incident, deadline: Deadline) -> bool:
    """Return whether the plan asks for it now; the end of an incident ends no duty that outlives the response."""
    if lapsed(incident, deadline):
        return False
    if deadline in looks(incident.plan):
        return "closed" not in incident.milestones
    return incident.live or not while_live(deadline)


def _cause(incident: Incident, deadline: Deadline, planned: bool) -> str:
    """Say what ended a run, so that it reads behind "when"."""
    if incident.dismissed and incident.report is not None:
        return f"it was said to be {incident.report.outcome.value}"
    if not planned:
        return "the plan was changed"
    level = incident.severity.value if incident.severity else ""
    if deadline.severities and level not in deadline.severities:
        return f"the severity became {level}"
    if deadline.types and since_type(incident, deadline.types) is None:
        return _type_gone(incident, deadline)
    if not incident.live and while_live(deadline):
        return "it was resolved"
    if why := lapsed(incident, deadline):
        return why
    return "it was closed" if not incident.live else "it was reopened"


def _type_gone(incident: Incident, deadline: Deadline) -> str:
    """Say which type was removed last of those that asked for the deadline, and why."""
    removed = ((type_id, one) for type_id, one in removed_types(incident).items() if type_id in deadline.types)
    type_id, one = max(removed, key=lambda pair: pair[1].removed or pair[1].since, default=("", None))
    if one is None:
        return "its type was taken back"
    return f"the type {type_name(incident, type_id)} was removed ({one.reason})"
