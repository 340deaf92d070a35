"""The Runbook pane: sections with their progress, steps with what became of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from incident_cockpit.actions.action import Kind, Scope
from incident_cockpit.incident.topics.steps import Mark, Status, Steps
from incident_cockpit.runbook.model import Runbook, Step
from incident_cockpit.timewords import clock
from incident_cockpit.tui.panes.pane import Pane
from incident_cockpit.tui.rows import Cell, Row, fit
from incident_cockpit.tui.view import View

_BOX = {
    Status.OPEN: Cell("☐ ", "muted"),
    Status.DOING: Cell("◐ ", "warn"),
    Status.DONE: Cell("✓ ", "ok"),
    Status.SKIPPED: Cell("⊘ ", "faint"),
}
_TEXT = {Status.OPEN: "", Status.DOING: "", Status.DONE: "muted", Status.SKIPPED: "faint"}
_CLOSED = (Status.DONE, Status.SKIPPED)
# A longer one would push the step's own words away; enter shows it whole.
_LONGEST_REASON = 28


class RunbookPane(Pane):
    """The checklists of the incident."""

    number = 1
    name_shown = "Runbook"
    scope = Scope.RUNBOOK

    def __init__(self) -> None:
        """Start empty, saying how to attach one."""
        super().__init__(id="runbook", empty="No runbook yet.  :attach service-outage")
        self._shown: tuple[str, int, bool] | None = None

    def show(self, view: View) -> None:
        """Draw the steps; they change with the facts alone, not with the time."""
        # On a small screen the border has to hold the tabs as well.
        small = self.screen.has_class("-small")
        state = (view.record.id, view.record.seq, small)
        if state == self._shown:
            return
        self._shown = state
        steps = view.incident.steps
        self.set_rows(tuple(rows(steps, view)))
        done, total = progress(steps)
        names = ", ".join(PurePath(runbook.name).stem for runbook in steps.runbooks.values())
        self.frame.title_left = "" if small else names
        self.frame.title_right = f"{done}/{total}" if total else ""
        self.frame.hint = "enter guidance · space tick · - skip" if total else ""

    def meant(self, kind: Kind) -> str | None:
        """Return the step under the cursor."""
        return self.cursor_key if kind is Kind.STEP else None

    def badge(self, view: View) -> tuple[Cell, ...]:
        """Return how far it is."""
        done, total = progress(view.incident.steps)
        return (Cell(f" {done}/{total}", "faint"),) if total else ()


def progress(steps: Steps) -> tuple[int, int]:
    """Return how many steps are done or skipped, and how many there are."""
    every = [f"{key}.{step.key}" for key, runbook in steps.runbooks.items() for step in runbook.steps]
    return sum(steps.status(step) in _CLOSED for step in every), len(every)


def rows(steps: Steps, view: View) -> Iterator[Row]:
    """Yield a heading for each section that has steps, then its steps."""
    several = len(steps.runbooks) > 1
    for runbook_id, runbook in steps.runbooks.items():
        if several:
            yield Row(None, (Cell(runbook.title, "accent"),))
        section = -1
        for step in runbook.steps:
            if step.section != section:
                section = step.section
                yield _heading(steps, runbook_id, runbook, section)
            yield _step(steps, f"{runbook_id}.{step.key}", step, view)


def _heading(steps: Steps, runbook_id: str, runbook: Runbook, section: int) -> Row:
    own = [f"{runbook_id}.{step.key}" for step in runbook.steps if step.section == section]
    done = sum(steps.status(step) in _CLOSED for step in own)
    title = runbook.sections[section].title or runbook.title
    return Row(None, (Cell(title, "heading"),), (Cell(f"{done}/{len(own)}", "ok" if done == len(own) else "faint"),))


def _step(steps: Steps, step_id: str, step: Step, view: View) -> Row:
    status = steps.status(step_id)
    # The box stays in one column and the text of a nested step moves in, so that the boxes read as one list.
    left = (_BOX[status], Cell("  " * step.depth), Cell(step.text, _TEXT[status]))
    mark, given = steps.marks.get(step_id), steps.given.get(step_id)
    right: tuple[Cell, ...] = ()
    if mark is not None and status in _CLOSED:
        right = (Cell(_ending(mark, view), "faint"),)
    elif given:
        right = (Cell(f"→ {given}", "accent"),)
    elif mark is not None and status is Status.DOING:
        right = (Cell(f"{mark.who} {clock(mark.when, view.zone)}", "warn"),)
    return Row(step_id, left, right, indent=1)


def _ending(mark: Mark, view: View) -> str:
    if mark.status is Status.SKIPPED:
        return fit(f"skipped: {mark.reason}", _LONGEST_REASON)
    return f"{mark.who} {clock(mark.when, view.zone)}"
