"""Files as editors and exports leave them, the files that are refused, and what holds for any text."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from incident_cockpit.errors import Refused
from incident_cockpit.runbook.model import Runbook, StepMark
from incident_cockpit.runbook.reader import read_runbook, step_formats
from incident_cockpit.runbook.source import MAX_BYTES, MAX_LINE, MAX_LINES

BODY = "# Título\n\n- [ ] First\n  > why\n- [x] Sécond\n"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("final", [True, False])
def test_line_ends_marks_and_missing_ends(end: str, mark: bytes, final: bool) -> None:
    text = BODY.replace("\n", end)
    data = mark + (text if final else text.removesuffix(end)).encode()
    book = read_runbook(data, "a.md")
    assert (book.title, [step.text for step in book.steps]) == ("Título", ["First", "Sécond"])
    assert [step.guidance for step in book.steps] == ["why", ""]
    assert [data[step.box or 0 :][:1] for step in book.steps] == [b" ", b"x"]
    assert data[slice(*book.steps[1].span)].decode() == "- [x] Sécond"


def test_tabs_and_hard_spaces() -> None:
    data = "-\t[ ]\tOne\n\t> quoted\n\n\t```\n\ta\tb\n\t```\n-   [x]\u00a0Two\n\t- [ ] Three\n".encode()
    book = read_runbook(data, "a.md")
    assert [(step.text, step.depth) for step in book.steps] == [("One", 0), ("Two", 0), ("Three", 1)]
    assert book.steps[0].guidance.startswith("> quoted\n\n```\na")
    assert [chr(data[step.box or 0]) for step in book.steps] == [" ", "x", " "]


def test_one_stray_byte_spoils_its_own_line_only() -> None:
    data = "- [ ] größe\n".encode() + b"- [x] caf\xe9 \x93q\x94\n" + "- [ ] naïve\n".encode()
    book = read_runbook(data, "a.md")
    assert [step.text for step in book.steps] == ["größe", "café “q”", "naïve"]
    [warning] = book.warnings
    assert warning.line == 2
    assert "Windows-1252" in warning.words
    assert [data[slice(*step.span)][:5] for step in book.steps] == [b"- [ ]", b"- [x]", b"- [ ]"]


def test_a_line_of_enormous_length_is_cut_with_a_warning() -> None:
    book = read_runbook(b"- [ ] " + b"[a](" * 200_000 + b"\n- [ ] next\n", "a.md")
    assert len(book.steps) == 2
    assert len(book.steps[0].text) <= MAX_LINE
    assert [warning.line for warning in book.warnings] == [1]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n\t", "empty"),
        (b"- [ ] a\0b", "not a text file"),
        (b"- [ ] a" + b"\x01\x02\x03" * 9, "not a text file"),
        (b"- [ ] a" + bytes(range(128, 255)), "not a text file"),
        ("- [ ] a".encode("utf-16"), "UTF-16"),
        (b"- [ ] a\n" + b" " * MAX_BYTES, "larger than 1 MiB"),
        (b"\n" * MAX_LINES + b"- [ ] a", "lines"),
        (b"# Only a title\n\nand words\n", "has no steps"),
        (b"```\nno step\n```\n", "has no steps"),
    ],
)
def test_what_can_be_no_runbook_is_refused_by_name(data: bytes, words: str) -> None:
    with pytest.raises(Refused) as caught:
        read_runbook(data, "disk.md")
    assert "disk.md" in caught.value.why
    assert words in caught.value.why
    assert caught.value.what_to_do


def test_no_steps_says_what_a_step_looks_like() -> None:
    with pytest.raises(Refused, match=r"- \[ \] "):
        read_runbook(b"words", "a.md")


@pytest.mark.parametrize(
    "text",
    [
        "- [ ] " + "[" * 900_000,
        "- [ ] a\n" + ("*a **a " * 10 + "\n") * 9_000,
        "- [ ] a\n" + ("[a](" * 20 + "\n") * 9_000,
        "- [ ] a <!--\n" + "<!-- <b\n" * 15_000,
        ">" * 5_000 + " - [ ] a\n" * 100,
        "- [ ] a\n```\n" + "x\n" * 19_000,
        "- " * 2_000 + "[ ] a",
        "- [ ] a\n\n" + '[a]: <x "\n' * 15_000,
        ("- [ ] " + "![[" * 1_300 + "\n") * 250,
        "☐ a\n" * 19_900,
        "|a|b|\n|-|-|\n" + "|[ ] x|☐ y|\n" * 19_000,
        "- [ ] a\n\n" + "If x, go to [y](#y). If not, escalate " * 20_000,
        "```\n- [ ] a\n```\n" * 6_600,
        "- [ ] " + "â€™Ã©" * 400 + "\n" + "- [ ] xâ€™ y\n" * 18_000,
        "# [ ] x\n" * 19_900,
    ],
    ids=[
        "brackets",
        "stars",
        "links",
        "comments",
        "quotes",
        "fence",
        "lists",
        "definitions",
        "images",
        "signs",
        "table",
        "gates",
        "templates",
        "broken",
        "headings",
    ],
)
def test_hostile_markdown_ends(text: str) -> None:
    try:
        found = len(read_runbook(text.encode(), "a.md").steps)
    except Refused as refused:
        found = -1 if "no steps" in refused.why else 0
    assert found


LINES = st.lists(
    st.tuples(
        st.sampled_from(["", "  ", "\t", "    ", "> ", "  > ", "> > ", "- ", "1. "]),
        st.sampled_from(
            [
                "",
                "",
                "- ",
                "* ",
                "1. ",
                "2) ",
                "- [ ] ",
                "- [x] ",
                "+ [-] ",
                "-\t[ ]\u00a0",
                "# ",
                "```",
                "---",
                "<details>",
                "☐ ",
                "Step 1 ",
                "## 2. ",
                "- [] ",
                "- ☑",
                "* [✓] ",
                "## [ ] ",
                "| a | b |\n|---|---|\n",
                "| [ ] x | ☐",
            ]
        ),
        st.sampled_from(["", "word", "~~old~~", "ünï", "`co", "[a](#b)", "**b", "&amp;", "漢字", "\t", "a  ", "|a|b|"]),
        st.sampled_from(["\n", "\n", "\r\n", "\r", "\n\n"]),
    ).map("".join),
    max_size=14,
).map("".join)


def holds(book: Runbook, data: bytes) -> None:
    """Check what the rest of the house relies on."""
    starts = [step.span[0] for step in book.steps]
    assert starts == sorted(set(starts))
    by_key = {step.key: step for step in book.steps}
    assert list(by_key) == [f"s{number}" for number in range(1, len(book.steps) + 1)]
    for step in book.steps:
        start, end = step.span
        assert 0 <= start < end <= len(data)
        assert step.text
        assert "\n" not in step.text
        assert 0 <= step.section < len(book.sections)
        if step.parent:
            parent = by_key[step.parent]
            assert parent.depth == step.depth - 1
            assert parent.span[0] <= start
            assert end <= parent.span[1]
        else:
            assert step.depth == 0
        if step.box is not None:
            assert start <= step.box < end
            char = data[step.box :].decode(errors="replace")[0]
            assert char in "☐☑☒" or (data[step.box - 1 : step.box] == b"[" and char in " \txX~-✓✔✗✘\u00a0")
            assert (step.mark is StepMark.DONE) == (char in "xX✓✔☑")
        assert all(link.section is None or 0 <= link.section < len(book.sections) for link in step.links)
    for gate in book.gates:
        assert gate.choices
        assert all(choice.section is None or 0 <= choice.section < len(book.sections) for choice in gate.choices)
    for aside in book.asides:
        assert 0 <= aside.section < len(book.sections)
        assert aside.after is None or by_key[aside.after].section == aside.section


@settings(max_examples=300, deadline=None)
@given(LINES)
@example("-\n  [ ] below the sign\n")
@example("- [ ] a\n> - [x] b\n")
@example("1. - [ ] a\n   > 2) [X] b")
def test_any_markdown_reads_or_is_refused(text: str) -> None:
    data = text.encode()
    try:
        book = read_runbook(data, "a.md")
    except Refused:
        return
    holds(book, data)
    for step in book.steps:
        data[slice(*step.span)].decode()
    assert read_runbook(data, "a.md") == book
    found = step_formats(data, "a.md")
    assert found[0].rule == book.rule
    for each in found:
        chosen = read_runbook(data, "a.md", each.rule)
        assert (chosen.rule, len(chosen.steps)) == (each.rule, each.steps)
        holds(chosen, data)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.text(max_size=200))
def test_any_bytes_read_or_are_refused(noise: bytes, text: str) -> None:
    for data in (noise, b"- [ ] a\n" + noise, b"- [ ] " + text.encode(errors="replace")):
        try:
            book = read_runbook(data, "a.md")
        except Refused:
            continue
        holds(book, data)
