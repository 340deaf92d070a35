"""Keys that are typed faster than the screen they are meant for can open: held back, then given in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from textual import events
from textual.app import App

# Whatever goes wrong, the keyboard comes back after this many seconds.
_LONGEST = 10.0
# Leaving is never held back.
_ALWAYS = frozenset({"ctrl+q", "ctrl+c"})


class TypeAhead:
    """Holds keys from the moment an action begins until it has ended, or the box it opened is ready for them."""

    def __init__(self, app: App[Any], give: Callable[[events.Key | events.Paste], Awaitable[None]]) -> None:
        """Hold for this app; `give` hands a key on."""
        self._app = app
        self._give = give
        self._holding = False
        self._held: deque[events.Key | events.Paste] = deque()

    def hold(self) -> None:
        """Keep what is typed from now on."""
        if not self._holding:
            self._holding = True
            self._app.set_timer(_LONGEST, self.release)

    def keep(self, event: events.Event) -> bool:
        """Return whether the event was kept for later."""
        if not isinstance(event, events.Key | events.Paste) or not (self._holding or self._held):
            return False
        if isinstance(event, events.Key) and event.key in _ALWAYS:
            return False
        self._held.append(event)
        return True

    def release(self) -> None:
        """Give on what was kept, in order, until something holds again."""
        self._holding = False
        if self._held:
            self._app.call_next(self._drain)

    async def _drain(self) -> None:
        while self._held and not self._holding:
            await self._give(self._held.popleft())
