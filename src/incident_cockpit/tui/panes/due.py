"""The Due pane: everything with a clock, overdue first, counted from the present at each paint."""

from __future__ import annotations

from incident_cockpit.actions.action import Kind, Scope
from incident_cockpit.incident.due import due_items
from incident_cockpit.incident.due_item import HORIZON, DueItem, DueKind, Urgency, urgency
from incident_cockpit.timewords import clock, countdown
from incident_cockpit.tui.paint import SIGNS
from incident_cockpit.tui.panes.pane import Pane
from incident_cockpit.tui.rows import Cell, Row
from incident_cockpit.tui.view import View

_STYLE = {Urgency.LATE: "late", Urgency.NEAR: "warn", Urgency.AHEAD: ""}
_SIGN = {Urgency.LATE: SIGNS["late"], Urgency.NEAR: SIGNS["warn"], Urgency.AHEAD: " "}
_MEANT = {Kind.ASK: DueKind.ASK, Kind.TIMER: DueKind.TIMER, Kind.AUDIENCE: DueKind.UPDATE, Kind.STEP: DueKind.STEP}
_COUNTDOWN_WIDTH = 13


class DuePane(Pane):
    """What is due within the hour, and how much comes later."""

    number = 3
    name_shown = "Due"
    scope = Scope.DUE

    def __init__(self) -> None:
        """Start empty, saying how to set a timer."""
        super().__init__(id="due", empty="Nothing is due.  t sets a timer")

    def show(self, view: View) -> None:
        """Draw the queue as it stands now."""
        items = due_items(view.incident)
        near = [item for item in items if item.at - view.now <= HORIZON]
        self.set_rows(tuple(_row(item, view) for item in near))
        # Who comes here means what is most urgent. Who works here keeps the line; no focus at all is another window's.
        if near and self.screen.focused not in (self, None):
            self.move_to(near[0].key)
        later = len(items) - len(near)
        self.frame.hint = f"+{later} later" if later else ""

    def meant(self, kind: Kind) -> str | None:
        """Return the due item under the cursor, or the ask or timer it is."""
        key = self.cursor_key
        if key is None:
            return None
        if kind is Kind.DUE:
            return key
        sort, subject = key.split(":")[:2]
        return subject if _MEANT.get(kind) == sort else None

    def badge(self, view: View) -> tuple[Cell, ...]:
        """Return how many are late, or near."""
        counted = [urgency(item, view.now) for item in due_items(view.incident)]
        for how in (Urgency.LATE, Urgency.NEAR):
            if how in counted:
                return (Cell(f" {_SIGN[how]}{counted.count(how)}", _STYLE[how]),)
        return ()


def _row(item: DueItem, view: View) -> Row:
    how = urgency(item, view.now)
    style = _STYLE[how]
    left = (
        Cell(_SIGN[how], style, 2),
        Cell(countdown(item.at, view.now), style, _COUNTDOWN_WIDTH),
        Cell(item.text, "strong" if how is Urgency.LATE else ""),
    )
    asked = item.since if item.kind is DueKind.ASK else None
    detail = f"asked {clock(asked, view.zone, view.now)}" if asked else item.detail
    return Row(item.key, left, (Cell("snoozed" if item.put_off else detail, "faint"),))
