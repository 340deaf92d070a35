"""A runbook's file written back with the state of its steps; every other byte stays as it was."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from incident_cockpit.errors import Refused
from incident_cockpit.runbook.model import Runbook, Step, StepKind, StepMark
from incident_cockpit.runbook.places import Edit, Places, edited

# What is written between brackets; the reader takes each for the same state again.
_BOX = {StepMark.OPEN: b" ", StepMark.DONE: b"x", StepMark.SKIPPED: b"-"}
# The signs that are boxes by themselves; a sign stays a sign, because a line with brackets alone is no step.
_SIGN = {StepMark.OPEN: "☐".encode(), StepMark.DONE: "☑".encode(), StepMark.SKIPPED: "☒".encode()}
_WIDEST_BOX = 16
_EMPTY = re.compile(rb"(?:[-*+]|\d{1,9}[.)])?[\s>]*(?P<box>\[\])")
_STRUCK = b"~~"
_SPACE = re.compile(rb"(?:\s|\xc2?\xa0)*")
_BARE = (StepKind.NUMBERED, StepKind.BULLET, StepKind.HEADING)
# The boxes of a table's row stand for themselves: a row without a mark is still a step.
_ALONE = (StepKind.TABLE,)
# Stands for the words of a step that begins with something else, such as code.
_WORDLESS = b"<!-- this step -->"


def weave(source: bytes, runbook: Runbook, marks: Mapping[str, StepMark]) -> bytes:
    """Return the file with its steps marked, byte for byte the source elsewhere; a step not in `marks` stays as it is.

    A step keeps the form it has in the file as long as its state is the same. Steps without a box, or with `[]`, get
    one before their words, all of them as soon as one has a state to carry: a file with boxes has no other steps than
    those with one. Raises Refused when the runbook was not read from this source.
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
            edits += [_answered(step, mark)] if step.key in changed else []
        elif places is not None:
            edits += _new_box(source, step, places, mark)
    return edited(source, edits)


def check_source(source: bytes, runbook: Runbook) -> None:
    """Refuse bytes that are not those the runbook was read from: its steps stand at other places there."""
    if hashlib.sha256(source).hexdigest() != runbook.sha256:
        raise Refused(f"{runbook.name} is not the file its steps were read from", "attach this file, and export that")


def _changed_box(source: bytes, step: Step, box: int, mark: StepMark) -> list[Edit]:
    """Return the edits that change what a box says: the sign between its brackets, whole, or the sign that is one."""
    closing = source.find(b"]", box, box + _WIDEST_BOX)
    if source[box - 1 : box] == b"[" and closing >= 0:
        return [Edit(box, closing, _BOX[mark]), *_unstruck(source, step, box - 1, closing + 1, mark)]
    end = box + 1
    while end < len(source) and source[end] & 0xC0 == 0x80:
        end += 1
    return [Edit(box, end, _SIGN[mark]), *_unstruck(source, step, box, end, mark)]


def _answered(step: Step, mark: StepMark) -> Edit:
    """Return the edit that puts a box before the answers in a table's cell: ticking one of them would answer."""
    at = step.span[0]
    return Edit(at, at, b"[%s] " % _BOX[mark])


def _new_box(source: bytes, step: Step, places: Places, mark: StepMark) -> list[Edit]:
    """Return the edits that give a step a box: in place of `[]`, before its words, or on a line before what has none.

    A task that has a box already, which the source hides, as in an odd quote, stays as it is.
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


def _unstruck(source: bytes, step: Step, box: int, words: int, mark: StepMark) -> list[Edit]:
    """Return the edits that take the strokes off a step that is open again: struck out it would read as skipped.

    They stand before the box, or between it and the words.
    """
    if mark is not StepMark.OPEN or step.mark is StepMark.OPEN:
        return []
    end = step.span[1]
    opening = box - len(_STRUCK)
    if opening < step.span[0] or not source.startswith(_STRUCK, opening):
        space = _SPACE.match(source, words)
        opening = space.end() if space else words
    closing = source.find(_STRUCK, max(words, opening + len(_STRUCK)), end)
    if not source.startswith(_STRUCK, opening) or closing < 0:
        return []
    if source[closing + len(_STRUCK) : end].split(b"\n")[0].strip(b" \t\r\\|"):
        # Only some of the words are struck out: that says nothing about the step.
        return []
    return [Edit(opening, opening + len(_STRUCK), b""), Edit(closing, closing + len(_STRUCK), b"")]
