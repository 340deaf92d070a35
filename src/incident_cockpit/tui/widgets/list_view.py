"""Rows of lists and titles as data, and how one is laid out on a line: columns, a cut left side, a whole right side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Protocol, runtime_checkable

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from incident_cockpit.tui.app.safety import printable
from incident_cockpit.tui.app.theme_styles import Paint, paint_of

_GAP = 2


class Cell(NamedTuple):
    """A piece of a row: text in a style of `paint.STYLES`; `width` makes it a column of that many cells."""

    text: str
    style: str = ""
    width: int = 0


class ListRow(NamedTuple):
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


def draw(row: ListRow, width: int, paint: Paint, look: Look = Look()) -> Strip:
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


def _beside(row: ListRow, room: int) -> list[tuple[str, str]]:
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


# -- places: Where a cursor can stand among rows: over headings and blanks it steps.

# So many rows around the cursor's stay in sight.
_CONTEXT = 2
# Which row comes to the top, where now another does, so that the one at an index is in sight among so many lines.
Placing = Callable[[Sequence[ListRow], int, int, int], int]


@runtime_checkable
class KeyIndexed(Protocol):
    """What a long lazy sequence of rows should also offer, so that finding the cursor's row builds no rows."""

    def index_of(self, key: str) -> int | None:
        """Return where the row with the key stands, or None."""


def selectable(rows: Sequence[ListRow], indexes: Iterable[int]) -> int | None:
    """Return the first of the indexes the cursor may stand on."""
    return next((index for index in indexes if rows[index].key is not None), None)


def nearest(rows: Sequence[ListRow], index: int) -> int | None:
    """Return the place at the index or behind it, else the one before it."""
    size, at = len(rows), max(0, index)
    found = selectable(rows, range(at, size))
    return found if found is not None else selectable(rows, range(min(at, size) - 1, -1, -1))


def natural(rows: Sequence[ListRow], at_end: bool) -> int | None:
    """Return where a cursor begins: at the first place, or at the newest."""
    size = len(rows)
    return selectable(rows, range(size - 1, -1, -1) if at_end else range(size))


def is_last(rows: Sequence[ListRow], index: int) -> bool:
    """Return whether there is no place behind the index."""
    return selectable(rows, range(index + 1, len(rows))) is None


def find(rows: Sequence[ListRow], likely: int, key: str) -> int | None:
    """Return where the row with the key stands, looking first where it is likely."""
    if 0 <= likely < len(rows) and rows[likely].key == key:
        return likely
    if isinstance(rows, KeyIndexed):
        return rows.index_of(key)
    return next((index for index in range(len(rows)) if rows[index].key == key), None)


def paged(rows: Sequence[ListRow], at: int, *, forward: bool) -> int | None:
    """Return the place at the index or beyond it; behind the end of the rows, the place nearest to that end."""
    size = len(rows)
    if forward:
        found = selectable(rows, range(min(at, size), size))
        return selectable(rows, range(size - 1, -1, -1)) if found is None else found
    found = selectable(rows, range(max(at, -1), -1, -1))
    return selectable(rows, range(size)) if found is None else found


def lead_for(rows: Sequence[ListRow], index: int, top: int, height: int) -> int:
    """Return which row should stand at the top for somebody who is led there: from out of sight, what follows too."""
    return top_for(rows, index, top, height) if index in range(top, top + height) else index - _CONTEXT


