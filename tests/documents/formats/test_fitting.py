"""Splitting and truncating: nothing is lost or too long, and no word or character is split."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from incident_cockpit.documents.blocks import layout, literal, read
from incident_cockpit.documents.formats.fitting import paginate, shorten_lines, truncate, utf8_length, utf16_length
from incident_cockpit.documents.formats.registry import FORMATS
from incident_cockpit.text.blocks import Block, Blocks, Run, Style, plain
from support.formats import HEADING, HOSTILE, blocks_of

LINES = st.lists(st.tuples(st.sampled_from(["", "- ", "\n"]), st.text("ab *\n-中👩", max_size=30)), max_size=12)


def written(blocks: Blocks) -> str:
    return layout(blocks, plain, plain)


def words(blocks: Blocks) -> str:
    return "".join(plain(line) for block in blocks for line in block.lines).replace(" ", "")


@given(LINES, st.integers(1, 60))
def test_pages_have_everything_and_keep_the_limit(lines: list[tuple[str, str]], limit: int) -> None:
    blocks = read("\n".join(opening + text for opening, text in lines))
    made = paginate(blocks, limit, lambda page: len(written(page)))
    assert "".join(map(words, made)) == words(blocks)
    assert all(0 < len(written(page)) <= limit for page in made)
    assert all(not page[0].apart for page in made)


@given(LINES)
def test_text_that_fits_is_one_unchanged_page(lines: list[tuple[str, str]]) -> None:
    blocks = read("\n".join(opening + text for opening, text in lines))
    assert paginate(blocks, 10_000, lambda page: len(written(page))) == ((blocks,) if blocks else ())


def test_lines_and_words_stay_whole() -> None:
    blocks = read("one two\nthree four\n- five six\n- seven")
    made = [written(page) for page in paginate(blocks, 10, lambda page: len(written(page)))]
    assert made == ["one two", "three four", "five six", "seven"]
    assert [written(page) for page in paginate(read("one two three"), 9, lambda page: len(written(page)))] == [
        "one two",
        "three",
    ]


def test_word_longer_than_a_page_is_split_between_characters() -> None:
    family = "👩\u200d👩\u200d👧"
    for word in (f"a{family}b", "xe\u0301y", "a🇫🇷b", "a1\ufe0f\u20e3b", "a👍🏽b"):
        for limit in range(2, 9):
            made = paginate(read(word), limit, lambda page: len(written(page)))
            assert "".join(map(words, made)) == word
            sign = word[1:-1]
            if limit >= len(sign):
                assert any(sign in written(page) for page in made), (word, limit)


def test_bold_continues_on_the_next_page() -> None:
    made = paginate(
        (Block(((Run("a bb "), Run("ccc ddd", Style.STRONG), Run(" e")),)),),
        9,
        lambda page: len(written(page)),
    )
    assert [[(run.text, run.bold) for run in page[0].lines[0]] for page in made] == [
        [("a bb ", False), ("ccc", True)],
        [("ddd", True), (" e", False)],
    ]


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("one two three", 13, "one two three"),
        ("one two three", 12, "one two…"),
        ("one two three", 8, "one two…"),
        ("one two three", 7, "one…"),
        ("onetwothree", 4, "one…"),
        ("one", 1, ""),
        ("one", 0, ""),
    ],
)
def test_text_is_truncated_at_a_word(text: str, limit: int, short: str) -> None:
    assert truncate(text, lambda text: len(text) <= limit) == short


def test_middle_lines_are_dropped_first() -> None:
    lines = ["Checkout fails for all cards", "Started at 14:00", "We are at it", "Next at 15:00"]
    assert shorten_lines(lines, 200, len) == (" ".join(lines), False)
    assert shorten_lines(lines, 60, len) == ("Checkout fails for all cards Started at 14:00 Next at 15:00", True)
    impact = ["It fails", "What you may notice: cards are refused", "Next at 15:00"]
    assert shorten_lines(impact, 54, len) == ("It fails What you may notice: cards are… Next at 15:00", True)
    assert shorten_lines(lines, 45, len) == ("Checkout fails for all cards Next at 15:00", True)
    assert shorten_lines(lines, 30, len) == ("Checkout fails… Next at 15:00", True)
    assert shorten_lines(["short", "a last line that nobody could call short"], 20, len) == ("short", True)
    assert shorten_lines(["It fails", "Done:", "this and that", "Next at 15:00"], 30, len) == (
        "It fails Next at 15:00",
        True,
    )
    assert shorten_lines([], 20, len) == ("", False)


@given(st.lists(st.text("ab 中👩", max_size=20), max_size=6), st.integers(0, 60))
def test_shortened_text_always_fits(lines: list[str], limit: int) -> None:
    text, short = shorten_lines(lines, limit, utf16_length)
    assert utf16_length(text) <= limit
    assert short or text == " ".join(line for line in lines if line)


def test_lengths_in_utf16_and_utf8() -> None:
    assert utf16_length("a中👩") == 4
    assert utf8_length("a中👩\ud800") == 9


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=list(FORMATS))
@given(words=HOSTILE, times=st.integers(1, 40), lines=st.integers(1, 20))
@example(words="*_~`&<>@a ", times=60, lines=40)
@example(words="中", times=60, lines=40)
def test_every_format_keeps_its_limit(fmt, words: str, times: int, lines: int) -> None:  # type: ignore[no-untyped-def]
    line = literal(words * times) or "x"
    rendered = fmt.render(read(f"*{line}*\n" + f"- {line}\n" * lines + f"Next: {line}"), HEADING)
    assert rendered.messages
    assert not fmt.limit or all(fmt.count(message) <= fmt.limit for message in rendered.messages)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=list(FORMATS))
def test_every_format_can_write_nothing(fmt) -> None:  # type: ignore[no-untyped-def]
    assert "".join(fmt.render((), HEADING).messages) == ""
    assert fmt.render(blocks_of("Checkout"), HEADING).text
    assert fmt.about
