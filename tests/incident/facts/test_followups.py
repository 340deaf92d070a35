"""Follow-ups as seed 004 wants corrective actions: of a kind, with a priority, a date, and what will show success."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from incident_cockpit.incident.event import Moment
from incident_cockpit.incident.facts import followups
from incident_cockpit.incident.facts.followups import FollowUp
from incident_cockpit.incident.views import timeline
from incident_cockpit.incident.views.clocks import unmet_gates
from incident_cockpit.plan.deadlines import ClosingGate
from incident_cockpit.plan.schema import Plan
from incident_cockpit.times.business_calendar import Hours
from support.builders import Story, default_plan
from support.refusals import refuses


def planned(**changes: object) -> Plan:
    return replace(default_plan(), follow_up_kinds=("technical", "process"), **changes)


@pytest.fixture
def story() -> Story:
    told = Story().declare(plan=planned())
    told.do("follow-up", text="alert on lag")
    return told


def held(story: Story) -> FollowUp:
    [one] = story.incident.followups.values()
    return one


def said(story: Story) -> str:
    line = timeline.describe(story.record, story.record.events[-1])
    assert line.sort == "follow-up"
    return line.text


def test_each_part_is_said_with_a_line_of_its_own_and_taken_back(story: Story) -> None:
    bare = held(story)
    story.do("follow-up-priority", follow_up="lag", priority="hi")
    assert said(story) == "alert on lag  high priority"
    story.do("follow-up-kind", follow_up="lag", kind="proc")
    assert said(story) == "alert on lag  type: process"
    story.do("follow-up-due", follow_up="lag", due="2026-12-01")
    assert said(story) == "alert on lag  due 2026-12-01 17:00 UTC"
    story.do("follow-up-success", follow_up="lag", success="an alert within five minutes")
    assert said(story) == "alert on lag  success criterion: an alert within five minutes"
    story.do("follow-up-owner", follow_up="lag", who="Raj")
    assert said(story) == "alert on lag (Raj)"
    full = held(story)
    assert (full.priority, full.kind, full.due, full.success, full.owner) == (
        "high", "process", datetime(2026, 12, 1, 17, tzinfo=UTC), "an alert within five minutes", "Raj",
    )  # fmt: skip
    story.do("follow-up-done", follow_up="lag")
    assert said(story) == "alert on lag (Raj)  done"
    assert held(story).finished == story.now
    for _ in range(6):
        story.do("undo")
    assert held(story) == bare
    assert said(story) == "alert on lag  no priority", "the last that was taken back was the first that was said"


@pytest.mark.parametrize(
    ("due", "at"),
    [
        ("fri", "2026-11-20T17:00"),
        ("mon", "2026-11-23T17:00"),
        ("tomorrow", "2026-11-21T17:00"),
        ("mon 10:00", "2026-11-23T10:00"),
        ("in 14d", "2026-12-04T14:02"),
        ("2027-01-04", "2027-01-04T17:00"),
    ],
)
def test_a_day_lasts_until_the_organisation_closes(story: Story, due: str, at: str) -> None:
    story.do("follow-up-due", follow_up="lag", due=due)
    assert held(story).due == datetime.fromisoformat(at).replace(tzinfo=UTC)


def test_the_plans_own_clock_says_when_it_closes() -> None:
    story = Story().declare(plan=planned(zone="Asia/Tokyo", hours=Hours(closes=18 * 60)))
    story.do("follow-up", text="alert on lag")
    story.do("follow-up-due", follow_up="lag", due="2026-12-01")
    assert held(story).due == datetime(2026, 12, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "values", "mention"),
    [
        ("priority", {"priority": "urgent"}, '"urgent"'),
        ("priority", {}, "PRIORITY"),
        ("kind", {"kind": "magic"}, '"magic"'),
        ("due", {"due": "2026-11-19"}, "past"),
        ("due", {"due": "someday"}, '"someday"'),
        ("due", {"due": datetime(2026, 11, 20, 14, 1, tzinfo=UTC)}, "14:01"),
        ("success", {"success": " "}, "required"),
    ],
)
def test_wrong_value_is_refused(story: Story, name: str, values: dict[str, object], mention: str) -> None:
    before = story.incident
    with refuses(name) as refused:
        story.do(f"follow-up-{name}", follow_up="lag", **values)
    assert mention in str(refused.value)
    assert refused.value.what_to_do
    assert story.incident is before


@pytest.mark.parametrize(
    ("action", "values"),
    [
        ("priority", {"priority": "high"}),
        ("kind", {"kind": "process"}),
        ("due", {"due": "2026-12-01"}),
        ("success", {"success": "an alert"}),
    ],
)
def test_nothing_is_said_twice_and_a_done_one_is_left_alone(
    story: Story, action: str, values: dict[str, object]
) -> None:
    story.do(f"follow-up-{action}", follow_up="lag", **values)
    with refuses():
        story.do(f"follow-up-{action}", follow_up="lag", **values)
    story.do("follow-up-done", follow_up="lag")
    with refuses("follow_up"):
        story.do(f"follow-up-{action}", follow_up="lag", **values)


def test_a_plan_without_kinds_takes_any_of_a_bounded_length() -> None:
    story = Story().declare(plan=replace(planned(), follow_up_kinds=()))
    story.do("follow-up", text="alert on lag")
    story.do("follow-up-kind", follow_up="lag", kind="training & talks")
    assert held(story).kind == "training & talks"
    with refuses("kind"):
        story.do("follow-up-kind", follow_up="lag", kind="x" * 41)
    story.do("follow-up-kind", follow_up="lag", kind="x" * 40)


def test_rules_hold_where_no_words_were_read(story: Story) -> None:
    moment = Moment("Ana", story.now, story.now, story.record.seq + 1)
    [key] = story.incident.followups
    with refuses("priority"):
        followups.set_priority(story.incident, moment, key, "urgent")
    with refuses("kind"):
        followups.set_type(story.incident, moment, key, "magic")
    with refuses("follow_up"):
        followups.set_success_criterion(story.incident, moment, "f99", "an alert")


def test_only_those_of_high_priority_hold_up_the_closing() -> None:
    gate = ClosingGate("urgent", "All urgent follow-ups are done", "followups high")
    story = Story().declare(plan=planned(closing=(gate,)))
    for text, priority in (("alert on lag", "high"), ("tidy up", "low"), ("talk about it", "")):
        story.do("follow-up", text=text)
        if priority:
            story.do("follow-up-priority", follow_up=text, priority=priority)
    story.do("resolve", verified="5xx at baseline")
    assert unmet_gates(story.incident) == (gate,)
    story.do("follow-up-priority", follow_up="lag", priority="low")
    assert unmet_gates(story.incident) == ()
    story.do("follow-up-priority", follow_up="lag", priority="high")
    story.do("follow-up-done", follow_up="lag")
    assert unmet_gates(story.incident) == ()


@given(st.integers(1, 300 * 86_400))
def test_any_time_to_come_is_a_date(seconds: int) -> None:
    story = Story().declare(plan=planned())
    story.do("follow-up", text="alert on lag")
    story.do("follow-up-due", follow_up="lag", due=f"in {seconds}s")
    assert held(story).due == story.now + timedelta(seconds=seconds)
