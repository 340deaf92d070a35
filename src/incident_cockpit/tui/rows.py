"""Rows of lists and titles as data, and how one is laid out on a line: columns, a cut left side, a whole right side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.strip import Strip

from incident_cockpit.tui.guard import printable
from incident_cockpit.tui.paint import Paint

_GAP = 2


class Cell(NamedTuple):
    """A piece of a row: text in a style of `paint.STYLES`; `width` makes it a column of that many cells."""

    text: str
    style: str = ""
    width: int = 0


class Row(NamedTuple):
    """One line of a list; a row without a key is a heading or a blank, and the cursor steps over it.

    `shorter` are other words for the right side, tried in turn where it would cut the left one; the last is taken then.
    """

    key: str | None
    left: tuple[Cell, ...] = ()
    right: tuple[Cell, ...] = ()
    indent: int = 0
    shorter: tuple[tuple[Cell, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """How a row is drawn: whether the cursor is on it, its list has the keys, or it stands out by itself."""

    cursor: bool = False
    focused: bool = False
    raised: bool = False

    @property
    def under(self) -> str:
        """The theme variable of the colour behind the row."""
        return "surface" if self.raised or (self.cursor and self.focused) else "background"


def fit(text: str, width: int) -> str:
    """Return printable text of at most `width` cells, cut with … where it is longer."""
    text = printable(text)
    if cell_len(text) <= width:
        return text
    if width <= 0:
        return ""
    cut = set_cell_size(text, width - 1).rstrip()
    # Joiners in front of a text let the size that was asked for be missed.
    while cell_len(cut) > width - 1:
        cut = cut[:-1]
    return f"{cut}…"


def _column(cell: Cell, *, to_right: bool = False) -> str:
    """Return the cell's text, padded to its column; a left column ends in a blank so that columns never touch."""
    if not cell.width:
        return printable(cell.text)
    text = fit(cell.text, cell.width if to_right else max(1, cell.width - 1))
    blank = " " * (cell.width - cell_len(text))
    return blank + text if to_right else text + blank


def draw(row: Row, width: int, paint: Paint, look: Look = Look()) -> Strip:
    """Return a row as a strip of exactly `width` cells.

    One cell of margin stands on each side, the left one for the cursor. Right cells stay whole; when even a cut left
    side leaves no room they go, the first of them first.
    """
    room = max(0, width - 2)
    left = [(_column(cell), cell.style) for cell in row.left]
    wanted = row.indent + sum(cell_len(text) for text, _ in left)
    right = _beside(row, room - wanted)
    least = min(wanted, max(8, room // 3))
    while right and _joined(right) + _GAP + least > room:
        right.pop(0)
    taken = _joined(right) + _GAP if right else 0
    segments = [_gutter(paint, look)]
    segments += _left(left, row.indent, room - taken, paint, look)
    for position, (text, style) in enumerate(right):
        segments.append(Segment(" " * (0 if position == 0 else _GAP), paint.rich("", look.under)))
        segments.append(Segment(text, paint.rich(_stressed(style, look), look.under)))
    # The blank between the sides is whatever is left of the room.
    used = sum(cell_len(segment.text) for segment in segments)
    blank = Segment(" " * max(0, width - 1 - used), paint.rich("", look.under))
    segments.insert(len(segments) - 2 * len(right), blank)
    segments.append(Segment(" ", paint.rich("", look.under)))
    return Strip([segment for segment in segments if segment.text]).adjust_cell_length(
        width, paint.rich("", look.under)
    )


def _beside(row: Row, room: int) -> list[tuple[str, str]]:
    """Return what stands at the right: the first words that leave the left side whole, if there are several."""
    made = [[(_column(cell, to_right=True), cell.style) for cell in way] for way in (row.right, *row.shorter)]
    return next((cells for cells in made[:-1] if _joined(cells) + _GAP <= room), made[-1])


def _joined(cells: list[tuple[str, str]]) -> int:
    return sum(cell_len(text) for text, _ in cells) + _GAP * (len(cells) - 1) if cells else 0


def _gutter(paint: Paint, look: Look) -> Segment:
    # Where a list without the keys stands is its own affair: five arrows on one screen would point nowhere.
    return Segment("▸" if look.cursor and look.focused else " ", paint.rich("accent", look.under))


def _left(cells: list[tuple[str, str]], indent: int, room: int, paint: Paint, look: Look) -> Iterator[Segment]:
    yield Segment(" " * min(indent, room), paint.rich("", look.under))
    room -= indent
    for position, (text, style) in enumerate(cells):
        if room <= 0:
            return
        rest = any(other.strip() for other, _ in cells[position + 1 :])
        # Cut in the cell that crosses the edge; one that ends just there still shows that more followed.
        shown = text if cell_len(text) + rest <= room else fit(text.rstrip() + ("…" if rest else ""), room)
        room = room - cell_len(shown) if shown == text else 0
        yield Segment(shown, paint.rich(_stressed(style, look), look.under))


def _stressed(style: str, look: Look) -> str:
    return "strong" if look.cursor and look.focused and style == "" else style
