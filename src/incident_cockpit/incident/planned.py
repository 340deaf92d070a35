"""What the plan asks for and is not done yet, as due items: clocks, rungs, checks, and the triage of a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from incident_cockpit.incident.clocks import Clock, waiting
from incident_cockpit.incident.due_item import DueItem, DueKind
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.topics.asks import open_asks
from incident_cockpit.incident.topics.deeds import this_time
from incident_cockpit.incident.topics.report import Outcome
from incident_cockpit.plan.deadlines import DeadlineKind
from incident_cockpit.timewords import duration

# How the key of what asks after a silence begins.
SILENCE = "progress:"


def planned(incident: Incident) -> list[DueItem]:
    """Return what the plan asks for now; only what the law asks for once a report was dismissed."""
    if incident.adopted is None:
        return []
    if incident.dismissed:
        return [*_clocks(incident)]
    return [*_triage(incident), *_clocks(incident), *_progress(incident), *_watch(incident)]


def _clocks(incident: Incident) -> Iterator[DueItem]:
    passed: list[Clock] = []
    for clock in waiting(incident):
        if clock.deadline.kind is DeadlineKind.ROLE and incident.solo:
            continue
        if clock.deadline.kind is DeadlineKind.RUNG and _passed(clock):
            passed.append(clock)
        else:
            yield _item([clock], clock.at)
    if passed:
        # One that waits already stays as late as it is when a worse severity adds more.
        yield _item(passed, min(clock.at for clock in passed))


def _passed(clock: Clock) -> bool:
    """Return whether the rung was behind the incident already when its severity or its plan came to hold."""
    return clock.nominal < clock.asked


def _item(clocks: Sequence[Clock], at: datetime) -> DueItem:
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
        detail="passed already" if _passed(clocks[0]) and first.kind is DeadlineKind.RUNG else _detail(clocks[0]),
        since=min(clock.start for clock in clocks),
        who=", ".join(told),
        deeds=tuple({clock.deadline.deed: clock.deadline.text for clock in clocks}.items()),
        met_by=first.met_by if len(clocks) == 1 else "",
        message=first.message if len(clocks) == 1 else "",
        route=first.route if len(clocks) == 1 else "",
        optional=all(clock.deadline.optional for clock in clocks),
        contains=first.contains if len(clocks) == 1 else (),
    )


def _detail(clock: Clock) -> str:
    within = clock.deadline.within.said
    said = "at once" if within in ("immediately", "now", "0m") else within
    return f"{said} from {clock.deadline.start}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _triage(incident: Incident) -> Iterator[DueItem]:
    """Ask for the verdict on a report, and for an answer to whoever made it (seeds 000 and 002)."""
    report, rules = incident.report, incident.plan.triage
    if report is None or report.outcome is not Outcome.OPEN:
        return
    within = rules.investigate_within if report.investigator else rules.validate_within
    if within is not None and report.ask not in open_asks(incident):
        whose = f"{report.investigator} finds out" if report.investigator else "Find out"
        at = report.at + timedelta(seconds=within)
        text = f"{whose} whether it is real"
        yield DueItem("report:validate", DueKind.REPORT, at, text, f"{duration(at - report.at)} from the report",
                      report.at, report.investigator)  # fmt: skip
    if rules.answer_within is not None and report.answered is None:
        at = report.at + timedelta(seconds=rules.answer_within)
        text = f"Answer {report.who or 'whoever reported it'}"
        yield DueItem("report:answer", DueKind.REPORT, at, text, f"{duration(at - report.at)} from the report",
                      report.at, report.who, route=report.via)  # fmt: skip


def _progress(incident: Incident) -> Iterator[DueItem]:
    """Ask whether things move where nobody wrote a line for too long, until the harm is stopped (seed 002, step 6)."""
    every, moved = incident.plan.progress, incident.moved
    if every is None or moved is None or not incident.declared or not incident.live:
        return
    level = incident.severity.value if incident.severity else ""
    if _mitigated(incident) or (incident.plan.progress_at and level not in incident.plan.progress_at):
        return
    checked = sum(word.startswith("progress-") for word in incident.deeds)
    at, word = moved + timedelta(seconds=every), f"progress-{checked + 1}"
    text = "Is there progress? Nothing was written down"
    detail = f"for {duration(timedelta(seconds=every))}"
    yield DueItem(
        f"{SILENCE}{moved:%m%d%H%M%S}", DueKind.CHECK, at, text, detail, moved, deeds=((word, "Progress checked"),)
    )


def _mitigated(incident: Incident) -> bool:
    """Return whether the harm was stopped and did not come back: nobody has gone back a phase since."""
    stopped = incident.milestones.get("mitigated")
    if stopped is None:
        return False
    order = {phase.id: place for place, phase in enumerate(incident.plan.phases)}
    steps = pairwise(one for one in incident.phases if one.value in order)
    back = (now.since for before, now in steps if order[now.value] < order[before.value])
    return stopped > max(back, default=stopped - timedelta(1))


def _watch(incident: Incident) -> Iterator[DueItem]:
    """Ask for the next look during the plan's watch period after the resolution."""
    watch, resolved = incident.plan.watch, incident.milestones.get("resolved")
    if watch is None or resolved is None or "closed" in incident.milestones:
        return
    looks = watch.length // watch.every
    for number in range(1, looks + 1):
        word = f"watch-{number}"
        if this_time(incident, word) is None:
            at = resolved + timedelta(seconds=number * watch.every)
            checks = "; ".join(watch.checks).replace("?; ", "? ")
            text = f"Look {number} of {looks}: {checks or 'does it stay that way?'}"
            detail = f"every {duration(timedelta(seconds=watch.every))}"
            yield DueItem(
                f"watch:{resolved:%d%H%M}-{number}", DueKind.CHECK, at, text, detail, resolved, deeds=((word, text),)
            )
            return
