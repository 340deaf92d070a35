"""Terminal input: keys in every encoding, pastes, mouse and reports; what cannot be parsed is dropped."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import NamedTuple

from textual import constants, events, messages
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._keyboard_protocol import FUNCTIONAL_KEYS, MODIFIER_FUNCTIONAL_KEYS
from textual._parser import ParseEOF, ParseTimeout, Peek1, Read1, TokenCallback
from textual._xterm_parser import (
    BRACKETED_PASTE_END,
    BRACKETED_PASTE_START,
    FOCUSIN,
    FOCUSOUT,
    IS_ITERM,
    SPECIAL_KEY_TO_CHARACTER,
    XTermParser,
)
from textual.keys import Keys, _character_to_key
from textual.message import Message

from incident_cockpit.text.sanitize import is_clean

_ESC = "\x1b"
_SHOWN_ESC = "\u241b"
_CSI = "\x1b["
# Longer than any report: the text of a key report may be a whole sentence from an input method.
_MAX_LENGTH = 8192
# Once its parameters have begun, a sequence is no key press, and over a slow connection its rest may arrive late.
_REST_SECONDS = 1.0

# Starts of the strings that terminals send as answers (OSC, DCS, APC), and the characters that may follow.
_DIGITS = "0123456789"
_STRINGS = {"]": _DIGITS, "P": _DIGITS + ">!$+", "_": "G"}

# code:shifted:base ; modifiers:event ; text. Longer numbers are neither code points nor modifiers.
_KEY_REPORT = re.compile(
    r"([0-9]{0,7})(?::([0-9]{0,7}))?(?::([0-9]{0,7}))?(?:;([0-9]{0,4})(?::([0-9]))?(?:;([0-9:]*))?)?"
)
_KEY_FINALS = frozenset("u~ABCDEFHPQRS")
_MOUSE = re.compile(r"<[0-9]{1,4};-?[0-9]{1,6};-?[0-9]{1,6}")
_CURSOR = re.compile(r"([0-9]{1,5});([0-9]{1,5})")
_MODE = re.compile(r"\?([0-9]{1,5});([0-9])\$")
_SIZE = re.compile("48" + ";([1-9][0-9]{0,3})(?::[0-9:]*)?" * 2 + ";([0-9]{1,5})(?::[0-9:]*)?" * 2)

# modifyOtherKeys sends 27 in place of the code; the code itself comes last.
_OTHER_KEY = 27
_SHIFT, _ALT, _CTRL, _COMMAND, _CAPS_LOCK = 1, 2, 4, 8 | 16 | 32, 64
_MODIFIERS = {1: "shift", 2: "alt", 4: "ctrl", 8: "super", 16: "hyper", 32: "meta"}
_PRESSED = ("", "1", "2")
_KEYPAD = {
    **{57399 + digit: str(digit) for digit in range(10)},
    **dict(zip((57409, 57410, 57411, 57412, 57413, 57415, 57416), "./*-+=,", strict=True)),
}
# Kitty's codes for keys without a character, in the private use area of Unicode; unknown ones do nothing.
_WITHOUT_CHARACTER = range(57344, 63744)
# Without the protocol, a terminal sends the same byte for both.
_CONTROL_BYTES = {"ctrl+left_square_bracket": "escape", "ctrl+i": "tab", "ctrl+m": "enter", "ctrl+h": "backspace"}
# Modifier and lock keys do nothing by themselves; most terminals never report them.
_SILENT = frozenset((*MODIFIER_FUNCTIONAL_KEYS, "caps_lock", "num_lock", "scroll_lock"))


class Press(NamedTuple):
    """The meaning of a key report: typed text, or the name of a key; neither for a release."""

    text: str = ""
    key: str = ""


def may_be_typed(char: str) -> bool:
    """Return whether a character is text: joiners and wide spaces are, controls and direction overrides are not."""
    return len(char) == 1 and char not in "\n\t" and is_clean(char)


def read_key_report(parameters: str, final: str) -> Press | None:
    """Return the meaning of a key report, or None if the sequence is not one.

    It covers the Kitty protocol with and without text, both formats of modifyOtherKeys, and legacy modifiers. A
    key without text and without ctrl, alt or super is its character, as terminals without the protocol would send it.
    """
    match = _KEY_REPORT.fullmatch(parameters) if final in _KEY_FINALS else None
    if match is None:
        return None
    code, shifted, base = (int(part or 0) for part in match.group(1, 2, 3))
    bits = max(int(match[4] or 1) - 1, 0)
    text = match[6] or ""
    if final == "~" and code == _OTHER_KEY:
        code, text, final = int(text) if text.isdecimal() and len(text) < 8 else 0, "", "u"
    name = FUNCTIONAL_KEYS.get(f"{code or 1}{final}", "") if code not in _KEYPAD else ""
    if not name and final != "u":
        return None
    if (match[5] or "") not in _PRESSED or name in _SILENT:
        return Press()
    if name:
        return Press(key=_name(name, bits))
    typed = "".join(char for char in map(_character, text.split(":")) if may_be_typed(char))
    if typed and not bits & _COMMAND and (bits & _ALT or not bits & _CTRL):
        # AltGr is reported as alt, or as ctrl and alt, with the character that it makes.
        return Press(typed)
    plain_char = "" if code in _WITHOUT_CHARACTER else _character(str(code))
    char = _KEYPAD.get(code) or _shifted(plain_char, _character(str(shifted)), bits)
    if not may_be_typed(char):
        return Press()
    if not bits & (_CTRL | _ALT | _COMMAND):
        return Press(char)
    # On a non-Latin layout a shortcut is found by the position of the key.
    plain = chr(base) if 32 < base < 127 and not char.isascii() else char.lower()
    return Press(key=_name(_character_to_key(plain if len(plain) == 1 else char), bits))


def _character(code: str) -> str:
    """Return the character of a decimal code point, or nothing if there is none."""
    value = int(code) if code.isdecimal() and len(code) < 8 else 0
    return chr(value) if 0 < value <= 0x10FFFF else ""


def _shifted(char: str, shifted: str, bits: int) -> str:
    """Apply shift and caps lock: to a letter, or by the shifted key where the terminal reported it."""
    shift, caps = bool(bits & _SHIFT), bool(bits & _CAPS_LOCK)
    if char.isalpha():
        letter = (shifted or char).lower() if shift and caps else shifted or char.upper() if shift or caps else char
        return letter if len(letter) == 1 else char
    return shifted or char if shift else char


def _name(key: str, bits: int) -> str:
    """Return the name that Textual gives a key with modifiers."""
    if key == "backspace" and bits & ~(_CAPS_LOCK | 128) == _SHIFT:
        # Shift held a moment too long must not disable the key, as it does not in legacy terminals.
        return key
    name = "+".join((*sorted(word for bit, word in _MODIFIERS.items() if bits & bit), key))
    return _CONTROL_BYTES.get(name, name)


class TerminalInput(XTermParser):
    """Textual's parser with its own reading of escape sequences and pastes.

    Textual raises on some key reports, loses the character of others, types sequences it does not know, and presses
    keys for escapes inside a paste.
    """

    def parse(self, token_callback: TokenCallback[Message]) -> Generator[Read1 | Peek1, str, None]:
        """Read the terminal character by character and emit messages until the stream ends."""
        self._emit = token_callback
        try:
            while True:
                char = yield self.read1()
                while char:
                    # A character that interrupts a sequence is read on its own.
                    char = (yield from self._escape()) if char == _ESC else self._typed(char)
        except ParseEOF:
            return

    def _typed(self, char: str) -> str:
        for event in self._sequence_to_key_events(char):
            if event.key != Keys.Ignore:
                self._emit(event)
        return ""

    def _escape(self) -> Generator[Read1 | Peek1, str, str]:
        """Read on after an escape: a sequence, a key with alt, or nothing for the escape key itself."""
        try:
            char = yield self.read1(constants.ESCAPE_DELAY)
        except ParseTimeout:
            char = ""
        return (yield from self._escaped(char))

    def _escaped(self, char: str) -> Generator[Read1 | Peek1, str, str]:
        """Read on after an escape and this character, which is empty after a pause."""
        if char in ("", _ESC):
            self._emit(events.Key("escape", _ESC))
            return char
        if char == "[":
            return (yield from self._sequence())
        if char == "O":
            return (yield from self._single_shift())
        if char in _STRINGS:
            return (yield from self._answer(char))
        self._pressed_with_alt(char)
        return ""

    def _answer(self, start: str) -> Generator[Read1 | Peek1, str, str]:
        """Read a string such as a late answer about colours to its end and drop it, or the key with alt."""
        char = ""
        try:
            char = yield self.read1(constants.ESCAPE_DELAY)
            if char not in _STRINGS[start]:
                self._pressed_with_alt(start)
                return char
            for _ in range(_MAX_LENGTH):
                char = yield self.read1(_REST_SECONDS)
                if char == _ESC:
                    # The string ends with an escape and a backslash; any other escape starts a new sequence.
                    char = yield self.read1(constants.ESCAPE_DELAY)
                    return "" if char == "\\" else (yield from self._escaped(char))
                if char < " " or char == "\x9c":
                    return "" if char in "\x07\x9c" else char
        except ParseTimeout:
            if not char:
                self._pressed_with_alt(start)
            elif char == _ESC:
                self._emit(events.Key("escape", _ESC))
        return ""

    def _pressed_with_alt(self, char: str) -> None:
        legacy = list(self._sequence_to_key_events(_ESC + char)) if _ESC + char in ANSI_SEQUENCES_KEYS else []
        for event in legacy or self._sequence_to_key_events(char, alt=True):
            self._emit(event)

    def _single_shift(self) -> Generator[Read1 | Peek1, str, str]:
        """Read a function key of a legacy terminal, or alt+O."""
        try:
            char = yield self.read1(constants.ESCAPE_DELAY)
        except ParseTimeout:
            self._pressed_with_alt("O")
            return ""
        if char == _ESC or ord(char) < 32:
            self._pressed_with_alt("O")
            return char
        self._legacy(f"{_ESC}O{char}")
        return ""

    def _sequence(self) -> Generator[Read1 | Peek1, str, str]:
        """Read a control sequence to its final character and emit its meaning; drop a malformed one."""
        parameters, broken = "", False
        while True:
            try:
                char = yield self.read1(_REST_SECONDS if parameters or broken else constants.ESCAPE_DELAY)
            except ParseTimeout:
                if not parameters and not broken:
                    self._pressed_with_alt("[")
                return ""
            if char < " " or char == "\x7f":
                return char
            if "@" <= char <= "~":
                break
            broken = broken or char > "~" or len(parameters) > _MAX_LENGTH
            parameters = parameters if broken else parameters + char
            if char == "$" and f"{_CSI}{parameters}" in ANSI_SEQUENCES_KEYS:
                # rxvt ends some keys with a character that is not final elsewhere.
                char, parameters = "$", parameters[:-1]
                break
        if f"{_CSI}{parameters}{char}" == BRACKETED_PASTE_START:
            yield from self._paste()
        elif not parameters and char in "M[":
            yield from self._tail(char)
        elif not broken and not self._report(parameters, char):
            self._key(parameters, char)
        return ""

    def _tail(self, final: str) -> Generator[Read1 | Peek1, str, None]:
        """Read the tail of an X10 mouse report, which is dropped, or of a function key of the Linux console."""
        tail = ""
        while len(tail) < (3 if final == "M" else 1):
            try:
                tail += yield self.read1(constants.ESCAPE_DELAY)
            except ParseTimeout:
                return
        if final == "[":
            self._legacy(f"{_CSI}[{tail}")

    def _paste(self) -> Generator[Read1 | Peek1, str, None]:
        """Read a paste to its end mark; escapes in it become visible text."""
        pasted: list[str] = []
        while True:
            pasted.append((yield self.read1()))
            if pasted[-1] == BRACKETED_PASTE_END[-1] and "".join(pasted[-6:]) == BRACKETED_PASTE_END:
                break
        text = "".join(pasted[:-6]).replace("\x00", "").replace(_ESC, _SHOWN_ESC)
        self._emit(events.Paste(text))

    def _report(self, parameters: str, final: str) -> bool:
        """Emit a report of focus, mouse, cursor, mode or size; return whether the sequence is one."""
        sequence = f"{_CSI}{parameters}{final}"
        if sequence in (FOCUSIN, FOCUSOUT):
            self._emit(events.AppFocus() if sequence == FOCUSIN else events.AppBlur())
        elif final in "Mm" and _MOUSE.fullmatch(parameters):
            mouse = self.parse_mouse_code(sequence)
            if mouse is not None:
                self._emit(mouse)
        elif final == "R" and (place := _CURSOR.fullmatch(parameters)):
            self._emit(events.CursorPosition(int(place[2]) - 1, int(place[1]) - 1))
        elif final == "y" and (mode := _MODE.fullmatch(parameters)):
            self._mode(mode[1], int(mode[2]))
        elif final == "t" and (size := _SIZE.fullmatch(parameters)):
            self._resized(*map(int, size.groups()))
        else:
            return False
        return True

    def _mode(self, mode: str, setting: int) -> None:
        message: Message | None = None
        if mode == "2026" and setting > 0:
            message = messages.TerminalSupportsSynchronizedOutput()
        elif mode == "2048" and constants.SMOOTH_SCROLL and not IS_ITERM:
            message = messages.InBandWindowResize.from_setting_parameter(setting)
        if message is not None:
            self._emit(message)

    def _resized(self, height: int, width: int, pixel_height: int, pixel_width: int) -> None:
        # Terminals without a pixel size report 0, by which mouse positions must not be divided.
        pixels = (pixel_width, pixel_height) if pixel_width and pixel_height else None
        resize = events.Resize.from_dimensions((width, height), pixels)
        self.terminal_size, self.terminal_pixel_size = resize.size, resize.pixel_size
        self.mouse_pixels = True
        self._emit(resize)

    def _key(self, parameters: str, final: str) -> None:
        press = read_key_report(parameters, final)
        if press is None:
            self._legacy(f"{_CSI}{parameters}{final}")
        elif press.key:
            self._emit(events.Key(press.key, SPECIAL_KEY_TO_CHARACTER.get(press.key)))
        for char in press.text if press else "":
            self._typed(char)

    def _legacy(self, sequence: str) -> None:
        """Emit the keys of a sequence in Textual's table of legacy terminals; drop any other."""
        keys = ANSI_SEQUENCES_KEYS.get(sequence)
        if isinstance(keys, str):
            self._typed(keys)
        elif isinstance(keys, tuple):
            for key in keys:
                if key != Keys.Ignore:
                    self._emit(events.Key(key.value, None))
