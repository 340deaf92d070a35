"""The context of handlers: the incident on the screen, and the verbs ask, act, say, copy and choose."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from textual.screen import Screen

from incident_cockpit.actions.action import Action, Scope
from incident_cockpit.actions.arguments.argument import Arg, Choice, FileArg, Here
from incident_cockpit.actions.arguments.people import NameArg
from incident_cockpit.actions.arguments.texts import EntryArg, TimelineArg
from incident_cockpit.actions.preview import warnings
from incident_cockpit.actions.registry import find
from incident_cockpit.errors import Refused
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.integrations.clipboard import Copied, copy
from incident_cockpit.service.session import ActionResult
from incident_cockpit.tui.app.live import LiveIncident, View
from incident_cockpit.tui.handlers.dispatch import FOLLOWERS, NONE, Values
from incident_cockpit.tui.handlers.results import message_after, offer_after, result_text
from incident_cockpit.tui.screens.fields import Current, FormAnswers, FormDraft, draft_notice
from incident_cockpit.tui.screens.pick import PickScreen
from incident_cockpit.tui.screens.reader import Lines, ReaderScreen

if TYPE_CHECKING:
    from incident_cockpit.tui.app.app import CockpitApp
    from incident_cockpit.tui.screens.cockpit import CockpitScreen

Result = TypeVar("Result")


class Context:
    """One cockpit screen as its handlers use it."""

    def __init__(self, screen: CockpitScreen, app: CockpitApp) -> None:
        """Work on this screen of the app."""
        self.screen = screen
        self.app = app
        # The id of the message that goes with what was done last.
        self.message = ""

    @property
    def live(self) -> LiveIncident:
        """The incident as the store has it, and the way to act on it."""
        return self.screen.live

    @property
    def view(self) -> View:
        """The incident as of now."""
        return self.live.view()

    @property
    def record(self) -> Record:
        """The events of the incident."""
        return self.live.record

    @property
    def incident(self) -> Incident:
        """The state of the incident."""
        return self.live.record.incident

    @property
    def here(self) -> Here:
        """The present and the zone in which text is read."""
        return Here(self.view.now, self.live.zone)

    def cursor(self, kind: type[Arg]) -> str | None:
        """Return what the cursor is on, if it is of this kind."""
        return self.screen.cursor(kind)

    # Acting

    async def ask(
        self, name: str, values: Values = NONE, *, optional: bool = False, when: datetime | None = None
    ) -> bool:
        """Do an action with the values and the cursor, after a form if a required one is missing or it is grave.

        `optional` opens the form for optional arguments too; `when` is the time at which it happened. Return whether
        the action was done, or the form left everything as it was.
        """
        from incident_cockpit.tui.handlers.action_fields import fill_form

        action = find(name)
        if mismatch := self._mismatch(action, values):
            self.say(mismatch, "warn")
            return False
        known = self._with_cursor(action, values)
        if optional or action.grave or self.lacks(action, known):
            return await fill_form(self, action, known, when)
        return await self.act(name, known, when)

    async def act(self, name: str, values: Values = NONE, when: datetime | None = None) -> bool:
        """Do an action with exactly these values; return whether it was done, and say why not."""
        try:
            await self.perform(name, values, when)
        except Refused as refused:
            self.say(str(refused), "late")
            return False
        return True

    async def attempt(self, name: str, values: Values = NONE, when: datetime | None = None) -> str:
        """Do an action with exactly these values; return why not, or an empty string."""
        try:
            await self.perform(name, values, when)
        except Refused as refused:
            return str(refused)
        return ""

    async def perform(self, name: str, values: Values = NONE, when: datetime | None = None) -> None:
        """Do an action with exactly these values and say what was logged; raises Refused."""
        self.report(await self.live.act(name, values, when), name)
        if name in FOLLOWERS:
            await FOLLOWERS[name](self, name)

    def report(self, done: ActionResult, name: str = "") -> None:
        """Paint, and say what was logged and what can be done next."""
        message = message_after(name, done, self.incident)
        self.message = message or self.message
        self.screen.paint()
        if done.warning:
            self.say(done.warning, "warn")
        elif done.own:
            self.screen.say(result_text(done, self.record), "ok", offer_after(self, done, message))

    def lacks(self, action: Action, values: Values) -> bool:
        """Return whether a form is needed first: a required value is missing, or the action leaves something open."""
        if any(arg.needed and not values.get(arg.name) for arg in action.args):
            return True
        try:
            return not reads_a_file(action) and bool(warnings(action, self.record, self.here, values))
        except Refused:
            # What is wrong with a value is said when the action is tried.
            return False

    def _mismatch(self, action: Action, values: Values) -> str:
        """Return why the cursor cannot give the first argument of a key of the pane in use, or an empty string."""
        pane = self.screen.pane
        if pane is None or action.scope is not pane.scope or not action.args or values.get(action.args[0].name):
            return ""
        return pane.mismatch(type(action.args[0]))

    def _with_cursor(self, action: Action, values: Values) -> dict[str, str]:
        """Fill the first argument from the cursor, for keys that work in the pane in use."""
        known = dict(values)
        pane = self.screen.pane
        if not action.args or pane is None or action.scope not in (pane.scope, Scope.EVERYWHERE):
            return known
        first = action.args[0]
        if not isinstance(first, NameArg) and (value := pane.cursor(type(first))):
            known[first.name] = known.get(first.name) or value
        # An entry that is linked or attached to is the one under the cursor, whichever argument it is.
        if entry := pane.cursor(EntryArg):
            for arg in action.args:
                if isinstance(arg, TimelineArg):
                    known[arg.name] = known.get(arg.name) or entry
        return known

    def answers(self, name: str, known: Values = NONE, current: Current = lambda _name, _values: None) -> FormAnswers:
        """Return the answers of a form of an action, with the draft of its user."""
        view = self.view
        draft = FormDraft(self.app.drafts, view.record.id, view.who, name, known)
        return FormAnswers(known, draft, current, lambda saved: draft_notice(saved, view.zone, view.now))

    # Showing

    def say(self, text: str, style: str = "muted", offer: str = "") -> None:
        """Show a result or a problem; `offer` is what can be done next, and is not cut."""
        self.screen.say(text, style, offer)

    async def copy(self, text: str, name: str = "") -> Copied:
        """Copy a text by the best route, always to a file too, and say how that went; never raises."""
        copied = await copy_text(self.app, text)
        self.say_copied(copied, name)
        return copied

    def say_copied(self, copied: Copied, name: str = "") -> None:
        """Show how copying something went."""
        words = f"{name}: {copied.words[:1].lower()}{copied.words[1:]}" if name else copied.words
        self.say(words, "ok" if copied.verified else "warn")

    async def push(self, screen: Screen[Result]) -> Result:
        """Open a dialog and return its result."""
        return await self.app.push_screen_wait(screen)

    async def choose(self, title: str, options: Sequence[Choice], at: str | None = None) -> str | None:
        """Have one of the options chosen; return its id, or None. The cursor starts at the id `at`."""
        return await self.push(PickScreen(title, options, at))

    async def read(
        self,
        title: str,
        lines: Lines,
        facts: Sequence[tuple[str, str]] = (),
        *,
        code: str = "",
        keys: Sequence[tuple[str, str]] = (),
    ) -> str | None:
        """Open a text to read; return the key that ended it, of `keys` with their labels, or the code to copy."""
        return await self.push(ReaderScreen(title, lines, facts, code, keys))


def reads_a_file(action: Action) -> bool:
    """Return whether an action reads a file when it is done: nothing can be foreseen of it before."""
    return any(isinstance(arg, FileArg) for arg in action.args)


async def copy_text(app: CockpitApp, text: str) -> Copied:
    """Copy a text in a thread, because a clipboard can be slow, with the terminal as one of the routes."""
    loop = asyncio.get_running_loop()

    async def write(sequence: str) -> None:
        driver = app._driver  # Textual's own copy_to_clipboard writes here as well
        if driver is not None:
            driver.write(sequence)
            driver.flush()

    def write_terminal(sequence: str) -> None:
        # The driver belongs to the screen's thread; a sequence from another would land inside a frame.
        asyncio.run_coroutine_threadsafe(write(sequence), loop).result(timeout=1)

    return await asyncio.to_thread(
        copy,
        text,
        last_copy=app.places.last_copy,
        env=dict(os.environ),
        write_terminal=None if app.is_headless else write_terminal,
    )
