"""The Due pane: everything with a clock, overdue first, counted from the present at each paint."""

from __future__ import annotations

from collections.abc import Mapping

from incident_cockpit.actions.action import ArgKind, Scope
from incident_cockpit.incident.views.due import HORIZON, DueItem, DueKind, Urgency, due_items, urgency
from incident_cockpit.times.format import clock, countdown
from incident_cockpit.tui.app.live import View
from incident_cockpit.tui.app.theme_styles import SIGNS
from incident_cockpit.tui.panes.pane import Pane
from incident_cockpit.tui.widgets.list_view import Cell, ListRow

_STYLE = {Urgency.LATE: "late", Urgency.NEAR: "warn", Urgency.AHEAD: ""}
_SIGN = {Urgency.LATE: SIGNS["late"], Urgency.NEAR: SIGNS["warn"], Urgency.AHEAD: " "}
_MEANT = {
    ArgKind.ASK: DueKind.ASK, ArgKind.TIMER: DueKind.TIMER, ArgKind.AUDIENCE: DueKind.UPDATE,
    ArgKind.STEP: DueKind.STEP,
    ArgKind.DECISION: DueKind.DECISION,
}  # fmt: skip
_COUNTDOWN_WIDTH = 13


class DuePane(Pane):
    """What is due within the hour, and how much comes later."""

    number = 3
    title = "Due"
    scope = Scope.DUE

    def __init__(self) -> None:
        """Start empty, saying how to set a timer."""
        super().__init__(id="due", empty="Nothing is due.  t sets a timer")
        self._items: Mapping[str, DueItem] = {}
        self._in_use = False

    def show(self, view: View) -> None:
        """Draw the queue as it stands now."""
        items = due_items(view.incident)
        self._items = {_place(item): item for item in items}
        near = [item for item in items if item.at - view.now <= HORIZON]
        self.set_rows(tuple(_row(item, view) for item in near))
        # Who works here keeps the line. Who comes here means what is most urgent, and so does who only looks on: from
        # another window, or at a wall, where nothing has the focus.
        self._in_use = self.screen.focused is self if self.screen.focused else self._in_use
        if near and not self._in_use:
            self.move_to(_place(near[0]))
        later = len(items) - len(near)
        self.frame.hint = f"+{later} later" if later else ""

    def cursor(self, kind: ArgKind) -> str | None:
        """Return the due item under the cursor, or what it is about: an ask, a timer, a role to fill."""
        item = self._items.get(self.cursor_key or "")
        if item is None:
            return None
        if kind is ArgKind.DUE or (kind is ArgKind.DEED and item.completion_marks):
            return item.key
        if kind is ArgKind.ROLE and item.kind is DueKind.ROLE:
            return item.met_by.removeprefix("role ")
        return item.subject if _MEANT.get(kind) is item.kind else None

    def badge(self, view: View) -> tuple[Cell, ...]:
        """Return how many are late, or near."""
        counted = [urgency(item, view.now) for item in due_items(view.incident)]
        for how in (Urgency.LATE, Urgency.NEAR):
            if how in counted:
                return (Cell(f" {_SIGN[how]}{counted.count(how)}", _STYLE[how]),)
        return ()


def _place(item: DueItem) -> str:
    """Return the key of its line: an ask keeps its own whatever time it is given, so a second key is about it too."""
    return f"ask:{item.subject}" if item.kind is DueKind.ASK else item.key


def _row(item: DueItem, view: View) -> ListRow:
    how = urgency(item, view.now)
    style = _STYLE[how]
    left = (
        Cell(_SIGN[how], style, 2),
        Cell(countdown(item.at, view.now), style, _COUNTDOWN_WIDTH),
        Cell(f"{item.text}, if needed" if item.optional else item.text, "strong" if how is Urgency.LATE else ""),
    )
    on_it = _on_it(item, view)
    beside = (*on_it, Cell(_beside(item, view), "faint"))
    # What is to be done comes before where it comes from.
    return ListRow(_place(item), left, beside, shorter=(*((on_it,) if on_it else ()), ()))


def _on_it(item: DueItem, view: View) -> tuple[Cell, ...]:
    """Return the mark of an ask that somebody works on."""
    ask = view.incident.asks.get(item.subject) if item.kind is DueKind.ASK else None
    return (Cell(f"{SIGNS['ok']} on it", "ok"),) if ask is not None and ask.acknowledged else ()


def _beside(item: DueItem, view: View) -> str:
    """Return where it comes from; of the plan how long it gives, and enter says from when."""
    if item.snoozed:
        return "snoozed"
    if item.kind is DueKind.ASK and item.since is not None:
        return f"asked {clock(item.since, view.zone, view.now)}"
    within, since, _ = item.detail.partition(" from ")
    return f"within {within}" if since and within != "at once" else within
