"""The text that every format is made from: what is read out of it, and what people cannot put into it."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from incident_cockpit.documents.blocks import literal, read, redacted, write
from incident_cockpit.text.blocks import Block, BlockKind, Run, Style, plain
from support.formats import HOSTILE, blocks_of, cleaned, said, seen, shape

TOKEN = "ghp_" + "a1B2" * 9


def runs(text: str) -> list[tuple[str, bool]]:
    [block] = read(text)
    return [(run.text, run.bold) for run in block.lines[0]]


def test_lines_items_and_blank_lines_become_blocks() -> None:
    assert read("a\nb\n- c\n- d\ne\n\nf\n") == (
        Block(((Run("a"),), (Run("b"),))),
        Block(((Run("c"),), (Run("d"),)), BlockKind.ITEMS),
        Block(((Run("e"),),)),
        Block(((Run("f"),),), apart=True),
    )


def test_items_with_blank_lines_between_them_are_one_list() -> None:
    assert [len(block.lines) for block in read("- a\n\n- b\n\n\nc")] == [2, 1]


def test_an_item_without_words_is_none() -> None:
    assert read("- \na\n -\n") == (Block(((Run("a"),),)),)
    assert read(" \n\n") == ()


@pytest.mark.parametrize(
    ("text", "bold"),
    [
        ("*Impact:* high", ["Impact:"]),
        ("(*a b*), *c*.", ["a b", "c"]),
        ("2 * 3 * 4", []),
        ("a*b*c", []),
        ("* a*", []),
        ("**a**", []),
        ("*a*b", []),
        (r"\*a*", []),
        (r"*a \* b*", ["a * b"]),
        ("*a\nb*", []),
    ],
)
def test_a_bold_begins_and_ends_beside_words(text: str, bold: list[str]) -> None:
    found = [run.text for block in read(text) for line in block.lines for run in line if run.bold]
    assert found == bold


def test_a_backslash_makes_a_sign_plain_and_is_a_backslash_elsewhere() -> None:
    assert runs(r"\- a \* C:\dir\new \_") == [(r"- a * C:\dir\new \_", False)]
    assert runs(r"\\- a") == [(r"\- a", False)]


def test_peoples_words_stand_on_one_line_and_open_nothing() -> None:
    assert runs(f"*{literal('a* b')}* {literal('*c*')}") == [("a* b", True), (" *c*", False)]
    assert read(literal("- a\n\n- b")) == (Block(((Run("- a - b"),),)),)
    assert plain(read(literal("\ue000\ue001"))[0].lines[0]) == "\ufffd\ufffd"


@given(HOSTILE, HOSTILE, HOSTILE)
@example("*", "- ", "\\")
@example("a*", "*b", "*")
def test_no_words_of_people_change_the_structure(title: str, action: str, impact: str) -> None:
    blocks = blocks_of(title, action, impact)
    assert shape(blocks) == shape(blocks_of("words"))
    assert said(blocks[0].lines[0]) == seen(f"SEV1 INC-7 {cleaned(title)}: Investigating")
    assert said(blocks[2].lines[0]) == seen(cleaned(action))


@given(st.lists(HOSTILE | st.sampled_from(["\n", "\n\n", "\n- ", "*a b*", "\\- x"]), max_size=6).map("".join))
@example("*a*.")
@example(r"\\\- x")
@example("- \\- x")
def test_what_is_written_is_read_as_the_same(text: str) -> None:
    blocks = read(text)
    assert read(write(blocks)) == blocks
    assert write(read(write(blocks))) == write(blocks)


@given(HOSTILE)
def test_peoples_words_come_through_an_editor_as_they_were(words: str) -> None:
    blocks = blocks_of(words, words, words)
    assert read(write(blocks)) == blocks


def test_backslashes_are_written_only_where_they_are_needed() -> None:
    assert write(read(f"*Sum:* {literal('2 * 3, a_b')}")) == "*Sum:* 2 * 3, a_b"
    assert write(read(literal("*a*"))) == r"\*a\*"
    assert write(read(literal("- a"))) == r"\- a"


def test_a_secret_is_found_across_the_words_of_the_template_and_of_people() -> None:
    blocks, found = redacted(read(f"a password={literal('hun-ter22')} {literal(TOKEN)}\n- *{TOKEN}*: b"))
    assert found == ("password", "GitHub token", "GitHub token")
    assert write(blocks).replace("\\", "") == (
        "a password=[redacted: password] [redacted: GitHub token]\n- *[redacted: GitHub token]*: b"
    )


def test_a_secret_over_two_runs_is_named_once_and_gone_whole() -> None:
    half = len(TOKEN) // 2
    line = (Run("x " + TOKEN[:half]), Run(TOKEN[half:], Style.STRONG), Run(" y"))
    [block], found = redacted((Block((line,)),))
    assert plain(block.lines[0]) == "x [redacted: GitHub token] y"
    assert found == ("GitHub token",)
