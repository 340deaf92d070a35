"""The runbooks of an incident and what became of each of their steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct, field
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Change, Moment
from incident_cockpit.incident.topics.topic import Line, Topic, put, said
from incident_cockpit.runbook.model import Runbook, Step, StepMark

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident
    from incident_cockpit.runbook.merge import Merged

# The reason of a mark that the runbook's file brought along.
SO_MARKED = "so marked in the file"


class Status(StrEnum):
    """What became of a step."""

    OPEN = "open"
    DOING = "in progress"
    DONE = "done"
    SKIPPED = "skipped"


class Mark(Struct, frozen=True):
    """What became of a step, by whom and when, and the reason where it was skipped."""

    status: Status
    who: str
    when: datetime
    reason: str = ""


class Steps(Struct, frozen=True):
    """The attached runbooks in order, and by step id what was marked and who was given it.

    A step id is "<runbook id>.<step key>", such as "r4.s12"; it stays the same through every version of the runbook.
    `gone` are the steps that newer versions have no more, by runbook id.
    """

    runbooks: Mapping[str, Runbook] = field(default_factory=dict)
    marks: Mapping[str, Mark] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)
    gone: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)

    def find(self, step: str) -> Step | None:
        """Return the step with this id, also one that is gone, because the record still speaks of it; or None."""
        runbook, _, key = step.partition(".")
        attached = self.runbooks.get(runbook)
        if attached is None:
            return None
        return next((one for one in (*attached.steps, *self.gone.get(runbook, ())) if one.key == key), None)

    def is_gone(self, step: str) -> bool:
        """Say whether a newer version of its runbook has the step no more."""
        runbook, _, key = step.partition(".")
        return any(one.key == key for one in self.gone.get(runbook, ()))

    def status(self, step: str) -> Status:
        """Return what became of the step with this id; untouched ones are open."""
        mark = self.marks.get(step)
        return mark.status if mark else Status.OPEN


class RunbookAttached(Change, frozen=True):
    """A runbook belongs to the incident from here on, its steps frozen as they were read."""

    kind: ClassVar[str] = "runbook.attached"
    names: ClassVar[str] = "runbook"
    runbook: str
    now: Runbook | None
    was: Runbook | None

    def touched_by(self, later: Change) -> bool:
        """Return whether one of its steps was worked on since."""
        if isinstance(later, StepMarked | StepGiven):
            return later.step.startswith(f"{self.runbook}.")
        return self.subject == later.subject


class Version(Struct, frozen=True):
    """One version of an attached runbook, and the steps of those before it that it has no more."""

    runbook: Runbook
    gone: tuple[Step, ...] = ()


class RunbookMerged(Change, frozen=True):
    """A newer version of an attached runbook took its place; the steps that are in both kept their ids."""

    kind: ClassVar[str] = "runbook.merged"
    names: ClassVar[str] = "runbook"
    runbook: str
    now: Version | None
    was: Version | None

    def touched_by(self, later: Change) -> bool:
        """Return whether it is about a step that only one of the two versions has, or about the runbook itself."""
        if isinstance(later, RunbookAttached):
            return later.runbook == self.runbook
        if isinstance(later, StepMarked | StepGiven):
            runbook, _, key = later.step.partition(".")
            return runbook == self.runbook and key in _keys(self.now) ^ _keys(self.was)
        return self.subject == later.subject


class StepMarked(Change, frozen=True):
    """A step was done, skipped, begun or reopened."""

    kind: ClassVar[str] = "step.marked"
    names: ClassVar[str] = "step"
    step: str
    now: Mark | None
    was: Mark | None

    @property
    def quiet(self) -> bool:
        """Return whether it only repeats what the file said when it was attached, which has a line already."""
        return self.was is None and self.now is not None and self.now.reason == SO_MARKED


class StepGiven(Change, frozen=True):
    """A step was given to a person or a role."""

    kind: ClassVar[str] = "step.given"
    names: ClassVar[str] = "step"
    step: str
    now: str | None
    was: str | None


def attach(incident: Incident, moment: Moment, runbook: Runbook) -> tuple[Change, ...]:
    """Attach a runbook; steps that its file has ticked already are taken over as done before the incident."""
    if any(attached.sha256 == runbook.sha256 for attached in incident.steps.runbooks.values()):
        raise Refused(f"{runbook.name} is attached already", "its steps are in the runbook pane")
    made = f"r{moment.seq}"
    return (RunbookAttached(runbook=made, now=runbook, was=None), *_so_marked(incident, moment, made, runbook))


def merge_in(incident: Incident, moment: Moment, runbook: str, newer: Runbook) -> tuple[Change, ...]:
    """Put a newer version in the place of an attached runbook; steps that are in both keep what was done to them.

    Raises Refused for a version that is attached already, and for a file that has no step in common with the runbook.
    """
    # Late: few incidents see a newer runbook, and every command loads this module.
    from incident_cockpit.runbook.merge import merge, rekeyed

    held = incident.steps.runbooks.get(runbook)
    if held is None:
        raise Refused(
            f"there is no attached runbook {runbook}", "name it by its title, or attach the file: attach FILE"
        )
    if any(attached.sha256 == newer.sha256 for attached in incident.steps.runbooks.values()):
        raise Refused(f"this version of {newer.name} is attached already", "its steps are in the runbook pane")
    found = merge(held, newer)
    if not found.moved:
        raise Refused(f"{newer.name} has no step of '{held.title}'", "attach it as a runbook of its own: attach FILE")
    before = incident.steps.gone.get(runbook, ())
    merged = rekeyed(newer, _stable_keys(held, before, newer, found))
    here = {step.key for step in merged.steps}
    gone = tuple(step for step in (*before, *held.steps) if step.key not in here)
    fact = RunbookMerged(runbook=runbook, now=Version(merged, gone), was=Version(held, before))
    return (fact, *_so_marked(incident, moment, runbook, merged))


def _stable_keys(held: Runbook, gone: tuple[Step, ...], newer: Runbook, found: Merged) -> dict[str, str]:
    """Return by the key in the newer file the key that each of its steps has here, never one that another step had.

    A step that was gone and has come back has its old key again.
    """
    keys = {new: old for old, new in found.moved.items()}
    texts = {step.key: step.text for step in newer.steps}
    added = [texts[key] for key in found.added]
    back = {step.text: step.key for step in gone if added.count(step.text) == 1}
    number = max(int(step.key[1:]) for step in (*held.steps, *gone))
    for new in found.added:
        if texts[new] in back:
            keys[new] = back[texts[new]]
        else:
            number += 1
            keys[new] = f"s{number}"
    return keys


def _so_marked(incident: Incident, moment: Moment, made: str, runbook: Runbook) -> Iterator[StepMarked]:
    """Yield the marks that the file brings along, for steps that nobody has marked here."""
    for step in runbook.steps:
        step_id = f"{made}.{step.key}"
        if step.mark is not StepMark.OPEN and step_id not in incident.steps.marks:
            status = Status.DONE if step.mark is StepMark.DONE else Status.SKIPPED
            mark = Mark(status, moment.who, moment.happened, SO_MARKED)
            yield StepMarked(step=step_id, now=mark, was=None)


def tick(incident: Incident, moment: Moment, step: str) -> StepMarked:
    """Mark a step as done, or open it again when it is done or skipped already."""
    status = incident.steps.status(step)
    wanted = Status.OPEN if status in (Status.DONE, Status.SKIPPED) else Status.DONE
    return _mark(incident, moment, step, wanted)


def done(incident: Incident, moment: Moment, step: str) -> StepMarked:
    """Mark a step as done; raises Refused when it is."""
    _not_yet(incident, step, Status.DONE)
    return _mark(incident, moment, step, Status.DONE)


def begin(incident: Incident, moment: Moment, step: str) -> StepMarked:
    """Mark a step as in progress; raises Refused when it is."""
    _not_yet(incident, step, Status.DOING)
    return _mark(incident, moment, step, Status.DOING)


def reopen(incident: Incident, moment: Moment, step: str) -> StepMarked:
    """Open a step again; raises Refused when it is open."""
    _not_yet(incident, step, Status.OPEN)
    return _mark(incident, moment, step, Status.OPEN)


def skip(incident: Incident, moment: Moment, step: str, reason: str) -> StepMarked:
    """Skip a step with the reason; raises Refused without one, because the postmortem will ask."""
    if not reason:
        raise Refused("skipping a step needs a reason", "say in a few words why it does not apply")
    _not_yet(incident, step, Status.SKIPPED)
    return _mark(incident, moment, step, Status.SKIPPED, reason)


def give(incident: Incident, moment: Moment, step: str, who: str) -> StepGiven:  # noqa: ARG001
    """Give a step to a person; raises Refused when nobody is named."""
    if not who:
        raise Refused("nobody was named", "say who takes the step")
    _known(incident, step)
    return StepGiven(step=step, now=who, was=incident.steps.given.get(step))


def _known(incident: Incident, step: str) -> Step:
    found = incident.steps.find(step)
    if found is None:
        raise Refused(f"there is no step {step}", "name it by its number or its words")
    if incident.steps.is_gone(step):
        raise Refused(f"'{found.text}' is no longer in the runbook", "log what was done as a note")
    return found


def _not_yet(incident: Incident, step: str, status: Status) -> None:
    text = _known(incident, step).text
    if incident.steps.status(step) is status:
        raise Refused(f"'{text}' is {status.value} already", "leave it, or undo")


def _mark(incident: Incident, moment: Moment, step: str, status: Status, reason: str = "") -> StepMarked:
    _known(incident, step)
    now = Mark(status, moment.who, moment.happened, reason)
    return StepMarked(step=step, now=now, was=incident.steps.marks.get(step))


def _fold(state: Steps, fact: Change) -> Steps:
    match fact:
        case RunbookAttached(runbook=runbook, now=now):
            return replace(state, runbooks=put(state.runbooks, runbook, now))
        case RunbookMerged(runbook=runbook, now=now):
            version, gone = (now.runbook, now.gone) if now else (None, ())
            return replace(
                state, runbooks=put(state.runbooks, runbook, version), gone=put(state.gone, runbook, gone or None)
            )
        case StepMarked(step=step, now=now):
            return replace(state, marks=put(state.marks, step, now))
        case StepGiven(step=step, now=now):
            return replace(state, given=put(state.given, step, now))
    return state


def _keys(version: Version | None) -> frozenset[str]:
    return frozenset(step.key for step in version.runbook.steps) if version else frozenset()


def _difference(was: Version | None, now: Version | None) -> str:
    """Say what a newer version changed: how many steps are new, gone, kept and, among those, worded anew."""
    before, after = _keys(was), _keys(now)
    texts = {(step.key, step.text) for version in (was, now) if version for step in version.runbook.steps}
    new, reworded = len(after - before), len(texts) - len(before | after)
    said_anew = f" ({reworded} worded anew)" if reworded else ""
    return f"{new} step{'' if new == 1 else 's'} new, {len(before - after)} gone, {len(before & after)} kept{said_anew}"


def _words(fact: Change, incident: Incident) -> Line:
    match fact:
        case RunbookAttached(now=now, was=was):
            runbook = said(now, was)
            return Line("runbook", f"{runbook.title} ({len(runbook.steps)} steps)")
        case RunbookMerged(now=now, was=was):
            return Line("runbook", f"{PurePath(said(now, was).runbook.name).stem}: {_difference(was, now)}")
        case StepMarked(step=step, now=now):
            found = incident.steps.find(step)
            status = now.status.value if now else Status.OPEN.value
            reason = f": {now.reason}" if now and now.reason else ""
            return Line("step", f"{found.text if found else step}  {status}{reason}")
        case StepGiven(step=step, now=now):
            found = incident.steps.find(step)
            return Line("step", f"{found.text if found else step}  → {now or 'nobody'}")
    raise TypeError(fact)


TOPIC = Topic("steps", Steps(), (RunbookAttached, RunbookMerged, StepMarked, StepGiven), _fold, _words)
