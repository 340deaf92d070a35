"""The review: set, moved, held, and a time suggested for it that suits people and the plan."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from incident_cockpit.actions.grammar import split_args
from incident_cockpit.actions.registry import find
from incident_cockpit.incident.closing import suggested_review
from incident_cockpit.incident.views import timeline
from incident_cockpit.incident.views.clocks import clocks
from incident_cockpit.plan.deadlines import Deadline, DeadlineKind
from incident_cockpit.plan.schema import Plan, ReviewRules
from incident_cockpit.times.business_calendar import Hours, Within, closing, is_open
from support.builders import START, Story, default_plan, full_plan
from support.refusals import refuses

MONDAY = START + timedelta(days=3) - timedelta(hours=4)  # the Monday after the story's Friday, 10:00


@pytest.fixture
def story() -> Story:
    told = Story().declare(severity="SEV1", plan=full_plan())
    told.do("resolve", verified="5xx at baseline")
    return told


def last(story: Story) -> str:
    line = list(timeline.timeline_entries(story.record))[-1]
    return f"{line.sort}: {line.text}"


def due(within: Within, met_by: str = "review held") -> Deadline:
    return Deadline("review", DeadlineKind.DEADLINE, "Hold the review", "resolved", within, met_by)


def planned(*deadlines: Deadline, minutes: int = 60, hours: Hours | None = None, zone: str = "UTC") -> Plan:
    return replace(default_plan(), deadlines=deadlines, review=ReviewRules(minutes), hours=hours or Hours(), zone=zone)


class TestScheduling:
    def test_it_is_set_with_the_plans_length_and_has_a_line(self, story: Story) -> None:
        story.do("schedule-review", at="mon 10:00", where="Room 4")
        review = story.incident.review
        assert review is not None
        assert (review.at, review.minutes, review.where, review.version, review.held) == (MONDAY, 60, "Room 4", 0, None)
        assert (review.scheduled, review.by) == (story.now, "Ana")
        assert last(story) == "review: on 2026-11-23 10:00 UTC, 60 min, Room 4"
        story.do("undo")
        assert story.incident.review is None

    def test_moving_it_makes_a_newer_version_of_the_same(self, story: Story) -> None:
        story.do("schedule-review", at="mon 10:00", where="Room 4")
        first = story.now
        story.do("schedule-review", by="Raj", at="tue 10:00", minutes="90m", after="20m")
        review = story.incident.review
        assert review is not None
        assert (review.at, review.minutes, review.where, review.version) == (
            MONDAY + timedelta(days=1), 90, "Room 4", 1,
        )  # fmt: skip
        assert (review.scheduled, review.by) == (first, "Raj"), "it has stood in the calendar since it was put there"
        assert last(story) == "review: moved to 2026-11-24 10:00 UTC, 90 min, Room 4"
        story.do("schedule-review", at="tue 10:00", minutes="90m", where="Room 5")
        assert story.incident.review is not None
        assert (story.incident.review.where, story.incident.review.version) == ("Room 5", 2)
        with refuses("at"):
            story.do("schedule-review", at="tue 10:00", minutes="90m")

    def test_before_the_end_it_may_be_set_for_any_time_to_come(self) -> None:
        story = Story().declare()
        story.do("schedule-review", at="in 2h")
        with refuses("at"):
            story.do("schedule-review", at=START - timedelta(hours=1))

    def test_it_never_comes_before_the_end_of_the_harm(self, story: Story) -> None:
        ended = story.incident.ended
        assert ended is not None
        with refuses("at"):
            story.do("schedule-review", at=ended - timedelta(minutes=1), after="3d")
        story.do("schedule-review", at=ended + timedelta(days=1))

    @pytest.mark.parametrize(
        ("values", "about", "mention"),
        [
            ({"at": "mon"}, "at", '"mon 14:00"'),
            ({"at": "2026-11-20 10:00"}, "at", "past"),
            ({"at": "soon"}, "at", '"soon"'),
            ({}, "at", "AT"),
            ({"at": "mon 10:00", "minutes": "30s"}, "minutes", "24h"),
            ({"at": "mon 10:00", "minutes": "2d"}, "minutes", "2880"),
            ({"at": "mon 10:00", "minutes": "long"}, "minutes", '"long"'),
        ],
    )
    def test_unsuitable_review_time_is_refused(
        self, story: Story, values: dict[str, str], about: str, mention: str
    ) -> None:
        with refuses(about) as refused:
            story.do("schedule-review", **values)
        assert mention in str(refused.value)
        assert refused.value.what_to_do

    @pytest.mark.parametrize(
        ("typed", "values"),
        [
            ("tomorrow 14:00", {"at": "tomorrow 14:00"}),
            ("tomorrow 14:00 90m Room 4", {"at": "tomorrow 14:00", "minutes": "90m", "where": "Room 4"}),
            ("tomorrow 14:00 Room 4", {"at": "tomorrow 14:00", "where": "Room 4"}),
            ('"mon 10:00" 90m', {"at": "mon 10:00", "minutes": "90m"}),
            ("in 2 days 1h", {"at": "in 2 days", "minutes": "1h"}),
            ("14:00 https://meet.example/7", {"at": "14:00", "where": "https://meet.example/7"}),
            ("soon 90m", {"at": "soon", "minutes": "90m"}),
        ],
    )
    def test_a_typed_line_parts_time_length_and_place(self, typed: str, values: dict[str, str]) -> None:
        assert split_args(find("schedule-review"), typed) == values


class TestHolding:
    def test_it_was_held_now_or_when_somebody_says(self, story: Story) -> None:
        story.do("schedule-review", at="mon 10:00")
        story.do("review-held", at="-2h", after="3d")
        review = story.incident.review
        assert review is not None
        assert (review.at, review.held) == (MONDAY, story.now - timedelta(hours=2))
        assert last(story) == f"review: held at {review.held:%Y-%m-%d %H:%M} UTC"
        story.do("undo")
        assert story.incident.review == replace(review, held=None)

    def test_one_that_nobody_had_scheduled_counts_too(self, story: Story) -> None:
        story.do("review-held", after="2h")
        review = story.incident.review
        assert review is not None
        assert (review.at, review.held, review.scheduled, review.minutes) == (story.now, story.now, story.now, 60)

    def test_it_is_held_once_and_then_not_moved(self, story: Story) -> None:
        story.do("review-held")
        with refuses("at"):
            story.do("review-held")
        with refuses("at"):
            story.do("schedule-review", at="mon 10:00")

    def test_neither_before_the_incident_nor_in_the_future(self, story: Story) -> None:
        with refuses("at"):
            story.do("review-held", at="-2h")
        with refuses("at"):
            story.do("review-held", at="2026-11-23 10:00")

    def test_scheduling_and_holding_are_different_clocks(self, story: Story) -> None:
        def met() -> dict[str, datetime | None]:
            return {
                one.deadline.id: one.met
                for one in clocks(story.incident)
                if one.deadline.id in ("review-scheduled", "review-held")
            }

        assert met() == {"review-scheduled": None, "review-held": None}
        story.do("schedule-review", at="mon 10:00")
        scheduled = story.now
        assert met() == {"review-scheduled": scheduled, "review-held": None}
        story.do("schedule-review", at="tue 10:00", after="2d")
        assert met()["review-scheduled"] == scheduled, "moving it does not make it late"
        story.do("review-held")
        assert met()["review-held"] == story.now


class TestSuggesting:
    def test_people_sleep_first_and_nobody_meets_on_a_sunday(self) -> None:
        story = Story().declare(plan=planned(due(Within("2 business days", days=2))))
        story.do("resolve", verified="5xx at baseline")
        assert suggested_review(story.incident, story.now) == MONDAY - timedelta(hours=1), "Monday at nine"

    def test_where_the_plan_is_in_a_hurry_it_comes_sooner(self) -> None:
        story = Story().declare(plan=planned(due(Within("12h", seconds=12 * 3600))))
        story.do("resolve", verified="5xx at baseline")
        assert suggested_review(story.incident, story.now) == START + timedelta(hours=1), "today at three"

    def test_where_no_hour_suits_in_time_it_is_the_next_that_does(self) -> None:
        story = Story(start=START + timedelta(hours=6)).declare(plan=planned(due(Within("12h", seconds=12 * 3600))))
        story.do("resolve", verified="5xx at baseline")
        assert suggested_review(story.incident, story.now) == MONDAY - timedelta(hours=1)

    def test_the_time_for_scheduling_counts_where_the_plan_says_no_other(self) -> None:
        hurry = due(Within("12h", seconds=12 * 3600), "review scheduled")
        story = Story().declare(plan=planned(hurry))
        story.do("resolve", verified="5xx at baseline")
        assert suggested_review(story.incident, story.now) == START + timedelta(hours=1)
        both = Story().declare(plan=planned(hurry, replace(due(Within("2 business days", days=2)), id="held")))
        both.do("resolve", verified="5xx at baseline")
        assert suggested_review(both.incident, both.now) == MONDAY - timedelta(hours=1)

    def test_it_leaves_room_until_the_organisation_closes(self) -> None:
        story = Story(start=START + timedelta(hours=1)).declare(
            plan=planned(due(Within("12h", seconds=12 * 3600)), minutes=120)
        )
        story.do("resolve", verified="5xx at baseline")
        assert suggested_review(story.incident, story.now) == MONDAY - timedelta(hours=1), "15:02 to 17:00 is too short"

    def test_a_whole_hour_of_the_plans_own_clock(self) -> None:
        hours = Hours(opens=8 * 60 + 30, closes=16 * 60)
        story = Story().declare(plan=planned(hours=hours, zone="Asia/Kolkata"))
        story.do("resolve", verified="5xx at baseline")
        at = suggested_review(story.incident, story.now)
        assert at is not None
        assert f"{at.astimezone(ZoneInfo('Asia/Kolkata')):%a %H:%M}" == "Mon 09:00"

    def test_nothing_is_suggested_where_a_review_stands_or_nothing_happened(self, story: Story) -> None:
        assert suggested_review(story.incident, story.now) is not None
        story.do("schedule-review", at="mon 10:00")
        assert suggested_review(story.incident, story.now) is None
        assert suggested_review(Story().report().incident, START) is None

    def test_while_it_goes_on_it_is_a_day_ahead(self) -> None:
        story = Story(start=START - timedelta(days=2)).declare(plan=planned())
        assert suggested_review(story.incident, story.now) == START - timedelta(days=1)

    def test_a_meeting_longer_than_a_day_at_work_suits_no_hour(self) -> None:
        story = Story().declare(plan=planned(minutes=600))
        assert suggested_review(story.incident, story.now) is None


@settings(max_examples=80, deadline=None)
@given(
    st.integers(0, 366 * 24 * 60),
    st.integers(0, 14 * 24 * 60),
    st.sampled_from(["UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
    st.sampled_from([15, 60, 90, 240]),
    st.sampled_from([Within("48h", seconds=48 * 3600), Within("1 business day", days=1), None]),
)
def test_whatever_the_clock_it_is_an_hour_that_suits(
    start: int, later: int, zone: str, minutes: int, within: Within | None
) -> None:
    plan = planned(*([due(within)] if within else []), minutes=minutes, zone=zone)
    story = Story(start=START + timedelta(minutes=start)).declare(plan=plan)
    story.do("resolve", verified="x")
    now = story.now + timedelta(minutes=later)
    at = suggested_review(story.incident, now)
    assert at is not None
    local = at.astimezone(ZoneInfo(zone))
    assert at >= now
    assert local.minute == 0
    assert is_open(at, plan.hours, zone)
    assert at + timedelta(minutes=minutes) <= closing(local.date(), plan.hours, zone)
