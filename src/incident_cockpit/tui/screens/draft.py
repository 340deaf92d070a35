"""A text on its way out: written from the facts, edited by hand, with what to think of, and copied by one key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Static, TextArea

from incident_cockpit.documents.update import Composed
from incident_cockpit.errors import Refused
from incident_cockpit.text.sanitize import clean
from incident_cockpit.tui.app.theme_styles import SIGNS
from incident_cockpit.tui.screens.modal import Dialog, DialogList, Result
from incident_cockpit.tui.widgets.text_field import DraftArea

# What is wrong is said by whoever delivers with this sign in front; everything else says how it went.
PROBLEM = "!"
_WARNINGS = 3


class DraftScreen(Dialog[Result]):
    """A box around a draft; a subclass says what it is about, what warns, and how it leaves."""

    DEFAULT_CSS = """
    DraftScreen > #dialog { height: 90%; min-height: 10; max-height: 32; }
    DraftScreen #about { height: 1; }
    DraftScreen #origin { color: $warn; }
    DraftScreen #guide { color: $muted; max-height: 4; }
    DraftScreen DraftArea, DraftScreen DraftArea:focus { margin: 0 0; padding: 0 1; min-height: 2; }
    DraftScreen #warnings { color: $warn; max-height: 3; }
    DraftScreen.-low #guide { max-height: 2; }
    DraftScreen.-short > #dialog { height: 100%; min-height: 3; }
    DraftScreen.-short DraftArea, DraftScreen.-short DraftArea:focus { min-height: 1; }
    DraftScreen.-short #origin, DraftScreen.-short #guide { display: none; }
    DraftScreen.-short #warnings { max-height: 1; }
    DraftScreen.-tiny #about, DraftScreen.-tiny #warnings { display: none; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "send", "Copy", show=False, id="draft.send"),
    ]

    def body(self) -> Iterable[Widget]:
        """Return who it is for, the draft, and what to think of."""
        yield DialogList(id="about")
        yield Static(id="guide", classes="optional")
        yield Static(id="origin", classes="optional")
        draft = DraftArea(id="draft")
        draft.saves = lambda _text: self.edited(self.text)
        yield draft
        yield Static(id="warnings", classes="optional")
        yield self.problem_line()

    def on_resize(self) -> None:
        """Leave the text what room there is."""
        height = self.app.size.height
        self.set_class(height < 30, "-low")
        self.set_class(height < 14, "-short")
        self.set_class(height < 8, "-tiny")
        self.hints()

    def hints(self) -> None:
        """Show the keys that work."""
        raise NotImplementedError

    def warnings(self, text: str) -> Sequence[str]:
        """Return what to think of before this text goes; it stops nobody."""
        raise NotImplementedError

    def edited(self, text: str) -> None:
        """Keep what a person has changed: what is on the screen is on the disk."""

    def changed(self) -> None:
        """Show what depends on the text."""
        self.think()

    async def deliver(self, text: str) -> str:
        """Have the text leave; return how that went, or `!` and why not: then it stays."""
        raise NotImplementedError

    @property
    def text(self) -> str:
        """Return the draft as it stands, cleaned."""
        return clean(self.draft.text).strip()

    @property
    def draft(self) -> DraftArea:
        """The field of the draft."""
        return self.query_one(DraftArea)

    def put(self, text: str, *, at_end: bool = False) -> None:
        """Show this text instead and focus it, the caret at its start or end."""
        with self.prevent(TextArea.Changed):
            self.draft.load_text(clean(text))
        self.draft.move_cursor(self.draft.document.end if at_end else (0, 0))
        self.draft.focus()
        self.think()

    def guide(self, lines: Sequence[str]) -> None:
        """Say quietly what the plan asks of such a text."""
        self.set_line("#guide", "\n".join(f"· {line}" for line in lines))

    def think(self, composed: Composed | None = None) -> None:
        """Say what to think of before it goes; the warnings of whoever wrote it hold for the text as it was written."""
        said = list(self.warnings(self.text))
        if composed is not None and self.text == clean(composed.text).strip():
            said = [*(one for one in composed.warnings if one not in said), *said]
        shown = said[:_WARNINGS]
        if len(said) > len(shown):
            shown[-1] += f"  (+{len(said) - len(shown)} more)"
        self.set_line("#warnings", "\n".join(f"{SIGNS['warn']} {one}" for one in shown))

    @on(TextArea.Changed)
    def _changed(self) -> None:
        self.changed()

    def action_send(self) -> None:
        """Copy the text and record that it went out."""
        if self.busy:
            return
        if not self.text:
            self.show_problem("there is nothing to send: write what people need to know")
            return
        self.busy = True
        self.set_line("#problem", "copying …")
        self.run_worker(self._sent(), group="send", exclusive=True)

    async def _sent(self) -> None:
        try:
            words = await self.deliver(self.text)
        except Refused as refused:
            words = f"{PROBLEM}{refused}"
        if words.startswith(PROBLEM):
            self.show_problem(words.removeprefix(PROBLEM))
            self.accept_keys()
        else:
            self.dismiss(None)

    def action_leave(self) -> None:
        """Leave; not in the moment in which it is being sent."""
        if not self.busy:
            self.dismiss(None)
