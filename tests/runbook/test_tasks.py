"""Which rule reads a file, which others a person may choose, and what front matter says."""

from __future__ import annotations

import msgspec
import pytest

from incident_cockpit.errors import Refused
from incident_cockpit.runbook.model import Runbook, StepFormat, StepKind
from incident_cockpit.runbook.reader import read_runbook, step_formats
from incident_cockpit.runbook.tasks import is_instruction, is_numbered_title


def one(markdown: str, rule: str | None = None) -> Runbook:
    return read_runbook(markdown.encode(), "a.md", rule)


def texts(markdown: str, rule: str | None = None) -> list[str]:
    return [step.text for step in one(markdown, rule).steps]


MIXED = "# T\n\n## Steps\n\n- [ ] box\n\n1. number\n\n- bullet\n\n```\n- [ ] fenced\n```\n"


class TestChoice:
    def test_the_first_that_finds_any_is_taken_and_all_are_offered(self) -> None:
        assert one(MIXED).rule == "task items"
        assert step_formats(MIXED.encode(), "a.md") == (
            StepFormat("task items", 1),
            StepFormat("numbered steps", 1),
            StepFormat("template in a code fence", 1),
            StepFormat("bullets", 2),
            StepFormat("headings of work", 1),
        )

    @pytest.mark.parametrize(
        ("rule", "found"),
        [
            ("task items", ["box"]),
            ("numbered steps", ["number"]),
            ("template in a code fence", ["fenced"]),
            ("bullets", ["box", "bullet"]),
            ("headings of work", ["Steps"]),
        ],
    )
    def test_another_can_be_chosen_by_name(self, rule: str, found: list[str]) -> None:
        book = one(MIXED, rule)
        assert (book.rule, [step.text for step in book.steps]) == (rule, found)

    def test_an_unknown_one_names_those_there_are(self) -> None:
        with pytest.raises(Refused, match="numbered steps"):
            one(MIXED, "magic")

    def test_one_that_finds_nothing_names_those_that_do(self) -> None:
        with pytest.raises(Refused, match="numbered steps") as caught:
            one("1. a\n", "task items")
        assert "'task items'" in caught.value.why


class TestTemplate:
    SOURCE = (
        "# Rotate\n\nCopy this:\n\n```markdown\n## First\n\n- [ ] Drain `a`\n  > slowly\n1. [x] Lock\n```\n\nDone.\n"
    )

    def test_a_checklist_in_a_fence_is_read_as_if_it_were_none(self) -> None:
        book = one(self.SOURCE)
        assert (book.rule, [(s.kind, s.text, s.mark.value) for s in book.steps]) == (
            "template in a code fence",
            [(StepKind.TEMPLATE, "Drain a", "open"), (StepKind.TEMPLATE, "Lock", "done")],
        )
        assert book.steps[0].guidance == "slowly"
        assert [section.title for section in book.sections] == ["Rotate", "First"]
        data = self.SOURCE.encode()
        assert [data[slice(*step.span)] for step in book.steps] == [
            b"- [ ] Drain `a`\n  > slowly",
            b"1. [x] Lock",
        ]
        assert [chr(data[step.box or 0]) for step in book.steps] == [" ", "x"]
        assert [warning.line for warning in book.warnings] == [8]

    def test_a_fence_inside_a_list_still_knows_its_bytes(self) -> None:
        source = "- Copy:\n\n  ```\n  - [ ] é\n\t- [x] b\n  ```\n"
        data = source.encode()
        book = one(source, "template in a code fence")
        assert [chr(data[step.box or 0]) for step in book.steps] == [" ", "x"]

    def test_boxes_without_room_are_boxes_there(self) -> None:
        assert texts("Use this:\n\n```\n- [] Check\n- [] Merge\n```\n") == ["Check", "Merge"]


def test_boxes_without_room_are_read_when_there_are_no_others() -> None:
    book = one("- [] Check\n- [] Merge\n- plain\n")
    assert (book.rule, [(s.text, s.box) for s in book.steps]) == (
        "boxes without room",
        [("Check", None), ("Merge", None)],
    )
    [warning] = book.warnings
    assert "`[ ]`" in warning.words


class TestHeadings:
    def test_headings_that_count_themselves_are_steps(self) -> None:
        book = one("# T\n\n## 1. Drain\n\nSlowly.\n\n## Step 2: lock\n\n```sh\nlock\n```\n\n## See also\n\nwords\n")
        assert (book.rule, [(s.kind, s.text, s.section) for s in book.steps]) == (
            "numbered headings",
            [(StepKind.HEADING, "1. Drain", 1), (StepKind.HEADING, "Step 2: lock", 2)],
        )
        assert [step.guidance for step in book.steps] == ["Slowly.", "```sh\nlock\n```"]
        assert [aside.text for aside in book.asides] == ["words"]

    @pytest.mark.parametrize("title", ["1. Drain", "2) Lock", "Step 3", "STEP 4: tell", "Schritt 5", "Шаг 6", "步骤 7"])
    def test_what_counts_itself(self, title: str) -> None:
        assert is_numbered_title(title)

    @pytest.mark.parametrize("title", ["2024 review", "Drain 1", "5xx errors", "1.2.3", "Stepping", "10.0.0.1 is down"])
    def test_what_does_not(self, title: str) -> None:
        assert not is_numbered_title(title)

    def test_prose_under_headings_of_work_is_better_than_nothing(self) -> None:
        book = one("# T\n\n## Impact\n\nBad.\n\n## Diagnosis\n\nLook at `df`.\n\n## Mitigation\n\nFree some.\n")
        assert (book.rule, [s.text for s in book.steps]) == ("headings of work", ["Diagnosis", "Mitigation"])
        assert "headings" in book.warnings[0].words


