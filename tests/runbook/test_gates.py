"""Decisions between steps, and the sections that links and words lead to."""

from __future__ import annotations

import pytest

from incident_cockpit.resources import shipped
from incident_cockpit.runbook.links import Anchors, slug
from incident_cockpit.runbook.model import Branch, Gate, Link, Runbook
from incident_cockpit.runbook.reader import load_runbook, read_runbook
from support.corpus import SEEDS


def gates(text: str) -> tuple[Gate, ...]:
    book = read_runbook(
        f"# Book\n\n## Look\n\n- [ ] a\n\n{text}\n\n## Stop & mend\n\n- [ ] b\n\n## 3. Review it\n\n- [ ] c\n".encode(),
        "a.md",
    )
    return book.gates


def ways(text: str) -> list[tuple[int | None, bool]]:
    """Return where each choice of the only gate leads."""
    (gate,) = gates(text)
    return [(choice.section, choice.escalate) for choice in gate.choices]


class TestGates:
    def test_a_linked_section_and_the_other_branch(self) -> None:
        text = "If the cause is known, proceed to [mending](#stop--mend). If not, escalate to somebody who knows."
        assert gates(text) == (
            Gate(
                "g1",
                1,
                "s1",
                text,
                (
                    Branch("If the cause is known, proceed to mending", 2, escalate=False),
                    Branch("If not, escalate to somebody who knows", None, escalate=True),
                ),
            ),
        )

    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("If all is calm, move to Stop & Mend.", [(2, False)]),
            ("Once it is proven, go on to the Review it section.", [(3, False)]),
            ("If so, go to stop and mend; otherwise go back to Look.", [(2, False), (1, False)]),
            ("If so, go to [x](#review-it), otherwise escalate.", [(3, False), (None, True)]),
            ("If so, continue with step 3. Review it", [(3, False)]),
            ("> If it hurts:\n> go to [x](#look)\n> and wait.", [(1, False)]),
            ("- If it is load, go to [x](#look).\n- If not, page the owners.", [(1, False), (None, False)]),
            ("When it rises\nfor ten minutes, escalate.", [(None, True)]),
            ("Wenn alles ruhig ist, weiter mit [Ende](#look).", [(1, False)]),
            ("原因が分かった場合は[停止](#look)へ。", [(1, False)]),
        ],
    )
    def test_what_people_write(self, text: str, wanted: list[tuple[int | None, bool]]) -> None:
        assert ways(text) == wanted

    @pytest.mark.parametrize(
        "text",
        [
            "Go to Look.",
            "If in doubt, ask.",
            "Look at [this](#look) if possible.",
            "If you are lost, go to the dashboard.",
            "- [What if it fails?](#look)",
            "If so, see [the page](https://a.example/#look).",
            "```\nif x; go to Look\n```",
            "Escalate to the owners.",
        ],
    )
    def test_what_leaves_nothing_to_decide(self, text: str) -> None:
        assert gates(text) == ()

    def test_keys_count_through_the_file(self) -> None:
        found = gates("If a, go to Look.\n\nIf b, go to Look.")
        assert [gate.key for gate in found] == ["g1", "g2"]

    def test_the_shipped_ones_all_lead_somewhere(self) -> None:
        for file in sorted(shipped("sample_data", "runbooks").glob("*.md")):
            book, _ = load_runbook(file)
            assert book.gates, file.name
            assert all(any(choice.section is not None for choice in gate.choices) for gate in book.gates), file.name

    def test_the_seed_has_three(self) -> None:
        found = sorted(SEEDS.glob("001_*.txt"))
        if not found:
            pytest.skip("no seeds beside the repository")
        book, _ = load_runbook(found[0])
        assert [(gate.section, gate.after) for gate in book.gates] == [(2, "s10"), (3, "s12"), (4, "s15")]
        assert [[(choice.section, choice.escalate) for choice in gate.choices] for gate in book.gates] == [
            [(3, False), (None, True)],
            [(4, False)],
            [(5, False)],
        ]


def one(markdown: str) -> Runbook:
    return read_runbook(markdown.encode(), "a.md")


class TestAnchors:
    @pytest.mark.parametrize(
        ("title", "name"),
        [
            ("Stop & mend", "stop--mend"),
            ("1. What's `up`?", "1-whats-up"),
            ("Snake_case – dash", "snake_case--dash"),
            ("Откат базы", "откат-базы"),
            ("हिन्दी", "हिन्दी"),
            ("🔥 Fire", "-fire"),
        ],
    )
    def test_names_as_on_github(self, title: str, name: str) -> None:
        assert slug(title) == name

    def test_the_same_title_twice_is_counted(self) -> None:
        anchors = Anchors([("Look", "Look"), ("Look", "Look"), ("Stop & mend", "")], 1)
        assert [anchors.find(url) for url in ("#look", "#look-1", "#look-2", "#Stop-Mend", "#user-content-look")] == [
            1,
            2,
            None,
            3,
            1,
        ]
        assert [anchors.find(url) for url in ("", "#", "https://a.example/#look", "look")] == [None] * 4

    def test_an_anchor_of_its_own(self) -> None:
        book = one("# T\n\n## Look {#here}\n\n## <a name='there'></a>Stop\n\n- [ ] [a](#here) [b](#there) [c](#T)\n")
        assert [section.title for section in book.sections] == ["T", "Look", "Stop"]
        assert [link.section for link in book.steps[0].links] == [1, 2, 0]

    def test_only_the_web_is_opened(self) -> None:
        links = [
            Link("", url) for url in ("HTTPS://a.example", "http://a", "file:///etc", "javascript:x", "#a", "b.md")
        ]
        assert [link.opens for link in links] == [True, True, False, False, False, False]
