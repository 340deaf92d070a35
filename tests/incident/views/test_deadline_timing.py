"""When a duty is due: no change of severity or plan, no relapse and no work alone forgives what was late."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.views.adherence import Assessment, Compliance, adherence
from incident_cockpit.incident.views.clocks import clocks, open_clocks
from incident_cockpit.incident.views.due import DueKind, due_items
from incident_cockpit.plan.deadlines import Deadline, DeadlineKind
from incident_cockpit.plan.loader import load_plan
from incident_cockpit.times.format import overdue
from support.builders import START, Story, default_plan
from support.deadlines import AT_ONCE, SEV1, SEV1_2, SEV2, only, rung, span
from support.shipped_plans import PLANS

V = Compliance
SHIPPED = {name: load_plan(PLANS / f"{name}.toml") for name in ("p0-p3", "default")}
FIRST = Deadline("first", DeadlineKind.NOTICE, "Post the first message", "declared", span("10m"), "done first", SEV1_2)
QUICK = Deadline("quick", DeadlineKind.DEADLINE, "Open the ticket", "declared", span("10m"), "done ticket", SEV1)
SLOW = replace(QUICK, id="slow", within=span("30m"), severities=SEV2)
FAST_EM, SLOW_EM = rung("SEV1", "5m", "EM"), rung("SEV2", "30m", "EM")


def told(*deadlines: Deadline, severity: str = "SEV1", **more: object) -> Story:
    return Story().declare(plan=only(default_plan(), *deadlines, **more), severity=severity)


def graded(story: Story, severity: str, after: str) -> Story:
    story.do("severity", severity=severity, reason="so it is", after=after)
    return story


def due(story: Story) -> dict[str, float]:
    """Return the minute of the story at which each duty is due."""
    items = [item for item in due_items(story.incident) if item.key.startswith("clock:")]
    return {item.key.removeprefix("clock:"): (item.at - START) / timedelta(minutes=1) for item in items}


def judged(story: Story, name: str) -> tuple[Compliance, float | None]:
    found: dict[str, Assessment] = {one.id: one for one in adherence(story.record, story.now)}
    late = found[name].by
    return found[name].verdict, late / timedelta(minutes=1) if late is not None else None


class TestWhatWasLate:
    def test_a_severity_that_changes_there_and_back_forgives_nothing(self) -> None:
        story = told(FIRST)
        graded(graded(story, "SEV3", "29m"), "SEV1", "1m")
        assert due(story) == {"first": 10}
        story.do("complete", item="first message", after="5m")
        assert judged(story, "first") == (V.LATE, 25)

    def test_it_stays_late_at_a_severity_that_gives_more_time_and_is_listed_once(self) -> None:
        story = graded(told(QUICK, SLOW, FAST_EM, SLOW_EM), "SEV2", "12m")
        assert due(story) == {"rung-SEV1-em": 5, "quick": 10}
        assert judged(story, "quick") == (V.MISSED, 2)
        assert judged(story, "slow")[0] is V.NOT_APPLICABLE
        story.do("complete", item="ticket", after="8m")
        assert judged(story, "quick") == (V.LATE, 10)

    def test_it_stays_late_at_a_higher_severity(self) -> None:
        story = graded(told(QUICK, SLOW, severity="SEV2"), "SEV1", "40m")
        assert due(story) == {"slow": 30}

    def test_what_is_not_asked_for_any_more_was_missed(self) -> None:
        story = graded(told(FIRST), "SEV3", "15m")
        assert due(story) == {}
        assert judged(story.wait("9d"), "first") == (V.MISSED, 5)

    def test_a_severity_that_is_dated_back_forgives_nothing(self) -> None:
        story = told(FIRST)
        story.do("severity", severity="SEV3", reason="it never was", after="29m", when="-25m")
        assert judged(story, "first") == (V.MISSED, 19)

    def test_what_was_done_late_is_late_whatever_comes_after(self) -> None:
        story = told(QUICK, SLOW)
        story.do("complete", item="ticket", after="12m")
        graded(graded(story, "SEV2", "1m"), "SEV1", "1h")
        assert judged(story, "quick") == (V.LATE, 2)
        assert due(story) == {}

    def test_a_newer_plan_forgives_nothing(self) -> None:
        story = told(QUICK)
        slower = replace(story.incident.plan, deadlines=(replace(QUICK, within=span("2h")),))
        story.do("adopt-plan", plan=slower, after="15m")
        assert due(story) == {"quick": 10}
        assert [one.verdict for one in adherence(story.record, story.now)] == [V.MISSED]

    def test_work_alone_forgives_nothing(self) -> None:
        role = Deadline("role", DeadlineKind.ROLE, "Fill Technical Lead", "declared", span("5m"), "role tech", SEV1)
        story = told(role)
        story.do("solo", after="15m")
        assert due(story) == {}
        story.do("solo", after="1m")
        assert due(story) == {"role": 5}

    def test_a_target_that_was_missed_stays_missed(self) -> None:
        story = Story().declare(plan=SHIPPED["p0-p3"], severity="P0")
        graded(story, "P2", "5h")
        assert judged(story, "metric:ttr") == (V.MISSED, 60)

    def test_naming_an_investigator_forgives_nothing(self) -> None:
        story = Story().report(plan=default_plan())
        story.do("investigate", who="Raj", after="20m")
        assert judged(story, "report:validate") == (V.MISSED, 5)
        in_time = Story().report(plan=default_plan())
        in_time.do("investigate", who="Raj", after="5m")
        assert judged(in_time, "report:validate") == (V.RUNNING, -25)


class TestWhatLiesAhead:
    def test_raised_it_is_due_at_the_earlier_time_and_lowered_at_the_later(self) -> None:
        story = graded(told(QUICK, SLOW, severity="SEV2"), "SEV1", "2m")
        assert due(story) == {"quick": 12}
        assert due(graded(story, "SEV2", "3m")) == {"slow": 30}
        assert due(graded(story, "SEV1", "20m")) == {"quick": 25}, "no earlier than the change"

    def test_a_plan_with_odd_times_is_no_way_round(self) -> None:
        odd = (replace(QUICK, within=span("30m")), replace(SLOW, within=span("10m")))
        assert due(graded(told(*odd), "SEV2", "5m")) == {"slow": 30}
        assert due(graded(told(*odd, severity="SEV2"), "SEV1", "5m")) == {"quick": 10}

    def test_there_and_back_gives_no_more_time(self) -> None:
        story = graded(graded(told(FIRST), "SEV3", "5m"), "SEV1", "2m")
        assert due(story) == {"first": 10}
        story = graded(graded(told(FIRST), "SEV3", "5m"), "SEV1", "1h")
        assert due(story) == {"first": 65}, "it was not late while nobody asked for it"

    def test_what_the_severity_brings_begins_with_it(self) -> None:
        assert due(graded(told(FIRST, severity="SEV3"), "SEV2", "2h")) == {"first": 130}

    def test_the_second_in_which_it_is_due_is_no_lateness(self) -> None:
        story = told(replace(FIRST, within=AT_ONCE))
        story.clock.forward(seconds=0.5)
        story.do("complete", item="first message", after="")
        assert judged(story, "first")[0] is V.MET


class TestRelapse:
    def test_what_was_late_stays_so_and_the_quiet_time_is_given_back(self) -> None:
        ladder = [rung("SEV1", after, who) for after, who in (("15m", "VP"), ("30m", "Executives"), ("60m", "Board"))]
        story = told(*ladder)
        story.do("resolve", verified="all green", after="20m")
        story.do("phase", phase="investigating", reason="it came back", after="20m")
        assert due(story) == {"rung-SEV1-vp": 15, "rung-SEV1-executives": 50, "rung-SEV1-board": 60}

    def test_a_severity_that_changed_while_it_was_over_counts_from_the_relapse(self) -> None:
        story = told(FAST_EM, SLOW_EM, severity="SEV2")
        story.do("resolve", verified="all green", after="10m")
        graded(story, "SEV1", "10m")
        story.do("phase", phase="investigating", reason="it came back", after="20m")
        assert due(story) == {"rung-SEV1-em": 40}


LEVELS = {"p0-p3": ("P0", "P1", "P2", "P3"), "default": ("SEV1", "SEV2", "SEV3", "SEV4")}


def late_now(story: Story) -> dict[str, datetime]:
    """Return what the plan asks for that is late, by its id, with the time against which it is."""
    updates = [item for item in due_items(story.incident) if item.kind is DueKind.UPDATE]
    asked = {f"promise:{item.subject}": item.at for item in updates}
    asked |= {one.deadline.id: one.at for one in open_clocks(story.incident) if not one.deadline.optional}
    return {key: at for key, at in asked.items() if overdue(at, story.now)}


def duties(story: Story) -> list[tuple[object, ...]]:
    by_id = {one.id: one for one in story.incident.plan.deadlines}
    keys = [item.key[6:] for item in due_items(story.incident) if item.key.startswith("clock:")]
    asked = [by_id[part] for key in keys for part in key.split("+")]
    return [(one.kind, one.met_by, one.start, one.types, one.optional) for one in asked]


@pytest.mark.parametrize("name", LEVELS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_sequence_of_severities_forgives_what_was_late_or_lists_it_twice(name: str, data: st.DataObject) -> None:
    levels = LEVELS[name]
    story = Story().declare(plan=SHIPPED[name], severity=data.draw(st.sampled_from(levels)))
    late: dict[str, datetime] = {}
    steps = st.tuples(
        st.sampled_from(("30s", "4m", "11m", "31m", "2h")),
        st.sampled_from((*levels, *levels, "solo", "update", "complete")),
    )
    for after, step in data.draw(st.lists(steps, max_size=10)):
        story.wait(after)
        now = late_now(story)
        for key, at in now.items():
            assert late.get(key, at) == at or key.startswith("promise:"), "it is late against its first time"
        late = {**now, **late}
        take(story, step)
        listed = duties(story)
        assert len(listed) == len(set(listed)), "no duty is listed twice"
        found = {one.id: one for one in adherence(story.record, story.now)}
        for key in late:
            assert found[key].verdict in (V.LATE, V.MISSED), (key, found[key])
        for clock in clocks(story.incident):
            first = late.get(clock.deadline.id)
            assert first is None or clock.at == first or clock.deadline.kind is DeadlineKind.ROLE


def take(story: Story, step: str) -> None:
    try:
        match step:
            case "solo":
                story.do("solo", after="")
            case "update":
                story.do("sent", audience="internal", route="x", text="we look", after="")
            case "complete":
                items = [
                    item
                    for item in due_items(story.incident)
                    if item.completion_marks and item.key.startswith("clock:")
                ]
                if items:
                    story.do("complete", item=items[0].key, after="")
            case _:
                story.do("severity", severity=step, reason="so it is", after="")
    except Refused:
        return
