"""The runbooks of an incident and what became of each of their steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct, field
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Change, Moment
from incident_cockpit.incident.topics.topic import Line, Topic, put, said
from incident_cockpit.runbook.model import Runbook, Step, StepMark

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident

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

    A step id is "<runbook id>.<step key>", such as "r4.s12".
    """

    runbooks: Mapping[str, Runbook] = field(default_factory=dict)
    marks: Mapping[str, Mark] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)

    def find(self, step: str) -> Step | None:
        """Return the step with this id, or None."""
        runbook, _, key = step.partition(".")
        attached = self.runbooks.get(runbook)
        return next((one for one in attached.steps if one.key == key), None) if attached else None

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
    facts: list[Change] = [RunbookAttached(runbook=made, now=runbook, was=None)]
    for step in runbook.steps:
        if step.mark is not StepMark.OPEN:
            status = Status.DONE if step.mark is StepMark.DONE else Status.SKIPPED
            mark = Mark(status, moment.who, moment.happened, SO_MARKED)
            facts.append(StepMarked(step=f"{made}.{step.key}", now=mark, was=None))
    return tuple(facts)


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
        case StepMarked(step=step, now=now):
            return replace(state, marks=put(state.marks, step, now))
        case StepGiven(step=step, now=now):
            return replace(state, given=put(state.given, step, now))
    return state


def _words(fact: Change, incident: Incident) -> Line:
    match fact:
        case RunbookAttached(now=now, was=was):
            runbook = said(now, was)
            return Line("runbook", f"{runbook.title} ({len(runbook.steps)} steps)")
        case StepMarked(step=step, now=now):
            found = incident.steps.find(step)
            status = now.status.value if now else Status.OPEN.value
            reason = f": {now.reason}" if now and now.reason else ""
            return Line("step", f"{found.text if found else step}  {status}{reason}")
        case StepGiven(step=step, now=now):
            found = incident.steps.find(step)
            return Line("step", f"{found.text if found else step}  → {now or 'nobody'}")
    raise TypeError(fact)


TOPIC = Topic("steps", Steps(), (RunbookAttached, StepMarked, StepGiven), _fold, _words)
