"""Where somebody was: behind what they did last, whatever others did meanwhile."""

from __future__ import annotations

import pytest

from incident_cockpit.incident.views.checklist import LastPosition, last_position
from incident_cockpit.runbook.reader import read_runbook
from support.builders import Story

TEXT = """# R
## One
- [x] a
- [ ] b
- [ ] c

If it is back, go to [Three](#three). If not, escalate.

## Two
- [ ] d
## Three
- [ ] e
"""


@pytest.fixture
def story() -> Story:
    return Story().declare(runbook=read_runbook(TEXT.encode(), "r.md"))


def at(story: Story, who: str = "Ana") -> str | None:
    found = last_position(story.record, who)
    return found.step if found else None


def test_last_position_needs_a_marked_step(story: Story) -> None:
    assert last_position(story.record, "Ana") is None, "what the file brought along is nobody's work"
    story.do("note", text="hello")
    story.do("assign-step", step="b", who="Ana")
    assert last_position(story.record, "Ana") is None


def test_it_is_the_first_open_step_behind_and_since_the_mark(story: Story) -> None:
    story.do("tick", step="b")
    since = story.now
    story.do("tick", by="Raj", step="c")
    story.wait("10m")
    assert last_position(story.record, "Ana") == LastPosition("r1.s4", since)
    assert at(story, "Raj") == "r1.s4"
    assert last_position(story.record, "Mio") is None


def test_the_newest_mark_counts_and_not_the_lowest(story: Story) -> None:
    story.do("tick", step="d")
    story.do("tick", step="b")
    assert at(story) == "r1.s3"


@pytest.mark.parametrize("action", ["start-step", "reopen-step"])
def test_what_is_not_closed_is_the_place_itself(story: Story, action: str) -> None:
    story.do("tick", step="b")
    story.do(action, step="b")
    assert at(story) == "r1.s2"


def test_a_skip_and_an_answer_count(story: Story) -> None:
    story.do("skip", step="b", reason="x")
    assert at(story) == "r1.s3"
    story.do("answer-step", step="c", answer="y")
    assert at(story) == "r1.s4"


def test_behind_the_end_it_begins_again_and_ends_when_all_is_done(story: Story) -> None:
    story.do("tick", step="e")
    assert at(story) == "r1.s2"
    for step in "bcd":
        story.do("tick", step=step)
    assert last_position(story.record, "Ana") is None


def test_what_was_taken_back_and_its_taking_back_do_not_count(story: Story) -> None:
    story.do("tick", step="b")
    since = story.now
    story.do("tick", step="d")
    story.do("undo")
    assert last_position(story.record, "Ana") == LastPosition("r1.s3", since)
    story.do("redo")
    assert at(story) == "r1.s5"


def test_a_decision_leads_on(story: Story) -> None:
    story.do("tick", step="b")
    story.do("branch", gate="g1", choice="Three")
    assert at(story) == "r1.s5"
    story.do("tick", step="e")
    assert at(story) == "r1.s3"


def test_a_decision_that_leads_nowhere_leaves_the_place(story: Story) -> None:
    story.do("tick", step="b")
    story.do("branch", gate="g1", choice="2")
    assert at(story) == "r1.s3"


def test_added_steps_are_not_passed_over(story: Story) -> None:
    [event] = story.do("add-step", step="b", text="added")
    story.do("tick", step="b")
    assert at(story) == f"r1.a{event.seq}"


def test_a_step_that_is_gone_leads_to_the_first_that_is_open(story: Story) -> None:
    story.do("tick", step="d")
    story.do("update-runbook", runbook="r", newer=read_runbook(TEXT.replace("- [ ] d\n", "").encode(), "r.md"))
    assert at(story) == "r1.s2"


def test_each_runbook_has_its_own_order(story: Story) -> None:
    story.do("attach", runbook=read_runbook(b"- [ ] x\n- [ ] y\n", "other.md"))
    second = list(story.incident.steps.runbooks)[1]
    story.do("tick", step="x")
    assert at(story) == f"{second}.s2"
    story.do("undo")
    story.do("undo")
    assert last_position(story.record, "Ana") is None
