"""Clocks and the calendar: summer time, weekends, holidays, a laptop that slept, a clock set back, nine days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from incident_cockpit.incident import codec
from incident_cockpit.incident.event import CLOCK_TOLERANCE
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.views.clocks import clocks
from incident_cockpit.incident.views.due import DueItem, Urgency, due_items, urgency
from incident_cockpit.incident.views.next_action import prompts
from incident_cockpit.plan.deadlines import Deadline, DeadlineKind
from incident_cockpit.plan.schema import Plan
from incident_cockpit.times.business_calendar import Hours, Within
from incident_cockpit.times.format import countdown
from support.builders import START, Story, default_plan, full_plan
from support.deadlines import DEADLINES, business_days, only, span

PARIS = ZoneInfo("Europe/Paris")
FOUR_HOURS = Within("4 business hours", working=4 * 3600)
EITHER = Within("8h or next business day", seconds=8 * 3600, days=1)


def plan(within: Within, zone: str = "Europe/Paris", **hours: object) -> Plan:
    it = Deadline("it", DeadlineKind.DEADLINE, "It", "declared", within, "done it")
    return only(default_plan(), it, zone=zone, hours=Hours(**hours))  # type: ignore[arg-type]


def declared(at: datetime, with_plan: Plan) -> Story:
    return Story(start=at).declare(plan=with_plan)


def due_at(story: Story) -> datetime:
    [clock] = clocks(story.incident)
    assert [item.at for item in due_items(story.incident)] == [clock.at]
    return clock.at


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("begins", "within", "due"),
    [
        # The clocks of Paris go forward on 2026-03-29 and back on 2026-10-25, both Sundays.
        ("2026-03-27 16:00", FOUR_HOURS, "2026-03-30 12:00"),
        ("2026-10-23 16:00", FOUR_HOURS, "2026-10-26 12:00"),
        ("2026-03-27 16:00", business_days(1), "2026-03-30 17:00"),
        ("2026-10-23 16:00", business_days(2), "2026-10-27 17:00"),
        ("2026-10-24 23:00", span("8h"), "2026-10-25 06:00"),
        ("2026-03-28 23:00", span("8h"), "2026-03-29 08:00"),
        ("2026-11-20 10:00", EITHER, "2026-11-23 17:00"),
        # At night, at the weekend, on the minute at which work ends.
        ("2026-11-17 22:00", FOUR_HOURS, "2026-11-18 13:00"),
        ("2026-11-21 12:00", FOUR_HOURS, "2026-11-23 13:00"),
        ("2026-11-17 13:00", FOUR_HOURS, "2026-11-17 17:00"),
        ("2026-11-17 17:00", FOUR_HOURS, "2026-11-18 13:00"),
    ],
)
def test_business_time_is_that_of_the_plans_zone(begins: str, within: Within, due: str) -> None:
    assert due_at(declared(paris(begins), plan(within))) == paris(due)


def test_holidays_are_not_working_time() -> None:
    closed = plan(FOUR_HOURS, holidays=("2026-12-25",))
    assert due_at(declared(paris("2026-12-24 16:00"), closed)) == paris("2026-12-28 12:00")
    days = plan(business_days(1), holidays=("2026-12-25",))
    assert due_at(declared(paris("2026-12-24 16:00"), days)) == paris("2026-12-28 17:00")


instants = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds


@given(
    begins=instants,
    later=st.timedeltas(timedelta(0), timedelta(days=9)),
    within=st.sampled_from([FOUR_HOURS, business_days(1), business_days(3), EITHER, span("15m")]),
    zone=st.sampled_from(["Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]),
)
def test_whoever_begins_later_is_due_no_earlier_and_nothing_is_due_before_it_begins(
    begins: datetime, later: timedelta, within: Within, zone: str
) -> None:
    asks = plan(within, zone)
    first, second = declared(begins, asks), declared(begins + later, asks)
    assert begins <= due_at(first) <= due_at(second)


class TestTheLaptop:
    def test_after_nine_hours_of_sleep_all_is_late_by_exactly_that(self) -> None:
        story = Story().declare(plan=only(default_plan(), *DEADLINES), severity="SEV1")
        story.do("ask", who="Raj", within="10m", text="lag?")
        story.do("timer", within="20m", text="rollback")
        before = due_items(story.incident)
        story.wait("9h")
        after = due_items(story.incident)
        assert after == before, "nothing counts ticks: what is due depends on facts alone"
        late = {item.text: countdown(item.at, story.now) for item in after if urgency(item, story.now) is Urgency.LATE}
        assert late["Tell the CTO how bad it is"] == "late 9h02m"
        assert late["Tell Engineering manager"] == "late 8h47m"
        assert late["Raj: lag?"] == "late 8h51m"
        assert late["rollback"] == "late 8h40m"
        # Business hours stand still over the weekend: three of the four were on Friday, the last is on Monday.
        assert next(item for item in after if item.text == "Open the ticket").at == START + timedelta(days=2, hours=20)

    def test_a_clock_that_was_set_back_loses_nothing(self) -> None:
        story = Story().declare(plan=full_plan(), severity="SEV1", since="-30m")
        story.do("ask", who="Raj", within="10m", text="lag?")
        story.do("severity", severity="SEV2", reason="less", after="20m")
        keys = {item.key for item in due_items(story.incident)}
        story.clock.forward(minutes=-25)
        story.do("note", text="5xx at 8%", after="")
        assert {item.key for item in due_items(story.incident) if not item.key.startswith("progress")} == {
            key for key in keys if not key.startswith("progress")
        }
        story.do("severity", severity="SEV1", reason="more after all", after="1m")
        story.do("complete", item="Engineering manager", after="1m")
        items = due_items(story.incident)
        assert [item.at for item in items] == sorted(item.at for item in items)
        assert all(item.since is None or item.at >= item.since - CLOCK_TOLERANCE for item in items)
        again = Record(story.record.id, [codec.decode(codec.encode(event)) for event in story.record.events])
        assert due_items(again.incident) == items


def of_the_plan(items: tuple[DueItem, ...]) -> list[DueItem]:
    return [item for item in items if item.key.startswith("clock:")]


class TestNineDays:
    def test_an_incident_that_nobody_works_on_for_nine_days_asks_for_no_more_than_the_plan_has(self) -> None:
        story = Story().declare(plan=full_plan(), severity="SEV3")
        story.do("severity", severity="SEV1", reason="all of EU", after="4d")
        for _ in range(5):
            story.do("note", text="still nothing", after="1d")
        items = due_items(story.incident)
        parts = [part for item in of_the_plan(items) for part in item.key.removeprefix("clock:").split("+")]
        assert len(parts) == len(set(parts)) <= len(DEADLINES)
        merged = [item for item in items if "+" in item.key]
        assert [countdown(item.at, story.now) for item in merged] == ["late 5d"]
        assert len(items) < len(DEADLINES) + 8
        assert len(countdown(items[0].at, story.now)) <= len("late 365d23h")
        assert len(prompts(story.incident, story.now)) <= len(items) + 4

    def test_nothing_is_lost_while_days_pass_and_severities_change(self) -> None:
        story = Story().declare(plan=full_plan(), severity="SEV1")
        asked = {item.key for item in of_the_plan(due_items(story.incident))}
        for day in range(9):
            story.do("severity", severity="SEV4" if day % 2 == 0 else "SEV1", reason=f"day {day}", after="1d")
        story.do("severity", severity="SEV1", reason="at the end", after="1h")
        now = {part for item in of_the_plan(due_items(story.incident)) for part in _parts(item.key)}
        assert now == {part for key in asked for part in _parts(key)}

    def test_each_round_of_updates_is_one_item_however_late(self) -> None:
        story = Story().declare(plan=full_plan(), severity="SEV1")
        story.wait("9d")
        updates = [item for item in due_items(story.incident) if item.key.startswith("update:")]
        assert sorted(item.subject for item in updates) == sorted(one.audience for one in full_plan().cadences if
                                                                  dict(one.seconds).get("SEV1"))  # fmt: skip

    def test_ids_that_hold_hours_and_days_do_not_meet_after_a_day(self) -> None:
        story = Story().declare(plan=replace(full_plan(), progress=600), severity="SEV1")
        keys = []
        for _ in range(12):
            story.do("finding", text="here", after="18h")
            keys += [item.key for item in due_items(story.incident) if item.key.startswith("progress")]
        assert len(keys) == len(set(keys)) == 12


def _parts(key: str) -> list[str]:
    return key.removeprefix("clock:").split("+")
