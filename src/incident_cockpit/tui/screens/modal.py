"""The box every question comes in: a title, what is asked, why it was refused, and the keys that work."""

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


class DialogLook(Look):
    """How a row is drawn in a box: its list has the keys as long as the box is open."""

    @property
    def under(self) -> str:
        """The theme variable of the colour behind the row."""
        return "surface" if self.cursor else "panel"


class DialogList(LineList, can_focus=False):
    """The rows of a box; the field beside it keeps the keys and moves the cursor."""

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
        """Draw one line of what is in sight, on the colour of the box."""
        index = y + self.scroll_offset.y
        row = self.rows[index] if index < len(self.rows) else ListRow(None)
        look = DialogLook(cursor=row.key is not None and row.key == self.cursor_key, focused=True)
        return draw(row, self.scrollable_content_region.width, paint_of(self.app), look)

    def show(self, rows: Sequence[ListRow], height: int) -> None:
        """Show these rows in so many lines, the cursor on the first that can be chosen."""
        self.styles.height = height
        self.set_rows(rows)
        first = next((row.key for row in rows if row.key is not None), None)
        if first is not None:
            self.move_to(first)


class Dialog(ModalScreen[Result]):
    """A modal box; a subclass says what is in it. Escape leaves, and nothing has happened then."""

    DEFAULT_CSS = """
    Dialog {
        align: center middle;
    }
    Dialog > #box {
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
    Dialog .said { height: auto; margin: 0 1; display: none; }
    Dialog .prompt { width: 2; color: $accent; background: $surface; }
    Dialog #problem { color: $late; }
    Dialog #saved { color: $accent; height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    Dialog .line { height: 1; margin: 0 1; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave", show=False, id="box.leave")]

    class Ready(Message):
        """The box has the keys: what was typed ahead of it may come."""

    dialog_title: str = ""
    # True while it has something done: keys wait until that has ended.
    busy = False

    def on_mount(self) -> None:
        """Say so once there is something in the box that takes keys."""
        self.call_after_refresh(self._say_ready, 20)

    def _say_ready(self, turns: int) -> None:
        if self.focused is None and turns:
            self.call_later(self._say_ready, turns - 1)
        else:
            self.post_message(self.Ready())

    def inside(self) -> Iterable[Widget]:
        """Return what stands in the box."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Put what is asked into the box."""
        with Vertical(id="box") as box:
            box.border_title = Content(printable(self.dialog_title))
            yield from self.inside()

    @property
    def inner_width(self) -> int:
        """How wide what stands in the box may be."""
        return min(92, self.app.size.width) - 6

    def problem_line(self) -> Widget:
        """Return the line that says why something was refused."""
        return Static(id="problem", classes="said")

    def draft_line(self) -> Widget:
        """Return the line for the notice of a restored draft."""
        return Static(id="saved", classes="said")

    def leaving(self, drafted: bool) -> tuple[str, str]:
        """Return the hint for escape: a draft is kept."""
        return ("esc", "keep, leave" if drafted else "leave")

    def refuse(self, why: str) -> None:
        """Say why, or take back what was said when there is nothing."""
        self.say("#problem", f"{SIGNS['late']} {why}" if why else "")

    def free(self) -> None:
        """Take keys again, those that were typed meanwhile first: what was to be done did not come to pass."""
        self.busy = False
        self.post_message(self.Ready())

    def say(self, selector: str, words: str) -> None:
        """Put plain words into a line, which is there only while it says something."""
        line = self.query_one(selector, Static)
        line.update(Content("\n".join(printable(part) for part in words.splitlines())))
        line.display = bool(words)

    def hint(self, *keys: tuple[str, str]) -> None:
        """Show the keys that work in the lower border: as many as fit, the last of them always."""
        room = min(92, self.app.size.width) - 8
        shown = [f"{key} {word}" for key, word in keys]
        while len(shown) > 1 and cell_len(" · ".join(shown)) > room:
            del shown[-2]
        self.query_one("#box").border_subtitle = Content(" · ".join(shown))

    def action_leave(self) -> None:
        """Leave without doing anything."""
        self.dismiss(None)
