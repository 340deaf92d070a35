"""Chosen items made into steps: their text, marks, bytes, guidance, code and links."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from incident_cockpit.runbook.anchors import Anchors
from incident_cockpit.runbook.boxes import mark_of, without_box
from incident_cockpit.runbook.inline import inline_tokens, links, may_link, plain
from incident_cockpit.runbook.items import Item
from incident_cockpit.runbook.lines import QUOTE, stripped
from incident_cockpit.runbook.model import CodeBlock, Link, Step, StepKind, StepMark
from incident_cockpit.runbook.rules import Found, Parsed
from incident_cockpit.text.clean import clean, clean_line

if TYPE_CHECKING:
    from markdown_it.token import Token

_HARD_BREAK = re.compile(r"(?: {2,}|\\)\n")
_ALERT = re.compile(r"[ >]*\[!\w+\]")
_FIRST_BLOCKS = ("paragraph_open", "heading_open")


class StepMaker:
    """Makes the steps of one runbook; it holds the text and the tokens that every part of a step comes from."""

    def __init__(self, parsed: Parsed, found: Found) -> None:
        """Find out who stands inside whom, among the chosen items alone."""
        self._source = parsed.source
        self._tokens = parsed.tokens
        self._env = parsed.env
        self._found = found
        self._keys = {id(item): f"s{number}" for number, item in enumerate(found.items, 1)}
        self._children: defaultdict[int, list[Item]] = defaultdict(list)
        self._parents: dict[int, Item | None] = {}
        for item in found.items:
            parent = item.parent
            while parent is not None and id(parent) not in self._keys:
                parent = parent.parent
            self._parents[id(item)] = parent
            if parent is not None:
                self._children[id(parent)].append(item)

    def outermost(self) -> list[Item]:
        """Return the items of the steps that stand in no other."""
        return [item for item in self._found.items if self._parents[id(item)] is None]

    def steps(self, anchors: Anchors, shift: int) -> tuple[Step, ...]:
        """Return all steps in document order; `shift` is 1 when an untitled section stands before the headings."""
        depths: dict[int, int] = {}
        made: list[Step] = []
        for item in self._found.items:
            parent = self._parents[id(item)]
            depth = depths[id(item)] = 0 if parent is None else depths[id(parent)] + 1
            made.append(self._step(item, parent, depth, anchors, shift))
        return tuple(made)

    def _step(self, item: Item, parent: Item | None, depth: int, anchors: Anchors, shift: int) -> Step:
        children = self._children.get(id(item), [])
        head, tail, rest = self._first_block(item)
        words = inline_tokens(head, self._env)
        mark = mark_of(item.box)
        if mark is StepMark.OPEN and head.startswith("~~") and _struck(words):
            mark = StepMark.SKIPPED
        found = [*links(words)] if may_link(head, self._env) else []
        if tail and may_link(tail, self._env):
            found += links(inline_tokens(tail, self._env))
        guidance, code = item.note, tuple[CodeBlock, ...]()
        if item.closes > item.title + 3 or (item.words is None and self._tokens[item.title].type not in _FIRST_BLOCKS):
            code = self._blocks(item, children, found)
            guidance = self._guidance(item, children, tail, rest)
        elif tail:
            guidance = clean("\n".join(_trimmed(tail.split("\n"))))
        return Step(
            self._keys[id(item)],
            plain(words) or clean_line(head) or "(no words)",
            item.section + shift,
            depth,
            None if parent is None else self._keys[id(parent)],
            item.line + 1,
            self._span(item),
            self._box_offset(item),
            self._kind(item),
            mark,
            guidance,
            code,
            tuple([_resolved(link, anchors) for link in found]) if found else (),
        )

    def _kind(self, item: Item) -> StepKind:
        kind = self._found.kind
        return kind if item.box is None or kind is StepKind.TEMPLATE else item.kind

    def _first_block(self, item: Item) -> tuple[str, str, int]:
        """Return an item's title, what its first paragraph says after a hard break, and the line of the rest."""
        token = self._tokens[item.title]
        content, rest = item.words, item.end
        if content is None:
            if token.type not in _FIRST_BLOCKS or not token.map:
                first = next((line for line in token.content.splitlines() if line.strip()), "")
                return first or stripped(self._source, item.line, item.containers).strip(), "", item.line
            content, rest = without_box(self._tokens[item.title + 1].content), token.map[1]
        if "\n" not in content:
            return content, "", rest
        parts = _HARD_BREAK.split(content, maxsplit=1)
        return parts[0], parts[1] if len(parts) > 1 else "", rest

    def _span(self, item: Item) -> tuple[int, int]:
        """Return the bytes from the item's marker to the end of its last line with words in it."""
        start = self._source.offset(item.line, item.column)
        if item.last >= 0:
            return start, self._source.offset(item.line, item.last)
        last = item.end - 1
        while last > item.line and not self._source.lines[last].strip(" \t>"):
            last -= 1
        return start, self._source.offset(last, len(self._source.lines[last].rstrip()))

    def _box_offset(self, item: Item) -> int | None:
        if item.box is None or item.box.column < 0:
            return None
        return self._source.offset(item.box.line, item.box.column)

    def _own(self, item: Item, children: list[Item]) -> Iterator[Token]:
        """Yield the tokens after the item's first block that belong to no step inside it."""
        place = item.title + (3 if self._tokens[item.title].type in _FIRST_BLOCKS else 0)
        for child in children:
            yield from self._tokens[place : child.opens]
            place = max(place, child.closes + 1)
        yield from self._tokens[place : item.closes]

    def _blocks(self, item: Item, children: list[Item], found: list[Link]) -> tuple[CodeBlock, ...]:
        """Return the code of an item, and add its links to those found."""
        code: list[CodeBlock] = []
        for token in self._own(item, children):
            if token.type in ("fence", "code_block"):
                lang = clean_line(token.info.split(maxsplit=1)[0]) if token.info.strip() else ""
                code.append(CodeBlock(lang, clean(token.content.rstrip("\n"), keep_tabs=True)))
            elif token.type == "inline" and may_link(token.content, self._env):
                found.extend(links(inline_tokens(token.content, self._env)))
        return tuple(code)

    def _guidance(self, item: Item, children: list[Item], tail: str, rest: int) -> str:
        """Return the item's other content as Markdown, without the steps inside it."""
        lines: list[str] = []
        place = rest
        for child in children:
            lines += self._lines(item, place, child.line)
            lines.append("")
            place = max(place, child.end)
        lines += self._lines(item, place, item.end)
        if self._only_quotes(item, children):
            lines = [QUOTE.sub("", line, count=1) for line in lines]
        lines = _trimmed(lines)
        return clean("\n".join(_trimmed([*tail.split("\n"), "", *lines]) if tail else lines))

    def _lines(self, item: Item, start: int, end: int) -> list[str]:
        return [stripped(self._source, line, item.containers) for line in range(start, end)]

    def _only_quotes(self, item: Item, children: list[Item]) -> bool:
        """Say whether all that explains the step is quoted, alerts apart: their first line says what they are."""
        level = self._tokens[item.title].level
        steps = {child.opens for child in children}
        quotes = 0
        place = item.title + (3 if self._tokens[item.title].type in _FIRST_BLOCKS else 0)
        for number in range(place, item.closes):
            token = self._tokens[number]
            if token.level != level or token.nesting < 0:
                continue
            if token.type == "blockquote_open":
                quotes += 1
                if token.map and _ALERT.match(stripped(self._source, token.map[0], item.containers)):
                    return False
            elif not (token.type.endswith("list_open") and number + 1 in steps):
                return False
        return quotes > 0


def _resolved(link: Link, anchors: Anchors) -> Link:
    """Return a link with the section that it names."""
    return Link(link.text, link.url, anchors.find(link.url)) if link.url.startswith("#") else link


def _struck(words: list[Token]) -> bool:
    """Say whether the whole text is struck out."""
    kinds = [token.type for token in words if token.type != "text" or token.content.strip()]
    return len(kinds) > 2 and kinds[0] == "s_open" and kinds.index("s_close") == len(kinds) - 1


def _trimmed(lines: list[str]) -> list[str]:
    """Drop the lines at both ends that say nothing."""
    start, end = 0, len(lines)
    while start < end and not lines[start].strip(" \t>"):
        start += 1
    while end > start and not lines[end - 1].strip(" \t>"):
        end -= 1
    return lines[start:end]
