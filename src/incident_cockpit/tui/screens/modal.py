"""The modal dialog: a title, its content, a line for problems, and the keys that work in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, TypeVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from incident_cockpit.tui.app.safety import printable
from incident_cockpit.tui.app.theme_styles import SIGNS, paint_of
from incident_cockpit.tui.widgets.list_view import LineList, ListRow, Look, draw

Result = TypeVar("Result")
# The widest that a dialog gets, in cells; the CSS below says the same.
MAX_WIDTH = 92


class DialogLook(Look):
    """How a row is drawn in a dialog: as long as the dialog is open, its list counts as focused."""

    @property
    def under(self) -> str:
        """The theme variable of the colour behind the row."""
        return "surface" if self.cursor else "panel"


class DialogList(LineList, can_focus=False):
    """The rows of a dialog; the field beside it has the focus and moves the cursor."""

    DEFAULT_CSS = """
    DialogList {
        height: auto;
        background: $panel;
        scrollbar-background: $panel;
        scrollbar-background-hover: $panel;
        scrollbar-background-active: $panel;
    }
    """

    def render_line(self, y: int) -> Strip:
        """Draw one visible line, on the colour of the dialog."""
        index = y + self.scroll_offset.y
        row = self.rows[index] if index < len(self.rows) else ListRow(None)
        look = DialogLook(cursor=row.key is not None and row.key == self.cursor_key, focused=True)
        return draw(row, self.scrollable_content_region.width, paint_of(self.app), look)

    def show(self, rows: Sequence[ListRow], height: int) -> None:
        """Show these rows at this height, the cursor on the first that can be chosen."""
        self.styles.height = height
        self.set_rows(rows)
        first = next((row.key for row in rows if row.key is not None), None)
        if first is not None:
            self.move_to(first)


class Dialog(ModalScreen[Result]):
    """A modal dialog; a subclass provides its body. Escape leaves it without doing anything."""

    DEFAULT_CSS = """
    Dialog {
        align: center middle;
    }
    Dialog > #dialog {
        width: 100%;
        max-width: 92;
        height: auto;
        max-height: 100%;
        padding: 0 1;
        background: $panel;
        color: $foreground;
        border: round $line-focus 60%;
        border-title-color: $accent;
        border-title-background: $panel;
        border-title-style: bold;
        border-subtitle-color: $muted;
        border-subtitle-background: $panel;
    }
    Dialog .muted { color: $muted; height: auto; }
    Dialog .question {
        color: $foreground;
        text-style: bold;
        height: 1;
        margin: 0 1;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    Dialog .optional { height: auto; margin: 0 1; display: none; }
    Dialog .prompt { width: 2; color: $accent; background: $surface; }
    Dialog #problem { color: $late; }
    Dialog #saved { color: $accent; height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    Dialog .line { height: 1; margin: 0 1; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave", show=False, id="dialog.leave")]

    class Ready(Message):
        """The dialog has the focus: keys typed ahead may be delivered."""

    dialog_title: str = ""
    # True while an action runs: keys wait until it has ended.
    busy = False

    def on_mount(self) -> None:
        """Post `Ready` once a widget of the dialog has the focus."""
        self.call_after_refresh(self._post_ready, 20)

    def _post_ready(self, turns: int) -> None:
        if self.focused is None and turns:
            self.call_later(self._post_ready, turns - 1)
        else:
            self.post_message(self.Ready())

    def body(self) -> Iterable[Widget]:
        """Return the widgets of the dialog."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Lay out the body below the title."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = Content(printable(self.dialog_title))
            yield from self.body()

    @property
    def inner_width(self) -> int:
        """The width of the body in cells."""
        return min(MAX_WIDTH, self.app.size.width) - 6

    def problem_line(self) -> Widget:
        """Return the line for the reason of a refusal."""
        return Static(id="problem", classes="optional")

    def draft_line(self) -> Widget:
        """Return the line for the notice of a restored draft."""
        return Static(id="saved", classes="optional")

    def escape_key(self, *, drafted: bool) -> tuple[str, str]:
        """Return escape and its label, which says whether a draft is kept."""
        return ("esc", "close (draft saved)" if drafted else "cancel")

    def show_problem(self, problem: str) -> None:
        """Show why something was refused; an empty text clears the line."""
        self.set_line("#problem", f"{SIGNS['late']} {problem}" if problem else "")

    def accept_keys(self) -> None:
        """Accept keys again after a refused action, starting with those typed meanwhile."""
        self.busy = False
        self.post_message(self.Ready())

    def set_line(self, selector: str, text: str) -> None:
        """Set the plain text of a line, which is displayed only while it is not empty."""
        line = self.query_one(selector, Static)
        line.update(Content("\n".join(map(printable, text.splitlines()))))
        line.display = bool(text)

    def show_keys(self, *keys: tuple[str, str]) -> None:
        """Show keys and their labels in the lower border: as many as fit, the last of them always."""
        width = min(MAX_WIDTH, self.app.size.width) - 8
        shown = [f"{key} {label}" for key, label in keys]
        while len(shown) > 1 and cell_len(" · ".join(shown)) > width:
            del shown[-2]
        self.query_one("#dialog").border_subtitle = Content(" · ".join(shown))

    def action_leave(self) -> None:
        """Close the dialog without doing anything."""
        self.dismiss(None)
