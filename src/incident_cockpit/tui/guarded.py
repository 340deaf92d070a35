"""What every program on a terminal has here: one guard for what is drawn, a calm end for faults, the user's theme."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from textual.app import App
from textual.css.query import NoMatches
from textual.driver import Driver
from textual.filter import LineFilter
from textual.worker import WorkerFailed

from incident_cockpit.cockpit.desk import Desk
from incident_cockpit.cockpit.library import Library
from incident_cockpit.config.folders import theme_folders
from incident_cockpit.config.themes import load_themes
from incident_cockpit.outside.terminal import need_terminal
from incident_cockpit.tui import guard
from incident_cockpit.tui.paint import fallback_variables, textual_theme

_DEFAULT_THEME = "cockpit-dark"


class GuardedApp(App[None]):
    """A program that draws nothing but printable text, and shows nobody's values when it fails."""

    def __init__(self, library: Library) -> None:
        """Work at a desk of its own over this library."""
        super().__init__()
        self._clock, self._settings, self._places = library.clock, library.settings, library.places
        self.desk = Desk(library)
        # One guard for all: strips are cached by the filters they went through.
        self._guard = guard.Guard()

    def get_driver_class(self) -> type[Driver]:
        """Return the platform's driver, with errors of its input thread handed to the app."""
        return guard.calm_driver(super().get_driver_class())

    def get_line_filters(self) -> list[LineFilter]:
        """Let nothing but printable text reach the terminal, whatever a widget was given."""
        return [*super().get_line_filters(), self._guard]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give Textual's own themes the colours they do not name."""
        return fallback_variables(self.current_theme)

    def take_themes(self) -> Sequence[str]:
        """Register all themes and put up the user's; return what is wrong with any of them."""
        specs, wrong = load_themes(theme_folders(self._places))
        for spec in specs:
            self.register_theme(textual_theme(spec))
        if self._settings.theme in self.available_themes:
            self.theme = self._settings.theme
            return wrong
        self.theme = _DEFAULT_THEME
        return (*wrong, f"there is no theme '{self._settings.theme}': {_DEFAULT_THEME} is shown")

    def _handle_exception(self, error: Exception) -> None:
        """Say a fault of ours in one line, with the trace in a log: Textual's screen would print every variable."""
        if isinstance(error, WorkerFailed) and isinstance(error.error, Exception):
            # What went wrong, and not that something did.
            error = error.error
        if isinstance(error, NoMatches) and not self.is_running:
            # Whoever leaves while a box opens has left: nothing is put into it any more, and nobody misses it.
            return
        if self.is_headless:
            super()._handle_exception(error)
        else:
            guard.short_crash(self, error, self._places.data / "crash.log")


def show(make: Callable[[], GuardedApp]) -> int:
    """Run a program until it is left; return the exit code. Raises Refused where there is no terminal."""
    need_terminal(os.environ)
    guard.install()
    guard.forget_impossible_sizes()
    app = make()
    try:
        app.run()
    finally:
        app.desk.close()
    return app.return_code or 0
