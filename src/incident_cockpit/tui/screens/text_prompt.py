"""Asks for a few words, such as those to filter by."""

from __future__ import annotations

from collections.abc import Iterable

from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Static

from incident_cockpit.tui.screens.form_drafts import Answers
from incident_cockpit.tui.screens.modal import Dialog
from incident_cockpit.tui.widgets.text_field import Field


class TextPrompt(Dialog[str | None]):
    """One field in a box; returns its text, which may be empty, or None when it was left.

    With `answers` the text is kept at every change, as the answer for `arg`, until it has been used; ctrl+r clears it.
    """

    def __init__(
        self,
        title: str,
        text: str = "",
        *,
        placeholder: str = "nothing shows all",
        answers: Answers | None = None,
        arg: str = "",
    ) -> None:
        """Ask under this title, beginning with the text that holds now; the placeholder says what empty words mean."""
        super().__init__()
        self.dialog_title = title
        self._answers, self._arg = answers, arg
        self._text = text or (answers.shown(arg) if answers is not None else "")
        self._placeholder = placeholder

    def inside(self) -> Iterable[Widget]:
        """Return the field."""
        yield self.draft_line()
        yield Horizontal(
            Static("› ", classes="prompt", markup=False),
            Field(self._text, placeholder=self._placeholder),
            classes="line",
        )
        yield self.problem_line()

    def on_mount(self) -> None:
        """Give the field the keys."""
        field = self.query_one(Field)
        field.takes, field.keeps = self._takes, self._kept
        field.focus()
        self.say("#saved", self._answers.notice if self._answers is not None else "")
        self._hints()

    def _hints(self) -> None:
        self.hint(("enter", "show"), self.leaving(self._answers is not None and self._answers.drafted))

    def _takes(self, key: str) -> bool:
        if key == "enter":
            self.dismiss(self.query_one(Field).text)
        elif key == "ctrl+r" and self._answers is not None:
            self._answers.clear()
            self.query_one(Field).put("")
            self.say("#saved", "")
            self._hints()
        else:
            return False
        return True

    def _kept(self, text: str) -> None:
        if self._answers is not None:
            self._answers.keep({self._arg: text})
            self._hints()
