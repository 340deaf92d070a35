"""Write-back of a runbook: marks, comments and diffs that leave every other byte of the file as it is."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import accumulate
from typing import TYPE_CHECKING

from msgspec import Struct

from incident_cockpit.errors import Refused
from incident_cockpit.runbook.links import block_tokens
from incident_cockpit.runbook.model import Runbook, Section, Step, StepKind, StepMark
from incident_cockpit.runbook.source import RunbookSource, open_source
from incident_cockpit.runbook.walk import Item, Walker
from incident_cockpit.text.sanitize import clean_line

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
    """A replacement of the bytes from `start` to `end`."""

    start: int
    end: int
    new: bytes


class InsertionPoint(Struct, frozen=True):
    """The byte offsets of the beginning of a step's text and of the end of its first block.

    `plain` is whether a checkbox may be right before the text; `row` whether the step is in a table row, into which
    `ends` then points. `indent` is the beginning of a further line and `line_end` its end.
    """

    begins: int
    ends: int
    plain: bool
    row: bool
    indent: bytes
    line_end: bytes


class Places:
    """The insertion points of one runbook in the bytes it was read from."""

    def __init__(self, source: bytes, runbook: Runbook) -> None:
        """Parse the bytes once; they must be those the runbook was read from."""
        self._source: RunbookSource = open_source(source, runbook.name)
        self._tokens, _ = block_tokens(self._source.text())
        items = Walker(self._source, self._tokens).walk().items
        self._items = {
            self._source.offset(item.line, item.column): item
            for item in items
            if self._tokens[item.opens].type == "list_item_open"
        }
        self._bytes = source
        self.usual_end = self._line_end(0) or b"\n"

    def of(self, step: Step) -> InsertionPoint:
        """Return the insertion point of a step."""
        item = self._items.get(step.span[0])
        if item is not None and item.line == step.line - 1:
            return self._of_item(item)
        line = step.line - 1
        if step.kind is StepKind.TEMPLATE:
            # No token has the end of a paragraph inside code.
            while line + 1 < len(self._source.lines) and not _BREAK.match(self._source.lines[line + 1]):
                line += 1
        return self._of_line(line, row=step.kind is StepKind.TABLE)

    def below(self, section: Section) -> InsertionPoint:
        """Return the insertion point of a section's heading; text beside it is on a line of its own."""
        line, lines = section.line - 1, self._source.lines
        underlined = (
            not lines[line].lstrip(" \t>").startswith("#")
            and line + 1 < len(lines)
            and _UNDERLINE.match(lines[line + 1])
        )
        return self._of_line(line + 1 if underlined else line, row=False)

    def _of_item(self, item: Item) -> InsertionPoint:
        first = self._tokens[item.opens + 1]
        line, end = (first.map[0], first.map[1]) if first.map else (item.line, item.line + 1)
        column = self._column(item, first, line)
        text = self._source.lines[line]
        return InsertionPoint(
            begins=self._source.offset(line, column),
            ends=self._end_of(end - 1),
            plain=first.type == "paragraph_open",
            row=False,
            indent=_NOT_INDENT.sub(" ", text[:column]).encode(),
            line_end=self._line_end(end - 1) or self.usual_end,
        )

    def _column(self, item: Item, first: Token, line: int) -> int:
        """Return the column of an item's text in its line, behind its marker if they share the line."""
        text = self._source.lines[line]
        if line != item.line:
            match = _LEAD.match(text)
            return match.end() if match else 0
        if first.type == _CODE:
            return min(item.after_marker + 1, len(text))
        return item.after_marker + len(text[item.after_marker :]) - len(text[item.after_marker :].lstrip())

    def _of_line(self, line: int, *, row: bool) -> InsertionPoint:
        """Return the insertion point of a heading, a table cell or a line with a checkbox sign."""
        text = self._source.lines[line]
        lead = _LEAD.match(text)
        start = _HEADING.match(text) or lead
        last = _ROW_END.search(text) if row else None
        return InsertionPoint(
            begins=self._source.offset(line, start.end() if start else 0),
            ends=self._source.offset(line, len(text[: last.start()].rstrip())) if last else self._end_of(line),
            plain=True,
            row=row,
            indent=(lead.group() if lead else "").encode(),
            line_end=self._line_end(line) or self.usual_end,
        )

    def _end_of(self, line: int) -> int:
        return self._source.offset(line, len(self._source.lines[line]))

    def _line_end(self, line: int) -> bytes:
        """Return the line end of a line, b"" for a last line without one."""
        match = _END.match(self._bytes, self._end_of(line))
        return match.group() if match else b""


def apply_edits(source: bytes, edits: list[Edit]) -> bytes:
    """Return the bytes with the edits applied; edits at one position stay in their order."""
    parts: list[bytes] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        parts += source[at : edit.start], edit.new
        at = edit.end
    return b"".join([*parts, source[at:]])


# -- marks: the file with the state of its steps

