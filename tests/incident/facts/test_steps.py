"""What is done to a step beyond a tick: an answer, all that is under it, a time, a taker; and steps that are added."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from incident_cockpit.incident.facts.roles import assignee_name, first_mention
from incident_cockpit.incident.facts.steps import Status, is_question
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.runbook.model import Runbook
from incident_cockpit.runbook.reader import read_runbook
from support.builders import Story, default_plan
from support.naming import naming
from support.refusals import refuses

TEXT = """# Disk full
## Look
- [ ] Check the disk
  - [ ] Which one is it?
    - [ ] Name it, with its size and what is on it, to the @scribe
  - [ ] Free some space
- [ ] Check the logs

## Mend
- [ ] Rotate the logs
- [ ] Tell everybody who waits for the shop to come back: @comms, not raj@scribe.example
"""


def book(text: str = TEXT) -> Runbook:
    return read_runbook(text.encode(), "disk-full.md")


@pytest.fixture
def story() -> Story:
    return Story().declare(runbook=book())


def said(story: Story) -> str:
    return list(timeline_entries(story.record))[-1].text


def texts(story: Story) -> list[str]:
    return [step.text for step in story.incident.steps.of("r1")]


def same(one: Incident, other: Incident) -> bool:
    return replace(one, seq=0, moved=None) == replace(other, seq=0, moved=None)


class TestQuestions:
    """An answer is a fact of the incident, and the step is done with it."""

    def test_an_answer_does_the_step(self, story: Story) -> None:
        story.do("answer-step", by="Raj", step="Which one", answer="/var, on db-2")
        mark = story.incident.steps.marks["r1.s2"]
        assert (mark.status, mark.who, mark.when, mark.answer) == (Status.DONE, "Raj", story.now, "/var, on db-2")
        assert said(story) == "Which one is it?  → /var, on db-2"

    def test_without_words_it_is_ticked(self, story: Story) -> None:
        story.do("answer-step", step="Which one", answer="")
        assert said(story) == "Which one is it?  done"

    def test_another_answer_puts_it_right_and_undo_brings_the_first_one_back(self, story: Story) -> None:
        story.do("answer-step", step="Which one", answer="/var")
        story.do("answer-step", step="Which one", answer="/home")
        assert story.incident.steps.marks["r1.s2"].answer == "/home"
        story.do("undo")
        assert story.incident.steps.marks["r1.s2"].answer == "/var"

    def test_a_tick_can_be_answered_later(self, story: Story) -> None:
        story.do("tick", step="Which one")
        story.do("answer-step", step="Which one", answer="/var")
        assert story.incident.steps.marks["r1.s2"].answer == "/var"

    @pytest.mark.parametrize("answer", ["/var", ""])
    def test_the_same_again_and_nothing_take_no_answer_away(self, story: Story, answer: str) -> None:
        story.do("answer-step", step="Which one", answer="/var")
        with refuses("step"):
            story.do("answer-step", step="Which one", answer=answer)
        assert story.incident.steps.marks["r1.s2"].answer == "/var"

    @pytest.mark.parametrize("opening", ["tick", "reopen-step", "start-step"])
    def test_an_open_question_has_no_answer_and_undo_brings_it_back(self, story: Story, opening: str) -> None:
        story.do("answer-step", step="Which one", answer="/var")
        story.do(opening, step="Which one")
        assert story.incident.steps.marks["r1.s2"].answer == ""
        assert not story.incident.steps.closed("r1.s2")
        story.do("undo")
        assert story.incident.steps.marks["r1.s2"].answer == "/var"

    @pytest.mark.parametrize(
        ("text", "asks"),
        [
            ("Which one is it?", True), ("What changed? (deploys, flags)", True), ("“Is it the disk?”", True),
            ("原因は何か？", True), ("ما السبب؟", True), ("**Is it back?** ", True), ("Check the disk", False),
            ("Ask: is it back? Then go on", False), ("Open https://x.example/?a=1", False), ("", False),
            ("(Why?) Roll back", False),
        ],
    )  # fmt: skip
    def test_what_ends_with_the_sign_is_a_question(self, story: Story, text: str, asks: bool) -> None:
        step = story.incident.steps.of("r1")[0]
        assert is_question(replace(step, text=text)) is asks


class TestAllUnderIt:
    """A parent closes with its children only when the person says so."""

    def test_a_tick_leaves_what_is_under_it(self, story: Story) -> None:
        story.do("tick", step="s1")
        assert [story.incident.steps.closed(one) for one in story.incident.steps.under("r1.s1")] == [False] * 3

    def test_everything_open_is_done_and_what_was_settled_stays(self, story: Story) -> None:
        story.do("answer-step", by="Raj", step="Which one", answer="/var")
        story.do("skip", by="Raj", step="Free some", reason="no time")
        before = story.incident
        events = story.do("tick-all", step="s1")
        marks = story.incident.steps.marks
        assert len(events) == 2
        assert {key: mark.status.value for key, mark in marks.items()} == {
            "r1.s1": "done", "r1.s2": "done", "r1.s3": "done", "r1.s4": "skipped",
        }  # fmt: skip
        assert (marks["r1.s2"].answer, marks["r1.s4"].reason) == ("/var", "no time")
        story.do("undo")
        assert same(story.incident, before)

    def test_it_reaches_what_was_added_there(self, story: Story) -> None:
        [event] = story.do("add-step", step="s4", text="Clean /tmp")
        story.do("tick-all", step="s1")
        assert story.incident.steps.closed(f"r1.a{event.seq}")

    def test_nothing_open_is_refused(self, story: Story) -> None:
        story.do("tick-all", step="s1")
        with refuses("step"):
            story.do("tick-all", step="s1")

    def test_under_is_every_depth_in_order(self, story: Story) -> None:
        steps = story.incident.steps
        assert steps.under("r1.s1") == ("r1.s2", "r1.s3", "r1.s4")
        assert steps.under("r1.s2") == ("r1.s3",)
        assert steps.under("r1.s5") == steps.under("r9.s1") == steps.under("r1.s99") == ()


class TestTime:
    """A step can have a time in which it should be done."""

    def test_it_begins_when_it_was_said(self, story: Story) -> None:
        story.wait("10m")
        story.do("timebox", step="s1", within="10m", when="-4m")
        assert story.incident.steps.time_limits == {"r1.s1": story.now + timedelta(minutes=6)}
        assert said(story) == "Check the disk  due 14:17 UTC"
        story.do("timebox", step="Check the logs", within="2d")
        assert said(story).startswith("Check the logs  due 11-22 14:"), "another day is named"

    def test_it_is_moved_and_taken_away(self, story: Story) -> None:
        story.do("timebox", step="s1", within="10m")
        first = story.incident
        story.do("timebox", step="s1", within="1h")
        story.do("undo")
        assert same(story.incident, first)
        story.do("timebox", step="s1", within="off")
        assert story.incident.steps.time_limits == {}
        assert said(story) == naming("Check the disk", "no time")

    def test_closed_step_gets_no_time_limit(self, story: Story) -> None:
        with refuses("within"):
            story.do("timebox", step="s1", within="off")
        story.do("tick", step="s1")
        with refuses("step"):
            story.do("timebox", step="s1", within="10m")


class TestTakers:
    """A step is with a person, or with whoever holds a role."""

    def test_a_role_follows_who_holds_it(self, story: Story) -> None:
        story.do("assign-step", step="s1", who="@tech")
        assert assignee_name(story.incident, "@tech") == "Technical Lead"
        story.do("assign", role="tech", who="Raj")
        assert assignee_name(story.incident, "@tech") == "Technical Lead (Raj)"
        story.do("assign", role="sme", who="Lee")
        story.do("assign", role="sme", who="Mio")
        assert assignee_name(story.incident, "@sme") == "Subject Matter Expert (Lee, Mio)"
        told = [line.text for line in timeline_entries(story.record) if line.sort == "step"]
        assert told == ["Check the disk  → Technical Lead"], "the timeline stays as it was said"

    def test_a_person_is_their_name_and_a_role_the_plan_lost_its_id(self, story: Story) -> None:
        assert assignee_name(story.incident, "Raj") == "Raj"
        assert assignee_name(story.incident, "@pilot") == "pilot"

    def test_the_file_gives_steps_to_roles_without_a_line_each(self, story: Story) -> None:
        assert story.incident.steps.assignees == {"r1.s3": "@scribe", "r1.s7": "@comms"}
        assert not [line for line in timeline_entries(story.record) if line.sort == "step"]

    def test_what_it_has_already_is_refused(self, story: Story) -> None:
        story.do("assign", role="scribe", who="Mio")
        with refuses("who"):
            story.do("assign-step", step="s3", who="Scribe")

    @pytest.mark.parametrize(
        ("text", "role"),
        [
            ("Ask the @scribe.", "@scribe"), ("@IC: decide", "@ic"), ("@incident-commander", "@ic"),
            ("@Communications_Lead writes", "@comms"), ("write to raj@scribe.example", ""), ("@here", ""),
            ("@nobody, then @tl", "@tech"), ("scribe", ""), ("", ""),
        ],
    )  # fmt: skip
    def test_a_role_is_named_by_its_id_its_short_form_or_its_name(self, text: str, role: str) -> None:
        assert first_mention(default_plan(), text) == role
        assert first_mention(None, text) == ""

    def test_a_newer_file_moves_what_the_file_gave_and_not_what_people_gave(self, story: Story) -> None:
        story.do("assign-step", step="s7", who="Raj")
        before = story.incident
        story.do("update-runbook", runbook="r1", newer=book(TEXT.replace("@scribe", "@tech").replace("@comms", "@sme")))
        assert story.incident.steps.assignees == {"r1.s3": "@tech", "r1.s7": "Raj"}
        story.do("undo")
        assert same(story.incident, before)

    def test_a_newer_file_that_names_nobody_takes_its_own_role_away(self, story: Story) -> None:
        story.do("update-runbook", runbook="r1", newer=book(TEXT.replace("@scribe", "scribe")))
        assert story.incident.steps.assignees == {"r1.s7": "@comms"}


class TestAdded:
    """What is added stands behind its step, and what was added there before."""

    def test_it_stands_behind_what_is_under_the_step(self, story: Story) -> None:
        [event] = story.do("add-step", step="s1", text="Call  the\nstorage team")
        assert texts(story)[4:6] == ["Call the storage team", "Check the logs"]
        step = story.incident.steps.find(f"r1.a{event.seq}")
        assert step is not None
        assert (step.depth, step.parent, step.section) == (0, None, story.incident.steps.of("r1")[0].section)
        assert said(story) == "Call the storage team  added"

    def test_behind_a_child_it_is_a_child(self, story: Story) -> None:
        story.do("add-step", step="s1", text="one")
        story.do("add-step", step="s4", text="inside")
        steps = {step.text: step for step in story.incident.steps.of("r1")}
        assert (steps["inside"].parent, steps["inside"].depth) == ("s1", 1)
        assert list(steps)[3:6] == ["Free some space", "inside", "one"]

    def test_several_stand_in_the_order_they_came_each_before_what_is_behind_it(self, story: Story) -> None:
        for step, text in (("s5", "one"), ("s5", "two"), ("one", "behind one"), ("two", "behind two")):
            story.do("add-step", step=step, text=text)
        assert texts(story)[4:9] == ["Check the logs", "one", "behind one", "two", "behind two"]

    def test_it_is_worked_on_like_any_other(self, story: Story) -> None:
        story.do("add-step", step="s5", text="Is it back?")
        story.do("answer-step", step="Is it back", answer="yes")
        story.do("reopen-step", step="Is it back")
        story.do("assign-step", step="Is it back", who="@scribe")
        story.do("timebox", step="Is it back", within="5m")
        assert said(story).startswith("Is it back?  due")

    def test_it_is_taken_back_until_something_is_built_on_it(self, story: Story) -> None:
        before = story.incident
        story.do("add-step", by="Ana", step="s5", text="one")
        story.do("undo", by="Ana")
        assert same(story.incident, before)
        story.do("redo", by="Ana")
        story.do("tick", by="Raj", step="one")
        with refuses():
            story.do("undo", by="Ana")
        story.do("undo", by="Raj")
        story.do("add-step", by="Raj", step="one", text="two")
        with refuses():
            story.do("undo", by="Ana")
        story.do("undo", by="Raj")
        story.do("undo", by="Ana")
        assert same(story.incident, before)
        with refuses():
            story.do("redo", by="Raj")

    def test_a_tick_above_it_can_still_be_undone(self, story: Story) -> None:
        story.do("tick", by="Ana", step="s5")
        story.do("add-step", by="Raj", step="s5", text="one")
        story.do("undo", by="Ana")
        assert not story.incident.steps.closed("r1.s5")

    @pytest.mark.parametrize("text", ["", " \n"])
    def test_without_words_it_is_refused(self, story: Story, text: str) -> None:
        with refuses("text"):
            story.do("add-step", step="s1", text=text)


class TestAddedAndNewerVersions:
    """Every version keeps what people added, in the place that is left for it."""

    def newer(self, story: Story, text: str, by: str = "Ana") -> None:
        story.do("update-runbook", by=by, runbook="disk-full", newer=book(text))

    def test_its_step_is_gone_and_its_section_is_there(self, story: Story) -> None:
        story.do("add-step", step="Which one", text="added")
        story.do("add-step", step="added", text="behind it")
        self.newer(story, "# New\n- [ ] First\n" + TEXT.replace("  - [ ] Which one is it?\n", ""))
        assert texts(story)[:7] == [
            "First", "Check the disk", "Name it, with its size and what is on it, to the @scribe", "Free some space",
            "Check the logs", "added", "behind it",
        ]  # fmt: skip
        sections = [story.incident.steps.runbooks["r1"].sections[one.section].title
                    for one in story.incident.steps.of("r1")]  # fmt: skip
        assert sections[5:7] == ["Look", "Look"]
        assert [(one.depth, one.parent) for one in story.incident.steps.of("r1")[5:7]] == [(0, None)] * 2

    def test_its_section_is_gone_too(self, story: Story) -> None:
        story.do("add-step", step="Free some", text="added")
        before = story.incident
        self.newer(story, "# Disk full\n## Mend\n- [ ] Rotate the logs\n  - [ ] Twice\n")
        assert texts(story) == ["Rotate the logs", "Twice", "added"]
        assert story.incident.steps.of("r1")[-1].parent is None
        story.do("tick", step="added")
        story.do("undo")
        story.do("undo")
        assert same(story.incident, before)

    def test_its_step_comes_back(self, story: Story) -> None:
        story.do("add-step", step="Which one", text="added")
        order = texts(story)
        self.newer(story, TEXT.replace("  - [ ] Which one is it?\n", ""))
        self.newer(story, TEXT + "\n")
        assert texts(story) == order

    def test_the_section_is_empty_now(self, story: Story) -> None:
        story.do("add-step", step="Check the logs", text="added")
        self.newer(story, "# Disk full\n## Look\nNothing.\n## Mend\n- [ ] Rotate the logs\n")
        assert texts(story) == ["added", "Rotate the logs"]

    def test_the_owner_took_it_over(self, story: Story) -> None:
        [event] = story.do("add-step", step="Check the logs", text="Call storage")
        story.do("answer-step", by="Raj", step="Call storage", answer="done")
        before = story.incident
        self.newer(story, TEXT.replace("- [ ] Check the logs\n", "- [ ] Check the logs\n- [ ] Call storage\n"))
        steps = story.incident.steps
        assert texts(story).count("Call storage") == 1
        assert steps.added == {}
        assert steps.marks[f"r1.a{event.seq}"].answer == "done"
        assert [line.text for line in timeline_entries(story.record)][-1].startswith("disk-full: 1 step new")
        story.do("undo")
        assert same(story.incident, before)

    def test_a_merge_stays_when_something_was_added_behind_what_it_brought(self, story: Story) -> None:
        self.newer(story, TEXT + "- [ ] New\n")
        story.do("add-step", by="Raj", step="New", text="added")
        with refuses():
            story.do("undo", by="Ana")

    def test_an_addition_is_taken_back_after_a_merge(self, story: Story) -> None:
        story.do("add-step", by="Raj", step="Free some", text="added")
        self.newer(story, TEXT.replace("  - [ ] Free some space\n", ""))
        story.do("undo", by="Raj")
        assert "added" not in texts(story)

    def test_boxes_of_a_step_that_is_gone_hold_the_merge_apart(self, story: Story) -> None:
        story.do("timebox", by="Raj", step="Free some", within="5m")
        self.newer(story, TEXT.replace("  - [ ] Free some space\n", ""))
        with refuses():
            story.do("undo", by="Raj")


def test_a_long_runbook_with_many_additions_is_looked_up_in_one_pass() -> None:
    text = "".join(f"- [ ] step {number}\n" for number in range(1200))
    story = Story().declare(runbook=book(text))
    for number in range(50):
        story.do("add-step", step=f"s{number * 24 + 1}", text=f"added {number}")
    steps = story.incident.steps
    assert len(steps.of("r1")) == 1250
    assert steps.of("r1") is steps.of("r1")
    assert all(steps.find(f"r1.{step.key}") is step for step in steps.of("r1"))


def test_a_line_leaves_out_the_role_that_ends_a_step() -> None:
    story = Story().declare(
        runbook=read_runbook(b"# List\n\n- [ ] Tell support @comms\n- [ ] Mail ops @unknown\n", "list.md")
    )
    story.do("tick", step="s1")
    story.do("tick", step="s2")
    assert [line.text for line in timeline_entries(story.record)][-2:] == [
        "Tell support  done",
        "Mail ops @unknown  done",
    ]
