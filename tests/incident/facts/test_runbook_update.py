"""A newer version of an attached runbook: what was done stays done, what is gone stays in the record."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from incident_cockpit.actions.arguments.of_incident import StepArg
from incident_cockpit.incident.facts.steps import MARKED_IN_FILE, Status
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.runbook.model import Runbook
from incident_cockpit.runbook.reader import read_runbook
from support.builders import Story
from support.refusals import refuses

OLD = (
    "# Disk full\n## Look\n- [ ] Check the disk\n- [ ] Check the logs\n## Mend\n- [ ] Rotate the logs\n- [ ] Call Raj\n"
)


def book(text: str = OLD) -> Runbook:
    return read_runbook(text.encode(), "disk-full.md")


def without(*words: str) -> str:
    return "".join(line for line in OLD.splitlines(keepends=True) if not any(word in line for word in words))


@pytest.fixture
def story() -> Story:
    return Story().declare(runbook=book())


def newer(story: Story, text: str, by: str = "Ana") -> None:
    story.do("update-runbook", by=by, runbook="disk-full", newer=book(text))


def stands(story: Story) -> dict[str, str]:
    """Return the steps of the runbook by their words, and what became of them."""
    steps = story.incident.steps
    return {step.text: steps.status(f"r1.{step.key}").value for step in steps.runbooks["r1"].steps}


def test_ticks_stay_with_their_steps(story: Story) -> None:
    story.do("tick", step="Check the logs")
    story.do("assign-step", step="Call Raj", who="Mio")
    newer(story, OLD.replace("## Look\n", "## Look\n- [ ] Breathe\n").replace("Rotate the logs", "Rotate the logs now"))
    assert stands(story) == {
        "Breathe": "open",
        "Check the disk": "open",
        "Check the logs": "done",
        "Rotate the logs now": "open",
        "Call Raj": "open",
    }
    assert story.incident.steps.assignees == {"r1.s4": "Mio"}
    assert [option.id for option in StepArg.choices(story.record)] == [
        "r1.s5",
        "r1.s1",
        "r1.s2",
        "r1.s3",
        "r1.s4",
    ]


def test_what_was_said_of_a_step_before_stays_true(story: Story) -> None:
    story.do("tick", step="Check the logs")
    newer(story, "- [ ] One\n- [ ] Two\n" + without("Check the logs"))
    said = [line.text for line in timeline_entries(story.record)]
    assert "Check the logs  done" in said
    assert said[-1] == "disk-full: 2 steps new, 1 gone, 3 kept"


def test_words_count_what_is_worded_anew(story: Story) -> None:
    newer(story, OLD.replace("Rotate the logs", "Rotate the log"))
    assert [line.text for line in timeline_entries(story.record)][
        -1
    ] == "disk-full: 0 steps new, 0 gone, 4 kept (1 reworded)"


def test_a_step_that_is_gone_is_no_longer_worked_on(story: Story) -> None:
    newer(story, without("Call Raj"))
    assert story.incident.steps.is_gone("r1.s4")
    with refuses("step"):
        story.do("tick", step="Call Raj")


def test_a_step_that_comes_back_is_the_step_it_was(story: Story) -> None:
    story.do("tick", step="Call Raj")
    newer(story, without("Call Raj"))
    newer(story, without("Check the disk") + "\n- [ ] New\n")
    assert stands(story)["Call Raj"] == "done"
    assert not story.incident.steps.is_gone("r1.s4")
    assert [step.key for step in story.incident.steps.gone["r1"]] == ["s1"]


def test_no_step_gets_the_key_of_one_that_is_gone(story: Story) -> None:
    newer(story, without("Call Raj"))
    newer(story, without("Call Raj") + "- [ ] Call the database team\n")
    assert [step.key for step in story.incident.steps.runbooks["r1"].steps] == ["s1", "s2", "s3", "s5"]


def test_what_the_file_has_ticked_counts_where_nobody_marked_it(story: Story) -> None:
    story.do("tick", step="Check the disk")
    story.do("reopen-step", step="Check the disk")
    newer(story, OLD.replace("[ ]", "[x]"))
    assert stands(story) == {
        "Check the disk": "open",
        "Check the logs": "done",
        "Rotate the logs": "done",
        "Call Raj": "done",
    }
    assert story.incident.steps.marks["r1.s2"].reason == MARKED_IN_FILE


class TestUndo:
    """A merge is taken back whole, unless somebody worked on what only one version has."""

    def test_everything_is_as_it_was(self, story: Story) -> None:
        story.do("tick", step="Call Raj")
        before = story.incident
        newer(story, without("Call Raj", "Check the disk") + "- [x] New\n")
        after = story.incident
        story.do("undo")
        assert replace(story.incident, seq=0, moved=None) == replace(before, seq=0, moved=None)
        story.do("redo")
        assert replace(story.incident, seq=0, moved=None) == replace(after, seq=0, moved=None)

    def test_a_step_it_brought_was_ticked(self, story: Story) -> None:
        newer(story, OLD + "- [ ] New\n")
        story.do("tick", by="Raj", step="New")
        with refuses():
            story.do("undo", by="Ana")

    def test_a_step_that_both_have_was_ticked(self, story: Story) -> None:
        newer(story, OLD + "- [ ] New\n")
        story.do("tick", by="Raj", step="Check the disk")
        story.do("undo", by="Ana")
        assert stands(story)["Check the disk"] == Status.DONE.value

    def test_the_tick_of_a_step_that_is_gone(self, story: Story) -> None:
        story.do("tick", by="Raj", step="Call Raj")
        newer(story, without("Call Raj"))
        with refuses():
            story.do("undo", by="Raj")

    def test_the_attaching_of_a_merged_runbook(self) -> None:
        story = Story().declare()
        story.do("attach", by="Raj", runbook=book())
        story.do("update-runbook", by="Ana", runbook="disk-full", newer=book(OLD + "- [ ] New\n"))
        with refuses():
            story.do("undo", by="Raj")


def test_a_step_that_was_added_moves_with_the_one_it_stands_behind(story: Story) -> None:
    story.do("add-step", step="Call Raj", text="Call Mio")
    newer(story, "- [ ] Check the disk\n- [ ] Call Raj\n- [ ] New\n")
    steps = story.incident.steps
    assert [step.text for step in steps.of("r1")] == ["Check the disk", "Call Raj", "Call Mio", "New"]
    assert all(step.section < len(steps.runbooks["r1"].sections) for step in steps.of("r1"))


GATE = "\nIf it is the logs, go to [Mend](#mend), otherwise escalate.\n\n"


def test_a_way_that_was_taken_stays_at_its_gate() -> None:
    text = OLD.replace("## Mend\n", GATE + "## Mend\n")
    story = Story().declare(runbook=book(text))
    story.do("branch", gate="r1.g1", choice="1")
    other = "\nIf it is the swap, go to [Mend](#mend), otherwise go to [Look](#look).\n\n"
    newer(story, text.replace("- [ ] Check the disk\n", "- [ ] Check the disk\n" + other))
    assert [gate.key for gate in story.incident.steps.runbooks["r1"].gates] == ["g2", "g1"]
    assert "r1.g1" in story.incident.gates
    story.do("branch", by="Raj", gate="r1.g2", choice="1")
    with refuses():
        story.do("undo", by="Ana")


@pytest.mark.parametrize(
    ("text", "mention"),
    [(OLD, "already"), ("- [ ] Entirely\n- [ ] different\n", ":attach")],
)
def test_a_file_that_is_no_newer_version_is_refused(story: Story, text: str, mention: str) -> None:
    with refuses("file") as refused:
        newer(story, text)
    assert mention in str(refused.value)


def test_an_unknown_runbook_is_refused(story: Story) -> None:
    with refuses("runbook"):
        story.do("update-runbook", runbook="network", newer=book())


def test_each_of_several_is_merged_by_itself(story: Story) -> None:
    story.do("attach", runbook=read_runbook(b"# Other\n- [ ] Check the disk\n", "other.md"))
    first, second = story.incident.steps.runbooks
    story.do("tick", step=f"{second}.s1")
    newer(story, OLD + "- [ ] New\n")
    steps = story.incident.steps
    assert list(steps.runbooks) == [first, second]
    assert (steps.status(f"{second}.s1"), steps.status(f"{first}.s1")) == (Status.DONE, Status.OPEN)


def test_the_stored_events_say_the_same(story: Story) -> None:
    story.do("tick", step="Call Raj")
    newer(story, without("Call Raj"))
    assert Record(story.record.id, story.record.events).incident == story.incident
