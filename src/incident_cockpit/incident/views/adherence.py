"""Plan compliance: how each deadline, update and closing criterion was met, and by how much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct, field
from msgspec.structs import replace

from incident_cockpit.incident.event import Event, Fact
from incident_cockpit.incident.facts.classification import (
    TypeChanged,
    TypeSet,
    held_types,
    removed_types,
    type_name,
    type_since,
)
from incident_cockpit.incident.facts.milestones import MilestoneReached
from incident_cockpit.incident.facts.opening import IncidentOpened
from incident_cockpit.incident.facts.phase import PhaseChanged
from incident_cockpit.incident.facts.plan import PlanAdopted
from incident_cockpit.incident.facts.report import ReportDecided, ReportMade
from incident_cockpit.incident.facts.roles import RoleChanged, SoloChanged
from incident_cockpit.incident.facts.severity import SeverityChanged
from incident_cockpit.incident.facts.timers import CompletionMark, CompletionMarked, CompletionStatus
from incident_cockpit.incident.facts.updates import UpdateSent
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.clocks import (
    CONDITIONS,
    NO_FOLLOW_UPS,
    DeadlineClock,
    clock,
    deadline_status,
    gate_status,
    is_legal,
    is_void,
    lapse_reason,
    may_run,
    only_while_live,
)
from incident_cockpit.incident.views.deadline_timing import same_duty
from incident_cockpit.incident.views.due import triage_due
from incident_cockpit.incident.views.metrics import metrics
from incident_cockpit.incident.views.update_promises import Promise, UpdateOutcome, promises
from incident_cockpit.plan.deadlines import Deadline, DeadlineKind, FollowUpsDone, Marked, MilestoneMet, Watch
from incident_cockpit.plan.schema import Plan
from incident_cockpit.times.business_calendar import Within
from incident_cockpit.times.format import duration, overdue

# Facts that can start, meet or end any deadline.
_MOVES = (
    IncidentOpened,
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
# Facts that meet a deadline of this kind whatever its condition is.
_ALSO_MEET: dict[DeadlineKind, tuple[type[Fact], ...]] = {
    DeadlineKind.ESCALATION: (RoleChanged,),
    DeadlineKind.NOTICE: (UpdateSent,),
}
_RELEVANT: frozenset[type[Fact]] = frozenset(
    (*_MOVES, *(fact for meets in CONDITIONS.values() for fact in meets.facts), CompletionMarked)
)


class DeadlineRun(Struct):
    """One period in which a deadline was in force without a break.

    `met` is when it was first met, a corrected time before a wrong one; `deed` its completion mark where it was not
    met; `ended` when it was no longer in force, because of `cause`: None while it is.
    """

    clock: DeadlineClock
    met: datetime | None = None
    deed: CompletionMark | None = None
    ended: datetime | None = None
    cause: str = ""


class DeadlineHistory(Struct):
    """All periods of each deadline, and the severities, types and milestones that the incident had."""

    of: dict[Deadline, list[DeadlineRun]] = field(default_factory=dict)
    severities: set[str] = field(default_factory=set)
    types: set[str] = field(default_factory=set)
    milestones: set[str] = field(default_factory=set)
    solo: bool = False


def deadline_history(record: Record) -> DeadlineHistory:
    """Return the history of every deadline, without undone events."""
    history = DeadlineHistory()
    for incident, events in record.effective_actions(_RELEVANT):
        _note(history, incident)
        _go_on(history, incident, events)
    return history


def recovery_checks(plan: Plan) -> Mapping[Deadline, int]:
    """Return the recovery checks of the plan's watch period as deadlines with their number."""
    return _looks(plan.watch) if plan.watch is not None else {}


@lru_cache(maxsize=4)
def _looks(watch: Watch) -> Mapping[Deadline, int]:
    count, checks = watch.length // watch.every, dict[Deadline, int]()
    for number in range(1, count + 1):
        seconds = number * watch.every
        within = Within(duration(timedelta(seconds=seconds)), seconds=seconds)
        text, mark = f"Recovery check {number} of {count}", f"done watch-{number}"
        checks[Deadline(f"watch-{number}", DeadlineKind.DEADLINE, text, "resolved", within, mark)] = number
    return checks


def _note(history: DeadlineHistory, incident: Incident) -> None:
    if incident.severity is not None:
        history.severities.add(incident.severity.value)
    history.types.update(held_types(incident))
    history.milestones.update(incident.milestones)
    history.solo = history.solo or incident.solo


