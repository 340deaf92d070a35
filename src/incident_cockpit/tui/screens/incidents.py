"""The list of incidents in three groups: open, resolved but not closed, closed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, tzinfo
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input

from incident_cockpit.actions.action import Scope
from incident_cockpit.clock import Clock
from incident_cockpit.errors import Refused
from incident_cockpit.journal.read import Listed
from incident_cockpit.service.overview import Group, Overview
from incident_cockpit.times.format import clock_seconds, zone_label
from incident_cockpit.times.parse import parse_zone
from incident_cockpit.tui.app.keys import Keys
from incident_cockpit.tui.app.theme_styles import SIGNS
from incident_cockpit.tui.screens.incident_rows import Rank, in_triage, rank_by_number, rows_of
from incident_cockpit.tui.widgets.bars import Bar, FooterBar
from incident_cockpit.tui.widgets.list_view import Cell, LineList, ListRow
from incident_cockpit.tui.widgets.pane_frame import PaneFrame
from incident_cockpit.tui.widgets.text_field import Field

_PAINT_SECONDS = 1.0
_RELOAD_SECONDS = 2.0
_EMPTY = "No incident yet. Press d to declare one: a title and a severity are enough."


class IncidentsScreen(Screen[None]):
    """Every incident of the store; it reads by `load` and says what a person wants, it opens nothing itself."""

    AUTO_FOCUS = "#incidents"
    # The actions that mean something without an incident.
    DOES: ClassVar[frozenset[str]] = frozenset(("new", "help", "filter", "detail", "palette", "back", "quit"))
    DEFAULT_CSS = """
    IncidentsScreen { background: $background; layout: vertical; overflow: hidden; }
    IncidentsScreen PaneFrame { height: 1fr; margin-top: 1; }
    IncidentsScreen #words, IncidentsScreen #words:focus { display: none; margin: 0 1; padding: 0 1; width: 1fr; }
    IncidentsScreen.-filter #words { display: block; }
    IncidentsScreen #message { display: none; }
    IncidentsScreen.-message #message { display: block; }
    """

    class OpenRequested(Message):
        """An incident is to be opened."""

        def __init__(self, listed: Listed) -> None:
            """Name the incident."""
            super().__init__()
            self.listed = listed

    class DeclareRequested(Message):
        """A new incident is to be declared."""

    class HelpRequested(Message):
        """The help is to be shown."""

    class ActionRequested(Message):
        """Another action of the registry is wanted, by its name: the palette, leaving."""

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
        rank: Rank | None = None,
        hold: Callable[[], None] = lambda: None,
    ) -> None:
        """Take what reads the store, the time, the keys, and how bad a severity's id is (1 is the worst)."""
        super().__init__()
        self._load = load
        self._clock = clock
        self._zone = zone
        self._keys = keys
        self._rank = rank or rank_by_number
        self._listed: tuple[Overview, ...] = ()
        self._loaded = False
        self._in_trouble = False
        self._words = ""
        # Called when the next keys are meant for what this one opens.
        self._hold = hold

    def compose(self) -> ComposeResult:
        """Lay out the header, the list and the keys."""
        yield Bar(id="header")
        yield PaneFrame("Incidents", LineList(id="incidents"))
        yield Field(id="words", placeholder="show only incidents with these words")
        yield Bar(id="message")
        yield FooterBar(id="footer")

    async def on_mount(self) -> None:
        """Read the store and begin to count and to follow it."""
        self.query_one("#words", Field).handles_key = self._handle_key
        self.set_interval(_PAINT_SECONDS, self.paint)
        self.set_interval(_RELOAD_SECONDS, self.reload)
        await self.reload()
        self.call_after_refresh(self.paint)

    async def on_screen_resume(self) -> None:
        """Read again when the list comes back into sight."""
        if self.is_mounted:
            await self.reload()

    def on_resize(self) -> None:
        """Draw for the new width."""
        self.call_after_refresh(self.paint)

    async def reload(self) -> None:
        """Read the store again; what is in the way is said, and what was read before stays on the screen."""
        try:
            self._listed = tuple(await self._load())
        except Refused as refused:
            self._in_trouble = True
            self.say(str(refused), "late")
            return
        if self._in_trouble:
            self._in_trouble = False
            self.say("")
        self._loaded = True
        self.paint()

    # What is shown

    def say(self, words: str, style: str = "muted") -> None:
        """Say how something went in the line above the keys; no words take it away."""
        sign = f"{SIGNS[style]} " if words and style in SIGNS else ""
        self.query_one("#message", Bar).set_row(ListRow(None, (Cell(f"{sign}{words}", style),)))
        self.set_class(bool(words), "-message")

    def paint(self) -> None:
        """Draw everything as of now; lines that do not differ are left alone."""
        if not self.is_mounted:
            return
        now = self._clock.now()
        self._header(now)
        shown = [one for one in self._listed if self._fits(one.listed)]
        frame, lines = self.query_one(PaneFrame), self.query_one("#incidents", LineList)
        frame.title_right = f"{len(shown)} of {len(self._listed)}" if self._words else ""
        frame.hint = f'with "{self._words}" · esc all' if self._words and not self._typing else ""
        lines.set_rows(rows_of(shown, now, self._rank) if shown else [ListRow(None, (Cell(self._nothing, "faint"),))])
        self._footer()

    def _header(self, now: datetime) -> None:
        waiting = sum(in_triage(one.listed) for one in self._listed)
        live = sum(one.group is Group.OPEN for one in self._listed) - waiting
        resolved = sum(one.group is Group.RESOLVED for one in self._listed)
        count = f"{live} open" if live else "none open"
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
            keys: tuple[tuple[str, str], ...] = (("enter", "open"), ("↑↓", "move"), ("esc", "show all"))
        else:
            label = self._keys.label
            keys = (
                ("enter", "open"),
                (label("new"), "new"),
                (label("filter"), "filter"),
                (label("palette"), "palette"),
                (label("help"), "help"),
                (label("back"), "leave"),
            )
        self.query_one("#footer", FooterBar).show(tuple(key for key in keys if key[0]))

    def _fits(self, one: Listed) -> bool:
        said = f"{one.name} {one.severity or ''} {one.title} {one.standing} {one.owed} {one.commander}".casefold()
        return all(word in said for word in self._words.casefold().split())

    @property
    def _nothing(self) -> str:
        if not self._loaded:
            return "Reading the store ..."
        if self._words:
            return f"No incident has the words '{self._words}'."
        return _EMPTY.replace("Press d", f"Press {self._keys.label('new') or 'd'}")

    # Keys and messages

    @property
    def _typing(self) -> bool:
        return self.has_class("-filter")

    def take_key(self, event: events.Key) -> bool:
        """Do what the registry says a key does here, unless the filter takes it."""
        if event.key == "escape" and (self._typing or self._words):
            self._filter_off()
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
        """Do an action of the registry as far as the list knows it; the app has the rest."""
        chosen = self.query_one("#incidents", LineList).cursor_key
        if name in ("new", "help") or (name == "detail" and chosen is not None):
            self._hold()
        if name == "new":
            self.post_message(self.DeclareRequested())
        elif name == "help":
            self.post_message(self.HelpRequested())
        elif name == "filter":
            self._filter_on()
        elif name == "detail":
            self.query_one("#incidents", LineList).action_choose()
        elif name in self.DOES:
            self.post_message(self.ActionRequested(name))
        else:
            ways = ((self._keys.label("detail"), "opens one"), (self._keys.label("new"), "declares one"))
            told = ", ".join(f"{key} {does}" for key, does in ways[chosen is None :] if key)
            self.say(f"this is done inside an incident: {told or 'open one first'}", "warn")

    def _filter_on(self) -> None:
        self.add_class("-filter")
        self.set_focus(self.query_one("#words", Field))
        self.paint()

    def _filter_off(self) -> None:
        self._words = ""
        field = self.query_one("#words", Field)
        field.set_text("")
        self.remove_class("-filter")
        self.set_focus(self.query_one("#incidents", LineList))
        self.paint()

    @on(Input.Changed, "#words")
    def _narrow(self) -> None:
        words = self.query_one("#words", Field).text
        if words != self._words:
            self._words = words
            self.paint()
            self.query_one("#incidents", LineList).action_first()

    def _handle_key(self, key: str) -> bool:
        """Move in the list and open from it while words are typed."""
        lines = self.query_one("#incidents", LineList)
        if key in ("up", "down"):
            lines.action_step(-1 if key == "up" else 1)
        elif key == "enter":
            self._narrow()
            lines.action_choose()
        return key in ("up", "down", "enter", "tab", "shift+tab")

    @on(LineList.Chosen, "#incidents")
    def _chosen(self, event: LineList.Chosen) -> None:
        event.stop()
        listed = next((one.listed for one in self._listed if one.listed.id == event.key), None)
        if listed is not None:
            self.post_message(self.OpenRequested(listed))
