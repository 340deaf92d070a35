"""The People pane: who holds which role and for how long, and what each was asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.cells import cell_len

from incident_cockpit.actions.action import ArgKind, Scope
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
# In front of an ask's id in a row's key, where no role's id can begin so.
_ASK = "?"


class PeoplePane(Pane):
    """Roles in the plan's order, then people who were asked and hold none.

    Each ask has a line below its person where there is room, and always while the pane has the keys; elsewhere the most
    pressing one stands beside the name, because a role that nobody holds must not be pushed out of sight.
    """

    number = 4
    title = "People"
    scope = Scope.PEOPLE

    def __init__(self) -> None:
        """Start empty; the plan's roles come with the first view."""
        super().__init__(id="people", empty="Nobody yet.")
        self._in_use = False
        # What each was asked and has not answered, the most pressing first.
        self._asked: Mapping[str, list[tuple[str, Ask]]] = {}

    def show(self, view: View) -> None:
        """Draw everyone as of now."""
        # No focus at all is another window's: who comes back finds what was there.
        was_in_use = self._in_use
        self._in_use = self.screen.focused is self if self.screen.focused else was_in_use
        self._asked = asked(view)
        whole = tuple(rows(view))
        if self._in_use or len(whole) <= self.size.height:
            self.set_rows(whole)
        else:
            self._leave_the_ask()
            self.set_rows(tuple(rows(view, folded=True)))
        if self._in_use != was_in_use:
            self._turn()
        self.frame.title_left = "one person does everything" if view.incident.solo else ""

    def _turn(self) -> None:
        """Show whoever comes where the cursor is, and whoever goes the top, where the roles are that nobody holds."""
        if self._in_use and self.cursor_key is not None:
            self.move_to(self.cursor_key)
        elif not self._in_use:
            self.scroll_to(y=0, animate=False, immediate=True)

    def _leave_the_ask(self) -> None:
        """Put the cursor from an ask on the person it was put to, whose line stays."""
        if (self.cursor_key or "").startswith(_ASK):
            keys = [row.key or "" for row in self.rows]
            before = keys[: keys.index(self.cursor_key or "")]
            self.move_to(next(key for key in reversed(before) if not key.startswith(_ASK)))

    def cursor(self, kind: ArgKind) -> str | None:
        """Return the role or the person under the cursor, or the ask that stands below one, or is their only one."""
        key = self.cursor_key or ""
        if key.startswith(_ASK):
            return key.removeprefix(_ASK) if kind is ArgKind.ASK else None
        role, _, who = key.partition(":")
        if kind is ArgKind.ASK:
            theirs = self._asked.get(who, [])
            return theirs[0][0] if len(theirs) == 1 else None
        return {ArgKind.ROLE: role, ArgKind.PERSON: who, ArgKind.PEOPLE: who}.get(kind) or None

    def badge(self, view: View) -> tuple[Cell, ...]:
        """Return how many required roles nobody holds."""
        count = len(vacant_roles(view.incident))
        return (Cell(f" !{count}", "warn"),) if count else ()


def asked(view: View) -> dict[str, list[tuple[str, Ask]]]:
    """Return by person what they were asked and have not answered, the most pressing first."""
    theirs: dict[str, list[tuple[str, Ask]]] = {}
    for key, ask in sorted(open_asks(view.incident).items(), key=lambda one: one[1].due):
        theirs.setdefault(ask.who, []).append((key, ask))
    return theirs


def rows(view: View, *, folded: bool = False) -> Iterator[ListRow]:
    """Yield the roles in the plan's order, then people without one, each with what they were asked, late first.

    That stands in lines of its own, or `folded` beside the name; then roles that nobody has to hold come last.
    """
    incident, waiting = view.incident, asked(view)
    wanting, empty = vacant_roles(incident), []
    for role in incident.plan.roles:
        name = Cell(role.name, "muted", _ROLE_WIDTH)
        for holding in incident.roles.get(role.id, ()):
            person = (name, _name(holding.who, "strong"))
            since = age(holding.since, view.now)
            # Whoever holds two roles was asked once.
            yield from _person(f"{role.id}:{holding.who}", person, since, waiting.pop(holding.who, []), view, folded)
        if not incident.roles.get(role.id):
            wanted = role in wanting
            nobody = Cell("nobody", "warn" if wanted else "faint", _NAME_WIDTH)
            row = ListRow(f"{role.id}:", (name, nobody), (Cell("!", "warn"),) if wanted else ())
            if wanted or not folded:
                yield row
            else:
                empty.append(row)
    for who, theirs in waiting.items():
        yield from _person(f":{who}", (Cell("", "", _ROLE_WIDTH), _name(who)), "", theirs, view, folded)
    yield from empty


def _name(who: str, style: str = "") -> Cell:
    """Return a name in its column; a longer one takes what it needs, up to a limit."""
    return Cell(who, style, max(_NAME_WIDTH, min(cell_len(who) + 2, _LONGEST_NAME)))


def _person(
    key: str, person: tuple[Cell, ...], since: str, asks: list[tuple[str, Ask]], view: View, folded: bool
) -> Iterator[ListRow]:
    """Yield somebody's line, and those of their asks; folded, the first ask in place of `since`, and how many more."""
    if not folded or not asks:
        yield ListRow(key, (*person, Cell(since, "faint")))
        yield from (_ask(one, ask, view) for one, ask in asks)
        return
    first = asks[0][1]
    sign, style = _pressing(first, view)
    beside = (Cell(f"{sign} ", style), Cell(first.text))
    yield ListRow(key, (*person, *beside), (Cell(f"+{len(asks) - 1}", style),) if asks[1:] else ())


def _pressing(ask: Ask, view: View) -> tuple[str, str]:
    """Return the sign and the style of how pressing an ask is."""
    if ask.due <= view.now:
        return SIGNS["late"], "late"
    return (SIGNS["warn"], "warn") if ask.due - view.now <= NEAR else (" ", "muted")


def _ask(key: str, ask: Ask, view: View) -> ListRow:
    sign, style = _pressing(ask, view)
    left = (
        Cell(sign, style, 2), Cell(countdown(ask.due, view.now), style, _COUNTDOWN_WIDTH), Cell(ask.text),
    )  # fmt: skip
    on_it = (Cell(f"{SIGNS['ok']} on it", "ok"),) if ask.acknowledged else ()
    return ListRow(f"{_ASK}{key}", left, on_it, indent=2)
