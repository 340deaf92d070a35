"""Any course of an incident, judged by brute force: every state from its first fact on, every deadline in each."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incident_cockpit.incident import codec
from incident_cockpit.incident.event import Event
from incident_cockpit.incident.facts.milestones import MilestoneReached
from incident_cockpit.incident.facts.timers import CompletionMark, CompletionStatus
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident, fold
from incident_cockpit.incident.views.adherence import Assessment, Compliance, adherence, summary
from incident_cockpit.incident.views.clocks import (
    DeadlineClock,
    clocks,
    deadline_status,
    is_legal,
    is_void,
    lapse_reason,
    only_while_live,
    open_clocks,
)
from incident_cockpit.incident.views.deadline_timing import same_duty
from incident_cockpit.plan.deadlines import Deadline, DeadlineKind, FollowUpsDone, MilestoneMet
from support.builders import Story
from support.random_incident import wandered

V = Compliance
BADNESS = [V.NOT_APPLICABLE, V.NOT_NEEDED, V.WAIVED, V.MET, V.RUNNING, V.LATE, V.MISSED]

Moment = tuple[list[Event], Incident]


def course(record: Record) -> list[Moment]:
    """Return the incident after every action that still stands, each folded anew from the first fact on."""
    kept = [event for event in record.events if event.undoes is None and record.undone_by(event.seq) is None]
    acts = sorted({event.act for event in kept})
    return [([e for e in kept if e.act == act], fold(e for e in kept if e.act <= act)) for act in acts]


def held(incident: Incident, deadline: Deadline) -> DeadlineClock | None:
    """Return the clock of a deadline while the plan asks for it."""
    found = [one for one in clocks(incident) if one.deadline == deadline] if incident.adopted else []
    if not found or (only_while_live(deadline) and not incident.live):
        return None
    return None if lapse_reason(incident, deadline) else found[0]


def stretches(moments: list[Moment], deadline: Deadline) -> list[tuple[int, int]]:
    """Return from where to where in the course it was asked for without a break, each end being the first without.

    One that was let go and is asked for again with the very time that it had goes on.
    """
    clocks_at = [held(incident, deadline) for _, incident in moments]
    found: list[tuple[int, int]] = []
    for place, now in enumerate(clocks_at):
        if now is None:
            continue
        begin, end = found[-1] if found else (place, place)
        last = _clock(moments, deadline, (begin, min(end, len(moments) - 1))) if found else now
        if found and (end == place or (last.asked, last.at) == (now.asked, now.at)):
            found[-1] = (begin, place + 1)
        else:
            found.append((place, place + 1))
    return found


def corrects(events: list[Event], deadline: Deadline) -> bool:
    facts = [event.fact for event in events if isinstance(event.fact, MilestoneReached)]
    return any(
        fact.by_hand and fact.was is not None and deadline.condition == MilestoneMet(fact.name) for fact in facts
    )


def first_met(moments: list[Moment], deadline: Deadline, stretch: tuple[int, int], until: int) -> datetime | None:
    """Return when it was first met from the begin of a stretch to that of the next; a correction counts anew."""
    met: list[datetime] = []
    last = None
    clock = held(moments[stretch[0]][1], deadline)
    for place in range(stretch[0], until):
        events, incident = moments[place]
        ask = next((one for one in clocks(incident) if one.deadline == deadline), None) if place <= stretch[1] else None
        clock = ask or clock
        assert clock is not None
        last, _ = deadline_status(incident, deadline, clock.start)
        if last is not None:
            met = [last] if corrects(events, deadline) else [*met, last]
    return last if isinstance(deadline.condition, FollowUpsDone) else min(met, default=None)


def judge(moments: list[Moment], deadline: Deadline, stretch: tuple[int, int], until: int, now: datetime) -> Compliance:
    end = stretch[1]
    met = first_met(moments, deadline, stretch, until)
    clock = _clock(moments, deadline, stretch)
    ended = moments[end][0][-1].happened if end < len(moments) else None
    let_go = ended is not None and ended <= clock.at
    if met is not None and met <= clock.at:
        return V.MET
    if met is not None and not let_go:
        return V.LATE
    deed = _said(moments, deadline, stretch)
    if deed is not None and deed.status is not CompletionStatus.DONE:
        return V.WAIVED
    if let_go:
        return V.NOT_NEEDED
    if min(now, ended or now) <= clock.at:
        return V.RUNNING
    return V.NOT_NEEDED if deadline.optional and not is_legal(deadline) else V.MISSED


def _clock(moments: list[Moment], deadline: Deadline, stretch: tuple[int, int]) -> DeadlineClock:
    """Return the clock as it was last in a stretch, or was when a role was filled."""
    begin, end = stretch
    clock = held(moments[begin][1], deadline)
    for _, incident in moments[begin : end + 1]:
        assert clock is not None
        if clock.met is not None and deadline.kind is DeadlineKind.ROLE:
            break
        clock = next((one for one in clocks(incident) if one.deadline == deadline), clock)
    assert clock is not None
    return clock


def _said(moments: list[Moment], deadline: Deadline, stretch: tuple[int, int]) -> CompletionMark | None:
    last = moments[min(stretch[1], len(moments) - 1)][1]
    met, deed = deadline_status(last, deadline, _clock(moments, deadline, stretch).start)
    return deed if met is None else None


def brute(record: Record, deadline: Deadline, now: datetime) -> Compliance:
    moments = course(record)
    found = stretches(moments, deadline)
    ends = [*(begin for begin, _ in found[1:]), len(moments)]
    verdicts = [judge(moments, deadline, one, ends[place], now) for place, one in enumerate(found)]
    return max(verdicts, key=BADNESS.index, default=V.NOT_APPLICABLE)


def by_deadline(story: Story) -> dict[Deadline, Assessment]:
    """Return the judgements on deadlines of the plan that is followed."""
    made = {one.id: one for one in adherence(story.record, story.now) if not one.former}
    return {one: made[one.id] for one in story.incident.plan.deadlines}


def has_counterpart(incident: Incident, deadline: Deadline) -> bool:
    return any(one != deadline and same_duty(one, deadline) for one in incident.plan.deadlines)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(story=wandered(), later=st.sampled_from(["", "20m", "9h", "4d"]))
def test_every_course_is_judged_as_by_brute_force(story: Story, later: str) -> None:
    story.wait(later)
    for deadline, judged in by_deadline(story).items():
        expected = brute(story.record, deadline, story.now)
        if expected is V.NOT_APPLICABLE and is_void(story.incident, deadline.condition):
            assert judged.verdict in (V.NOT_APPLICABLE, V.NOT_NEEDED), (deadline.id, judged)
        elif expected is V.NOT_NEEDED and has_counterpart(story.incident, deadline):
            # The duty went on at another severity, and is judged there.
            assert judged.verdict in (V.NOT_APPLICABLE, V.NOT_NEEDED), (deadline.id, judged)
        else:
            assert judged.verdict is expected, (deadline.id, judged)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(story=wandered(), later=st.sampled_from(["20m", "9h", "4d"]))
def test_what_the_screen_shows_late_is_not_judged_as_kept(story: Story, later: str) -> None:
    story.wait(later)
    judged = by_deadline(story)
    for clock in open_clocks(story.incident):
        one = judged[clock.deadline]
        if clock.deadline.kind is DeadlineKind.ROLE:
            # A role that was filled in time and left is asked for anew, and was kept.
            continue
        if story.now > clock.at and (not clock.deadline.optional or is_legal(clock.deadline)):
            assert one.verdict in (V.MISSED, V.LATE, V.MET), one
            assert one.verdict is V.MISSED or one.met is not None
        if story.now <= clock.at:
            assert one.verdict in (V.RUNNING, V.MISSED, V.LATE, V.MET), one


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(story=wandered())
def test_a_judgement_is_whole_and_the_same_from_the_store(story: Story) -> None:
    record = story.record
    made = adherence(record, story.now)
    again = Record(record.id, [codec.decode(codec.encode(event)) for event in record.events])
    assert adherence(again, story.now) == made
    for one in made:
        assert (one.verdict in (V.NOT_APPLICABLE, V.NOT_NEEDED)) <= bool(one.why), one
        assert (one.verdict in (V.MET, V.LATE)) == (one.met is not None), one
        assert (one.verdict not in (V.LATE, V.MISSED)) or one.by is None or one.by > timedelta(0), one
        assert one.verdict is not V.WAIVED or one.why, one
    assert sum(int(word) for word in summary(made).split() if word.isdecimal()) >= len(made)
