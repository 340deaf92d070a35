"""Documents as Markdown: every text is escaped, so that none adds structure; secrets are redacted before."""

from __future__ import annotations

from collections.abc import Iterator

from incident_cockpit.text.blocks import Block, BlockKind, Blocks, Line, Run, Style, paragraph, plain, quiet
from incident_cockpit.text.escape import fence, markdown


def lines_in(text: str) -> list[str]:
    """Return the lines of a text, the empty ones at its end left out."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip().split("\n")


def to_be_written(what: str) -> Block:
    """Return a placeholder that is not mistaken for a fact."""
    return paragraph(quiet(f"To be written: {what}"))


# Stand for the signs of a style while a line is escaped as a whole: what escapes looks at its neighbours.
_REMARK = frozenset(" :;,(")
_STRONG, _STRONG_END, _QUIET, _CODE = "\ue000", "\ue001", "\ue002", "\ue003"
_SIGNS = str.maketrans({_STRONG: "**", _STRONG_END: "**", _QUIET: "_"})
_NO_SIGNS = str.maketrans(dict.fromkeys((_STRONG, _STRONG_END, _QUIET, _CODE), "\ufffd"))


def as_markdown(blocks: Blocks) -> str:
    """Return the blocks as a Markdown document, in which no text adds structure of its own."""
    parts: list[str] = []
    before: Block | None = None
    for block in blocks:
        text = "\n".join(_block(block))
        if before is not None:
            goes_on = block.is_list and before.is_list and not parts[-1].endswith("\n")
            parts[-1] = parts[-1].rstrip("\n")
            parts.append("\n" if goes_on else "\n\n")
        parts.append(text)
        before = block
    return "".join(parts).rstrip("\n") + "\n"


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
    """Return an item; a text of several lines follows it as a block of its own.

    A remark beside other text, which begins with a blank or a sign, stays on the line of the item.
    """
    long = next((run for run in line if run.text[:1] not in _REMARK and _is_long(run)), None)
    if long is None or len(line) == 1:
        return f"{indent}- {_inline(line)}"
    rest = [Run(run.text.strip(), run.style) for run in line if run is not long and run.text.strip()]
    shown = [part for run in rest for part in (Run(" "), run)][1:]
    block = fence("\n".join(lines_in(long.text)))
    below = "\n".join(f"{indent}  {text}" if text else "" for text in block.split("\n"))
    return f"{indent}- {_inline(tuple(shown))}\n\n{below}\n"


def _is_long(run: Run) -> bool:
    return len(lines_in(run.text)) > 1


def _cell(line: Line) -> str:
    """Return a cell of a table; its lines stay lines."""
    rows: list[list[Run]] = [[]]
    for run in line:
        first, *others = lines_in(run.text) if _is_long(run) else [run.text]
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
