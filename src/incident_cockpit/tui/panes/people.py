"""The People pane: who holds which role and for how long, and what each was asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from incident_cockpit.actions.action import Kind, Scope
from incident_cockpit.incident.topics.asks import open_asks
from incident_cockpit.incident.topics.roles import missing
from incident_cockpit.text.count import counted
from incident_cockpit.timewords import duration
from incident_cockpit.tui.panes.pane import Pane
from incident_cockpit.tui.rows import Cell, Row
from incident_cockpit.tui.view import View

_ROLE_WIDTH = 22
_NAME_WIDTH = 12


class PeoplePane(Pane):
    """Roles in the plan's order, then people who were asked and hold none."""

    number = 4
    name_shown = "People"
    scope = Scope.PEOPLE

    def __init__(self) -> None:
        """Start empty; the plan's roles come with the first view."""
        super().__init__(id="people", empty="Nobody yet.")

    def show(self, view: View) -> None:
        """Draw everyone as of now."""
        self.set_rows(tuple(rows(view)))
        self.frame.title_left = "one person does everything" if view.incident.solo else ""

    def meant(self, kind: Kind) -> str | None:
        """Return the role or the person under the cursor."""
        role, _, who = (self.cursor_key or "").partition(":")
        return {Kind.ROLE: role, Kind.PERSON: who, Kind.PEOPLE: who}.get(kind) or None

    def badge(self, view: View) -> tuple[Cell, ...]:
        """Return how many required roles nobody holds."""
        count = len(missing(view.incident))
        return (Cell(f" !{count}", "warn"),) if count else ()


def rows(view: View) -> Iterator[Row]:
    """Yield the roles that are held or wanted, then the others, then people without a role."""
    incident = view.incident
    asked = Counter(ask.who for ask in open_asks(incident).values())
    seen, wanting = set(), missing(incident)
    for role in incident.plan.roles:
        name = Cell(role.name, "muted", _ROLE_WIDTH)
        for holding in incident.roles.get(role.id, ()):
            seen.add(holding.who)
            since = Cell(duration(view.now - holding.since), "faint")
            left = (name, Cell(holding.who, "strong", _NAME_WIDTH), since)
            yield Row(f"{role.id}:{holding.who}", left, _asks(asked[holding.who]))
        if not incident.roles.get(role.id):
            wanted = role in wanting
            nobody = Cell("nobody", "warn" if wanted else "faint", _NAME_WIDTH)
            yield Row(f"{role.id}:", (name, nobody), (Cell("!", "warn"),) if wanted else ())
    for who, count in asked.items():
        if who not in seen:
            yield Row(f":{who}", (Cell("", "", _ROLE_WIDTH), Cell(who)), _asks(count))


def _asks(count: int) -> tuple[Cell, ...]:
    return (Cell(counted(count, "ask"), "warn"),) if count else ()
