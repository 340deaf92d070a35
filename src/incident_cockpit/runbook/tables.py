"""Checkboxes in text and tables: their forms, their states, and lines with one that are no list items."""

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
    # A cross is no tick: read as done, it would hide open work.
    **dict.fromkeys("-~✗✘☒", StepMark.SKIPPED),
}
# Brackets need white space after them, as on GitHub; the signs are checkboxes themselves. Text struck out with its
# checkbox begins with ~~, and an emoji may have a variation selector.
BOX = re.compile(r"(?:~~)?(?:\[([ \t\xa0xX~✓✔✗✘☐☑☒-])[\ufe0e\ufe0f]?\](?=\s)|([☐☑☒])[\ufe0e\ufe0f]?(?=\s*[^\s|]))")
# Meant as a checkbox, but none on GitHub.
EMPTY = re.compile(r"\[\](?=\s*[^\s(\[:])")
_SIGN_AT = re.compile(r"[\s>]*(?=[☐☑☒])")


@dataclass(frozen=True, slots=True)
class Checkbox:
    """The character of a checkbox and its position; `column` is -1 if it cannot be found in the source."""

    char: str
    line: int
    column: int


def find_checkbox(content: str) -> str | None:
    """Return the character of the checkbox at the beginning of a text."""
    match = BOX.match(content)
    return match[match.lastindex or 0] if match else None


def strip_checkbox(content: str) -> str:
    """Return a text without the checkbox at its beginning; text struck out with its checkbox stays struck out."""
    match = BOX.match(content)
    if match is None:
        match = EMPTY.match(content)
        return content[match.end() :].lstrip() if match else content
    rest = content[match.end() :].lstrip()
    return f"~~{rest}" if content.startswith("~~") else rest


def read_mark(box: Checkbox | None) -> StepMark:
    """Return the state of a checkbox; without one, open."""
    return MARKS.get(box.char, StepMark.OPEN) if box else StepMark.OPEN


def checkbox_lines(
    lines: list[str], content: str, start: int, end: int
) -> Iterator[tuple[int, int, int, Checkbox, str]]:
    """Yield the lines of a paragraph that begin with a sign: line, end, column, checkbox and text."""
    parts = content.split("\n")
    places = [number for number, part in enumerate(parts) if part.lstrip()[:1] in SIGNS and BOX.match(part.lstrip())]
    for number, after in zip(places, [*places, min(len(parts), end - start)][1:], strict=True):
        line = start + number
        match = _SIGN_AT.match(lines[line])
        if match:
            text = "\n".join([strip_checkbox(parts[number].lstrip()), *parts[number + 1 : after]])
            yield line, start + after, match.end(), Checkbox(lines[line][match.end()], line, match.end()), text


# -- checkboxes in table cells: each is a step, and the rest of its row explains it

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
    """A checkbox in a table cell; `opens` is the index of the cell's token, `last` the column after its text."""

    line: int
    column: int
    last: int
    opens: int
    box: Checkbox
    text: str
    note: str


def checkbox_cells(lines: list[str], tokens: list[Token], number: int) -> Iterator[TableTask]:
    """Yield the checkboxes in the body of the table that begins at this token."""
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
        # "☐ yes ☐ no" offers answers to choose from: that is one question, not two steps.
        offers_answers = len(_SIGN.findall(contents[number])) > 1 and not _BREAK.search(contents[number])
        if others and offers_answers:
            (_, text), rest = others[0], [(head[number], contents[number]), *others[1:]]
            start, end = _trim(lines[line], *edges[number])
            # Ticking one of the answers would answer the question; the step may have a checkbox before them.
            own = _OWN.match(lines[line], start, end)
            box = Checkbox(own[1], line, own.start(1)) if own else Checkbox(" ", line, -1)
            yield TableTask(line, start, end, place, box, text, _note(rest))
            continue
        yield from _boxes(lines[line], line, place, _trim(lines[line], *edges[number]), head[number], others, bare > 1)


def _boxes(
    source: str, line: int, place: int, edges: tuple[int, int], title: str, others: list[tuple[str, str]], several: bool
) -> Iterator[TableTask]:
    """Yield the checkboxes of one cell; `several` is whether other cells of the row have bare checkboxes too."""
    start, end = edges
    matches = list(_BOX.finditer(source[start:end]))
    for match, after in zip(matches, [*matches, None][1:], strict=True):
        last = start + after.start() if after else end
        text, rest = _BREAK.sub(" ", source[start + match.end() : last]).replace("\\|", "|").strip(), others
        if not text:
            (_, text), rest = (others[0], others[1:]) if others else (("", title), [])
            text = f"{text}: {title}" if several and others and title else text
        if match["box"].startswith("~~"):
            text = f"~~{text}"
        group = "inner" if match["inner"] else "sign"
        box = Checkbox(match[group], line, start + match.start(group))
        yield TableTask(line, start + match.start("box"), last, place, box, text, _note(rest))


def _note(cells: list[tuple[str, str]]) -> str:
    """Return other cells of the row as a list."""
    return "\n".join(f"- {title}: {text}" if title else f"- {text}" for title, text in cells)


def _trim(line: str, start: int, end: int) -> tuple[int, int]:
    """Return the edges of a cell without the white space inside them."""
    inner = line[start:end]
    start += len(inner) - len(inner.lstrip(" \t"))
    return start, start + len(inner.strip(" \t"))


def _edges(line: str) -> list[tuple[int, int]]:
    """Return the start and end column of each cell of a row."""
    pipes = [match.start() for match in _PIPE.finditer(line)]
    before = line[: pipes[0]] if pipes else line
    starts = [pipe + 1 for pipe in pipes]
    if before.strip(" \t>"):
        starts.insert(0, len(before) - len(before.lstrip(" \t>")))
    ends = [pipe for pipe in pipes if pipe >= starts[0]] if starts else []
    return list(zip(starts, [*ends, len(line)], strict=False))
