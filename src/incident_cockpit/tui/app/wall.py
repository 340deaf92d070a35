"""The wallboard: a read-only view of one incident that is kept up to date."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

from msgspec.structs import replace
from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from incident_cockpit.documents.document import veiled
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.views.next_action import prompts
from incident_cockpit.service.store import Store
from incident_cockpit.tui.app import safety
from incident_cockpit.tui.app.live import LiveIncident, View
from incident_cockpit.tui.app.safety import GuardedApp, run_app
from incident_cockpit.tui.panes.due import DuePane
from incident_cockpit.tui.panes.hypotheses import HypothesesPane
from incident_cockpit.tui.panes.pane import Pane
from incident_cockpit.tui.panes.people import PeoplePane
from incident_cockpit.tui.panes.timeline import TimelinePane
from incident_cockpit.tui.widgets.bars import CommanderBar, HeaderBar, ImpactBar, LastUpdateBar, MessageBar, NextBar
from incident_cockpit.tui.widgets.pane_frame import PaneFrame

_POLL_SECONDS, _ELSEWHERE_SECONDS = 0.5, 2.0
_WIDE, _HIGH = 90, 36


class WallScreen(Screen[None]):
    """The situation: header, NEXT, impact, updates, due items, people, hypotheses and the latest entries."""

    AUTO_FOCUS = ""
    CSS = """
    WallScreen { background: $background; layout: vertical; overflow: hidden; }
    WallScreen #upper { height: 2fr; }
    WallScreen #timeline-frame { height: 3fr; }
    WallScreen #side { width: 1fr; }
    WallScreen.-narrow #side, WallScreen.-low #causes { display: none; }
    WallScreen #commander { display: none; }
    WallScreen.-narrow #commander { display: block; }
    WallScreen #people-frame { height: 3fr; }
    WallScreen #causes { height: 2fr; }
    """

    def __init__(self, live: LiveIncident) -> None:
        """Show the incident that is followed."""
        super().__init__()
        self.live = live
        # A restricted incident is shown by its codename; rebuilt only after new events.
        self._veiled: Record | None = None
        self._veiled_of: tuple[str, int, int] | None = None

    def compose(self) -> ComposeResult:
        """Lay out the bars and the panes."""
        yield HeaderBar(id="header")
        yield NextBar()
        yield ImpactBar(id="impact")
        yield LastUpdateBar(id="last-update")
        yield CommanderBar(id="commander")
        with Horizontal(id="upper"):
            yield PaneFrame(DuePane.title, DuePane(), id="due-frame")
            with Vertical(id="side"):
                yield PaneFrame(PeoplePane.title, PeoplePane(), id="people-frame")
                yield PaneFrame(HypothesesPane.title, HypothesesPane(), id="causes")
        yield PaneFrame(TimelinePane.title, TimelinePane(), id="timeline-frame")
        yield MessageBar()

    def on_mount(self) -> None:
        """Paint, and follow the store."""
        self.set_interval(1, self.paint)
        self._follow()
        self._follow_others()
        self.call_after_refresh(self.paint)

    def on_resize(self, event: events.Resize) -> None:
        """Hide People on a narrow screen, and Hypotheses on a low one."""
        self.set_class(event.size.width < _WIDE, "-narrow")
        self.set_class(event.size.height < _HIGH, "-low")
        self.call_after_refresh(self.paint)

    def paint(self) -> None:
        """Draw everything as of now; the latest entry is always visible."""
        view = self.view
        self.query_one(HeaderBar).show(view)
        self.query_one(NextBar).show(tuple(replace(prompt, verb="") for prompt in prompts(view.incident, view.now)), "")
        self.query_one(ImpactBar).show(view)
        self.query_one(LastUpdateBar).show(view)
        self.query_one(CommanderBar).show(view)
        for pane in self.query(Pane):
            pane.show(view)
        # The keys in the hint do nothing here.
        self.query_one(HypothesesPane).frame.hint = ""
        self.query_one(TimelinePane).action_last()

    @property
    def view(self) -> View:
        """The incident as of now; a restricted one is shown by its codename."""
        view = self.live.view()
        if not view.incident.codename:
            return view
        if self._veiled is None or self._veiled_of != view.record.version:
            self._veiled, self._veiled_of = veiled(view.record), view.record.version
        return dataclasses.replace(view, record=self._veiled)

    @work(exclusive=True, group="follow", exit_on_error=False)
    async def _follow(self) -> None:
        command = f"incident put-back {self.live.record.incident.opening.number}"
        await self.live.follow(_POLL_SECONDS, self.paint, self.query_one(MessageBar).say, command)

    @work(exclusive=True, group="elsewhere", exit_on_error=False)
    async def _follow_others(self) -> None:
        await self.live.follow_others(_ELSEWHERE_SECONDS)


class WallApp(GuardedApp):
    """The app of the wallboard; q, escape or ctrl+q quits."""

    TITLE = "Incident wall"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,escape,ctrl+q,ctrl+c", "quit", "Quit", show=False, priority=True)
    ]

    def __init__(self, store: Store, incident_id: str) -> None:
        """Show the incident with this UUID."""
        super().__init__(store)
        self._incident_id = incident_id

    async def on_mount(self) -> None:
        """Apply the theme and show the screen."""
        safety.handle_signals(self)
        self.load_themes()
        await self.push_screen(WallScreen(await LiveIncident.open(self.store_thread, self._incident_id, self._clock)))


def watch(store: Store, incident_id: str) -> int:
    """Run the wallboard; return the exit code. Raises Refused without a terminal."""
    return run_app(lambda: WallApp(store, incident_id))
