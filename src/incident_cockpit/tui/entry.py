"""The entry line: always in sight, says how a line will be read before it is kept, and never loses a draft."""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from incident_cockpit.actions.grammar import SORTS, Reading, completions, pasted, read
from incident_cockpit.actions.refs import Here
from incident_cockpit.tui.field import BREAK, Field, one_line
from incident_cockpit.tui.keys import Keys
from incident_cockpit.tui.paint import STYLES

_SIGNS = "? hypothesis  ! action  = decision  @who 10m ask  -7m  :command"
_SIGNS_NARROW = "? ! = @who 10m  -7m  :command"
_KEYS = "enter keeps it · tab changes it"
# The margins of the line, of its chip and of its hint.
_AROUND = 2 + 1 + 2
_WIDE = 100
# Below it the line itself needs all the room.
_NARROW = 50


class EntryField(Field):
    """The field of the entry line; what is pasted into it while it is empty is one literal note."""

    # Set within the paste itself: enter may stand right behind it.
    pasted = False

    def on_paste(self, event: events.Paste) -> None:
        """Know that the line begins with a paste; the text itself is put in by the field."""
        self.pasted = self.pasted or (not self.value and bool(event.text.strip()))


class EntryLine(Horizontal):
    """A chip that says how the line is read, the field, and a hint."""

    DEFAULT_CSS = """
    EntryLine { height: 1; background: $background; padding: 0 1; }
    EntryLine > #chip { width: auto; height: 1; margin-right: 1; }
    EntryLine > EntryField { width: 1fr; height: 1; border: none; padding: 0; background: $background; }
    EntryLine > EntryField:focus { border: none; background-tint: transparent 0%; }
    EntryLine > #hint { width: auto; max-width: 70%; height: 1; margin-left: 2; text-wrap: nowrap; }
    """

    class Kept(Message):
        """A line is to be kept as it was read; `typed` is how it stood, for `settle`."""

        def __init__(self, reading: Reading, typed: str) -> None:
            """Hold the reading."""
            super().__init__()
            self.reading = reading
            self.typed = typed

    class Said(Message):
        """Something is to be said about the line."""

        def __init__(self, words: str, style: str) -> None:
            """Hold the words."""
            super().__init__()
            self.words = words
            self.style = style

    def __init__(self, here: Callable[[], Here], keep: Callable[[str], object]) -> None:
        """Take the present and the zone in which lines are read; `keep` takes the draft at every change."""
        super().__init__(id="entry")
        self._here = here
        self._keep = keep
        self._choice = 0
        # Lines that were taken out and are not on the disk yet: they are part of the draft.
        self._waiting: list[str] = []
        # What the field holds of lines that came back, as long as nobody has edited it.
        self._back = ""
        # The restored draft as long as it is not edited, and its notices: without focus, with focus.
        self._restored = ""
        self._notices = ("", "")

    def compose(self) -> ComposeResult:
        """Lay out chip, field and hint."""
        yield Static(id="chip")
        field = EntryField(placeholder="what happened …", id="line")
        field.takes = self._takes
        field.keeps = lambda _text: self._keep(self.draft)
        yield field
        yield Static(id="hint")

    def on_mount(self) -> None:
        """Show the empty line's chip."""
        self._show()

    def on_resize(self) -> None:
        """Say as much as there is room for."""
        self._show()

    @property
    def field(self) -> EntryField:
        """The field itself."""
        return self.query_one(EntryField)

    @property
    def typing(self) -> bool:
        """Whether the keys go to the field; `has_focus` would say so only when its event has come round."""
        return self.screen.focused is self.field

    def start(self, text: str = "") -> None:
        """Give the field the keys, with text in it if there is none."""
        if text and not self.field.value:
            self.field.put(text)
        # Not `focus()`, which waits its turn: the next key may be in the queue already, and it is meant for the field.
        self.screen.set_focus(self.field)
        self.field.cursor_position = len(self.field.value)
        self._show()

    def restore(self, text: str, notice: str = "", typing: str = "") -> None:
        """Put a draft back without taking the focus; `notice` stands beside it, `typing` while the line has the focus.

        It ends with a space, so that what is typed next does not run into its last word.
        """
        self.field.put(f"{text} " if text else "")
        self._restored, self._notices = self.field.value, (notice, typing)
        self.field.pasted = BREAK in self.field.value
        self._show()

    def take_paste(self, text: str) -> None:
        """Take text that was pasted outside any field."""
        self.field.pasted = self.field.pasted or not self.field.value
        self.screen.set_focus(self.field)
        self.field.insert_text_at_cursor(one_line(text.strip()))

    def settle(self, typed: str, problem: str = "") -> None:
        """End the wait of a line that was taken out: it is kept, or it comes back and the problem is said."""
        self._waiting.remove(typed)
        if problem:
            rest = self.field.value
            # One after the other as they were typed, each a line of its own.
            parts = (rest, typed) if rest and rest == self._back else (typed, rest)
            self.field.put(BREAK.join(part for part in parts if part))
            self._back = self.field.value
            # What has several lines was pasted, and is read as that again.
            self.field.pasted = self.field.pasted or BREAK in self.field.value
            self._show()
            self.say(problem, "late")
        self._keep(self.draft)

    @property
    def draft(self) -> str:
        """All text that is not on the disk yet."""
        return "\n".join(text for text in (*self._waiting, self.field.text) if text)

    def say(self, words: str, style: str = "muted") -> None:
        """Have words shown below, until the line is edited."""
        self.post_message(self.Said(words, style))

    def readings(self) -> list[Reading]:
        """Return every way the line can be read, the natural one first; Tab goes through them."""
        text, here = self.field.text, self._here()
        if self.field.pasted:
            return pasted(text, here)
        natural = read(text, here)
        return [natural, *(read(text, here, sort) for sort in SORTS if sort != natural.action)]

    @property
    def reading(self) -> Reading:
        """How the line is read now."""
        ways = self.readings()
        return ways[self._choice % len(ways)]

    def complete(self) -> None:
        """Complete the command that is typed, or read the line another way."""
        names = self._completions()
        if names:
            self.field.value = f":{_shared(names)}" + (" " if len(names) == 1 else "")
            self.field.cursor_position = len(self.field.value)
            return
        if self.field.value:
            self._choice += 1
            self._show()

    def _completions(self) -> list[str]:
        """Return the commands that fit what is typed, without those that are switched off."""
        keys = getattr(self.app, "keys", None)
        off = keys.off if isinstance(keys, Keys) else frozenset()
        return [name for name in completions(self.field.value) if name not in off]

    def _takes(self, key: str) -> bool:
        """Take enter, Tab and ctrl+r in the field's own order of keys; Tab reads it another way or completes it."""
        if key == "enter":
            self._enter()
        elif key == "ctrl+r":
            self.field.value = ""
        elif key == "tab" and self.field.value:
            self.complete()
        else:
            return False
        return True

    def on_descendant_blur(self) -> None:
        """Hide keys that work only while the line has the focus."""
        self._show()

    @on(Input.Changed)
    def _edited(self, event: Input.Changed) -> None:
        event.stop()
        if not event.value:
            self.field.pasted, self._choice = False, 0
        self._show()
        self.say("")

    def _enter(self) -> None:
        """Take the line out as it is read; it stays where it cannot be read."""
        typed = self.field.value
        if not self.field.text:
            return
        reading = self.reading
        if reading.problem:
            self.say(reading.problem, "late")
            return
        self._waiting.append(typed)
        self.field.pasted, self._choice = False, 0
        self.field.put("")
        self._show()
        self.post_message(self.Kept(reading, typed))

    def _show(self) -> None:
        text = self.field.value
        reading = self.reading if text else None
        problem = reading is not None and bool(reading.problem)
        chip = f" {reading.chip.split(' ')[0] if problem else reading.chip} " if reading else " note "
        self.query_one("#chip", Static).update(_styled(chip, "chip-warn" if problem else "chip"))
        hint = self.query_one("#hint", Static)
        hint.display = self.app.size.width >= _NARROW
        hint.update(_styled(*self._hint(reading)))

    def _hint(self, reading: Reading | None) -> tuple[str, str]:
        if reading is not None and self.field.value == self._restored and (said := self._notices[self.typing]):
            return (said, "accent")
        if reading is None:
            return (_SIGNS if self.app.size.width >= _WIDE else _SIGNS_NARROW, "faint")
        names = self._completions()
        if len(names) > 1:
            return ("  ".join(names[:6]), "muted")
        if reading.problem:
            return (reading.problem, "warn")
        if reading.when is not None:
            return (reading.when.words, "accent")
        if reading.action == "chat":
            return ("enter shows the lines", "accent")
        if self.field.pasted and (chat := next((one for one in self.readings() if one.action == "chat"), None)):
            return (f"tab: {chat.chip}", "accent")
        # The footer names these keys too, so that they give way to what is typed.
        return (_KEYS if self._room_beside(_KEYS, reading) else "", "faint")

    def _room_beside(self, hint: str, reading: Reading) -> bool:
        """Return whether the whole line stays in sight beside this hint."""
        taken = cell_len(f" {reading.chip} ") + cell_len(hint) + _AROUND
        return cell_len(self.field.value) + 1 <= self.app.size.width - taken


def _styled(text: str, style: str) -> Content:
    return Content(text).stylize(STYLES[style])


def _shared(names: list[str]) -> str:
    """Return what all the names begin with."""
    first, last = min(names), max(names)
    return first[: next((at for at, (one, two) in enumerate(zip(first, last, strict=False)) if one != two), len(first))]
