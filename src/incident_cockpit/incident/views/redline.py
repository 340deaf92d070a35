"""Proposed edits to a runbook: steps that were skipped, left open, slow, added or done in another order."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from msgspec import Struct

from incident_cockpit.errors import NotFound
from incident_cockpit.incident.facts.runbooks import RunbookAttached, RunbookMerged, RunbookVersion
from incident_cockpit.incident.facts.steps import MARKED_IN_FILE, Mark, Status, StepId, StepMarked
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.runbook.model import Runbook, Step, StepMark
from incident_cockpit.runbook.write_back import comments, diff
from incident_cockpit.text.redact import redact
from incident_cockpit.times.format import duration

# A step is slow when it took three times as long as the steps of this runbook mostly did, and five minutes at least;
# with fewer than four measured steps nobody knows what is usual.
SLOW_TIMES = 3
SLOW_AT_LEAST = timedelta(minutes=5)
MEASURED_AT_LEAST = 4


class RemarkKind(StrEnum):
    """Kind of a remark."""

    SKIPPED = "skipped"
    ANSWERED = "answered"
    ADDED = "added"
    LEFT_OPEN = "left open"
    UNUSED = "section not used"
    OUT_OF_ORDER = "done out of order"
    SLOW = "slow"
    NEW = "new"
    REWORDED = "reworded"
    GONE = "gone"


# What an owner can act on; the rest they wrote themselves, and it is only told.
PROPOSED = frozenset(RemarkKind) - {RemarkKind.NEW, RemarkKind.REWORDED}


class Remark(Struct, frozen=True):
    """One remark: `text` is the text of the step or section, `what` happened to it, and `why`.

    `step` is the key of its step, `section` the index of its section; a remark on a removed step has neither.
    """

    sort: RemarkKind
    step: str | None
    section: int | None
    text: str
    what: str
    why: str = ""

    def words(self, incident: str) -> str:
        """Return the remark with the incident's name, as "skipped in INC-7: the call was open already"."""
        return f"{self.what} in {incident}" + (f": {self.why}" if self.why else "")


class Redline(Struct, frozen=True):
    """All remarks on one runbook, in the order of its steps; `incident` is the short name, as INC-7."""

    incident: str
    id: str
    runbook: Runbook
    remarks: tuple[Remark, ...]


class _Done(Struct, frozen=True):
    """A step that was worked on here, with its place among the steps."""

    place: int
    step: Step
    mark: Mark


def redline(record: Record, runbook_id: str) -> Redline:
    """Return the remarks on an attached runbook, without names and with secrets redacted.

    Raises NotFound where no such runbook is attached.
    """
    incident = record.incident
    book = incident.steps.runbooks.get(runbook_id)
    if book is None:
        raise NotFound(f"there is no attached runbook {runbook_id}", "attach one with :attach FILE")
    work = _Work(record, runbook_id, book)
    remarks = [
        *_said(work), *_added(work), *_left_open(work), *_out_of_order(work), *_slow(work), *_versions(work)
    ]  # fmt: skip
    places = {step.key: (step.line, number) for number, step in enumerate(book.steps)}

    def place(remark: Remark) -> tuple[float, int]:
        if remark.step is not None:
            return places[remark.step]
        return (math.inf if remark.section is None else book.sections[remark.section].line), -1

    redacted = tuple(
        Remark(remark.sort, remark.step, remark.section, remark.text, remark.what, redact(remark.why)[0])
        for remark in sorted(remarks, key=place)
    )
    return Redline(incident.name, runbook_id, book, redacted)


def step_marks(incident: Incident, runbook_id: str) -> dict[str, StepMark]:
    """Return the mark of each step for the runbook's file, by key; a step in progress is open there."""
    marks = {Status.DONE: StepMark.DONE, Status.SKIPPED: StepMark.SKIPPED}
    return {
        step.key: marks.get(incident.steps.status(f"{runbook_id}.{step.key}"), StepMark.OPEN)
        for step in incident.steps.runbooks[runbook_id].steps
    }