def top_for(rows: Sequence[ListRow], index: int, top: int, height: int) -> int:
    """Return which row should stand at the top, so that the one at the index is in sight with some around it."""
    context = min(_CONTEXT, (height - 1) // 2)
    # Headings above the first place are seen only if the list goes right to its top.
    above = 0 if selectable(rows, range(index)) is None and index < height else index - context
    return max(min(top, above), index + context - height + 1)


# -- lines: The list of every pane and picker: drawn line by line, so that a hundred thousand rows open as fast as ten.

__all__ = ["Cell", "LineList", "ListRow"]

_CACHED = 1024


class LineList(ScrollView, can_focus=True):
    """Rows with a cursor that stays on its key when the rows change."""

    DEFAULT_CSS = """
    LineList {
        height: 1fr;
        background: $background;
        color: $foreground;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        scrollbar-color: $line;
        scrollbar-color-hover: $faint;
        scrollbar-color-active: $accent;
        scrollbar-background: $background;
        scrollbar-background-hover: $background;
        scrollbar-background-active: $background;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", "Up", show=False, id="list.up"),
        Binding("down", "step(1)", "Down", show=False, id="list.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="list.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="list.page_down"),
        Binding("home", "first", "First", show=False, id="list.first"),
        Binding("end", "last", "Last", show=False, id="list.last"),
        Binding("enter", "choose", "Open", show=False, id="list.choose"),
    ]

    class _Said(Message):
        def __init__(self, lines: LineList, key: str) -> None:
            super().__init__()
            self.lines = lines
            self.key = key

        @property
        def control(self) -> LineList:
            """The list it is about, for `@on(..., "#id")`."""
            return self.lines

    class Highlighted(_Said):
        """The cursor came to the row with this key."""

    class Chosen(_Said):
        """Enter or a double click chose the row with this key."""

    def __init__(
        self,
        rows: Sequence[ListRow] = (),
        *,
        follow_end: bool = False,
        empty: str = "",
        id: str | None = None,  # noqa: A002 - Textual's word
        classes: str | None = None,
    ) -> None:
        """Hold the rows; `follow_end` keeps the newest in sight, `empty` is said where there is no row."""
        super().__init__(id=id, classes=classes)
        self._rows = rows
        self._empty = empty
        self._follow_end = follow_end
        self._following = follow_end
        self._drawn: dict[int, tuple[ListRow, Look, Strip]] = {}
        self._drawn_width = 0
        self._cursor = -1
        self._key: str | None = None

    def on_mount(self) -> None:
        """Measure the rows and put the cursor on the first, or on the newest."""
        self.virtual_size = Size(0, len(self._rows))
        if self._cursor < 0:
            self._put(natural(self._rows, self._follow_end))

    @property
    def rows(self) -> Sequence[ListRow]:
        """The rows shown."""
        return self._rows

    @property
    def cursor_key(self) -> str | None:
        """The key of the row the cursor is on, or None where there is none."""
        return self._key

    def set_rows(self, rows: Sequence[ListRow]) -> None:
        """Show these rows instead: only lines in sight that differ are drawn again, and the cursor keeps its key."""
        at_last = self._follow_end and self._following and is_last(self._rows, self._cursor)
        seen = self._cursor in self._in_sight()
        old_size, self._rows = len(self._rows), rows
        self._forget_changed(old_size)
        if old_size != len(rows):
            self.virtual_size = Size(0, len(rows))
        found = (
            natural(self._rows, self._follow_end)
            if at_last or self._key is None
            else find(self._rows, self._cursor, self._key)
        )
        if found is None:
            found = nearest(self._rows, min(self._cursor, len(rows) - 1))
        self._put(found)
        if self._following:
            self._to_end()
        elif seen and self._cursor not in self._in_sight():
            self._bring_into_sight(self._cursor)

    def move_to(self, key: str, *, lead: bool = False) -> bool:
        """Put the cursor on the row with this key and bring it into sight; False when there is none.

        Whoever is led there sees what follows, too.
        """
        found = find(self._rows, self._cursor, key)
        if found is None:
            return False
        self._go(found, lead_for if lead else top_for)
        return True

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Draw one line of what is in sight."""
        width = self.scrollable_content_region.width
        paint = paint_of(self.app)
        if width != self._drawn_width:
            self._drawn.clear()
            self._drawn_width = width
        index = y + self.scroll_offset.y
        if index >= len(self._rows):
            words = (Cell(self._empty, "faint"),) if index == 0 else ()
            return draw(ListRow(None, words), width, paint)
        look = Look(cursor=True, focused=self.has_focus) if index == self._cursor else Look()
        known = self._drawn.get(index)
        if known is None or known[1] != look:
            if len(self._drawn) >= _CACHED:
                self._drawn.clear()
            row = self._rows[index]
            known = self._drawn[index] = (row, look, draw(row, width, paint, look))
        return known[2]

    def notify_style_update(self) -> None:
        """Forget what was drawn in another theme."""
        self._drawn.clear()
        super().notify_style_update()

    def _forget_changed(self, old_size: int) -> None:
        in_sight = self._in_sight()
        kept: dict[int, tuple[ListRow, Look, Strip]] = {}
        for index in in_sight:
            known = self._drawn.get(index)
            if known is not None and index < len(self._rows) and self._rows[index] == known[0]:
                kept[index] = known
            elif index < max(old_size, len(self._rows), 1):
                self.refresh_line(index)
        self._drawn = kept

    def _in_sight(self) -> range:
        top = self.scroll_offset.y
        return range(top, top + self.size.height)

    # The cursor

    def _put(self, index: int | None) -> None:
        old, old_key = self._cursor, self._key
        self._cursor = -1 if index is None else index
        self._key = None if index is None else self._rows[index].key
        if old != self._cursor:
            for line in (old, self._cursor):
                if line >= 0:
                    self.refresh_line(line)
        if self._key is not None and self._key != old_key:
            # Textual stops a message at the widget that it takes for its sender: the one whose handler moved the
            # cursor, which may stand between this list and whoever listens.
            self.post_message(self.Highlighted(self, self._key).set_sender(self))

    def _go(self, index: int | None, place: Placing = top_for) -> None:
        if index is None:
            return
        self._put(index)
        self._bring_into_sight(index, place)
        self._following = self._follow_end and is_last(self._rows, index)

    def _bring_into_sight(self, index: int, place: Placing = top_for) -> None:
        height = self.size.height
        if not height:
            return
        top = place(self._rows, index, self.scroll_offset.y, height)
        self.scroll_to(y=max(0, min(top, self.max_scroll_y)), animate=False, immediate=True)

    def _to_end(self) -> None:
        # Before it has a size there is nothing to scroll; the first resize comes back here.
        if self.size.height:
            self.scroll_end(animate=False, force=True, immediate=True, x_axis=False)

    # Keys and mouse

    def action_step(self, by: int) -> None:
        """Move the cursor one row up or down, over headings."""
        steps = range(self._cursor + 1, len(self._rows)) if by > 0 else range(self._cursor - 1, -1, -1)
        found = selectable(self._rows, steps)
        # At the first row, one more step up still shows the headings over it.
        self._go(self._cursor if found is None and self._cursor >= 0 else found)

    def action_page(self, by: int) -> None:
        """Move the cursor by what fits in sight."""
        self._go(paged(self._rows, self._cursor + by * max(1, self.size.height - 1), forward=by > 0))

    def action_first(self) -> None:
        """Move the cursor to the first row."""
        self._go(selectable(self._rows, range(len(self._rows))))

    def action_last(self) -> None:
        """Move the cursor to the last row."""
        self._go(selectable(self._rows, range(len(self._rows) - 1, -1, -1)))

    def action_choose(self) -> None:
        """Choose the row the cursor is on."""
        if self._key is not None:
            self.post_message(self.Chosen(self, self._key))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is; twice chooses."""
        index = event.y + self.scroll_offset.y
        if 0 <= index < len(self._rows) and self._rows[index].key is not None:
            event.stop()
            self._go(index)
            if event.chain == 2:
                self.action_choose()

    def on_focus(self) -> None:
        """Light the cursor's row."""
        self._cursor_look_changed()

    def on_blur(self) -> None:
        """Dim the cursor's row."""
        self._cursor_look_changed()

    def _cursor_look_changed(self) -> None:
        if self._cursor >= 0:
            self.refresh_line(self._cursor)

    def on_resize(self) -> None:
        """Keep in sight what was meant to be: the newest row, or the cursor's."""
        if self._following:
            self._to_end()
        elif self._cursor >= 0 and self.has_focus:
            self._bring_into_sight(self._cursor)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Stop following the end when somebody scrolls up, and take it up again at the end."""
        super().watch_scroll_y(old_value, new_value)
        if self._follow_end and round(old_value) != round(new_value):
            self._following = self.is_vertical_scroll_end
