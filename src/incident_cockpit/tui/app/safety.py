"""Terminal safety: only printable text is drawn, and every exit leaves the terminal in a clean state."""

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
from incident_cockpit.service.crash_log import CRASH_LOG, log_fault
from incident_cockpit.service.store import Store
from incident_cockpit.service.store_thread import StoreThread
from incident_cockpit.tui.app.terminal_input import TerminalInput
from incident_cockpit.tui.app.theme_styles import fallback_variables, textual_theme

# Controls, C1, direction marks and overrides, line separators, surrogates, noncharacters, tags, annotations.
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufdd0-\ufdef\U000e0000-\U000e007f"
    + "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
    + "]"
)
# The exit code after SIGHUP.
_HUNG_UP = 129


def printable(text: str) -> str:
    """Return the text without characters that must not be drawn, at the same width in cells."""
    if (text.isascii() and text.isprintable()) or not _UNPRINTABLE.search(text):
        return text
    drawn = _UNPRINTABLE.sub(lambda match: "�" if cell_len(match.group()) else "", text)
    width = cell_len(text)
    return drawn if cell_len(drawn) == width else set_cell_size(drawn, width)


class Guard(LineFilter):
    """The last filter of a line before it is written; must be last in `App.get_line_filters`."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual calls it so
        """Return the segments without control codes, and without links that a terminal could open."""
        return [_guarded(segment) for segment in segments if segment.control is None]


def _guarded(segment: Segment) -> Segment:
    text, style, _ = segment
    drawn = printable(text)
    if style is not None and style.link:
        return Segment(drawn, style.update_link(None))
    return segment if drawn is text else Segment(drawn, style)


def _lenient(encoding: str) -> Callable[[], codecs.IncrementalDecoder]:
    """Replace `getincrementaldecoder`: an invalid byte must not end the thread that reads the keyboard."""
    decoder = codecs.getincrementaldecoder(encoding)
    return lambda: decoder(errors="replace")


def install_guards() -> None:
    """Install our parser and the lenient decoder in Textual's drivers; may be called twice."""
    guards: dict[str, Any] = {"XTermParser": TerminalInput, "getincrementaldecoder": _lenient}
    platform_driver = "win32" if sys.platform == "win32" else "linux_driver"
    driver = importlib.import_module(
        f"textual.drivers.{'web_driver' if os.environ.get('TEXTUAL_DRIVER') else platform_driver}"
    )
    for attribute, guard in guards.items():
        if hasattr(driver, attribute):
            setattr(driver, attribute, guard)


def ignore_impossible_sizes() -> None:
    """Remove a COLUMNS or LINES that no terminal has: Rich and Textual would use it instead of the real size."""
    for name in ("COLUMNS", "LINES"):
        if not re.fullmatch("[0-9]{1,3}", os.environ.get(name, "")):
            os.environ.pop(name, None)


def handle_signals(app: App[Any]) -> None:
    """Exit cleanly on SIGTERM and SIGHUP, so that the terminal is restored.

    Call it on the running loop; the exit code is 128 plus the number of the signal.
    """
    loop = asyncio.get_running_loop()
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None:
            with suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, _exit, app, 128 + int(number))


def _exit(app: App[Any], code: int) -> None:
    app.exit(return_code=code)


def reporting_driver(driver: type[Driver]) -> type[Driver]:
    """Return the driver, changed to report errors of its input thread to the app.

    Textual prints a traceback for them and exits with code 0.
    """
    if not hasattr(driver, "_run_input_thread"):
        return driver

    class ReportingDriver(driver):  # type: ignore[misc, valid-type]  # which driver it is depends on the platform
        """A driver that reports errors of its input thread to the app."""

        def _run_input_thread(self) -> None:
            try:
                self.run_input_thread()
            except Exception as error:
                if isinstance(error, OSError) and error.errno == errno.EIO:
                    # The terminal is closed, which is not an error; SIGHUP may not have arrived yet.
                    self._app.call_later(_exit, self._app, _HUNG_UP)
                else:
                    self._app.call_later(self._app._handle_exception, error)

    return ReportingDriver


def short_crash(app: App[Any], error: BaseException, log_path: Path) -> None:
    """Exit after an unexpected error with one line; the traceback, without values, goes to a 0600 log.

    For `App._handle_exception`: Textual's own screen would print local variables, which may include tokens.
    """
    log_note = log_fault(error, log_path)
    app._return_code = 1
    if app._exception is None and isinstance(error, Exception):
        app._exception = error
        app._exception_event.set()
    name = type(error).__name__
    line = f"Unexpected error ({name}); everything shown was saved. {log_note}"
    app.panic(Text(printable(line)))


_DEFAULT_THEME = "cockpit-dark"


class GuardedApp(App[None]):
    """The base of both apps: draws printable text only, shows no values in errors, and has the user's theme."""

    def __init__(self, store: Store) -> None:
        """Use this store on a thread of its own."""
        super().__init__()
        self._clock, self._settings, self.places = store.clock, store.settings, store.places
        self.store_thread = StoreThread(store)
        # One instance: Textual caches strips by their filters.
        self._guard = Guard()

    def get_driver_class(self) -> type[Driver]:
        """Return the platform's driver, changed to report errors of its input thread."""
        return reporting_driver(super().get_driver_class())

    def get_line_filters(self) -> list[LineFilter]:
        """Return the filters, the guard last."""
        return [*super().get_line_filters(), self._guard]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return the colours that Textual's own themes lack."""
        return fallback_variables(self.current_theme)

    def load_themes(self) -> Sequence[str]:
        """Register all themes and apply the user's; return the errors of any of them."""
        specs, errors = load_themes(theme_folders(self.places))
        for spec in specs:
            self.register_theme(textual_theme(spec))
        if self._settings.theme in self.available_themes:
            self.theme = self._settings.theme
            return errors
        self.theme = _DEFAULT_THEME
        return (*errors, f'theme "{self._settings.theme}" not found: using {_DEFAULT_THEME}')

    def _handle_exception(self, error: Exception) -> None:
        """Exit with one line and a log of the traceback: Textual's screen would print every variable."""
        if isinstance(error, WorkerFailed) and isinstance(error.error, Exception):
            # Report the error itself, not that a worker failed.
            error = error.error
        if isinstance(error, NoMatches) and (self._exit or not self.is_running):
            # The app was quit while a screen or a dialog opened: its widgets are gone.
            return
        if self.is_headless:
            super()._handle_exception(error)
        else:
            short_crash(self, error, self.places.data / CRASH_LOG)


def run_app(make: Callable[[], GuardedApp]) -> int:
    """Run an app; return the exit code. Raises Refused without a terminal."""
    need_terminal(os.environ)
    install_guards()
    ignore_impossible_sizes()
    app = make()
    try:
        app.run()
    finally:
        app.store_thread.close()
    return app.return_code or 0