# The characters between brackets; the reader reads each as the same state.
_BOX = {StepMark.OPEN: b" ", StepMark.DONE: b"x", StepMark.SKIPPED: b"-"}
# The signs that are checkboxes themselves; a sign stays a sign, because a line with only brackets is no step.
_SIGN = {StepMark.OPEN: "☐".encode(), StepMark.DONE: "☑".encode(), StepMark.SKIPPED: "☒".encode()}
_WIDEST_BOX = 16
_EMPTY = re.compile(rb"(?:[-*+]|\d{1,9}[.)])?[\s>]*(?P<box>\[\])")
_STRUCK = b"~~"
_SPACE = re.compile(rb"(?:\s|\xc2?\xa0)*")
_BARE = (StepKind.NUMBERED, StepKind.BULLET, StepKind.HEADING)
# A table row without a mark is still a step.
_ALONE = (StepKind.TABLE,)
# Stands for the text of a step that begins with something else, such as code.
_WORDLESS = b"<!-- this step -->"


def write_marks(source: bytes, runbook: Runbook, marks: Mapping[str, StepMark]) -> bytes:
    """Return the file with its steps marked and every other byte unchanged; a step not in `marks` stays as it is.

    A step keeps its form in the file while its state is the same. As soon as one step without a checkbox, or with `[]`,
    has a new state, all such steps get a checkbox: in a file with checkboxes, other items are no steps. Raises Refused
    if the runbook was not read from this source.
    """
    check_source(source, runbook)
    changed = {step.key: marks[step.key] for step in runbook.steps if marks.get(step.key, step.mark) is not step.mark}
    boxless = any(step.key in changed and step.box is None and step.kind not in _ALONE for step in runbook.steps)
    places = Places(source, runbook) if boxless else None
    edits: list[Edit] = []
    for step in runbook.steps:
        mark = changed.get(step.key, step.mark)
        if step.box is not None:
            edits += _changed_box(source, step, step.box, mark) if step.key in changed else []
        elif step.kind in _ALONE:
            # Before the answers in a table cell: ticking one of them would answer the question.
            start = step.span[0]
            edits += [Edit(start, start, b"[%s] " % _BOX[mark])] if step.key in changed else []
        elif places is not None:
            edits += _new_box(source, step, places, mark)
    return apply_edits(source, edits)


def check_source(source: bytes, runbook: Runbook) -> None:
    """Raise Refused if the runbook was not read from these bytes."""
    if hashlib.sha256(source).hexdigest() != runbook.sha256:
        raise Refused(f"{runbook.name} does not match the runbook that was read", "attach this file, then export it")


def _changed_box(source: bytes, step: Step, box: int, mark: StepMark) -> list[Edit]:
    """Return the edits that change a checkbox: the character between its brackets, or the sign."""
    closing = source.find(b"]", box, box + _WIDEST_BOX)
    if source[box - 1 : box] == b"[" and closing >= 0:
        return [Edit(box, closing, _BOX[mark]), *_unstruck(source, step, box - 1, closing + 1, mark)]
    end = box + 1
    while end < len(source) and source[end] & 0xC0 == 0x80:
        end += 1
    return [Edit(box, end, _SIGN[mark]), *_unstruck(source, step, box, end, mark)]


def _new_box(source: bytes, step: Step, places: Places, mark: StepMark) -> list[Edit]:
    """Return the edits that add a checkbox to a step: for `[]`, before its text, or on a line of its own.

    A task whose checkbox cannot be found in the source, as in an odd quote, stays as it is.
    """
    empty = _EMPTY.match(source, step.span[0])
    box = b"[%s]" % _BOX[mark]
    if empty is not None:
        start, end = empty.span("box")
        return [Edit(start, end, box + (b"" if source[end : end + 1].isspace() else b" "))]
    if step.kind not in _BARE:
        return []
    place = places.of(step)
    at = place.begins
    box += b" "
    if not place.plain:
        box += _WORDLESS + place.line_end + place.indent.rstrip() + place.line_end + place.indent
    return [Edit(at, at, box), *_unstruck(source, step, at, at, mark)]


def _unstruck(source: bytes, step: Step, box: int, text_start: int, mark: StepMark) -> list[Edit]:
    """Return the edits that remove the strikethrough of a reopened step: struck out it would be read as skipped.

    The strikethrough begins before the checkbox, or between it and the text.
    """
    if mark is not StepMark.OPEN or step.mark is StepMark.OPEN:
        return []
    end = step.span[1]
    opening = box - len(_STRUCK)
    if opening < step.span[0] or not source.startswith(_STRUCK, opening):
        space = _SPACE.match(source, text_start)
        opening = space.end() if space else text_start
    closing = source.find(_STRUCK, max(text_start, opening + len(_STRUCK)), end)
    if not source.startswith(_STRUCK, opening) or closing < 0:
        return []
    if source[closing + len(_STRUCK) : end].split(b"\n")[0].strip(b" \t\r\\|"):
        # Only part of the text is struck out, which is no state.
        return []
    return [Edit(opening, opening + len(_STRUCK), b""), Edit(closing, closing + len(_STRUCK), b"")]


