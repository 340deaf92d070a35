"""What people write for a box, what it says, and lines that have one without being list items."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from incident_cockpit.runbook.model import StepMark

if TYPE_CHECKING:
    from markdown_it.token import Token


SIGNS = "☐☑☒"
MARKS = {
    **dict.fromkeys("xX✓✔☑", StepMark.DONE),
    # A cross is no tick: whoever reads it as done may leave work undone.
    **dict.fromkeys("-~✗✘☒", StepMark.SKIPPED),
}
# Brackets need white space after them, as on GitHub; the signs are boxes of their own. Text struck out with its box
# begins with ~~, and an emoji may bring a variation selector.
BOX = re.compile(r"(?:~~)?(?:\[([ \t\xa0xX~✓✔✗✘☐☑☒-])[\ufe0e\ufe0f]?\](?=\s)|([☐☑☒])[\ufe0e\ufe0f]?(?=\s*[^\s|]))")
# What people mean as a box and GitHub does not take as one.
EMPTY = re.compile(r"\[\](?=\s*[^\s(\[:])")
_SIGN_AT = re.compile(r"[\s>]*(?=[☐☑☒])")


@dataclass(frozen=True, slots=True)
class Checkbox:
    """The character of a box and where it stands; `column` is -1 where the source hides it."""

    char: str
    line: int
    column: int


def find_checkbox(content: str) -> str | None:
    """Return the character of the box that a text begins with."""
    match = BOX.match(content)
    return match[match.lastindex or 0] if match else None


def strip_checkbox(content: str) -> str:
    """Return a text without the box that it begins with; text struck out with its box stays struck out."""
    match = BOX.match(content)
    if match is None:
        match = EMPTY.match(content)
        return content[match.end() :].lstrip() if match else content
    rest = content[match.end() :].lstrip()
    return f"~~{rest}" if content.startswith("~~") else rest


def read_mark(box: Checkbox | None) -> StepMark:
    """Return the state that a box says."""
    return MARKS.get(box.char, StepMark.OPEN) if box else StepMark.OPEN


def checkbox_lines(
    lines: list[str], content: str, start: int, end: int
) -> Iterator[tuple[int, int, int, Checkbox, str]]:
    """Yield the lines of a paragraph that begin with a sign: line, end, column, box and words."""
    parts = content.split("\n")
    places = [number for number, part in enumerate(parts) if part.lstrip()[:1] in SIGNS and BOX.match(part.lstrip())]
    for number, after in zip(places, [*places, min(len(parts), end - start)][1:], strict=True):
        line = start + number
        found = _SIGN_AT.match(lines[line])
        if found:
            words = "\n".join([strip_checkbox(parts[number].lstrip()), *parts[number + 1 : after]])
            yield line, start + after, found.end(), Checkbox(lines[line][found.end()], line, found.end()), words


# -- cells: Boxes in the cells of a table: each is a step, and the rest of its row explains it.

_BOX = re.compile(
    r"(?:^|<br\s*/?>)\s*(?P<box>(?:~~)?(?:\[(?P<inner>[ \t\xa0xX~✓✔✗✘☐☑☒-])[\ufe0e\ufe0f]?\](?=\s|$|<br)|"
    r"(?P<sign>[☐☑☒])[\ufe0e\ufe0f]?))"
)
_OWN = re.compile(r"\[([ xX~-])\](?=\s)")
_SIGN = re.compile(r"[☐☑☒]|\[[ xX]\](?=\s)")
_PIPE = re.compile(r"(?<!\\)\|")
_BREAK = re.compile(r"<br\s*/?>")


@dataclass(frozen=True, slots=True)
class TableTask:
    """A box in a table cell; `opens` is the place of the cell among the tokens, `last` the column after its text."""

    line: int
    column: int
    last: int
    opens: int
    box: Checkbox
    words: str
    note: str


def checkbox_cells(lines: list[str], tokens: list[Token], number: int) -> Iterator[TableTask]:
    """Yield the boxes in the body of the table that begins at this token."""
    head: list[str] = []
    row: list[int] = []
    place = number + 1
    while tokens[place].type != "table_close":
        kind = tokens[place].type
        if kind == "th_open":
            head.append(tokens[place + 1].content)
        elif kind == "tr_open":
            row = []
        elif kind == "td_open":
            row.append(place)
        elif kind == "tr_close" and row:
            yield from _row(lines, tokens, head, row)
        place += 1


def _row(lines: list[str], tokens: list[Token], head: list[str], row: list[int]) -> Iterator[TableTask]:
    contents = [tokens[place + 1].content for place in row]
    boxed = [bool(_BOX.search(content)) for content in contents]
    where = tokens[row[0] + 1].map
    if not any(boxed) or not where:
        return
    line = where[0]
    edges = _edges(lines[line])
    bare = sum(has and not _BOX.sub("", content).strip() for has, content in zip(boxed, contents, strict=True))
    for number, place in enumerate(row):
        if not boxed[number] or number >= len(edges):
            continue
        others = [(head[n], c) for n, c in enumerate(contents) if n != number and c and not boxed[n]]
        if others and _several(contents[number]):
            (_, words), rest = others[0], [(head[number], contents[number]), *others[1:]]
            start, end = _trim(lines[line], *edges[number])
            # Ticking one of the answers would answer; a box of its own may stand before them.
            own = _OWN.match(lines[line], start, end)
            box = Checkbox(own[1], line, own.start(1)) if own else Checkbox(" ", line, -1)
            yield TableTask(line, start, end, place, box, words, _note(rest))
            continue
        yield from _boxes(lines[line], line, place, _trim(lines[line], *edges[number]), head[number], others, bare > 1)


def _several(content: str) -> bool:
    """Say whether a cell offers answers to choose from, such as "☐ yes ☐ no": that is one question, not two steps."""
    return len(_SIGN.findall(content)) > 1 and not _BREAK.search(content)


def _boxes(
    text: str, line: int, place: int, edges: tuple[int, int], title: str, others: list[tuple[str, str]], several: bool
) -> Iterator[TableTask]:
    """Yield the boxes of one cell; `several` says that other cells of the row have boxes without words, too."""
    start, end = edges
    found = list(_BOX.finditer(text[start:end]))
    for match, after in zip(found, [*found, None][1:], strict=True):
        last = start + after.start() if after else end
        words, rest = _BREAK.sub(" ", text[start + match.end() : last]).replace("\\|", "|").strip(), others
        if not words:
            (_, words), rest = (others[0], others[1:]) if others else (("", title), [])
            words = f"{words}: {title}" if several and others and title else words
        if match["box"].startswith("~~"):
            words = f"~~{words}"
        group = "inner" if match["inner"] else "sign"
        box = Checkbox(match[group], line, start + match.start(group))
        yield TableTask(line, start + match.start("box"), last, place, box, words, _note(rest))


def _note(cells: list[tuple[str, str]]) -> str:
    """Return other cells of the row as a list."""
    return "\n".join(f"- {title}: {text}" if title else f"- {text}" for title, text in cells)


def _trim(line: str, start: int, end: int) -> tuple[int, int]:
    """Return the edges of a cell without the white space inside them."""
    inner = line[start:end]
    start += len(inner) - len(inner.lstrip(" \t"))
    return start, start + len(inner.strip(" \t"))


def _edges(line: str) -> list[tuple[int, int]]:
    """Return where each cell of a row begins and ends."""
    pipes = [match.start() for match in _PIPE.finditer(line)]
    before = line[: pipes[0]] if pipes else line
    starts = [pipe + 1 for pipe in pipes]
    if before.strip(" \t>"):
        starts.insert(0, len(before) - len(before.lstrip(" \t>")))
    ends = [pipe for pipe in pipes if pipe >= starts[0]] if starts else []
    return list(zip(starts, [*ends, len(line)], strict=False))
