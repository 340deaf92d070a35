"""The hands for what is due: each kind in the way that settles it, everything about it, and passing it over."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from incident_cockpit.actions.action import Kind
from incident_cockpit.actions.registry import ACTIONS
from incident_cockpit.exports.messages import for_item
from incident_cockpit.incident.due import due_items
from incident_cockpit.incident.due_item import OURS, DueItem, DueKind
from incident_cockpit.incident.prompts import Prompt, way
from incident_cockpit.tui.duty_page import facts, page
from incident_cockpit.tui.messages import is_writable
from incident_cockpit.tui.screens.reader import ReaderScreen
from incident_cockpit.tui.stage import Stage

# As NEXT is done.
_GO = "g"
Do = Callable[[str, dict[str, str]], Awaitable[None]]

# The way back out of what is due and was set up here, and the argument that names it.
_GIVEN_UP = {
    DueKind.ASK: ("drop", "ask"),
    DueKind.TIMER: ("cancel", "timer"),
    DueKind.STEP: ("box", "step"),
    DueKind.DECISION: ("revisit", "decision"),
}


class Duties:
    """Does what NEXT and the Due pane say.

    `do` does any action, `rule` one of the registry, asking for what it still needs; `ask` asks also for what may stay
    empty.
    """

    def __init__(self, screen: Stage, do: Do, rule: Do, ask: Do) -> None:
        """Work for this screen."""
        self._screen = screen
        self._do = do
        self._rule = rule
        self._ask = ask

    async def next(self, _values: dict[str, str]) -> None:
        """Do what NEXT says."""
        first: Prompt | None = next(iter(self._screen.following.view().waiting), None)
        if first is None:
            self._screen.say("nothing is waiting")
        else:
            await self._take(first.action, first.about)

    async def finish(self, _values: dict[str, str]) -> None:
        """Do what is due under the cursor, each kind in its own way."""
        item = self._under_the_cursor()
        if item is not None:
            action, about, _ = way(item)
            await self._take(action, about)

    async def look(self) -> None:
        """Show everything about what is due under the cursor; g does it from there."""
        item = self._under_the_cursor()
        # Of what somebody here set up the line says all there is; reading would stand between the key and the deed.
        if item is None or item.kind in OURS:
            await self.finish({})
            return
        view = self._screen.following.view()
        action, about, verb = way(item)
        ways = [(_GO, verb)]
        if action != "copy-message" and for_item(item):
            ways += [(key, "its message") for key in self._screen.around.keys.of["copy-message"][:1]]
        chosen = await self._screen.app.push_screen_wait(
            ReaderScreen(item.text, page(item, view), facts(item, view), ways=ways)
        )
        if chosen == _GO:
            await self._take(action, about)
        elif chosen:
            await self._do("copy-message", {})

    async def give_up(self, _values: dict[str, str]) -> None:
        """Drop the ask, cancel the timer, take the time-box away, or say why the plan's duty is not needed."""
        item = self._under_the_cursor()
        if item is None:
            return
        if item.kind in _GIVEN_UP:
            name, arg = _GIVEN_UP[item.kind]
            await self._rule(name, {arg: item.subject, **({"within": "off"} if name in ("box", "revisit") else {})})
        elif item.deeds:
            await self._rule("waive", {"item": item.key})
        elif item.kind is DueKind.REPORT:
            self._screen.say("a report waits until somebody says what it is: space, or put it off with w", "warn")
        else:
            self._screen.say("an update is promised by the plan; switch it off with :cadence", "warn")

    async def _take(self, action: str, about: str) -> None:
        """Do an action about something; what is only marked as done may be told with a few words."""
        if action == "step":
            self._screen.go_to(1)
            self._screen.panes[0].move_to(about, lead=True)
        elif action == "did" or (action == "copy-message" and not is_writable(self._screen, about)):
            await self._ask("did", {"item": about})
        elif action == "review-held":
            # A time goes into the record: one press too many must not say that people met.
            await self._ask(action, {})
        else:
            await self._do(action, {ACTIONS[action].args[0].name: about} if about else {})

    def _under_the_cursor(self) -> DueItem | None:
        key = self._screen.meant(Kind.DUE)
        return next((item for item in due_items(self._screen.following.record.incident) if item.key == key), None)