# -- comments for a runbook's owner, beside its steps, so that the page is read as before

LONGEST_COMMENT = 400
_CONTEXT = 3
# Two dashes may end a comment; braces and percent signs are commands to site generators.
_ACTIVE_PAIR = re.compile(r"([-{%<#])(?=[-{}%<!>#])")
# A backtick or a bar would pair with one outside the comment.
_INACTIVE = str.maketrans({"`": "'", "|": "/"})


def comment(text: str) -> str:
    """Return a text as an HTML comment on one line; nothing in it can end the comment or act as markup."""
    line = clean_line(text, limit=LONGEST_COMMENT).translate(_INACTIVE)
    harmless = _ACTIVE_PAIR.sub(r"\1 ", line).strip(" ->")
    return f"<!-- {harmless} -->"


def comments(
    source: bytes,
    runbook: Runbook,
    steps: Mapping[str, Sequence[str]],
    sections: Mapping[int, Sequence[str]],
    below: Iterable[str],
) -> list[Edit]:
    """Return the edits that add comments beside steps (by key), headings (by section) and at the end.

    Each is on a line of its own, except for steps in a table. Raises Refused if the runbook is of another source.
    """
    check_source(source, runbook)
    encoding = _encoding(source)
    places = Places(source, runbook)
    edits = [
        _beside(places.of(step), text, encoding) for step in runbook.steps for text in steps.get(step.key, ())
    ] + [
        _beside(places.below(runbook.sections[section]), text, encoding)
        for section in sorted(sections)
        for text in sections[section]
    ]  # fmt: skip
    ends_with_line = source.endswith((b"\n", b"\r"))
    for text in below:
        line = comment(text).encode(encoding, errors="replace")
        new = line + places.usual_end if ends_with_line else places.usual_end + line
        edits.append(Edit(len(source), len(source), new))
    return edits


def _encoding(source: bytes) -> str:
    try:
        source.decode()
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _beside(place: InsertionPoint, text: str, encoding: str) -> Edit:
    before = b" " if place.row else place.line_end + place.indent
    return Edit(place.ends, place.ends, before + comment(text).encode(encoding, errors="replace"))


def diff(source: bytes, edits: Sequence[Edit], name: str) -> str:
    """Return edits as a unified diff for `patch` and git; the edits must keep every line of the source in its place.

    Bytes that are not UTF-8 become surrogates, to be written with "surrogateescape".
    """
    if not edits:
        return ""
    old = _lines(source)
    new = list(_with_origin(old, edits))
    # Lines are compared by their origin, so that thousands of equal lines take no time and are not confused.
    matcher = SequenceMatcher(None, range(len(old)), [origin for origin, _ in new], autojunk=False)
    parts = [f"--- {_quoted('a/' + name)}\n", f"+++ {_quoted('b/' + name)}\n"]
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        (_, first, _, start, _), (_, _, last, _, end) = group[0], group[-1]
        parts.append(f"@@ -{_span(first, last)} +{_span(start, end)} @@\n")
        for tag, from_old, to_old, from_new, to_new in group:
            if tag == "equal":
                parts += [_line(" ", line) for line in old[from_old:to_old]]
                continue
            parts += [_line("-", line) for line in old[from_old:to_old]]
            parts += [_line("+", line) for _, line in new[from_new:to_new]]
    return "".join(parts)


def _lines(data: bytes) -> list[bytes]:
    """Return the lines with their ends; only a line feed ends a line, as in every program that applies a diff."""
    return [line for line in re.split(rb"(?<=\n)", data) if line]


def _with_origin(old: list[bytes], edits: Sequence[Edit]) -> Iterator[tuple[int, bytes]]:
    """Yield the edited lines with the number of their original line; changed ones have a negative number."""
    starts = [0, *accumulate(len(line) for line in old)][: len(old)]
    by_line: defaultdict[int, list[Edit]] = defaultdict(list)
    for edit in edits:
        at = bisect_right(starts, edit.start) - 1
        by_line[at].append(Edit(edit.start - starts[at], edit.end - starts[at], edit.new))
    fresh = -1
    for number, line in enumerate(old):
        for edited in _lines(apply_edits(line, by_line[number])) if number in by_line else [line]:
            is_same = edited == line
            yield (number if is_same else fresh), edited
            fresh -= not is_same


def _line(sign: str, line: bytes) -> str:
    text = sign + line.decode(errors="surrogateescape")
    return text if text.endswith("\n") else f"{text}\n\\ No newline at end of file\n"


def _span(start: int, end: int) -> str:
    """Return a range of lines in the form of a diff: an empty range names the line before it."""
    length = end - start
    return f"{start + 1 if length else start},{length}"


def _quoted(path: str) -> str:
    """Return a path as git writes it; with a space, a tab marks its end."""
    path = clean_line(path)
    if '"' in path or "\\" in path:
        return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{path}\t" if " " in path else path
