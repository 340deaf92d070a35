"""A text to read whole: a step's guidance, an event, an ask; with the facts that belong to it."""

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
from incident_cockpit.tui.screens.modal import Dialog, DialogList
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
_FACTS = 6
_FACT_WIDTH = 14
_SIDEWAYS = 8


class ProseView(ScrollView, can_focus=True):
    """Lines of prose, drawn one by one; nothing in them is markup, and a link is only shown."""

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
        """Hold the lines, or what makes them for a width."""
        super().__init__()
        self._source = lines
        self._lines: Sequence[ProseLine] = ()
        self._made_for = -1

    def lay_out(self, width: int) -> int:
        """Make the lines for this width and return how many there are."""
        if width != self._made_for:
            self._made_for = width
            self._lines = self._source(width) if callable(self._source) else self._source
            self.virtual_size = Size(max((_width(line) for line in self._lines), default=0), len(self._lines))
            self.refresh()
        return len(self._lines)

    def action_by(self, lines: int) -> None:
        """Scroll by so many lines, at once: what moves by itself takes the eye from what counts."""
        self.scroll_to(y=max(0, min(self.scroll_offset.y + lines, self.max_scroll_y)), animate=False, immediate=True)

    def action_pages(self, pages: int) -> None:
        """Scroll by what fits in sight."""
        self.action_by(pages * max(1, self.size.height - 1))

    def action_sideways(self, by: int) -> None:
        """Scroll a wide block of code."""
        at = self.scroll_offset.x + by * _SIDEWAYS
        self.scroll_to(x=max(0, min(at, self.max_scroll_x)), animate=False, immediate=True)

    def render_line(self, y: int) -> Strip:
        """Draw one line of what is in sight."""
        width, paint = self.scrollable_content_region.width, paint_of(self.app)
        left, top = self.scroll_offset
        if y + top >= len(self._lines):
            return Strip.blank(width, paint.rich("", "panel"))
        line = self._lines[y + top]
        segments = [Segment(" " * line.indent, paint.rich("", "panel"))]
        segments += [Segment(printable(run.text), paint.rich(_LOOKS[run.style], "panel")) for run in line.runs]
        strip = Strip(segments)
        return strip.crop(left, left + width).extend_cell_length(width, paint.rich("", "panel"))


def _width(line: ProseLine) -> int:
    return line.indent + sum(cell_len(printable(run.text)) for run in line.runs)


class ReaderScreen(Dialog[str | None]):
    """Shows a text; returns the code to copy when `c` was pressed and there is some, otherwise None.

    `ways` are further keys with the words for them: reading ends with the one that is pressed, which is returned.
    """

    DEFAULT_CSS = """
    ReaderScreen #facts { margin: 0; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "code", "Copy the code", show=False, id="reader.code"),
        Binding("enter,q", "leave", "Leave", show=False, id="reader.leave"),
    ]

    def __init__(
        self,
        title: str,
        lines: Lines,
        facts: Sequence[tuple[str, str]] = (),
        code: str = "",
        ways: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Take the text, the facts to stand above it, the code that may be copied, and ways on."""
        super().__init__()
        self.dialog_title = " ".join(title.split())
        self._source = lines
        self._facts = facts
        self._code = code
        self._ways = ways

    def body(self) -> Iterable[Widget]:
        """Return the facts over the text."""
        yield DialogList(id="facts")
        yield ProseView(self._source)

    def on_mount(self) -> None:
        """Lay out for the size there is, and give the text the keys."""
        self._lay_out()
        self.query_one(ProseView).focus()

    def on_resize(self) -> None:
        """Lay out for another size."""
        self._lay_out()

    def _lay_out(self) -> None:
        width, height = self.app.size
        facts = self.query_one("#facts", DialogList)
        told = self._facts[: max(0, min(_FACTS, height - 7))]
        facts.show(
            [ListRow(None, (Cell(n, "faint", _FACT_WIDTH), Cell(_flat(v), "muted"))) for n, v in told], len(told)
        )
        facts.display = bool(told)
        prose = self.query_one(ProseView)
        # Beside the text stand the borders, the margins and the scrollbar.
        count = prose.lay_out(max(8, min(92, width) - 7))
        prose.styles.height = max(1, min(count, height - 4 - len(told)))
        keys = [*((shown(key), words) for key, words in self._ways), *([("c", "copy the code")] if self._code else [])]
        wide = prose.virtual_size.width > max(8, min(92, width) - 7)
        keys += [("↑↓", "scroll")] if count > max(1, height - 4 - len(told)) else []
        keys += [("←→", "wide lines")] if wide else []
        self.show_keys(*keys, ("esc", "back"))

    def on_key(self, event: events.Key) -> None:
        """End the reading with the way on that a key means."""
        if event.key in dict(self._ways):
            event.stop()
            self.dismiss(event.key)

    def action_code(self) -> None:
        """Return the code, if there is any."""
        if self._code:
            self.dismiss(self._code)


def _flat(text: str) -> str:
    return " ".join(text.split())
