"""The base of the composer and of messages: a draft that is edited, checked and copied."""

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

# `deliver` starts the reason of a refusal with this character; any other result is a message of success.
PROBLEM = "!"
_MAX_WARNINGS = 3


class DraftScreen(Dialog[Result]):
    """A dialog with a draft; a subclass provides its subject, its warnings, and its delivery."""

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
        """Return the subject, the draft, and the warnings."""
        yield DialogList(id="about")
        yield Static(id="guide", classes="optional")
        yield Static(id="origin", classes="optional")
        draft = DraftArea(id="draft")
        draft.saves = lambda _text: self.edited(self.text)
        yield draft
        yield Static(id="warnings", classes="optional")
        yield self.problem_line()

    def on_resize(self) -> None:
        """Give the text as much height as possible."""
        height = self.app.size.height
        self.set_class(height < 30, "-low")
        self.set_class(height < 14, "-short")
        self.set_class(height < 8, "-tiny")
        self.show_draft_keys()

    def show_draft_keys(self) -> None:
        """Show the keys for this draft."""
        raise NotImplementedError

    def warnings(self, text: str) -> Sequence[str]:
        """Return the warnings about this text; none of them blocks it."""
        raise NotImplementedError

    def edited(self, text: str) -> None:
        """Save an edited text, before it is drawn."""

    def changed(self) -> None:
        """Update what depends on the text."""
        self.show_warnings()

    async def deliver(self, text: str) -> str:
        """Send the text; return a message, or PROBLEM and the reason: then the dialog stays."""
        raise NotImplementedError

    @property
    def text(self) -> str:
        """The current draft, cleaned."""
        return clean(self.draft.text).strip()

    @property
    def draft(self) -> DraftArea:
        """The field of the draft."""
        return self.query_one(DraftArea)

    def put(self, text: str, *, at_end: bool = False) -> None:
        """Replace the draft and focus it, the caret at its start or end."""
        with self.prevent(TextArea.Changed):
            self.draft.load_text(clean(text))
        self.draft.move_cursor(self.draft.document.end if at_end else (0, 0))
        self.draft.focus()
        self.show_warnings()

    def show_guide(self, lines: Sequence[str]) -> None:
        """Show what the plan requires of such a text."""
        self.set_line("#guide", "\n".join(f"· {line}" for line in lines))

    def show_warnings(self, composed: Composed | None = None) -> None:
        """Show the warnings about the text; those of `composed` apply only while the text is unedited."""
        warnings = list(self.warnings(self.text))
        if composed is not None and self.text == clean(composed.text).strip():
            warnings = [*(warning for warning in composed.warnings if warning not in warnings), *warnings]
        shown = warnings[:_MAX_WARNINGS]
        if len(warnings) > len(shown):
            shown[-1] += f"  (+{len(warnings) - len(shown)} more)"
        self.set_line("#warnings", "\n".join(f"{SIGNS['warn']} {warning}" for warning in shown))

    @on(TextArea.Changed)
    def _changed(self) -> None:
        self.changed()

    def action_send(self) -> None:
        """Copy the text and record that it was sent."""
        if self.busy:
            return
        if not self.text:
            self.show_problem("Text required")
            return
        self.busy = True
        self.set_line("#problem", "Copying …")
        self.run_worker(self._sent(), group="send", exclusive=True)

    async def _sent(self) -> None:
        try:
            result = await self.deliver(self.text)
        except Refused as refused:
            result = f"{PROBLEM}{refused}"
        if result.startswith(PROBLEM):
            self.show_problem(result.removeprefix(PROBLEM))
            self.accept_keys()
        else:
            self.dismiss(None)

    def action_leave(self) -> None:
        """Close; not while the text is being sent."""
        if not self.busy:
            self.dismiss(None)