def _go_on(history: DeadlineHistory, incident: Incident, events: Sequence[Event]) -> None:
    """Start, meet and end periods by what one action did."""
    facts = [event.fact for event in events]
    asked = dict.fromkeys((*incident.plan.deadlines, *recovery_checks(incident.plan)))
    moves = any(isinstance(fact, _MOVES) for fact in facts)
    for deadline in {**asked, **dict.fromkeys(history.of)} if moves else history.of:
        if moves or _concerns(deadline, facts):
            _step(history.of.setdefault(deadline, []), incident, deadline, deadline in asked, events)
    if any(isinstance(fact, PlanAdopted) for fact in facts):
        _hand_on(history, asked, events[-1])


def _hand_on(history: DeadlineHistory, asked: Container[Deadline], adopted: Event) -> None:
    """Drop the periods that a newer plan continues with the same due time: they are one duty."""
    carried = [(of, runs[-1].clock.at) for of, runs in history.of.items() if of in asked and runs]
    for deadline, runs in history.of.items():
        if deadline in asked or not runs or runs[-1].ended not in (adopted.happened, adopted.recorded):
            continue
        if any(
            at == runs[-1].clock.at and (other.id == deadline.id or same_duty(other, deadline)) for other, at in carried
        ):
            runs.pop()


def _concerns(deadline: Deadline, facts: Sequence[Fact]) -> bool:
    """Return whether one of the facts may meet the deadline."""
    meeting = (*CONDITIONS[type(deadline.condition)].facts, *_ALSO_MEET.get(deadline.kind, ()))
    return any(
        fact.deed == deadline.completion_mark if isinstance(fact, CompletionMarked) else isinstance(fact, meeting)
        for fact in facts
    )


def _step(
    runs: list[DeadlineRun], incident: Incident, deadline: Deadline, planned: bool, events: Sequence[Event]
) -> None:
    now = clock(incident, deadline) if planned and may_run(incident, deadline) else None
    asked = now is not None and _goes_on(incident, deadline)
    if now is not None and asked and (not runs or runs[-1].ended is not None):
        if runs and (runs[-1].clock.asked, runs[-1].clock.at) == (now.asked, now.at):
            # It was late when it was let go, and is asked for again: no time is won by that.
            runs[-1].ended, runs[-1].cause = None, ""
        else:
            runs.append(DeadlineRun(now))
    if not runs:
        return
    run = runs[-1]
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


def _take(run: DeadlineRun, incident: Incident, events: Sequence[Event]) -> None:
    deadline = run.clock.deadline
    met, deed = deadline_status(incident, deadline, run.clock.start)
    condition = deadline.condition
    corrected = isinstance(condition, MilestoneMet) and _corrected(events, condition.milestone)
    if isinstance(condition, FollowUpsDone):
        # There may be more follow-ups later than there were at first.
        run.met = met
    elif met is not None and (corrected or run.met is None or met < run.met):
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
    """Return whether the deadline is in force now; the end of an incident ends no duty that outlives the response."""
    if lapse_reason(incident, deadline):
        return False
    if deadline in recovery_checks(incident.plan):
        return "closed" not in incident.milestones
    return incident.live or not only_while_live(deadline)


def _cause(incident: Incident, deadline: Deadline, planned: bool) -> str:
    """Return what ended a period, worded to follow "when"."""
    if incident.dismissed and incident.report is not None:
        return f"it was triaged as {incident.report.outcome.value}"
    if not planned:
        return "the plan was changed"
    level = incident.severity.value if incident.severity else ""
    if deadline.severities and level not in deadline.severities:
        return f"the severity changed to {level}"
    if deadline.types and type_since(incident, deadline.types) is None:
        return _type_gone(incident, deadline)
    if not incident.live and only_while_live(deadline):
        return "it was resolved"
    if why := lapse_reason(incident, deadline):
        return why
    return "it was closed" if not incident.live else "it was reopened"


def _type_gone(incident: Incident, deadline: Deadline) -> str:
    """Return which of its types was removed last, and why."""
    removed = ((type_id, each) for type_id, each in removed_types(incident).items() if type_id in deadline.types)
    type_id, latest = max(removed, key=lambda pair: pair[1].removed or pair[1].since, default=("", None))
    if latest is None:
        return "its type was undone"
    return f"the type {type_name(incident, type_id)} was removed ({latest.reason})"


