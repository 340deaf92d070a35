from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident_cockpit.text.sanitize import LIMIT, clean, clean_line, is_clean
from support.naming import naming

HOSTILE_PIECES = [
    "\x1b[31m",
    "\x1b[",
    "0m",
    "\x1b]52;c;aGk=\x07",
    "\x1b]8;;http://x\x1b\\",
    "\x9b31m",
    "\x9b2J",
    "\x85",
    "\x00",
    "\x7f",
    "\r\n",
    "\r",
    "\n",
    "\t",
    "\u202e",
    "\u2066",
    "\u200b",
    "\u200d",
    "\u200c",
    "\ufe0f",
    "\ufeff",
    "\u2028",
    "\u0301",
    "\u0489",
    "\ud800",
    "\udc00",
    "\uffff",
    "\U000e0041",
    "👩",
    "e",
    " ",
]
hostile = st.lists(st.sampled_from(HOSTILE_PIECES) | st.text(max_size=5), max_size=40).map("".join)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("plain", "plain"),
        ("two\nlines", "two\nlines"),
        ("dos\r\nmac\rline\u2028para\u2029.", "dos\nmac\nline\npara\n."),
        ("a\tb", "a   b"),
        ("\x1b[1;31mred\x1b[0m and \x9b32mgreen", "red and green"),
        ("\x1b]0;title\x07", "␛]0;title␇"),
        ("\x1b[2Jgone", "␛[2Jgone"),
        ("\x1b[\x1b[0m31m", "␛[31m"),
        ("nul\x00del\x7f", "nul␀del␡"),
        ("\x9b2J\x85", "<U+009B>2J<U+0085>"),
        ("safe\u202egpj.exe\u2066", "safe<U+202E>gpj.exe<U+2066>"),
        ("ze\u200bro so\u00adft \ufeffbom tag\U000e0041s", "zero soft bom tags"),
        ("👩\u200d👩\u200d👧 ❤\ufe0f", "👩\u200d👩\u200d👧 ❤\ufe0f"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("ก็ได้ น้ำ", "ก็ได้ น้ำ"),
        ("z" + "\u0301" * 9 + "a", "z" + "\u0301" * 4 + "a"),
        ("z" + "\u0301\u200b" * 9, "z" + "\u0301" * 4),
        ("\ud800x", "\ufffdx"),
        ("\uffff", "<U+FFFF>"),
    ],
)
def test_clean_shows_or_drops_what_a_terminal_would_obey(raw: str, expected: str) -> None:
    assert clean(raw) == expected
    assert is_clean(raw) is (raw == expected)


@given(hostile)
def test_nothing_unsafe_is_left(text: str) -> None:
    done = clean(text)
    done.encode()
    for char in done:
        assert char == "\n" or unicodedata.category(char) not in {"Cc", "Cs", "Zl", "Zp"}
        assert char not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u00ad\ufeff"
    assert is_clean(done)


@given(hostile, st.integers(0, 60))
def test_clean_is_idempotent_and_within_its_limit(text: str, limit: int) -> None:
    done = clean(text, limit=limit)
    assert clean(done, limit=limit) == done
    assert len(done) <= limit
    line = clean_line(text, limit=limit)
    assert clean_line(line, limit=limit) == line
    assert len(line) <= limit


@given(hostile)
def test_a_clean_line_is_one_stripped_line(text: str) -> None:
    line = clean_line(text)
    assert "\n" not in line
    assert line == line.strip()


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=200))
def test_words_in_any_script_pass_unchanged(text: str) -> None:
    assert clean(text) == text


def test_line_breaks_become_one_space() -> None:
    assert clean_line("  first \r\n\n   second\n") == "first second"


def test_a_cut_is_said() -> None:
    done = clean("x" * (LIMIT + 1))
    assert len(done) == LIMIT
    assert re.search(rf"x… \(.*{LIMIT} characters\)$", done)
    assert clean("x" * LIMIT) == "x" * LIMIT
    assert clean("\x1b[31m" * 10 + "x" * 40, limit=45) == "x" * 40
    assert clean("\x1b[0m" * 200 + "x", limit=40) == naming("…", "40 characters")
