"""The command palette: all actions, the other incidents, and the themes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Protocol, runtime_checkable

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.screen import Screen

from incident_cockpit.actions.action import Action, Scope
from incident_cockpit.actions.registry import ACTIONS
from incident_cockpit.errors import Refused
from incident_cockpit.journal.read import Listed
from incident_cockpit.tui.app.keys import Keys
from incident_cockpit.tui.app.safety import printable

# One is open already, the other is no command.
_EXCLUDED = frozenset(("palette", "sent"))


@runtime_checkable
class RunsActions(Protocol):
    """A screen that can run an action."""

    def do(self, name: str) -> None:
        """Run the action with this name, asking for missing arguments."""


@runtime_checkable
class OpensIncidents(Protocol):
    """An app that can open another incident."""

    async def listed(self) -> Sequence[Listed]:
        """Return the incidents, the newest first."""

    def open_incident(self, incident_id: str) -> object:
        """Open the incident with this UUID."""


class _PlainProvider(Provider):
    """A provider of commands with plain titles: text that people wrote is never parsed as markup."""

    def _hits(
        self, query: str, title: str, command: Callable[[], object], about: str | None = None, help_text: str = ""
    ) -> Iterator[Hit]:
        matcher = self.matcher(query)
        score, offsets = matcher.fuzzy_search.match(query, title)
        if score <= 0 and about:
            score = matcher.match(about) / 2
        if score > 0:
            content = Content(title)
            for offset in offsets:
                if offset < len(title) and not title[offset].isspace():
                    content = content.stylize(matcher.match_style, offset, offset + 1)
            yield Hit(score, content, command, text=title, help=help_text or about)


class ActionProvider(_PlainProvider):
    """The actions available on the current screen, with their keys."""

    def _actions(self, screen: Screen[object]) -> Iterator[Action]:
        only = getattr(screen, "ACTIONS", None)
        keys = getattr(self.app, "keys", None)
        off = keys.off if isinstance(keys, Keys) else frozenset()
        for action in ACTIONS.values():
            here = action.name in only if only is not None else action.scope is not Scope.LIST
            if here and action.name not in _EXCLUDED | off:
                yield action

    def _title(self, action: Action) -> str:
        keys = getattr(self.app, "keys", None)
        key = keys.label(action.name) if isinstance(keys, Keys) else ""
        return f"{action.title}  ({key})" if key else action.title

    def _command(self, action: Action) -> Callable[[], object]:
        screen = self.screen
        if isinstance(screen, RunsActions):
            return partial(screen.do, action.name)
        return partial(screen.run_action, f"do({action.name!r})")

    async def discover(self) -> Hits:
        """Yield all actions, before anything is typed."""
        for action in self._actions(self.screen):
            title = self._title(action)
            yield DiscoveryHit(Content(title), self._command(action), text=title, help=_usage(action))

    async def search(self, query: str) -> Hits:
        """Yield the actions whose name or description matches."""
        for action in self._actions(self.screen):
            searched = f"{action.name} {action.description}"
            for hit in self._hits(query, self._title(action), self._command(action), searched, _usage(action)):
                yield hit


class ThemeProvider(_PlainProvider):
    """The themes; choosing one applies it."""

    async def search(self, query: str) -> Hits:
        """Yield the themes whose names match."""
        for name in sorted(self.app.available_themes):
            for hit in self._hits(query, f"Theme: {name}", partial(setattr, self.app, "theme", name)):
                yield hit


class IncidentProvider(_PlainProvider):
    """The incidents of the store; choosing one opens it."""

    async def startup(self) -> None:
        """Read the incidents once, when the palette opens."""
        self._incidents: tuple[Listed, ...] = ()
        app = self.app
        if isinstance(app, OpensIncidents):
            # The screen reports a store that cannot be read.
            with suppress(Refused):
                self._incidents = tuple(await app.listed())

    async def search(self, query: str) -> Hits:
        """Yield the incidents whose number, severity or title matches."""
        app = self.app
        if not isinstance(app, OpensIncidents):
            return
        for listed in self._incidents:
            title = printable(f"Open {listed.name}  {listed.severity or ''}  {' '.join(listed.title.split())}")
            for hit in self._hits(query, title, partial(app.open_incident, listed.id)):
                yield hit


def _usage(action: Action) -> str:
    """Return how an action is typed, and the details that its title leaves out.

    Textual reads the help of a command as markup, in which [WHY] would be a style; its `escape` leaves capitals.
    """
    details = action.description.partition("; ")[2]
    typed = f":{action.usage}  {details}" if details else f":{action.usage}"
    return typed.replace("[", "\\[")


PROVIDERS: frozenset[type[Provider]] = frozenset((ActionProvider, ThemeProvider, IncidentProvider))
