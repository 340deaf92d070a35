"""A runbook's file written back with the state of its steps; every other byte stays as it was."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from incident_cockpit.errors import Refused
from incident_cockpit.runbook.model import Runbook, Step, StepKind, StepMark
from incident_cockpit.runbook.places import Edit, Place, Places, edited

# What is written between brackets; the reader takes each for the same state again.
_BOX = {StepMark.OPEN: b" ", StepMark.DONE: b"x", StepMark.SKIPPED: b"-"}
# The signs that are boxes by themselves; a sign stays a sign, because a line with brackets alone is no step.
_SIGN = {StepMark.OPEN: "☐".encode(), StepMark.DONE: "☑".encode(), StepMark.SKIPPED: "☒".encode()}
_WIDEST_BOX = 16
_STRUCK = b"~~"
_SPACE = re.compile(rb"(?:\s|\xc2?\xa0)*")
# Stands for the words of a step that begins with something else, such as code.
_WORDLESS = b"<!-- this step -->"


def weave(source: bytes, runbook: Runbook, marks: Mapping[str, StepMark]) -> bytes:
    """Return the file with its steps marked, byte for byte the source elsewhere; a step not in `marks` stays as it is.

    A step keeps the form it has in the file as long as its state is the same. Steps without a box get one behind their
    marker, all of them as soon as one has a state to carry: a file with boxes has no other steps than those with one.
    Raises Refused when the runbook was not read from this source.
    """
    check_source(source, runbook)
    changed = {step.key: marks[step.key] for step in runbook.steps if marks.get(step.key, step.mark) is not step.mark}
    # A task without a box has one that the source hides, as in an odd quote: nothing can be put there.
    bare = [step for step in runbook.steps if step.box is None and step.kind is not StepKind.TASK]
    edits = [
        edit
        for step in runbook.steps
        if step.box is not None and step.key in changed
        for edit in _changed_box(source, step, step.box, changed[step.key])
    ]
    if any(step.key in changed for step in bare):
        places = Places(source, runbook)
        for step in bare:
            edits += _new_box(source, step, places.of(step), changed.get(step.key, step.mark))
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


def _new_box(source: bytes, step: Step, place: Place, mark: StepMark) -> list[Edit]:
    """Return the edits that put a box before a step's words, or on a line of its own where it begins with no words."""
    box = b"[%s] " % _BOX[mark]
    if not place.plain:
        box += _WORDLESS + place.line_end + place.indent.rstrip() + place.line_end + place.indent
    at = place.begins
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
