"""The hands for one ask: everything about it, and whatever can become of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from incident_cockpit.actions.action import Kind
from incident_cockpit.incident.topics.asks import Ask, AskStatus
from incident_cockpit.timewords import clock, countdown, zone_label
from incident_cockpit.tui.keys import Keys
from incident_cockpit.tui.pages import Page
from incident_cockpit.tui.screens.reader import ReaderScreen
from incident_cockpit.tui.stage import Stage
from incident_cockpit.tui.view import View

Do = Callable[[str, dict[str, str]], Awaitable[None]]

# What can become of an ask, the action whose key does it here as in the Due pane, and its words.
_WAYS = (
    ("answer", "finish", "answer"),
    ("ack", "ack", "on it"),
    ("extend", "extend", "more time"),
    ("pass", "pass", "pass on"),
    ("drop", "give-up", "drop"),
)


class Asked:
    """Does what can be done with an ask; `rule` asks for what an action still needs, `ask` for all it may be told."""

    def __init__(self, screen: Stage, rule: Do, ask: Do) -> None:
        """Work for this screen."""
        self._screen = screen
        self._rule = rule
        self._ask = ask

    async def look(self, key: str) -> None:
        """Show everything about an ask; the keys of the Due pane work from there."""
        view = self._screen.following.view()
        one = view.incident.asks.get(key)
        if one is None:
            return
        keys = self._screen.around.keys
        ways = _ways(keys, one)
        shown = [(key, words) for key, (_, words) in ways.items()]
        chosen = await self._screen.app.push_screen_wait(
            ReaderScreen(f"{one.who}: {one.text}", page(one), facts(one, view), ways=shown)
        )
        now = self._screen.following.record.incident.asks[key]
        if chosen in ways and now.status is not AskStatus.OPEN:
            self._screen.say(f"'{now.text}' is {now.status.value} already", "warn")
        elif chosen in ways:
            # How much more time, or why it is dropped, is worth a question here.
            await self._ask(ways[chosen][0], {"ask": key})

    async def release(self, values: dict[str, str]) -> None:
        """Free the role under the cursor, or drop the ask under it; of somebody who holds a role that is the role."""
        ask = None if self._screen.meant(Kind.ROLE) else self._screen.meant(Kind.ASK)
        if not values and ask is not None:
            await self._rule("drop", {"ask": ask})
        else:
            await self._rule("release", values)


def _ways(keys: Keys, one: Ask) -> dict[str, tuple[str, str]]:
    """Return what can be done with an ask, by key; nothing once it has ended."""
    if one.status is not AskStatus.OPEN:
        return {}
    return {
        keys.of[key][0]: (action, words)
        for action, key, words in _WAYS
        if keys.of.get(key) and not (action == "ack" and one.acknowledged)
    }


def facts(one: Ask, view: View) -> list[tuple[str, str]]:
    """Return what there is to know of an ask in a word."""
    zone = zone_label(view.zone, view.now)
    said = [("asked", f"{clock(one.asked, view.zone, view.now)} by {one.by}")]
    if one.status is AskStatus.OPEN:
        said.append(("due", f"{countdown(one.due, view.now)}, at {clock(one.due, view.zone, view.now)} {zone}"))
    else:
        said.append((one.status.value, one.answer or "without a word"))
    said.append(("on it", f"since {clock(one.acknowledged, view.zone, view.now)}" if one.acknowledged else "not yet"))
    said += [("more time", "once" if one.extended == 1 else f"{one.extended} times")] if one.extended else []
    said += [("before", ", ".join(one.before))] if one.before else []
    return said


def page(one: Ask) -> Page:
    """Return what was asked for, whole."""
    made = Page()
    made.line(one.text)
    return made
