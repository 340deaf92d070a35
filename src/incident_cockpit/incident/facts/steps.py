"""Steps of an incident's runbooks: done, skipped, answered, assigned, limited in time, or added."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import Change, Moment
from incident_cockpit.incident.facts.roles import assignee_label, assignee_name, without_mention
from incident_cockpit.incident.facts.topic import Line, Topic, put, value_of
from incident_cockpit.runbook.model import Runbook, Step, StepKind, StepMark
from incident_cockpit.times.format import clock

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class Added(Struct, frozen=True):
    """A step that the file does not have, the key of the step before it, and the title of its section."""

    after: str
    step: Step
    section: str = ""


def in_order(runbook: Runbook, added: Mapping[str, Added]) -> tuple[Step, ...]:
    """Return the steps of a runbook in order, each added step after the one it was added to.

    An added step whose place a newer version no longer has comes at the end of its section, or of the runbook.
    """
    if not added:
        return runbook.steps
    behind: defaultdict[str, list[Step]] = defaultdict(list)
    for addition in added.values():
        behind[addition.after].append(addition.step)
    order = list(_with_added(runbook.steps, behind))
    known = {step.key for step in runbook.steps} | added.keys()
    for addition in added.values():
        if addition.after not in known:
            section, at = _end_of(addition.section, runbook, order)
            lost = replace(addition.step, section=section, depth=0, parent=None)
            order[at:at] = [lost, *_chain(lost, behind)]
    return tuple(order)


def _with_added(steps: tuple[Step, ...], behind: Mapping[str, list[Step]]) -> Iterator[Step]:
    """Yield the steps, and after each with its substeps, the steps that were added to it."""
    above: list[Step] = []
    for step in steps:
        while above and above[-1].depth >= step.depth:
            yield from _chain(above.pop(), behind)
        yield step
        above.append(step)
    while above:
        yield from _chain(above.pop(), behind)


def _chain(beside: Step, behind: Mapping[str, list[Step]]) -> Iterator[Step]:
    """Yield the steps that were added to a step, each followed by those that were added to it in turn."""
    waiting = list(reversed(behind.get(beside.key, ())))
    while waiting:
        step = waiting.pop()
        # A newer version may have moved what it stands behind.
        yield replace(step, section=beside.section, depth=beside.depth, parent=beside.parent)
        waiting += reversed(behind.get(step.key, ()))


def _end_of(title: str, runbook: Runbook, order: list[Step]) -> tuple[int, int]:
    """Return the section with this title and the place after its last step; the end of the runbook without one."""
    section = next((number for number, each in enumerate(runbook.sections) if each.title == title), None)
    if section is None:
        return (order[-1].section if order else 0), len(order)
    at = next((place for place, step in enumerate(order) if step.section > section and not step.depth), len(order))
    return section, at


# Steps

# The reason of a mark that the runbook's file brought along.
MARKED_IN_FILE = "so marked in the file"
# What may follow the sign: the end of a quotation or an emphasis, and a remark in brackets.
_QUESTION = re.compile(r"[?？؟]['\"”’»)\]*_]{0,8}(?: ?\([^()?]{0,200}\))?\s*$")


class StepId(NamedTuple):
    """Id of a step or decision point: the runbook's id in the incident, and the key in the runbook."""

    runbook: str
    key: str

    def __str__(self) -> str:
        """Return the stored text, such as "r4.s12" or "r4.g1"."""
        return f"{self.runbook}.{self.key}"

    @classmethod
    def parse(cls, text: str) -> StepId:
        """Return the id that a stored text means."""
        runbook, _, key = text.partition(".")
        return cls(runbook, key)

    @property
    def is_decision_point(self) -> bool:
        """Return whether it is a decision point."""
        return self.key.startswith("g")


class Status(StrEnum):
    """Status of a step."""

    OPEN = "open"
    DOING = "in progress"
    DONE = "done"
    SKIPPED = "skipped"

    @property
    def closed(self) -> bool:
        """Return whether it is done or skipped."""
        return self in (Status.DONE, Status.SKIPPED)


class Mark(Struct, frozen=True):
    """The mark on a step: its status, author and time, the reason where it was skipped, the answer to a question."""

    status: Status
    who: str
    when: datetime
    reason: str = ""
    answer: str = ""