def as_diff(redline: Redline, source: bytes, name: str) -> str:
    """Return the remarks as a unified diff that adds comments to the source; empty where there are none.

    `name` is the file's name in it. Bytes that are not UTF-8 are surrogates: encode it with "surrogateescape". Raises
    Refused where the source is not the one the steps were read from.
    """
    steps: defaultdict[str, list[str]] = defaultdict(list)
    sections: defaultdict[int, list[str]] = defaultdict(list)
    below: list[str] = []
    for remark in redline.remarks:
        if remark.sort in PROPOSED:
            comment = remark.words(redline.incident)
            if remark.step is not None:
                steps[remark.step].append(comment)
            elif remark.section is not None:
                sections[remark.section].append(comment)
            else:
                below.append(comment)
    return diff(source, comments(source, redline.runbook, steps, sections, below), name)


class _Work:
    """The work on one runbook: the marks made here, and the parents of its steps."""

    def __init__(self, record: Record, runbook_id: str, book: Runbook) -> None:
        self.record = record
        self.id = runbook_id
        self.book = book
        self.live = record.incident.live
        self.parents = {step.parent for step in book.steps}
        marks = record.incident.steps.marks
        self.marks = {step.key: marks.get(f"{runbook_id}.{step.key}") for step in book.steps}

    def done(self, *statuses: Status) -> list[_Done]:
        """Return the steps that got one of these marks here, in the order of time; parents follow their children."""
        done = [
            _Done(place, step, mark)
            for place, step in enumerate(self.book.steps)
            if (mark := self.marks[step.key]) is not None
            and mark.status in statuses
            and mark.reason != MARKED_IN_FILE
            and step.key not in self.parents
        ]
        return sorted(done, key=lambda one: (one.mark.when, one.place))

    def is_open(self, step: Step) -> bool:
        """Return whether the step is neither done nor skipped."""
        mark = self.marks[step.key]
        return mark is None or not mark.status.closed


def _said(work: _Work) -> Iterator[Remark]:
    """Yield the reasons of skipped steps, and the answers."""
    for step in work.book.steps:
        mark = work.marks[step.key]
        if mark is not None and mark.status is Status.SKIPPED and mark.reason != MARKED_IN_FILE:
            yield Remark(RemarkKind.SKIPPED, step.key, None, step.text, "skipped", mark.reason)
        if mark is not None and mark.answer:
            yield Remark(RemarkKind.ANSWERED, step.key, None, step.text, "answered", mark.answer)


def _added(work: _Work) -> Iterator[Remark]:
    """Yield the added steps, with the steps of the file that they follow."""
    steps = work.record.incident.steps
    added = {
        StepId.parse(step).key: addition
        for step, addition in steps.added.items()
        if StepId.parse(step).runbook == work.id
    }
    for key, addition in added.items():
        after = addition.after
        while after in added:
            after = added[after].after
        status = steps.status(f"{work.id}.{key}")
        beside = after if after in work.marks else None
        yield Remark(
            RemarkKind.ADDED, beside, None, addition.step.text, f"a step was added ({status.value})", addition.step.text
        )


def _left_open(work: _Work) -> Iterator[Remark]:
    """Yield the open steps; a titled section without any mark is one remark instead of many."""
    sections: defaultdict[int, list[Step]] = defaultdict(list)
    for step in work.book.steps:
        sections[step.section].append(step)
    for number, steps in sections.items():
        section = work.book.sections[number]
        if section.level and len(steps) > 1 and all(work.marks[step.key] is None for step in steps):
            still = "so far " if work.live else ""
            yield Remark(
                RemarkKind.UNUSED, None, number, section.title, f"no step of this section was used {still}".strip()
            )
            continue
        for step in steps:
            if work.is_open(step):
                begun = work.marks[step.key]
                why = "it was started" if begun is not None and begun.status is Status.DOING else ""
                yield Remark(
                    RemarkKind.LEFT_OPEN, step.key, None, step.text, "still open" if work.live else "left open", why
                )


