"""Prose and small tables for a terminal of eighty columns: nothing is cut, long text goes on below where it began."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from incident_cockpit.text.sanitize import clean_line
from incident_cockpit.text.width import cells

WIDTH = 80
_WIDEST_LABEL = 36


def wrapped(text: str, width: int = WIDTH, first: str = "", rest: str | None = None) -> Iterator[str]:
    """Yield the text broken between words; `first` stands before its first line, `rest` (as wide, blank) before others.

    A word that is too long for a line, such as an address, stays whole.
    """
    before, line = first, ""
    follows = " " * cells(first) if rest is None else rest
    for word in clean_line(text).split():
        if line and cells(before) + cells(line) + 1 + cells(word) > width:
            yield before + line
            before, line = follows, word
        else:
            line = f"{line} {word}" if line else word
    if line:
        yield before + line


def listed(items: Iterable[str], width: int = WIDTH) -> Iterator[str]:
    """Yield each text behind a dash."""
    for item in items:
        yield from wrapped(item, width, "- ")


def table(rows: Iterable[tuple[str, str]], width: int = WIDTH) -> Iterator[str]:
    """Yield a label and its text beside each other; a label that is too wide has a line of its own."""
    cleaned = [(clean_line(label), text) for label, text in rows]
    labels = [cells(label) for label, _ in cleaned if cells(label) <= _WIDEST_LABEL]
    room = max(labels, default=_WIDEST_LABEL) + 2
    for label, text in cleaned:
        if not text:
            yield label
        elif cells(label) + 2 > room:
            yield from wrapped(label, width)
            yield from wrapped(text, width, "    ")
        else:
            yield from wrapped(text, width, label + " " * (room - cells(label)), " " * room)


def matrix(heads: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]], width: int = WIDTH) -> Iterator[str] | None:
    """Return the lines of labels with a cell under each head, or None where that many are too wide to be read."""
    widths = [max(cells(head), *(cells(row[at]) for _, row in rows)) for at, head in enumerate(heads)]
    room = width - sum(one + 2 for one in widths)
    longest = max(cells(label) for label, _ in rows)
    if room < min(longest, _WIDEST_LABEL):
        return None
    return _matrix(heads, rows, widths, min(room, longest))


def _matrix(
    heads: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]], widths: Sequence[int], room: int
) -> Iterator[str]:
    for label, row in (("", heads), *rows):
        first, *more = list(wrapped(label, room, rest="  ")) or [""]
        padded = (cell + " " * (wide - cells(cell)) for cell, wide in zip(row, widths, strict=True))
        yield (first + " " * (room - cells(first)) + "  " + "  ".join(padded)).rstrip()
        yield from more
