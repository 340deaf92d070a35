"""The cockpit screen: bars, panes and entry line; it lays out, paints and takes keys, and handlers do the rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from incident_cockpit.actions.action import Scope
from incident_cockpit.actions.arguments.argument import Arg
from incident_cockpit.tui.app.live import LateAlerts, LiveIncident, View
from incident_cockpit.tui.handlers.context import Context
from incident_cockpit.tui.handlers.dispatch import NONE, Values, load_handlers, log_line, start
from incident_cockpit.tui.panes.pane import Pane
from incident_cockpit.tui.panes.registry import PANES, SLOTS, Area
from incident_cockpit.tui.screens.fields import draft_notice
from incident_cockpit.tui.widgets.bars import FooterBar, HeaderBar, MessageBar, NextBar
from incident_cockpit.tui.widgets.entry_line import EntryLine, LineAccepted, LineMessage
from incident_cockpit.tui.widgets.list_view import LineList
from incident_cockpit.tui.widgets.pane_frame import PaneFrame

if TYPE_CHECKING:
    from incident_cockpit.tui.app.app import CockpitApp

PaneType = TypeVar("PaneType", bound=Pane)

load_handlers()

_POLL_SECONDS, _ELSEWHERE_SECONDS = 0.25, 2.0
_WIDE, _HIGH, _LOW = 100, 30, 14
_ENTRY_DRAFT = "entry"


class CockpitScreen(Screen[None]):
    """One live incident."""

    # The focus is set once, on mounting: Textual sets it late, and would take it from a user who types already.
    AUTO_FOCUS = ""
    CSS = """
    CockpitScreen { background: $background; layout: vertical; overflow: hidden; }
    CockpitScreen #upper { height: 1fr; margin-top: 1; }
    CockpitScreen #side { width: 1fr; }
    CockpitScreen.-small #upper { margin-top: 0; }
    CockpitScreen.-small .-behind { display: none; }
    CockpitScreen.-small #side, CockpitScreen.-small .-left, CockpitScreen.-maximised .-left { width: 1fr; }
    CockpitScreen.-small #upper PaneFrame { height: 1fr; }
    CockpitScreen.-small .-bottom { height: 5; }
    CockpitScreen.-low .-bottom, CockpitScreen.-low #footer, CockpitScreen.-low #message { display: none; }
    CockpitScreen.-two-lines #message { height: 2; }
    CockpitScreen.-two-lines #footer { display: none; }
    CockpitScreen.-maximised .-bottom { height: 1fr; display: block; }
    CockpitScreen.-maximised .-behind { display: none; }
    CockpitScreen.-maximised #upper PaneFrame { height: 1fr; }
    """ + "\n".join(slot.css for slot in PANES)

    def __init__(self, app: CockpitApp, live: LiveIncident, result: str = "") -> None:
        """Show the incident that is followed; `result` is shown below the entry line at first."""
        super().__init__()
        self.live = live
        self.filter_text = ""
        self.context = Context(self, app)
        self._front: type[Pane] = PANES[0].pane
        self._first_result = result
        self._alerts = LateAlerts(live.record, self.view.now, app.ring)

    def compose(self) -> ComposeResult:
        """Lay out the bars, the panes and the entry line."""
        yield HeaderBar(id="header")
        yield NextBar()
        with Horizontal(id="upper"):
            yield from self._frames(Area.LEFT)
            with Vertical(id="side"):
                yield from self._frames(Area.SIDE)
        yield from self._frames(Area.BOTTOM)
        drafts = self.context.app.drafts
        yield EntryLine(lambda: self.context.here, lambda text: drafts.keep(self.live.record.id, self._draft, text))
        yield MessageBar()
        yield FooterBar(id="footer")

    def _frames(self, area: Area) -> Iterator[PaneFrame]:
        for slot in PANES:
            if slot.area is area:
                classes = f"-{area} {slot.css_class}"
                yield PaneFrame(slot.pane.title, slot.pane(), slot.number, classes=classes)

    def on_mount(self) -> None:
        """Restore the draft, paint, and follow the store."""
        self._restore_draft()
        self.set_interval(1, self.paint)
        self._follow()
        self._follow_others()
        self.set_focus(self.query_one(self._front))
        self.paint()
        # The frames know their widths only after the first layout.
        self.call_after_refresh(self._begin)

    @property
    def _draft(self) -> str:
        return f"{_ENTRY_DRAFT} {self.live.who}"

    def _restore_draft(self) -> None:
        drafts, view = self.context.app.drafts, self.view
        # Earlier versions did not save whose draft it is.
        drafts.rename(view.record.id, _ENTRY_DRAFT, self._draft)
        text, saved = drafts.kept(view.record.id, self._draft), drafts.saved(view.record.id, self._draft)
        notices = (draft_notice(saved, view.zone, view.now, keys) for keys in ("", "ctrl+r clear"))
        self.entry.restore(text, *notices)

    def _begin(self) -> None:
        self.say(self._first_result)
        self.paint()
        self.context.app.type_ahead.release()

    # Showing

    @property
    def view(self) -> View:
        """The incident as of now."""
        return self.live.view(self.filter_text)

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
        self.query_one(NextBar).show(view.prompts, self.context.app.keys.label("next"))
        for pane in self.panes:
            pane.show(view)
        if self.has_class("-small"):
            self._show_tabs(view)
        keys: tuple[tuple[str, str], ...] = (("enter", "log"), ("tab", "change type"), ("esc", "close"))
        if not self.entry.typing:
            keys = self.context.app.keys.footer(self.pane.scope if self.pane else None)
        self.query_one(FooterBar).show(keys)
        self._alerts.alert(view.record, view.now)

    def _show_tabs(self, view: View) -> None:
        """Show the panes behind the front one as tabs on its border, on a small screen."""
        upper = [pane for pane in self.panes if SLOTS[type(pane)].area is not Area.BOTTOM]
        tabs = tuple(pane.tab(SLOTS[type(pane)].number, view) for pane in upper if type(pane) is not self._front)
        for pane in upper:
            pane.frame.tabs = tabs if type(pane) is self._front else ()

    # Following the store

    @work(exclusive=True, group="follow", exit_on_error=False)
    async def _follow(self) -> None:
        await self.live.follow(_POLL_SECONDS, self.paint, self.say)

    @work(exclusive=True, group="elsewhere", exit_on_error=False)
    async def _follow_others(self) -> None:
        await self.live.follow_others(_ELSEWHERE_SECONDS)

    # Layout

    def on_resize(self, event: events.Resize) -> None:
        """Choose the layout for the size: panes side by side, or one in front and the others as tabs."""
        width, height = event.size
        self.set_class(width < _WIDE or height < _HIGH, "-small")
        self.set_class(height < _LOW, "-low")
        self._arrange()

    def _arrange(self) -> None:
        maximised, front_area = self.has_class("-maximised"), SLOTS[self._front].area
        for pane in self.panes:
            is_front = type(pane) is self._front
            behind = not is_front and (maximised or SLOTS[type(pane)].area is not Area.BOTTOM)
            pane.frame.set_class(behind, "-behind")
            if not self.has_class("-small") or not is_front:
                pane.frame.tabs = ()
        self.query_one("#side").set_class(front_area is Area.LEFT, "-behind")
        self.query_one("#upper").set_class(maximised and front_area is Area.BOTTOM, "-behind")
        self.call_after_refresh(self.paint)

    def go_to(self, pane_type: type[PaneType]) -> PaneType:
        """Bring a pane to the front, give it the keys and return it."""
        pane = self.query_one(pane_type)
        if SLOTS[pane_type].area is not Area.BOTTOM or self.has_class("-maximised"):
            self._front = pane_type
            self._arrange()
        self.set_focus(pane)
        # Rows that depend on the focus are drawn at once: the next key may already be about one of them.
        pane.show(self.view)
        return pane

    def maximise(self) -> None:
        """Toggle full screen for the pane in use."""
        if self.pane is not None and not self.has_class("-maximised"):
            self._front = type(self.pane)
        self.toggle_class("-maximised")
        if not self.has_class("-maximised") and SLOTS[self._front].area is Area.BOTTOM:
            self._front = PANES[0].pane
        self._arrange()

    def say(self, text: str, style: str = "muted", offer: str = "") -> None:
        """Show a message below the entry line, until the next one."""
        self.query_one(MessageBar).say(text, style, offer)

    # Keys and messages

    def take_key(self, event: events.Key) -> bool:
        """Do the action of a key in the pane in use, unless the entry line takes the key."""
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
        name = self.context.app.keys.action([event.key, *event.aliases], *scopes)
        if name is None:
            return False
        start(self.context, name)
        return True

    def do(self, name: str, values: Values = NONE) -> None:
        """Do an action; missing values come from the cursor or a form."""
        start(self.context, name, values)

    def cursor(self, kind: type[Arg]) -> str | None:
        """Return what the cursor of the pane in use is on, if it is of this kind."""
        return self.pane.cursor(kind) if self.pane is not None else None

    def on_paste(self, event: events.Paste) -> None:
        """Take text that was pasted outside any field into the entry line."""
        event.stop()
        self.entry.take_paste(event.text)

    @on(LineAccepted)
    def _line_accepted(self, message: LineAccepted) -> None:
        log_line(self.context, message.reading, message.typed)

    @on(LineMessage)
    def _line_message(self, message: LineMessage) -> None:
        self.say(message.text, message.style)

    @on(LineList.Chosen)
    def _row_chosen(self) -> None:
        self.do("detail")

    @on(PaneFrame.TabClicked)
    def _tab_clicked(self, message: PaneFrame.TabClicked) -> None:
        self.go_to(PANES[message.number - 1].pane)

    def on_descendant_focus(self) -> None:
        """Show the keys of the pane in use; panes may draw their rows differently without the focus."""
        pane = self.pane
        if pane is not None and SLOTS[type(pane)].area is not Area.BOTTOM:
            self._front = type(pane)
        if self.is_mounted:
            self.paint()