def _out_of_order(work: _Work) -> Iterator[Remark]:
    """Yield the fewest steps without which all others were done in the order of the file."""
    done = work.done(Status.DONE)
    in_order_places = _longest_rising([each.place for each in done])
    in_order = [done[number] for number in in_order_places]
    for number in sorted(set(range(len(done))) - set(in_order_places)):
        misplaced = done[number]
        above = [other for other in in_order if other.place < misplaced.place and _later(other, misplaced)]
        below = [other for other in in_order if other.place > misplaced.place and _later(misplaced, other)]
        why = f"before '{above[-1].step.text}'" if above else f"after '{below[0].step.text}'" if below else ""
        yield Remark(RemarkKind.OUT_OF_ORDER, misplaced.step.key, None, misplaced.step.text, "done out of order", why)


def _later(later: _Done, other: _Done) -> bool:
    return (later.mark.when, later.place) > (other.mark.when, other.place)


def _longest_rising(places: list[int]) -> list[int]:
    """Return the indexes of a longest rising subsequence."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for index, place in enumerate(places):
        length = bisect_left(ends, place)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [place]
        last[length : length + 1] = [index]
    indexes: list[int] = []
    at = last[-1] if last else -1
    while at >= 0:
        indexes.append(at)
        at = before[at]
    return indexes[::-1]


def _slow(work: _Work) -> Iterator[Remark]:
    """Yield the steps that took much longer than the others: from their start, or from the tick before."""
    began = {
        StepId.parse(event.fact.step).key: event.fact.now.when
        for event in work.record.events
        if isinstance(event.fact, StepMarked)
        and StepId.parse(event.fact.step).runbook == work.id
        and event.fact.now is not None
        and event.fact.now.status is Status.DOING
        and event.undoes is None
        and work.record.undone_by(event.seq) is None
    }
    before: datetime | None = _attached(work)
    took: list[tuple[_Done, timedelta]] = []
    for step in work.done(Status.DONE, Status.SKIPPED):
        since = began.get(step.step.key, before)
        if step.mark.status is Status.DONE and since is not None and since <= step.mark.when:
            took.append((step, step.mark.when - since))
        before = step.mark.when
    if len(took) < MEASURED_AT_LEAST:
        return
    usual = timedelta(seconds=median(span.total_seconds() for _, span in took))
    for step, span in took:
        if span >= SLOW_AT_LEAST and span > SLOW_TIMES * usual:
            why = f"{duration(span)}, the median step took {duration(usual)}"
            yield Remark(RemarkKind.SLOW, step.step.key, None, step.step.text, "slow", why)


def _attached(work: _Work) -> datetime | None:
    times = (
        event.happened
        for event in work.record.events
        if isinstance(event.fact, RunbookAttached) and event.fact.runbook == work.id and event.undoes is None
    )
    return next(times, None)


def _versions(work: _Work) -> Iterator[Remark]:
    """Yield the changes of newer versions, from the first attached version to the present one."""
    first = _first_version(work)
    steps = work.record.incident.steps
    if first is not None:
        texts = {step.key: step.text for step in first.steps}
        for step in work.book.steps:
            if step.key not in texts:
                yield Remark(RemarkKind.NEW, step.key, None, step.text, "came with a newer version")
            elif texts[step.key] != step.text:
                why = f"it was '{texts[step.key]}'"
                yield Remark(RemarkKind.REWORDED, step.key, None, step.text, "reworded by a newer version", why)
    for step in steps.gone.get(work.id, ()):
        mark = steps.marks.get(f"{work.id}.{step.key}")
        if mark is not None and mark.status.closed and mark.reason != MARKED_IN_FILE:
            what = f"a step was {mark.status.value} and is gone from a newer version"
            yield Remark(RemarkKind.GONE, None, None, step.text, what, f"'{step.text}'")


def _first_version(work: _Work) -> Runbook | None:
    """Return the version before the first update that was not undone, None where there was none."""
    for event in work.record.events:
        fact = event.fact
        if (
            isinstance(fact, RunbookMerged)
            and fact.runbook == work.id
            and event.undoes is None
            and work.record.undone_by(event.seq) is None
        ):
            was: RunbookVersion | None = fact.was
            return was.runbook if was else None
    return None
