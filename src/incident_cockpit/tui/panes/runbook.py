"""The Runbook pane: sections with their progress, steps with what became of them, decisions between them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import PurePath
from typing import NamedTuple, overload

from incident_cockpit.actions.action import ArgKind, Scope
from incident_cockpit.incident.facts.roles import assignee_name, find_mention
from incident_cockpit.incident.facts.runbooks import BranchTaken, gate_question
from incident_cockpit.incident.facts.steps import MARKED_IN_FILE, Mark, Status
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
# A longer one would push the step's own words away; enter shows it whole.
_LONGEST_REASON = 28
# Whoever looks away for less than this knows where they were.
_AWAY = timedelta(minutes=3)


class _State(NamedTuple):
    """What the rows were made of; while it is the same they need not be made again."""

    record: tuple[str, int, int]
    small: bool
    where: str
    boxes: tuple[str, ...]


class RunbookPane(Pane):
    """The checklists of the incident."""

    number = 1
    title = "Runbook"
    scope = Scope.RUNBOOK

    def __init__(self) -> None:
        """Start empty, saying how to attach one."""
        super().__init__(id="runbook", empty="No runbook yet.  :attach service-outage")
        self._shown: _State | None = None

    def show(self, view: View) -> None:
        """Draw the steps; they are made anew only when something that they show has changed."""
        steps = view.incident.steps
        # On a small screen the border has to hold the tabs as well.
        small = self.screen.has_class("-small")
        where = last_position(view.record, view.who)
        boxes = tuple(countdown(until, view.now) for key, until in steps.time_limits.items() if not steps.closed(key))
        state = _State(view.record.version, small, _away(where, view), boxes)
        if state == self._shown:
            return
        first, self._shown = self._shown is None, state
        made = RunbookRows(view, where)
        self.set_rows(made)
        if first and where is not None:
            self.move_to(where.step)
        done, total = (sum(counts) for counts in zip(*made.progress.values(), strict=True)) if made else (0, 0)
        names = ", ".join(PurePath(runbook.name).stem for runbook in steps.runbooks.values())
        self.frame.title_left = "" if small else names
        self.frame.title_right = f"{done}/{total}" if total else ""
        self.frame.hint = "enter guidance · space tick · - skip" if total else ""

    def cursor(self, kind: ArgKind) -> str | None:
        """Return the step or the decision under the cursor."""
        key = self.cursor_key
        if key is None:
            return None
        decision = key.partition(".")[2].startswith("g")
        return key if kind is (ArgKind.GATE if decision else ArgKind.STEP) else None

    def badge(self, view: View) -> tuple[Cell, ...]:
        """Return how far it is."""
        done, total = view.incident.steps.progress()
        return (Cell(f" {done}/{total}", "faint"),) if total else ()


Item = tuple[Runbook, ChecklistSection | StepLine | GateLine | None]


class RunbookRows(Sequence[ListRow]):
    """The lines of every runbook as rows, each made only when it is drawn."""

    def __init__(self, view: View, where: LastPosition | None) -> None:
        """Lay out the runbooks: a heading for each section that has steps or decisions, then those in their order."""
        self._view = view
        self._where = where
        self._items: list[Item] = []
        self._places: dict[str, int] = {}
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
                self._places[line.id] = len(self._items)
                self._items.append((runbook, line))
        self.progress[runbook.sha256] = done, total

    def __len__(self) -> int:
        """Return how many lines there are."""
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> ListRow: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[ListRow]: ...

    def __getitem__(self, index: int | slice) -> ListRow | Sequence[ListRow]:
        """Make the row at an index."""
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self._items)))]
        runbook, line = self._items[index]
        match line:
            case StepLine():
                return _step(self._view, line, self._where)
            case GateLine():
                return _gate(self._view, runbook, line)
            case ChecklistSection():
                return ListRow(
                    None, (Cell(line.title, "heading"),), _count(line.closed, line.total) if line.total else ()
                )
        return ListRow(None, (Cell(runbook.title, "accent"),), _count(*self.progress[runbook.sha256]))

    def index_of(self, key: str) -> int | None:
        """Return where the step or decision with this id stands, without making rows."""
        return self._places.get(key)


def _count(done: int, total: int) -> tuple[Cell, ...]:
    return (Cell(f"{done}/{total}", "ok" if done == total else "faint"),)


def _step(view: View, line: StepLine, where: LastPosition | None) -> ListRow:
    added = (Cell("+ ", "accent"),) if line.id in view.incident.steps.added else ()
    # The box stays in one column and the text of a nested step moves in, so that the boxes read as one list.
    given = view.incident.steps.assignees.get(line.id, "")
    text = Cell(_without_taker(line.step.text, given, view), _TEXT[line.status])
    left = (_BOX[line.status], Cell("  " * line.step.depth), *added, text)
    return ListRow(line.id, left, _beside(view, line, where), indent=1)


def _without_taker(text: str, given: str, view: View) -> str:
    """Return the words of a step without the role that ends them, where that stands at the row's right already."""
    before, _, word = text.rpartition(" @")
    return before.rstrip() if before and given and find_mention(view.incident.plan, word) == given else text


