"""Styled text broken into lines by the cells it takes on a terminal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from incident_cockpit.text.blocks import Run, Style

_PARTS = re.compile(r"(\n)|([ \t]+)|([^ \t\n]+)")
_EMOJI_SIGN = "\ufe0f"


def cells(text: str) -> int:
    """Return how many terminal cells a text takes."""
    if text.isascii():
        return len(text)
    total = last = 0
    for char in text:
        last = _cell(char, last)
        total += last
    return total


def _cell(char: str, last: int) -> int:
    if char == _EMOJI_SIGN:
        return 1 if last == 1 else 0
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def joined(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Return the runs without empty ones, neighbours of one style merged."""
    merged: list[Run] = []
    for run in runs:
        if not run.text:
            continue
        if merged and merged[-1].style is run.style:
            merged[-1] = Run(merged[-1].text + run.text, run.style)
        else:
            merged.append(run)
    return tuple(merged)


class Wrapper:
    """Fills lines of a given width with words that may change style in their middle."""

    def __init__(self, width: int, *, whole_words: bool = False) -> None:
        """Start with an empty first line; a width below two cells could hold no wide character.

        With `whole_words` a word wider than a line, such as an address, is not cut.
        """
        self._width = max(2, width)
        self._whole_words = whole_words
        self._lines: list[list[Run]] = [[]]
        self._used = 0
        self._space: Style | None = None

    def wrap(self, runs: Iterable[Run]) -> list[tuple[Run, ...]]:
        """Return the lines; newlines in the text begin a new line, other white space becomes one space."""
        word: list[Run] = []
        for run in runs:
            for match in _PARTS.finditer(run.text):
                newline, space, text = match.groups()
                if text:
                    word.append(Run(text, run.style))
                    continue
                self._place(word)
                word = []
                if newline:
                    self._break()
                elif space:
                    self._space = run.style
        self._place(word)
        return [joined(line) for line in self._lines]

    def _break(self) -> None:
        self._lines.append([])
        self._used = 0
        self._space = None

    def _place(self, word: list[Run]) -> None:
        if not word:
            return
        size = sum(cells(run.text) for run in word)
        free = self._width - self._used
        if self._used and self._space is not None:
            if size + 1 > free and (size <= self._width or self._whole_words):
                self._break()
            elif free > 1:
                self._lines[-1].append(Run(" ", self._space if self._space is word[0].style else Style.PLAIN))
                self._used += 1
            else:
                self._break()
        self._space = None
        for run in word:
            self._pour(run)

    def _pour(self, run: Run) -> None:
        """Add text to the line, cut between characters only where a word is wider than a line."""
        if self._whole_words or self._used + cells(run.text) <= self._width:
            self._lines[-1].append(run)
            self._used += cells(run.text)
            return
        start, last = 0, 0
        for place, char in enumerate(run.text):
            last = _cell(char, last)
            if self._used + last > self._width:
                self._lines[-1].append(Run(run.text[start:place], run.style))
                self._break()
                start = place
            self._used += last
        self._lines[-1].append(Run(run.text[start:], run.style))