# Assessment


class Compliance(StrEnum):
    """Verdict on an item of the plan: MET was done in time, LATE after it, MISSED not at all.

    NOT_NEEDED ended before its time, NOT_APPLICABLE never applied.
    """

    MET = "met"
    LATE = "late"
    MISSED = "missed"
    RUNNING = "running"
    WAIVED = "waived"
    NOT_NEEDED = "not needed"
    NOT_APPLICABLE = "not applicable"


# Of several runs of one deadline the one that says most.
_WEIGHT = (
    Compliance.NOT_APPLICABLE, Compliance.NOT_NEEDED, Compliance.WAIVED, Compliance.MET, Compliance.RUNNING,
    Compliance.LATE,
    Compliance.MISSED,
)  # fmt: skip


class Assessment(Struct, frozen=True):
    """The assessment of one item of the plan.

    `kind` is the deadline's kind, or "report", "promise", "look", "gate" or "metric". `by` is how much later than `due`
    it was done, zero or negative where it was in time; of what was never done, how late it is or was at its end;
    negative while there is time left. `why` is why it was waived, did not apply or ended. `former` marks an item of a
    plan that is no longer in use.
    """

    id: str
    kind: str
    text: str
    verdict: Compliance
    due: datetime | None = None
    met: datetime | None = None
    by: timedelta | None = None
    why: str = ""
    who: str = ""
    former: bool = False


def adherence(record: Record, now: datetime) -> tuple[Assessment, ...]:
    """Return the assessment of everything that the plan requires by a time, in the plan's order.

    Undone events do not count. A deadline counts from when it came into force, by the plan of that time; one that was
    late or missed stays so when the severity changes, the role is left or the plan is changed.
    """
    incident = record.incident
    if incident.adopted is None:
        return ()
    ran = deadline_history(record)
    return (
        *_report(incident, now),
        *_deadlines(incident, ran, now),
        *_promises(record, now),
        *_gates(incident),
        *_metrics(incident, now),
    )


def summary(judged: Iterable[Assessment]) -> str:
    """Count the assessments: "11 met, 2 late (worst: VP Engineering, late 9m), 3 not needed"."""
    every = tuple(judged)
    parts = []
    for verdict in Compliance:
        matching = [each for each in every if each.verdict is verdict]
        if matching:
            worst = max(matching, key=lambda item: item.by or timedelta(0))
            late = f", late {duration(worst.by)}" if worst.by is not None else ""
            shown = verdict in (Compliance.LATE, Compliance.MISSED)
            named = f" (worst: {worst.who or worst.text}{late})" if shown else ""
            parts.append(f"{len(matching)} {verdict.value}{named}")
    return ", ".join(parts) or "the plan sets no deadlines"


def _deadlines(incident: Incident, ran: DeadlineHistory, now: datetime) -> Iterator[Assessment]:
    watching = recovery_checks(incident.plan)
    texts = Counter(deadline.text for deadline in ran.of)
    for deadline, runs in ran.of.items():
        kind = (
            "look" if deadline.id.startswith("watch-") and deadline.condition == Marked(deadline.id) else deadline.kind
        )
        former = deadline not in watching and deadline not in incident.plan.deadlines
        assessments = [_run(deadline, kind, run, now) for run in runs]
        # Of runs that went the same way, the last.
        ranked = reversed(assessments)
        worst = max(ranked, key=lambda one: (_WEIGHT.index(one.verdict), one.by or timedelta.min), default=None)
        if worst is None:
            void = is_void(incident, deadline.condition) and deadline.start in ran.milestones
            verdict = Compliance.NOT_NEEDED if void else Compliance.NOT_APPLICABLE
            worst = _judged(deadline, kind, verdict, why=_never(incident, ran, deadline))
        if worst.verdict is Compliance.NOT_NEEDED and _counterpart(ran, deadline):
            # It is one duty, which went on at another severity.
            worst = replace(worst, verdict=Compliance.NOT_APPLICABLE, due=None)
        # What a former plan did not come to ask for says nothing.
        if not former or worst.verdict not in (Compliance.NOT_NEEDED, Compliance.NOT_APPLICABLE):
            # The same at several severities, as a response in other times.
            at = f" ({', '.join(deadline.severities)})" if texts[deadline.text] > 1 and deadline.severities else ""
            yield replace(worst, text=f"{deadline.text}{at}", former=former)


