"""What a wall says in a line each, because everybody asks: who is hurt, who was told when, who has command."""

from __future__ import annotations

from incident_cockpit.incident.due import due_items
from incident_cockpit.incident.due_item import DueKind, Urgency, urgency
from incident_cockpit.timewords import ago, clock, countdown, lasted
from incident_cockpit.tui.bars import Bar
from incident_cockpit.tui.rows import Cell, Row
from incident_cockpit.tui.view import View

_STYLE = {Urgency.LATE: "late", Urgency.NEAR: "warn", Urgency.AHEAD: "muted"}


class ImpactBar(Bar):
    """The impact in its words, and how old they are."""

    def show(self, view: View) -> None:
        """Draw it as it was described last."""
        said = view.incident.impact
        words = Cell(f"  {' '.join(said.value.split())}") if said else Cell("  not described yet", "muted")
        age = (Cell(ago(said.since, view.now), "faint"),) if said else ()
        self.set_row(Row(None, (Cell(" IMPACT ", "chip"), words), age))


class LeadBar(Bar):
    """Who has command and for how long: where there is no room for everybody, that one is named."""

    def show(self, view: View) -> None:
        """Draw whoever has it."""
        plan = view.incident.plan
        role = next((one.name for one in plan.roles if one.id == plan.command_role), "")
        held = view.incident.roles.get(plan.command_role, ())
        who = Cell(f"  {held[0].who}") if held else Cell("  nobody", "warn")
        since = (Cell(lasted(held[0].since, view.now), "faint"),) if held else ()
        self.set_row(Row(None, (Cell("  LEAD  ", "chip"), who, Cell(f", {role}" if role else "", "muted")), since))


class ToldBar(Bar):
    """The last update that went out, and the next one that is promised."""

    def show(self, view: View) -> None:
        """Draw both."""
        names = {one.audience: one.name for one in view.incident.plan.cadences}
        last = max(view.incident.updates.sent.values(), key=lambda one: one.sent, default=None)
        told = Cell("  nobody was told yet", "warn" if view.incident.live else "muted")
        if last is not None:
            at = f"{ago(last.sent, view.now)}, at {clock(last.sent, view.zone, view.now)}"
            told = Cell(f"  {names.get(last.audience, last.audience)} {last.number}: {at}")
        items = [item for item in due_items(view.incident) if item.kind is DueKind.UPDATE]
        coming = tuple(
            Cell(f"{item.text} {countdown(item.at, view.now)}", _STYLE[urgency(item, view.now)]) for item in items[:1]
        )
        self.set_row(Row(None, (Cell("  TOLD  ", "chip"), told), coming))