class _Order(NamedTuple):
    """The steps of one runbook: in order, by key (removed ones included), and by the key of the parent."""

    steps: tuple[Step, ...]
    found: Mapping[str, Step]
    inside: Mapping[str | None, list[str]]


class Steps(Struct, frozen=True, dict=True):
    """The attached runbooks in order, and the state of their steps by step id.

    A step id is "<runbook id>.<step key>", such as "r4.s12", and stays the same through every version of the runbook.
    `assignees` holds a name, or "@" and a role's id, which means its present holder; `time_limits` until when a step
    should be done; `added` the steps of this incident alone; `gone` the steps that newer versions no longer have, by
    runbook id.
    """

    runbooks: Mapping[str, Runbook] = field(default_factory=dict)
    marks: Mapping[str, Mark] = field(default_factory=dict)
    assignees: Mapping[str, str] = field(default_factory=dict)
    gone: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)
    time_limits: Mapping[str, datetime] = field(default_factory=dict)
    added: Mapping[str, Added] = field(default_factory=dict)

    @cached_property
    def _orders(self) -> dict[str, _Order]:
        """Return the looked-up orders; a pane asks for every step of a long runbook with every key."""
        return {}

    def _order(self, runbook: str) -> _Order:
        order = self._orders.get(runbook)
        if order is None:
            steps = in_order(self.runbooks[runbook], self.added_to(runbook))
            inside: defaultdict[str | None, list[str]] = defaultdict(list)
            for step in steps:
                inside[step.parent].append(step.key)
            by_key = {step.key: step for step in (*self.gone.get(runbook, ()), *steps)}
            order = self._orders[runbook] = _Order(steps, by_key, inside)
        return order

    def of(self, runbook: str) -> tuple[Step, ...]:
        """Return the steps of a runbook in order, added ones included."""
        return self._order(runbook).steps

    def added_to(self, runbook: str) -> dict[str, Added]:
        """Return the steps that were added to a runbook here, by key."""
        return {
            StepId.parse(step).key: addition
            for step, addition in self.added.items()
            if StepId.parse(step).runbook == runbook
        }

    def find(self, step: str) -> Step | None:
        """Return the step with this id, also one that was removed, because the record still names it; or None."""
        runbook, key = StepId.parse(step)
        return self._order(runbook).found.get(key) if runbook in self.runbooks else None

    def under(self, step: str) -> tuple[str, ...]:
        """Return the ids of the substeps of this step, at any depth, in order."""
        runbook, key = StepId.parse(step)
        if runbook not in self.runbooks:
            return ()
        inside = self._order(runbook).inside
        step_ids, waiting = [], list(reversed(inside.get(key, ())))
        while waiting:
            child = waiting.pop()
            step_ids.append(f"{runbook}.{child}")
            waiting += reversed(inside.get(child, ()))
        return tuple(step_ids)

    def is_gone(self, step: str) -> bool:
        """Return whether a newer version of its runbook no longer has the step."""
        runbook, key = StepId.parse(step)
        return any(step.key == key for step in self.gone.get(runbook, ()))

    def status(self, step: str) -> Status:
        """Return the status of the step with this id; a step without a mark is open."""
        mark = self.marks.get(step)
        return mark.status if mark else Status.OPEN

    def closed(self, step: str) -> bool:
        """Return whether a step is done or skipped."""
        return self.status(step).closed

    def progress(self) -> tuple[int, int]:
        """Return how many steps of all runbooks are done or skipped, and how many there are."""
        every = [f"{key}.{step.key}" for key in self.runbooks for step in self.of(key)]
        return sum(map(self.closed, every)), len(every)


class StepChange(Change, frozen=True):
    """Change of a step."""

    names: ClassVar[str] = "step"
    step: str


class StepMarked(StepChange, frozen=True):
    """A step was done, answered, skipped, started or reopened."""

    kind: ClassVar[str] = "step.marked"
    now: Mark | None
    was: Mark | None

    @property
    def quiet(self) -> bool:
        """Return whether it repeats a mark of the file, which has an entry of its own."""
        return self.was is None and self.now is not None and self.now.reason == MARKED_IN_FILE

    @property
    def is_progress(self) -> bool:
        """Return whether it shows progress: a question of the runbook was answered."""
        return self.now is not None and bool(self.now.answer)


