"""The list items and headings among Markdown tokens, with markers, checkboxes and containers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from incident_cockpit.runbook.model import Section, StepKind
from incident_cockpit.runbook.source import Container, RunbookSource
from incident_cockpit.runbook.tables import BOX, EMPTY, Checkbox, checkbox_cells, checkbox_lines, find_checkbox

if TYPE_CHECKING:
    from markdown_it.token import Token


_MARKER = re.compile(r"[ \t>]*(?P<marker>[-*+]|\d{1,9}[.)])")
_BOX_AT = re.compile(rf"[\s>]*(?:#{{1,6}}[ \t]+)?(?={BOX.pattern})")


@dataclass(slots=True, eq=False)
class Item:
    """A possible step: a list item, a heading with its section, a table cell or a line with a checkbox.

    Lines count from 0; `opens` and `closes` are indexes of its tokens, `title` is that of the block with its title;
    `text` and `note` are set if text and guidance are no such block, `last` if it ends within a line.
    """

    kind: StepKind
    line: int
    end: int
    column: int
    opens: int
    title: int
    parent: Item | None
    section: int
    containers: tuple[Container, ...]
    ordered: bool = False
    closes: int = 0
    box: Checkbox | None = None
    after_marker: int = 0
    text: str | None = None
    note: str = ""
    last: int = -1


@dataclass(slots=True)
class Walk:
    """The result of a walk; `blocks` are the token indexes of the outermost blocks that are no headings.

    `items` are the list items and all else with a checkbox, `nearly` the list items with an empty `[]`.
    """

    items: list[Item] = field(default_factory=list)
    nearly: list[Item] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    headings: list[tuple[int, int]] = field(default_factory=list)
    blocks: list[int] = field(default_factory=list)


class Walker:
    """Walks once through the tokens, with the open items and quotes."""

    def __init__(self, source: RunbookSource, tokens: list[Token]) -> None:
        """Start before the first token."""
        self._source = source
        self._tokens = tokens
        self._open: list[Item] = []
        self._containers: list[Container] = []
        self._marker_end: tuple[int, int] = (-1, 0)
        self._heading: Item | None = None
        self.result = Walk()

    def walk(self) -> Walk:
        """Return the items, headings and outer blocks in document order."""
        for number, token in enumerate(self._tokens):
            kind = token.type
            if kind == "list_item_open":
                self._item_opens(number, token)
            elif kind == "list_item_close":
                self._open.pop().closes = number
                self._containers.pop()
            elif kind == "blockquote_open":
                self._containers.append(Container(_lines(token)[0], quote=True))
            elif kind == "blockquote_close":
                self._containers.pop()
            elif kind == "table_open":
                self._table(number)
            elif kind == "paragraph_open" and self._source.signs:
                self._signed(number)
            if token.level == 0 and token.nesting >= 0 and token.map:
                if kind == "heading_open":
                    self._heading_opens(number, token.map[0])
                else:
                    self.result.blocks.append(number)
        self._heading_ends(len(self._tokens), len(self._source.lines))
        return self.result

    def _above(self) -> Item | None:
        return self._open[-1] if self._open else self._heading

    def _item_opens(self, number: int, token: Token) -> None:
        line, end = _lines(token)
        start = self._marker_end[1] if self._marker_end[0] == line else 0
        match = _MARKER.match(self._source.lines[line], start)
        column, after = (match.start("marker"), match.end()) if match else (start, start)
        self._marker_end = (line, after)
        parent = self._above()
        self._containers.append(Container(line, False))
        item = Item(
            StepKind.TASK, line, end, column, number, number + 1, parent, len(self.result.headings) - 1,
            tuple(self._containers), token.markup in (".", ")"), 0, None, after,
        )  # fmt: skip
        inline = self._tokens[number + 2] if self._tokens[number + 1].type == "paragraph_open" else None
        if inline is not None and inline.content[:1] in "[~☐☑☒" and inline.content:
            item.box = self._box(inline, line, after)
            if item.box is None and EMPTY.match(inline.content):
                self.result.nearly.append(item)
        self._open.append(item)
        self.result.items.append(item)

    def _box(self, inline: Token, opened: int, after_marker: int) -> Checkbox | None:
        """Return the checkbox at the beginning of a paragraph or heading."""
        char = find_checkbox(inline.content)
        if char is None or not inline.map:
            return None
        line = inline.map[0]
        match = _BOX_AT.match(self._source.lines[line], after_marker if line == opened else 0)
        place = BOX.match(self._source.lines[line], match.end()) if match else None
        return Checkbox(char, line, place.start(place.lastindex or 0) if place else -1)

    def _heading_opens(self, number: int, line: int) -> None:
        self._heading_ends(number, line)
        self.result.headings.append((number, line))
        inline = self._tokens[number + 1]
        if inline.content[:1] in "[~☐☑☒" and inline.content:
            box = self._box(inline, line, 0)
            if box is not None:
                self._heading = heading_item(self._source, number, line, len(self.result.headings) - 1)
                self._heading.box = box
                self.result.items.append(self._heading)

    def _heading_ends(self, number: int, line: int) -> None:
        if self._heading is not None:
            self._heading.closes, self._heading.end = number, line
            self._heading = None

    def _signed(self, number: int) -> None:
        """Add the lines of a paragraph that begin with ☐ ☑ ☒ and no list marker."""
        inline = self._tokens[number + 1]
        above = self._above()
        if not inline.map or (above is not None and above.opens == number - 1 and above.box):
            return
        for line, end, column, box, text in checkbox_lines(self._source.lines, inline.content, *inline.map):
            self.result.items.append(
                Item(
                    StepKind.TASK,
                    line,
                    end,
                    column,
                    number,
                    number,
                    above,
                    len(self.result.headings) - 1,
                    tuple(self._containers),
                    closes=number + 2,
                    box=box,
                    text=text,
                )
            )

    def _table(self, number: int) -> None:
        for cell in checkbox_cells(self._source.lines, self._tokens, number):
            self.result.items.append(
                Item(
                    StepKind.TABLE,
                    cell.line,
                    cell.line + 1,
                    cell.column,
                    cell.opens,
                    cell.opens,
                    self._above(),
                    len(self.result.headings) - 1,
                    tuple(self._containers),
                    closes=cell.opens + 2,
                    box=cell.box,
                    text=cell.text,
                    note=cell.note,
                    last=cell.last,
                )
            )


def heading_item(source: RunbookSource, number: int, line: int, section: int) -> Item:
    """Return a heading as an item; the caller sets its end at the next heading."""
    text = source.lines[line]
    return Item(StepKind.HEADING, line, line + 1, len(text) - len(text.lstrip()), number, number, None, section, ())


def _lines(token: Token) -> tuple[int, int]:
    return (token.map[0], token.map[1]) if token.map else (0, 0)
