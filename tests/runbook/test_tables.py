"""Everything that people write for a box, wherever it stands: what it says, and the byte that a tick would change."""

from __future__ import annotations

import pytest

from incident_cockpit.runbook.model import CodeBlock, Runbook, StepKind, step_path
from incident_cockpit.runbook.reader import read_runbook


def one(markdown: str) -> Runbook:
    return read_runbook(markdown.encode(), "a.md")


def told(markdown: str) -> list[tuple[str, str, str]]:
    """Return what is said of each step: kind, mark, text; and check that its box stands where it says."""
    data = markdown.encode()
    for step in one(markdown).steps:
        if step.box is not None:
            assert data[step.box :].decode()[0] in " xX-~✓✔✗✘☐☑☒\u00a0"
            assert step.span[0] <= step.box < step.span[1]
    return [(step.kind.value, step.mark.value, step.text) for step in one(markdown).steps]


@pytest.mark.parametrize(
    ("box", "mark"),
    [
        ("[✓]", "done"),
        ("[✔]", "done"),
        ("[✔\ufe0f]", "done"),
        ("☑", "done"),
        ("☑\ufe0f", "done"),
        ("[☑]", "done"),
        ("[✗]", "skipped"),
        ("[✘]", "skipped"),
        ("☒", "skipped"),
        ("☐", "open"),
        ("[☐]", "open"),
    ],
)
def test_signs_are_boxes(box: str, mark: str) -> None:
    assert told(f"é\n\n- {box} Drain *it*\n") == [("task", mark, "Drain it")]


def test_a_sign_needs_no_space_and_no_list_sign() -> None:
    assert told("Before:\n☐Drain\n☑ Stop\nit now\n\n> ☐ Tell\n") == [
        ("task", "open", "Drain"),
        ("task", "done", "Stop it now"),
        ("task", "open", "Tell"),
    ]
    assert [aside.text for aside in one("Before:\n☐ Drain\n").asides] == ["Before:"]


def test_lines_with_signs_inside_an_item_belong_to_it() -> None:
    book = one("- [ ] Release\n\n  ☐ Tag it\n  ☐ Push it\n")
    assert [(step.text, step.parent) for step in book.steps] == [("Release", None), ("Tag it", "s1"), ("Push it", "s1")]
    assert book.steps[0].guidance == ""


@pytest.mark.parametrize("line", ["- ☐", "- ✓ done", "- a ☐ b", "- [✓]", "- [✓](x)", "☐☐☐"])
def test_what_is_no_box(line: str) -> None:
    assert [step.text for step in one(f"- [ ] real\n\n{line}\n").steps][:1] == ["real"]
    assert all(step.kind is StepKind.TASK for step in one(f"- [ ] real\n\n{line}\n").steps)


def test_text_struck_out_with_its_box_is_skipped() -> None:
    assert told("- ~~[ ] Old way~~\n- ~~[x] Older~~ but\n") == [
        ("task", "skipped", "Old way"),
        ("task", "done", "Older but"),
    ]


class TestHeadings:
    def test_a_heading_with_a_box_is_a_step_with_what_follows(self) -> None:
        book = one(
            "# T\n\n## [ ] Drain\n\nSlowly.\n\n```sh\ndrain\n```\n\n- [x] Look\n\n## ☑ Stop\n\n## Rest\n\nwords\n"
        )
        assert [(step.kind.value, step.text, step.mark.value, step.parent) for step in book.steps] == [
            ("heading", "Drain", "open", None),
            ("task", "Look", "done", "s1"),
            ("heading", "Stop", "done", None),
        ]
        assert book.steps[0].guidance == "Slowly.\n\n```sh\ndrain\n```"
        assert book.steps[0].code == (CodeBlock("sh", "drain"),)
        assert [section.title for section in book.sections] == ["T", "Drain", "Stop", "Rest"]
        assert [aside.text for aside in book.asides] == ["words"]

    def test_an_underlined_heading(self) -> None:
        assert told("[x] Drain\n=========\n\nwords\n") == [("heading", "done", "Drain")]


class TestTables:
    def test_a_box_of_its_own_is_named_by_the_first_other_cell(self) -> None:
        book = one("| | Check | Who |\n|---|---|---|\n| [ ] | DNS | Ana |\n| [x] | TLS \\| mTLS | |\n")
        assert [(step.kind.value, step.mark.value, step.text, step.guidance) for step in book.steps] == [
            ("table", "open", "DNS", "- Who: Ana"),
            ("table", "done", "TLS | mTLS", ""),
        ]
        assert book.asides == ()

    def test_a_box_with_words_and_one_without_pipes_at_the_ends(self) -> None:
        assert told("Check | Who\n--- | ---\n[ ] DNS | Ana\n☑ TLS | Raj\n") == [
            ("table", "open", "DNS"),
            ("table", "done", "TLS"),
        ]

    def test_several_boxes_in_a_row_are_told_apart_by_their_columns(self) -> None:
        assert told("| Check | Staging | Live |\n|---|---|---|\n| DNS | [x] | [ ] |\n") == [
            ("table", "done", "DNS: Staging"),
            ("table", "open", "DNS: Live"),
        ]

    def test_several_boxes_in_a_cell(self) -> None:
        assert told("| a | b |\n|---|---|\n| [ ] one<br>[x] two | w |\n") == [
            ("table", "open", "one"),
            ("table", "done", "two"),
        ]

    def test_answers_to_choose_from_are_one_question(self) -> None:
        book = one("| Law | Applies |\n|---|---|\n| GDPR | ☐ Yes ☐ No |\n| HIPAA | [x] ☐ Yes ☑ No |\n")
        assert [(step.text, step.mark.value, step.box is None) for step in book.steps] == [
            ("GDPR", "open", True),
            ("HIPAA", "done", False),
        ]
        assert book.steps[0].guidance == "- Applies: ☐ Yes ☐ No"

    def test_rows_without_a_box_are_kept(self) -> None:
        book = one("| a | b |\n|---|---|\n| [ ] | x |\n| plain | y |\n")
        assert [aside.text for aside in book.asides] == ["| a | b |\n|---|---|\n| plain | y |"]

    @pytest.mark.parametrize("cell", ["Task [X] stuck", "[x](https://a.example)", "✓", "[a]"])
    def test_what_is_no_box(self, cell: str) -> None:
        assert told(f"- [ ] real\n\n| a | b |\n|---|---|\n| {cell} | y |\n") == [("task", "open", "real")]


def test_code_keeps_its_tabs() -> None:
    (step,) = one("- [ ] Make\n\n  ```make\n  all:\n  \techo\tx\n  ```\n").steps
    assert step.code == (CodeBlock("make", "all:\n\techo\tx"),)


def test_a_step_knows_its_path() -> None:
    book = one("# T\n\n## A\n\n### B\n\n- [ ] Do\n  - [ ] Sub\n\n## C\n\n- [ ] Last\n")
    assert step_path(book, "s2") == ("T", "A", "B", "Do")
    assert step_path(book, "s3") == ("T", "C")
    assert step_path(one("- [ ] Alone\n"), "s1") == ()
    with pytest.raises(KeyError):
        step_path(book, "s9")
