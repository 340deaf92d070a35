"""What a terminal is to a program: it draws what is written, answers what is asked, and turns keys into bytes."""

from __future__ import annotations

import codecs
import re
import unicodedata
from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pyte
from wcwidth import wcwidth

# What pyte does not know, or gets wrong: it is taken out of the stream and handled here.
_OURS = re.compile(
    r"\x1b\[(?P<prefix>[<=>?])(?P<params>[0-9;:]*)(?P<inter>[ -/]*)(?P<final>[@-~])"
    r"|\x1b\[(?P<plain>[0-9;]*)(?P<asks>[cnt])"
    r"|\x1b\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    r"|\x1b[PX^_][^\x1b]*\x1b\\"
    r"|\x07"
)
# A sequence that the rest of is still to come.
_UNFINISHED = re.compile(r"\x1b(?:\[[<=>?]?[0-9;:]*[ -/]*|[\]PX^_][^\x07\x1b]*\x1b?|[()#%]?)?\Z")
_ALTERNATE, _SYNC = 1049, 2026
# What has to be switched off again when a program ends, or the shell after it is hard to use.
_LEFTOVER = {
    1000: "mouse", 1002: "mouse", 1003: "mouse", 1004: "focus reports", 1006: "mouse encoding",
    1049: "alternate screen", 2004: "bracketed paste", 2026: "synchronized update",
}  # fmt: skip


class Screen(pyte.Screen):
    """pyte's screen, which loses the rest of a line behind a joiner: characters without width are left out."""

    def draw(self, data: str) -> None:
        super().draw("".join(char for char in data if wcwidth(char) > 0 or unicodedata.combining(char)))

    def report_device_status(self, *_args: int, **_kwargs: Any) -> None:
        """Leave answering to the emulator."""


