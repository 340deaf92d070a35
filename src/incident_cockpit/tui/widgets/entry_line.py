"""The entry line: shows how the text will be logged before it is, and never loses a draft."""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from incident_cockpit.actions.arguments.argument import Here
from incident_cockpit.actions.grammar import LINE_KINDS, ParsedLine, completions, pasted, read
from incident_cockpit.tui.app.keys import Keys
from incident_cockpit.tui.app.theme_styles import STYLES
from incident_cockpit.tui.widgets.text_field import BREAK, Field, full_text, one_line

_PREFIXES = "? hypothesis  ! action  = decision  @who 10m ask  -7m  :action"
_PREFIXES_NARROW = "? ! = @who 10m  -7m  :action"
_KEYS = "enter log · tab change type"
# The margins of the line, of its chip and of its hint.
_MARGINS = 2 + 1 + 2
_WIDE = 100
# Below this width the line needs all of it.
_NARROW = 50


class EntryField(Field):
    """The field of the entry line; text pasted into it while it is empty is logged as one literal note."""

    # Set during the paste itself: enter may follow at once.
    pasted = False
    # Called when the whole text is replaced.
    reset: Callable[[], object] = staticmethod(lambda: None)

    def clear_selected(self) -> None:
        """Clear the text if typing would replace all of it."""
        if self.replaceable:
            self.reset()
            self.set_text("")

    @property
    def replaceable(self) -> bool:
        """True if the next character typed replaces the whole text."""
        return bool(self.value) and {*self.selection} == {0, len(self.value)}

    def replace(self, text: str, start: int, end: int) -> None:
        """Replace a part of the text; replacing all of it starts a new line."""
        if self.value and {start, end} == {0, len(self.value)}:
            self.reset()
        super().replace(text, start, end)

    def on_paste(self, event: events.Paste) -> None:
        """Note that the line starts with a paste; the field itself inserts the text."""
        self.clear_selected()
        self.pasted = self.pasted or (not self.value and bool(event.text.strip()))


class LineAccepted(Message):
    """A line to log as it was read; `typed` is its text, for `settle`."""

    def __init__(self, reading: ParsedLine, typed: str) -> None:
        """Take the reading and the text."""
        super().__init__()
        self.reading = reading
        self.typed = typed


class LineMessage(Message):
    """A message about the line."""

    def __init__(self, text: str, style: str) -> None:
        """Take the text and its style."""
        super().__init__()
        self.text = text
        self.style = style


