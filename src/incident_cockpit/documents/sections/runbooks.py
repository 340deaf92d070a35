"""Runbooks: progress, each step with its status, and the branches chosen at decision points."""

from __future__ import annotations

from collections.abc import Iterator

from incident_cockpit.documents.snapshot import Snapshot
from incident_cockpit.incident.facts.roles import assignee_name, without_mention
from incident_cockpit.incident.facts.runbooks import gate_question
from incident_cockpit.incident.facts.steps import MARKED_IN_FILE, Mark, Status
from incident_cockpit.incident.state import Incident
from incident_cockpit.runbook.model import Gate
from incident_cockpit.text.blocks import Block, Text, entry, heading, items, paragraph, quiet, strong, table
from incident_cockpit.times.format import stamp

_CHECKBOXES = {"open": "[ ]", "in progress": "[>]", "done": "[x]", "skipped": "[-]"}


def progress(view: Snapshot) -> Iterator[Block]:
    """Write how many steps are done or skipped."""
    closed, total = view.incident.steps.progress()
    if total:
        yield entry("Runbook", f"{closed}/{total} steps")


def steps(view: Snapshot) -> Iterator[Block]:
    """Write each step of each runbook with its status, then the decision points."""
    state = view.incident.steps
    for key, runbook in state.runbooks.items():
        yield heading(f"Runbook {runbook.title}", 2)
        yield table((), [_step(view, f"{key}.{step.key}", step.key, step.depth, step.text) for step in state.of(key)])
        if runbook.gates:
            yield heading(f"Decision points of {runbook.title}", 2)
            yield table((), [_gate(view, f"{key}.{gate.key}", gate) for gate in runbook.gates])


def _step(view: Snapshot, step_id: str, key: str, depth: int, text: str) -> tuple[str, str, Text]:
    incident = view.incident
    mark = incident.steps.marks.get(step_id)
    added = "+ " if step_id in incident.steps.added else ""
    text = without_mention(incident.plan, text) if step_id in incident.steps.assignees else text
    checkbox = _CHECKBOXES[incident.steps.status(step_id).value]
    status = _closed(view, mark) if mark and incident.steps.closed(step_id) else _open(view, step_id, mark)
    return key, f"{'  ' * depth}{checkbox}", (added + text, quiet(f" ({status})" if status else ""))


def _closed(view: Snapshot, mark: Mark) -> str:
    if mark.reason == MARKED_IN_FILE:
        return mark.reason
    answer = mark.answer or mark.reason
    return f"{mark.who} {view.clock(mark.when)}" + (f": {answer}" if answer else "")


def _open(view: Snapshot, step_id: str, mark: Mark | None) -> str:
    """Return who started an open step, its assignee and its time limit."""
    steps = view.incident.steps
    assignee, limit = steps.assignees.get(step_id), steps.time_limits.get(step_id)
    parts = [f"{mark.who} {view.clock(mark.when)}"] if mark else []
    parts += [f"→ {assignee_name(view.incident, assignee)}"] if assignee else []
    parts += [f"by {view.clock(limit)}"] if limit else []
    return ", ".join(parts)


def _gate(view: Snapshot, gate_id: str, gate: Gate) -> tuple[str, str, str]:
    passed = view.incident.gates.get(gate_id)
    if passed is None:
        return gate.key, "open", gate_question(gate)
    return gate.key, f"{passed.who} {view.clock(passed.when)}", passed.told


def runbook_results(view: Snapshot) -> Iterator[Block]:
    """Write what was done, skipped and left open of each runbook, and the branches chosen: for a postmortem."""
    incident = view.incident
    if not incident.steps.runbooks:
        yield paragraph("No runbook was attached.")
    for key, runbook in incident.steps.runbooks.items():
        yield heading(runbook.title, 3)
        yield from _results(incident, key)
        branches = [
            (passed.asked, f" → {passed.to or passed.words} ({passed.who}, {stamp(passed.when)})")
            for gate, passed in incident.gates.items()
            if gate.startswith(f"{key}.")
        ]
        if branches:
            yield paragraph(strong(f"Decided: {len(branches)}"))
            yield items(branches)


def _results(incident: Incident, key: str) -> Iterator[Block]:
    groups: dict[str, list[Text]] = {"Done": [], "Skipped": [], "Left open": []}
    for step in incident.steps.of(key):
        step_id = f"{key}.{step.key}"
        mark, assignee = incident.steps.marks.get(step_id), incident.steps.assignees.get(step_id)
        added = " (added during the incident)" if step_id in incident.steps.added else ""
        text = without_mention(incident.plan, step.text) if assignee else step.text
        to = f" → {assignee_name(incident, assignee)}" if assignee else ""
        group = {Status.DONE: "Done", Status.SKIPPED: "Skipped"}.get(incident.steps.status(step_id), "Left open")
        groups[group].append((text, f"{added}{_mark_details(mark)}{to}"))
    total = sum(map(len, groups.values()))
    for title, lines in groups.items():
        yield paragraph(strong(f"{title}: {len(lines)} of {total}"))
        if lines:
            yield items(lines)


def _mark_details(mark: Mark | None) -> str:
    if mark is None or mark.status is Status.OPEN:
        return ""
    answer = mark.answer or mark.reason
    started = "started by " if mark.status is Status.DOING else ""
    return f" ({started}{mark.who}, {stamp(mark.when)}{f': {answer}' if answer else ''})"
