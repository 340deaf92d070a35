"""What an owner hears of a runbook after an incident: each remark by its rule, and as a diff that applies."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incident_cockpit.errors import NotFound, Refused
from incident_cockpit.incident.views.redline import Redline, RemarkKind, as_diff, redline
from incident_cockpit.runbook.model import Runbook
from incident_cockpit.runbook.reader import read_runbook
from support.builders import Story, plain_plan
from support.naming import naming
from support.refusals import refuses

TEXT = "# Disk full\n\n## Look\n\n" + "".join(f"- [ ] Look {number}\n" for number in range(1, 7))
TEXT += "\n## Mend\n\n- [ ] Mend it\n  - [ ] Rotate\n- [ ] Tell them\n"


def book(text: str = TEXT) -> Runbook:
    return read_runbook(text.encode(), "disk-full.md")


@pytest.fixture
def story() -> Story:
    return Story().declare(runbook=book(), plan=plain_plan())


def of(story: Story, *sorts: RemarkKind) -> list[tuple[str, str]]:
    """Return the remarks of these sorts: the words of their step, and what is said."""
    found = redline(story.record, "r1").remarks
    return [(one.text, one.words("INC-7")) for one in found if not sorts or one.sort in sorts]


def tick(story: Story, *steps: str, after: str = "1m") -> None:
    for step in steps:
        story.do("tick", step=step, after=after)


def test_skipped_step_has_its_reason(story: Story) -> None:
    story.do("skip", step="Look 2", reason="the disk is gone")
    assert of(story, RemarkKind.SKIPPED) == [("Look 2", "skipped in INC-7: the disk is gone")]


def test_names_stay_out(story: Story) -> None:
    story.do("assign-step", step="Look 1", who="Mio")
    story.do("skip", step="Look 2", reason="the disk is gone", by="Raj")
    tick(story, "Tell them", "Look 3")
    assert not [words for _, words in of(story) if any(name in words for name in ("Mio", "Raj", "Ana"))]


def test_answered_step_has_its_answer_redacted(story: Story) -> None:
    story.do("answer-step", step="Look 3", answer="it is 93% full, token=hunter2hunter2")
    [(text, words)] = of(story, RemarkKind.ANSWERED)
    assert (text, words.startswith("answered in INC-7: it is 93% full")) == ("Look 3", True)
    assert "hunter2" not in words


def test_added_step_stands_behind_its_step(story: Story) -> None:
    story.do("add-step", step="Look 3", text="Look at the other disk")
    story.do("add-step", step="Look at the other", text="and at the third")
    story.do("tick", step="and at the third")
    assert of(story, RemarkKind.ADDED) == [
        ("Look at the other disk", naming("added", "open", "INC-7: Look at the other disk")),
        ("and at the third", naming("added", "done", "INC-7: and at the third")),
    ]
    made = as_diff(redline(story.record, "r1"), TEXT.encode(), "disk-full.md")
    assert re.search(r" - \[ \] Look 3\n\+  <!-- .*added", made)


class TestLeftOpen:
    """Steps left open and sections never used."""

    def test_steps_and_whole_sections(self, story: Story) -> None:
        tick(story, "Look 1", "Look 3", "Look 4", "Look 5")
        story.do("start-step", step="Look 6")
        assert of(story, RemarkKind.LEFT_OPEN, RemarkKind.UNUSED) == [
            ("Look 2", "still open in INC-7"),
            ("Look 6", naming("still open", "INC-7", "started")),
            ("Mend", naming("no step", "so far", "INC-7")),
        ]

    def test_at_the_end_it_was_left_open(self, story: Story) -> None:
        tick(story, *(f"Look {number}" for number in range(1, 6)))
        story.do("resolve", verified="it has room")
        story.do("close")
        assert of(story, RemarkKind.LEFT_OPEN, RemarkKind.UNUSED) == [
            ("Look 6", "left open in INC-7"),
            ("Mend", naming("no step", "INC-7")),
        ]


class TestOutOfOrder:
    """The fewest steps that explain the order are named."""

    def test_in_order_says_nothing(self, story: Story) -> None:
        tick(story, "Look 1", "Look 2", "Look 4", "Rotate", "Mend it")
        assert of(story, RemarkKind.OUT_OF_ORDER) == []

    def test_too_early(self, story: Story) -> None:
        tick(story, "Tell them", "Look 1", "Look 2", "Look 3")
        assert of(story, RemarkKind.OUT_OF_ORDER) == [("Tell them", naming("out of order", "INC-7: before 'Look 3'"))]

    def test_too_late(self, story: Story) -> None:
        tick(story, "Look 2", "Look 3", "Tell them", "Look 1")
        assert of(story, RemarkKind.OUT_OF_ORDER) == [("Look 1", naming("out of order", "INC-7: after 'Look 2'"))]

    def test_a_parent_is_done_with_its_children(self, story: Story) -> None:
        tick(story, "Mend it", "Rotate", "Tell them")
        assert of(story, RemarkKind.OUT_OF_ORDER) == []

    def test_step_ticked_in_the_file_has_no_order(self) -> None:
        told = Story().declare(runbook=book(TEXT.replace("[ ] Tell", "[x] Tell")))
        tick(told, "Look 1", "Look 2")
        assert of(told, RemarkKind.OUT_OF_ORDER) == []


class TestSlow:
    """Three times as long as usual, and five minutes at least."""

    def test_one_that_took_long(self, story: Story) -> None:
        tick(story, "Look 1", "Look 2", "Look 3", after="2m")
        tick(story, "Look 4", after="24m")
        tick(story, "Look 5", after="2m")
        assert of(story, RemarkKind.SLOW) == [("Look 4", naming("INC-7: 24m", "2m"))]

    def test_it_counts_from_when_it_was_begun(self, story: Story) -> None:
        tick(story, "Look 1", "Look 2", "Look 3", after="2m")
        story.do("start-step", step="Look 4", after="30m")
        tick(story, "Look 4", after="2m")
        assert of(story, RemarkKind.SLOW) == []

    def test_a_few_seconds_are_never_slow(self, story: Story) -> None:
        tick(story, "Look 1", "Look 2", "Look 3", after="5s")
        tick(story, "Look 4", after="4m")
        assert of(story, RemarkKind.SLOW) == []

    def test_with_few_steps_nobody_knows(self, story: Story) -> None:
        tick(story, "Look 1", "Look 2", after="1m")
        tick(story, "Look 3", after="2h")
        assert of(story, RemarkKind.SLOW) == []


class TestVersions:
    """What newer versions changed is told; what was done and is gone is proposed."""

    def test_new_reworded_and_gone(self, story: Story) -> None:
        tick(story, "Look 1", "Look 2")
        newer = TEXT.replace("- [ ] Look 2\n", "").replace("Tell them", "Tell them all")
        newer = newer.replace("Tell them all", "Tell theme").replace("## Look\n\n", "## Look\n\n- [ ] Breathe\n")
        story.do("update-runbook", runbook="r1", newer=book(newer))
        assert of(story, RemarkKind.NEW, RemarkKind.REWORDED, RemarkKind.GONE) == [
            ("Breathe", naming("newer version", "INC-7")),
            ("Tell theme", naming("reworded", "INC-7", "'Tell them'")),
            ("Look 2", naming("done", "gone", "INC-7: 'Look 2'")),
        ]
        made = as_diff(redline(story.record, "r1"), newer.encode(), "disk-full.md")
        assert re.search(r"\+<!-- .*gone.* INC-7: 'Look 2' -->\n", made)
        assert "reworded" not in made

    def test_a_merge_that_was_taken_back(self, story: Story) -> None:
        tick(story, "Look 1")
        story.do("update-runbook", runbook="r1", newer=book(TEXT + "- [ ] New\n"))
        story.do("undo")
        assert of(story, RemarkKind.NEW, RemarkKind.REWORDED, RemarkKind.GONE) == []


def test_an_unknown_runbook(story: Story) -> None:
    with refuses(kind=NotFound):
        redline(story.record, "r9")


def whole(story: Story) -> Redline:
    tick(story, "Look 4", "Look 1", "Look 3")
    story.do("skip", step="Look 2", reason="the disk is gone")
    return redline(story.record, "r1")


class TestDiff:
    """Comments beside the steps, as a diff."""

    def test_it_says_what_happened_beside_the_step(self, story: Story) -> None:
        made = as_diff(whole(story), TEXT.encode(), "disk-full.md")
        assert made.startswith("--- a/disk-full.md\n+++ b/disk-full.md\n@@ -")
        assert " - [ ] Look 2\n+  <!-- skipped in INC-7: the disk is gone -->\n" in made
        assert re.search(r" ## Mend\n\+<!-- no step .*so far.* INC-7 -->\n", made)
        assert not [line for line in made.splitlines() if line.startswith("-") and not line.startswith("---")]

    @pytest.mark.parametrize(
        "reason",
        [
            "--> <script>alert(1)</script>",
            "gone\n+++ b/etc\n@@ -1 +1 @@\n-x",
            "password=hunter2hunter2 did not work",
            "\x1b[31mred\u202e",
        ],
    )
    def test_no_reason_gets_out_of_its_comment(self, story: Story, reason: str) -> None:
        story.do("skip", step="Look 2", reason=reason)
        made = as_diff(redline(story.record, "r1"), TEXT.encode(), "disk-full.md")
        [line] = [line for line in made.splitlines() if "skipped in" in line]
        assert line.count("-->") == 1
        assert line.endswith(" -->")
        assert "hunter2" not in made
        assert "\x1b" not in made
        applies(made, TEXT.encode())

    def test_another_source_is_refused(self, story: Story) -> None:
        with refuses():
            as_diff(whole(story), b"- [ ] other\n", "disk-full.md")

    def test_nothing_to_say(self) -> None:
        told = Story().declare(runbook=book("- [ ] One\n"))
        tick(told, "One")
        assert as_diff(redline(told.record, "r1"), b"- [ ] One\n", "a.md") == ""


def applies(made: str, source: bytes) -> None:
    git = shutil.which("git")
    if git is None:
        pytest.skip("no git here")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "disk-full.md").write_bytes(source)
        ran = subprocess.run(
            [git, "apply", "--check", "-"], cwd=folder, input=made, text=True, capture_output=True, check=False
        )
    assert ran.returncode == 0, ran.stderr


STEPS = [f"r1.s{number}" for number in range(1, 10)]
MOVES = st.lists(
    st.tuples(
        st.sampled_from(["tick", "start-step", "skip", "merge"]), st.sampled_from(STEPS), st.sampled_from(["1m", "9m"])
    ),
    max_size=14,
)


@settings(max_examples=40)
@given(MOVES)
def test_whatever_was_done_the_diff_applies(moves: list[tuple[str, str, str]]) -> None:
    story, source = Story().declare(runbook=book()), TEXT
    for number, (action, step, after) in enumerate(moves):
        try:
            if action == "merge":
                newer = source.replace("## Mend\n\n", f"## Mend\n\n- [ ] New {number}\n")
                story.do("update-runbook", runbook="r1", newer=book(newer))
                source = newer
            else:
                story.do(action, step=step, after=after, **({"reason": "no"} if action == "skip" else {}))
        except Refused:
            continue
    found = redline(story.record, "r1")
    made = as_diff(found, source.encode(), "disk-full.md")
    if made:
        applies(made, source.encode())
    assert {one.step for one in found.remarks if one.step} <= {step.key for step in found.runbook.steps}
