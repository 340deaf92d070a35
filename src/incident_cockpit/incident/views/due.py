"""Due items: updates, asks, timers, steps, decision reviews and obligations of the plan in one queue, soonest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.incident.facts.asks import open_asks
from incident_cockpit.incident.facts.report import TriageOutcome
from incident_cockpit.incident.facts.roles import assignee_name
from incident_cockpit.incident.facts.timers import TimerStatus, current_mark
from incident_cockpit.incident.facts.updates import current_interval, next_update
from incident_cockpit.incident.memo import memoize_last
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.triage import INVESTIGATE
from incident_cockpit.incident.views.clocks import DeadlineClock, only_while_live, open_clocks
from incident_cockpit.incident.views.course import periods_of
from incident_cockpit.plan.deadlines import Condition, DeadlineKind
from incident_cockpit.times.format import duration, overdue

NEAR = timedelta(minutes=5)
# For this long an item that became due at once raises no alarm: neither red nor a bell. Its lateness is still shown.
GRACE = timedelta(minutes=1)
HORIZON = timedelta(hours=1)
_PROGRESS = "progress"


class Urgency(StrEnum):
    """Urgency of a due item: late is red, near is amber."""

    LATE = "late"
    NEAR = "near"
    AHEAD = "ahead"


class DueKind(StrEnum):
    """Kind of due item."""

    UPDATE = "update"
    ASK = "ask"
    TIMER = "timer"
    STEP = "step"
    TARGET = "target"
    NOTICE = "notice"
    ESCALATION = "rung"
    ROLE = "role"
    WINDOW = "window"
    DEADLINE = "deadline"
    REPORT = "report"
    CHECK = "check"
    DECISION = "decision"


# Items that responders set up themselves, beside the plan's obligations.
SET_BY_RESPONDERS = (DueKind.UPDATE, DueKind.ASK, DueKind.TIMER, DueKind.STEP)


class DueKey(Struct, frozen=True):
    """Key of a due item; `str()` is the text that is stored when it is snoozed and typed as an argument.

    `prefix` names the kind of thing, `parts` its ids: several only for obligations that are completed together. `turn`
    tells an item from the same item at an earlier due time: the update after the third, an ask that was extended.
    """

    prefix: str
    parts: tuple[str, ...]
    turn: int = 0

    def __str__(self) -> str:
        """Return the stored text, such as "ask:a12", "update:internal:3" or "clock:cto+ceo"."""
        turn = f":{self.turn}" if self.turn else ""
        return f"{self.prefix}:{'+'.join(self.parts)}{turn}"

    @classmethod
    def parse(cls, text: str) -> DueKey:
        """Return the key that a stored text means."""
        prefix, _, rest = text.partition(":")
        ids, _, turn = rest.partition(":")
        return cls(prefix, tuple(ids.split("+")), int(turn) if turn.isdecimal() else 0)

    @property
    def deadlines(self) -> tuple[str, ...]:
        """Return the ids of the plan's deadlines that the item covers, none for any other item."""
        return self.parts if self.prefix == "clock" else ()


class DueItem(Struct, frozen=True):
    """One due item.

    `key` is the text of its `DueKey`; `at` is when it is due, `since` when its clock began where that is known;
    `detail` says where the time comes from.

    An obligation of the plan has more: `completion_marks` are the words and texts that are marked when a person
    completes it, `condition` what meets it otherwise, `message` the text to copy, `route` the channel, `contains` what
    the text must include. `at_once` is true where it was due at the moment in which it came into force.
    """

    key: str
    kind: DueKind
    at: datetime
    text: str
    detail: str
    since: datetime | None = None
    who: str = ""
    snoozed: bool = False
    completion_marks: tuple[tuple[str, str], ...] = ()
    condition: Condition | None = None
    message: str = ""
    route: str = ""
    optional: bool = False
    contains: tuple[str, ...] = ()
    at_once: bool = False

    @property
    def subject(self) -> str:
        """Return the id of what is due: an audience, an ask, a timer or a step."""
        return DueKey.parse(self.key).parts[0]

    @property
    def is_progress_check(self) -> bool:
        """Return whether it asks for progress after a silence."""
        return DueKey.parse(self.key).prefix == _PROGRESS