def _judged(deadline: Deadline, kind: str, verdict: Compliance, why: str = "") -> Assessment:
    return Assessment(deadline.id, str(kind), deadline.text, verdict, why=why, who=deadline.who)


def _run(deadline: Deadline, kind: str, run: DeadlineRun, now: datetime) -> Assessment:
    """Assess one period by when it was due, met and ended, to the second."""
    clock = run.clock
    let_go = run.ended is not None and not overdue(clock.at, run.ended)
    until = min(now, run.ended or now)
    judged = replace(_judged(deadline, kind, Compliance.RUNNING), due=clock.at)
    if run.met is not None and not (let_go and overdue(clock.at, run.met)):
        if run.met < clock.asked:
            return replace(judged, verdict=Compliance.MET, met=run.met, why="already met")
        return _done(judged, clock.at, run.met)
    if run.deed is not None and run.deed.status is not CompletionStatus.DONE:
        return replace(judged, verdict=Compliance.WAIVED, by=run.deed.when - clock.at, why=run.deed.note)
    if let_go:
        return replace(judged, verdict=Compliance.NOT_NEEDED, why=f"{run.cause} before it was due")
    late = overdue(clock.at, until)
    if not late:
        return replace(judged, by=until - clock.at)
    # Whether a legal duty applies has to be answered: it holds the incident open until it is done or waived.
    if deadline.optional and not is_legal(deadline):
        return replace(judged, verdict=Compliance.NOT_NEEDED, why="optional, not marked as needed")
    why = f"not done when {run.cause}" if run.ended else "not done yet"
    return replace(judged, verdict=Compliance.MISSED, by=late, why=why)


def _done(judged: Assessment, due: datetime, at: datetime) -> Assessment:
    """Assess what was done at a time: in time in the very second, late after it."""
    late = overdue(due, at)
    return replace(
        judged, verdict=Compliance.LATE if late else Compliance.MET, met=at, by=late or min(at - due, timedelta(0))
    )


def _counterpart(ran: DeadlineHistory, deadline: Deadline) -> Deadline | None:
    """Return the deadline that required the same duty at another severity, None where none did."""
    asked = (other for other, runs in ran.of.items() if runs and other.id != deadline.id and other.severities)
    return next((other for other in asked if same_duty(other, deadline)), None)


def _never(incident: Incident, ran: DeadlineHistory, deadline: Deadline) -> str:
    """Return why a deadline was never in force."""
    if not incident.declared:
        return "never declared" if incident.dismissed else "not declared yet"
    if deadline.severities and not ran.severities.intersection(deadline.severities):
        return f"the severity was never {_either(deadline.severities)}"
    if deadline.types and not ran.types.intersection(deadline.types):
        return f"the type was never {_either([type_name(incident, type_id) for type_id in deadline.types])}"
    if other := _counterpart(ran, deadline):
        return f"required at {_either(other.severities)}"
    if deadline.start not in ran.milestones:
        return f"{deadline.start} {'not reached yet' if 'closed' not in incident.milestones else 'never reached'}"
    if is_void(incident, deadline.condition):
        return NO_FOLLOW_UPS
    if deadline.kind is DeadlineKind.ROLE and ran.solo:
        return "solo mode was on"
    return (
        f"not at {_either(deadline.severities)} when it was {deadline.start}" if deadline.severities else "not required"
    )


