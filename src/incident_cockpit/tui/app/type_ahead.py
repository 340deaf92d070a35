"""Keys that are typed faster than the screen they are meant for can open: held back, then given in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.message_pump import MessagePump
from textual.timer import Timer

# Whatever goes wrong, the keyboard comes back after this many seconds.
_LONGEST = 10.0
# Leaving waits for what was typed before it; pressed again, it waits for nothing.
_LEAVING = frozenset({"ctrl+q", "ctrl+c"})


class TypeAhead:
    """Holds keys from the moment an action begins until it has ended, or the box it opened is ready for them.

    A key that may change where the next one goes is also waited for: enter may end a box, or open one.
    """

    def __init__(self, app: App[Any], give: Callable[[events.Key | events.Paste], Awaitable[None]]) -> None:
        """Hold for this app; `give` hands a key on."""
        self._app = app
        self._give = give
        self._holding = False
        self._limit: Timer | None = None
        self._passing = 0
        # How often keys were let go: whether it happened since says if somebody is still to do it.
        self.releases = 0
        self._held: deque[events.Key | events.Paste] = deque()

    def hold(self) -> None:
        """Keep what is typed from now on."""
        if not self._holding:
            self._holding = True
            self._limit = self._app.set_timer(_LONGEST, self.release)

    def keep(self, event: events.Event) -> bool:
        """Return whether the event was kept for later."""
        if not isinstance(event, events.Key | events.Paste) or not (self.waiting or self._held):
            return False
        if _leaves(event) and any(_leaves(held) for held in self._held):
            return False
        self._held.append(event)
        return True

    def release(self) -> None:
        """Give on what was kept, in order, until something holds again."""
        self._holding = False
        self.releases += 1
        if self._limit is not None:
            self._limit.stop()
        self._give_on()

    def follow(self, target: DOMNode, then: Callable[[], None]) -> None:
        """Keep what comes next until the key `target` was given has gone its way up to the app; then call `then`."""
        self._passing += 1
        self._climb([node for node in target.ancestors_with_self if isinstance(node, MessagePump)], then)

    def _climb(self, way: list[MessagePump], then: Callable[[], None]) -> None:
        # Each has a queue of its own in which the key stands before this. Who is going takes nothing any more.
        while way:
            node, *way = way
            if node.call_later(self._climb, way, then):
                return
        self._passing -= 1
        then()
        self._give_on()

    @property
    def waiting(self) -> bool:
        """Whether what is typed now is kept for later."""
        return self._holding or self._passing > 0

    def _give_on(self) -> None:
        if self._held and not self.waiting:
            self._app.call_next(self._drain)

    async def _drain(self) -> None:
        while self._held and not self.waiting:
            await self._give(self._held.popleft())


def _leaves(event: events.Event) -> bool:
    return isinstance(event, events.Key) and event.key in _LEAVING
