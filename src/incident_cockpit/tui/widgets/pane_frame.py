"""The frame of a pane: a border with the title, counts, tabs and hints."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from incident_cockpit.tui.app.theme_styles import Paint, paint_of
from incident_cockpit.tui.widgets.list_view import Cell, fit

FrameText: TypeAlias = str | tuple[Cell, ...]


class Tab(NamedTuple):
    """A tab for a pane that is hidden behind this one on a small screen."""

    number: int
    cells: tuple[Cell, ...]


class PaneFrame(Widget):
    """A border around a pane; all text on it is plain text and may be set often."""

    DEFAULT_CSS = """
    PaneFrame {
        layout: vertical;
        width: 1fr;
        height: 1fr;
        background: $background;
        color: $line;
    }
    PaneFrame:focus-within {
        color: $line-focus;
    }
    PaneFrame > * {
        margin: 1;
    }
    """

    class TabClicked(Message):
        """A tab on the border was clicked."""

        def __init__(self, frame: PaneFrame, number: int) -> None:
            """Name the pane by its number."""
            super().__init__()
            self.frame = frame
            self.number = number

        @property
        def control(self) -> PaneFrame:
            """The frame of the tab, for `@on(..., "#id")`."""
            return self.frame

    def __init__(
        self,
        title: str,
        child: Widget,
        number: int | None = None,
        *,
        id: str | None = None,  # noqa: A002 - Textual's word
        classes: str | None = None,
    ) -> None:
        """Put the child into the frame; `number` is the key that goes to the pane."""
        super().__init__(child, id=id, classes=classes)
        self._title = title
        self._number = number
        self._left: FrameText = ""
        self._right: FrameText = ""
        self._hint: FrameText = ""
        self._tabs: tuple[Tab, ...] = ()
        self._spans: list[tuple[int, int, int]] = []

    @property
    def title(self) -> str:
        """The pane's name."""
        return self._title

    @title.setter
    def title(self, title: str) -> None:
        if title != self._title:
            self._title = title
            self._redraw(top=True)

    @property
    def title_left(self) -> FrameText:
        """The text after the title, muted unless given as cells."""
        return self._left

    @title_left.setter
    def title_left(self, text: FrameText) -> None:
        if text != self._left:
            self._left = text
            self._redraw(top=True)

    @property
    def title_right(self) -> FrameText:
        """The text at the right end of the title, such as a count or a zone."""
        return self._right

    @title_right.setter
    def title_right(self, text: FrameText) -> None:
        if text != self._right:
            self._right = text
            self._redraw(top=True)

    @property
    def hint(self) -> FrameText:
        """The text at the right end of the lower border, such as keys or hidden rows."""
        return self._hint

    @hint.setter
    def hint(self, text: FrameText) -> None:
        if text != self._hint:
            self._hint = text
            self._redraw(top=False)

    @property
    def tabs(self) -> tuple[Tab, ...]:
        """The tabs of the panes that are hidden behind this one."""
        return self._tabs

    @tabs.setter
    def tabs(self, tabs: tuple[Tab, ...]) -> None:
        if tabs != self._tabs:
            self._tabs = tabs
            self._redraw(top=True)

    def render_line(self, y: int) -> Strip:
        """Draw one line of the border; the pane covers the inside."""
        width, height = self.size
        paint = paint_of(self.app)
        if width < 4 or height < 2:
            return Strip.blank(width, paint.rich(""))
        if y == 0:
            return self._top(width, paint)
        if y == height - 1:
            return self._bottom(width, paint)
        line = self._line(paint, "│")
        return Strip([line, Segment(" " * (width - 2), paint.rich("")), line], width)

    def on_click(self, event: events.Click) -> None:
        """Go to the pane of a tab, or focus this pane."""
        if event.widget is not self:
            return
        if event.y == 0:
            for start, end, number in self._spans:
                if start <= event.x < end:
                    self.post_message(self.TabClicked(self, number))
                    return
        focusable = next((widget for widget in self.query("*") if widget.focusable), None)
        if focusable is not None:
            focusable.focus()

    def _redraw(self, *, top: bool) -> None:
        if self.size.height:
            self.refresh(Region(0, 0 if top else self.size.height - 1, self.size.width, 1))

    @property
    def _active(self) -> bool:
        return self.has_pseudo_class("focus-within")

    def _line(self, paint: Paint, text: str) -> Segment:
        return Segment(text, paint.rich("line-focus" if self._active else "line"))

    def _top(self, width: int, paint: Paint) -> Strip:
        # The corners with the line beside each take four cells, the blanks around the title two.
        free = width - 6
        name = fit(self._title if self._number is None else f"{self._number} {self._title}", free)
        title = [Cell(name, "key" if self._active else "muted")]
        free -= cell_len(name)
        right, free = _fitted(_cells(self._right), free, blanks=3)
        left, free = _fitted(_cells(self._left), free, blanks=1)
        if left:
            title += [Cell(" "), *left]
        segments = [self._line(paint, "╭─"), *_segments(paint, [Cell(" "), *title, Cell(" ")])]
        segments += self._tab_row(paint, free, sum(cell_len(segment.text) for segment in segments))
        return self._ended(segments, right, width, paint, "─╮")

    def _bottom(self, width: int, paint: Paint) -> Strip:
        hint, _ = _fitted(_cells(self._hint, "faint"), width - 6, blanks=0)
        return self._ended([self._line(paint, "╰─")], hint, width, paint, "─╯")

    def _ended(self, segments: list[Segment], right: list[Cell], width: int, paint: Paint, end: str) -> Strip:
        """Complete a border line: fill it, and put the right text before the corner."""
        tail = _segments(paint, [Cell(" "), *right, Cell(" ")] if right else [])
        used = sum(cell_len(segment.text) for segment in (*segments, *tail)) + len(end)
        rule = self._line(paint, "─" * max(0, width - used))
        return Strip([*segments, rule, *tail, self._line(paint, end)]).adjust_cell_length(width, paint.rich(""))

    def _tab_row(self, paint: Paint, free: int, column: int) -> list[Segment]:
        """Return the tabs that fit into the free cells from this column on, and note where each can be clicked."""
        self._spans = []
        segments: list[Segment] = []
        for tab in self._tabs:
            lead = Segment("  ", paint.rich("")) if segments else self._line(paint, "──")
            cells = [*([] if segments else [Cell(" ")]), *tab.cells]
            length = sum(cell_len(cell.text) for cell in cells)
            if length + 3 > free:
                break
            segments += [lead, *_segments(paint, cells, "muted")]
            self._spans.append((column + 2, column + 2 + length, tab.number))
            column, free = column + 2 + length, free - 2 - length
        return [*segments, Segment(" ", paint.rich(""))] if segments else []


def _cells(text: FrameText, style: str = "muted") -> list[Cell]:
    if isinstance(text, str):
        return [Cell(text, style)] if text else []
    return list(text)


def _fitted(cells: list[Cell], free: int, *, blanks: int) -> tuple[list[Cell], int]:
    """Return the cells that fit into the free width with their blanks, and the width that is left."""
    fitting: list[Cell] = []
    left = free - blanks
    for cell in cells:
        text = fit(cell.text, left)
        if not text or (text != cell.text and left < 4):
            break
        fitting.append(cell._replace(text=text))
        left -= cell_len(text)
    return (fitting, left) if fitting else ([], free)


def _segments(paint: Paint, cells: Iterable[Cell], plain: str = "") -> list[Segment]:
    return [Segment(fit(cell.text, 1000), paint.rich(cell.style or plain)) for cell in cells if cell.text]
