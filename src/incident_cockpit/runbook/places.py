"""Where in a file's bytes something can stand beside a step without changing what the Markdown around it means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from incident_cockpit.runbook.inline import block_tokens
from incident_cockpit.runbook.items import Item, Walker
from incident_cockpit.runbook.model import Runbook, Section, Step, StepKind
from incident_cockpit.runbook.source import Source, open_source

if TYPE_CHECKING:
    from markdown_it.token import Token

_HEADING = re.compile(r"[\s>]*#{1,6}[ \t]+")
_NOT_INDENT = re.compile(r"[^\s>]")
_LEAD = re.compile(r"[\s>]*")
_ROW_END = re.compile(r"\|\s*$")
_UNDERLINE = re.compile(r"[\s>]*(?:=+|-+)\s*$")
_BREAK = re.compile(r"[ \t>]*(?:$|(?:[-*+]|\d{1,9}[.)]|#{1,6})(?=[ \t]|$)|(?:[-*_][ \t]*){3,}$|```|~~~|[☐☑☒])")
_END = re.compile(rb"\r\n?|\n")
_CODE = "code_block"


class Edit(Struct, frozen=True):
    """Bytes to be put in place of those from `start` to `end`."""

    start: int
    end: int
    new: bytes


class Place(Struct, frozen=True):
    """Where a step's words begin and where its first block ends, as byte offsets.

    `plain` says that a box may stand right before its words; `row` that only its own line of a table has room for more,
    which is then what `ends` points into. `indent` is what a further line begins with and `line_end` how it ends.
    """

    begins: int
    ends: int
    plain: bool
    row: bool
    indent: bytes
    line_end: bytes


class Places:
    """The places of one runbook in the bytes it was read from."""

    def __init__(self, source: bytes, runbook: Runbook) -> None:
        """Parse the bytes once; they must be those the runbook was read from."""
        self._source: Source = open_source(source, runbook.name)
        self._tokens, _ = block_tokens(self._source.text())
        items = Walker(self._source, self._tokens).walk().items
        self._items = {
            self._source.offset(item.line, item.column): item
            for item in items
            if self._tokens[item.opens].type == "list_item_open"
        }
        self._bytes = source
        self.usual_end = self._line_end(0) or b"\n"

    def of(self, step: Step) -> Place:
        """Return the place of a step."""
        item = self._items.get(step.span[0])
        if item is not None and item.line == step.line - 1:
            return self._of_item(item)
        line = step.line - 1
        if step.kind is StepKind.TEMPLATE:
            # No token tells where a paragraph inside code ends.
            while line + 1 < len(self._source.lines) and not _BREAK.match(self._source.lines[line + 1]):
                line += 1
        return self._of_line(line, row=step.kind is StepKind.TABLE)

    def below(self, section: Section) -> Place:
        """Return the place of a section's heading; what stands beside it stands on a line of its own."""
        line, lines = section.line - 1, self._source.lines
        underlined = not _is_heading(lines[line]) and line + 1 < len(lines) and _UNDERLINE.match(lines[line + 1])
        return self._of_line(line + 1 if underlined else line, row=False)

    def _of_item(self, item: Item) -> Place:
        first = self._tokens[item.opens + 1]
        line, end = (first.map[0], first.map[1]) if first.map else (item.line, item.line + 1)
        column = self._column(item, first, line)
        text = self._source.lines[line]
        return Place(
            begins=self._source.offset(line, column),
            ends=self._end_of(end - 1),
            plain=first.type == "paragraph_open",
            row=False,
            indent=_NOT_INDENT.sub(" ", text[:column]).encode(),
            line_end=self._line_end(end - 1) or self.usual_end,
        )

    def _column(self, item: Item, first: Token, line: int) -> int:
        """Return where the words of an item begin in their line, behind its marker where they share one."""
        text = self._source.lines[line]
        if line != item.line:
            match = _LEAD.match(text)
            return match.end() if match else 0
        if first.type == _CODE:
            return min(item.after_marker + 1, len(text))
        return item.after_marker + len(text[item.after_marker :]) - len(text[item.after_marker :].lstrip())

    def _of_line(self, line: int, *, row: bool) -> Place:
        """Return the place of what is no list item: a heading, a table cell, a line with a sign."""
        text = self._source.lines[line]
        lead = _LEAD.match(text)
        words = _HEADING.match(text) or lead
        last = _ROW_END.search(text) if row else None
        return Place(
            begins=self._source.offset(line, words.end() if words else 0),
            ends=self._source.offset(line, len(text[: last.start()].rstrip())) if last else self._end_of(line),
            plain=True,
            row=row,
            indent=(lead.group() if lead else "").encode(),
            line_end=self._line_end(line) or self.usual_end,
        )

    def _end_of(self, line: int) -> int:
        return self._source.offset(line, len(self._source.lines[line]))

    def _line_end(self, line: int) -> bytes:
        """Return the bytes that end a line, none for a last line without an end."""
        match = _END.match(self._bytes, self._end_of(line))
        return match.group() if match else b""


def _is_heading(text: str) -> bool:
    return text.lstrip(" \t>").startswith("#")


def edited(source: bytes, edits: list[Edit]) -> bytes:
    """Return the bytes with the edits made; edits at one place stand in the order they are given."""
    parts: list[bytes] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        parts += source[at : edit.start], edit.new
        at = edit.end
    return b"".join([*parts, source[at:]])
