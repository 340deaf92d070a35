"""The dialog for one line of text, such as a filter or a pasted chat thread."""

from __future__ import annotations

from collections.abc import Iterable

from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Static

from incident_cockpit.tui.screens.fields import FormAnswers
from incident_cockpit.tui.screens.modal import Dialog
from incident_cockpit.tui.widgets.text_field import Field


class TextPrompt(Dialog[str | None]):
    """A dialog with one field; returns its text, which may be empty, or None when it was cancelled.

    With `answers` the text is saved at every change, as the answer for `arg`, until it has been used; ctrl+r clears it.
    `enter` is the label of enter in the footer.
    """

    def __init__(
        self,
        title: str,
        text: str = "",
        *,
        placeholder: str = "empty: show all",
        enter: str = "filter",
        answers: FormAnswers | None = None,
        arg: str = "",
    ) -> None:
        """Show this title and this text; the placeholder tells what an empty text means."""
        super().__init__()
        self.dialog_title = title
        self._answers, self._arg = answers or FormAnswers({}), arg
        self._text = text or self._answers.initial(arg)
        self._placeholder, self._enter = placeholder, enter

    def body(self) -> Iterable[Widget]:
        """Return the field."""
        yield self.draft_line()
        yield Horizontal(
            Static("› ", classes="prompt", markup=False),
            Field(self._text, placeholder=self._placeholder),
            classes="line",
        )
        yield self.problem_line()

    def on_mount(self) -> None:
        """Focus the field."""
        field = self.query_one(Field)
        field.handles_key, field.saves = self._handle_key, self._save
        field.focus()
        self.set_line("#saved", self._answers.notice)
        self._show_keys()

    def _show_keys(self) -> None:
        self.show_keys(("enter", self._enter), self.escape_key(drafted=self._answers.drafted))

    def _handle_key(self, key: str) -> bool:
        if key == "enter":
            self.dismiss(self.query_one(Field).text)
        elif key == "ctrl+r" and self._arg:
            self._answers.clear()
            self.query_one(Field).set_text("")
            self.set_line("#saved", "")
            self._show_keys()
        else:
            return False
        return True

    def _save(self, text: str) -> None:
        if self._arg:
            self._answers.save({self._arg: text})
            self._show_keys()
