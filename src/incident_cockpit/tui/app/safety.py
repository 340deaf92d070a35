"""The guards at the terminal's edge: what leaves is printable, what is pasted is text, and every way out is clean."""

from __future__ import annotations

import asyncio
import codecs
import errno
import importlib
import os
import re
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.text import Text
from textual.app import App
from textual.color import Color
from textual.css.query import NoMatches
from textual.driver import Driver
from textual.filter import LineFilter
from textual.worker import WorkerFailed

from incident_cockpit.config.paths import theme_folders
from incident_cockpit.config.themes import load_themes
from incident_cockpit.integrations.terminal import need_terminal
from incident_cockpit.service.crash_log import log_fault
from incident_cockpit.service.store import Store
from incident_cockpit.service.store_thread import StoreThread
from incident_cockpit.tui.app.terminal_input import TerminalInput
from incident_cockpit.tui.app.theme_styles import fallback_variables, textual_theme

# Controls, C1, direction marks and overrides, line separators, surrogates, what is not a character, tags, annotations.
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufdd0-\ufdef\U000e0000-\U000e007f"
    + "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
    + "]"
)
# The exit code after SIGHUP.
_HUNG_UP = 129


def printable(text: str) -> str:
    """Return the text with only what may be drawn, as wide in cells as it was."""
    if (text.isascii() and text.isprintable()) or not _UNPRINTABLE.search(text):
        return text
    drawn = _UNPRINTABLE.sub(lambda found: "�" if cell_len(found.group()) else "", text)
    width = cell_len(text)
    return drawn if cell_len(drawn) == width else set_cell_size(drawn, width)


class Guard(LineFilter):
    """The last look at a line before it becomes bytes: add it last in `App.get_line_filters`."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual calls it so
        """Return the segments without controls, and without links that a terminal would open by itself."""
        return [_guarded(segment) for segment in segments if segment.control is None]


def _guarded(segment: Segment) -> Segment:
    text, style, _ = segment
    drawn = printable(text)
    if style is not None and style.link:
        return Segment(drawn, style.update_link(None))
    return segment if drawn is text else Segment(drawn, style)


def _lenient(encoding: str) -> Callable[[], codecs.IncrementalDecoder]:
    """Stand in for `getincrementaldecoder`: one wrong byte must not end the thread that reads the keyboard."""
    decoder = codecs.getincrementaldecoder(encoding)
    return lambda: decoder(errors="replace")


def install_guards() -> None:
    """Put our parser and the lenient decoder into Textual's drivers; harmless to call twice."""
    guards: dict[str, Any] = {"XTermParser": TerminalInput, "getincrementaldecoder": _lenient}
    for name in _drivers():
        driver = importlib.import_module(name)
        for attribute, guard in guards.items():
            if hasattr(driver, attribute):
                setattr(driver, attribute, guard)


def ignore_impossible_sizes() -> None:
    """Drop a COLUMNS or LINES that no terminal has, which both libraries would draw for; the terminal's own counts."""
    for name in ("COLUMNS", "LINES"):
        if not re.fullmatch("[0-9]{1,3}", os.environ.get(name, "")):
            os.environ.pop(name, None)


def _drivers() -> tuple[str, ...]:
    if os.environ.get("TEXTUAL_DRIVER"):
        return ("textual.drivers.web_driver",)
    return ("textual.drivers.win32",) if sys.platform == "win32" else ("textual.drivers.linux_driver",)


def handle_signals(app: App[Any]) -> None:
    """Make a polite kill and a lost connection end the app as `quit` does, so that the terminal is left whole.

    Call it on the running loop; the exit code is 128 and the signal's number.
    """
    loop = asyncio.get_running_loop()
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None:
            with suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, _leave, app, 128 + int(number))


def _leave(app: App[Any], code: int) -> None:
    app.exit(return_code=code)


def reporting_driver(driver: type[Driver]) -> type[Driver]:
    """Return the driver with errors of its input thread handed to the app, like errors anywhere else.

    Textual prints a traceback for them and ends with exit code 0.
    """
    if not hasattr(driver, "_run_input_thread"):
        return driver

    class CalmDriver(driver):  # type: ignore[misc, valid-type]  # which driver it is depends on the platform
        """A driver whose input thread ends calmly."""

        def _run_input_thread(self) -> None:
            try:
                self.run_input_thread()
            except Exception as error:
                if isinstance(error, OSError) and error.errno == errno.EIO:
                    # The terminal is gone, which is not an error; SIGHUP may not have arrived yet.
                    self._app.call_later(_leave, self._app, _HUNG_UP)
                else:
                    self._app.call_later(self._app._handle_exception, error)

    return CalmDriver


def short_crash(app: App[Any], error: BaseException, log_path: Path) -> None:
    """End the app on a fault of its own with one line for people; the trace, without any values, goes to a 0600 log.

    For `App._handle_exception`: Textual's own screen would print local variables, tokens among them.
    """
    where = log_fault(error, log_path)
    app._return_code = 1
    if app._exception is None and isinstance(error, Exception):
        app._exception = error
        app._exception_event.set()
    name = type(error).__name__
    line = f"incident stopped on a fault of its own ({name}). What was on the screen is saved. {where}"
    app.panic(Text(printable(line)))


# -- guarded: What every program on a terminal has here: one guard for what is drawn, a calm end for faults, the
# user's theme.

_DEFAULT_THEME = "cockpit-dark"


class GuardedApp(App[None]):
    """A program that draws nothing but printable text, and shows nobody's values when it fails."""

    def __init__(self, library: Store) -> None:
        """Work at a desk of its own over this library."""
        super().__init__()
        self._clock, self._settings, self.places = library.clock, library.settings, library.places
        self.store_thread = StoreThread(library)
        # One guard for all: strips are cached by the filters they went through.
        self._guard = Guard()

    def get_driver_class(self) -> type[Driver]:
        """Return the platform's driver, with errors of its input thread handed to the app."""
        return reporting_driver(super().get_driver_class())

    def get_line_filters(self) -> list[LineFilter]:
        """Let nothing but printable text reach the terminal, whatever a widget was given."""
        return [*super().get_line_filters(), self._guard]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give Textual's own themes the colours they do not name."""
        return fallback_variables(self.current_theme)

    def take_themes(self) -> Sequence[str]:
        """Register all themes and put up the user's; return what is wrong with any of them."""
        specs, wrong = load_themes(theme_folders(self.places))
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
            short_crash(self, error, self.places.data / "crash.log")


def run_app(make: Callable[[], GuardedApp]) -> int:
    """Run a program until it is left; return the exit code. Raises Refused where there is no terminal."""
    need_terminal(os.environ)
    install_guards()
    ignore_impossible_sizes()
    app = make()
    try:
        app.run()
    finally:
        app.store_thread.close()
    return app.return_code or 0
