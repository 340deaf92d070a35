"""The People pane: who holds which role and for how long, and what each was asked."""

from __future__ import annotations

from collections.abc import Iterator

from incident_cockpit.actions.action import Kind, Scope
from incident_cockpit.incident.due_item import NEAR
from incident_cockpit.incident.topics.asks import Ask, open_asks
from incident_cockpit.incident.topics.roles import missing
from incident_cockpit.timewords import countdown, duration
from incident_cockpit.tui.paint import SIGNS
from incident_cockpit.tui.panes.pane import Pane
from incident_cockpit.tui.rows import Cell, Row
from incident_cockpit.tui.view import View

_ROLE_WIDTH = 22
_NAME_WIDTH = 12
_COUNTDOWN_WIDTH = 13
# In front of an ask's id in a row's key, where no role's id can begin so.
_ASK = "?"


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
        """Return the role or the person under the cursor, or the ask that stands below a person."""
        key = self.cursor_key or ""
        if key.startswith(_ASK):
            return key.removeprefix(_ASK) if kind is Kind.ASK else None
        role, _, who = key.partition(":")
        return {Kind.ROLE: role, Kind.PERSON: who, Kind.PEOPLE: who}.get(kind) or None

    def badge(self, view: View) -> tuple[Cell, ...]:
        """Return how many required roles nobody holds."""
        count = len(missing(view.incident))
        return (Cell(f" !{count}", "warn"),) if count else ()


def rows(view: View) -> Iterator[Row]:
    """Yield the roles in the plan's order, then people without one; below each what they were asked, late first."""
    incident = view.incident
    asked: dict[str, list[tuple[str, Ask]]] = {}
    for key, ask in sorted(open_asks(incident).items(), key=lambda one: one[1].due):
        asked.setdefault(ask.who, []).append((key, ask))
    wanting = missing(incident)
    for role in incident.plan.roles:
        name = Cell(role.name, "muted", _ROLE_WIDTH)
        for holding in incident.roles.get(role.id, ()):
            since = Cell(duration(view.now - holding.since), "faint")
            yield Row(f"{role.id}:{holding.who}", (name, Cell(holding.who, "strong", _NAME_WIDTH), since))
            # Whoever holds two roles was asked once.
            yield from (_ask(key, ask, view) for key, ask in asked.pop(holding.who, ()))
        if not incident.roles.get(role.id):
            wanted = role in wanting
            nobody = Cell("nobody", "warn" if wanted else "faint", _NAME_WIDTH)
            yield Row(f"{role.id}:", (name, nobody), (Cell("!", "warn"),) if wanted else ())
    for who, theirs in asked.items():
        yield Row(f":{who}", (Cell("", "", _ROLE_WIDTH), Cell(who)))
        yield from (_ask(key, ask, view) for key, ask in theirs)


def _ask(key: str, ask: Ask, view: View) -> Row:
    late, near = ask.due <= view.now, ask.due - view.now <= NEAR
    style = "late" if late else "warn" if near else "muted"
    sign = SIGNS["late"] if late else SIGNS["warn"] if near else " "
    left = (
        Cell(sign, style, 2), Cell(countdown(ask.due, view.now), style, _COUNTDOWN_WIDTH), Cell(ask.text),
    )  # fmt: skip
    on_it = (Cell(f"{SIGNS['ok']} on it", "ok"),) if ask.acknowledged else ()
    return Row(f"{_ASK}{key}", left, on_it, indent=2)
