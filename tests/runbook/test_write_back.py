"""A runbook goes back to its owners: ticked where it was ticked, and byte for byte the same everywhere else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import cycle, islice
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from incident_cockpit.errors import Refused
from incident_cockpit.runbook.model import Runbook, StepMark
from incident_cockpit.runbook.reader import read_runbook
from incident_cockpit.runbook.write_back import write_marks
from support.refusals import refuses

OPEN, DONE, SKIPPED = StepMark.OPEN, StepMark.DONE, StepMark.SKIPPED


def book(data: bytes) -> Runbook:
    return read_runbook(data, "a.md")


def marks(runbook: Runbook) -> dict[str, StepMark]:
    return {step.key: step.mark for step in runbook.steps}


def woven(text: str, *wanted: StepMark) -> str:
    """Return the text with its steps in these states, which must be read back."""
    data = text.encode()
    runbook = book(data)
    keys = [step.key for step in runbook.steps]
    made = write_marks(data, runbook, dict(zip(keys, wanted, strict=True)))
    assert list(marks(book(made)).values()) == list(wanted)
    return made.decode()


def test_only_the_signs_between_the_brackets_change() -> None:
    text = "# T\r\n\r\n- [ ] One  \r\n\t> why\r\n* [x] Two\r\n> 1) [ ] Three\r\n- [-] Four"
    assert woven(text, DONE, OPEN, SKIPPED, DONE) == (
        "# T\r\n\r\n- [x] One  \r\n\t> why\r\n* [ ] Two\r\n> 1) [-] Three\r\n- [x] Four"
    )


@pytest.mark.parametrize("box", ["[X]", "[x]"])
def test_another_way_to_say_done_stays(box: str) -> None:
    assert woven(f"- {box} One\n- [ ] Two\n- [~] Three\n", DONE, DONE, SKIPPED) == (
        f"- {box} One\n- [x] Two\n- [~] Three\n"
    )


def test_a_box_of_two_bytes_is_replaced_whole() -> None:
    assert woven("- [\u00a0] größe\n- [\u00a0] b\n", DONE, OPEN) == "- [x] größe\n- [\u00a0] b\n"


def test_a_line_of_another_encoding_keeps_its_bytes() -> None:
    data = b"- [\xa0] caf\xe9\n- [ ] b\n"
    assert write_marks(data, book(data), {"s1": DONE}) == b"- [x] caf\xe9\n- [ ] b\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- [ ] ~~old~~\n", "- [ ] old\n"),
        ("- [x] ~~old~~  \n  more\n", "- [ ] old  \n  more\n"),
        ("- [-] ~~old~~\n", "- [ ] old\n"),
        ("- [x] ~~old~~ and new\n", "- [ ] ~~old~~ and new\n"),
    ],
)
def test_reopened_step_loses_its_strikethrough(before: str, after: str) -> None:
    assert woven(before, OPEN) == after


def test_done_step_keeps_its_strikethrough() -> None:
    assert woven("- [ ] ~~old~~\n", DONE) == "- [x] ~~old~~\n"


class TestWithoutBoxes:
    """Numbered steps and bullets get a box as soon as one of them has a state to carry."""

    def test_every_step_gets_one(self) -> None:
        text = "1. One\n   - part\n2) Two\n> 10. Three\n"
        assert woven(text, DONE, OPEN, SKIPPED) == "1. [x] One\n   - part\n2) [ ] Two\n> 10. [-] Three\n"

    def test_bullets_too(self) -> None:
        text = "# A\n## Steps\n- Look\n*\tMend\n## Links\n- there\n"
        assert woven(text, DONE, OPEN) == "# A\n## Steps\n- [x] Look\n*\t[ ] Mend\n## Links\n- there\n"

    def test_none_gets_one_while_all_are_open(self) -> None:
        text = "1. One\n2. Two\n3. ~~Three~~\n"
        assert woven(text, OPEN, OPEN, SKIPPED) == text

    def test_struck_out_ones_keep_their_strokes_until_they_are_open_again(self) -> None:
        assert woven("1. ~~One~~\n2. Two\n", SKIPPED, DONE) == "1. [-] ~~One~~\n2. [x] Two\n"
        assert woven("1. ~~One~~\n2. Two\n", OPEN, OPEN) == "1. [ ] One\n2. [ ] Two\n"

    def test_words_below_their_sign(self) -> None:
        assert woven("1.\n   One\n2. Two\n", DONE, OPEN) == "1.\n   [x] One\n2. [ ] Two\n"

    @pytest.mark.parametrize(
        "first",
        [
            "```sh\n   make\n   ```",
            "# Restart",
            "> quoted\n   > more",
            "- part\n   - other",
            "    code",
            "<div>\n   a\n   </div>",
        ],
    )
    def test_what_begins_with_no_words_stays_what_it_is(self, first: str) -> None:
        text = f"1. {first}\n2. Two\n"
        made = woven(text, DONE, SKIPPED)
        assert made.startswith("1. [x] <!--")
        assert f"\n   {first}\n2. [-] Two\n" in made


class TestOtherBoxes:
    """Whatever else the reader takes for a box says the new state in its own way."""

    def test_signs_stay_signs(self) -> None:
        text = "- ☐ One\n- ☑ Two\n- ☒ Three\n- ☐Four\n\n☐ Five\n☑ Six\n"
        assert woven(text, DONE, OPEN, DONE, SKIPPED, SKIPPED, DONE) == (
            "- ☑ One\n- ☐ Two\n- ☑ Three\n- ☒Four\n\n☒ Five\n☑ Six\n"
        )

    def test_ticks_in_brackets(self) -> None:
        assert woven("- [✓] One\n- [✗] Two\n- [✓] Three\n", DONE, DONE, SKIPPED) == (
            "- [✓] One\n- [x] Two\n- [-] Three\n"
        )

    def test_headings_and_cells(self) -> None:
        text = "# [ ] One\n## [x] Two\n\n| a | b |\n|---|---|\n| [ ] | Three |\n| [x] Four | c |\n"
        assert woven(text, DONE, SKIPPED, DONE, OPEN) == (
            "# [x] One\n## [-] Two\n\n| a | b |\n|---|---|\n| [x] | Three |\n| [ ] Four | c |\n"
        )

    def test_a_row_with_answers_gets_a_box_of_its_own(self) -> None:
        text = "| what | answer |\n|---|---|\n| Is it down? | ☐ yes ☐ no |\n| Is it late? | ☐ yes ☐ no |\n"
        made = woven(text, DONE, OPEN)
        assert made == text.replace("☐ yes ☐ no", "[x] ☐ yes ☐ no", 1)
        assert woven(made, SKIPPED, OPEN) == text.replace("☐ yes ☐ no", "[-] ☐ yes ☐ no", 1)

    def test_boxes_without_room_get_some(self) -> None:
        assert woven("- [] One\n- []Two\n", DONE, OPEN) == "- [x] One\n- [ ] Two\n"

    def test_a_template_is_ticked_in_its_fence(self) -> None:
        text = "# T\n\n```md\n## A\n- [ ] One\n- [x] Two\n```\n"
        assert woven(text, SKIPPED, OPEN) == text.replace("[ ] One", "[-] One").replace("[x]", "[ ]")
        assert woven(text.replace("[ ]", "[]").replace("[x]", "[]"), DONE, OPEN) == text.replace("[x]", "[y]").replace(
            "[ ]", "[x]"
        ).replace("[y]", "[ ]")

    def test_headings_without_boxes(self) -> None:
        text = "# T\n## 1. Look\ntext\n## 2. Mend\ntext\n"
        assert woven(text, DONE, OPEN) == "# T\n## [x] 1. Look\ntext\n## [ ] 2. Mend\ntext\n"


def test_another_file_is_refused() -> None:
    with refuses():
        write_marks(b"- [x] One\n", book(b"- [ ] One\n"), {})


LEADS = st.sampled_from(["", "", "", "  ", "\t", "   ", "> ", "> > "])
SIGNS = st.sampled_from(
    [
        "- ",
        "* ",
        "1. ",
        "2) ",
        "- [ ] ",
        "* [x] ",
        "+ [X] ",
        "- [-] ",
        "3. [~] ",
        "-\t[ ]\u00a0",
        "- [\u00a0] ",
        "",
        "",
        "## ",
    ]
)
WORDS = st.sampled_from(
    [
        "word",
        "~~old~~",
        "~~old~~ new",
        "ünï 漢字",
        "`co",
        "[a](#b)",
        "**b**",
        "a  ",
        "|a|b|",
        "```",
        "---",
        "",
        "[x]",
    ]
)
ENDS = st.sampled_from(["\n", "\n", "\n", "\r\n", "\n\n"])
LINES = st.lists(st.tuples(LEADS, SIGNS, WORDS, ENDS).map("".join), max_size=12).map("".join)
WANTED = st.lists(st.sampled_from(list(StepMark)), min_size=1, max_size=12)


def readable(text: str) -> tuple[bytes, Runbook]:
    data = text.encode()
    try:
        return data, book(data)
    except Refused:
        assume(False)
        raise


@settings(max_examples=200)
@given(LINES)
def test_any_file_that_nobody_touched_goes_back_as_it_came(text: str) -> None:
    data, runbook = readable(text)
    assert write_marks(data, runbook, {}) == data
    assert write_marks(data, runbook, marks(runbook)) == data


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_any_bytes_that_nobody_touched_go_back_as_they_came(noise: bytes) -> None:
    data = b"- [ ] a\n" + noise
    try:
        runbook = book(data)
    except Refused:
        return
    assert write_marks(data, runbook, marks(runbook)) == data


@settings(max_examples=400)
@given(LINES, WANTED)
@example("1. ~~old~~\n", [OPEN])
@example("-\n  [ ] below the sign\n", [DONE])
def test_written_states_are_read_back(text: str, wanted: list[StepMark]) -> None:
    data, runbook = readable(text)
    states = {
        step.key: mark for step, mark in zip(runbook.steps, islice(cycle(wanted), len(runbook.steps)), strict=True)
    }
    again = book(write_marks(data, runbook, states))
    hidden = {step.key for step in runbook.steps if step.box is None and step.kind.value == "task"}
    assert len(again.steps) == len(runbook.steps)
    for before, after in zip(runbook.steps, again.steps, strict=True):
        assert before.key in hidden or after.mark is states[before.key]


def readable_files(folder: Path) -> Iterator[tuple[str, bytes, Runbook]]:
    for path in sorted(folder.glob("*.md")):
        data = path.read_bytes()
        with suppress(Refused):
            yield path.name, data, read_runbook(data, path.name)


def test_every_runbook_of_others_comes_back(corpus: Path) -> None:
    files = list(readable_files(corpus / "runbooks"))
    assert files
    for name, data, runbook in files:
        assert write_marks(data, runbook, marks(runbook)) == data, name
        for shift in range(3):
            order = cycle([*StepMark][shift:] + [*StepMark][:shift])
            wanted = dict(zip(marks(runbook), order, strict=False))
            again = read_runbook(write_marks(data, runbook, wanted), name)
            assert marks(again) == wanted, name
            assert [step.text for step in again.steps] == [step.text for step in runbook.steps], name
