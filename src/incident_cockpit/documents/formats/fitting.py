"""Making a text fit: over several messages where a target takes several, cut at a word where it takes one."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.text.blocks import Block, Blocks, Line, Run, plain

CUT = "…"
# Fewer words of a line say nothing.
_WORDS_OF_USE = 6

_JOINER = "\u200d"
_CHANGES_THE_SIGN_BEFORE = frozenset(
    {_JOINER, "\u20e3", *map(chr, range(0xFE00, 0xFE10)), *map(chr, range(0x1F3FB, 0x1F400))}
)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)


def utf16_length(text: str) -> int:
    """Count a text as JavaScript does, which is how chats count: what lies beyond the basic plane is two."""
    return len(text) + sum(sign > "\uffff" for sign in text)


def utf8_length(text: str) -> int:
    """Count a text as it travels: bytes of UTF-8."""
    return len(text.encode("utf-8", "replace"))


def paginate(blocks: Blocks, limit: int, size: Callable[[Blocks], int]) -> tuple[Blocks, ...]:
    """Return the blocks as pages of at most `limit`, as `size` measures one; no line is parted that fits on a page.

    A line longer than a page is parted between words, bold on both sides of the cut where it was bold.
    """
    lines = [piece for block in blocks for piece in _lines(block, limit, size)]

    def fits(start: int, many: int) -> bool:
        return size(_page(lines[start : start + many])) <= limit

    done: list[Blocks] = []
    at = 0
    while at < len(lines):
        many = _most(len(lines) - at, partial(fits, at))
        done.append(_page(lines[at : at + many]))
        at += many
    return tuple(done)


def shorten_lines(
    lines: Sequence[str], limit: int, count: Callable[[str], int], joiner: str = " ", mark: str = CUT
) -> tuple[str, bool]:
    """Return the lines as one text of at most `limit`, and whether something was left out.

    The first line says what is wrong and the last one when more follows, so what stands between them goes first.
    """
    kept = [line for line in lines if line] or [""]
    dropped = ""
    while len(kept) > 2 and count(joiner.join(kept)) > limit:
        dropped = kept.pop(-2)
    part = truncate(dropped, lambda text: count(joiner.join([*kept[:-1], text, kept[-1]])) <= limit, mark)
    if len(part.split()) >= _WORDS_OF_USE:
        kept.insert(-1, part)
    # "Done:" with nothing done behind it would be worse than silence.
    while dropped and len(kept) > 2 and kept[-2].endswith(":"):
        del kept[-2]
    text = joiner.join(kept)
    if count(text) <= limit:
        return text, bool(dropped)
    first, last = kept[0], joiner + kept[-1] if len(kept) > 1 else ""
    if count(last) > limit // 2:
        last = ""
    return truncate(first, lambda text: count(text + last) <= limit, mark) + last, True


def truncate(text: str, fits: Callable[[str], bool], mark: str = CUT) -> str:
    """Return as many whole words as fit with the mark behind them, or the text itself where it fits."""
    if fits(text):
        return text
    at = _most(len(text), lambda end: fits(text[:end].rstrip() + mark))
    short = text[: _at_a_word(text, at)].rstrip() + mark
    return short if fits(short) else ""


class _Piece(Struct, frozen=True):
    """A line on its way to a page, and whether it is the first of its block."""

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
            head, line = _parted(line, fits)
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


def _most(number: int, fits: Callable[[int], bool]) -> int:
    """Return the largest of 1 to `number` that fits, looking at few; 1 where none does."""
    low, step = 1, 1
    while low < number and fits(min(low + step, number)):
        low, step = min(low + step, number), step * 2
    high = min(low + step, number + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    # What a target adds for safety does not always grow with the text.
    while low > 1 and not fits(low):
        low -= 1
    return low


def _parted(line: Line, fits: Callable[[Line], bool]) -> tuple[Line, Line]:
    """Return as much of the line as fits, and the rest of it, without the blank between them."""
    text = plain(line)
    at = _at_a_word(text, _most(len(text), lambda end: fits(_part(line, 0, end))))
    rest = len(text) - len(text[at:].lstrip())
    return _part(line, 0, len(text[:at].rstrip())), _part(line, rest, len(text))


def _part(line: Line, start: int, end: int) -> Line:
    """Return what stands between two places of the line's words."""
    runs, at = [], 0
    for run in line:
        text = run.text[max(start - at, 0) : max(end - at, 0)]
        if text:
            runs.append(Run(text, run.style))
        at += len(run.text)
    return tuple(runs)


def _at_a_word(text: str, at: int) -> int:
    """Return the last place up to `at` between two words, or inside the only word, between two signs of it."""
    if at >= len(text):
        return len(text)
    if text[at].isspace():
        return at
    blank = max((place for place in range(1, at) if text[place].isspace()), default=0)
    if text[:blank].strip():
        return blank
    place = at
    while place and _one_sign(text[place - 1], text[place]):
        place -= 1
    return place or at


def _one_sign(before: str, after: str) -> bool:
    """Return whether two characters are drawn as one sign, or count as one flag."""
    return (
        before == _JOINER
        or after in _CHANGES_THE_SIGN_BEFORE
        or unicodedata.category(after) in ("Mn", "Me")
        or (ord(before) in _FLAG_LETTERS and ord(after) in _FLAG_LETTERS)
    )
