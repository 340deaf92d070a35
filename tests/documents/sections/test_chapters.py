"""Chapters of a postmortem: outcomes, rationales, needs, handoffs, commands, and suggestions for the review."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from incident_cockpit.documents.learnings import PROMPT, missing_evidence, went_poorly, went_well
from incident_cockpit.documents.markdown import as_markdown
from incident_cockpit.documents.plan_headings import part_for
from incident_cockpit.documents.postmortem import POSTMORTEM
from incident_cockpit.documents.sections.actions import resolution
from incident_cockpit.documents.sections.causes import root_cause
from incident_cockpit.documents.sections.decisions import decisions_logged
from incident_cockpit.documents.sections.evidence import commands_table
from incident_cockpit.documents.sections.impact import impact_history, peak_sentence
from incident_cockpit.documents.sections.needs import needs_table
from incident_cockpit.documents.sections.people import role_history
from incident_cockpit.documents.sections.summary import summary
from incident_cockpit.documents.snapshot import Section, Snapshot
from incident_cockpit.incident.record import Record
from incident_cockpit.text.blocks import Text, line, plain
from support.builders import Story, loop_story
from support.naming import naming

UTC = ZoneInfo("UTC")


@pytest.fixture
def story() -> Story:
    return Story().declare()


def snapshot(story: Story) -> Snapshot:
    return Snapshot(story.record, story.now, UTC)


def written(section: Section, story: Story) -> str:
    return as_markdown(tuple(section(snapshot(story))))


def suggested(read: Callable[[Record, datetime], Iterable[Text]], story: Story) -> list[str]:
    return [plain(line(text)) for text in read(story.record, story.now)]


def test_the_peak_is_told_where_it_is_past(story: Story) -> None:
    story.do("impact", impact="8% of payments fail.")
    assert peak_sentence(snapshot(story), past=True) == ""
    story.do("impact", impact="1% of payments fail.")
    assert "Impact: 1% of payments fail. Peak: 8% of payments from 2026-11-20 14:01 UTC." in written(summary, story)


def test_effects_stand_beside_what_was_done(story: Story) -> None:
    story.do("action", text="Restarted")
    story.do("action", text="Rolled back")
    story.do("effect", action="Rolled", outcome="no", evidence="5xx as before")
    text = written(resolution, story)
    assert "Restarted (Ana)\n" in text
    assert "Rolled back (Ana) → **no change**: 5xx as before" in text
    assert naming("“Restarted”", "effect") in suggested(missing_evidence, story)


def test_a_reversed_decision_says_so(story: Story) -> None:
    story.do("decide", text="Fail over", why="disk", risk="lost writes", who="Bo")
    story.do("reverse", decision="Fail", reason="the replica lags")
    text = written(decisions_logged, story)
    assert "Fail over (Ana): because disk; risk: lost writes; decided by Bo; **reversed**: the replica lags" in text


def test_what_was_weighed_stands_below_its_cause(story: Story) -> None:
    story.do("hypothesis", text="deploy")
    story.do("supports", hypothesis="deploy", text="began with it")
    story.do("contradicts", hypothesis="deploy", text="also on old hosts")
    assert "\n  - supporting: began with it\n  - contradicting: also on old hosts" in written(root_cause, story)


def test_needs_count_until_they_were_met_or_it_was_over(story: Story) -> None:
    story.do("need", text="the vendor")
    story.do("need", text="access")
    story.do("need-met", need="access", who="Lee", after="12m")
    assert "| access | 2026-11-20 14:02 UTC | 2026-11-20 14:14 UTC, by Lee | 12m |" in written(needs_table, story)
    assert "| the vendor | 2026-11-20 14:01 UTC | not yet | 13m |" in written(needs_table, story)
    story.do("resolve", verified="at baseline", after="16m")
    assert "| the vendor | 2026-11-20 14:01 UTC | **never** | 29m |" in written(needs_table, story.wait("5h"))


def test_hand_overs_name_both_and_what_was_read_back() -> None:
    text = written(role_history, loop_story())
    assert "14:17 UTC: Ana → Kim, without asks, promise: Ana has to leave\n" in text
    assert "(impact): 8%" in text


def test_commands_and_systems_are_tables() -> None:
    story = loop_story()
    assert "| 2026-11-20 14:12 UTC | Ana | uptime | 0 | under 1s | INC-7.txt |" in written(commands_table, story)
    story.do("impact", impact="slow")
    assert "| 2026-11-20 14:11 UTC | checkout | degraded |" in written(impact_history, story)


def test_asks_that_were_passed_on_and_extended_say_so() -> None:
    story = loop_story()
    text = POSTMORTEM.text(story.record, story.now, UTC)
    assert "| Raj → Kim | replica lag? | overdue since 2026-11-20 14:16 UTC, extended once |" in text


def test_nothing_of_it_stands_where_there_was_nothing(story: Story) -> None:
    text = POSTMORTEM.text(story.record, story.now, UTC)
    for heading in ("## Needs", "Commands run", "Handoffs of command", "Peak:"):
        assert heading not in text


def test_the_review_is_told_what_helped_and_what_did_not(story: Story) -> None:
    story.do("need", text="the vendor")
    for deed, verdict in (("Rolled back", "helped"), ("Failed over", "worse"), ("Waited", "no change")):
        story.do("action", text=deed)
        story.do("effect", action=deed, outcome=verdict, evidence=f"seen after {deed}")
    story.do("decision", text="Fail over")
    story.do("reverse", decision="Fail", reason="writes stopped")
    story.wait("20m")
    well, poorly = suggested(went_well, story), suggested(went_poorly, story)
    assert "“Rolled back” helped: seen after Rolled back." in well
    assert naming("“Failed over”", "worse", "seen after Failed over") in poorly
    assert naming("“Fail over”", "reversed", "writes stopped") in poorly
    assert naming("“the vendor”", "28m so far") in poorly
    story.do("resolve", verified="at baseline")
    assert naming("“the vendor”", "29m", "never met") in suggested(went_poorly, story)
    assert not [one for one in (*well, *poorly) if "Waited" in one]


def test_a_need_that_was_met_soon_is_no_lesson(story: Story) -> None:
    story.do("need", text="the vendor")
    story.do("need-met", need="vendor", after="10m")
    assert PROMPT.total_seconds() == 600
    assert not [one for one in suggested(went_poorly, story) if "vendor" in one]


def test_headings_of_plans_find_these_parts() -> None:
    assert (part_for("What was lacking?"), part_for("Commands run during the incident")) == ("needs", "commands")
