"""One thing with a clock, and how pressing it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.incident.facts.asks import Ask, open_asks
from incident_cockpit.incident.facts.report import TriageOutcome
from incident_cockpit.incident.facts.roles import assignee_name
from incident_cockpit.incident.facts.timers import TimerStatus, current_mark
from incident_cockpit.incident.facts.updates import current_interval, next_update
from incident_cockpit.incident.memo import memoize_last
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.triage import FIND_OUT
from incident_cockpit.incident.views.clocks import DeadlineClock, only_while_live, open_clocks
from incident_cockpit.incident.views.course import periods_of
from incident_cockpit.plan.deadlines import DeadlineKind
from incident_cockpit.times.format import duration, overdue

NEAR = timedelta(minutes=5)
# So long what is due at once is no alarm: neither red nor a bell. How late it is, is said to the second all the same.
GRACE = timedelta(minutes=1)
HORIZON = timedelta(hours=1)


class Urgency(StrEnum):
    """How a due item stands to the present; late is red, near is amber."""

    LATE = "late"
    NEAR = "near"
    AHEAD = "ahead"


class DueKind(StrEnum):
    """What sort of thing is due."""

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


# What somebody here set up, beside what the plan asks for.
OURS = (DueKind.UPDATE, DueKind.ASK, DueKind.TIMER, DueKind.STEP)


class DueItem(Struct, frozen=True):
    """Something with a clock.

    `key` is "<kind>:<id>", such as "ask:a12" or "update:internal:3" (the update after the third); `at` is when it is
    due, `since` when the clock began where that is kept, as for all but a step; `detail` says where the time comes
    from.

    What the plan asks for says more: `deeds` are the words and texts that are marked when somebody says it is done,
    `met_by` what satisfies it without that, `message` the text to copy, `route` the way, `contains` what to say. What
    is `at_once` became due in the moment in which it was asked for.
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
    met_by: str = ""
    message: str = ""
    route: str = ""
    optional: bool = False
    contains: tuple[str, ...] = ()
    at_once: bool = False

    @property
    def subject(self) -> str:
        """Return the id of what is due: an audience, an ask, a timer or a step."""
        return self.key.split(":")[1]


def urgency(item: DueItem, now: datetime) -> Urgency:
    """Return how the item stands to the present."""
    if item.at + (GRACE if item.at_once and not item.snoozed else timedelta(0)) <= now:
        return Urgency.LATE
    return Urgency.NEAR if item.at - now <= NEAR else Urgency.AHEAD


# -- planned: What the plan asks for and is not done yet, as due items: clocks, rungs, checks, and the triage of a
# report.

# How the key of what asks after a silence begins.
SILENCE = "progress:"


def planned_items(incident: Incident) -> list[DueItem]:
    """Return what the plan asks for now; only what the law asks for once a report was dismissed."""
    if incident.adopted is None:
        return []
    if incident.dismissed:
        return [*_clocks(incident)]
    return [*_triage(incident), *_clocks(incident), *_progress(incident), *_watch(incident)]


def _clocks(incident: Incident) -> Iterator[DueItem]:
    passed: list[DeadlineClock] = []
    for clock in open_clocks(incident):
        if clock.deadline.kind is DeadlineKind.ESCALATION and _passed(clock):
            passed.append(clock)
        else:
            yield _item(incident, [clock], clock.at)
    if passed:
        # One that waits already stays as late as it is when a worse severity adds more.
        yield _item(incident, passed, min(clock.at for clock in passed))


def _passed(clock: DeadlineClock) -> bool:
    """Return whether the rung was behind the incident already when its severity or its plan came to hold."""
    return clock.nominal < clock.asked


def _item(incident: Incident, clocks: Sequence[DeadlineClock], at: datetime) -> DueItem:
    """Return one due item; several rungs that were passed are climbed in one step: "tell these three, now"."""
    first = clocks[0].deadline
    told = [clock.deadline.who for clock in clocks if clock.deadline.who]
    others = [clock.deadline.text for clock in clocks if not clock.deadline.who]
    text = first.text if len(clocks) == 1 else "; ".join((*([f"Tell {_listed(told)}, now"] if told else ()), *others))
    return DueItem(
        key="clock:" + "+".join(clock.deadline.id for clock in clocks),
        kind=DueKind(first.kind.value),
        at=at,
        text=text,
        detail=_detail(clocks[0], incident),
        since=min(clock.start for clock in clocks),
        at_once=at <= max(clock.asked for clock in clocks),
        who=", ".join(told),
        completion_marks=tuple({clock.deadline.completion_mark: clock.deadline.text for clock in clocks}.items()),
        met_by=first.met_by if len(clocks) == 1 else "",
        message=first.message if len(clocks) == 1 else "",
        route=first.route if len(clocks) == 1 else "",
        optional=all(clock.deadline.optional for clock in clocks),
        contains=first.contains if len(clocks) == 1 else (),
    )


