"""Type-ahead: keys typed before their screen has opened are held, then delivered in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.message_pump import MessagePump
from textual.timer import Timer

# Keys are released after this many seconds in any case.
_MAX_SECONDS = 10.0
# Quitting waits for the keys typed before it; pressed again, it does not wait.
_QUIT_KEYS = frozenset({"ctrl+q", "ctrl+c"})


class TypeAhead:
    """Holds keys from the start of an action until it has ended, or the dialog it opened is ready.

    It also waits for a key that may change where the next one goes: enter may close a dialog, or open one.
    """

    def __init__(self, app: App[Any], deliver: Callable[[events.Key | events.Paste], Awaitable[None]]) -> None:
        """Hold keys for this app; `deliver` delivers one."""
        self._app = app
        self._deliver = deliver
        self._holding = False
        self._limit: Timer | None = None
        self._passing = 0
        # The number of releases so far: a change tells that keys were released since.
        self.releases = 0
        self._held: deque[events.Key | events.Paste] = deque()

    def hold(self) -> None:
        """Hold the keys typed from now on."""
        if not self._holding:
            self._holding = True
            self._limit = self._app.set_timer(_MAX_SECONDS, self.release)

    def keep(self, event: events.Event) -> bool:
        """Hold the event if keys are held now; return whether it was."""
        if not isinstance(event, events.Key | events.Paste) or not (self.waiting or self._held):
            return False
        if _quits(event) and any(_quits(other) for other in self._held):
            return False
        self._held.append(event)
        return True

    def release(self) -> None:
        """Deliver the held keys in order, until keys are held again."""
        self._holding = False
        self.releases += 1
        if self._limit is not None:
            self._limit.stop()
        self._deliver_held()

    def follow(self, target: DOMNode, then: Callable[[], None]) -> None:
        """Hold keys until the one delivered to `target` has bubbled up to the app; then call `then`."""
        self._passing += 1
        self._climb([node for node in target.ancestors_with_self if isinstance(node, MessagePump)], then)

    def _climb(self, nodes: list[MessagePump], then: Callable[[], None]) -> None:
        # Each node has a queue of its own, with the key before this call. A node that is closing accepts no call.
        while nodes:
            node, *nodes = nodes
            if node.call_later(self._climb, nodes, then):
                return
        self._passing -= 1
        then()
        self._deliver_held()

    @property
    def waiting(self) -> bool:
        """True if keys typed now are held."""
        return self._holding or self._passing > 0

    def _deliver_held(self) -> None:
        async def deliver() -> None:
            while self._held and not self.waiting:
                await self._deliver(self._held.popleft())

        if self._held and not self.waiting:
            self._app.call_next(deliver)


def _quits(event: events.Event) -> bool:
    return isinstance(event, events.Key) and event.key in _QUIT_KEYS
