"""What a Markdown file becomes: sections, steps, marks, guidance, code, links and the text between steps."""

from __future__ import annotations

import hashlib

import msgspec
import pytest

from incident_cockpit.runbook.model import CodeBlock, Link, Runbook, Section, StepKind, StepMark
from incident_cockpit.runbook.reader import read_runbook

# The shapes of a real incident runbook, in words of our own.
PLAYBOOK = """\
# Playbook

> [!NOTE]
> Read the [plan]('../plan/README.md') as well. Begin at the top.

## First minutes

- [ ] Confirm the page
  > Say so in the tool that paged you.
  >
  > Wake the others if it did not.
- [ ] Name a lead
  > Whoever came first leads until itâ€™s handed on.
- [ ] Open `#outage-YYYY-MM-DD`.
- [ ] Choose a severity
  > Choose by these:
  > - Low: nobody notices.
  > - High: everybody does.

## Look & understand

- [ ] Ask around

  > Read logs.
  >
  > Find out:
  > - [ ] What is broken?
  > - [ ] What changed?

- [ ] Open a ticket
  > With what was found.
Tell the others where it is.

If it is understood, go to [Stop it](#stop-it). If not, escalate.

## Stop it

- [ ] Isolate
  > Cut it off.
"""


def text_of(markdown: str) -> list[str]:
    return [step.text for step in read_runbook(markdown.encode(), "a.md").steps]


def one(markdown: str) -> Runbook:
    return read_runbook(markdown.encode(), "a.md")


class TestPlaybook:
    @pytest.fixture(scope="class")
    def book(self) -> Runbook:
        return one(PLAYBOOK)

    def test_identity(self, book: Runbook) -> None:
        assert (book.name, book.title, book.rule) == ("a.md", "Playbook", "task items")
        assert book.sha256 == hashlib.sha256(PLAYBOOK.encode()).hexdigest()
        assert [warning.line for warning in book.warnings] == [13]

    def test_sections_are_the_headings_with_their_lines(self, book: Runbook) -> None:
        assert book.sections == (
            Section("Playbook", 1, 1),
            Section("First minutes", 2, 6),
            Section("Look & understand", 2, 20),
            Section("Stop it", 2, 36),
        )

    def test_steps_in_order_with_keys_and_sections(self, book: Runbook) -> None:
        assert [(step.key, step.section, step.text) for step in book.steps] == [
            ("s1", 1, "Confirm the page"),
            ("s2", 1, "Name a lead"),
            ("s3", 1, "Open #outage-YYYY-MM-DD."),
            ("s4", 1, "Choose a severity"),
            ("s5", 2, "Ask around"),
            ("s6", 2, "What is broken?"),
            ("s7", 2, "What changed?"),
            ("s8", 2, "Open a ticket"),
            ("s9", 3, "Isolate"),
        ]

    def test_questions_in_a_quote_are_steps_of_the_step_that_asks(self, book: Runbook) -> None:
        assert [(step.parent, step.depth) for step in book.steps[4:8]] == [
            (None, 0),
            ("s5", 1),
            ("s5", 1),
            (None, 0),
        ]

    def test_guidance_is_unquoted_and_leaves_out_the_questions(self, book: Runbook) -> None:
        assert book.steps[0].guidance == "Say so in the tool that paged you.\n\nWake the others if it did not."
        assert book.steps[3].guidance == "Choose by these:\n- Low: nobody notices.\n- High: everybody does."
        assert book.steps[4].guidance == "Read logs.\n\nFind out:"

    def test_a_lazy_line_belongs_to_the_quote_before_it(self, book: Runbook) -> None:
        assert book.steps[7].guidance == "With what was found.\nTell the others where it is."

    def test_broken_characters_are_fixed(self, book: Runbook) -> None:
        assert "it’s" in book.steps[1].guidance

    def test_asides_stand_between_steps(self, book: Runbook) -> None:
        note, gate = book.asides
        assert (note.section, note.line, note.after) == (0, 3, None)
        assert note.text.startswith("> [!NOTE]")
        assert (gate.section, gate.line, gate.after) == (2, 34, "s8")
        assert gate.text == "If it is understood, go to [Stop it](#stop-it). If not, escalate."

    def test_it_survives_being_stored_in_an_event(self, book: Runbook) -> None:
        assert msgspec.json.decode(msgspec.json.encode(book), type=Runbook) == book