def _detail(clock: DeadlineClock, incident: Incident) -> str:
    """Say where the time comes from, and what else moved it: a late opening, or a time in which it was over."""
    if clock.deadline.kind is DeadlineKind.ESCALATION and _passed(clock):
        return "passed already"
    within, declared = clock.deadline.within.said, incident.milestones.get("declared")
    said = "at once" if within in ("immediately", "now", "0m") else within
    if declared is not None and overdue(clock.at, declared):
        return f"{said} from {clock.deadline.start}, opened late"
    relapsed = only_while_live(clock.deadline) and clock.at > max(clock.nominal, clock.asked)
    return f"{said} from {clock.deadline.start}{', without the time it was over' if relapsed else ''}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _triage(incident: Incident) -> Iterator[DueItem]:
    """Ask for the verdict on a report, and for an answer to whoever made it (seeds 000 and 002)."""
    report, rules = incident.report, incident.plan.triage
    if report is None or report.outcome is not TriageOutcome.OPEN:
        return
    at = triage_due(incident)
    if at is not None and report.ask not in open_asks(incident):
        whose = f"{report.investigator} finds out" if report.investigator else "Find out"
        text = f"{whose} whether it is real"
        yield DueItem("report:validate", DueKind.REPORT, at, text, f"{duration(at - report.at)} from the report",
                      report.at, report.investigator)  # fmt: skip
    if rules.answer_within is not None and report.answered is None:
        at = report.at + timedelta(seconds=rules.answer_within)
        text = f"Answer {report.who or 'whoever reported it'}"
        yield DueItem("report:answer", DueKind.REPORT, at, text, f"{duration(at - report.at)} from the report",
                      report.at, report.who, route=report.via)  # fmt: skip


def triage_due(incident: Incident) -> datetime | None:
    """Return by when a report is found to be real or not, None where nobody asks for that.

    Who is to find out has longer; to name them after the time has passed gives nobody more of it.
    """
    report, rules = incident.report, incident.plan.triage
    if report is None:
        return None
    by_hand, others = rules.validate_within, rules.investigate_within
    first = min((ask.asked for ask in incident.asks.values() if ask.text == FIND_OUT), default=None)
    late = by_hand is not None and first is not None and overdue(report.at + timedelta(seconds=by_hand), first)
    within = others if report.investigator and not late else by_hand
    return report.at + timedelta(seconds=within) if within is not None else None


def _progress(incident: Incident) -> Iterator[DueItem]:
    """Ask for progress where none was recorded for too long, until the harm is stopped (seed 002, step 6)."""
    declared, every = incident.milestones.get("declared"), incident.plan.progress
    if every is None or declared is None or not incident.declared or not incident.live or _mitigated(incident):
        return
    checked = [deed.when for word, deed in incident.completion_marks.items() if word.startswith("progress-")]
    since = max((declared, *checked, *_went_back(incident), *([incident.moved] if incident.moved else [])))
    at = _check_due(incident, since + timedelta(seconds=every))
    if at is None:
        return
    word = f"progress-{len(checked) + 1}"
    text = "Is there progress? No finding, action or answer"
    detail = f"for {duration(timedelta(seconds=every))}"
    yield DueItem(
        f"{SILENCE}{since:%m%d%H%M%S}",
        DueKind.CHECK,
        at,
        text,
        detail,
        since,
        completion_marks=((word, "Progress checked"),),
    )


def _check_due(incident: Incident, at: datetime) -> datetime | None:
    """Return when the check is due, None where the severity asks for none; what was late when it was asked is so still.

    A severity that brings the check asks for nothing before it.
    """
    levels = incident.plan.progress_at
    stretches: list[tuple[datetime, datetime | None]] = []
    for period in periods_of(incident):
        if not levels or period.level in levels:
            goes_on = stretches and stretches[-1][1] == period.since
            stretches.append((stretches.pop()[0] if goes_on else period.since, period.until))
    if not stretches or stretches[-1][1] is not None:
        return None
    return next(max(at, begin) for begin, end in stretches if end is None or overdue(max(at, begin), end))


def _mitigated(incident: Incident) -> bool:
    """Return whether the harm was stopped and did not come back: nobody has gone back a phase since."""
    stopped = incident.milestones.get("mitigated")
    return stopped is not None and stopped > max(_went_back(incident), default=stopped - timedelta(1))


def _went_back(incident: Incident) -> list[datetime]:
    """Return when the incident went back to an earlier phase, each time."""
    order = {phase.id: place for place, phase in enumerate(incident.plan.phases)}
    steps = pairwise(one for one in incident.phases if one.value in order)
    return [now.since for before, now in steps if order[now.value] < order[before.value]]


