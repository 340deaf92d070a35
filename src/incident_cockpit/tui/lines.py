"""The list of every pane and picker: drawn line by line, so that a hundred thousand rows open as fast as ten."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from incident_cockpit.tui.paint import paint_of
from incident_cockpit.tui.places import Placing, find, is_last, lead_for, natural, nearest, paged, selectable, top_for
from incident_cockpit.tui.rows import Cell, Look, Row, draw

__all__ = ["Cell", "LineList", "Row"]

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
        rows: Sequence[Row] = (),
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
        self._drawn: dict[int, tuple[Row, Look, Strip]] = {}
        self._drawn_width = 0
        self._cursor = -1
        self._key: str | None = None

    def on_mount(self) -> None:
        """Measure the rows and put the cursor on the first, or on the newest."""
        self.virtual_size = Size(0, len(self._rows))
        if self._cursor < 0:
            self._put(natural(self._rows, self._follow_end))

    @property
    def rows(self) -> Sequence[Row]:
        """The rows shown."""
        return self._rows

    @property
    def cursor_key(self) -> str | None:
        """The key of the row the cursor is on, or None where there is none."""
        return self._key

    def set_rows(self, rows: Sequence[Row]) -> None:
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
            return draw(Row(None, words), width, paint)
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
        kept: dict[int, tuple[Row, Look, Strip]] = {}
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
