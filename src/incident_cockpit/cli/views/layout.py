"""Blocks, prose and small tables as lines for a terminal of 80 columns: nothing is cut, long text wraps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from incident_cockpit.text.blocks import Block, BlockKind, plain
from incident_cockpit.text.layout import lay_out
from incident_cockpit.text.sanitize import clean, clean_line
from incident_cockpit.text.width import cells

WIDTH = 80
# Wide enough that no line is broken: what people search with other programs stays on one line.
UNBROKEN = 100_000
_WIDEST_LABEL = 36
_INDENT = "  "


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


def table(rows: Iterable[tuple[str, str]], width: int = WIDTH) -> Iterator[str]:
    """Yield a label and its text beside each other; a label that is too wide has a line of its own."""
    cleaned = [(clean_line(label), text) for label, text in rows]
    labels = [cells(label) for label, _ in cleaned if cells(label) <= _WIDEST_LABEL]
    label_width = max(labels, default=_WIDEST_LABEL) + 2
    for label, text in cleaned:
        if not text:
            yield label
        elif cells(label) + 2 > label_width:
            yield from wrapped(label, width)
            yield from wrapped(text, width, "    ")
        else:
            yield from wrapped(text, width, label + " " * (label_width - cells(label)), " " * label_width)


def as_text(blocks: Iterable[Block], width: int = WIDTH) -> Iterator[str]:
    """Yield blocks as lines; what follows a heading is indented, unless the heading is the title of all."""
    indent = ""
    for number, block in enumerate(blocks):
        if block.kind is BlockKind.HEADING:
            indent = _INDENT if number or block.level > 1 else ""
            if number:
                yield ""
        before = "" if block.kind is BlockKind.HEADING else indent
        for line in lay_out([block], width - len(before), "- ", whole_words=True):
            yield (before + " " * line.indent + clean(plain(line.runs)).replace("\n", " ")).rstrip()
