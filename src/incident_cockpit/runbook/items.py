"""One walk over Markdown tokens: list items with marker, box and containers, and the headings between them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from incident_cockpit.runbook.model import Section
from incident_cockpit.runbook.source import Source

if TYPE_CHECKING:
    from markdown_it.token import Token

_MARKER = re.compile(r"[ \t>]*(?P<marker>[-*+]|\d{1,9}[.)])")
_WIDTH = re.compile(r" *(?:[-*+]|\d{1,9}[.)])( *)")
QUOTE = re.compile(r" {0,3}> ?")
_LEAD = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+[ \t>]*)*")
# A box needs white space after it, as on GitHub; [-] and [~] are what people write for "skipped".
BOX = re.compile(r"\[([ \txX\xa0~-])\](?=\s)")
_BOX_AT = re.compile(r"[\s>]*\[(?=[ \txX\xa0~-]\])")


@dataclass(frozen=True, slots=True)
class Box:
    """The character between the brackets, and where it stands; `column` is -1 where the source hides it."""

    char: str
    line: int
    column: int


@dataclass(slots=True)
class Container:
    """A block quote, or a list item with the width of its marker (-1 until someone asks)."""

    line: int
    quote: bool
    width: int = -1


@dataclass(slots=True, eq=False)
class Item:
    """A list item, the last of its containers; lines count from 0; `opens` and `closes` are its places among tokens."""

    ordered: bool
    line: int
    end: int
    column: int
    opens: int
    parent: Item | None
    section: int
    containers: tuple[Container, ...]
    closes: int = 0
    box: Box | None = None
    after_marker: int = 0


@dataclass(slots=True)
class Walk:
    """What the walk found; `blocks` are the token places of the outermost blocks that are no headings."""

    items: list[Item] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    headings: list[tuple[int, int]] = field(default_factory=list)
    blocks: list[int] = field(default_factory=list)


class Walker:
    """Goes once through the tokens, knowing which items and quotes are open."""

    def __init__(self, source: Source, tokens: list[Token]) -> None:
        """Start before the first token."""
        self._source = source
        self._tokens = tokens
        self._open: list[Item] = []
        self._containers: list[Container] = []
        self._marker_end: tuple[int, int] = (-1, 0)
        self.found = Walk()

    def walk(self) -> Walk:
        """Return the items, headings and outer blocks in document order."""
        for number, token in enumerate(self._tokens):
            if token.type == "list_item_open":
                self._item_opens(number, token)
            elif token.type == "list_item_close":
                self._open.pop().closes = number
                self._containers.pop()
            elif token.type == "blockquote_open":
                self._containers.append(Container(_lines(token)[0], quote=True))
            elif token.type == "blockquote_close":
                self._containers.pop()
            if token.level == 0 and token.nesting >= 0 and token.map:
                if token.type == "heading_open":
                    self.found.headings.append((number, token.map[0]))
                else:
                    self.found.blocks.append(number)
        return self.found

    def _item_opens(self, number: int, token: Token) -> None:
        line, end = _lines(token)
        start = self._marker_end[1] if self._marker_end[0] == line else 0
        match = _MARKER.match(self._source.lines[line], start)
        column, after = (match.start("marker"), match.end()) if match else (start, start)
        self._marker_end = (line, after)
        parent = self._open[-1] if self._open else None
        self._containers.append(Container(line, quote=False))
        item = Item(
            ordered=token.markup in (".", ")"),
            line=line,
            end=end,
            column=column,
            opens=number,
            parent=parent,
            section=len(self.found.headings) - 1,
            containers=tuple(self._containers),
            after_marker=after,
        )
        item.box = self._box(item, number)
        self._open.append(item)
        self.found.items.append(item)

    def _box(self, item: Item, number: int) -> Box | None:
        """Return the box that the item's first paragraph begins with."""
        if number + 2 >= len(self._tokens) or self._tokens[number + 1].type != "paragraph_open":
            return None
        inline = self._tokens[number + 2]
        match = BOX.match(inline.content)
        if match is None or not inline.map:
            return None
        line = inline.map[0]
        start = item.after_marker if line == item.line else 0
        found = _BOX_AT.match(self._source.lines[line], start)
        return Box(match.group(1), line, found.end() if found else -1)


def _lines(token: Token) -> tuple[int, int]:
    return (token.map[0], token.map[1]) if token.map else (0, 0)


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