class EntryLine(Horizontal):
    """A chip with the type of the entry, the field, and a hint."""

    DEFAULT_CSS = """
    EntryLine { height: 1; background: $background; padding: 0 1; }
    EntryLine > #chip { width: auto; height: 1; margin-right: 1; }
    EntryLine > EntryField { width: 1fr; height: 1; border: none; padding: 0; background: $background; }
    EntryLine > EntryField:focus { border: none; background-tint: transparent 0%; }
    EntryLine > #hint { width: auto; max-width: 70%; height: 1; margin-left: 2; text-wrap: nowrap; }
    """

    def __init__(self, here: Callable[[], Here], save: Callable[[str], object]) -> None:
        """Take the present and the zone for reading lines; `save` saves the draft at every change."""
        super().__init__(id="entry")
        self._here = here
        self._save = save
        self._choice = 0
        # Accepted lines that are not stored yet: they are part of the draft.
        self._unsaved: list[str] = []
        # The text of lines that came back, until it is edited, and why they were refused.
        self._returned = ""
        self._problem = ""
        # Lines refused while another was being typed, with the reason: each comes back once the field is empty.
        self._refused: list[tuple[str, str]] = []
        # The line that enter accepts while the field is empty, and its label in the hint.
        self.offered: tuple[str, str] | None = None
        # The text of a restored draft, until it is edited, and its notices.
        self._restored = ""
        self._notices = ("", "")

    def compose(self) -> ComposeResult:
        """Lay out chip, field and hint."""
        yield Static(id="chip")
        field = EntryField(placeholder="what happened …", id="line")
        field.handles_key = self._handle_key
        field.reset = self._reset
        field.saves = lambda _text: self._save(self.draft)
        yield field
        yield Static(id="hint")

    def on_mount(self) -> None:
        """Show the chip and the hint."""
        self._show()

    def on_resize(self) -> None:
        """Fit the hint to the new width."""
        self._show()

    @property
    def field(self) -> EntryField:
        """The field."""
        return self.query_one(EntryField)

    @property
    def typing(self) -> bool:
        """True if keys go to the field; `has_focus` lags behind its event."""
        return self.screen.focused is self.field

    def start(self, text: str = "") -> None:
        """Focus the field, with this text if it is empty."""
        if text and not self.field.value:
            self.field.set_text(text)
        # Not `focus()`, which is delayed: the next key may be in the queue already.
        self.screen.set_focus(self.field)
        if not self.field.replaceable:
            self.field.cursor_position = len(self.field.value)
        self._show()

    @property
    def notice(self) -> str:
        """The notice of a restored draft that has not been edited, or nothing."""
        return self._notices[self.typing] if self.field.value == self._restored else ""

    def restore(self, text: str, notice: str = "", typing: str = "") -> None:
        """Restore a draft without focusing it; `notice` is shown beside it, `typing` while the line has the focus.

        A space is added, so that the next word typed is separate.
        """
        self.field.set_text(f"{text} " if text else "")
        self._restored, self._notices = self.field.value, (notice, typing)
        self.field.pasted = BREAK in self.field.value
        self._show()

    def take_paste(self, text: str) -> None:
        """Insert text that was pasted outside any field."""
        self.field.clear_selected()
        self.field.pasted = self.field.pasted or not self.field.value
        self.screen.set_focus(self.field)
        self.field.insert_text_at_cursor(one_line(text.strip()))

    def settle(self, typed: str, problem: str = "", *, refused: bool = False) -> None:
        """Finish an accepted line: it was logged, or it comes back with its problem.

        A `refused` line comes back selected, so that typing replaces it, and never into another line.
        """
        self._unsaved.remove(typed)
        if refused:
            self._refused.append((typed, problem))
            self.say(problem, "late")
            self._return_refused()
        elif problem:
            text = self.field.value
            # In the order in which they were typed, each on a line of its own.
            parts = (text, typed) if text and text == self._returned else (typed, text)
            self.field.set_text(BREAK.join(part for part in parts if part))
            self._returned = self.field.value
            # Text of several lines was pasted, and is read as pasted again.
            self.field.pasted = self.field.pasted or BREAK in self.field.value
            self._show()
            self.say(problem, "late")
        elif self._problem:
            # The message that another line was logged replaced the reason for the one in the field.
            self.say(self._problem, "late")
        self._save(self.draft)

    @property
    def draft(self) -> str:
        """All text that is not stored yet."""
        refused = (full_text(typed) for typed, _ in self._refused)
        return "\n".join(text for text in (*self._unsaved, *refused, self.field.text) if text)

    def _return_refused(self) -> None:
        """Return the first refused line to the field once that is empty, and repeat the reason."""
        if self._refused and not self.field.value:
            typed, problem = self._refused.pop(0)
            self.field.set_text(typed)
            self.field.pasted = BREAK in typed
            self._show()
            self._refuse(problem)

    def _refuse(self, problem: str) -> None:
        """Show why the line in the field is refused, and select it, so that typing replaces it."""
        self.field.select_all()
        self._returned, self._problem = self.field.value, problem
        self.say(problem, "late")

    def _reset(self) -> None:
        self.field.pasted, self._choice = False, 0

    def offer(self, line: str, label: str) -> bool:
        """Let enter accept this line while the field is empty; return whether the hint can show that."""
        if not self.typing or self.field.value or self.app.size.width < _NARROW:
            return False
        self.offered = (line, label)
        self._show()
        return True

    def on_descendant_blur(self) -> None:
        """Withdraw the offer: enter means something else elsewhere."""
        self.offered = None
        self._show()

    def say(self, text: str, style: str = "muted") -> None:
        """Show a message below the line, until it is edited."""
        self.post_message(LineMessage(text, style))

    def readings(self) -> list[ParsedLine]:
        """Return all readings of the line, the natural one first; tab cycles through them."""
        text, here = self.field.text, self._here()
        if self.field.pasted:
            return pasted(text, here)
        natural = read(text, here)
        return [natural, *(read(text, here, sort) for sort in LINE_KINDS if sort != natural.action)]

    @property
    def reading(self) -> ParsedLine:
        """The current reading of the line."""
        readings = self.readings()
        return readings[self._choice % len(readings)]

    def complete(self) -> None:
        """Complete a typed command, or change the type of the entry."""
        names = _completions(self.field)
        if names:
            first, last = min(names), max(names)
            pairs = enumerate(zip(first, last, strict=False))
            common = next((index for index, (left, right) in pairs if left != right), len(first))
            self.field.value = f":{first[:common]}" + (" " if len(names) == 1 else "")
            self.field.cursor_position = len(self.field.value)
            return
        if self.field.value:
            self._choice += 1
            self._show()

    def _handle_key(self, key: str) -> bool:
        """Handle enter, tab and ctrl+r in the order in which keys reach the field."""
        if key == "enter":
            self._enter()
        elif key == "ctrl+r":
            self.field.value = ""
        elif key == "tab" and self.field.value:
            self.complete()
        else:
            return False
        return True

    @on(Input.Changed)
    def _edited(self, event: Input.Changed) -> None:
        event.stop()
        self.offered = None
        if not event.value:
            self._reset()
        self._show()
        # Enter may have overtaken the message about the last character: the problem shown is still right.
        if not event.value or self.field.value != self._returned:
            self._returned = self._problem = ""
            self.say("")
        self._return_refused()

    def _enter(self) -> None:
        """Accept the line as it is read; a line that cannot be read stays."""
        typed = self.field.value
        if not typed and self.offered is not None:
            (typed, _), self.offered = self.offered, None
            self._accept(read(typed, self._here()), typed)
            return
        if not self.field.text:
            return
        reading = self.reading
        if reading.problem:
            self._refuse(reading.problem)
            return
        self._accept(reading, typed)

    def _accept(self, reading: ParsedLine, typed: str) -> None:
        self._unsaved.append(typed)
        self._returned = self._problem = ""
        self._reset()
        self.field.set_text("")
        self._show()
        self.post_message(LineAccepted(reading, typed))
        self._return_refused()

    def _show(self) -> None:
        text = self.field.value
        reading = self.reading if text else None
        problem = reading is not None and bool(reading.problem)
        chip = f" {reading.chip.split(' ')[0] if problem else reading.chip} " if reading else " note "
        self.query_one("#chip", Static).update(_styled(chip, "chip-warn" if problem else "chip"))
        hint = self.query_one("#hint", Static)
        hint.display = self.app.size.width >= _NARROW
        hint.update(_styled(*_hint(self, reading)))


