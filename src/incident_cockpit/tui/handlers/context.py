"""What the hands need of the screen they work for, so that the screen knows them and they know no screen."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from textual.app import App

from incident_cockpit.actions.action import ArgKind
from incident_cockpit.integrations.clipboard import Copied, copy
from incident_cockpit.journal.drafts import Drafts
from incident_cockpit.journal.read import Listed
from incident_cockpit.tui.app.keys import Keys
from incident_cockpit.tui.app.live import LiveIncident
from incident_cockpit.tui.app.type_ahead import TypeAhead
from incident_cockpit.tui.panes.pane import Pane
from incident_cockpit.tui.widgets.entry_line import EntryLine


@dataclass(frozen=True, slots=True)
class Services:
    """What the screen is given besides the incident.

    `runbooks` and `plans` name those that are found by name, `listed` gives the incidents of the store, `env` is the
    environment by which other programs find it.
    """

    keys: Keys
    drafts: Drafts
    notify: Callable[[str], None]
    type_ahead: TypeAhead
    runbooks: Callable[[], Sequence[str]]
    plans: Callable[[], Sequence[str]]
    listed: Callable[[], Awaitable[Sequence[Listed]]]
    last_copy: Path
    env: Mapping[str, str]


class Stage(Protocol):
    """A screen on one incident: what it follows, where its cursor is, and the ways to show and to say something."""

    live: LiveIncident
    around: Services
    filter_text: str

    @property
    def app(self) -> App[object]:
        """The app, which opens boxes."""

    @property
    def type_ahead(self) -> TypeAhead:
        """Where keys wait while an action is on its way."""

    @property
    def entry(self) -> EntryLine:
        """The entry line."""

    @property
    def panes(self) -> list[Pane]:
        """The panes, the runbook's first."""

    @property
    def pane(self) -> Pane | None:
        """The pane that has the keys."""

    def cursor(self, kind: ArgKind) -> str | None:
        """Return what the cursor is on, if it is of this kind."""

    def go_to(self, number: int) -> None:
        """Bring a pane to the front and give it the keys."""

    def maximise(self) -> None:
        """Give the pane in use the whole screen, or give it back."""

    def paint(self) -> None:
        """Draw everything as of now."""

    def say(self, words: str, style: str = "muted", offer: str = "") -> None:
        """Say how something went; `offer` is what can be done with it, and is not cut."""

    def run_worker(self, work: Awaitable[None], *, group: str, exit_on_error: bool) -> object:
        """Do the work beside the screen, for as long as the screen is there."""


# -- copying: Copying from the screen: in a thread, because a clipboard can be slow, with the terminal as one of the
# routes.


async def copy_text(app: App[Any], text: str, last_copy: Path) -> Copied:
    """Copy a text by the best route there is, and always to the file; never raises, the words say what is known."""
    env = dict(os.environ)
    loop = asyncio.get_running_loop()

    def write_terminal(sequence: str) -> None:
        # The driver belongs to the screen's thread; a sequence from another would land inside a frame.
        asyncio.run_coroutine_threadsafe(_write(app, sequence), loop).result(timeout=1)

    writes = None if app.is_headless else write_terminal
    return await asyncio.to_thread(copy, text, last_copy=last_copy, env=env, write_terminal=writes)


async def _write(app: App[Any], sequence: str) -> None:
    driver = app._driver  # Textual's own copy_to_clipboard writes here as well
    if driver is not None:
        driver.write(sequence)
        driver.flush()


async def copy_and_say(screen: Stage, text: str) -> None:
    """Copy a text and say what is known of how that went."""
    if text:
        copied = await copy_text(screen.app, text, screen.around.last_copy)
        screen.say(copied.words, "ok" if copied.verified else "warn")
