"""The terminal app: themes, keys and screens; it holds no state of an incident."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from typing import ClassVar, Protocol, runtime_checkable

from textual import events, on, work
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.screen import Screen
from textual.widgets import Input, TextArea

from incident_cockpit.actions.registry import ACTIONS, SCRIPT_ACTION
from incident_cockpit.config.contacts import UserContact, load_contacts
from incident_cockpit.config.paths import plan_names, runbook_names
from incident_cockpit.errors import Refused
from incident_cockpit.journal.drafts import Drafts
from incident_cockpit.journal.read import Listed
from incident_cockpit.service.overview import Overview
from incident_cockpit.service.store import Store
from incident_cockpit.tui.app import safety
from incident_cockpit.tui.app.keys import Keys
from incident_cockpit.tui.app.live import LiveIncident
from incident_cockpit.tui.app.safety import GuardedApp, run_app
from incident_cockpit.tui.app.type_ahead import TypeAhead
from incident_cockpit.tui.handlers.declare import declare_incident
from incident_cockpit.tui.screens.cockpit import CockpitScreen
from incident_cockpit.tui.screens.help import HelpScreen
from incident_cockpit.tui.screens.incidents import IncidentsScreen
from incident_cockpit.tui.screens.modal import Dialog
from incident_cockpit.tui.screens.palette import PROVIDERS

# More theme errors are only counted: `incident doctor` lists them.
_THEME_ERRORS_SHOWN = 3


@runtime_checkable
class TakesKeys(Protocol):
    """A screen that runs the actions of the registry by their keys."""

    def take_key(self, event: events.Key) -> bool:
        """Run the action of the key; return whether there is one."""


class CockpitApp(GuardedApp):
    """The terminal front end."""

    TITLE = "Incident Cockpit"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar = set(PROVIDERS)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", "Quit", show=False, priority=True)]
    CSS = """
    Toast { background: $panel; }
    CommandPalette > Vertical, CommandPalette:dark > Vertical {
        width: 92; max-width: 100%; margin-top: 1; background: $panel;
    }
    CommandPalette #--input, CommandPalette #--input.--list-visible {
        border: none; padding: 0 1; margin: 0; background: $panel;
    }
    CommandPalette CommandInput, CommandPalette CommandInput:focus { border: none; height: 1; padding: 0; }
    CommandPalette SearchIcon { display: none; }
    CommandPalette CommandList, CommandPalette CommandList:focus { background: $panel; border: none; padding: 0; }
    CommandPalette LoadingIndicator { display: none; }
    """

    def __init__(self, store: Store, incident_id: str | None = None) -> None:
        """Show the incident with this UUID, or the list when there is none."""
        super().__init__(store)
        self._zone = store.zone
        self.env = store.env
        self.drafts = Drafts(store.places.drafts)
        self._first = incident_id
        self.keys = Keys(store.settings.keymap, off=() if store.settings.scripts else (SCRIPT_ACTION,))
        self.type_ahead = TypeAhead(self, self._take)

    async def on_event(self, event: events.Event) -> None:
        """Take keys before they enter the queue of a widget: the meaning of the next one may depend on this one."""
        fresh = isinstance(event, events.Key | events.Paste) and not event.is_forwarded
        if not fresh:
            await super().on_event(event)
        elif not self.type_ahead.keep(event):
            await self._take(event)

    async def _take(self, event: events.Event) -> None:
        if not self.screen_stack:
            # The app is closing.
            return
        screen: object = self.screen
        if isinstance(event, events.Key) and isinstance(screen, TakesKeys) and screen.take_key(event):
            return
        target = self.focused or self.screen
        await super().on_event(event)
        in_text = isinstance(target, Input | TextArea)
        # A letter in a text does not affect the next key; any other key may. An unhandled key still bubbles to the app,
        # and must not reach a dialog that the next key has opened: escape would close it.
        if isinstance(event, events.Key) and not (in_text and event.is_printable):
            self.type_ahead.follow(target, partial(self._key_handled, screen, self.type_ahead.releases))

    def _key_handled(self, screen: object, releases: int) -> None:
        """Hold the next keys if this one closed a dialog or made it busy; its opener releases them."""
        if not isinstance(screen, Dialog):
            return
        if screen.busy if screen in self.screen_stack else releases == self.type_ahead.releases:
            self.type_ahead.hold()

    def on_mount(self) -> None:
        """Load the themes, handle signals, and open the first screen."""
        safety.handle_signals(self)
        if errors := self.load_themes():
            lines = "\n".join(errors).splitlines()
            more = len(lines) - _THEME_ERRORS_SHOWN
            shown = [*lines[:_THEME_ERRORS_SHOWN], *([f"{more} more: incident doctor"] if more > 0 else [])]
            self.notify("\n".join(shown), title="Themes", severity="warning", timeout=15, markup=False)
        if self._first is None:
            self.show_list()
        else:
            self.open_incident(self._first)

    # Screens

    def runbooks(self) -> Sequence[str]:
        """Return the names of the runbooks in the user's folder and of the shipped ones."""
        return runbook_names(self.places)

    def plans(self) -> Sequence[str]:
        """Return the names of the plans in the user's folder and of the shipped ones."""
        return plan_names(self.places)

    async def listed(self) -> Sequence[Listed]:
        """Return the incidents, the newest first."""
        return await self.store_thread.call(lambda store: store.incidents())

    async def overview(self) -> Sequence[Overview]:
        """Return the incidents in their groups, with their due items."""
        return await self.store_thread.call(lambda store: store.overview())

    def show_list(self) -> None:
        """Go to the list of incidents."""
        hold = self.type_ahead.hold
        self._replace_screens(IncidentsScreen(self.overview, self._clock, self._zone, self.keys, hold=hold))

    def open_incident(self, incident_id: str, *, new: bool = False) -> None:
        """Open the cockpit on the incident with this UUID; keys typed meanwhile wait for it.

        A `new` one opens with a hint at the next key.
        """
        self.type_ahead.hold()
        self._open(incident_id, new)

    @work(exit_on_error=True)
    async def _open(self, incident_id: str, new: bool) -> None:
        try:
            live = await LiveIncident.open(self.store_thread, incident_id, self._clock, self._contacts())
            self._replace_screens(CockpitScreen(self, live, self._new_incident_hint(live) if new else ""))
        except Refused as refused:
            self.show_list()
            self.type_ahead.release()
            self.notify(str(refused), severity="error", timeout=15, markup=False)

    def _contacts(self) -> tuple[UserContact, ...]:
        """Return the user's contacts; a file with errors is reported and left out."""
        try:
            return load_contacts(self.places.contacts)
        except Refused as refused:
            self.notify(str(refused), severity="warning", timeout=15, markup=False)
            return ()

    def _new_incident_hint(self, live: LiveIncident) -> str:
        """Return the message for an incident that was just created, with the key for the next step."""
        name, declared = live.record.incident.name, live.record.incident.declared
        if not (key := self.keys.label("copy-message" if declared else "next")):
            return ""
        return f"{name} declared ({key} copy first message)" if declared else f"{name} reported ({key} triage)"

    def _replace_screens(self, screen: Screen[None]) -> None:
        """Replace all screens by this one; their content is stored or drafted."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.push_screen(screen)

    async def action_back(self) -> None:
        """Go back to the list of incidents."""
        self.show_list()

    @on(IncidentsScreen.OpenRequested)
    def _opened(self, message: IncidentsScreen.OpenRequested) -> None:
        self.open_incident(message.listed.id)

    @on(Dialog.Ready)
    def _dialog_ready(self) -> None:
        self.type_ahead.release()

    @on(IncidentsScreen.DeclareRequested)
    @work(exit_on_error=True)
    async def _declare(self) -> None:
        """Ask for title and severity, and open the new incident."""
        try:
            incident_id = await declare_incident(self)
        except Refused as refused:
            incident_id = None
            self.notify(str(refused), severity="error", timeout=15, markup=False)
        if incident_id:
            self.open_incident(incident_id, new=True)
        else:
            self.type_ahead.release()

    @on(IncidentsScreen.HelpRequested)
    @work(exit_on_error=True)
    async def _help(self) -> None:
        chosen = await self.push_screen_wait(HelpScreen(tuple(ACTIONS.values()), self.keys.of))
        self.type_ahead.release()
        if chosen and isinstance(self.screen, IncidentsScreen):
            self.screen.do(chosen)

    @on(IncidentsScreen.ActionRequested)
    def _run_app_action(self, message: IncidentsScreen.ActionRequested) -> None:
        if message.name == "palette":
            self.action_command_palette()
        else:
            # The list is the first screen: there is nothing to go back to.
            self.exit()

    def action_command_palette(self) -> None:
        """Open the command palette, with the words of the other lists."""
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(CommandPalette(id="--command-palette", placeholder="type to filter"))

    def ring(self, text: str) -> None:
        """Notify once, as set up: by the bell, by the desktop or not at all."""
        from incident_cockpit.integrations.desktop import notify

        env, how = dict(os.environ), self._settings.notify

        def beep(_sequence: str) -> None:
            self.call_from_thread(self.bell)

        # In a thread: a desktop may be slow to answer.
        self.run_worker(lambda: notify(text, how=how, env=env, write_terminal=beep), thread=True, exit_on_error=False)


def run(store: Store, incident_id: str | None = None) -> int:
    """Run the cockpit; return the exit code. Raises Refused without a terminal."""
    return run_app(lambda: CockpitApp(store, incident_id))