def urgency(item: DueItem, now: datetime) -> Urgency:
    """Return the urgency of an item at a time."""
    if item.at + (GRACE if item.at_once and not item.snoozed else timedelta(0)) <= now:
        return Urgency.LATE
    return Urgency.NEAR if item.at - now <= NEAR else Urgency.AHEAD


@memoize_last
def due_items(incident: Incident) -> tuple[DueItem, ...]:
    """Return all due items, soonest first; they depend on the facts alone, not on the present."""
    items = [*_updates(incident), *_asks(incident), *_timers(incident), *_steps(incident), *_decisions(incident)]
    items += planned_items(incident)
    snoozed = incident.timers.snoozed
    together = [(_covered(key), until) for key, until in snoozed.items() if "+" in key]
    items = [_snoozed(item, snoozed, together) for item in items]
    # Of what is due at once, one's own duties go before what others were asked for.
    behind = {DueKind.WINDOW: 1, DueKind.ASK: 2}
    return tuple(sorted(items, key=lambda item: (item.at, behind.get(item.kind, 0), item.key)))


def _snoozed(
    item: DueItem, snoozed: Mapping[str, datetime], together: Sequence[tuple[frozenset[DueKey], datetime]]
) -> DueItem:
    """Return the item at the time to which it was snoozed, alone or together with others that are settled by now."""
    covered = _covered(item.key) if together else frozenset()
    until = max([snoozed.get(item.key, item.at), *(at for keys, at in together if covered < keys)])
    return item if until <= item.at else replace(item, at=until, snoozed=True)


def _covered(text: str) -> frozenset[DueKey]:
    """Return a key for each single obligation that a stored key covers: "clock:a" and "clock:b" for "clock:a+b"."""
    key = DueKey.parse(text)
    return frozenset(DueKey(key.prefix, (part,), key.turn) for part in key.parts)


def _updates(incident: Incident) -> Iterator[DueItem]:
    for cadence in incident.plan.cadences if incident.adopted is not None else ():
        upcoming, interval = next_update(incident, cadence.audience), current_interval(incident, cadence.audience)
        if upcoming is not None:
            # A snooze belongs to one promise: the next update starts a new one.
            key = DueKey("update", (cadence.audience,), upcoming.number - 1)
            detail = f"every {duration(interval)}" if interval else "once"
            yield DueItem(
                str(key), DueKind.UPDATE, upcoming.due, cadence.name, detail, upcoming.since, route=cadence.route
            )


def _asks(incident: Incident) -> Iterator[DueItem]:
    for ask_id, ask in open_asks(incident).items():
        # A snooze belongs to the due time of then, not to one that was given since.
        key = DueKey("ask", (ask_id,), ask.extended + len(ask.before))
        yield DueItem(str(key), DueKind.ASK, ask.due, f"{ask.who}: {ask.text}", "asked", ask.asked, ask.who)


def _timers(incident: Incident) -> Iterator[DueItem]:
    for timer_id, timer in incident.timers.timers.items():
        if timer.status is TimerStatus.RUNNING:
            key = DueKey("timer", (timer_id,))
            yield DueItem(str(key), DueKind.TIMER, timer.due, timer.text, "timer", timer.set_at)


def _steps(incident: Incident) -> Iterator[DueItem]:
    steps = incident.steps
    for step_id, until in steps.time_limits.items() if not incident.dismissed else ():
        step, assignee = steps.find(step_id), steps.assignees.get(step_id)
        if step is not None and not steps.closed(step_id) and not steps.is_gone(step_id):
            who = assignee_name(incident, assignee) if assignee else ""
            yield DueItem(str(DueKey("step", (step_id,))), DueKind.STEP, until, step.text, "step", who=who)