def _hint(line: EntryLine, reading: ParsedLine | None) -> tuple[str, str]:
    """Return the hint beside the line, and its style."""
    if reading is not None and (notice := line.notice):
        return (notice, "accent")
    if reading is None and line.offered is not None:
        return (f"{line.offered[1]}? enter", "accent")
    if reading is None:
        return (_PREFIXES if line.app.size.width >= _WIDE else _PREFIXES_NARROW, "faint")
    names = _completions(line.field)
    if len(names) > 1:
        return ("  ".join(names[:6]), "muted")
    if reading.problem:
        return (reading.problem, "warn")
    if reading.when is not None:
        return (reading.when.words, "accent")
    if reading.action == "chat":
        return ("enter preview", "accent")
    if line.field.pasted and (chat := next((each for each in line.readings() if each.action == "chat"), None)):
        return (f"tab {chat.chip}", "accent")
    # The footer shows these keys too, so they are left out beside a long line.
    width = line.app.size.width - cell_len(f" {reading.chip} ") - cell_len(_KEYS) - _MARGINS
    return (_KEYS if cell_len(line.field.value) < width else "", "faint")


def _completions(field: EntryField) -> list[str]:
    """Return the commands that start with what is typed, without those switched off."""
    keys = getattr(field.app, "keys", None)
    off = keys.off if isinstance(keys, Keys) else frozenset()
    return [name for name in completions(field.value) if name not in off]


def _styled(text: str, style: str) -> Content:
    return Content(text).stylize(STYLES[style])
