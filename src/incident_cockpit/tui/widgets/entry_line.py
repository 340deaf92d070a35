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

from incident_cockpit.actions.arguments.argument import Here
from incident_cockpit.actions.grammar import LINE_KINDS, ParsedLine, completions, pasted, read
from incident_cockpit.tui.app.keys import Keys
from incident_cockpit.tui.app.theme_styles import STYLES
from incident_cockpit.tui.widgets.text_field import BREAK, Field, full_text, one_line

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
    # Called when other text takes the place of all there is.
    anew: Callable[[], object] = staticmethod(lambda: None)

    def make_room(self) -> None:
        """Clear what is replaceable, before something is put in that begins a line."""
        if self.replaceable:
            self.anew()
            self.set_text("")

    @property
    def replaceable(self) -> bool:
        """Whether what is typed next takes the place of all there is."""
        return bool(self.value) and {*self.selection} == {0, len(self.value)}

    def replace(self, text: str, start: int, end: int) -> None:
        """Put a text in the place of another; where that is all there is, a new line begins."""
        if self.value and {start, end} == {0, len(self.value)}:
            self.anew()
        super().replace(text, start, end)

    def on_paste(self, event: events.Paste) -> None:
        """Know that the line begins with a paste; the text itself is put in by the field."""
        self.make_room()
        self.pasted = self.pasted or (not self.value and bool(event.text.strip()))


class LineAccepted(Message):
    """A line is to be kept as it was read; `typed` is how it stood, for `settle`."""

    def __init__(self, reading: ParsedLine, typed: str) -> None:
        """Hold the reading."""
        super().__init__()
        self.reading = reading
        self.typed = typed


class LineMessage(Message):
    """Something is to be said about the line."""

    def __init__(self, words: str, style: str) -> None:
        """Hold the words."""
        super().__init__()
        self.words = words
        self.style = style


