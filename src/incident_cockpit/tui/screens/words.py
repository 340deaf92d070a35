"""Asks for a few words, such as those to filter by."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Static

from incident_cockpit.tui.field import Field
from incident_cockpit.tui.screens.box import BoxScreen


class WordsScreen(BoxScreen[str | None]):
    """One field in a box; returns its text, which may be empty, or None when it was left."""

    def __init__(self, title: str, text: str = "", *, placeholder: str = "nothing shows all") -> None:
        """Ask under this title, beginning with the text that holds now; the placeholder says what empty words mean."""
        super().__init__()
        self.title_shown = title
        self._text = text
        self._placeholder = placeholder

    def inside(self) -> Iterable[Widget]:
        """Return the field."""
        yield Horizontal(
            Static("› ", classes="prompt", markup=False),
            Field(self._text, placeholder=self._placeholder),
            classes="line",
        )
        yield self.problem_line()

    def on_mount(self) -> None:
        """Give the field the keys."""
        self.query_one(Field).focus()
        self.hint(("enter", "show"), ("esc", "leave"))

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(self.query_one(Field).text)
