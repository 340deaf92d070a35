"""One line to type into and nothing else: what a key in the cockpit is measured against."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Footer, Header, Input


class Field(App[None]):
    TITLE = "one field"

    def compose(self) -> ComposeResult:
        yield Header()
        field = Input(placeholder="type here")
        field.cursor_blink = False
        yield field
        yield Footer()


Field().run()
