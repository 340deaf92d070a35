"""The Runbook pane: sections with their progress, steps with their state, and decision points."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import PurePath
from typing import NamedTuple, overload

from incident_cockpit.actions.action import Scope
from incident_cockpit.actions.arguments.argument import Arg
from incident_cockpit.actions.arguments.of_incident import GateArg, StepArg
from incident_cockpit.incident.facts.roles import assignee_name, find_mention
from incident_cockpit.incident.facts.runbooks import BranchTaken, gate_question
from incident_cockpit.incident.facts.steps import MARKED_IN_FILE, Mark, Status, StepId
from incident_cockpit.incident.views.checklist import (
    ChecklistSection,
    GateLine,
    LastPosition,
    StepLine,
    checklist_sections,
    last_position,
)
from incident_cockpit.incident.views.due import NEAR
from incident_cockpit.runbook.model import Gate, Runbook
from incident_cockpit.times.format import ago, clock, countdown
from incident_cockpit.tui.app.live import View
from incident_cockpit.tui.panes.pane import Pane
from incident_cockpit.tui.widgets.list_view import Cell, ListRow, fit

_BOX = {
    Status.OPEN: Cell("☐ ", "muted"),
    Status.DOING: Cell("◐ ", "warn"),
    Status.DONE: Cell("✓ ", "ok"),
    Status.SKIPPED: Cell("⊘ ", "faint"),
}
_TEXT = {Status.OPEN: "", Status.DOING: "", Status.DONE: "muted", Status.SKIPPED: "faint"}
# A longer reason would push the text of the step away; enter shows all of it.
_LONGEST_REASON = 28
# After a shorter absence the user remembers the position.
_AWAY = timedelta(minutes=3)


class _State(NamedTuple):
    """The input of the rows; while it is the same they are not made again."""

    record: tuple[str, int, int]
    small: bool
    away: str
    time_limits: tuple[str, ...]


class RunbookPane(Pane):
    """The checklists of the incident."""

    title = "Runbook"
    scope = Scope.RUNBOOK

    def __init__(self) -> None:
        """Start empty, with the command that attaches a runbook."""
        super().__init__(id="runbook", empty="No runbook attached.  :attach service-outage")
        self._shown: _State | None = None

    def show(self, view: View) -> None:
        """Draw the steps; they are made again only when something they show has changed."""
        steps = view.incident.steps
        # On a small screen the border has to hold the tabs as well.
        small = self.screen.has_class("-small")
        position = last_position(view.record, view.who)
        limits = tuple(countdown(until, view.now) for key, until in steps.time_limits.items() if not steps.closed(key))
        state = _State(view.record.version, small, _away(position, view), limits)
        if state == self._shown:
            return
        first, self._shown = self._shown is None, state
        rows = RunbookRows(view, position)
        self.set_rows(rows)
        if first and position is not None:
            self.move_to(position.step)
        done, total = (sum(counts) for counts in zip(*rows.progress.values(), strict=True)) if rows else (0, 0)
        names = ", ".join(PurePath(runbook.name).stem for runbook in steps.runbooks.values())
        self.frame.title_left = "" if small else names
        self.frame.title_right = f"{done}/{total}" if total else ""
        self.frame.hint = "enter guidance · space tick · - skip" if total else ""

    def cursor(self, kind: type[Arg]) -> str | None:
        """Return the step or the decision point under the cursor."""
        key = self.cursor_key
        if key is None:
            return None
        decision = StepId.parse(key).is_decision_point
        return key if kind is (GateArg if decision else StepArg) else None

    def mismatch(self, kind: type[Arg]) -> str:
        """Return that the cursor is on a decision point, for an action on a step: any other step would be wrong."""
        on_gate = kind is StepArg and self.cursor(GateArg) is not None
        return "Decision point: space to choose" if on_gate else ""

    def badge(self, view: View) -> tuple[Cell, ...]:
        """Return the progress of the runbooks."""
        done, total = view.incident.steps.progress()
        return (Cell(f" {done}/{total}", "faint"),) if total else ()


Item = tuple[Runbook, ChecklistSection | StepLine | GateLine | None]


class RunbookRows(Sequence[ListRow]):
    """The rows of all runbooks, each made only when it is drawn."""

    def __init__(self, view: View, position: LastPosition | None) -> None:
        """Lay out the runbooks: a heading for each section with steps or decision points, then those in order."""
        self._view = view
        self._position = position
        self._items: list[Item] = []
        self._index_by_key: dict[str, int] = {}
        self.progress: dict[str, tuple[int, int]] = {}
        runbooks = view.incident.steps.runbooks
        for runbook_id, runbook in runbooks.items():
            self._add(runbook_id, runbook, titled=len(runbooks) > 1)

    def _add(self, runbook_id: str, runbook: Runbook, *, titled: bool) -> None:
        done = total = 0
        if titled:
            self._items.append((runbook, None))
        for part in checklist_sections(self._view.incident, runbook_id):
            done, total = done + part.closed, total + part.total
            self._items.append((runbook, part))
            for line in part.lines:
                self._index_by_key[line.id] = len(self._items)
                self._items.append((runbook, line))
        self.progress[runbook.sha256] = done, total

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> ListRow: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[ListRow]: ...

    def __getitem__(self, index: int | slice) -> ListRow | Sequence[ListRow]:
        """Make the row at an index."""
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(len(self._items)))]
        runbook, line = self._items[index]
        match line:
            case StepLine():
                return _step(self._view, line, self._position)
            case GateLine():
                return _gate(self._view, runbook, line)
            case ChecklistSection():
                return ListRow(
                    None, (Cell(line.title, "heading"),), _count(line.closed, line.total) if line.total else ()
                )
        return ListRow(None, (Cell(runbook.title, "accent"),), _count(*self.progress[runbook.sha256]))

    def index_of(self, key: str) -> int | None:
        """Return the index of the step or decision point with this id, without making rows."""
        return self._index_by_key.get(key)


def _count(done: int, total: int) -> tuple[Cell, ...]:
    return (Cell(f"{done}/{total}", "ok" if done == total else "faint"),)


def _step(view: View, line: StepLine, position: LastPosition | None) -> ListRow:
    added = (Cell("+ ", "accent"),) if line.id in view.incident.steps.added else ()
    # The checkboxes stay in one column and the text of a substep is indented, so that they read as one list.
    assignee = view.incident.steps.assignees.get(line.id, "")
    text = Cell(_without_assignee(line.step.text, assignee, view), _TEXT[line.status])
    left = (_BOX[line.status], Cell("  " * line.step.depth), *added, text)
    return ListRow(line.id, left, _step_state(view, line, position), indent=1)


def _without_assignee(text: str, assignee: str, view: View) -> str:
    """Return the text of a step without the role at its end, if the row has it on the right already."""
    before, _, word = text.rpartition(" @")
    return before.rstrip() if before and assignee and find_mention(view.incident.plan, word) == assignee else text


def _assignee_text(view: View, assignee: str) -> str:
    """Return the assignee of a step: a person, or the short name of a role with its holders."""
    role = next((role for role in view.incident.plan.roles if f"@{role.id}" == assignee), None)
    if role is None:
        return assignee_name(view.incident, assignee)
    holders = ", ".join(holding.who for holding in view.incident.roles.get(role.id, ()))
    return f"{role.short} ({holders})" if holders else role.short


def _step_state(view: View, line: StepLine, position: LastPosition | None) -> tuple[Cell, ...]:
    """Return the right side of a step: how it ended, or its substeps, assignee and time limit."""
    steps = view.incident.steps
    mark, assignee, until = line.mark, steps.assignees.get(line.id), steps.time_limits.get(line.id)
    if mark is not None and line.closed:
        return (Cell(_ending(mark, view), "faint"),)
    cells: list[Cell] = []
    if line.under:
        cells.append(Cell(f"{line.closed_under}/{line.under}", "faint"))
    if assignee:
        cells.append(Cell(f"→ {_assignee_text(view, assignee)}", "accent"))
    if until is not None:
        style = "late" if until <= view.now else "warn" if until - view.now <= NEAR else "muted"
        cells.append(Cell(countdown(until, view.now), style))
    if position is not None and position.step == line.id and _away(position, view):
        cells.append(Cell(_away(position, view), "warn"))
    elif mark is not None and mark.status is Status.DOING:
        cells.append(Cell(f"{mark.who} {clock(mark.when, view.zone, view.now)}", "warn"))
    return tuple(cells)


def _away(position: LastPosition | None, view: View) -> str:
    """Return how long ago the user left the position, or an empty string if that was just now."""
    long_ago = position is not None and view.now - position.since >= _AWAY
    return f"you, {ago(position.since, view.now)}" if position is not None and long_ago else ""


def _ending(mark: Mark, view: View) -> str:
    if mark.reason == MARKED_IN_FILE:
        return "skipped in the file" if mark.status is Status.SKIPPED else "ticked in the file"
    if mark.status is Status.SKIPPED:
        return fit(f"skipped: {mark.reason}", _LONGEST_REASON)
    return fit(mark.answer, _LONGEST_REASON) if mark.answer else f"{mark.who} {clock(mark.when, view.zone, view.now)}"


def _gate(view: View, runbook: Runbook, line: GateLine) -> ListRow:
    """Return a decision point with its branches, or with the branch that was chosen."""
    key, gate = line.id, line.gate
    passed: BranchTaken | None = view.incident.gates.get(key)
    text = gate_question(gate)
    if passed is not None:
        branch = fit(f"→ {'escalate' if passed.escalate and not passed.to else passed.way}", _LONGEST_REASON)
        return ListRow(key, (Cell("◆ ", "faint"), Cell(text, "muted")), (Cell(branch, "faint"),), indent=1)
    labels = fit(f"→ {' / '.join(branches(runbook, gate))}", _LONGEST_REASON)
    return ListRow(key, (Cell("◆ ", "warn"), Cell(text, "warn")), (Cell(labels, "warn"),), indent=1)


def branches(runbook: Runbook, gate: Gate) -> list[str]:
    """Return a label for each branch of a decision point: the section, the escalation, or the choice itself."""
    return [
        runbook.sections[choice.section].title
        if choice.section is not None
        else "escalate"
        if choice.escalate
        else choice.words
        for choice in gate.choices
    ]
