"""A runbook as people work it: its sections with their steps and decisions in order, each with what became of it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.topics.steps import Mark, Status
from incident_cockpit.runbook.model import Gate, Step


class StepLine(Struct, frozen=True):
    """A step with its id, what became of it, and how many of those under it are closed, of how many."""

    id: str
    step: Step
    mark: Mark | None
    closed_under: int
    under: int

    @property
    def status(self) -> Status:
        """Return what became of it."""
        return self.mark.status if self.mark else Status.OPEN

    @property
    def closed(self) -> bool:
        """Return whether nothing of it is left to do."""
        return self.status.closed


class GateLine(Struct, frozen=True):
    """A decision with its id."""

    id: str
    gate: Gate


class Part(Struct, frozen=True):
    """A section that has steps or decisions: how many of its steps are closed, of how many, and its lines."""

    title: str
    closed: int
    total: int
    lines: tuple[StepLine | GateLine, ...]


def parts(incident: Incident, runbook_id: str) -> Iterator[Part]:
    """Yield the sections of a runbook in one pass over its steps, however many there are."""
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
            yield Part(title, sum(line.closed for line in steps), len(steps), tuple(lines))


def is_of_phases(incident: Incident, runbook_id: str) -> bool:
    """Return whether the runbook was made of the plan's checklists: it has a section for each phase that has one."""
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
        StepLine(f"{runbook_id}.{one.key}", one, marks[one.key], closed.get(one.key, 0), under.get(one.key, 0))
        for one in order
    ]
