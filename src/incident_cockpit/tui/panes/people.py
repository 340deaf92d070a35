"""The People pane: the roles with their holders, and the open asks of each person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.cells import cell_len

from incident_cockpit.actions.action import Scope
from incident_cockpit.actions.arguments.argument import Arg
from incident_cockpit.actions.arguments.of_incident import AskArg
from incident_cockpit.actions.arguments.people import PeopleArg, PersonArg, RoleArg
from incident_cockpit.incident.facts.asks import Ask, open_asks
from incident_cockpit.incident.facts.roles import vacant_roles
from incident_cockpit.incident.views.due import NEAR
from incident_cockpit.times.format import age, countdown
from incident_cockpit.tui.app.live import View
from incident_cockpit.tui.app.theme_styles import SIGNS
from incident_cockpit.tui.panes.pane import Pane
from incident_cockpit.tui.widgets.list_view import Cell, ListRow

_ROLE_WIDTH = 22
_NAME_WIDTH, _LONGEST_NAME = 12, 20
_COUNTDOWN_WIDTH = 13
# Prefix of an ask's id in the key of its row; no role's id begins with it.
_ASK = "?"


class PeoplePane(Pane):
    """Roles in the plan's order, then assignees of asks who hold no role.

    Each ask has a row below its person if there is room, and always while the pane is in use; otherwise the most urgent
    one is beside the name, because an unassigned role must not be pushed out of view.
    """

    title = "People"
    scope = Scope.PEOPLE

    def __init__(self) -> None:
        """Start empty; the first view brings the roles of the plan."""
        super().__init__(id="people", empty="No roles assigned.")
        self._in_use = False
        # The open asks of each person, the most urgent first.
        self._asked: Mapping[str, list[tuple[str, Ask]]] = {}

    def show(self, view: View) -> None:
        """Draw the roles and asks as of now."""
        # Without any focus the terminal window is in the background: nothing changes until it is back.
        was_in_use = self._in_use
        self._in_use = self.screen.focused is self if self.screen.focused else was_in_use
        self._asked = asked(view)
        all_rows = tuple(rows(view))
        if self._in_use or len(all_rows) <= self.size.height:
            self.set_rows(all_rows)
        else:
            self._move_from_ask()
            self.set_rows(tuple(rows(view, folded=True)))
        if self._in_use != was_in_use:
            self._scroll_to_use()
        self.frame.title_left = "solo mode" if view.incident.solo else ""

    def _scroll_to_use(self) -> None:
        """Scroll to the cursor when the pane comes into use, otherwise to the unassigned roles at the top."""
        if self._in_use and self.cursor_key is not None:
            self.move_to(self.cursor_key)
        elif not self._in_use:
            self.scroll_to(y=0, animate=False, immediate=True)

    def _move_from_ask(self) -> None:
        """Move the cursor from an ask to its assignee, whose row stays."""
        if (self.cursor_key or "").startswith(_ASK):
            keys = [row.key or "" for row in self.rows]
            before = keys[: keys.index(self.cursor_key or "")]
            self.move_to(next(key for key in reversed(before) if not key.startswith(_ASK)))

    def cursor(self, kind: type[Arg]) -> str | None:
        """Return the role, person or ask under the cursor; on a person, their only ask."""
        key = self.cursor_key or ""
        if key.startswith(_ASK):
            return key.removeprefix(_ASK) if kind is AskArg else None
        role, _, who = key.partition(":")
        if kind is AskArg:
            asks = self._asked.get(who, [])
            return asks[0][0] if len(asks) == 1 else None
        return (role if kind is RoleArg else who if kind in (PersonArg, PeopleArg) else None) or None

    def badge(self, view: View) -> tuple[Cell, ...]:
        """Return the number of required roles that are unassigned."""
        count = len(vacant_roles(view.incident))
        return (Cell(f" !{count}", "warn"),) if count else ()


def asked(view: View) -> dict[str, list[tuple[str, Ask]]]:
    """Return the open asks of each person, the most urgent first."""
    asks: dict[str, list[tuple[str, Ask]]] = {}
    for key, ask in sorted(open_asks(view.incident).items(), key=lambda item: item[1].due):
        asks.setdefault(ask.who, []).append((key, ask))
    return asks


def rows(view: View, *, folded: bool = False) -> Iterator[ListRow]:
    """Yield the roles in the plan's order, then people without a role, each with their asks, late ones first.

    Asks have rows of their own, or are `folded` beside the name; then optional roles without a holder come last.
    """
    incident, asks_of = view.incident, asked(view)
    required, optional = vacant_roles(incident), []
    for role in incident.plan.roles:
        name = Cell(role.name, "muted", _ROLE_WIDTH)
        for holding in incident.roles.get(role.id, ()):
            left = (name, _person(holding.who, "strong"))
            since = age(holding.since, view.now)
            # The asks of a person with two roles are listed once.
            asks = asks_of.pop(holding.who, [])
            yield from _with_asks(f"{role.id}:{holding.who}", left, since, asks, view, folded)
        if not incident.roles.get(role.id):
            is_required = role in required
            unassigned = Cell("unassigned", "warn" if is_required else "faint", _NAME_WIDTH)
            row = ListRow(f"{role.id}:", (name, unassigned), (Cell("!", "warn"),) if is_required else ())
            if is_required or not folded:
                yield row
            else:
                optional.append(row)
    for who, asks in asks_of.items():
        yield from _with_asks(f":{who}", (Cell("", "", _ROLE_WIDTH), _person(who)), "", asks, view, folded)
    yield from optional


def _person(who: str, style: str = "") -> Cell:
    """Return a name in its column; a longer one takes more, up to a limit."""
    return Cell(who, style, max(_NAME_WIDTH, min(cell_len(who) + 2, _LONGEST_NAME)))


def _with_asks(
    key: str, left: tuple[Cell, ...], since: str, asks: list[tuple[str, Ask]], view: View, folded: bool
) -> Iterator[ListRow]:
    """Yield the row of a person and those of their asks; folded, the first ask is in the row, with a count of more."""
    if not folded or not asks:
        yield ListRow(key, (*left, Cell(since, "faint")))
        yield from (_ask_row(ask_id, ask, view) for ask_id, ask in asks)
        return
    first = asks[0][1]
    sign, style = _urgency(first, view)
    more = (Cell(f"+{len(asks) - 1}", style),) if asks[1:] else ()
    yield ListRow(key, (*left, Cell(f"{sign} ", style), Cell(first.text)), more)


def _urgency(ask: Ask, view: View) -> tuple[str, str]:
    """Return the sign and the style for the urgency of an ask."""
    if ask.due <= view.now:
        return SIGNS["late"], "late"
    return (SIGNS["warn"], "warn") if ask.due - view.now <= NEAR else (" ", "muted")


def _ask_row(key: str, ask: Ask, view: View) -> ListRow:
    sign, style = _urgency(ask, view)
    left = (
        Cell(sign, style, 2), Cell(countdown(ask.due, view.now), style, _COUNTDOWN_WIDTH), Cell(ask.text),
    )  # fmt: skip
    if not ask.acknowledged:
        return ListRow(f"{_ASK}{key}", left, indent=2)
    acknowledged, sign_only = (Cell(f"{SIGNS['ok']} acknowledged", "ok"),), (Cell(SIGNS["ok"], "ok"),)
    return ListRow(f"{_ASK}{key}", left, acknowledged, indent=2, shorter=(sign_only,))
