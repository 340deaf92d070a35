"""The list of panes and dialogs: rows of cells, their layout on a line, and the cursor.

It draws line by line, so that a hundred thousand rows open as fast as ten.
"""

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
    """Text in one of `theme_styles.STYLES`; `width` makes it a column of that many cells."""

    text: str
    style: str = ""
    width: int = 0


class ListRow(NamedTuple):
    """One line of a list; a row without a key is a heading or blank, and the cursor skips it.

    `shorter` are alternatives for the right side, tried in order if it would cut the left side; the last is used then.
    """

    key: str | None
    left: tuple[Cell, ...] = ()
    right: tuple[Cell, ...] = ()
    indent: int = 0
    shorter: tuple[tuple[Cell, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """How a row is drawn: with the cursor, in a focused list, or raised."""

    cursor: bool = False
    focused: bool = False
    raised: bool = False

    @property
    def under(self) -> str:
        """The theme variable of the background."""
        return "surface" if self.raised or (self.cursor and self.focused) else "background"


def fit(text: str, width: int) -> str:
    """Return printable text of at most `width` cells, cut with … where it is longer."""
    text = printable(text)
    if cell_len(text) <= width:
        return text
    if width <= 0:
        return ""
    cut = set_cell_size(text, width - 1).rstrip()
    # Joiners at the start of a text make `set_cell_size` miss the size.
    while cell_len(cut) > width - 1:
        cut = cut[:-1]
    return f"{cut}…"


def _column(cell: Cell, *, to_right: bool = False) -> str:
    """Return the text of a cell, padded to its column; a left column ends with a blank, so columns never touch."""
    if not cell.width:
        return printable(cell.text)
    text = fit(cell.text, cell.width if to_right else max(1, cell.width - 1))
    blank = " " * (cell.width - cell_len(text))
    return blank + text if to_right else text + blank


def draw(row: ListRow, width: int, paint: Paint, look: Look = Look()) -> Strip:
    """Return a row as a strip of exactly `width` cells.

    There is a margin of one cell on each side, the left one for the cursor. Right cells stay whole; if even a cut left
    side leaves too little width, they are dropped, the first of them first.
    """
    inside = max(0, width - 2)
    left = [(_column(cell), cell.style) for cell in row.left]
    left_width = row.indent + sum(cell_len(text) for text, _ in left)
    right = _right_side(row, inside - left_width)
    least = min(left_width, max(8, inside // 3))
    while right and _joined_width(right) + _GAP + least > inside:
        right.pop(0)
    right_width = _joined_width(right) + _GAP if right else 0
    # Only the focused list shows its cursor: there is one arrow on the screen.
    cursor = "▸" if look.cursor and look.focused else " "
    segments = [Segment(cursor, paint.rich("accent", look.under))]
    segments += _left_side(left, row.indent, inside - right_width, paint, look)
    for position, (text, style) in enumerate(right):
        segments.append(Segment(" " * (0 if position == 0 else _GAP), paint.rich("", look.under)))
        segments.append(Segment(text, paint.rich(_stressed(style, look), look.under)))
    # The blank between the sides fills the width.
    used = sum(cell_len(segment.text) for segment in segments)
    blank = Segment(" " * max(0, width - 1 - used), paint.rich("", look.under))
    segments.insert(len(segments) - 2 * len(right), blank)
    segments.append(Segment(" ", paint.rich("", look.under)))
    return Strip([segment for segment in segments if segment.text]).adjust_cell_length(
        width, paint.rich("", look.under)
    )


def _right_side(row: ListRow, free: int) -> list[tuple[str, str]]:
    """Return the right side: the first alternative that fits into the free width, or the last."""
    sides = [[(_column(cell, to_right=True), cell.style) for cell in cells] for cells in (row.right, *row.shorter)]
    return next((side for side in sides[:-1] if _joined_width(side) + _GAP <= free), sides[-1])


def _joined_width(cells: list[tuple[str, str]]) -> int:
    return sum(cell_len(text) for text, _ in cells) + _GAP * (len(cells) - 1) if cells else 0


def _left_side(cells: list[tuple[str, str]], indent: int, free: int, paint: Paint, look: Look) -> Iterator[Segment]:
    yield Segment(" " * min(indent, free), paint.rich("", look.under))
    free -= indent
    for position, (text, style) in enumerate(cells):
        if free <= 0:
            return
        more = any(other.strip() for other, _ in cells[position + 1 :])
        # The cell that crosses the edge is cut; one that ends exactly there still shows that more follows.
        shown = text if cell_len(text) + more <= free else fit(text.rstrip() + ("…" if more else ""), free)
        free = free - cell_len(shown) if shown == text else 0
        yield Segment(shown, paint.rich(_stressed(style, look), look.under))


def _stressed(style: str, look: Look) -> str:
    return "strong" if look.cursor and look.focused and style == "" else style


# Positions of the cursor: it skips headings and blanks.

# This many rows around the cursor stay visible.
_CONTEXT = 2
# Returns the new top row from the rows, the index to show, the present top row, and the height.
Placing = Callable[[Sequence[ListRow], int, int, int], int]


@runtime_checkable
class KeyIndexed(Protocol):
    """A lazy sequence of rows that finds a key without building rows."""

    def index_of(self, key: str) -> int | None:
        """Return the index of the row with this key, or None."""


def selectable(rows: Sequence[ListRow], indexes: Iterable[int]) -> int | None:
    """Return the first of the indexes that the cursor may be on."""
    return next((index for index in indexes if rows[index].key is not None), None)


def nearest(rows: Sequence[ListRow], index: int) -> int | None:
    """Return the first selectable index from this one on, or else the last before it."""
    size, start = len(rows), max(0, index)
    after = selectable(rows, range(start, size))
    return after if after is not None else selectable(rows, range(min(start, size) - 1, -1, -1))


def natural(rows: Sequence[ListRow], at_end: bool) -> int | None:
    """Return the first position of the cursor: the first selectable row, or the last."""
    size = len(rows)
    return selectable(rows, range(size - 1, -1, -1) if at_end else range(size))


def is_last(rows: Sequence[ListRow], index: int) -> bool:
    """Return whether no selectable row follows this index."""
    return selectable(rows, range(index + 1, len(rows))) is None


def find(rows: Sequence[ListRow], likely: int, key: str) -> int | None:
    """Return the index of the row with this key, trying the likely index first."""
    if 0 <= likely < len(rows) and rows[likely].key == key:
        return likely
    if isinstance(rows, KeyIndexed):
        return rows.index_of(key)
    return next((index for index in range(len(rows)) if rows[index].key == key), None)


def paged(rows: Sequence[ListRow], index: int, *, forward: bool) -> int | None:
    """Return the selectable index at this one or beyond it; past the end of the rows, the one nearest to the end."""
    size = len(rows)
    if forward:
        beyond = selectable(rows, range(min(index, size), size))
        return selectable(rows, range(size - 1, -1, -1)) if beyond is None else beyond
    beyond = selectable(rows, range(max(index, -1), -1, -1))
    return selectable(rows, range(size)) if beyond is None else beyond


def lead_for(rows: Sequence[ListRow], index: int, top: int, height: int) -> int:
    """Return the top row that shows the row at this index, and below it what follows if it was not visible."""
    return top_for(rows, index, top, height) if index in range(top, top + height) else index - _CONTEXT


def top_for(rows: Sequence[ListRow], index: int, top: int, height: int) -> int:
    """Return the top row that shows the row at this index with some context."""
    context = min(_CONTEXT, (height - 1) // 2)
    # Headings above the first selectable row are visible only if the list scrolls to its top.
    above = 0 if selectable(rows, range(index)) is None and index < height else index - context
    return max(min(top, above), index + context - height + 1)


# The widget

_CACHED = 1024


class LineList(ScrollView, can_focus=True):
    """A list of rows with a cursor that stays on its key when the rows change."""

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

    class _RowMessage(Message):
        def __init__(self, lines: LineList, key: str) -> None:
            super().__init__()
            self.lines = lines
            self.key = key

        @property
        def control(self) -> LineList:
            """The list of the row, for `@on(..., "#id")`."""
            return self.lines

    class Highlighted(_RowMessage):
        """The cursor moved to the row with this key."""

    class Chosen(_RowMessage):
        """The row with this key was chosen by enter or a double click."""

    def __init__(
        self,
        rows: Sequence[ListRow] = (),
        *,
        follow_end: bool = False,
        empty: str = "",
        id: str | None = None,  # noqa: A002 - Textual's word
        classes: str | None = None,
    ) -> None:
        """Take the rows; `follow_end` keeps the last one visible, `empty` is shown if there are none."""
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
        """Measure the rows and set the cursor to the first, or the last."""
        self.virtual_size = Size(0, len(self._rows))
        if self._cursor < 0:
            self._set_cursor(natural(self._rows, self._follow_end))

    @property
    def rows(self) -> Sequence[ListRow]:
        """The rows shown."""
        return self._rows

    @property
    def cursor_key(self) -> str | None:
        """The key of the row under the cursor, or None without one."""
        return self._key

    def set_rows(self, rows: Sequence[ListRow]) -> None:
        """Replace the rows: only visible lines that differ are redrawn, and the cursor keeps its key."""
        at_last = self._follow_end and self._following and is_last(self._rows, self._cursor)
        visible = self._cursor in self._visible()
        old_size, self._rows = len(self._rows), rows
        self._forget_changed(old_size)
        if old_size != len(rows):
            self.virtual_size = Size(0, len(rows))
        index = (
            natural(self._rows, self._follow_end)
            if at_last or self._key is None
            else find(self._rows, self._cursor, self._key)
        )
        if index is None:
            index = nearest(self._rows, min(self._cursor, len(rows) - 1))
        self._set_cursor(index)
        if self._following:
            self._to_end()
        elif visible and self._cursor not in self._visible():
            self._scroll_to_row(self._cursor)

    def move_to(self, key: str, *, lead: bool = False) -> bool:
        """Set the cursor to the row with this key and scroll to it; return False if there is none.

        `lead` also shows what follows the row.
        """
        index = find(self._rows, self._cursor, key)
        if index is None:
            return False
        self._go(index, lead_for if lead else top_for)
        return True

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Draw one visible line."""
        width = self.scrollable_content_region.width
        paint = paint_of(self.app)
        if width != self._drawn_width:
            self._drawn.clear()
            self._drawn_width = width
        index = y + self.scroll_offset.y
        if index >= len(self._rows):
            cells = (Cell(self._empty, "faint"),) if index == 0 else ()
            return draw(ListRow(None, cells), width, paint)
        look = Look(cursor=True, focused=self.has_focus) if index == self._cursor else Look()
        drawn = self._drawn.get(index)
        if drawn is None or drawn[1] != look:
            if len(self._drawn) >= _CACHED:
                self._drawn.clear()
            row = self._rows[index]
            drawn = self._drawn[index] = (row, look, draw(row, width, paint, look))
        return drawn[2]

    def notify_style_update(self) -> None:
        """Drop lines drawn in another theme."""
        self._drawn.clear()
        super().notify_style_update()

    def _forget_changed(self, old_size: int) -> None:
        unchanged: dict[int, tuple[ListRow, Look, Strip]] = {}
        for index in self._visible():
            drawn = self._drawn.get(index)
            if drawn is not None and index < len(self._rows) and self._rows[index] == drawn[0]:
                unchanged[index] = drawn
            elif index < max(old_size, len(self._rows), 1):
                self.refresh_line(index)
        self._drawn = unchanged

    def _visible(self) -> range:
        top = self.scroll_offset.y
        return range(top, top + self.size.height)

    # The cursor

    def _set_cursor(self, index: int | None) -> None:
        old, old_key = self._cursor, self._key
        self._cursor = -1 if index is None else index
        self._key = None if index is None else self._rows[index].key
        if old != self._cursor:
            for line in (old, self._cursor):
                if line >= 0:
                    self.refresh_line(line)
        if self._key is not None and self._key != old_key:
            # Textual stops a message at the widget that it takes for its sender: the one whose handler moved the
            # cursor, which may be between this list and the handler of the message.
            self.post_message(self.Highlighted(self, self._key).set_sender(self))

    def _go(self, index: int | None, place: Placing = top_for) -> None:
        if index is None:
            return
        self._set_cursor(index)
        self._scroll_to_row(index, place)
        self._following = self._follow_end and is_last(self._rows, index)

    def _scroll_to_row(self, index: int, place: Placing = top_for) -> None:
        height = self.size.height
        if not height:
            return
        top = place(self._rows, index, self.scroll_offset.y, height)
        self.scroll_to(y=max(0, min(top, self.max_scroll_y)), animate=False, immediate=True)

    def _to_end(self) -> None:
        # Without a size there is nothing to scroll yet; the first resize calls this again.
        if self.size.height:
            self.scroll_end(animate=False, force=True, immediate=True, x_axis=False)

    # Keys and mouse

    def action_step(self, by: int) -> None:
        """Move the cursor one row up or down, skipping headings."""
        steps = range(self._cursor + 1, len(self._rows)) if by > 0 else range(self._cursor - 1, -1, -1)
        index = selectable(self._rows, steps)
        # On the first row, a further step up still shows the headings above it.
        self._go(self._cursor if index is None and self._cursor >= 0 else index)

    def action_page(self, by: int) -> None:
        """Move the cursor by the height of the view."""
        self._go(paged(self._rows, self._cursor + by * max(1, self.size.height - 1), forward=by > 0))

    def action_first(self) -> None:
        """Move the cursor to the first row."""
        self._go(selectable(self._rows, range(len(self._rows))))

    def action_last(self) -> None:
        """Move the cursor to the last row."""
        self._go(selectable(self._rows, range(len(self._rows) - 1, -1, -1)))

    def action_choose(self) -> None:
        """Choose the row under the cursor."""
        if self._key is not None:
            self.post_message(self.Chosen(self, self._key))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the mouse; a double click chooses."""
        index = event.y + self.scroll_offset.y
        if 0 <= index < len(self._rows) and self._rows[index].key is not None:
            event.stop()
            self._go(index)
            if event.chain == 2:
                self.action_choose()

    def on_focus(self) -> None:
        """Highlight the cursor's row."""
        self._cursor_look_changed()

    def on_blur(self) -> None:
        """Dim the cursor's row."""
        self._cursor_look_changed()

    def _cursor_look_changed(self) -> None:
        if self._cursor >= 0:
            self.refresh_line(self._cursor)

    def on_resize(self) -> None:
        """Keep the last row visible, or the cursor's."""
        if self._following:
            self._to_end()
        elif self._cursor >= 0 and self.has_focus:
            self._scroll_to_row(self._cursor)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Stop following the end when scrolled up; follow again at the end."""
        super().watch_scroll_y(old_value, new_value)
        if self._follow_end and round(old_value) != round(new_value):
            self._following = self.is_vertical_scroll_end