class TestParagraphs:
    def test_paragraphs_that_count_themselves_are_steps_with_what_follows(self) -> None:
        source = "# T\n\nIntro.\n\n**Step 1:** Drain\n\nSlowly.\n\n- gently\n\n1\\. Lock\n\n## Rest\n\nwords\n"
        book = one(source)
        assert (book.rule, [(s.kind, s.text, s.guidance) for s in book.steps]) == (
            "numbered paragraphs",
            [(StepKind.NUMBERED, "Step 1: Drain", "Slowly.\n\n- gently"), (StepKind.NUMBERED, "1. Lock", "")],
        )
        assert [aside.text for aside in book.asides] == ["Intro.", "words"]

    def test_lines_of_one_paragraph(self) -> None:
        source = "Do so:\nStep 1 drain\nit all\nStep 2 lock\n\nwords\n"
        book = one(source)
        assert [(s.text, s.line, source[slice(*s.span)]) for s in book.steps] == [
            ("Step 1 drain it all", 2, "Step 1 drain\nit all"),
            ("Step 2 lock", 4, "Step 2 lock"),
        ]
        assert [aside.text for aside in book.asides] == ["Do so:", "words"]

    def test_one_is_a_sentence(self) -> None:
        with pytest.raises(Refused):
            one("Step 1 is the hardest.\n\nwords\n")


class TestBullets:
    def test_without_headings_all_bullets_are_work(self) -> None:
        assert texts("# Restart the web tier\n\nWhen it hangs.\n\n- Drain it\n- Restart it\n") == [
            "Drain it",
            "Restart it",
        ]
        assert texts("- Drain it\n- Restart it\n") == ["Drain it", "Restart it"]

    def test_descriptions_are_left_out_where_others_tell(self) -> None:
        assert texts("## Diagnosis\n\n- Check the disk\n- The disk is often full\n") == ["Check the disk"]
        assert texts("## Diagnosis\n\n- The disk is full\n- It is slow\n") == ["The disk is full", "It is slow"]

    @pytest.mark.parametrize(
        "heading",
        ["Vorgehen", "Sofortmaßnahmen", "Étapes", "Procedimiento", "Passos", "Procedura", "Шаги", "Порядок действий",
         "手順", "処理步骤", "절차", "خطوات", "שלבים", "Kroki"],
    )  # fmt: skip
    def test_headings_of_work_in_many_languages(self, heading: str) -> None:
        assert texts(f"# T\n\n## Info\n\n- x y\n\n## {heading}\n\n- a b\n") == ["a b"]

    def test_what_tells(self) -> None:
        assert is_instruction("Check the disk")
        assert not is_instruction("The disk is full")


class TestLanguages:
    @pytest.mark.parametrize(
        ("heading", "step"),
        [
            ("الاستجابة", "تحقق من لوحة المعلومات"),
            ("תגובה", "בדקו את הלוח"),
            ("対応", "ダッシュボードを確認する"),
            ("प्रतिक्रिया", "डैशबोर्ड देखें"),
            ("Реакция", "Проверить панель"),
            ("ตอบสนอง", "ตรวจสอบแดชบอร์ด"),
        ],
    )
    def test_every_script_is_read_as_it_stands(self, heading: str, step: str) -> None:
        source = f"## {heading}\n\n- [ ] {step} [→](#{heading})\n"
        data = source.encode()
        book = read_runbook(data, "a.md")
        assert book.steps[0].text == f"{step} →"
        assert book.steps[0].links[0].section == 0
        assert data[slice(*book.steps[0].span)].decode() == f"- [ ] {step} [→](#{heading})"


class TestFrontMatter:
    @pytest.mark.parametrize(
        "front",
        [
            '---\ntitle: \'API: errors\'\nseverity: SEV1, SEV2\nowner: "Platform"\ntags: [api, "5xx"]\n---\n',
            "---\nTitle: API: errors\nseverity:\n  - SEV1\n  - SEV2\nteam: Platform\nlabels:\n- api\n- 5xx\n---\n",
            '+++\ntitle = "API: errors"\nseverity = "SEV1, SEV2"\nowner = "Platform"\ntags = ["api", "5xx"]\n+++\n',
        ],
    )
    def test_title_severity_owner_and_tags(self, front: str) -> None:
        book = one(f"{front}# Other\n- [ ] a\n")
        assert (book.title, book.severity, book.owner, book.tags) == (
            "API: errors",
            "SEV1, SEV2",
            "Platform",
            ("api", "5xx"),
        )
        assert book.asides == ()

    def test_none_is_empty(self) -> None:
        book = one("- [ ] a\n")
        assert (book.severity, book.owner, book.tags) == ("", "", ())


def test_a_runbook_stored_before_there_were_gates_still_decodes() -> None:
    stored = (
        '{"name":"a.md","title":"A","sha256":"00","rule":"task items","sections":[{"title":"","level":0,"line":1}],'
        '"steps":[{"key":"s1","text":"Look","section":0,"depth":0,"parent":null,"line":1,"span":[0,10],"box":3,'
        '"kind":"task","mark":"open","guidance":"","code":[],"links":[{"text":"x","url":"#x"}]}],"asides":[],'
        '"warnings":[]}'
    )
    book = msgspec.json.decode(stored, type=Runbook)
    assert (book.gates, book.tags, book.steps[0].links[0].section) == ((), (), None)
    assert msgspec.json.decode(msgspec.json.encode(book), type=Runbook) == book