def _decisions(incident: Incident) -> Iterator[DueItem]:
    for decision_id, rationale in incident.decisions.items():
        if rationale.revisit is not None:
            key, text = DueKey("decision", (decision_id,)), f"Review decision: {rationale.text}"
            yield DueItem(str(key), DueKind.DECISION, rationale.revisit, text, "decision", who=rationale.who)


def planned_items(incident: Incident) -> list[DueItem]:
    """Return the due items that the plan asks for; of a dismissed report only the legal duties."""
    if incident.adopted is None:
        return []
    if incident.dismissed:
        return [*_obligations(incident)]
    return [*_triage(incident), *_obligations(incident), *_progress_check(incident), *_recovery_check(incident)]


def _obligations(incident: Incident) -> Iterator[DueItem]:
    passed: list[DeadlineClock] = []
    for clock in open_clocks(incident):
        if clock.deadline.kind is DeadlineKind.ESCALATION and _was_passed(clock):
            passed.append(clock)
        else:
            yield _obligation(incident, [clock], clock.at)
    if passed:
        # One that was due before stays as late as it is when a higher severity adds more.
        yield _obligation(incident, passed, min(clock.at for clock in passed))


def _was_passed(clock: DeadlineClock) -> bool:
    """Return whether an escalation level was due before the severity or plan that brought it."""
    return clock.nominal < clock.asked


def _obligation(incident: Incident, clocks: Sequence[DeadlineClock], at: datetime) -> DueItem:
    """Return one due item; several escalation levels that were passed are one: "Notify these three now"."""
    first = clocks[0].deadline
    single = first if len(clocks) == 1 else None
    names = [clock.deadline.who for clock in clocks if clock.deadline.who]
    others = [clock.deadline.text for clock in clocks if not clock.deadline.who]
    listed = " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
    return DueItem(
        key=str(DueKey("clock", tuple(clock.deadline.id for clock in clocks))),
        kind=DueKind(first.kind.value),
        at=at,
        text=single.text if single else "; ".join((*([f"Notify {listed} now"] if names else ()), *others)),
        detail=_detail(clocks[0], incident),
        since=min(clock.start for clock in clocks),
        at_once=at <= max(clock.asked for clock in clocks),
        who=", ".join(names),
        completion_marks=tuple({clock.deadline.completion_mark: clock.deadline.text for clock in clocks}.items()),
        condition=single.condition if single else None,
        message=single.message if single else "",
        route=single.route if single else "",
        optional=all(clock.deadline.optional for clock in clocks),
        contains=single.contains if single else (),
    )


def _detail(clock: DeadlineClock, incident: Incident) -> str:
    """Return where the time comes from, and what moved it: a late declaration, or a time in which it was resolved."""
    deadline = clock.deadline
    if deadline.kind is DeadlineKind.ESCALATION and _was_passed(clock):
        return "overdue"
    rule, declared = deadline.time_limit, incident.milestones.get("declared")
    if declared is not None and overdue(clock.at, declared):
        return f"{rule}, declared late"
    relapsed = only_while_live(deadline) and clock.at > max(clock.nominal, clock.asked)
    return f"{rule}, not counting the time it was resolved" if relapsed else rule


def _triage(incident: Incident) -> Iterator[DueItem]:
    """Yield the triage of a report, and the reply to its reporter."""
    report, rules = incident.report, incident.plan.triage
    if report is None or report.outcome is not TriageOutcome.OPEN:
        return
    at = triage_due(incident)
    if at is not None and report.ask not in open_asks(incident):
        text = f"Triage the report ({report.investigator})" if report.investigator else "Triage the report"
        yield _report_item("validate", at, text, report.at, report.investigator)
    if rules.answer_within is not None and report.answered is None:
        at = report.at + timedelta(seconds=rules.answer_within)
        item = _report_item("answer", at, f"Reply to {report.who or 'the reporter'}", report.at, report.who)
        yield replace(item, route=report.via)


def _report_item(part: str, at: datetime, text: str, since: datetime, who: str) -> DueItem:
    detail = f"{duration(at - since)} after the report"
    return DueItem(str(DueKey("report", (part,))), DueKind.REPORT, at, text, detail, since, who)


