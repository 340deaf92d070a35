"""What a postmortem says of the loop: effects, grounds, needs, hand-overs, commands, and lessons for the review."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from incident_cockpit.documents.learnings import PROMPT, missing, went_poorly, went_well
from incident_cockpit.documents.plan_headings import meant
from incident_cockpit.documents.postmortem import postmortem
from incident_cockpit.documents.sections.attempts import commands, hand_overs, needs, systems, worst
from incident_cockpit.documents.sections.course import decisions, resolution, root_cause, summary
from support.builders import Story, loop_story

UTC = ZoneInfo("UTC")


@pytest.fixture
def story() -> Story:
    return Story().declare()


def test_the_worst_is_told_where_it_is_not_the_last(story: Story) -> None:
    story.do("impact", impact="8% of payments fail.")
    assert list(worst(story.record, past=True)) == []
    story.do("impact", impact="1% of payments fail.")
    assert "Impact: 1% of payments fail. At its worst: 8% of payments from 2026-11-20 14:01 UTC." in summary(
        story.record, story.now
    )[0].replace("  ", " ")


def test_effects_stand_beside_what_was_done(story: Story) -> None:
    story.do("action", text="Restarted")
    story.do("action", text="Rolled back")
    story.do("effect", action="Rolled", verdict="no", found="5xx as before")
    told = "\n".join(resolution(story.record, story.now))
    assert "Restarted (Ana)\n" in told
    assert "Rolled back (Ana) → **no change**: 5xx as before" in told
    assert "What “Restarted” did: `effect ACTION VERDICT`." in list(missing(story.record, story.now))


def test_a_reversed_decision_says_so(story: Story) -> None:
    story.do("decide", text="Fail over", why="disk", risk="lost writes", who="Bo")
    story.do("reverse", decision="Fail", reason="the replica lags")
    [told] = decisions(story.record, story.now)
    assert told.endswith(
        "Fail over (Ana): because disk; risk: lost writes; decided by Bo; **no longer holds**: the replica lags"
    )


def test_what_was_weighed_stands_below_its_cause(story: Story) -> None:
    story.do("hypothesis", text="deploy")
    story.do("supports", hypothesis="deploy", text="began with it")
    story.do("contradicts", hypothesis="deploy", text="also on old hosts")
    told = "\n".join(root_cause(story.record, story.now))
    assert "\n  - for: began with it\n  - against: also on old hosts" in told


def test_needs_count_until_they_were_met_or_it_was_over(story: Story) -> None:
    story.do("need", text="the vendor")
    story.do("need", text="access")
    story.do("need-met", need="access", who="Lee", after="12m")
    assert "| access | 2026-11-20 14:02 UTC | 2026-11-20 14:14 UTC, by Lee | 12m |" in needs(story.record, story.now)[0]
    assert "| the vendor | 2026-11-20 14:01 UTC | not yet | 13m |" in needs(story.record, story.now)[0]
    story.do("resolve", verified="at baseline", after="16m")
    told = needs(story.record, story.wait("5h").now)[0]
    assert "| the vendor | 2026-11-20 14:01 UTC | **never** | 29m |" in told


def test_hand_overs_name_both_and_what_was_read_back() -> None:
    told = "\n".join(hand_overs(loop_story().record))
    assert "14:17 UTC: Ana → Kim, without asks, promise: Ana has to leave\n  - read back (impact): 8%" in told


def test_commands_and_systems_are_tables() -> None:
    story = loop_story()
    assert "| 2026-11-20 14:12 UTC | Ana | uptime | 0 | under 1s | INC-7.txt |" in commands(story.record, story.now)[0]
    assert "| 2026-11-20 14:11 UTC | checkout | degraded |" in next(systems(story.record))


def test_asks_that_were_passed_on_and_extended_say_so() -> None:
    story = loop_story()
    text = postmortem(story.record, story.now, UTC)
    assert "| Raj → Kim | replica lag? | overdue since 2026-11-20 14:16 UTC, extended 1 time |" in text


def test_nothing_of_it_stands_where_there_was_nothing(story: Story) -> None:
    text = postmortem(story.record, story.now, UTC)
    for heading in ("What was lacking", "Commands run", "Command was handed over", "At its worst"):
        assert heading not in text


def test_the_review_is_told_what_helped_and_what_did_not(story: Story) -> None:
    story.do("need", text="the vendor")
    for deed, verdict in (("Rolled back", "helped"), ("Failed over", "worse"), ("Waited", "no change")):
        story.do("action", text=deed)
        story.do("effect", action=deed, verdict=verdict, found=f"seen after {deed}")
    story.do("decision", text="Fail over")
    story.do("reverse", decision="Fail", reason="writes stopped")
    story.wait("20m")
    well, poorly = list(went_well(story.record, story.now)), list(went_poorly(story.record, story.now))
    assert "“Rolled back” helped: seen after Rolled back." in well
    assert "“Failed over” made it worse: seen after Failed over." in poorly
    assert "“Fail over” was decided and taken back: writes stopped." in poorly
    assert "“the vendor” was lacking for 28m so far." in poorly
    story.do("resolve", verified="at baseline")
    assert "“the vendor” was lacking for 29m, and never came." in went_poorly(story.record, story.now)
    assert not [one for one in (*well, *poorly) if "Waited" in one]


def test_a_need_that_was_met_soon_is_no_lesson(story: Story) -> None:
    story.do("need", text="the vendor")
    story.do("need-met", need="vendor", after="10m")
    assert PROMPT.total_seconds() == 600
    assert not [one for one in went_poorly(story.record, story.now) if "vendor" in one]


def test_headings_of_plans_find_these_parts() -> None:
    assert (meant("What was lacking?"), meant("Commands run during the incident")) == ("needs", "commands")
