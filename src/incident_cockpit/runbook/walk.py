"""One walk over Markdown tokens: list items with marker, box and containers, and the headings between them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from incident_cockpit.runbook.model import Section, StepKind
from incident_cockpit.runbook.source import Container, RunbookSource
from incident_cockpit.runbook.tables import BOX, EMPTY, Checkbox, checkbox_lines, find_checkbox

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.token import Token

    Rule = Callable[[StateBlock, int, int, bool], bool]


_MARKER = re.compile(r"[ \t>]*(?P<marker>[-*+]|\d{1,9}[.)])")
_BOX_AT = re.compile(rf"[\s>]*(?:#{{1,6}}[ \t]+)?(?={BOX.pattern})")


@dataclass(slots=True, eq=False)
class Item:
    """What can be a step: a list item, a heading with what follows it, a table cell or a line with a box.

    Lines count from 0; `opens` and `closes` are its places among the tokens, `title` is that of the block that names
    it; `words` and `note` are set where text and guidance are no such block, `last` where it ends within a line.
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
    words: str | None = None
    note: str = ""
    last: int = -1


@dataclass(slots=True)
class Walk:
    """What the walk found; `blocks` are the token places of the outermost blocks that are no headings.

    `items` are the list items and whatever else has a box, `nearly` those list items whose box has no room in it.
    """

    items: list[Item] = field(default_factory=list)
    nearly: list[Item] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    headings: list[tuple[int, int]] = field(default_factory=list)
    blocks: list[int] = field(default_factory=list)


class Walker:
    """Goes once through the tokens, knowing which items and quotes are open."""

    def __init__(self, source: RunbookSource, tokens: list[Token]) -> None:
        """Start before the first token."""
        self._source = source
        self._tokens = tokens
        self._open: list[Item] = []
        self._containers: list[Container] = []
        self._marker_end: tuple[int, int] = (-1, 0)
        self._heading: Item | None = None
        self.found = Walk()

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
                    self.found.blocks.append(number)
        self._heading_ends(len(self._tokens), len(self._source.lines))
        return self.found

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
            StepKind.TASK, line, end, column, number, number + 1, parent, len(self.found.headings) - 1,
            tuple(self._containers), token.markup in (".", ")"), 0, None, after,
        )  # fmt: skip
        inline = self._tokens[number + 2] if self._tokens[number + 1].type == "paragraph_open" else None
        if inline is not None and inline.content[:1] in "[~☐☑☒" and inline.content:
            item.box = self._box(inline, line, after)
            if item.box is None and EMPTY.match(inline.content):
                self.found.nearly.append(item)
        self._open.append(item)
        self.found.items.append(item)

    def _box(self, inline: Token, opened: int, after_marker: int) -> Checkbox | None:
        """Return the box that a paragraph or heading begins with."""
        char = find_checkbox(inline.content)
        if char is None or not inline.map:
            return None
        line = inline.map[0]
        found = _BOX_AT.match(self._source.lines[line], after_marker if line == opened else 0)
        place = BOX.match(self._source.lines[line], found.end()) if found else None
        return Checkbox(char, line, place.start(place.lastindex or 0) if place else -1)

    def _heading_opens(self, number: int, line: int) -> None:
        self._heading_ends(number, line)
        self.found.headings.append((number, line))
        inline = self._tokens[number + 1]
        if inline.content[:1] in "[~☐☑☒" and inline.content:
            box = self._box(inline, line, 0)
            if box is not None:
                self._heading = heading_item(self._source, number, line, len(self.found.headings) - 1)
                self._heading.box = box
                self.found.items.append(self._heading)

    def _heading_ends(self, number: int, line: int) -> None:
        if self._heading is not None:
            self._heading.closes, self._heading.end = number, line
            self._heading = None

    def _signed(self, number: int) -> None:
        """Find the lines of a paragraph that begin with ☐ ☑ ☒ and no list sign."""
        inline = self._tokens[number + 1]
        above = self._above()
        if not inline.map or (above is not None and above.opens == number - 1 and above.box):
            return
        for line, end, column, box, words in checkbox_lines(self._source.lines, inline.content, *inline.map):
            self.found.items.append(
                Item(
                    StepKind.TASK,
                    line,
                    end,
                    column,
                    number,
                    number,
                    above,
                    len(self.found.headings) - 1,
                    tuple(self._containers),
                    closes=number + 2,
                    box=box,
                    words=words,
                )
            )

    def _table(self, number: int) -> None:
        # Late and apart: few runbooks have tables, and fewer have boxes in them.
        from incident_cockpit.runbook.tables import checkbox_cells

        for cell in checkbox_cells(self._source.lines, self._tokens, number):
            self.found.items.append(
                Item(
                    StepKind.TABLE,
                    cell.line,
                    cell.line + 1,
                    cell.column,
                    cell.opens,
                    cell.opens,
                    self._above(),
                    len(self.found.headings) - 1,
                    tuple(self._containers),
                    closes=cell.opens + 2,
                    box=cell.box,
                    words=cell.words,
                    note=cell.note,
                    last=cell.last,
                )
            )


def heading_item(source: RunbookSource, number: int, line: int, section: int) -> Item:
    """Return a heading as an item; whoever knows the next one says where it ends."""
    text = source.lines[line]
    return Item(StepKind.HEADING, line, line + 1, len(text) - len(text.lstrip()), number, number, None, section, ())


def _lines(token: Token) -> tuple[int, int]:
    return (token.map[0], token.map[1]) if token.map else (0, 0)


# -- blocks: Markdown's block rules, asked only where they can match: the same tokens for a good third less time.

# What a line must begin with for a rule to match; the other rules look at more than one character.
_BEGIN = {
    "fence": "`~",
    "blockquote": ">",
    "hr": "*-_",
    "list": "*-+0123456789",
    "reference": "[",
    "html_block": "<",
    "heading": "#",
}
_CHAINS = ("", "paragraph", "reference", "blockquote", "list")


def ask_only_fitting_rules(markdown: MarkdownIt) -> None:
    """Put one rule in place of each chain of rules; it asks those that the line's first character allows."""
    ruler = markdown.block.ruler
    names = ruler.get_active_rules()
    named = dict(zip(names, ruler.getRules(""), strict=True))
    chains = {chain: [_by_first_character(ruler.getRules(chain), named)] for chain in _CHAINS}
    # The parser asks its ruler for nothing but a chain.
    ruler.getRules = lambda chainName="": chains.get(chainName, [])  # type: ignore[method-assign]  # noqa: N803


def _by_first_character(rules: list[Rule], named: dict[str, Rule]) -> Rule:
    begin = {named[name]: signs for name, signs in _BEGIN.items() if name in named}
    anywhere = tuple(rule for rule in rules if rule not in begin)
    fitting = {
        sign: tuple(rule for rule in rules if sign in begin.get(rule, sign)) for sign in "".join(_BEGIN.values())
    }
    get = fitting.get

    def ask(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        place = state.bMarks[start] + state.tShift[start]
        source = state.src
        for rule in get(source[place] if place < len(source) else "", anywhere):
            if rule(state, start, end, silent):
                return True
        return False

    return ask