def _either(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _report(incident: Incident, now: datetime) -> Iterator[Assessment]:
    """Assess how soon a report was answered and triaged."""
    rules, report = incident.plan.triage, incident.report
    handed = report is not None and bool(report.investigator)
    asked = (
        ("validate", "Triage the report", rules.investigate_within if handed else rules.validate_within),
        ("answer", "Reply to the reporter", rules.answer_within),
    )
    for word, text, seconds in asked:
        judged = Assessment(f"report:{word}", "report", text, Compliance.NOT_APPLICABLE, why="no report")
        if seconds is None:
            continue
        if report is not None:
            due = (triage_due(incident) if word == "validate" else None) or report.at + timedelta(seconds=seconds)
            judged = _until(judged, due, report.decided if word == "validate" else report.answered, now)
        yield judged


def _until(judged: Assessment, due: datetime, met: datetime | None, now: datetime) -> Assessment:
    if met is not None:
        return _done(replace(judged, due=due, why=""), due, met)
    late = overdue(due, now)
    verdict, why = (Compliance.MISSED, "not done yet") if late else (Compliance.RUNNING, "")
    return replace(judged, verdict=verdict, due=due, by=late or now - due, why=why)


def _promises(record: Record, now: datetime) -> Iterator[Assessment]:
    """Assess each of the plan's cadences by all its promises; the worst is shown, first of those that were not sent."""
    every = promises(record, now)
    for cadence in record.incident.plan.cadences:
        promised = [each for each in every if each.audience == cadence.audience]
        binding = [each for each in promised if each.outcome is not UpdateOutcome.RELEASED]
        judged = Assessment(f"promise:{cadence.audience}", "promise", cadence.name, Compliance.NOT_APPLICABLE)
        if not binding and promised:
            first = promised[0]
            yield replace(judged, verdict=Compliance.NOT_NEEDED, due=first.due, why=f"{first.reason} before it was due")
        # An audience that the plan promises nothing at any severity has a text and no clock.
        elif not binding and (cadence.seconds or cadence.first):
            yield replace(judged, why="no update was promised")
        if not binding:
            continue
        unsent = [each for each in binding if each.outcome in (UpdateOutcome.MISSED, UpdateOutcome.OVERDUE)]
        late = unsent or [each for each in binding if each.late]
        coming = [each for each in binding if each.outcome is UpdateOutcome.WAITING]
        worst = max(late or coming or binding, key=lambda one: (one.late, one.due))
        in_time = Compliance.RUNNING if coming else Compliance.MET
        verdict = Compliance.MISSED if unsent else Compliance.LATE if late else in_time
        by = worst.late if late else (worst.sent or now) - worst.due
        yield replace(judged, verdict=verdict, due=worst.due, met=worst.sent, by=by, why=_kept(binding))


def _kept(binding: Sequence[Promise]) -> str:
    in_time = sum(each.outcome is UpdateOutcome.KEPT for each in binding)
    due = sum(each.outcome is not UpdateOutcome.WAITING for each in binding) + sum(each.skipped for each in binding)
    never = sum(each.outcome in (UpdateOutcome.MISSED, UpdateOutcome.OVERDUE) for each in binding) + sum(
        each.skipped for each in binding
    )
    return f"{in_time} of {due} in time{f', {never} not sent' if never else ''}" if due else "none due yet"


def _gates(incident: Incident) -> Iterator[Assessment]:
    """Assess the closing criteria, as met, open or overridden."""
    level = incident.severity.value if incident.severity else ""
    closed = incident.milestones.get("closed")
    for gate in incident.plan.closing:
        judged = Assessment(f"gate:{gate.id}", "gate", gate.text, Compliance.RUNNING, why="due at closing")
        met, deed = gate_status(incident, gate)
        if incident.dismissed and incident.report is not None:
            why = f"it was triaged as {incident.report.outcome.value}"
            judged = replace(judged, verdict=Compliance.NOT_APPLICABLE, why=why)
        elif gate.severities and level not in gate.severities:
            judged = replace(
                judged, verdict=Compliance.NOT_APPLICABLE, why=f"the severity is not {_either(gate.severities)}"
            )
        elif deed is not None and deed.status is not CompletionStatus.DONE:
            judged = replace(judged, verdict=Compliance.WAIVED, why=f"{deed.status.value}: {deed.note}")
        elif met is not None and (closed is None or met <= closed):
            judged = replace(judged, verdict=Compliance.MET, met=met, why="")
        elif is_void(incident, gate.condition):
            judged = replace(judged, verdict=Compliance.NOT_NEEDED, why=NO_FOLLOW_UPS)
        elif closed is not None:
            judged = replace(judged, verdict=Compliance.MISSED, why="closed without it")
        yield judged


def _metrics(incident: Incident, now: datetime) -> Iterator[Assessment]:
    """Assess the metrics that the plan has targets for."""
    for metric in metrics(incident):
        if metric.target is None:
            continue
        start, end = incident.milestones.get(metric.since), incident.milestones.get(metric.until)
        judged = Assessment(f"metric:{metric.id}", "metric", metric.name, Compliance.NOT_APPLICABLE)
        # Whoever declares has detected it, also where nobody noted when.
        unknown = end is None and (not incident.live or (metric.until == "detected" and incident.declared))
        if start is None or unknown:
            judged = replace(judged, why=f"{metric.until if start else metric.since} unknown")
        else:
            judged = _until(judged, start + metric.target, end, now)
        yield judged
