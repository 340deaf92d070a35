"""The pieces Markdown documents are made of: people's words go in escaped and redacted, so no structure is theirs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from incident_cockpit.text.blocks import Block, BlockKind, Blocks, Line, Run, Style, plain
from incident_cockpit.text.escape import fence, markdown
from incident_cockpit.text.redact import redact


def say(text: str) -> str:
    """Return people's words for one place of a document, on one line."""
    return markdown(redact(text)[0])


def lines_in(text: str) -> list[str]:
    """Return the lines of a text, the empty ones at its end left out."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip().split("\n")


def cell(text: str) -> str:
    """Return people's words for a table cell; their lines stay lines."""
    return "<br>".join(say(line) for line in lines_in(redact(text)[0]) if line.strip())


def item(before: str, text: str, after: str = "") -> str:
    """Return a list item whose words are people's: one line as it is, several as a block under the item."""
    lines = lines_in(text)
    if len(lines) == 1:
        return f"- {before}{say(text)}{after}"
    block = fence("\n".join(lines_in(redact(text)[0])))
    indented = "\n".join(f"  {line}" if line else "" for line in block.split("\n"))
    return f"- {before.rstrip()}{after}\n\n{indented}\n"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; headings and cells are Markdown already."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines)


def to_be_written(what: str) -> str:
    """Return a placeholder that nobody takes for a fact."""
    return f"_To be written: {what}_"


# Stand for the signs of a style while a line is escaped as a whole: what escapes looks at its neighbours.
_STRONG, _STRONG_END, _QUIET, _CODE = "\ue000", "\ue001", "\ue002", "\ue003"
_SIGNS = str.maketrans({_STRONG: "**", _STRONG_END: "**", _QUIET: "_"})
_NO_SIGNS = str.maketrans(dict.fromkeys((_STRONG, _STRONG_END, _QUIET, _CODE), "\ufffd"))


def as_markdown(blocks: Blocks) -> str:
    """Return the blocks as a Markdown document, in which no text adds structure of its own."""
    parts: list[str] = []
    for number, block in enumerate(blocks):
        goes_on = number > 0 and block.is_list and blocks[number - 1].is_list and not parts[-1].endswith("\n")
        text = "\n".join(_block(block))
        if goes_on:
            parts[-1] += f"\n{text}"
        else:
            parts.append(text)
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _block(block: Block) -> Iterator[str]:
    match block.kind:
        case BlockKind.HEADING:
            yield f"{'#' * block.level} {_inline(block.lines[0])}"
        case BlockKind.ENTRY:
            yield _inline((Run(f"{block.label}:", Style.STRONG), Run(" "), *block.lines[0]))
        case BlockKind.ITEMS:
            yield from (_item(line, "  " * block.level) for line in block.lines)
        case BlockKind.TABLE:
            heads, *rows = block.rows
            width = max(map(len, block.rows))
            lines = (
                [_cell(cell) for cell in heads] or [""] * width,
                ["---"] * width,
                *(map(_cell, row) for row in rows),
            )
            yield from (f"| {' | '.join(line)} |" for line in lines)
        case BlockKind.QUOTE:
            yield "\n>\n".join(f"> {_inline((Run(text),))}" for text in lines_in(plain(block.lines[0])) if text.strip())
        case BlockKind.CODE:
            yield fence(plain(block.lines[0]))
        case BlockKind.PARAGRAPH:
            yield "\n\n".join(map(_inline, block.lines))


def _item(line: Line, indent: str) -> str:
    """Return an item; a text of several lines follows it as a block of its own."""
    long = next((run for run in line if "\n" in run.text.strip()), None)
    if long is None:
        return f"{indent}- {_inline(line)}"
    rest = [Run(run.text.strip(), run.style) for run in line if run is not long and run.text.strip()]
    shown = [part for run in rest for part in (Run(" "), run)][1:]
    block = fence("\n".join(lines_in(long.text)))
    below = "\n".join(f"{indent}  {text}" if text else "" for text in block.split("\n"))
    return f"{indent}- {_inline(tuple(shown))}\n\n{below}\n"


def _cell(line: Line) -> str:
    """Return a cell of a table; its lines stay lines."""
    rows: list[list[Run]] = [[]]
    for run in line:
        first, *others = lines_in(run.text) if run.text.strip() else [run.text]
        rows[-1].append(Run(first, run.style))
        rows += [[Run(text, run.style)] for text in others]
    return "<br>".join(filter(None, (_inline(tuple(row)) for row in rows)))


def _inline(line: Line) -> str:
    """Return runs as one line of Markdown."""
    parts, codes = [], []
    for run in line:
        text = run.text.translate(_NO_SIGNS)
        if not text.strip():
            parts.append(text)
        elif run.style is Style.STRONG:
            parts.append(f"{_STRONG}{text}{_STRONG_END}")
        elif run.style is Style.QUIET:
            parts.append(f"{_QUIET}{text}{_QUIET}")
        elif run.style is Style.CODE:
            parts.append(_CODE)
            codes.append(f"`{' '.join(text.replace('`', ' ').split())}`")
        else:
            parts.append(text)
    escaped = markdown("".join(parts)).translate(_SIGNS)
    for text in codes:
        escaped = escaped.replace(_CODE, text, 1)
    return escaped
