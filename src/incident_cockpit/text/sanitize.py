"""Sanitizing of untrusted text: the result can be displayed, stored and sent."""

from __future__ import annotations

import re
import unicodedata
from typing import NewType

CleanText = NewType("CleanText", str)

LIMIT = 256 * 1024
LINE_LIMIT = 2000

_MARKS_PER_BASE = 4
_TAB = 4

# Colour has no meaning once the text has left its terminal; the quantifier is bounded so that no input is slow.
_SGR = re.compile(r"(?:\x1b\[|\x9b)[0-9;:]{0,64}m")

# Legal in many scripts only as part of a longer cluster, so cut in runs, never one by one. Said by what it is not,
# because a set of a million characters takes longer to compile than all of the rest.
_BEYOND_LATIN = re.compile(f"[^\x00-\u02ff]{{{_MARKS_PER_BASE + 1},}}")
_JOINERS = frozenset("\u200c\u200d")

# Invisible and without a use in an incident: soft hyphen, zero-width space, direction marks, word joiner and invisible
# operators, byte order mark, annotations, tags.
_INVISIBLE = (
    *(0x00AD, 0x061C, 0x180E, 0x200B, 0x200E, 0x200F, 0xFEFF),
    *range(0x2060, 0x2066),
    *range(0x206A, 0x2070),
    *range(0xFFF9, 0xFFFC),
    *range(0xE0000, 0xE0080),
)
_BIDI = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
_NOT_CHARACTERS = (*range(0xFDD0, 0xFDF0), *(plane << 16 | low for plane in range(17) for low in (0xFFFE, 0xFFFF)))


_TABLE: dict[int, str] = {
    **{code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\n\t"},
    0x7F: "\u2421",
    **{code: f"<U+{code:04X}>" for code in (*range(0x80, 0xA0), *_BIDI, *_NOT_CHARACTERS)},
    **dict.fromkeys(_INVISIBLE, ""),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
    0x2028: "\n",
    0x2029: "\n",
}
_ASCII_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def clean(text: str, *, limit: int = LIMIT, keep_tabs: bool = False) -> CleanText:
    """Return the text without control and invisible characters, lines kept, at most `limit` long.

    `keep_tabs` is for code that is copied unchanged; the caller expands the tabs for display.
    """
    if len(text) <= limit and text.isascii() and text.isprintable():
        return CleanText(text)
    # Twice the limit leaves room for colours that go away and still bounds the work.
    swept = _swept(text[: 2 * limit], keep_tabs=keep_tabs)
    return CleanText(_cut(swept, limit, whole=len(text) <= 2 * limit))


def clean_line(text: str, *, limit: int = LINE_LIMIT) -> CleanText:
    """Return the text as `clean` does, on one line: every line break is one space, and the ends are stripped."""
    lines = (line.strip() for line in clean(text).split("\n"))
    joined = " ".join(line for line in lines if line)
    return CleanText(_cut(joined, limit, whole=True))


def is_clean(text: str) -> bool:
    """Return whether `clean` would leave the text unchanged, apart from its length."""
    return (text.isascii() and text.isprintable()) or _swept(text) == text


def _swept(text: str, *, keep_tabs: bool = False) -> str:
    if "\x1b" in text or "\x9b" in text:
        text = _SGR.sub("", text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    # A log is mostly plain ASCII: one look for controls is then all the work there is.
    if not text.isascii():
        text = _BEYOND_LATIN.sub(_thinned, text.translate(_TABLE))
    elif _ASCII_CONTROL.search(text):
        text = text.translate(_TABLE)
    return text.expandtabs(_TAB) if "\t" in text and not keep_tabs else text


def _thinned(run: re.Match[str]) -> str:
    """Keep at most four marks and joiners on each base, so that no cell grows over its neighbours."""
    characters: list[str] = []
    marks = 0
    for char in run.group():
        if char in _JOINERS or unicodedata.category(char)[0] == "M":
            marks += 1
            if marks > _MARKS_PER_BASE:
                continue
        else:
            marks = 0
        characters.append(char)
    return "".join(characters)


def _cut(text: str, limit: int, *, whole: bool) -> str:
    """Cut so that the notice fits inside the limit: a second pass then has nothing left to cut."""
    if whole and len(text) <= limit:
        return text
    notice = f"… (cut at {limit} characters)"
    if len(notice) >= limit:
        notice = "…"[:limit]
    return text[: limit - len(notice)].rstrip() + notice
