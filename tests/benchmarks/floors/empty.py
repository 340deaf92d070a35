"""The least a Textual app can be: what starting the cockpit is measured against."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Footer, Header


class Empty(App[None]):
    TITLE = "nothing at all"

    def compose(self) -> ComposeResult:
        yield Header()
        yield Footer()


Empty().run()