class Emulator:
    """A screen fed with a program's bytes; `reply` is called with what a modern terminal would answer."""

    def __init__(self, columns: int, rows: int, reply: Callable[[bytes], object]) -> None:
        self.screen = Screen(columns, rows)
        self.modes: set[int] = set()
        self.bells = 0
        self.clipboard: list[str] = []
        self._reply = reply
        self._stream = pyte.Stream(self.screen)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._rest = ""
        self._main: tuple[dict[int, Any], int, int] | None = None
        self._kitty = [0]

    @property
    def syncing(self) -> bool:
        """Say whether the program is in the middle of a frame, which a terminal would not show yet."""
        return _SYNC in self.modes

    @property
    def kitty(self) -> bool:
        """Say whether keys are to be sent in kitty's unambiguous encoding."""
        return self._kitty[-1] > 0

    def feed(self, data: bytes) -> None:
        text = self._rest + self._decode(data)
        unfinished = _UNFINISHED.search(text)
        self._rest = unfinished[0] if unfinished else ""
        text = text[: len(text) - len(self._rest)]
        at = 0
        for found in _OURS.finditer(text):
            self._stream.feed(text[at : found.start()])
            at = found.end()
            self._handle(found)
        self._stream.feed(text[at:])

    def _handle(self, found: re.Match[str]) -> None:
        if found["prefix"]:
            self._private(found["prefix"], found["params"], found["inter"], found["final"])
        elif found["asks"]:
            self._answer(found["plain"], found["asks"])
        elif found["osc"] is not None:
            self._osc(found["osc"])
        elif found[0] == "\x07":
            self.bells += 1

    def _private(self, prefix: str, params: str, inter: str, final: str) -> None:
        if prefix == "?" and final in "hl" and not inter:
            for mode in params.split(";"):
                self._set_mode(int(mode), final == "h")
        elif prefix == "?" and inter == "$" and final == "p":
            state = 1 if int(params) in self.modes else 2
            # In-band resize is not offered, so that a resize arrives by signal, as it does nearly everywhere.
            self._send(f"\x1b[?{params};{state if int(params) in {*_LEFTOVER, 25} else 0}$y")
        elif final == "u":
            self._keyboard(prefix, int(params.partition(";")[0] or 0))
        elif prefix == ">" and final == "q":
            self._send("\x1bP>|test terminal\x1b\\")

    def _keyboard(self, prefix: str, flags: int) -> None:
        if prefix == ">":
            self._kitty.append(flags)
        elif prefix == "<":
            self._kitty = self._kitty[: -max(flags, 1)] or [0]
        elif prefix == "=":
            self._kitty[-1] = flags
        else:
            self._send(f"\x1b[?{self._kitty[-1]}u")

    def _set_mode(self, mode: int, on: bool) -> None:
        if mode == _ALTERNATE:
            self._alternate(on)
        elif mode == 25:
            self.screen.cursor.hidden = not on
        (self.modes.add if on else self.modes.discard)(mode)

    def _alternate(self, on: bool) -> None:
        screen = self.screen
        if on and self._main is None:
            self._main = (dict(screen.buffer), screen.cursor.x, screen.cursor.y)
            screen.buffer.clear()
        elif not on and self._main is not None:
            rows, screen.cursor.x, screen.cursor.y = self._main
            self._main = None
            screen.buffer.clear()
            screen.buffer.update(rows)

    def _answer(self, params: str, final: str) -> None:
        if final == "c":
            self._send("\x1b[?62;22c")
        elif final == "n":
            place = f"{self.screen.cursor.y + 1};{self.screen.cursor.x + 1}R"
            self._send("\x1b[" + (place if params == "6" else "0n"))
        elif params == "18":
            self._send(f"\x1b[8;{self.screen.lines};{self.screen.columns}t")

    def _osc(self, body: str) -> None:
        code, _, rest = body.partition(";")
        if code == "52":
            self.clipboard.append(b64decode(rest.partition(";")[2]).decode("utf-8", "replace"))
        elif code in {"10", "11"} and rest == "?":
            colour = "1e1e/1e1e/1e1e" if code == "11" else "dcdc/dcdc/dcdc"
            self._send(f"\x1b]{code};rgb:{colour}\x1b\\")
        elif code in {"0", "2"}:
            self.screen.title = rest

    def _send(self, text: str) -> None:
        self._reply(text.encode())

    def left_on(self) -> list[str]:
        """Return what the program switched on and did not switch off."""
        found = {_LEFTOVER[mode] for mode in self.modes if mode in _LEFTOVER}
        return sorted(found | ({"kitty keyboard"} if self.kitty else set()) | ({"no cursor"} if self.hidden else set()))

    @property
    def hidden(self) -> bool:
        """Say whether the cursor is hidden."""
        return bool(self.screen.cursor.hidden)


_PLAIN = {
    "enter": "\r", "tab": "\t", "shift+tab": "\x1b[Z", "backspace": "\x7f", "escape": "\x1b", "space": " ",
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F",
    "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "delete": "\x1b[3~", "insert": "\x1b[2~",
    "f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS", "f5": "\x1b[15~", "f6": "\x1b[17~",
    "f7": "\x1b[18~", "f8": "\x1b[19~", "f9": "\x1b[20~", "f10": "\x1b[21~", "f11": "\x1b[23~", "f12": "\x1b[24~",
    "minus": "-", "plus": "+", "at": "@", "colon": ":", "slash": "/", "question_mark": "?",
}  # fmt: skip


def encode(name: str, kitty: bool) -> bytes:
    """Return what a terminal sends for a key by its Textual name: "n", "enter", "ctrl+p", "shift+tab", "minus"."""
    if name == "escape" and kitty:
        return b"\x1b[27u"
    if name in _PLAIN:
        return _PLAIN[name].encode()
    if name.startswith("ctrl+") and len(name) == 6 and name[5].isalpha():
        return f"\x1b[{ord(name[5])};5u".encode() if kitty else bytes([ord(name[5]) & 0x1F])
    if len(name) == 1:
        return name.encode()
    raise ValueError(f"no such key: {name!r}")