@pytest.mark.parametrize("sign", ["-", "*", "+", "1.", "7)"])
@pytest.mark.parametrize(
    ("box", "mark"),
    [
        ("[ ]", StepMark.OPEN),
        ("[\u00a0]", StepMark.OPEN),
        ("[x]", StepMark.DONE),
        ("[X]", StepMark.DONE),
        ("[-]", StepMark.SKIPPED),
        ("[~]", StepMark.SKIPPED),
    ],
)
def test_every_sign_and_box(sign: str, box: str, mark: StepMark) -> None:
    source = f"é\n\n{sign} {box} Do it\n"
    (step,) = one(source).steps
    assert (step.text, step.mark, step.kind) == ("Do it", mark, StepKind.TASK)
    data = source.encode()
    assert step.box is not None
    assert data[step.box : step.box + len(box[1].encode())].decode() == box[1]
    assert data[slice(*step.span)].decode() == f"{sign} {box} Do it"


def test_a_struck_out_item_is_skipped() -> None:
    assert [step.mark for step in one("- [ ] ~~old way~~\n- [ ] ~~a~~ but b\n").steps] == [
        StepMark.SKIPPED,
        StepMark.OPEN,
    ]


def test_nesting_to_any_depth() -> None:
    depth = 45
    steps = one("".join("  " * level + f"- [ ] level {level}\n" for level in range(depth))).steps
    assert [step.depth for step in steps] == list(range(depth))
    assert [step.parent for step in steps] == [None, *(f"s{number}" for number in range(1, depth))]


def test_too_deep_nesting_is_warned_of() -> None:
    book = one("".join("  " * level + f"- [ ] level {level}\n" for level in range(80)))
    assert 40 < len(book.steps) < 80
    assert any("nested deeper" in warning.words for warning in book.warnings)


def test_several_items_on_one_line() -> None:
    source = "- 1. - [ ] deep\n  - [x] sub\n"
    steps = one(source).steps
    assert [source[slice(*step.span)] for step in steps] == ["- [ ] deep", "- [x] sub"]
    assert [source[step.box or 0] for step in steps] == [" ", "x"]


def test_boxes_in_alerts_and_details() -> None:
    source = (
        "> [!WARNING]\n> - [ ] in an alert\n\n<details>\n<summary>More</summary>\n\n- [x] in details\n\n</details>\n"
    )
    book = one(source)
    assert [(step.text, source[step.box or 0]) for step in book.steps] == [("in an alert", " "), ("in details", "x")]
    assert [aside.text for aside in book.asides] == ["> [!WARNING]", "More"]


def test_a_group_without_a_box_is_no_step_but_is_kept() -> None:
    book = one("- Group:\n  - [ ] a\n- [ ] b\n  - Group\n    - [ ] c\n")
    assert [(step.text, step.parent) for step in book.steps] == [("a", None), ("b", None), ("c", "s2")]
    assert [(aside.text, aside.after) for aside in book.asides] == [("- Group:", None)]
    assert book.steps[1].guidance == "- Group"


def test_boxes_in_code_are_no_steps() -> None:
    book = one("- [ ] real\n\n```\n- [ ] not\n- [x] not\n```\n\n    - [ ] neither\n")
    assert [step.text for step in book.steps] == ["real"]
    assert [(warning.line, warning.words[0]) for warning in book.warnings] == [(3, "2"), (8, "1")]


@pytest.mark.parametrize("line", ["- [] near", "- [ ]", "- [x]near", "-[ ] near"])
def test_near_misses_are_pointed_at(line: str) -> None:
    book = one(f"- [ ] real\n\n{line}\n")
    assert [step.text for step in book.steps] == ["real"]
    assert [warning.line for warning in book.warnings] == [3]


def test_a_link_at_the_start_is_no_near_miss() -> None:
    assert one("- [ ] real\n- [x](https://a.example)\n- [a][b]\n").warnings == ()


def test_text_is_plain_and_on_one_line() -> None:
    assert text_of("- [ ] **Scale** `web`,\n  *then* [wait](#w) &amp; ask <team> <b>now</b>\n") == [
        "Scale web, then wait & ask <team> now"
    ]


def test_what_follows_a_hard_break_is_guidance() -> None:
    (step,) = one("- [ ] Title  \n  the [rest](#r)\n\n  more\n").steps
    assert (step.text, step.guidance) == ("Title", "the [rest](#r)\n\nmore")
    assert step.links == (Link("rest", "#r"),)


def test_control_characters_never_come_in() -> None:
    book = read_runbook(b"# a\x1b]0;x\x07\n- [ ] b\x1b[31mc\n  > d\x1b\x9b\n", "e\x1b.md")
    told = " ".join([book.name, book.title, *(step.text + step.guidance for step in book.steps)])
    assert "\x1b" not in told
    assert "\x9b" not in told
    assert "\x07" not in told


