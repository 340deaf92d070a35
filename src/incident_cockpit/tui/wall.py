"""The wall view: one incident to read from across the room, kept up to date; nothing on it can be changed."""

from __future__ import annotations

import asyncio
import os
from typing import ClassVar

from textual import events, work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.filter import LineFilter
from textual.screen import Screen

from incident_cockpit.cockpit.desk import Desk
from incident_cockpit.cockpit.library import Library
from incident_cockpit.config.folders import theme_folders
from incident_cockpit.config.themes import load_themes
from incident_cockpit.errors import Refused
from incident_cockpit.incident.prompts import prompts
from incident_cockpit.outside.terminal import need_terminal
from incident_cockpit.tui import guard
from incident_cockpit.tui.bars import HeaderBar, NextBar, SaidBar
from incident_cockpit.tui.following import Following
from incident_cockpit.tui.paint import fallback_variables, textual_theme
from incident_cockpit.tui.panes.due import DuePane
from incident_cockpit.tui.panes.pane import Pane
from incident_cockpit.tui.panes.people import PeoplePane
from incident_cockpit.tui.panes.timeline import TimelinePane

_POLL_SECONDS = 0.5
_DEFAULT_THEME = "cockpit-dark"
_WIDE = 90


class WallScreen(Screen[None]):
    """The situation: header, what is next, what is due, who does what, and the newest lines."""

    AUTO_FOCUS = ""
    CSS = """
    WallScreen { background: $background; layout: vertical; overflow: hidden; }
    WallScreen #upper { height: 2fr; margin-top: 1; }
    WallScreen #frame-2 { height: 3fr; }
    WallScreen #side { width: 1fr; }
    WallScreen.-narrow #side { display: none; }
    """

    def __init__(self, following: Following) -> None:
        """Show the incident that is followed."""
        super().__init__()
        self.following = following
        self._trouble = ""

    def compose(self) -> ComposeResult:
        """Lay out the bars and the panes."""
        yield HeaderBar(id="header")
        yield NextBar()
        with Horizontal(id="upper"):
            yield DuePane().framed()
            with Vertical(id="side"):
                yield PeoplePane().framed()
        yield TimelinePane().framed()
        yield SaidBar()

    def on_mount(self) -> None:
        """Paint, and begin to count and to follow."""
        self.set_interval(1, self.paint)
        self._follow()
        self.call_after_refresh(self.paint)

    def on_resize(self, event: events.Resize) -> None:
        """Leave the people out where there is no room for two panes side by side."""
        self.set_class(event.size.width < _WIDE, "-narrow")
        self.call_after_refresh(self.paint)

    def paint(self) -> None:
        """Draw everything as of now; the newest line is always in sight."""
        view = self.following.view()
        self.query_one(HeaderBar).show(view)
        self.query_one(NextBar).show(prompts(view.incident, view.now), "")
        for pane in self.query(Pane):
            pane.show(view)
        self.query_one(TimelinePane).action_last()

    @work(exclusive=True, group="follow", exit_on_error=False)
    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(_POLL_SECONDS)
            try:
                if await self.following.refresh():
                    self.paint()
                if self._trouble:
                    self._trouble = ""
                    self.query_one(SaidBar).say("the store answers again", "ok")
            except Refused as refused:
                if str(refused) != self._trouble:
                    self._trouble = str(refused)
                    self.query_one(SaidBar).say(str(refused), "late")


class WallApp(App[None]):
    """The wall view as a program: any of q, escape and ctrl+q leaves it."""

    TITLE = "Incident wall"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,escape,ctrl+q,ctrl+c", "quit", "Leave", show=False, priority=True)
    ]

    def __init__(self, library: Library, incident_id: str) -> None:
        """Show the incident with this UUID."""
        super().__init__()
        self._clock, self._settings, self._places = library.clock, library.settings, library.places
        self.desk = Desk(library)
        self._incident_id = incident_id
        self._guard = guard.Guard()

    def get_line_filters(self) -> list[LineFilter]:
        """Let nothing but printable text reach the terminal, whatever a widget was given."""
        return [*super().get_line_filters(), self._guard]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give Textual's own themes the colours they do not name."""
        return fallback_variables(self.current_theme)

    async def on_mount(self) -> None:
        """Put up the theme and the screen."""
        guard.signals(self)
        specs, _ = load_themes(theme_folders(self._places))
        for spec in specs:
            self.register_theme(textual_theme(spec))
        self.theme = self._settings.theme if self._settings.theme in self.available_themes else _DEFAULT_THEME
        await self.push_screen(WallScreen(await Following.open(self.desk, self._incident_id, self._clock)))


def watch(library: Library, incident_id: str) -> int:
    """Show the wall until it is left; return the exit code. Raises Refused where there is no terminal."""
    need_terminal(os.environ)
    guard.install()
    app = WallApp(library, incident_id)
    try:
        app.run()
    finally:
        app.desk.close()
    return app.return_code or 0
