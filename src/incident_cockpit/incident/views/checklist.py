"""Checklists: the sections of a runbook with the state of their steps, and the next open step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from msgspec import Struct

from incident_cockpit.incident.event import Fact
from incident_cockpit.incident.facts.runbooks import BranchTaken, GatePassed
from incident_cockpit.incident.facts.steps import Mark, Status, StepId, StepMarked, Steps
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.runbook.model import Gate, Step


class StepLine(Struct, frozen=True):
    """A step with its id, its mark, and how many of its substeps are closed, of how many."""

    id: str
    step: Step
    mark: Mark | None
    closed_under: int
    under: int

    @property
    def status(self) -> Status:
        """Return its status."""
        return self.mark.status if self.mark else Status.OPEN

    @property
    def closed(self) -> bool:
        """Return whether it is done or skipped."""
        return self.status.closed


class GateLine(Struct, frozen=True):
    """A decision point with its id."""

    id: str
    gate: Gate


class ChecklistSection(Struct, frozen=True):
    """A section with steps or decision points: how many of its steps are closed, of how many, and its lines."""

    title: str
    closed: int
    total: int
    lines: tuple[StepLine | GateLine, ...]


def checklist_sections(incident: Incident, runbook_id: str) -> Iterator[ChecklistSection]:
    """Yield the sections of a runbook in one pass over its steps."""
    runbook = incident.steps.runbooks[runbook_id]
    by_section: dict[int, list[StepLine | GateLine]] = {}
    at_the_top: dict[int, list[GateLine]] = {}
    behind: dict[str, list[GateLine]] = {}
    for gate in runbook.gates:
        line = GateLine(f"{runbook_id}.{gate.key}", gate)
        if gate.after is None:
            at_the_top.setdefault(gate.section, []).append(line)
        else:
            behind.setdefault(gate.after, []).append(line)
    for step_line in _steps(incident, runbook_id):
        lines = by_section.setdefault(step_line.step.section, [])
        lines.append(step_line)
        lines += behind.get(step_line.step.key, [])
    for section, heading in enumerate(runbook.sections):
        lines = [*at_the_top.get(section, []), *by_section.get(section, [])]
        if lines:
            steps = [line for line in lines if isinstance(line, StepLine)]
            title = heading.title or runbook.title
            yield ChecklistSection(title, sum(line.closed for line in steps), len(steps), tuple(lines))


def is_phase_checklist(incident: Incident, runbook_id: str) -> bool:
    """Return whether a runbook was made from the plan's phase checklists: it has a section for each phase with one."""
    titles = {section.title for section in incident.steps.runbooks[runbook_id].sections}
    phases = {phase.name for phase in incident.plan.phases if phase.checklist}
    return bool(phases) and phases <= titles


def _steps(incident: Incident, runbook_id: str) -> list[StepLine]:
    steps = incident.steps
    order = steps.of(runbook_id)
    marks = {step.key: steps.marks.get(f"{runbook_id}.{step.key}") for step in order}
    parents = {step.key: step.parent for step in order}
    under: dict[str, int] = {}
    closed: dict[str, int] = {}
    for key, mark in marks.items():
        above = parents[key]
        while above is not None:
            under[above] = under.get(above, 0) + 1
            if mark is not None and mark.status.closed:
                closed[above] = closed.get(above, 0) + 1
            above = parents.get(above)
    return [
        StepLine(f"{runbook_id}.{step.key}", step, marks[step.key], closed.get(step.key, 0), under.get(step.key, 0))
        for step in order
    ]


# Last position and next step


class LastPosition(Struct, frozen=True):
    """The step at which a person was, and since when they did nothing in the runbooks."""

    step: str
    since: datetime


def last_position(record: Record, who: str) -> LastPosition | None:
    """Return the position of a person: the first open step after the one they marked last, or where they branched to.

    None before they marked any, and where no step of that runbook is open.
    """
    steps = record.incident.steps
    for event in reversed(record.events):
        if event.who != who or event.fact.quiet or event.undoes is not None or record.undone_by(event.seq) is not None:
            continue
        runbook, start = _start(steps, event.fact)
        if runbook in steps.runbooks:
            step = _open_from(steps, runbook, start)
            return LastPosition(step, event.clocked) if step else None
    return None


def _start(steps: Steps, fact: Fact) -> tuple[str, str]:
    """Return the runbook and the key of the step from which a fact continues; empty where it names none."""
    match fact:
        case StepMarked(step=step):
            return StepId.parse(step)
        case GatePassed(gate=gate, now=BranchTaken(to=to)) if to:
            runbook = StepId.parse(gate).runbook
            first = _first_in(steps, runbook, to)
            return (runbook, first) if first else ("", "")
    return "", ""


def _first_in(steps: Steps, runbook: str, title: str) -> str:
    """Return the key of the first step in the section with this title, or ""."""
    if runbook not in steps.runbooks:
        return ""
    titles = [section.title for section in steps.runbooks[runbook].sections]
    return next((step.key for step in steps.of(runbook) if titles[step.section] == title), "")


def next_open_step(steps: Steps, gates: Mapping[str, BranchTaken], runbook: str) -> str:
    """Return the next open step of a runbook, or "" where none is open.

    It is the first open one from where the newest branch leads, then those that were left on the way there.
    """
    taken = [
        (branch.when, branch.to)
        for gate, branch in gates.items()
        if branch.to and StepId.parse(gate).runbook == runbook
    ]
    starts = (_first_in(steps, runbook, to) for _, to in sorted(taken, reverse=True))
    return _open_from(steps, runbook, next(filter(None, starts), ""))


def _open_from(steps: Steps, runbook: str, start: str) -> str:
    """Return the first open step at or after this one in its runbook, or before it, or ""."""
    order = [step.key for step in steps.of(runbook)]
    at = order.index(start) if start in order else 0
    ids = (f"{runbook}.{key}" for key in (*order[at:], *order[:at]))
    return next((step_id for step_id in ids if not steps.closed(step_id)), "")
