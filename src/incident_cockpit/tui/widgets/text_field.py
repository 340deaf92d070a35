"""Text fields: pasted text is kept whole, and cleaned before it is shown."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.message import Message
from textual.widgets import Input, TextArea

from incident_cockpit.text.sanitize import clean
from incident_cockpit.tui.app.terminal_input import may_be_typed

# An input has one line: a pasted line break is shown as this character, and returned as a line break.
BREAK = "⏎"


def one_line(text: str) -> str:
    """Return cleaned text on one line, its line breaks replaced by BREAK."""
    return clean(text).replace("\n", BREAK)


def full_text(shown: str) -> str:
    """Return the text of a line: cleaned and stripped, BREAK replaced by line breaks."""
    return clean(shown.replace(BREAK, "\n")).strip()


def unprintable_text(event: events.Key) -> str:
    """Return the character of a key that is text although Python does not count it as printable, or nothing.

    Examples are joiners, wide and no-break spaces, and characters newer than Python's Unicode tables.
    """
    char = event.character or ""
    return char if not event.is_printable and may_be_typed(char) else ""


class Field(Input):
    """An input of one line without a border; `text` is its text with line breaks."""

    DEFAULT_CSS = """
    Field, Field:focus {
        width: 1fr;
        height: 1;
        padding: 0;
        border: none;
        background: $surface;
        background-tint: transparent;
        color: $foreground;
    }
    Field > .input--placeholder {
        color: $faint;
    }
    """

    def __init__(
        self,
        text: str = "",
        *,
        placeholder: str = "",
        id: str | None = None,  # noqa: A002 - Textual's word
    ) -> None:
        """Start with this text; the placeholder is shown while there is none."""
        # Called with every change before it is drawn: a message would wait behind the keys that follow.
        self.saves: Callable[[str], object] = lambda _text: None
        super().__init__(one_line(text), placeholder=placeholder, select_on_focus=False, id=id)
        self.cursor_blink = False
        # Called with every key; returns whether the dialog around the field handled it.
        self.handles_key: Callable[[str], bool] = lambda _key: False

    @property
    def text(self) -> str:
        """The text, with its line breaks."""
        return full_text(self.value)

    def post_message(self, message: Message) -> bool:
        """Post the message; save the text at once if it is a change."""
        posted = super().post_message(message)
        if posted and isinstance(message, Input.Changed):
            self.saves(self.text)
        return posted

    def set_text(self, text: str) -> None:
        """Replace the text without a change message, the caret at its end."""
        with self.prevent(Input.Changed):
            self.value = one_line(text)
        self.cursor_position = len(self.value)

    def on_key(self, event: events.Key) -> None:
        """Offer keys to the dialog in the order they were pressed.

        A binding runs only when the key has bubbled up to the app: letters typed ahead would be in the field by then,
        and enter would choose another row.
        """
        focused = self.screen.focused
        if focused is not self and isinstance(focused, Field):
            event.stop()
            event.prevent_default()
            focused.post_message(events.Key(event.key, event.character))
        elif self.handles_key(event.key):
            event.stop()
            event.prevent_default()
        elif char := unprintable_text(event):
            event.stop()
            event.prevent_default()
            self.replace(char, *self.selection)

    def on_paste(self, event: events.Paste) -> None:
        """Clean pasted text and keep all its lines: an input would drop all but the first."""
        event.text = one_line(event.text.strip("\r\n"))


class DraftArea(TextArea):
    """A text area without line numbers or colours; pasted text is cleaned."""

    DEFAULT_CSS = """
    DraftArea, DraftArea:focus {
        height: 1fr;
        padding: 0;
        border: none;
        background: $background;
        color: $foreground;
        scrollbar-size-vertical: 1;
    }
    DraftArea .text-area--cursor-line {
        background: $background;
    }
    DraftArea .text-area--cursor {
        background: $accent;
        color: $background;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        """Start empty."""
        # Called with every change before it is drawn, as in `Field`.
        self.saves: Callable[[str], object] = lambda _text: None
        super().__init__(soft_wrap=True, show_line_numbers=False, tab_behavior="focus", id=id)
        self.cursor_blink = False

    def post_message(self, message: Message) -> bool:
        """Post the message; save the text at once if it is a change."""
        posted = super().post_message(message)
        if posted and isinstance(message, TextArea.Changed):
            self.saves(self.text)
        return posted

    def on_key(self, event: events.Key) -> None:
        """Insert characters that a text area does not count as printable."""
        if char := unprintable_text(event):
            event.stop()
            event.prevent_default()
            self._replace_via_keyboard(char, *self.selection)

    def on_paste(self, event: events.Paste) -> None:
        """Clean pasted text before it is inserted."""
        event.text = clean(event.text)
