"""The Due pane: everything with a deadline, overdue first, with countdowns computed at each paint."""

from __future__ import annotations

from collections.abc import Mapping

from incident_cockpit.actions.action import Scope
from incident_cockpit.actions.arguments.argument import Arg
from incident_cockpit.incident.views.due import HORIZON, DueItem, DueKind, Urgency, due_items, urgency
from incident_cockpit.times.format import clock, countdown
from incident_cockpit.tui.app.live import View
from incident_cockpit.tui.app.theme_styles import SIGNS
from incident_cockpit.tui.panes.pane import Pane
from incident_cockpit.tui.widgets.list_view import Cell, ListRow

_STYLE = {Urgency.LATE: "late", Urgency.NEAR: "warn", Urgency.AHEAD: ""}
_SIGN = {Urgency.LATE: SIGNS["late"], Urgency.NEAR: SIGNS["warn"], Urgency.AHEAD: " "}
_COUNTDOWN_WIDTH = 13


class DuePane(Pane):
    """What is due within the hour, and how much comes later."""

    title = "Due"
    scope = Scope.DUE

    def __init__(self) -> None:
        """Start empty, with the key that sets a timer."""
        super().__init__(id="due", empty="Nothing due.  t sets a timer")
        self._items: Mapping[str, DueItem] = {}
        self._in_use = False

    def show(self, view: View) -> None:
        """Draw the queue as of now."""
        items = due_items(view.incident)
        self._items = {_row_key(item): item for item in items}
        near = [item for item in items if item.at - view.now <= HORIZON]
        self.set_rows(tuple(_row(item, view) for item in near))
        # In use, the cursor stays on its row; otherwise, and on the wallboard, it is on the most urgent item. Without
        # any focus the terminal window is in the background.
        self._in_use = self.screen.focused is self if self.screen.focused else self._in_use
        if near and not self._in_use:
            self.move_to(_row_key(near[0]))
        later = len(items) - len(near)
        self.frame.hint = f"+{later} later" if later else ""

    def cursor(self, kind: type[Arg]) -> str | None:
        """Return the due item under the cursor, or what it is about: an ask, a timer, a role to fill."""
        item = self._items.get(self.cursor_key or "")
        return kind.in_due_item(item) if item is not None else None

    def badge(self, view: View) -> tuple[Cell, ...]:
        """Return the number of late items, or of near ones."""
        urgencies = [urgency(item, view.now) for item in due_items(view.incident)]
        for level in (Urgency.LATE, Urgency.NEAR):
            if level in urgencies:
                return (Cell(f" {_SIGN[level]}{urgencies.count(level)}", _STYLE[level]),)
        return ()


def _row_key(item: DueItem) -> str:
    """Return the key of its row: an ask keeps its row when it is extended, so a second key is about it too."""
    return f"ask:{item.subject}" if item.kind is DueKind.ASK else item.key


def _row(item: DueItem, view: View) -> ListRow:
    level = urgency(item, view.now)
    style = _STYLE[level]
    left = (
        Cell(_SIGN[level], style, 2),
        Cell(countdown(item.at, view.now), style, _COUNTDOWN_WIDTH),
        Cell(f"{item.text} (optional)" if item.optional else item.text, "strong" if level is Urgency.LATE else ""),
    )
    ask = view.incident.asks.get(item.subject) if item.kind is DueKind.ASK else None
    acknowledged = (Cell(f"{SIGNS['ok']} acknowledged", "ok"),) if ask is not None and ask.acknowledged else ()
    right = (*acknowledged, Cell(_origin(item, view), "faint"))
    # The text comes before the origin, if there is no room for both.
    return ListRow(_row_key(item), left, right, shorter=(*((acknowledged,) if acknowledged else ()), ()))


def _origin(item: DueItem, view: View) -> str:
    """Return the origin of its time: of a plan item how long the plan gives; its page says from when."""
    if item.snoozed:
        return "snoozed"
    if item.kind is DueKind.ASK and item.since is not None:
        return f"asked {clock(item.since, view.zone, view.now)}"
    within, since, _ = item.detail.partition(" after ")
    return f"within {within}" if since and within != "immediately" else within