def _short(view: View, given: str) -> str:
    """Return who has a step in few words: a role by its short name, and who holds it."""
    role = next((one for one in view.incident.plan.roles if f"@{one.id}" == given), None)
    if role is None:
        return assignee_name(view.incident, given)
    held = ", ".join(one.who for one in view.incident.roles.get(role.id, ()))
    return f"{role.short} ({held})" if held else role.short


def _beside(view: View, line: StepLine, where: LastPosition | None) -> tuple[Cell, ...]:
    """Return what stands at the right of a step: how it ended, or what it waits for."""
    steps = view.incident.steps
    mark, given, until = line.mark, steps.assignees.get(line.id), steps.time_limits.get(line.id)
    if mark is not None and line.closed:
        return (Cell(_ending(mark, view), "faint"),)
    cells: list[Cell] = []
    if line.under:
        cells.append(Cell(f"{line.closed_under}/{line.under}", "faint"))
    if given:
        cells.append(Cell(f"→ {_short(view, given)}", "accent"))
    if until is not None:
        style = "late" if until <= view.now else "warn" if until - view.now <= NEAR else "muted"
        cells.append(Cell(countdown(until, view.now), style))
    if where is not None and where.step == line.id and _away(where, view):
        cells.append(Cell(_away(where, view), "warn"))
    elif mark is not None and mark.status is Status.DOING:
        cells.append(Cell(f"{mark.who} {clock(mark.when, view.zone, view.now)}", "warn"))
    return tuple(cells)


def _away(where: LastPosition | None, view: View) -> str:
    """Return since when whoever looks was away from their place, or nothing while it is fresh."""
    return f"you, {ago(where.since, view.now)}" if where is not None and view.now - where.since >= _AWAY else ""


def _ending(mark: Mark, view: View) -> str:
    if mark.reason == MARKED_IN_FILE:
        return "skipped in the file" if mark.status is Status.SKIPPED else "ticked in the file"
    if mark.status is Status.SKIPPED:
        return fit(f"skipped: {mark.reason}", _LONGEST_REASON)
    return fit(mark.answer, _LONGEST_REASON) if mark.answer else f"{mark.who} {clock(mark.when, view.zone, view.now)}"


def _gate(view: View, runbook: Runbook, line: GateLine) -> ListRow:
    """Return a decision: its words and where it leads; once it was taken, which way."""
    key, gate = line.id, line.gate
    passed: BranchTaken | None = view.incident.gates.get(key)
    text = gate_question(gate)
    if passed is not None:
        way = fit(f"→ {'escalate' if passed.escalate and not passed.to else passed.way}", _LONGEST_REASON)
        return ListRow(key, (Cell("◆ ", "faint"), Cell(text, "muted")), (Cell(way, "faint"),), indent=1)
    ways = " / ".join(ways_on(runbook, gate))
    return ListRow(key, (Cell("◆ ", "warn"), Cell(text, "warn")), (Cell(fit(f"→ {ways}", _LONGEST_REASON), "warn"),), 1)


def ways_on(runbook: Runbook, gate: Gate) -> list[str]:
    """Return where each choice of a decision leads, in few words: a section, escalating, or its own words."""
    return [
        runbook.sections[choice.section].title
        if choice.section is not None
        else "escalate"
        if choice.escalate
        else choice.words
        for choice in gate.choices
    ]