def triage_due(incident: Incident) -> datetime | None:
    """Return when the triage of a report is due, None where the plan sets no time.

    An investigator has longer; assigning one after the time has passed gives no more of it.
    """
    report, rules = incident.report, incident.plan.triage
    if report is None:
        return None
    unassigned, assigned = rules.validate_within, rules.investigate_within
    first = min((ask.asked for ask in incident.asks.values() if ask.text == INVESTIGATE), default=None)
    late = unassigned is not None and first is not None and overdue(report.at + timedelta(seconds=unassigned), first)
    within = assigned if report.investigator and not late else unassigned
    return report.at + timedelta(seconds=within) if within is not None else None


def _progress_check(incident: Incident) -> Iterator[DueItem]:
    """Yield the check that is due when no progress was logged for too long, until the incident is mitigated."""
    declared, every = incident.milestones.get("declared"), incident.plan.progress
    if every is None or declared is None or not incident.declared or not incident.live or _mitigated(incident):
        return
    marks = incident.completion_marks
    checked = [mark.when for word, mark in marks.items() if word.startswith("progress-")]
    moved = [incident.moved] if incident.moved else []
    since = max((declared, *checked, *_phase_returns(incident), *moved))
    at = _progress_check_due(incident, since + timedelta(seconds=every))
    if at is None:
        return
    silence = duration(timedelta(seconds=every))
    yield DueItem(
        str(DueKey(_PROGRESS, (f"{since:%m%d%H%M%S}",))),
        DueKind.CHECK,
        at,
        f"No progress logged for {silence}: check progress",
        f"after {silence}",
        since,
        completion_marks=((f"progress-{len(checked) + 1}", "Progress checked"),),
    )


def _progress_check_due(incident: Incident, at: datetime) -> datetime | None:
    """Return when the check is due, None where the severity has none; one that was late before stays late.

    A severity that brings the check asks for nothing before it.
    """
    levels = incident.plan.progress_at
    stretches: list[tuple[datetime, datetime | None]] = []
    for period in periods_of(incident):
        if not levels or period.level in levels:
            continues = stretches and stretches[-1][1] == period.since
            stretches.append((stretches.pop()[0] if continues else period.since, period.until))
    if not stretches or stretches[-1][1] is not None:
        return None
    return next(max(at, begin) for begin, end in stretches if end is None or overdue(max(at, begin), end))


def _mitigated(incident: Incident) -> bool:
    """Return whether the incident is mitigated and did not go back a phase since."""
    at = incident.milestones.get("mitigated")
    return at is not None and at > max(_phase_returns(incident), default=at - timedelta(1))


def _phase_returns(incident: Incident) -> list[datetime]:
    """Return when the incident went back to an earlier phase, each time."""
    order = {phase.id: place for place, phase in enumerate(incident.plan.phases)}
    moves = pairwise(phase for phase in incident.phases if phase.value in order)
    return [after.since for before, after in moves if order[after.value] < order[before.value]]


def _recovery_check(incident: Incident) -> Iterator[DueItem]:
    """Yield the next recovery check of the plan's watch period after the resolution."""
    watch, resolved = incident.plan.watch, incident.milestones.get("resolved")
    if watch is None or resolved is None or "closed" in incident.milestones:
        return
    count = watch.length // watch.every
    number = next((each for each in range(1, count + 1) if current_mark(incident, f"watch-{each}") is None), None)
    if number is not None:
        checks = "; ".join(watch.checks).replace("?; ", "? ")
        text = f"Recovery check {number} of {count}: {checks or 'still resolved?'}"
        yield DueItem(
            str(DueKey("watch", (f"{resolved:%d%H%M}-{number}",))),
            DueKind.CHECK,
            resolved + timedelta(seconds=number * watch.every),
            text,
            f"every {duration(timedelta(seconds=watch.every))}",
            resolved,
            completion_marks=((f"watch-{number}", text),),
        )
