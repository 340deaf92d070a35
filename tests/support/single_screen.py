"""An app with our themes and guard around a single screen, keys typed ahead, and the screen as text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual import events
from textual.app import App
from textual.filter import LineFilter
from textual.pilot import Pilot
from textual.screen import Screen

from incident_cockpit.config.themes import load_themes
from incident_cockpit.resources import shipped
from incident_cockpit.tui.app.safety import Guard
from incident_cockpit.tui.app.theme_styles import fallback_variables, textual_theme

HOSTILE = (
    "[/x]",
    "[@click=app.bell]ring[/]",
    "\x1b]52;c;cGFzcw==\x07\x1b[2J",
    "\x9b31m\u202eevil\u2066",
    "支払い 👩\u200d💻 é" + "\u0301" * 9,
    "x" * 500,
    "a\nb\tc\r\n",
    "",
)
SIZES = ((120, 40), (80, 24), (60, 15), (40, 10))


class Holder(App[None]):
    """Shows one screen and keeps its results."""

    def __init__(self, make: Callable[[], Screen[Any]]) -> None:
        super().__init__()
        self._make = make
        self.results: list[Any] = []
        self.rang = 0

    def get_line_filters(self) -> list[LineFilter]:
        return [*super().get_line_filters(), Guard()]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return fallback_variables(self.current_theme)

    def on_mount(self) -> None:
        for spec in load_themes([shipped("themes")])[0]:
            self.register_theme(textual_theme(spec))
        self.theme = "cockpit-dark"
        self.push_screen(self._make(), self.results.append)

    async def on_event(self, event: events.Event) -> None:
        """Offer a key to the screen first, as the cockpit's app does."""
        takes = getattr(self.screen, "take_key", None) if self.screen_stack else None
        if takes is None or not isinstance(event, events.Key) or event.is_forwarded or not takes(event):
            await super().on_event(event)

    def action_bell(self) -> None:
        self.rang += 1


def text_of(app: App[Any]) -> str:
    """Return the text on the screen, line by line."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


def type_ahead(app: App[Any], *keys: str) -> None:
    """Press keys faster than the app handles them: names of keys, or text with a ~ in front."""
    for key in keys:
        if key.startswith("~"):
            for char in key[1:]:
                app.post_message(events.Key({" ": "space"}.get(char, char), char))
        else:
            app.post_message(events.Key(key, key if len(key) == 1 else None))


async def redraw(pilot: Pilot[Any]) -> None:
    """Draw a dialog again: the screen behind it may have been drawn while a line was being removed."""
    await pilot.pause()
    pilot.app.screen.refresh()
    await pilot.pause()
