"""What ctrl+p finds: every action of the registry, the other incidents, and the themes."""

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

# They open what is open already, or what nobody types.
_NOT_HERE = frozenset(("palette", "sent"))


@runtime_checkable
class DoesActions(Protocol):
    """A screen that can do an action of the registry."""

    def do(self, name: str) -> None:
        """Do the action with this name; what it still needs is asked for."""


@runtime_checkable
class HoldsIncidents(Protocol):
    """An app that can go to another incident."""

    async def listed(self) -> Sequence[Listed]:
        """Return the incidents, the newest first."""

    def open_incident(self, incident_id: str) -> object:
        """Go to the incident with this UUID."""


class _Searched(Provider):
    """Finds what is typed among plain words; what people wrote is never read as markup."""

    def _found(self, query: str, words: str, command: Callable[[], object], about: str | None = None) -> Iterator[Hit]:
        matcher = self.matcher(query)
        score, offsets = matcher.fuzzy_search.match(query, words)
        if score <= 0 and about:
            # Whoever does not know the name types what it does.
            score = matcher.match(about) / 2
        if score > 0:
            shown = Content(words)
            for offset in offsets:
                if offset < len(words) and not words[offset].isspace():
                    shown = shown.stylize(matcher.match_style, offset, offset + 1)
            yield Hit(score, shown, command, text=words, help=about)


class ActionProvider(_Searched):
    """Every action that means something on the screen in front, with its key."""

    def _actions(self, screen: Screen[object]) -> Iterator[Action]:
        only = getattr(screen, "DOES", None)
        keys = getattr(self.app, "keys", None)
        off = keys.off if isinstance(keys, Keys) else frozenset()
        for action in ACTIONS.values():
            here = action.name in only if only is not None else action.scope is not Scope.LIST
            if here and action.name not in _NOT_HERE | off:
                yield action

    def _words(self, action: Action) -> str:
        keys = getattr(self.app, "keys", None)
        key = keys.label(action.name) if isinstance(keys, Keys) else ""
        return f"{action.title}  ({key})" if key else action.title

    def _command(self, action: Action) -> Callable[[], object]:
        screen = self.screen
        if isinstance(screen, DoesActions):
            return partial(screen.do, action.name)
        return partial(screen.run_action, f"do({action.name!r})")

    async def discover(self) -> Hits:
        """Yield every action, before anything is typed."""
        for action in self._actions(self.screen):
            words = self._words(action)
            yield DiscoveryHit(Content(words), self._command(action), text=words, help=action.description)

    async def search(self, query: str) -> Hits:
        """Yield the actions whose name or sentence fits."""
        for action in self._actions(self.screen):
            searched = f"{action.name} {action.description}"
            for hit in self._found(query, self._words(action), self._command(action), searched):
                yield hit


class ThemeProvider(_Searched):
    """The themes there are; choosing one shows it."""

    async def search(self, query: str) -> Hits:
        """Yield the themes whose names fit."""
        for name in sorted(self.app.available_themes):
            for hit in self._found(query, f"theme {name}", partial(self._choose, name)):
                yield hit

    def _choose(self, name: str) -> None:
        self.app.theme = name


class IncidentProvider(_Searched):
    """The incidents of the store; choosing one opens it."""

    async def startup(self) -> None:
        """Read the list once, when the palette opens."""
        self._known: tuple[Listed, ...] = ()
        app = self.app
        if isinstance(app, HoldsIncidents):
            # A store in trouble is said where it is read; here there is only nothing to go to.
            with suppress(Refused):
                self._known = tuple(await app.listed())

    async def search(self, query: str) -> Hits:
        """Yield the incidents whose number, severity or title fits."""
        for one in self._known:
            words = printable(f"open {one.name}  {one.severity or ''}  {' '.join(one.title.split())}")
            for hit in self._found(query, words, partial(self._open, one.id)):
                yield hit

    def _open(self, incident_id: str) -> None:
        app = self.app
        if isinstance(app, HoldsIncidents):
            app.open_incident(incident_id)


PROVIDERS: frozenset[type[Provider]] = frozenset((ActionProvider, ThemeProvider, IncidentProvider))
