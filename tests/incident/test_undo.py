"""Taking back: one's own newest action, unless somebody built on it or it was told; and bringing it back."""

from __future__ import annotations

import pytest

from incident_cockpit.incident.event import Change
from incident_cockpit.incident.views.timeline import timeline_entries
from support.builders import RUNBOOK, Story, runbook_at
from support.refusals import refuses


@pytest.fixture
def story() -> Story:
    return Story().declare(runbook=RUNBOOK)


def impact(story: Story) -> str | None:
    return story.incident.impact.value if story.incident.impact else None


def test_each_takes_back_their_own_newest_first(story: Story) -> None:
    story.do("impact", by="Ana", impact="8%")
    story.do("hypothesis", by="Raj", text="DNS")
    story.do("title", by="Ana", title="Cards fail")
    story.do("undo", by="Ana")
    assert story.incident.title == "Checkout returns 500 for EU cards"
    story.do("undo", by="Raj")
    assert story.incident.hypotheses == {}
    story.do("undo", by="Ana")
    assert impact(story) is None
    with refuses():
        story.do("undo", by="Raj")


def test_the_facts_of_one_action_go_together(story: Story) -> None:
    before = story.incident
    assert len(story.do("phase", phase="monitoring")) == 2
    undone = story.do("undo")
    assert len(undone) == 2
    assert [event.undoes for event in undone] == [story.record.seq - 2, story.record.seq - 3]
    assert story.incident.phase == before.phase
    assert story.incident.milestones == before.milestones


def test_the_opening_is_not_undone(story: Story) -> None:
    with refuses():
        story.do("undo")


def test_what_another_changed_since_is_not_undone(story: Story) -> None:
    story.do("impact", by="Ana", impact="8%")
    story.do("impact", by="Raj", impact="all")
    with refuses():
        story.do("undo", by="Ana")
    story.do("undo", by="Raj")
    story.do("undo", by="Ana")
    assert impact(story) is None


def test_a_runbook_on_which_steps_were_ticked_is_not_taken_away() -> None:
    story = Story().declare()
    story.do("attach", by="Ana", runbook=runbook_at(RUNBOOK))
    story.do("tick", by="Raj", step="1")
    with refuses():
        story.do("undo", by="Ana")
    story.do("undo", by="Raj")
    story.do("undo", by="Ana")
    assert story.incident.steps.runbooks == {}
    with refuses():
        story.do("redo", by="Raj")
    assert story.incident.steps.marks == {}


def test_an_ask_that_was_answered_since_is_not_taken_away(story: Story) -> None:
    story.do("ask", by="Ana", who="Raj", text="lag?")
    story.do("answer", by="Raj", ask="lag", answer="3 s")
    with refuses():
        story.do("undo", by="Ana")


@pytest.mark.parametrize(
    ("action", "values"),
    [
        ("severity", {"severity": "SEV1", "reason": "all of EU"}),
        ("phase", {"phase": "identified"}),
        ("impact", {"impact": "all of EU"}),
    ],
)
def test_what_an_update_told_is_changed_anew_and_not_undone(story: Story, action: str, values: dict[str, str]) -> None:
    story.do(action, by="Ana", **values)
    story.do("sent", by="Raj", audience="internal", route="xclip", text="SEV1")
    with refuses():
        story.do("undo", by="Ana")
    story.do("undo", by="Raj")
    story.do("undo", by="Ana")


def test_what_no_update_tells_is_undone_after_one_too(story: Story) -> None:
    story.do("note", by="Ana", text="a slip")
    story.do("sent", by="Raj", audience="internal", route="xclip", text="SEV2")
    assert story.do("undo", by="Ana")


def test_redo_brings_back_as_often_as_was_undone_and_no_more(story: Story) -> None:
    for text in ("one", "two", "three"):
        story.do("note", text=text)
    whole = [line.text for line in timeline_entries(story.record)]
    for _ in range(3):
        story.do("undo")
    for _ in range(3):
        story.do("redo")
    assert [line.text for line in timeline_entries(story.record)] == whole
    with refuses():
        story.do("redo")
    story.do("undo")
    story.do("redo")
    assert [line.text for line in timeline_entries(story.record)] == whole


def test_redo_ends_where_something_new_was_done(story: Story) -> None:
    story.do("note", text="one")
    story.do("undo")
    story.do("note", by="Raj", text="of another, which does not matter")
    story.do("redo")
    story.do("undo")
    story.do("note", text="two")
    with refuses():
        story.do("redo")


def test_redo_does_not_bury_what_another_took_back_meanwhile(story: Story) -> None:
    story.do("impact", by="Ana", impact="8%")
    story.do("impact", by="Raj", impact="all")
    story.do("undo", by="Raj")
    story.do("undo", by="Ana")
    with refuses():
        story.do("redo", by="Raj")
    assert impact(story) is None


def test_undo_never_reaches_past_what_was_undone_already(story: Story) -> None:
    story.do("impact", impact="8%")
    story.do("impact", impact="all")
    story.do("undo")
    story.do("redo")
    story.do("undo")
    assert impact(story) == "8%"
    story.do("undo")
    assert impact(story) is None


def test_the_inverse_of_an_inverse_is_the_fact_itself(story: Story) -> None:
    for action, values in (("impact", {"impact": "x"}), ("tick", {"step": "1"}), ("timer", {"within": "5m"})):
        [event] = story.do(action, **values)
        assert isinstance(event.fact, Change)
        assert event.fact.inverse() != event.fact
        assert event.fact.inverse().inverse() == event.fact
        assert event.fact.inverse().subject == event.fact.subject