def test_code_and_links_belong_to_the_nearest_step() -> None:
    (outer, inner) = one(
        "- [ ] Look at [board](https://b.example) or https://c.example/x.\n\n"
        "  ```bash -x\n  a |\n    b\n  ```\n\n"
        "  - [ ] Inner\n\n        indented\n\n"
        "  Then <https://d.example>.\n"
    ).steps
    assert outer.code == (CodeBlock("bash", "a |\n  b"),)
    assert outer.links == (
        Link("board", "https://b.example"),
        Link("https://c.example/x", "https://c.example/x"),
        Link("https://d.example", "https://d.example"),
    )
    assert outer.guidance == "```bash -x\na |\n  b\n```\n\n\nThen <https://d.example>."
    assert inner.code == (CodeBlock("", "indented"),)


def test_in_page_links_read_like_the_heading() -> None:
    (step,) = one("- [ ] See [there](#откат)\n").steps
    assert step.links == (Link("there", "#откат"),)


def test_an_alert_in_guidance_keeps_its_sign() -> None:
    (step,) = one("- [ ] a\n  > [!CAUTION]\n  > hot\n").steps
    assert step.guidance == "> [!CAUTION]\n> hot"


def test_mixed_guidance_keeps_its_quotes() -> None:
    (step,) = one("- [ ] a\n  > quoted\n\n  plain\n").steps
    assert step.guidance == "> quoted\n\nplain"


class TestWithoutBoxes:
    def test_numbered_steps_keep_what_explains_them(self) -> None:
        book = one("Intro\n\n1. Drain\n   ```\n   drain it\n   ```\n   1. sub\n   - sub\n2) Restart\n")
        assert book.rule == "numbered steps"
        assert [(step.text, step.kind, step.box) for step in book.steps] == [
            ("Drain", StepKind.NUMBERED, None),
            ("Restart", StepKind.NUMBERED, None),
        ]
        assert book.steps[0].guidance == "```\ndrain it\n```\n1. sub\n- sub"
        assert book.steps[0].code == (CodeBlock("", "drain it"),)

    def test_a_list_of_contents_is_no_step(self) -> None:
        assert text_of("1. [A](#a)\n2. [B](#b)\n\n## A\n\n1. Work\n2.\n") == ["Work"]

    def test_a_numbered_item_may_begin_with_code(self) -> None:
        (step,) = one("1. ```sh\n   uptime\n   ```\n").steps
        assert (step.text, step.code) == ("uptime", (CodeBlock("sh", "uptime"),))

    def test_bullets_under_headings_of_work(self) -> None:
        book = one(
            "# Incident response\n\n- not this\n\n## Mitigation\n\n- Drain\n  - gently\n\n### By hand\n\n- Pull\n\n"
            "### References\n\n- nor this\n\n## Impact\n\n- nor that\n"
        )
        assert book.rule == "bullets"
        assert [step.text for step in book.steps] == ["Drain", "Pull"]
        assert book.steps[0].guidance == "- gently"
        assert book.steps[0].kind is StepKind.BULLET

    def test_boxes_win_over_numbers(self) -> None:
        assert text_of("1. number\n\n- [ ] box\n") == ["box"]


class TestTitles:
    def test_front_matter_is_no_text_and_names_the_runbook(self) -> None:
        book = one("---\ntitle: 'API: errors'\ntags:\n  - a\n---\n# Other\n- [ ] a\n")
        assert book.title == "API: errors"
        assert [section.title for section in book.sections] == ["Other"]
        assert (book.asides, book.steps[0].line, book.steps[0].span) == ((), 7, (49, 56))

    def test_two_rules_are_no_front_matter(self) -> None:
        book = one("---\nSome words here.\n\n---\n- [ ] a\n")
        assert [aside.text for aside in book.asides] == ["Some words here."]

    def test_the_file_name_where_nothing_else_is_said(self) -> None:
        assert read_runbook(b"## Part\n- [ ] a\n", "disk-full_now.md").title == "disk full now"
        assert read_runbook(b"- [ ] a\n", "team__docs-disk_-full.md").title == "team docs disk full"

    def test_steps_before_any_heading_get_an_untitled_section(self) -> None:
        book = one("- [ ] early\n\n## Later\n- [ ] late\n\nwords\n")
        assert book.sections == (Section("", 0, 1), Section("Later", 2, 3))
        assert [step.section for step in book.steps] == [0, 1]
        assert [(aside.section, aside.after) for aside in book.asides] == [(1, "s2")]
