"""A source line as it reads inside the quotes and list items that contain it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from incident_cockpit.runbook.source import Source

QUOTE = re.compile(r" {0,3}> ?")
_WIDTH = re.compile(r" *(?:[-*+]|\d{1,9}[.)])( *)")
_LEAD = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+[ \t>]*)*")


@dataclass(slots=True)
class Container:
    """A block quote, or a list item with the width of its marker (-1 until someone asks)."""

    line: int
    quote: bool
    width: int = -1


def stripped(source: Source, line: int, containers: tuple[Container, ...]) -> str:
    """Return a line as it reads inside its containers: their quote signs, markers and indentation taken off."""
    text = _expanded(source.lines[line])
    for depth, container in enumerate(containers):
        if line < container.line:
            continue
        if container.quote:
            match = QUOTE.match(text)
            text = text[match.end() :] if match else text
        elif line == container.line:
            text = text[_width(source, containers, depth) :]
        else:
            room = _width(source, containers, depth)
            text = text[min(room, len(text) - len(text.lstrip(" "))) :]
    return text


def _width(source: Source, containers: tuple[Container, ...], depth: int) -> int:
    """Return how many columns an item's marker takes, found once from the line that it stands on."""
    container = containers[depth]
    if container.width < 0:
        container.width = 0
        text = stripped(source, container.line, containers[:depth])
        match = _WIDTH.match(text)
        if match:
            wide = len(match.group(1))
            bare = match.end() - wide + 1
            container.width = bare if wide > 4 or match.end() == len(text) else match.end()
    return container.width


def _expanded(line: str) -> str:
    """Return the line with tabs as spaces where quotes, markers and indentation stand; tabs in the text stay."""
    if "\t" not in line:
        return line
    match = _LEAD.match(line)
    end = match.end() if match else 0
    return line[:end].expandtabs(4) + line[end:]
