"""The list of incidents in three groups: open, resolved but not closed, closed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, tzinfo
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input

from incident_cockpit.actions.action import Scope
from incident_cockpit.clock import Clock
from incident_cockpit.errors import Refused
from incident_cockpit.journal.read import Listed
from incident_cockpit.service.overview import Group, Overview, grouped, lateness, open_repair, owed
from incident_cockpit.times.format import ago, clock_seconds, countdown, elapsed, zone_label
from incident_cockpit.times.parse import parse_zone
from incident_cockpit.tui.app.keys import Keys
from incident_cockpit.tui.app.theme_styles import SIGNS
from incident_cockpit.tui.widgets.bars import Bar, FooterBar
from incident_cockpit.tui.widgets.list_view import Cell, LineList, ListRow
from incident_cockpit.tui.widgets.pane_frame import PaneFrame
from incident_cockpit.tui.widgets.text_field import Field

# All lower severities share a colour.
_LOWEST_RANK = 4
_ID_WIDTH, _COMMANDER_WIDTH, _PHASE_WIDTH, _AGE_WIDTH = 9, 14, 15, 9


def incident_rows(shown: Sequence[Overview], now: datetime) -> list[ListRow]:
    """Return the rows of these incidents by group, under a row of column titles."""
    badge = max(cell_len(overview.listed.severity or "?") for overview in shown) + 2
    left = (Cell("", "faint", badge + 2), Cell("id", "faint", _ID_WIDTH), Cell("title", "faint"))
    right = (
        Cell("commander", "faint", _COMMANDER_WIDTH),
        Cell("phase", "faint", _PHASE_WIDTH),
        Cell("age", "faint", _AGE_WIDTH),
    )
    rows = [ListRow(None, left, right)]
    for number, (group, members) in enumerate(grouped(shown)):
        rows += [*([ListRow(None)] if number else []), ListRow(None, (Cell(group.value, "heading"),))]
        for overview in members:
            rows += [_incident_row(overview, now, badge), *_rows_below(overview, now, badge)]
    return rows


def in_triage(listed: Listed) -> bool:
    """Return whether it is a report that is still in triage."""
    return listed.live and listed.triage is not None


def _incident_row(overview: Overview, now: datetime, badge: int) -> ListRow:
    listed = overview.listed
    severity = f" {listed.severity or '?'} "
    style = f"sev{min(_LOWEST_RANK, overview.rank)}" if listed.severity and listed.live else "muted"
    padding = Cell(" " * (badge - cell_len(severity) + 2))
    age = elapsed(listed.opened, now) if listed.live else ago(listed.ended or listed.updated, now)
    # A report has no commander yet; an open incident without one needs one.
    commander = listed.commander or ("" if listed.phase is None else "unassigned")
    missing = listed.live and not listed.commander and not in_triage(listed)
    phase = "warn" if in_triage(listed) else "accent" if listed.live else "muted"
    return ListRow(
        listed.id,
        (
            Cell(severity, style),
            padding,
            Cell(listed.name, "muted", _ID_WIDTH),
            Cell(listed.title, "" if listed.live else "muted"),
        ),
        (
            Cell(commander, "warn" if missing else "muted", _COMMANDER_WIDTH),
            Cell(listed.standing, phase, _PHASE_WIDTH),
            Cell(age, "muted", _AGE_WIDTH),
        ),
    )


def _rows_below(overview: Overview, now: datetime, badge: int) -> list[ListRow]:
    """Return the line below an incident: what is late, what is next when resolved, what is left when closed."""
    cells = []
    if overview.unreadable:
        cells.append(Cell(f"cannot be read: {overview.unreadable}", "late"))
    elif late := owed(overview, now) or lateness(overview.late(now), now):
        cells.append(Cell(late, "late"))
    elif follow_ups := open_repair(overview):
        cells.append(Cell(follow_ups, "muted"))
    due = overview.next_due(now) if overview.group is Group.RESOLVED else None
    if due is not None:
        cells.append(Cell(f"{'  ' if cells else ''}next {countdown(due.at, now)}: {due.text}", "muted"))
    return [ListRow(None, (Cell("", "", badge + 2), *cells))] if cells else []


_PAINT_SECONDS = 1.0
_RELOAD_SECONDS = 2.0
_EMPTY = "No incidents. Press d to declare one: a title and a severity are enough."


class IncidentsScreen(Screen[None]):
    """All incidents of the store, read by `load`; what is chosen is posted as a message to the app."""

    AUTO_FOCUS = "#incidents"
    # The actions that need no open incident.
    ACTIONS: ClassVar[frozenset[str]] = frozenset(("new", "help", "filter", "detail", "palette", "back", "quit"))
    DEFAULT_CSS = """
    IncidentsScreen { background: $background; layout: vertical; overflow: hidden; }
    IncidentsScreen PaneFrame { height: 1fr; margin-top: 1; }
    IncidentsScreen #filter, IncidentsScreen #filter:focus { display: none; margin: 0 1; padding: 0 1; width: 1fr; }
    IncidentsScreen.-filter #filter { display: block; }
    IncidentsScreen #message { display: none; }
    IncidentsScreen.-message #message { display: block; }
    """

    class OpenRequested(Message):
        """A request to open an incident."""

        def __init__(self, listed: Listed) -> None:
            """Name the incident."""
            super().__init__()
            self.listed = listed

    class DeclareRequested(Message):
        """A request to declare an incident."""

    class HelpRequested(Message):
        """A request to show the help."""

    class ActionRequested(Message):
        """A request for an action of the app, by its name: the palette, back, quit."""

        def __init__(self, name: str) -> None:
            """Name the action."""
            super().__init__()
            self.name = name

    def __init__(
        self,
        load: Callable[[], Awaitable[Sequence[Overview]]],
        clock: Clock,
        zone: tzinfo,
        keys: Keys,
        hold: Callable[[], None] = lambda: None,
    ) -> None:
        """Take the reader of the store, the clock, the zone of local times and the keys.

        `hold` is called when the next keys are meant for the screen that a key opens.
        """
        super().__init__()
        self._load = load
        self._clock = clock
        self._zone = zone
        self._keys = keys
        self._overviews: tuple[Overview, ...] = ()
        self._loaded = False
        self._failing = False
        self._filter_text = ""
        self._hold = hold

    def compose(self) -> ComposeResult:
        """Lay out the header, the list, the filter, the message line and the footer."""
        yield Bar(id="header")
        yield PaneFrame("Incidents", LineList(id="incidents"))
        yield Field(id="filter", placeholder="filter incidents")
        yield Bar(id="message")
        yield FooterBar(id="footer")

    async def on_mount(self) -> None:
        """Read the store, and start to repaint and to reload."""
        self.query_one("#filter", Field).handles_key = self._handle_key
        self.set_interval(_PAINT_SECONDS, self.paint)
        self.set_interval(_RELOAD_SECONDS, self.reload)
        await self.reload()
        self.call_after_refresh(self.paint)

    async def on_screen_resume(self) -> None:
        """Reload when the list is shown again."""
        if self.is_mounted:
            await self.reload()

    def on_resize(self) -> None:
        """Repaint for the new width."""
        self.call_after_refresh(self.paint)

    async def reload(self) -> None:
        """Read the store again; on an error, show it and keep the rows."""
        try:
            self._overviews = tuple(await self._load())
        except Refused as refused:
            self._failing = True
            self.say(str(refused), "late")
            return
        if self._failing:
            self._failing = False
            self.say("")
        self._loaded = True
        self.paint()

    # Painting

    def say(self, text: str, style: str = "muted") -> None:
        """Show a message above the footer; an empty text removes it."""
        sign = f"{SIGNS[style]} " if text and style in SIGNS else ""
        self.query_one("#message", Bar).set_row(ListRow(None, (Cell(f"{sign}{text}", style),)))
        self.set_class(bool(text), "-message")

    def paint(self) -> None:
        """Draw everything as of now; lines that do not differ are not redrawn."""
        if not self.is_mounted:
            return
        now = self._clock.now()
        self._header(now)
        shown = [overview for overview in self._overviews if self._matches(overview.listed)]
        frame, lines = self.query_one(PaneFrame), self.query_one("#incidents", LineList)
        frame.title_right = f"{len(shown)} of {len(self._overviews)}" if self._filter_text else ""
        frame.hint = f'filter "{self._filter_text}" · esc clear' if self._filter_text and not self._typing else ""
        lines.set_rows(incident_rows(shown, now) if shown else [ListRow(None, (Cell(self._empty_text, "faint"),))])
        self._footer()

    def _header(self, now: datetime) -> None:
        waiting = sum(in_triage(overview.listed) for overview in self._overviews)
        live = sum(overview.group is Group.OPEN for overview in self._overviews) - waiting
        resolved = sum(overview.group is Group.RESOLVED for overview in self._overviews)
        count = f"{live} open" if live else "no open incidents"
        right = [Cell(f"{clock_seconds(now, parse_zone('UTC'))} UTC")]
        label = zone_label(self._zone, now)
        if label != "UTC" and self.size.width >= 60:
            right.append(Cell(f"{clock_seconds(now, self._zone)[:5]} {label}", "faint"))
        left = [Cell(" INCIDENTS ", "chip"), Cell(f"  {count}", "strong" if live else "muted")]
        left += [Cell(f"  {waiting} in triage", "warn")] if waiting else []
        left += [Cell(f"  {resolved} resolved, not closed", "muted")] if resolved else []
        self.query_one("#header", Bar).set_row(ListRow(None, tuple(left), tuple(right)))

    def _footer(self) -> None:
        if self._typing:
            keys: tuple[tuple[str, str], ...] = (("enter", "open"), ("↑↓", "move"), ("esc", "clear filter"))
        else:
            label = self._keys.label
            keys = (
                ("enter", "open"),
                (label("new"), "declare"),
                (label("filter"), "filter"),
                (label("palette"), "palette"),
                (label("help"), "help"),
                (label("back"), "quit"),
            )
        self.query_one("#footer", FooterBar).show(tuple(key for key in keys if key[0]))

    def _matches(self, listed: Listed) -> bool:
        fields = (listed.name, listed.severity or "", listed.title, listed.standing, listed.owed, listed.commander)
        text = " ".join(fields).casefold()
        return all(term in text for term in self._filter_text.casefold().split())

    @property
    def _empty_text(self) -> str:
        if not self._loaded:
            return "Reading the store ..."
        if self._filter_text:
            return f'No match for "{self._filter_text}".'
        return _EMPTY.replace("Press d", f"Press {self._keys.label('new') or 'd'}")

    # Keys and messages

    @property
    def _typing(self) -> bool:
        return self.has_class("-filter")

    def take_key(self, event: events.Key) -> bool:
        """Run the action of a key, unless the filter takes the key."""
        if event.key == "escape" and (self._typing or self._filter_text):
            self._clear_filter()
            return True
        if self._typing:
            if event.key in ("up", "down"):
                self.query_one("#incidents", LineList).action_step(-1 if event.key == "up" else 1)
                return True
            return False
        name = self._keys.action([event.key, *event.aliases], Scope.LIST, Scope.EVERYWHERE)
        if name is None:
            return False
        self.do(name)
        return True

    def do(self, name: str) -> None:
        """Run an action that works in the list, or ask the app to."""
        chosen = self.query_one("#incidents", LineList).cursor_key
        if name in ("new", "help") or (name == "detail" and chosen is not None):
            self._hold()
        if name == "new":
            self.post_message(self.DeclareRequested())
        elif name == "help":
            self.post_message(self.HelpRequested())
        elif name == "filter":
            self.add_class("-filter")
            self.set_focus(self.query_one("#filter", Field))
            self.paint()
        elif name == "detail":
            self.query_one("#incidents", LineList).action_choose()
        elif name in self.ACTIONS:
            self.post_message(self.ActionRequested(name))
        else:
            keys = ((self._keys.label("detail"), "open"), (self._keys.label("new"), "declare"))
            hint = ", ".join(f"{key} {label}" for key, label in keys[chosen is None :] if key)
            self.say(f"Only inside an incident: {hint or 'open one first'}", "warn")

    def _clear_filter(self) -> None:
        self._filter_text = ""
        field = self.query_one("#filter", Field)
        field.set_text("")
        self.remove_class("-filter")
        self.set_focus(self.query_one("#incidents", LineList))
        self.paint()

    @on(Input.Changed, "#filter")
    def _filter(self) -> None:
        text = self.query_one("#filter", Field).text
        if text != self._filter_text:
            self._filter_text = text
            self.paint()
            self.query_one("#incidents", LineList).action_first()

    def _handle_key(self, key: str) -> bool:
        """Move in the list and open an incident while the filter has the focus."""
        lines = self.query_one("#incidents", LineList)
        if key in ("up", "down"):
            lines.action_step(-1 if key == "up" else 1)
        elif key == "enter":
            self._filter()
            lines.action_choose()
        return key in ("up", "down", "enter", "tab", "shift+tab")

    @on(LineList.Chosen, "#incidents")
    def _chosen(self, event: LineList.Chosen) -> None:
        event.stop()
        for overview in self._overviews:
            if overview.listed.id == event.key:
                self.post_message(self.OpenRequested(overview.listed))
