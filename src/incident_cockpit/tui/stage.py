"""What the hands need of the screen they work for, so that the screen knows them and they know no screen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from textual.app import App

from incident_cockpit.actions.action import Kind
from incident_cockpit.journal.drafts import Drafts
from incident_cockpit.journal.read import Listed
from incident_cockpit.tui.entry import EntryLine
from incident_cockpit.tui.following import Following
from incident_cockpit.tui.keys import Keys
from incident_cockpit.tui.panes.pane import Pane
from incident_cockpit.tui.typeahead import TypeAhead


@dataclass(frozen=True, slots=True)
class Around:
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

    following: Following
    around: Around
    words: str

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

    def meant(self, kind: Kind) -> str | None:
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
