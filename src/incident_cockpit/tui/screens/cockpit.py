"""The cockpit: bars, five panes, the entry line; it lays out, paints and listens, what is done is in `doing`."""

from __future__ import annotations

from collections.abc import Mapping

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from incident_cockpit.actions.action import ArgKind, Scope
from incident_cockpit.tui.app.live import LateAlerts, LiveIncident, View
from incident_cockpit.tui.app.type_ahead import TypeAhead
from incident_cockpit.tui.handlers.context import Services
from incident_cockpit.tui.handlers.dispatch import Doing
from incident_cockpit.tui.panes.due import DuePane
from incident_cockpit.tui.panes.hypotheses import HypothesesPane
from incident_cockpit.tui.panes.pane import Pane
from incident_cockpit.tui.panes.people import PeoplePane
from incident_cockpit.tui.panes.runbook import RunbookPane
from incident_cockpit.tui.panes.timeline import TimelinePane
from incident_cockpit.tui.screens.fields import draft_notice
from incident_cockpit.tui.widgets.bars import FooterBar, HeaderBar, MessageBar, NextBar
from incident_cockpit.tui.widgets.entry_line import EntryLine, LineAccepted, LineMessage
from incident_cockpit.tui.widgets.list_view import LineList
from incident_cockpit.tui.widgets.pane_frame import PaneFrame

_POLL_SECONDS, _ELSEWHERE_SECONDS = 0.25, 2.0
_WIDE, _HIGH, _LOW = 100, 30, 14
_TIMELINE = 2
_ENTRY_DRAFT = "entry"


