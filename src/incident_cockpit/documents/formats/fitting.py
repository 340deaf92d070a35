"""Fitting a text to a limit: split over several messages, or truncated at a word."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.documents.formats.format import Rendered, split_notes
from incident_cockpit.text.blocks import Block, Blocks, Line, Run, plain

CUT = "…"
# Fewer words of a line are of no use to the reader.
_FEWEST_WORDS = 6

_JOINER = "\u200d"
_MODIFIERS = frozenset({_JOINER, "\u20e3", *map(chr, range(0xFE00, 0xFE10)), *map(chr, range(0x1F3FB, 0x1F400))})
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)


def utf16_length(text: str) -> int:
    """Return the length in UTF-16 code units, as JavaScript and so most chats count."""
    return len(text) + sum(char > "\uffff" for char in text)


def utf8_length(text: str) -> int:
    """Return the length in bytes of UTF-8, as sent."""
    return len(text.encode("utf-8", "replace"))


def render_pages(blocks: Blocks, write: Callable[[Blocks], str], limit: int, count: Callable[[str], int]) -> Rendered:
    """Return the blocks as messages of at most `limit`, each as `write` writes it and `count` measures it."""
    messages = tuple(write(page) for page in paginate(blocks, limit, lambda page: count(write(page))))
    return Rendered(messages, notes=split_notes(len(messages)))


def paginate(blocks: Blocks, limit: int, size: Callable[[Blocks], int]) -> tuple[Blocks, ...]:
    """Return the blocks as pages of at most `limit`, as measured by `size`; a line that fits on a page is not split.

    A longer line is split between words, bold on both sides of the split if it was bold.
    """
    lines = [piece for block in blocks for piece in _lines(block, limit, size)]

    def fits(start: int, count: int) -> bool:
        return size(_page(lines[start : start + count])) <= limit

    pages: list[Blocks] = []
    at = 0
    while at < len(lines):
        count = _largest(len(lines) - at, partial(fits, at))
        pages.append(_page(lines[at : at + count]))
        at += count
    return tuple(pages)


def shorten_lines(
    lines: Sequence[str], limit: int, count: Callable[[str], int], joiner: str = " ", mark: str = CUT
) -> tuple[str, bool]:
    """Return the lines as one text of at most `limit`, and whether something was left out.

    The first line has the problem and the last one the next update, so lines between them are dropped first.
    """
    rest = [line for line in lines if line] or [""]
    dropped = ""
    while len(rest) > 2 and count(joiner.join(rest)) > limit:
        dropped = rest.pop(-2)
    part = truncate(dropped, lambda text: count(joiner.join([*rest[:-1], text, rest[-1]])) <= limit, mark)
    if len(part.split()) >= _FEWEST_WORDS:
        rest.insert(-1, part)
    # A label such as "Actions:" without its items is worse than none.
    while dropped and len(rest) > 2 and rest[-2].endswith(":"):
        del rest[-2]
    text = joiner.join(rest)
    if count(text) <= limit:
        return text, bool(dropped)
    first, last = rest[0], joiner + rest[-1] if len(rest) > 1 else ""
    if count(last) > limit // 2:
        last = ""
    return truncate(first, lambda text: count(text + last) <= limit, mark) + last, True


def truncate(text: str, fits: Callable[[str], bool], mark: str = CUT) -> str:
    """Return as many whole words as fit with the mark behind them, or the whole text if it fits."""
    if fits(text):
        return text
    at = _largest(len(text), lambda end: fits(text[:end].rstrip() + mark))
    short = text[: _at_a_word(text, at)].rstrip() + mark
    return short if fits(short) else ""


class _Piece(Struct, frozen=True):
    """A line to put on a page, and whether it is the first of its block."""

    line: Line
    block: Block
    first: bool


def _lines(block: Block, limit: int, size: Callable[[Blocks], int]) -> Iterator[_Piece]:
    def fits(piece: Line) -> bool:
        return size((Block((piece,), block.kind),)) <= limit

    for number, whole in enumerate(block.lines):
        line = whole
        first = number == 0
        while line and not fits(line):
            head, line = _split(line, fits)
            yield _Piece(head, block, first)
            first = False
        if line:
            yield _Piece(line, block, first)


def _page(pieces: Sequence[_Piece]) -> Blocks:
    blocks: list[Block] = []
    for piece in pieces:
        if blocks and not piece.first:
            blocks[-1] = replace(blocks[-1], lines=(*blocks[-1].lines, piece.line))
        else:
            blocks.append(Block((piece.line,), piece.block.kind, piece.block.apart and bool(blocks)))
    return tuple(blocks)


def _largest(number: int, fits: Callable[[int], bool]) -> int:
    """Return the largest of 1 to `number` that fits, by bisection; 1 if none does."""
    low, step = 1, 1
    while low < number and fits(min(low + step, number)):
        low, step = min(low + step, number), step * 2
    high = min(low + step, number + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    # The escapes of a target do not always grow with the text.
    while low > 1 and not fits(low):
        low -= 1
    return low


def _split(line: Line, fits: Callable[[Line], bool]) -> tuple[Line, Line]:
    """Return as much of the line as fits, and the rest, without the blank between them."""
    text = plain(line)
    at = _at_a_word(text, _largest(len(text), lambda end: fits(_part(line, 0, end))))
    rest = len(text) - len(text[at:].lstrip())
    return _part(line, 0, len(text[:at].rstrip())), _part(line, rest, len(text))


def _part(line: Line, start: int, end: int) -> Line:
    """Return the part of a line between two positions of its text."""
    runs, at = [], 0
    for run in line:
        text = run.text[max(start - at, 0) : max(end - at, 0)]
        if text:
            runs.append(Run(text, run.style))
        at += len(run.text)
    return tuple(runs)


def _at_a_word(text: str, at: int) -> int:
    """Return the last position up to `at` between two words, or between two characters of a single word."""
    if at >= len(text):
        return len(text)
    if text[at].isspace():
        return at
    blank = max((position for position in range(1, at) if text[position].isspace()), default=0)
    if text[:blank].strip():
        return blank
    position = at
    while position and _is_one_grapheme(text[position - 1], text[position]):
        position -= 1
    return position or at


def _is_one_grapheme(before: str, after: str) -> bool:
    """Return whether two characters are drawn as one, as a letter with its accent or a flag."""
    return (
        before == _JOINER
        or after in _MODIFIERS
        or unicodedata.category(after) in ("Mn", "Me")
        or (ord(before) in _FLAG_LETTERS and ord(after) in _FLAG_LETTERS)
    )