class EntryLine(Horizontal):
    """A chip that says how the line is read, the field, and a hint."""

    DEFAULT_CSS = """
    EntryLine { height: 1; background: $background; padding: 0 1; }
    EntryLine > #chip { width: auto; height: 1; margin-right: 1; }
    EntryLine > EntryField { width: 1fr; height: 1; border: none; padding: 0; background: $background; }
    EntryLine > EntryField:focus { border: none; background-tint: transparent 0%; }
    EntryLine > #hint { width: auto; max-width: 70%; height: 1; margin-left: 2; text-wrap: nowrap; }
    """

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
        # Why that was refused.
        self._problem = ""
        # Lines that were refused while another was being typed, with the reason: each comes back to an empty field.
        self._refused: list[tuple[str, str]] = []
        # What enter does while nothing is typed, and how the hint says it.
        self.offered: tuple[str, str] | None = None
        # What it holds of a draft that was restored, as long as nobody has edited it, and what is said of that.
        self._restored = ""
        self._notices = ("", "")

    def compose(self) -> ComposeResult:
        """Lay out chip, field and hint."""
        yield Static(id="chip")
        field = EntryField(placeholder="what happened …", id="line")
        field.handles_key = self._handle_key
        field.anew = self._anew
        field.saves = lambda _text: self._keep(self.draft)
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
            self.field.set_text(text)
        # Not `focus()`, which waits its turn: the next key may be in the queue already, and it is meant for the field.
        self.screen.set_focus(self.field)
        if not self.field.replaceable:
            self.field.cursor_position = len(self.field.value)
        self._show()

    @property
    def notice(self) -> str:
        """What is said of a draft that was restored and has not been edited, "" without one."""
        return self._notices[self.typing] if self.field.value == self._restored else ""

    def restore(self, text: str, notice: str = "", typing: str = "") -> None:
        """Put a draft back without taking the focus; `notice` stands beside it, `typing` while the line has the focus.

        It ends with a space, so that what is typed next does not run into its last word.
        """
        self.field.set_text(f"{text} " if text else "")
        self._restored, self._notices = self.field.value, (notice, typing)
        self.field.pasted = BREAK in self.field.value
        self._show()

    def take_paste(self, text: str) -> None:
        """Take text that was pasted outside any field."""
        self.field.make_room()
        self.field.pasted = self.field.pasted or not self.field.value
        self.screen.set_focus(self.field)
        self.field.insert_text_at_cursor(one_line(text.strip()))

    def settle(self, typed: str, problem: str = "", *, refused: bool = False) -> None:
        """End the wait of a line that was taken out: it is kept, or it comes back and the problem is said.

        One that was `refused` comes back selected, so that the next line takes its place; never into another line.
        """
        self._waiting.remove(typed)
        if refused:
            self._refused.append((typed, problem))
            self.say(problem, "late")
            self._give_back()
        elif problem:
            rest = self.field.value
            # One after the other as they were typed, each a line of its own.
            parts = (rest, typed) if rest and rest == self._back else (typed, rest)
            self.field.set_text(BREAK.join(part for part in parts if part))
            self._back = self.field.value
            # What has several lines was pasted, and is read as that again.
            self.field.pasted = self.field.pasted or BREAK in self.field.value
            self._show()
            self.say(problem, "late")
        elif self._problem:
            # Another line was kept, and said so; the one in the field still needs its reason.
            self.say(self._problem, "late")
        self._keep(self.draft)

    @property
    def draft(self) -> str:
        """All text that is not on the disk yet."""
        refused = (full_text(typed) for typed, _ in self._refused)
        return "\n".join(text for text in (*self._waiting, *refused, self.field.text) if text)

    def _give_back(self) -> None:
        """Put the first line that was refused into the field, once that is empty, and say again why."""
        if self._refused and not self.field.value:
            typed, problem = self._refused.pop(0)
            self.field.set_text(typed)
            self.field.pasted = BREAK in typed
            self._show()
            self._refuse(problem)

    def _refuse(self, problem: str) -> None:
        """Say why the line in the field cannot be kept; what is typed next takes its place."""
        self.field.select_all()
        self._back, self._problem = self.field.value, problem
        self.say(problem, "late")

    def _anew(self) -> None:
        self.field.pasted, self._choice = False, 0

    def offer(self, line: str, words: str) -> bool:
        """Have enter keep this line while nothing is typed; return whether that could be said beside the line."""
        if not self.typing or self.field.value or self.app.size.width < _NARROW:
            return False
        self.offered = (line, words)
        self._show()
        return True

    def on_descendant_blur(self) -> None:
        """Take the offer back: enter means something else elsewhere."""
        self.offered = None
        self._show()

    def say(self, words: str, style: str = "muted") -> None:
        """Have words shown below, until the line is edited."""
        self.post_message(LineMessage(words, style))

    def readings(self) -> list[ParsedLine]:
        """Return every way the line can be read, the natural one first; Tab goes through them."""
        text, here = self.field.text, self._here()
        if self.field.pasted:
            return pasted(text, here)
        natural = read(text, here)
        return [natural, *(read(text, here, sort) for sort in LINE_KINDS if sort != natural.action)]

    @property
    def reading(self) -> ParsedLine:
        """How the line is read now."""
        ways = self.readings()
        return ways[self._choice % len(ways)]

    def complete(self) -> None:
        """Complete the command that is typed, or read the line another way."""
        names = _completions(self.field)
        if names:
            self.field.value = f":{_shared(names)}" + (" " if len(names) == 1 else "")
            self.field.cursor_position = len(self.field.value)
            return
        if self.field.value:
            self._choice += 1
            self._show()

    def _handle_key(self, key: str) -> bool:
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

    @on(Input.Changed)
    def _edited(self, event: Input.Changed) -> None:
        event.stop()
        self.offered = None
        if not event.value:
            self._anew()
        self._show()
        # Enter may have overtaken the news of the last letter: what was said of the line is still true of it.
        if not event.value or self.field.value != self._back:
            self._back = self._problem = ""
            self.say("")
        self._give_back()

    def _enter(self) -> None:
        """Take the line out as it is read; it stays where it cannot be read."""
        typed = self.field.value
        if not typed and self.offered is not None:
            (typed, _), self.offered = self.offered, None
            self._take_out(read(typed, self._here()), typed)
            return
        if not self.field.text:
            return
        reading = self.reading
        if reading.problem:
            self._refuse(reading.problem)
            return
        self._take_out(reading, typed)

    def _take_out(self, reading: ParsedLine, typed: str) -> None:
        self._waiting.append(typed)
        self._back = self._problem = ""
        self._anew()
        self.field.set_text("")
        self._show()
        self.post_message(LineAccepted(reading, typed))
        self._give_back()

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
    """Return what is said beside the line, and its style."""
    if reading is not None and (notice := line.notice):
        return (notice, "accent")
    if reading is None and line.offered is not None:
        return (f"{line.offered[1]}? enter", "accent")
    if reading is None:
        return (_SIGNS if line.app.size.width >= _WIDE else _SIGNS_NARROW, "faint")
    names = _completions(line.field)
    if len(names) > 1:
        return ("  ".join(names[:6]), "muted")
    if reading.problem:
        return (reading.problem, "warn")
    if reading.when is not None:
        return (reading.when.words, "accent")
    if reading.action == "chat":
        return ("enter shows the lines", "accent")
    if line.field.pasted and (chat := next((one for one in line.readings() if one.action == "chat"), None)):
        return (f"tab: {chat.chip}", "accent")
    # The footer names these keys too, so that they give way to what is typed.
    return (_KEYS if _room_beside(line.field, _KEYS, reading) else "", "faint")


def _completions(field: EntryField) -> list[str]:
    """Return the commands that fit what is typed, without those that are switched off."""
    keys = getattr(field.app, "keys", None)
    off = keys.off if isinstance(keys, Keys) else frozenset()
    return [name for name in completions(field.value) if name not in off]


def _room_beside(field: EntryField, hint: str, reading: ParsedLine) -> bool:
    """Return whether the whole line stays in sight beside this hint."""
    taken = cell_len(f" {reading.chip} ") + cell_len(hint) + _AROUND
    return cell_len(field.value) + 1 <= field.app.size.width - taken


def _styled(text: str, style: str) -> Content:
    return Content(text).stylize(STYLES[style])


def _shared(names: list[str]) -> str:
    """Return what all the names begin with."""
    first, last = min(names), max(names)
    return first[: next((at for at, (one, two) in enumerate(zip(first, last, strict=False)) if one != two), len(first))]