class CockpitScreen(Screen[None]):
    """One live incident."""

    # The focus is set once, on mounting: Textual's own turn comes late and would take it away from who types already.
    AUTO_FOCUS = ""
    CSS = """
    CockpitScreen { background: $background; layout: vertical; overflow: hidden; }
    CockpitScreen #upper { height: 1fr; margin-top: 1; }
    CockpitScreen #frame-1 { width: 52%; }
    CockpitScreen #side { width: 1fr; }
    CockpitScreen #frame-3 { height: 10fr; }
    CockpitScreen #frame-4 { height: 7fr; }
    CockpitScreen #frame-5 { height: 5fr; }
    CockpitScreen #frame-2 { height: 32%; }
    CockpitScreen.-small #upper { margin-top: 0; }
    CockpitScreen.-small .-behind { display: none; }
    CockpitScreen.-small #side, CockpitScreen.-small #frame-1, CockpitScreen.-one #frame-1 { width: 1fr; }
    CockpitScreen.-small #upper PaneFrame { height: 1fr; }
    CockpitScreen.-small #frame-2 { height: 5; }
    CockpitScreen.-low #frame-2, CockpitScreen.-low #footer, CockpitScreen.-low #message { display: none; }
    CockpitScreen.-complains #message { height: 2; }
    CockpitScreen.-complains #footer { display: none; }
    CockpitScreen.-one #frame-2 { height: 1fr; display: block; }
    CockpitScreen.-one .-behind, CockpitScreen.-one #frame-2.-behind { display: none; }
    CockpitScreen.-one #upper PaneFrame { height: 1fr; }
    """

    def __init__(self, live: LiveIncident, around: Services, said: str = "") -> None:
        """Show the incident that is followed; `said` stands below the entry line at first."""
        super().__init__()
        self.live = live
        self.around = around
        self.filter_text = ""
        self._front = 1
        self._at_first = said
        self._doing = Doing(self)
        self._alerts = LateAlerts(live.record, self.view.now, around.notify)

    def compose(self) -> ComposeResult:
        """Lay out the bars, the panes and the entry line."""
        yield HeaderBar(id="header")
        yield NextBar()
        with Horizontal(id="upper"):
            yield RunbookPane().framed()
            with Vertical(id="side"):
                yield DuePane().framed()
                yield PeoplePane().framed()
                yield HypothesesPane().framed()
        yield TimelinePane().framed()
        yield EntryLine(lambda: self._doing.here, self._keep_draft)
        yield MessageBar()
        yield FooterBar(id="footer")

    def on_mount(self) -> None:
        """Paint, put the draft back, and begin to count and to follow."""
        self._restore_draft()
        self.set_interval(1, self.paint)
        self._follow()
        self._follow_others()
        self.set_focus(self.query_one("#runbook"))
        self.paint()
        # The frames know their widths only after the first layout.
        self.call_after_refresh(self._begin)

    @property
    def _draft(self) -> str:
        return f"{_ENTRY_DRAFT} {self.live.who}"

    def _restore_draft(self) -> None:
        drafts, view = self.around.drafts, self.view
        # Earlier versions did not save whose draft it is.
        drafts.rename(view.record.id, _ENTRY_DRAFT, self._draft)
        text, saved = drafts.kept(view.record.id, self._draft), drafts.saved(view.record.id, self._draft)
        said = (draft_notice(saved, view.zone, view.now, clears) for clears in ("", "ctrl+r clear"))
        self.entry.restore(text, *said)

    def _begin(self) -> None:
        self.say(self._at_first)
        self.paint()
        self.type_ahead.release()

    # What is shown

    @property
    def view(self) -> View:
        """The incident as of now."""
        return self.live.view(self.filter_text)

    @property
    def type_ahead(self) -> TypeAhead:
        """Where keys wait while an action is on its way."""
        return self.around.type_ahead

    @property
    def entry(self) -> EntryLine:
        """The entry line."""
        return self.query_one(EntryLine)

    @property
    def panes(self) -> list[Pane]:
        """The panes, in the order of the layout."""
        return list(self.query(Pane))

    @property
    def pane(self) -> Pane | None:
        """The pane that has the keys."""
        focused = self.focused
        return focused if isinstance(focused, Pane) else None

    def paint(self) -> None:
        """Draw everything as of now; each part repaints only what differs."""
        view = self.view
        self.query_one(HeaderBar).show(view)
        self.query_one(NextBar).show(view.prompts, self.around.keys.label("next"))
        for pane in self.panes:
            pane.show(view)
        if self.has_class("-small"):
            self._tabs(view)
        self._footer()
        self._alerts.alert(view.record, view.now)

    def _tabs(self, view: View) -> None:
        """On a small screen the panes that stand behind are tabs on the border of the one in front."""
        upper = [pane for pane in self.panes if pane.number != _TIMELINE]
        tabs = tuple(pane.tab(view) for pane in upper if pane.number != self._front)
        for pane in upper:
            pane.frame.tabs = tabs if pane.number == self._front else ()

    def _footer(self) -> None:
        keys: tuple[tuple[str, str], ...] = (("enter", "keep"), ("tab", "read it another way"), ("esc", "back"))
        if not self.entry.typing:
            keys = self.around.keys.footer(self.pane.scope if self.pane else None)
        self.query_one(FooterBar).show(keys)

    # LiveIncident

    @work(exclusive=True, group="follow", exit_on_error=False)
    async def _follow(self) -> None:
        await self.live.follow(_POLL_SECONDS, self.paint, self.say)

    @work(exclusive=True, group="elsewhere", exit_on_error=False)
    async def _follow_others(self) -> None:
        await self.live.follow_others(_ELSEWHERE_SECONDS)

    # The layout

    def on_resize(self, event: events.Resize) -> None:
        """Choose the layout for the size: panes side by side, or one in front and the others as tabs."""
        width, height = event.size
        self.set_class(width < _WIDE or height < _HIGH, "-small")
        self.set_class(height < _LOW, "-low")
        self._arrange()

    def _arrange(self) -> None:
        one = self.has_class("-one")
        for pane in self.panes:
            front = pane.number == self._front
            behind = not front and (one or pane.number != _TIMELINE)
            pane.frame.set_class(behind, "-behind")
            if not self.has_class("-small") or not front:
                pane.frame.tabs = ()
        left = self._front == RunbookPane.number
        self.query_one("#side").set_class(left, "-behind")
        self.query_one("#upper").set_class(one and self._front == _TIMELINE, "-behind")
        self.call_after_refresh(self.paint)

    def go_to(self, number: int) -> None:
        """Bring a pane to the front and give it the keys."""
        pane = next(pane for pane in self.panes if pane.number == number)
        if number != _TIMELINE or self.has_class("-one"):
            self._front = number
            self._arrange()
        self.set_focus(pane)
        # What it shows to whoever works in it: the next key may already be about a line of that.
        pane.show(self.view)

    def maximise(self) -> None:
        """Give the pane in use the whole screen, or give it back."""
        if self.pane is not None and not self.has_class("-one"):
            self._front = self.pane.number
        self.toggle_class("-one")
        if not self.has_class("-one") and self._front == _TIMELINE:
            self._front = RunbookPane.number
        self._arrange()

    def say(self, words: str, style: str = "muted", offer: str = "") -> None:
        """Say how something went, below the entry line; nothing takes it away but what is said next."""
        self.query_one(MessageBar).say(words, style, offer)

    # Keys and messages

    def take_key(self, event: events.Key) -> bool:
        """Do what the registry says a key does here, unless the entry line takes it."""
        if self.entry.typing:
            if event.key == "escape":
                self.go_to(self._front)
            return event.key == "escape"
        self.query_one(MessageBar).fold()
        if event.key == "escape" and self.filter_text:
            self.filter_text = ""
            self.paint()
            return True
        if self.pane is not None and self.pane.moves(event.key):
            return True
        scopes = (Scope.EVERYWHERE,) if self.pane is None else (self.pane.scope, Scope.EVERYWHERE)
        name = self.around.keys.action([event.key, *event.aliases], *scopes)
        if name is None:
            return False
        self.do(name)
        return True

    def do(self, name: str, values: Mapping[str, str] | None = None) -> None:
        """Do an action of the registry; what it still needs is taken from the cursor or asked for."""
        self._doing.do(name, dict(values or {}))

    def cursor(self, kind: ArgKind) -> str | None:
        """Return what the cursor of the pane in use is on, if it is of this kind."""
        return self.pane.cursor(kind) if self.pane is not None else None

    def on_paste(self, event: events.Paste) -> None:
        """Take text that was pasted outside any field into the entry line."""
        event.stop()
        self.entry.take_paste(event.text)

    @on(LineAccepted)
    def _kept(self, message: LineAccepted) -> None:
        self._doing.keep(message.reading, message.typed)

    def _keep_draft(self, text: str) -> None:
        self.around.drafts.keep(self.live.record.id, self._draft, text)

    @on(LineMessage)
    def _said(self, message: LineMessage) -> None:
        self.say(message.words, message.style)

    @on(LineList.Chosen)
    def _chosen(self) -> None:
        self.do("detail")

    @on(PaneFrame.TabClicked)
    def _picked(self, message: PaneFrame.TabClicked) -> None:
        self.go_to(message.number)

    def on_descendant_focus(self) -> None:
        """Show the keys of what has them now, and the panes as they are for whoever works elsewhere."""
        pane = self.pane
        if pane is not None and pane.number != _TIMELINE:
            self._front = pane.number
        if self.is_mounted:
            self.paint()
