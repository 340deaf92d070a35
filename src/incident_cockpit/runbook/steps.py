"""Chosen list items made into steps: their text, marks, bytes, guidance, code and links."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from incident_cockpit.runbook.inline import Env, inline_tokens, links, plain
from incident_cockpit.runbook.items import BOX, QUOTE, Item, stripped
from incident_cockpit.runbook.model import CodeBlock, Link, Step, StepKind, StepMark
from incident_cockpit.runbook.rules import Choice
from incident_cockpit.runbook.source import Source
from incident_cockpit.text.clean import clean, clean_line

if TYPE_CHECKING:
    from markdown_it.token import Token

_HARD_BREAK = re.compile(r"(?: {2,}|\\)\n")
_ALERT = re.compile(r"[ >]*\[!\w+\]")
_MARKS = {"x": StepMark.DONE, "X": StepMark.DONE, "-": StepMark.SKIPPED, "~": StepMark.SKIPPED}
_FIRST_BLOCKS = ("paragraph_open", "heading_open")


class StepMaker:
    """Makes the steps of one runbook; it holds the source and the tokens that every part of a step comes from."""

    def __init__(self, source: Source, tokens: list[Token], env: Env, choice: Choice) -> None:
        """Find out who stands inside whom, among the chosen items alone."""
        self._source = source
        self._tokens = tokens
        self._env = env
        self._choice = choice
        self._keys = {id(item): f"s{number}" for number, item in enumerate(choice.items, 1)}
        self._children: defaultdict[int, list[Item]] = defaultdict(list)
        self._parents: dict[int, Item | None] = {}
        for item in choice.items:
            parent = item.parent
            while parent is not None and id(parent) not in self._keys:
                parent = parent.parent
            self._parents[id(item)] = parent
            if parent is not None:
                self._children[id(parent)].append(item)

    def outermost(self) -> list[Item]:
        """Return the items of the steps that stand in no other."""
        return [item for item in self._choice.items if self._parents[id(item)] is None]

    def steps(self, shift: int) -> tuple[Step, ...]:
        """Return all steps in document order; `shift` is 1 when an untitled section stands before the headings."""
        depths: dict[int, int] = {}
        made: list[Step] = []
        for item in self._choice.items:
            parent = self._parents[id(item)]
            depth = depths[id(item)] = 0 if parent is None else depths[id(parent)] + 1
            made.append(self._step(item, parent, depth, shift))
        return tuple(made)

    def _step(self, item: Item, parent: Item | None, depth: int, shift: int) -> Step:
        children = self._children[id(item)]
        head, tail, rest = self._first_block(item)
        words = inline_tokens(head, self._env)
        more = inline_tokens(tail, self._env) if tail else []
        mark = _MARKS.get(item.box.char, StepMark.OPEN) if item.box else StepMark.OPEN
        if mark is StepMark.OPEN and _struck(words):
            mark = StepMark.SKIPPED
        code, found = self._blocks(item, children)
        return Step(
            key=self._keys[id(item)],
            text=plain(words) or clean_line(head) or "(no words)",
            section=item.section + shift,
            depth=depth,
            parent=None if parent is None else self._keys[id(parent)],
            line=item.line + 1,
            span=self._span(item),
            box=self._box_offset(item),
            kind=self._choice.kind if item.box is None else StepKind.TASK,
            mark=mark,
            guidance=self._guidance(item, children, tail, rest),
            code=code,
            links=(*links(words), *links(more), *found),
        )

    def _first_block(self, item: Item) -> tuple[str, str, int]:
        """Return an item's title, what its first paragraph says after a hard break, and the line of the rest."""
        token = self._tokens[item.opens + 1]
        if token.type not in _FIRST_BLOCKS or not token.map:
            first = next((line for line in token.content.splitlines() if line.strip()), "")
            return first or stripped(self._source, item.line, item.containers).strip(), "", item.line
        content = self._tokens[item.opens + 2].content
        if item.box:
            content = BOX.sub("", content, count=1).lstrip()
        parts = _HARD_BREAK.split(content, maxsplit=1)
        return parts[0], parts[1] if len(parts) > 1 else "", token.map[1]

    def _span(self, item: Item) -> tuple[int, int]:
        """Return the bytes from the item's marker to the end of its last line with words in it."""
        last = item.end - 1
        while last > item.line and not self._source.lines[last].strip(" \t>"):
            last -= 1
        end = self._source.offset(last, len(self._source.lines[last].rstrip()))
        return self._source.offset(item.line, item.column), end

    def _box_offset(self, item: Item) -> int | None:
        if item.box is None or item.box.column < 0:
            return None
        return self._source.offset(item.box.line, item.box.column)

    def _own(self, item: Item, children: list[Item]) -> Iterator[Token]:
        """Yield the tokens after the item's first block that belong to no step inside it."""
        titled = self._tokens[item.opens + 1].type in _FIRST_BLOCKS
        place = item.opens + (4 if titled else 1)
        for child in children:
            yield from self._tokens[place : child.opens]
            place = child.closes + 1
        yield from self._tokens[place : item.closes]

    def _blocks(self, item: Item, children: list[Item]) -> tuple[tuple[CodeBlock, ...], list[Link]]:
        code: list[CodeBlock] = []
        found: list[Link] = []
        for token in self._own(item, children):
            if token.type in ("fence", "code_block"):
                lang = clean_line(token.info.split(maxsplit=1)[0]) if token.info.strip() else ""
                code.append(CodeBlock(lang, clean(token.content.rstrip("\n"))))
            elif token.type == "inline" and ("](" in token.content or "][" in token.content or "://" in token.content):
                found.extend(links(inline_tokens(token.content, self._env)))
        return tuple(code), found

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
        level = self._tokens[item.opens].level + 1
        steps = {child.opens for child in children}
        quotes = 0
        place = item.opens + (4 if self._tokens[item.opens + 1].type in _FIRST_BLOCKS else 1)
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
