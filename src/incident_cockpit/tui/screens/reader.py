"""The reader: a page of text, such as the guidance of a step, below the facts about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from incident_cockpit.text.blocks import Style
from incident_cockpit.text.layout import ProseLine
from incident_cockpit.tui.app.keys import shown
from incident_cockpit.tui.app.safety import printable
from incident_cockpit.tui.app.theme_styles import paint_of
from incident_cockpit.tui.screens.modal import MAX_WIDTH, Dialog, DialogList
from incident_cockpit.tui.widgets.list_view import Cell, ListRow

Lines = Sequence[ProseLine] | Callable[[int], Sequence[ProseLine]]

_LOOKS: Mapping[Style, str] = MappingProxyType(
    {
        Style.PLAIN: "",
        Style.STRONG: "strong",
        Style.QUIET: "muted",
        Style.CODE: "accent",
        Style.CODE_BLOCK: "accent",
        Style.LINK: "muted",
        Style.QUOTE: "muted",
        Style.HEADING: "heading",
        Style.BULLET: "faint",
        Style.BOX: "accent",
    }
)
_MAX_FACTS = 6
_LABEL_WIDTH = 14
_SIDEWAYS = 8
# The border, the margins and the scrollbar beside the text.
_BESIDE_TEXT = 7


class ProseView(ScrollView, can_focus=True):
    """Lines of text, drawn one by one: no markup is parsed, links cannot be clicked."""

    DEFAULT_CSS = """
    ProseView {
        height: auto;
        max-height: 1fr;
        margin: 1 1 0 1;
        background: $panel;
        scrollbar-size: 0 1;
        scrollbar-background: $panel;
        scrollbar-background-hover: $panel;
        scrollbar-background-active: $panel;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "by(-1)", "Up", show=False, id="reader.up"),
        Binding("down", "by(1)", "Down", show=False, id="reader.down"),
        Binding("pageup", "pages(-1)", "Page up", show=False, id="reader.page_up"),
        Binding("pagedown,space", "pages(1)", "Page down", show=False, id="reader.page_down"),
        Binding("home", "pages(-10000)", "Top", show=False, id="reader.top"),
        Binding("end", "pages(10000)", "End", show=False, id="reader.end"),
        Binding("left", "sideways(-1)", "Left", show=False, id="reader.left"),
        Binding("right", "sideways(1)", "Right", show=False, id="reader.right"),
    ]

    def __init__(self, lines: Lines) -> None:
        """Take the lines, or a function that lays them out for a width."""
        super().__init__()
        self._source = lines
        self._lines: Sequence[ProseLine] = ()
        self._laid_out_for = -1

    def lay_out(self, width: int) -> int:
        """Lay the lines out for this width; return how many there are."""
        if width != self._laid_out_for:
            self._laid_out_for = width
            self._lines = self._source(width) if callable(self._source) else self._source
            widths = (line.indent + sum(cell_len(printable(run.text)) for run in line.runs) for line in self._lines)
            self.virtual_size = Size(max(widths, default=0), len(self._lines))
            self.refresh()
        return len(self._lines)

    def action_by(self, lines: int) -> None:
        """Scroll by this many lines without animation."""
        self.scroll_to(y=max(0, min(self.scroll_offset.y + lines, self.max_scroll_y)), animate=False, immediate=True)

    def action_pages(self, pages: int) -> None:
        """Scroll by the height of the view."""
        self.action_by(pages * max(1, self.size.height - 1))

    def action_sideways(self, by: int) -> None:
        """Scroll a wide code block."""
        column = self.scroll_offset.x + by * _SIDEWAYS
        self.scroll_to(x=max(0, min(column, self.max_scroll_x)), animate=False, immediate=True)

    def render_line(self, y: int) -> Strip:
        """Draw one visible line."""
        width, paint = self.scrollable_content_region.width, paint_of(self.app)
        left, top = self.scroll_offset
        if y + top >= len(self._lines):
            return Strip.blank(width, paint.rich("", "panel"))
        line = self._lines[y + top]
        segments = [Segment(" " * line.indent, paint.rich("", "panel"))]
        segments += [Segment(printable(run.text), paint.rich(_LOOKS[run.style], "panel")) for run in line.runs]
        strip = Strip(segments)
        return strip.crop(left, left + width).extend_cell_length(width, paint.rich("", "panel"))


class ReaderScreen(Dialog[str | None]):
    """Shows a text; returns its code if `c` was pressed to copy it, the pressed key of `keys`, otherwise None.

    `keys` are more keys that close the reader, with their labels.
    """

    DEFAULT_CSS = """
    ReaderScreen #facts { margin: 0; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "code", "Copy code", show=False, id="reader.code"),
        Binding("enter,q", "leave", "Back", show=False, id="reader.leave"),
    ]

    def __init__(
        self,
        title: str,
        lines: Lines,
        facts: Sequence[tuple[str, str]] = (),
        code: str = "",
        keys: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Take the text, the facts above it as label and value, and the code that `c` copies."""
        super().__init__()
        self.dialog_title = " ".join(title.split())
        self._source = lines
        self._facts = facts
        self._code = code
        self._keys = keys

    def body(self) -> Iterable[Widget]:
        """Return the facts above the text."""
        yield DialogList(id="facts")
        yield ProseView(self._source)

    def on_mount(self) -> None:
        """Lay out for the size of the screen, and focus the text."""
        self._lay_out()
        self.query_one(ProseView).focus()

    def on_resize(self) -> None:
        """Lay out for the new size."""
        self._lay_out()

    def _lay_out(self) -> None:
        width, height = self.app.size
        facts = self.query_one("#facts", DialogList)
        rows = [
            ListRow(None, (Cell(label, "faint", _LABEL_WIDTH), Cell(" ".join(value.split()), "muted")))
            for label, value in self._facts[: max(0, min(_MAX_FACTS, height - 7))]
        ]
        facts.show(rows, len(rows))
        facts.display = bool(rows)
        prose = self.query_one(ProseView)
        text_width, text_height = max(8, min(MAX_WIDTH, width) - _BESIDE_TEXT), max(1, height - 4 - len(rows))
        count = prose.lay_out(text_width)
        prose.styles.height = max(1, min(count, text_height))
        keys = [*((shown(key), label) for key, label in self._keys), *([("c", "copy code")] if self._code else [])]
        keys += [("↑↓", "scroll")] if count > text_height else []
        keys += [("←→", "wide lines")] if prose.virtual_size.width > text_width else []
        self.show_keys(*keys, ("q", "back"))

    def on_key(self, event: events.Key) -> None:
        """Close with the key if it is one of `keys`."""
        if event.key in dict(self._keys):
            event.stop()
            self.dismiss(event.key)

    def action_code(self) -> None:
        """Return the code, if there is any."""
        if self._code:
            self.dismiss(self._code)
