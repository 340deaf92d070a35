"""Layout of blocks for a width: the lines that the cockpit's pages draw and that commands print."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from incident_cockpit.text.blocks import Block, BlockKind, Line, Run, Style, plain
from incident_cockpit.text.width import Wrapper, cells

_INDENT = 2
_GAP = 2
# With less room than this the text needs the width more than its indent.
_LEAST = 16


@dataclass(frozen=True, slots=True)
class ProseLine:
    """One line to draw: so many empty cells, then the runs; an empty line has no runs."""

    indent: int
    runs: Line


def lay_out(blocks: Iterable[Block], width: int, bullet: str = "• ", *, whole_words: bool = False) -> list[ProseLine]:
    """Return the lines of the blocks; only code and, with `whole_words`, long words are wider than `width`."""
    layout = _Layout(width, bullet, whole_words)
    lines: list[ProseLine] = []
    for block in blocks:
        if lines and (block.apart or block.kind is BlockKind.HEADING):
            lines.append(ProseLine(0, ()))
        lines += layout.lines(block)
    return lines


class _Layout:
    """The width and the signs that all blocks are laid out with."""

    def __init__(self, width: int, bullet: str, whole_words: bool) -> None:
        self._width = width
        self._bullet = bullet
        self._whole_words = whole_words

    def lines(self, block: Block) -> Iterator[ProseLine]:
        """Yield the lines of one block."""
        indent = _INDENT * block.level
        match block.kind:
            case BlockKind.HEADING:
                yield from self._wrapped([_in_style(run, Style.HEADING) for run in block.lines[0]])
            case BlockKind.ENTRY:
                label = Run(f"{block.label}:" + (" " if block.lines[0] else ""), Style.STRONG)
                yield from self._wrapped((label, *block.lines[0]), hang=_INDENT)
            case BlockKind.ITEMS:
                for line in block.lines:
                    yield from self._wrapped(line, indent, Run(self._bullet, Style.BULLET))
            case BlockKind.QUOTE:
                lead = Run(block.label, Style.QUIET)
                yield from self._wrapped([_in_style(run, Style.QUIET) for run in block.lines[0]], indent, lead)
            case BlockKind.CODE:
                for text in plain(block.lines[0]).splitlines():
                    yield ProseLine(_INDENT, (Run(text, Style.CODE_BLOCK),))
            case BlockKind.TABLE:
                yield from self._table(block)
            case BlockKind.PARAGRAPH:
                for line in block.lines:
                    yield from self._wrapped(line, indent)

    def _table(self, block: Block) -> Iterator[ProseLine]:
        """Yield rows with aligned columns; the last column wraps, and a table that is too wide becomes a list."""
        heads, *rows = block.rows
        shown = [[_in_style(_flat(cell), Style.STRONG) for cell in heads]] if any(heads) else []
        body = [[_flat(cell) for cell in row] for row in rows]
        columns = list(zip(*shown, *body, strict=True))
        widths = [max(cells(run.text) for run in column) + _GAP for column in columns[:-1]]
        if sum(widths) + _LEAST > self._width:
            for row in body:
                filled = [run for run in row if run.text]
                line = [part for run in filled for part in (Run("  "), run)][1:]
                yield from self._wrapped(line, lead=Run(self._bullet, Style.BULLET))
            return
        hang = sum(widths)
        for row in (*shown, *body):
            padded = [
                Run(run.text + " " * (width - cells(run.text)), run.style)
                for run, width in zip(row, widths, strict=False)
            ]
            first, *rest = self._filled([row[-1]], self._width - hang)
            yield ProseLine(0, (*padded, *first))
            yield from (ProseLine(hang, line) for line in rest)

    def _wrapped(
        self, runs: Iterable[Run], indent: int = 0, lead: Run | None = None, hang: int = 0
    ) -> Iterator[ProseLine]:
        """Yield one line of text over several; those after the first are indented by the lead or by `hang`."""
        first = lead or Run("")
        inner = cells(first.text)
        indent = indent if self._width - indent - inner >= _LEAST else 0
        hang = hang if self._width - indent - inner - hang >= _LEAST else 0
        for number, line in enumerate(self._filled(runs, self._width - indent - inner - hang)):
            if number:
                yield ProseLine(indent + inner + hang, line)
            else:
                yield ProseLine(indent, (first, *line) if first.text else line)

    def _filled(self, runs: Iterable[Run], width: int) -> list[Line]:
        return Wrapper(width, whole_words=self._whole_words).wrap(runs)


def _in_style(run: Run, style: Style) -> Run:
    return Run(run.text, style) if run.style is Style.PLAIN else run


def _flat(cell: Line) -> Run:
    """Return a cell as one run: a column is aligned by its width, so it keeps one style."""
    text = " ".join(part.rstrip() for part in plain(cell).splitlines())
    return Run(text, cell[0].style if cell else Style.PLAIN)