class StepAssigned(StepChange, frozen=True):
    """A step was assigned to a person or a role; `by_file` where the runbook's file named the role."""

    kind: ClassVar[str] = "step.given"
    now: str | None
    was: str | None
    by_file: bool = False

    @property
    def quiet(self) -> bool:
        """Return whether the file named the role, which has an entry of its own."""
        return self.by_file


class StepTimeLimitSet(StepChange, frozen=True):
    """The time limit of a step was set or cleared."""

    kind: ClassVar[str] = "step.boxed"
    now: datetime | None
    was: datetime | None


class StepAdded(StepChange, frozen=True):
    """A step was added that the runbook does not have."""

    kind: ClassVar[str] = "step.added"
    now: Added | None
    was: Added | None

    def touched_by(self, later: Change) -> bool:
        """Return whether it was worked on since, or another step was added to it."""
        if isinstance(later, StepAdded) and value_of(later.now, later.was).after == StepId.parse(self.step).key:
            return True
        return isinstance(later, StepChange) and later.step == self.step

    @property
    def quiet(self) -> bool:
        """Return whether a newer version of the runbook has the step now, which has an entry of its own."""
        return self.now is None


def tick(incident: Incident, moment: Moment, step: str) -> StepMarked:
    """Tick a step, or reopen it where it is done or skipped."""
    return _mark(incident, moment, step, Status.OPEN if incident.steps.closed(step) else Status.DONE)


def complete(incident: Incident, moment: Moment, step: str) -> StepMarked:
    """Mark a step as done; raises Refused where it is."""
    _not_yet(incident, step, Status.DONE)
    return _mark(incident, moment, step, Status.DONE)


def complete_with_substeps(incident: Incident, moment: Moment, step: str) -> tuple[StepMarked, ...]:
    """Mark a step and its open substeps as done; raises Refused where none is open."""
    _known(incident, step)
    open_ones = [step_id for step_id in (step, *incident.steps.under(step)) if not incident.steps.closed(step_id)]
    if not open_ones:
        raise Refused(
            "The step and its substeps are already done or skipped", "reopen a step to work on it again", about="step"
        )
    return tuple(_mark(incident, moment, step_id, Status.DONE) for step_id in open_ones)


def answer_question(incident: Incident, moment: Moment, step: str, answer: str = "") -> StepMarked:
    """Answer a question step, which is done with that; without an answer it is only ticked."""
    mark = incident.steps.marks.get(step)
    # Another answer puts the first one right; no words never take an answer away, opening the step again does.
    if not answer or mark is None or mark.answer == answer:
        _not_yet(incident, step, Status.DONE)
    return _mark(incident, moment, step, Status.DONE, answer=answer)


def start_step(incident: Incident, moment: Moment, step: str) -> StepMarked:
    """Start a step; raises Refused where it is in progress."""
    _not_yet(incident, step, Status.DOING)
    return _mark(incident, moment, step, Status.DOING)


def reopen(incident: Incident, moment: Moment, step: str) -> StepMarked:
    """Reopen a step; raises Refused where it is open."""
    _not_yet(incident, step, Status.OPEN)
    return _mark(incident, moment, step, Status.OPEN)


def skip(incident: Incident, moment: Moment, step: str, reason: str) -> StepMarked:
    """Skip a step; raises Refused without the reason, because the postmortem lists it."""
    if not reason:
        raise Refused("Reason required", "enter why the step does not apply", about="reason")
    _not_yet(incident, step, Status.SKIPPED)
    return _mark(incident, moment, step, Status.SKIPPED, reason)


def assign_step(incident: Incident, moment: Moment, step: str, who: str) -> StepAssigned:
    """Assign a step to a person, or to a role ("@scribe"), which means its present holder."""
    if not who:
        raise Refused("Name required", "enter a person, or a role such as @scribe", about="who")
    _known(incident, step)
    if incident.steps.assignees.get(step) == who:
        raise Refused(
            f"Already assigned to {assignee_name(incident, who)}", "assign it to another person or role", about="who"
        )
    return StepAssigned(step=step, now=who, was=incident.steps.assignees.get(step))


