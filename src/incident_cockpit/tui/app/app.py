"""The app: themes, guards, screens; it holds no state of an incident."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from typing import ClassVar, Protocol, runtime_checkable

from textual import events, on, work
from textual.binding import Binding, BindingType
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

# A theme can be wrong in twenty ways, and the screen is for the incident.
_COMPLAINTS = 3


@runtime_checkable
class TakesKeys(Protocol):
    """A screen that says by the registry what a key does on it."""

    def take_key(self, event: events.Key) -> bool:
        """Do what the key means here; return whether it means anything."""


class CockpitApp(GuardedApp):
    """The terminal front end."""

    TITLE = "Incident Cockpit"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar = set(PROVIDERS)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", "Leave", show=False, priority=True)]
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

    def __init__(self, library: Store, incident_id: str | None = None) -> None:
        """Show the incident with this UUID, or the list when there is none."""
        super().__init__(library)
        self._zone = library.zone
        self.env = library.env
        self.drafts = Drafts(library.places.drafts)
        self._first = incident_id
        self.keys = Keys(library.settings.keymap, off=() if library.settings.scripts else (SCRIPT_ACTION,))
        self.type_ahead = TypeAhead(self, self._take)

    async def on_event(self, event: events.Event) -> None:
        """Take keys here, before they are handed to a widget's own queue: the next one may depend on this one."""
        fresh = isinstance(event, events.Key | events.Paste) and not event.is_forwarded
        if not fresh:
            await super().on_event(event)
        elif not self.type_ahead.keep(event):
            await self._take(event)

    async def _take(self, event: events.Event) -> None:
        if not self.screen_stack:
            # On the way out nobody is there to take it.
            return
        screen: object = self.screen
        if isinstance(event, events.Key) and isinstance(screen, TakesKeys) and screen.take_key(event):
            return
        target = self.focused or self.screen
        await super().on_event(event)
        in_text = isinstance(target, Input | TextArea)
        # A letter in a text changes nothing for the next key; any other key may. One that means nothing here still
        # climbs up to the app, and must not meet a box there that the next key has opened: escape would close it.
        if isinstance(event, events.Key) and not (in_text and event.is_printable):
            self.type_ahead.follow(target, partial(self._went_through, screen, self.type_ahead.releases))

    def _went_through(self, screen: object, releases: int) -> None:
        """Keep the next keys where one has ended a box, or has it do something: whoever opened it releases them."""
        if not isinstance(screen, Dialog):
            return
        if screen.busy if screen in self.screen_stack else releases == self.type_ahead.releases:
            self.type_ahead.hold()

    def on_mount(self) -> None:
        """Put up the themes, mend what a signal would break, and open the first screen."""
        safety.handle_signals(self)
        self._load_themes()
        if self._first is None:
            self.show_list()
        else:
            self.open_incident(self._first)

    def _load_themes(self) -> None:
        complaints = self.take_themes()
        if complaints:
            wrong = "\n".join(complaints).splitlines()
            more = len(wrong) - _COMPLAINTS
            said = [*wrong[:_COMPLAINTS], *([f"and {more} more: incident doctor"] if more > 0 else [])]
            self.notify("\n".join(said), title="Themes", severity="warning", timeout=15, markup=False)

    # Screens

    def runbooks(self) -> Sequence[str]:
        """Return the names of the runbooks that can be attached by name."""
        return runbook_names(self.places)

    def plans(self) -> Sequence[str]:
        """Return the names of the plans that can be followed by name."""
        return plan_names(self.places)

    async def listed(self) -> Sequence[Listed]:
        """Return the incidents, the newest first."""
        return await self.store_thread.call(lambda library: library.incidents())

    async def overview(self) -> Sequence[Overview]:
        """Return the incidents in their groups, with what each owes."""
        return await self.store_thread.call(lambda library: library.overview())

    def show_list(self) -> None:
        """Go to the list of incidents."""
        hold = self.type_ahead.hold
        self._start_over(IncidentsScreen(self.overview, self._clock, self._zone, self.keys, hold=hold))

    def open_incident(self, incident_id: str, *, new: bool = False) -> None:
        """Open the cockpit on the incident with this UUID; what is typed meanwhile is meant for it.

        Of a `new` one is said what can be done with it at once.
        """
        self.type_ahead.hold()
        self._open(incident_id, new)

    @work(exit_on_error=True)
    async def _open(self, incident_id: str, new: bool) -> None:
        try:
            live = await LiveIncident.open(self.store_thread, incident_id, self._clock, self._contacts())
            self._start_over(CockpitScreen(self, live, self._first_word(live) if new else ""))
        except Refused as refused:
            self.show_list()
            self.type_ahead.release()
            self.notify(str(refused), severity="error", timeout=15, markup=False)

    def _contacts(self) -> tuple[UserContact, ...]:
        """Return how people are reached; a file that is wrong is said, and the incident goes on without it."""
        try:
            return load_contacts(self.places.contacts)
        except Refused as refused:
            self.notify(str(refused), severity="warning", timeout=15, markup=False)
            return ()

    def _first_word(self, live: LiveIncident) -> str:
        """Return what is at hand for an incident that was just made."""
        name, declared = live.record.incident.name, live.record.incident.declared
        key = self.keys.label("copy-message" if declared else "next")
        words = "declared: {} copies the first message" if declared else "reported: {} says what it is"
        return f"{name} is {words.format(key)}" if key else ""

    def _start_over(self, screen: Screen[None]) -> None:
        """Put up a screen in place of all others; what was on them is in the store or in a draft."""
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
    def _box_is_ready(self) -> None:
        self.type_ahead.release()

    @on(IncidentsScreen.DeclareRequested)
    @work(exit_on_error=True)
    async def _declare(self) -> None:
        """Ask for title and severity, and open what was declared or reported."""
        try:
            made = await declare_incident(self)
        except Refused as refused:
            made = None
            self.notify(str(refused), severity="error", timeout=15, markup=False)
        if made:
            self.open_incident(made, new=True)
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
    def _wanted(self, message: IncidentsScreen.ActionRequested) -> None:
        if message.name == "palette":
            self.action_command_palette()
        else:
            # Behind the list there is nothing to go back to.
            self.exit()

    def ring(self, words: str) -> None:
        """Draw attention once, as the settings say: bell, desktop or not at all."""
        from incident_cockpit.integrations.notifications import notify

        env, how = dict(os.environ), self._settings.notify
        # A desktop may take its time to answer, and the screen goes on.
        self.run_worker(
            lambda: notify(words, how=how, env=env, write_terminal=self._beep), thread=True, exit_on_error=False
        )

    def _beep(self, _sequence: str) -> None:
        self.call_from_thread(self.bell)


def run(library: Store, incident_id: str | None = None) -> int:
    """Run the cockpit until it is left; returns the exit code. Raises Refused where there is no terminal."""
    return run_app(lambda: CockpitApp(library, incident_id))
