"""When each audience hears next: from its milestone on, until another, through changes of severity, pace and plan."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.facts.updates import current_interval, next_due, next_update, next_update_due
from incident_cockpit.incident.views.due import DueKind, due_items
from incident_cockpit.plan.schema import Cadence, Plan
from support.builders import START, Story, default_plan
from support.refusals import refuses

HOUR, HALF = 3600, 1800
EXTERNAL = Cadence(
    "external",
    "Status page",
    (("SEV1", HOUR), ("SEV2", HOUR)),
    first=(("SEV1", HALF), ("SEV2", HALF)),
    start="confirmed",
    route="status page",
)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def planned(*cadences: Cadence, confirming: bool = False) -> Plan:
    """Return the shipped plan with these audiences; `confirming` lets its second phase confirm the incident."""
    plan = default_plan()
    phases = list(plan.phases)
    if confirming:
        phases[1] = replace(phases[1], milestone="confirmed")
    return replace(plan, cadences=cadences or (EXTERNAL,), templates=(), phases=tuple(phases))


def due_in(story: Story, audience: str = "external") -> timedelta | None:
    """Return how long after the start of the story the audience hears next."""
    at = next_update_due(story.incident, audience)
    return at - START if at is not None else None


def send(story: Story, audience: str = "external", after: str = "1m") -> None:
    story.do("sent", audience=audience, route="page", text="We look", after=after)


class TestTheFirst:
    def test_it_is_due_half_an_hour_after_the_confirmation_and_the_next_every_hour(self) -> None:
        story = Story().declare(plan=planned(confirming=True))
        assert due_in(story) is None, "nothing is promised before it is confirmed"
        assert [item for item in due_items(story.incident) if item.kind is DueKind.UPDATE] == []
        story.do("phase", phase="identified", after="10m")
        assert due_in(story) == minutes(40)
        assert next_update(story.incident, "external") is not None
        [item] = [item for item in due_items(story.incident) if item.kind is DueKind.UPDATE]
        assert (item.key, item.since, item.detail, item.route) == (
            "update:external", story.now, "every 1h", "status page",
        )  # fmt: skip
        send(story, after="20m")
        assert due_in(story) == minutes(90)
        send(story, after="65m")
        assert due_in(story) == minutes(155)

    def test_without_a_phase_that_confirms_the_declaration_does(self) -> None:
        assert due_in(Story().declare(plan=planned())) == minutes(30)

    def test_a_phase_that_was_skipped_confirms_as_it_is_passed(self) -> None:
        story = Story().declare(plan=planned(confirming=True))
        story.do("phase", phase="monitoring", after="10m")
        assert "confirmed" not in story.incident.milestones
        assert due_in(story) == minutes(40)

    def test_said_by_hand_the_confirmation_counts_from_when_it_was(self) -> None:
        story = Story().declare(plan=planned(confirming=True))
        story.do("mark", name="confirmed", when="-5m", after="20m")
        assert due_in(story) == minutes(45)
        story.do("undo")
        assert due_in(story) is None

    def test_a_first_word_at_once_is_late_from_the_start(self) -> None:
        story = Story().declare(plan=planned(replace(EXTERNAL, first=(("SEV2", 0),))))
        assert due_in(story) == minutes(0)

    def test_a_severity_without_a_first_has_the_period(self) -> None:
        assert due_in(Story().declare(plan=planned(replace(EXTERNAL, first=())))) == minutes(60)

    def test_one_word_and_no_more_is_promised_once(self) -> None:
        story = Story().declare(plan=planned(replace(EXTERNAL, seconds=())))
        [item] = [item for item in due_items(story.incident) if item.kind is DueKind.UPDATE]
        assert (item.detail, item.at) == ("once", START + minutes(30))
        send(story)
        assert due_in(story) is None
        assert story.incident.updates.last("external") is not None
        assert next_due(story.incident, "external", story.now) is None

    def test_a_word_sent_too_early_counts_as_the_first(self) -> None:
        story = Story().declare(plan=planned(confirming=True))
        send(story, after="5m")
        [sent] = story.incident.updates.sent.values()
        assert (sent.due, sent.next_due) == (None, None)
        story.do("phase", phase="identified", after="5m")
        assert due_in(story) == minutes(65)

    def test_a_word_sent_far_too_early_is_no_first(self) -> None:
        story = Story().declare(plan=planned(confirming=True))
        send(story, after="5m")
        story.do("phase", phase="identified", after="3h")
        assert due_in(story) == story.now - START + minutes(30)


class TestTheEnd:
    @pytest.mark.parametrize("until", ["mitigated", "resolved"])
    def test_nothing_is_promised_after_it(self, until: str) -> None:
        story = Story().declare(plan=planned(replace(EXTERNAL, until=until)))
        send(story)
        assert due_in(story) == minutes(61)
        if until == "mitigated":
            story.do("phase", phase="monitoring")
        else:
            story.do("resolve", verified="5xx at baseline")
        assert due_in(story) is None
        assert current_interval(story.incident, "external") is None

    def test_until_it_is_closed_it_goes_on_after_the_resolution(self) -> None:
        story = Story().declare(plan=planned(replace(EXTERNAL, until="closed")))
        story.do("resolve", verified="5xx at baseline", after="10m")
        assert due_in(story) == minutes(30)
        send(story, after="10m")
        story.do("close", reason="reviewed")
        assert due_in(story) is None

    def test_what_begins_with_the_resolution_runs_until_the_closing(self) -> None:
        plan = planned(replace(EXTERNAL, audience="owners", start="resolved", until="closed", first=()))
        story = Story().declare(plan=plan)
        assert due_in(story, "owners") is None
        story.do("resolve", verified="5xx at baseline", after="10m")
        assert due_in(story, "owners") == minutes(70)

    def test_it_never_outlives_the_incident(self) -> None:
        story = Story().declare(plan=planned(replace(EXTERNAL, until="mitigated")))
        story.do("resolve", verified="5xx at baseline")
        assert "mitigated" not in story.incident.milestones
        assert due_in(story) is None


class TestReopening:
    def test_what_is_promised_begins_anew_and_is_not_late_for_the_time_it_was_over(self) -> None:
        story = Story().declare(plan=planned())
        send(story, after="20m")
        story.do("resolve", verified="5xx at baseline", after="10m")
        story.do("phase", phase="investigating", reason="5xx at 5% again", after="5h")
        again = story.now - START
        assert due_in(story) == again + minutes(30)
        [item] = [item for item in due_items(story.incident) if item.kind is DueKind.UPDATE]
        assert (item.key, item.since) == ("update:external:1", story.now)
        send(story)
        assert due_in(story) == again + minutes(61)

    def test_a_promise_that_was_not_due_yet_still_holds(self) -> None:
        story = Story().declare(plan=planned())
        send(story, after="20m")
        story.do("resolve", verified="5xx at baseline")
        story.do("phase", phase="investigating", reason="5xx at 5% again", after="40m")
        assert due_in(story) == minutes(80), "its text said so"

    def test_it_ends_again_at_its_milestone_although_that_was_reached_the_first_time(self) -> None:
        story = Story().declare(plan=planned(replace(EXTERNAL, until="mitigated")))
        story.do("phase", phase="monitoring", after="10m")
        assert due_in(story) is None
        story.do("resolve", verified="5xx at baseline", after="10m")
        story.do("phase", phase="investigating", reason="it is back", after="10m")
        assert "mitigated" in story.incident.milestones
        assert due_in(story) == minutes(60)
        story.do("phase", phase="monitoring")
        assert due_in(story) is None
        for _ in range(2):
            story.do("undo")
        assert due_in(story) is None, "the reopening is taken back"
        assert not story.incident.live

    def test_going_back_to_before_its_milestone_is_enough(self) -> None:
        story = Story().declare(plan=planned(replace(EXTERNAL, until="mitigated")))
        story.do("phase", phase="monitoring", after="10m")
        story.do("phase", phase="identified", after="2h")
        assert due_in(story) == story.now - START + minutes(30)
        story.do("undo")
        assert due_in(story) is None

    def test_said_by_hand_its_milestone_ends_it_too(self) -> None:
        story = Story().declare(plan=planned(replace(EXTERNAL, until="mitigated")))
        story.do("mark", name="mitigated")
        assert due_in(story) is None
        story.do("undo")
        assert due_in(story) == minutes(30)

    def test_what_begins_with_the_resolution_begins_anew_with_the_next(self) -> None:
        plan = planned(replace(EXTERNAL, start="resolved", until="closed"))
        story = Story().declare(plan=plan)
        send(story, after="10m")
        story.do("resolve", verified="5xx at baseline")
        assert due_in(story) == story.now - START + minutes(30), "what was sent before says nothing of the end"
        story.do("phase", phase="investigating", reason="it is back", after="3h")
        assert due_in(story) is None
        story.do("resolve", verified="5xx at baseline", after="3h")
        assert due_in(story) == story.now - START + minutes(30)

    def test_reopened_into_the_phase_in_which_nothing_is_promised(self) -> None:
        story = Story().declare(plan=planned(replace(EXTERNAL, until="mitigated")))
        story.do("phase", phase="monitoring")
        story.do("resolve", verified="5xx at baseline")
        story.do("phase", phase="monitoring", reason="not quite")
        assert due_in(story) is None


class TestSeverity:
    def test_a_severity_that_asks_for_the_first_time_begins_with_itself(self) -> None:
        story = Story().declare(severity="SEV4", plan=planned())
        assert due_in(story) is None
        story.do("severity", severity="SEV1", reason="all of EU", after="2h")
        assert due_in(story) == minutes(150)

    def test_a_worse_one_asks_for_nothing_before_it_was_said(self) -> None:
        quicker = replace(EXTERNAL, first=(("SEV1", 900), ("SEV2", HALF)))
        story = Story().declare(plan=planned(quicker))
        story.do("severity", severity="SEV1", reason="all of EU", after="20m")
        assert due_in(story) == minutes(20), "at once, and not late by five minutes"
        story.do("undo")
        assert due_in(story) == minutes(30)

    def test_a_pause_lets_go_of_the_promise_and_its_end_begins_anew(self) -> None:
        story = Story().declare(plan=planned())
        send(story, after="10m")
        story.do("severity", severity="SEV4", reason="a side feature")
        assert due_in(story) is None
        story.do("severity", severity="SEV2", reason="checkout after all", after="3h")
        assert due_in(story) == story.now - START + minutes(30)

    def test_a_better_one_keeps_what_the_text_promised(self) -> None:
        slow = replace(EXTERNAL, seconds=(("SEV1", HALF), ("SEV2", 4 * HOUR)))
        story = Story().declare(severity="SEV1", plan=planned(slow))
        send(story, after="10m")
        story.do("severity", severity="SEV2", reason="a few")
        assert due_in(story) == minutes(40)


class TestByHand:
    def test_a_quicker_pace_hurries_the_first_and_a_slower_one_leaves_it(self) -> None:
        story = Story().declare(plan=planned())
        story.do("cadence", audience="external", every="15m")
        assert due_in(story) == minutes(15)
        story.do("cadence", audience="external", every="2h")
        assert due_in(story) == minutes(30)

    def test_a_pace_asks_for_nothing_before_it_was_said(self) -> None:
        story = Story().declare(plan=planned())
        send(story, after="5m")
        story.do("cadence", audience="external", every="15m", after="40m")
        assert due_in(story) == minutes(45)

    def test_it_holds_at_every_severity(self) -> None:
        story = Story().declare(severity="SEV4", plan=planned())
        story.do("cadence", audience="external", every="15m", after="10m")
        assert due_in(story) == minutes(25)
        story.do("severity", severity="SEV1", reason="worse")
        assert due_in(story) == minutes(25)

    def test_switched_on_again_it_begins_anew_and_every_step_is_taken_back(self) -> None:
        story = Story().declare(plan=planned())
        send(story, after="10m")
        before = due_in(story)
        story.do("cadence", audience="external", every="off")
        story.do("cadence", audience="external", every="30m", after="3h")
        assert due_in(story) == story.now - START + minutes(30)
        story.do("cadence", audience="external", every="1h")
        assert due_in(story) == story.now - START + minutes(29), "it was switched on a minute ago"
        story.do("undo")
        story.do("undo")
        assert due_in(story) is None
        story.do("redo", after="")
        assert due_in(story) is not None
        story.do("undo")
        story.do("undo")
        assert due_in(story) == before

    def test_an_old_journal_without_times_still_says_how_often(self) -> None:
        story = Story().declare(plan=planned())
        [event] = story.do("cadence", audience="external", every="15m")
        old = replace(event.fact, since=None, was_since=None)
        fresh = Story().declare(plan=planned())
        fresh.record.extend([replace(event, fact=old)])
        assert due_in(fresh) == minutes(15)


class TestPlans:
    def test_an_audience_that_a_new_plan_brings_is_promised_from_then_on(self) -> None:
        internal = replace(EXTERNAL, audience="internal", name="Internal", start="declared", first=())
        story = Story().declare(plan=planned())
        story.do("adopt-plan", plan=replace(planned(EXTERNAL, internal), name="Newer"), after="20m")
        assert due_in(story, "internal") == minutes(80)
        assert due_in(story, "external") == minutes(30), "what it did not change goes on"
        story.do("undo")
        assert due_in(story, "internal") is None

    def test_a_quicker_plan_asks_for_nothing_before_it_was_adopted(self) -> None:
        story = Story().declare(plan=planned())
        send(story, after="5m")
        quick = planned(replace(EXTERNAL, seconds=(("SEV2", 900),)))
        story.do("adopt-plan", plan=quick, after="40m")
        assert due_in(story) == minutes(45)

    def test_what_a_text_promised_outlives_the_plan_it_was_made_by(self) -> None:
        story = Story().declare(plan=planned())
        send(story, after="5m")
        slow = planned(replace(EXTERNAL, seconds=(("SEV2", 6 * HOUR),)))
        story.do("adopt-plan", plan=slow)
        assert due_in(story) == minutes(65)

    def test_an_audience_that_is_gone_is_promised_nothing(self) -> None:
        story = Story().declare(plan=planned())
        story.do("adopt-plan", plan=planned(replace(EXTERNAL, audience="customers", name="Customers")))
        assert due_in(story) is None
        assert due_in(story, "customers") is not None
        with refuses("audience"):
            send(story)


steps = st.lists(
    st.tuples(
        st.sampled_from(["1m", "10m", "40m", "3h"]),
        st.sampled_from(
            [
                "sent",
                "SEV1",
                "SEV2",
                "SEV4",
                "off",
                "20m",
                "2h",
                "identified",
                "monitoring",
                "resolved",
                "investigating",
            ]
        ),
    ),
    max_size=14,
)


@settings(max_examples=300, deadline=None)
@given(
    steps,
    st.sampled_from(["declared", "confirmed", "mitigated", "resolved"]),
    st.sampled_from(["mitigated", "resolved", "closed"]),
)
def test_nothing_is_asked_for_before_anybody_could_know_of_it(
    taken: list[tuple[str, str]], start: str, until: str
) -> None:
    """Whatever changes, the change itself never makes an update late that was not late before."""
    story = Story().declare(plan=planned(replace(EXTERNAL, start=start, until=until), confirming=True))
    late: set[datetime | None] = set()
    for after, step in taken:
        story.wait(after)
        before = next_update_due(story.incident, "external")
        late |= {before} if before is not None and before < story.now else set()
        _take(story, step)
        coming = next_update(story.incident, "external")
        if coming is not None:
            assert coming.due >= story.now or coming.due in late, step
            assert coming.since <= coming.due


def _take(story: Story, step: str) -> None:
    try:
        match step:
            case "sent":
                send(story, after="")
            case "off" | "20m" | "2h":
                story.do("cadence", audience="external", every=step, after="")
            case "SEV1" | "SEV2" | "SEV4":
                story.do("severity", severity=step, reason="x", after="")
            case _:
                story.do("phase", phase=step, reason="x", after="")
    except Refused:
        return