def set_time_limit(incident: Incident, moment: Moment, step: str, within: timedelta | None) -> StepTimeLimitSet:
    """Set the time limit of a step, or clear it with None; it becomes a due item."""
    current = _known(incident, step)
    if within is None and step not in incident.steps.time_limits:
        raise Refused(f'"{current.text}" has no time limit', "enter one, such as 10m", about="within")
    if within is not None and incident.steps.closed(step):
        raise Refused(
            f'"{current.text}" is already {incident.steps.status(step).value}', "reopen it first", about="step"
        )
    until = moment.happened + within if within is not None else None
    return StepTimeLimitSet(step=step, now=until, was=incident.steps.time_limits.get(step))


def add_step(incident: Incident, moment: Moment, step: str, text: str) -> StepAdded:
    """Add a step after another one, for this incident only; the redline proposes it to the runbook's owner."""
    after = _known(incident, step)
    text = " ".join(text.split())
    if not text:
        raise Refused("Step text required", "enter what is to be done", about="text")
    runbook, key = StepId.parse(step)
    section = incident.steps.runbooks[runbook].sections[after.section].title
    added = Step(
        key=f"a{moment.seq}",
        text=text,
        section=after.section,
        depth=after.depth,
        parent=after.parent,
        line=after.line,
        span=after.span,
        box=None,
        kind=StepKind.TASK,
        mark=StepMark.OPEN,
        guidance="",
        code=(),
        links=(),
    )
    return StepAdded(step=str(StepId(runbook, added.key)), now=Added(key, added, section), was=None)


def is_question(step: Step) -> bool:
    """Return whether a step asks for an answer rather than for an action."""
    return _QUESTION.search(step.text) is not None


def _known(incident: Incident, step: str) -> Step:
    current = incident.steps.find(step)
    if current is None:
        raise Refused(f'No step matches "{step}"', "use its number or its words", about="step")
    if incident.steps.is_gone(step):
        raise Refused(f'"{current.text}" is no longer in the runbook', "log what was done as a note", about="step")
    return current


def _not_yet(incident: Incident, step: str, status: Status) -> None:
    text = _known(incident, step).text
    if incident.steps.status(step) is status:
        raise Refused(f'"{text}" is already {status.value}', "undo it if that is wrong", about="step")


def _mark(
    incident: Incident, moment: Moment, step: str, status: Status, reason: str = "", answer: str = ""
) -> StepMarked:
    _known(incident, step)
    now = Mark(status, moment.who, moment.happened, reason, answer)
    return StepMarked(step=step, now=now, was=incident.steps.marks.get(step))


def _fold(state: Steps, fact: Change) -> Steps:
    match fact:
        case StepMarked(step=step, now=now):
            return replace(state, marks=put(state.marks, step, now))
        case StepAssigned(step=step, now=now):
            return replace(state, assignees=put(state.assignees, step, now))
        case StepTimeLimitSet(step=step, now=now):
            return replace(state, time_limits=put(state.time_limits, step, now))
        case StepAdded(step=step, now=now):
            return replace(state, added=put(state.added, step, now))
    return state


def _words(fact: Change, incident: Incident) -> Line:
    if not isinstance(fact, StepChange):
        raise TypeError(fact)
    step = incident.steps.find(fact.step)
    text = step.text if step else fact.step
    if incident.adopted is not None:
        text = without_mention(incident.plan, text)
    match fact:
        case StepMarked(now=now):
            return Line("step", f"{text}  {_became(now)}")
        case StepAssigned(now=now):
            return Line("step", f"{text}  → {assignee_label(incident, now) if now else 'unassigned'}")
        case StepTimeLimitSet(now=now):
            until = f"due {clock(now, UTC, incident.opened)} UTC" if now else "no time limit"
            return Line("step", f"{text}  {until}")
        case StepAdded(now=now, was=was):
            return Line("step", f"{value_of(now, was).step.text}  added")
    raise TypeError(fact)


def _became(mark: Mark | None) -> str:
    if mark is None:
        return Status.OPEN.value
    if mark.answer:
        return f"→ {mark.answer}"
    return f"{mark.status.value}: {mark.reason}" if mark.reason else mark.status.value


TOPIC = Topic("steps", Steps(), (StepMarked, StepAssigned, StepTimeLimitSet, StepAdded), _fold, _words)
