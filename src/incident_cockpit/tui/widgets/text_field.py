"""Fields a person types into: what is pasted stays whole and is cleaned before it is shown."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.message import Message
from textual.widgets import Input, TextArea

from incident_cockpit.text.sanitize import clean
from incident_cockpit.tui.app.terminal_input import may_be_typed

# An input has one line; a line break that was pasted stands in it as this sign and is given back as a line break.
BREAK = "⏎"


def one_line(text: str) -> str:
    """Return cleaned text on one line, its line breaks shown as a sign."""
    return clean(text).replace("\n", BREAK)


def meant(shown: str) -> str:
    """Return what a line stands for: cleaned, without blanks around it, its line breaks back in place."""
    return clean(shown.replace(BREAK, "\n")).strip()


def unprintable_text(event: events.Key) -> str:
    """Return the character of a key that is text although Python does not count it as printable, or nothing.

    Such are joiners, wide and no-break spaces, and characters newer than Python's Unicode tables.
    """
    char = event.character or ""
    return char if not event.is_printable and may_be_typed(char) else ""


class Field(Input):
    """A line to type in, of one row and without a border; `text` is what was meant by it."""

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
        """Begin with this text; the placeholder says what is taken when nothing is typed."""
        # Told of every change before it can be seen: a message would wait behind the keys that follow.
        self.keeps: Callable[[str], object] = lambda _text: None
        super().__init__(one_line(text), placeholder=placeholder, select_on_focus=False, id=id)
        self.cursor_blink = False
        # What the box around it does with a key; True when that was all there is to do.
        self.takes: Callable[[str], bool] = lambda _key: False

    @property
    def text(self) -> str:
        """Return what was typed, as it was meant."""
        return meant(self.value)

    def post_message(self, message: Message) -> bool:
        """Post it; a change is kept at once."""
        posted = super().post_message(message)
        if posted and isinstance(message, Input.Changed):
            self.keeps(self.text)
        return posted

    def put(self, text: str) -> None:
        """Show this text instead without saying that it changed, the cursor behind it."""
        with self.prevent(Input.Changed):
            self.value = one_line(text)
        self.cursor_position = len(self.value)

    def on_key(self, event: events.Key) -> None:
        """Give the box its keys in the order they were pressed.

        A binding runs only when the key has bubbled up to the app: letters typed ahead would be in the field by then,
        and enter would choose a row that was not meant.
        """
        focused = self.screen.focused
        if focused is not self and isinstance(focused, Field):
            event.stop()
            event.prevent_default()
            focused.post_message(events.Key(event.key, event.character))
        elif self.takes(event.key):
            event.stop()
            event.prevent_default()
        elif char := unprintable_text(event):
            event.stop()
            event.prevent_default()
            self.replace(char, *self.selection)

    def on_paste(self, event: events.Paste) -> None:
        """Clean what is pasted and keep all its lines: an input would take the first and drop the rest."""
        event.text = one_line(event.text.strip("\r\n"))


class DraftArea(TextArea):
    """A text of many lines, wrapped, without numbers or colours; what is pasted is cleaned."""

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
        """Begin empty."""
        # As a field's.
        self.keeps: Callable[[str], object] = lambda _text: None
        super().__init__(soft_wrap=True, show_line_numbers=False, tab_behavior="focus", id=id)
        self.cursor_blink = False

    def post_message(self, message: Message) -> bool:
        """Post it; a change is kept at once."""
        posted = super().post_message(message)
        if posted and isinstance(message, TextArea.Changed):
            self.keeps(self.text)
        return posted

    def on_key(self, event: events.Key) -> None:
        """Insert characters that a text area does not count as printable."""
        if char := unprintable_text(event):
            event.stop()
            event.prevent_default()
            self._replace_via_keyboard(char, *self.selection)

    def on_paste(self, event: events.Paste) -> None:
        """Clean what is pasted before it is put in."""
        event.text = clean(event.text)
