"""The guards at the terminal's edge: what leaves is printable, what is pasted is text, and every way out is clean."""

from __future__ import annotations

import asyncio
import codecs
import importlib
import os
import re
import signal
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.text import Text
from textual._time import get_time
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.app import App
from textual.color import Color
from textual.filter import LineFilter
from textual.message import Message

from incident_cockpit.cockpit.faults import log_fault

# Controls, C1, direction marks and overrides, line separators, surrogates, what is not a character, tags, annotations.
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufdd0-\ufdef\U000e0000-\U000e007f"
    + "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
    + "]"
)
_ESC = "\x1b"
_SHOWN_ESC = "\u241b"


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


class PasteParser(XTermParser):
    """Textual's reader of keys, where an escape inside a bracketed paste stays text and never becomes a key press."""

    def __init__(self, debug: bool = False) -> None:
        """Start outside any paste."""
        self._pasting = False
        # Outside: the last characters seen, they may begin a start mark. Inside: what may begin an end mark, held back.
        self._tail = ""
        super().__init__(debug)

    def feed(self, data: str) -> Iterable[Message]:
        """Return the messages of what the terminal sent; an empty string ends the stream."""
        if data and not (data := self._defused(data)):
            # All of it may begin an end mark and waits for its rest: to pass "" on would end the stream.
            return ()
        return super().feed(data)

    def tick(self) -> Iterable[Message]:
        """Yield what a wait decides; a start mark that came half and then paused is no start mark any more."""
        if not self._pasting and self._timeout_time is not None and get_time() >= self._timeout_time:
            self._tail = ""
        return super().tick()

    def _defused(self, data: str) -> str:
        passed: list[str] = []
        while data:
            data = self._inside(data, passed) if self._pasting else self._outside(data, passed)
        return "".join(passed)

    def _outside(self, data: str, passed: list[str]) -> str:
        """Pass keys on as they are up to a start mark; return what follows it."""
        seen = self._tail + data
        at = seen.find(BRACKETED_PASTE_START)
        if at < 0:
            passed.append(data)
            self._tail = seen[-(len(BRACKETED_PASTE_START) - 1) :]
            return ""
        end = at + len(BRACKETED_PASTE_START) - len(self._tail)
        passed.append(data[:end])
        self._pasting, self._tail = True, ""
        return data[end:]

    def _inside(self, data: str, passed: list[str]) -> str:
        """Pass text on with its escapes made visible up to an end mark; return what follows it."""
        text = self._tail + data
        self._tail = ""
        body, mark, rest = text.partition(BRACKETED_PASTE_END)
        if not mark:
            self._tail = _held_back(body)
            body = body[: len(body) - len(self._tail)]
        passed.append(body.replace(_ESC, _SHOWN_ESC) + mark)
        if mark:
            self._pasting = False
        return rest


def _held_back(text: str) -> str:
    """Return the longest end of the text that may be the beginning of an end mark."""
    for size in range(min(len(BRACKETED_PASTE_END) - 1, len(text)), 0, -1):
        if BRACKETED_PASTE_END.startswith(text[-size:]):
            return text[-size:]
    return ""


def _lenient(encoding: str) -> Callable[[], codecs.IncrementalDecoder]:
    """Stand in for `getincrementaldecoder`: one wrong byte must not end the thread that reads the keyboard."""
    decoder = codecs.getincrementaldecoder(encoding)
    return lambda: decoder(errors="replace")


def install() -> None:
    """Put the paste guard and the lenient decoder into Textual's drivers; harmless to call twice."""
    guards: dict[str, Any] = {"XTermParser": PasteParser, "getincrementaldecoder": _lenient}
    for name in _drivers():
        driver = importlib.import_module(name)
        for attribute, guard in guards.items():
            if hasattr(driver, attribute):
                setattr(driver, attribute, guard)


def forget_impossible_sizes() -> None:
    """Drop a COLUMNS or LINES that no terminal has, which both libraries would draw for; the terminal's own counts."""
    for name in ("COLUMNS", "LINES"):
        if not re.fullmatch("[0-9]{1,3}", os.environ.get(name, "")):
            os.environ.pop(name, None)


def _drivers() -> tuple[str, ...]:
    if os.environ.get("TEXTUAL_DRIVER"):
        return ("textual.drivers.web_driver",)
    return ("textual.drivers.win32",) if sys.platform == "win32" else ("textual.drivers.linux_driver",)


def signals(app: App[Any]) -> None:
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