def _watch(incident: Incident) -> Iterator[DueItem]:
    """Ask for the next look during the plan's watch period after the resolution."""
    watch, resolved = incident.plan.watch, incident.milestones.get("resolved")
    if watch is None or resolved is None or "closed" in incident.milestones:
        return
    looks = watch.length // watch.every
    for number in range(1, looks + 1):
        word = f"watch-{number}"
        if current_mark(incident, word) is None:
            at = resolved + timedelta(seconds=number * watch.every)
            checks = "; ".join(watch.checks).replace("?; ", "? ")
            text = f"Look {number} of {looks}: {checks or 'does it stay that way?'}"
            detail = f"every {duration(timedelta(seconds=watch.every))}"
            yield DueItem(
                f"watch:{resolved:%d%H%M}-{number}",
                DueKind.CHECK,
                at,
                text,
                detail,
                resolved,
                completion_marks=((word, text),),
            )
            return


# -- due: Everything with a clock, in one queue: updates, asks, timers, boxed steps, what the plan asks for; soonest
# first.


@memoize_last
def due_items(incident: Incident) -> tuple[DueItem, ...]:
    """Return everything with a clock, soonest first; it depends on the facts alone, not on the present."""
    items = [*_updates(incident), *_asks(incident), *_timers(incident), *_steps(incident), *_decisions(incident)]
    items += planned_items(incident)
    put_off = incident.timers.snoozed
    together = [(_parts(key), until) for key, until in put_off.items() if "+" in key]
    return tuple(sorted((_with_put_off(item, put_off, together) for item in items), key=_soonest))


def _soonest(item: DueItem) -> tuple[datetime, int, str]:
    """Order by time; of what is due at once, one's own duties go before what others were asked for."""
    return item.at, {DueKind.WINDOW: 1, DueKind.ASK: 2}.get(item.kind, 0), item.key


def _with_put_off(
    item: DueItem, put_off: Mapping[str, datetime], together: Sequence[tuple[set[str], datetime]]
) -> DueItem:
    """Return the item as late as it was put off, alone or together with others that are dealt with by now."""
    rest = _parts(item.key) if together else set()
    until = max([put_off.get(item.key, item.at), *(at for parts, at in together if rest < parts)])
    return item if until <= item.at else replace(item, at=until, snoozed=True)


def _parts(key: str) -> set[str]:
    """Return what one item stands for: "clock:a+b" are "clock:a" and "clock:b"."""
    sort, _, named = key.partition(":")
    return {f"{sort}:{part}" for part in named.split("+")}


def _updates(incident: Incident) -> list[DueItem]:
    if incident.adopted is None:
        return []
    items = []
    for promised in incident.plan.cadences:
        audience = promised.audience
        coming, every = next_update(incident, audience), current_interval(incident, audience)
        if coming is not None:
            # A promise that was put off belongs to one round: the next update starts a new one.
            key = f"update:{audience}" if coming.number == 1 else f"update:{audience}:{coming.number - 1}"
            detail = f"every {duration(every)}" if every else "once"
            items.append(
                DueItem(key, DueKind.UPDATE, coming.due, promised.name, detail, coming.since, route=promised.route)
            )
    return items


def _asks(incident: Incident) -> list[DueItem]:
    return [
        DueItem(_round(key, ask), DueKind.ASK, ask.due, f"{ask.who}: {ask.text}", "asked", ask.asked, ask.who)
        for key, ask in open_asks(incident).items()
    ]


def _round(key: str, ask: Ask) -> str:
    """Return the key of an ask as it stands: what was put off was its time then, not the one that was given since."""
    given = ask.extended + len(ask.before)
    return f"ask:{key}:{given}" if given else f"ask:{key}"


def _timers(incident: Incident) -> list[DueItem]:
    return [
        DueItem(f"timer:{key}", DueKind.TIMER, timer.due, timer.text, "timer", timer.set_at)
        for key, timer in incident.timers.timers.items()
        if timer.status is TimerStatus.RUNNING
    ]


def _steps(incident: Incident) -> list[DueItem]:
    if incident.dismissed:
        return []
    found = []
    for key, until in incident.steps.time_limits.items():
        step, given = incident.steps.find(key), incident.steps.assignees.get(key)
        who = assignee_name(incident, given) if given else ""
        if step is not None and not incident.steps.closed(key) and not incident.steps.is_gone(key):
            found.append(DueItem(f"step:{key}", DueKind.STEP, until, step.text, "step", who=who))
    return found


def _decisions(incident: Incident) -> list[DueItem]:
    return [
        DueItem(f"decision:{key}", DueKind.DECISION, one.revisit, f"Look again: {one.text}", "decision", who=one.who)
        for key, one in incident.decisions.items()
        if one.revisit is not None
    ]
