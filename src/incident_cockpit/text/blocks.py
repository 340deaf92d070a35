"""Blocks of a document: values that sections write, and that pages, commands and formats draw in their own way.

Their text is what people and plans wrote, never markup: it is redacted in one place and escaped by whatever draws it.
Text of several lines stays as it is; a format that has no room for lines makes one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from msgspec import Struct


class Style(StrEnum):
    """The role of a piece of text; how that looks is decided where it is drawn.

    Documents use the first five; the others come from Markdown and from laying blocks out in lines.
    """

    PLAIN = "plain"
    STRONG = "strong"
    QUIET = "quiet"
    CODE = "code"
    LINK = "link"
    CODE_BLOCK = "code_block"
    QUOTE = "quote"
    HEADING = "heading"
    BULLET = "bullet"
    BOX = "box"


class Run(Struct, frozen=True):
    """Text of one style, to be shown literally."""

    text: str
    style: Style = Style.PLAIN

    @property
    def bold(self) -> bool:
        """Return whether the text stands out, which is all that chats know of styles."""
        return self.style is Style.STRONG


Line = tuple[Run, ...]


class BlockKind(StrEnum):
    """The shape of a block."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    ENTRY = "entry"
    ITEMS = "items"
    TABLE = "table"
    QUOTE = "quote"
    CODE = "code"


class Block(Struct, frozen=True):
    """A paragraph, heading, entry, list, table, quotation or piece of code.

    `lines` are its lines or items; a heading and an entry have one. `label` names what an entry tells. The first of
    a table's `rows` has the heads of its columns, or is empty. `level` is the rank of a heading, 1 for the highest,
    and the depth of all others, 0 for the outermost. `apart` asks for an empty line before the block in chat formats.
    """

    lines: tuple[Line, ...] = ()
    kind: BlockKind = BlockKind.PARAGRAPH
    apart: bool = False
    label: str = ""
    rows: tuple[tuple[Line, ...], ...] = ()
    level: int = 0

    @property
    def is_list(self) -> bool:
        """Return whether its lines are items."""
        return self.kind is BlockKind.ITEMS


Blocks = tuple[Block, ...]
Text = str | Run | Sequence[str | Run]


def strong(text: str) -> Run:
    """Return text that stands out."""
    return Run(text, Style.STRONG)


def quiet(text: str) -> Run:
    """Return text that only accompanies what it follows."""
    return Run(text, Style.QUIET)


def code(text: str) -> Run:
    """Return a command or another text to copy as it is."""
    return Run(text, Style.CODE)


def link(address: str) -> Run:
    """Return an address; it is shown and never opened by itself."""
    return Run(address, Style.LINK)


def line(text: Text) -> Line:
    """Return text, a run or several of both as one line, without empty runs."""
    parts: Sequence[str | Run] = (text,) if isinstance(text, str | Run) else text
    runs = (Run(part) if isinstance(part, str) else part for part in parts)
    return tuple(run for run in runs if run.text)


def paragraph(*lines: Text, apart: bool = False, level: int = 0) -> Block:
    """Return a paragraph of these lines; one of level 1 belongs to what stands above it."""
    return Block(tuple(map(line, lines)), apart=apart, level=level)


def heading(text: Text, level: int = 1) -> Block:
    """Return the heading of what follows."""
    return Block((line(text),), BlockKind.HEADING, level=level)


def entry(label: str, text: Text = "") -> Block:
    """Return one fact: its label, and what is known; the label has no colon."""
    return Block((line(text),), BlockKind.ENTRY, label=label)


def items(lines: Iterable[Text], level: int = 0) -> Block:
    """Return a list; a list of the next level that follows belongs to the last of these items."""
    return Block(tuple(map(line, lines)), BlockKind.ITEMS, level=level)


def table(heads: Sequence[Text], rows: Iterable[Sequence[Text]]) -> Block:
    """Return a table; without heads it is a list of rows whose columns are aligned."""
    return Block(kind=BlockKind.TABLE, rows=tuple(tuple(map(line, row)) for row in (heads, *rows)))


def quote(text: Text, lead: str = "", level: int = 1) -> Block:
    """Return a quotation or a remark; all its lines hang behind the `lead`."""
    return Block((line(text),), BlockKind.QUOTE, label=lead, level=level)


def code_block(text: str) -> Block:
    """Return text that keeps its lines and blanks."""
    return Block(((Run(text, Style.CODE),),), BlockKind.CODE)


def plain(runs: Iterable[Run]) -> str:
    """Return the text of a line without its styles."""
    return "".join(run.text for run in runs)
