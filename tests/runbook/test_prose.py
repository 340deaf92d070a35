"""Guidance as lines: what each kind of Markdown becomes, how it wraps, and that nothing in it is obeyed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incident_cockpit.runbook.prose import prose
from incident_cockpit.text.blocks import Run, Style
from incident_cockpit.text.layout import ProseLine
from incident_cockpit.text.width import Wrapper, cells


def shown(markdown: str, width: int = 40) -> list[str]:
    return [" " * line.indent + "".join(run.text for run in line.runs) for line in prose(markdown, width)]


def runs(markdown: str) -> tuple[Run, ...]:
    (line,) = prose(markdown, 80)
    return line.runs


def test_inline_styles() -> None:
    assert runs("a **b** *c* `d  e`") == (
        Run("a ", Style.PLAIN),
        Run("b", Style.STRONG),
        Run(" ", Style.PLAIN),
        Run("c", Style.QUIET),
        Run(" ", Style.PLAIN),
        Run("d e", Style.CODE),
    )


def test_a_link_shows_where_it_leads_unless_it_says_so() -> None:
    assert runs("[board](https://b.example)") == (Run("board <https://b.example>", Style.LINK),)
    assert runs("<https://b.example>") == (Run("https://b.example", Style.LINK),)
    assert runs("[https://good.example](https://evil.example)")[0].text.endswith("<https://evil.example>")


@pytest.mark.parametrize("text", ["[/x]", "[@click=app.quit]go[/]", "[bold red]", "$text"])
def test_markup_is_only_text(text: str) -> None:
    assert runs(text) == (Run(text, Style.PLAIN),)


def test_nothing_that_a_terminal_obeys_comes_through() -> None:
    for line in shown("&#x9b;31m &#27;[2J \x1b]0;t\x07 &#x202e;x [&#x9b;](<a\x1bb>)\n\n```\n\x1b[2J\n```\n"):
        assert not set(line) & {"\x1b", "\x9b", "\x07", "\u202e"}


def test_lists_boxes_and_numbers() -> None:
    assert shown("- a\n  - [ ] b\n  - [x] c\n  - [-] d\n\n3. e\n4) f\n") == [
        "• a",
        "  ☐ b",
        "  ☑ c",
        "  ☒ d",
        "",
        "3. e",
        "",
        "4. f",
    ]


def test_paragraphs_headings_and_breaks() -> None:
    assert prose("# H\n\na  \nb\nc\n", 40) == (
        ProseLine(0, (Run("H", Style.HEADING),)),
        ProseLine(0, ()),
        ProseLine(0, (Run("a", Style.PLAIN),)),
        ProseLine(0, (Run("b c", Style.PLAIN),)),
    )


def test_code_is_never_wrapped() -> None:
    long = "kubectl get pods " * 9
    lines = prose(f"- x\n\n  ```sh\n  {long}\n      deep\n  ```\n", 20)
    assert ProseLine(2, (Run(long, Style.CODE_BLOCK),)) in lines
    assert ProseLine(2, (Run("    deep", Style.CODE_BLOCK),)) in lines


def test_quotes_and_alerts() -> None:
    assert shown("> [!WARNING]\n> Hot.\n>\n> > deeper\n") == ["│ Warning", "│ Hot.", "", "│ │ deeper"]


def test_tables_and_html() -> None:
    assert shown("| a | b |\n|---|---|\n| 1 | `2` |\n\n<b>bold</b>\n<!-- gone -->\n") == ["a  b", "1  2", "", "bold"]
    assert shown("ask <team> <br> now") == ["ask <team> now"]


def test_wrapping_goes_by_cells() -> None:
    assert shown("one two three", 8) == ["one two", "three"]
    assert shown("- aaaa bbbb cccc dddd eeee", 20) == ["• aaaa bbbb cccc", "  dddd eeee"]
    assert shown("漢字漢字漢字", 6) == ["漢字漢", "字漢字"]
    assert shown("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]


@pytest.mark.parametrize(
    ("text", "width"), [("abc", 3), ("漢", 2), ("e\u0301", 1), ("🙂", 2), ("\u2764\ufe0f", 2), ("", 0)]
)
def test_cells(text: str, width: int) -> None:
    assert cells(text) == width


def test_an_empty_text_has_no_lines() -> None:
    assert prose("", 40) == ()
    assert prose("<!-- only a comment -->", 40) == ()


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "- ",
                "1. ",
                "> ",
                "  ",
                "\n",
                "\n\n",
                "# ",
                "**",
                "`",
                "[a](b)",
                "word ",
                "漢字",
                "| ",
                "<b>",
                "[ ] ",
                "\t",
            ]
        ),
        max_size=30,
    ).map("".join),
    st.integers(min_value=16, max_value=60),
)
def test_no_line_but_code_is_wider_than_asked(markdown: str, width: int) -> None:
    for line in prose(markdown, width):
        assert all("\n" not in run.text for run in line.runs)
        if not any(run.style is Style.CODE_BLOCK for run in line.runs):
            assert line.indent + sum(cells(run.text) for run in line.runs) <= width


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.text("ab \n漢", max_size=12), st.sampled_from(list(Style))), max_size=6), st.integers(2, 12)
)
def test_wrapping_loses_no_character(parts: list[tuple[str, Style]], width: int) -> None:
    lines = Wrapper(width).wrap([Run(text, style) for text, style in parts])
    told = "".join(run.text for line in lines for run in line)
    assert "".join(told.split()) == "".join("".join(text for text, _ in parts).split())
    assert all(sum(cells(run.text) for run in line) <= width for line in lines)
