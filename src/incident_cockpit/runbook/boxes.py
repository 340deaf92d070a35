"""What people write for a box, what it says, and lines that have one without being list items."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from incident_cockpit.runbook.model import StepMark

SIGNS = "☐☑☒"
MARKS = {
    **dict.fromkeys("xX✓✔☑", StepMark.DONE),
    # A cross is no tick: whoever reads it as done may leave work undone.
    **dict.fromkeys("-~✗✘☒", StepMark.SKIPPED),
}
# Brackets need white space after them, as on GitHub; the signs are boxes of their own. Text struck out with its box
# begins with ~~, and an emoji may bring a variation selector.
BOX = re.compile(r"(?:~~)?(?:\[([ \t\xa0xX~✓✔✗✘☐☑☒-])[\ufe0e\ufe0f]?\](?=\s)|([☐☑☒])[\ufe0e\ufe0f]?(?=\s*[^\s|]))")
# What people mean as a box and GitHub does not take as one.
EMPTY = re.compile(r"\[\](?=\s*[^\s(\[:])")
_SIGN_AT = re.compile(r"[\s>]*(?=[☐☑☒])")


@dataclass(frozen=True, slots=True)
class Box:
    """The character of a box and where it stands; `column` is -1 where the source hides it."""

    char: str
    line: int
    column: int


def box_of(content: str) -> str | None:
    """Return the character of the box that a text begins with."""
    match = BOX.match(content)
    return match[match.lastindex or 0] if match else None


def without_box(content: str) -> str:
    """Return a text without the box that it begins with; text struck out with its box stays struck out."""
    match = BOX.match(content)
    if match is None:
        match = EMPTY.match(content)
        return content[match.end() :].lstrip() if match else content
    rest = content[match.end() :].lstrip()
    return f"~~{rest}" if content.startswith("~~") else rest


def mark_of(box: Box | None) -> StepMark:
    """Return the state that a box says."""
    return MARKS.get(box.char, StepMark.OPEN) if box else StepMark.OPEN


def sign_lines(lines: list[str], content: str, start: int, end: int) -> Iterator[tuple[int, int, int, Box, str]]:
    """Yield the lines of a paragraph that begin with a sign: line, end, column, box and words."""
    parts = content.split("\n")
    places = [number for number, part in enumerate(parts) if part.lstrip()[:1] in SIGNS and BOX.match(part.lstrip())]
    for number, after in zip(places, [*places, min(len(parts), end - start)][1:], strict=True):
        line = start + number
        found = _SIGN_AT.match(lines[line])
        if found:
            words = "\n".join([without_box(parts[number].lstrip()), *parts[number + 1 : after]])
            yield line, start + after, found.end(), Box(lines[line][found.end()], line, found.end()), words
