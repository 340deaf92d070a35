"""Characters broken by a wrong encoding: fixed on screen, while every byte of the file stays."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incident_cockpit.runbook.reader import read_runbook
from incident_cockpit.runbook.source import fix_encoding, has_broken_characters


def broken(text: str) -> str:
    return "".join(
        bytes([byte]).decode("cp1252") if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(byte)
        for byte in text.encode()
    )


@pytest.mark.parametrize(
    "text", ["it’s", "“quoted”", "café", "naïve – plan", "→ next", "✅ done", "🔥", "Übergang", "schön"]
)
def test_broken_encoding_is_repaired(text: str) -> None:
    data = f"- [ ] 漢 {broken(text)} [x](#y)\n- [x] next\n".encode()
    book = read_runbook(data, "a.md")
    assert [step.text for step in book.steps] == [f"漢 {text} x", "next"]
    assert [data[slice(*step.span)] for step in book.steps] == data.splitlines()
    assert [chr(data[step.box or 0]) for step in book.steps] == [" ", "x"]


def test_it_is_said_with_the_line() -> None:
    data = "# A\n\n- [ ] itâ€™s\n".encode()
    [warning] = read_runbook(data, "a.md").warnings
    assert warning.line == 3
    assert "â€™" in warning.words
    assert "’" in warning.words


@pytest.mark.parametrize("text", ["Ünï cödé", "NÃO É", "漢字 かな", "Ăn uống", "Тест", "â la carte", "Ã", "naïve €5"])
def test_valid_text_is_unchanged(text: str) -> None:
    book = read_runbook(f"- [ ] {text}\n".encode(), "a.md")
    assert (book.steps[0].text, book.warnings) == (text, ())


def test_checkboxes_behind_fixed_text_have_their_byte() -> None:
    data = "| a | b |\n|---|---|\n| itâ€™s | [x] donâ€™t |\n".encode()
    (step,) = read_runbook(data, "a.md").steps
    assert (step.text, chr(data[step.box or 0])) == ("don’t", "x")
    assert data[slice(*step.span)] == "[x] donâ€™t".encode()


PARTS = st.lists(st.sampled_from(["it", " ", broken("’"), broken("é"), broken("🔥"), "é", "漢", "x"]), max_size=12)


@settings(max_examples=200, deadline=None)
@given(PARTS)
def test_columns_find_the_bytes_they_had(parts: list[str]) -> None:
    line = "".join(parts)
    better = fix_encoding(line)
    if better is None:
        return
    assert has_broken_characters(line.encode())
    offsets = [better.offset(column) for column in range(len(better.text) + 1)]
    assert offsets == sorted(offsets)
    assert (offsets[0], offsets[-1]) == (0, len(line.encode()))
    for offset in offsets:
        line.encode()[offset:].decode()
