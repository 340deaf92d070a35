"""The hands for one ask: everything about it, and whatever can become of it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator

from incident_cockpit.actions.action import ArgKind
from incident_cockpit.incident.facts.asks import Ask, AskStatus, open_asks
from incident_cockpit.incident.facts.roles import READ_BACK_POINTS
from incident_cockpit.incident.facts.severity import affected_systems
from incident_cockpit.incident.views.due import DueKind, due_items
from incident_cockpit.times.format import ago, clock, countdown, zone_label
from incident_cockpit.tui.app.keys import Keys
from incident_cockpit.tui.app.live import View
from incident_cockpit.tui.handlers.action_fields import answers_for
from incident_cockpit.tui.handlers.context import Stage, copy_text
from incident_cockpit.tui.screens.fields import Answers
from incident_cockpit.tui.screens.read_back import BRIEF, KEEP, Offer, Point, ReadBackScreen
from incident_cockpit.tui.screens.reader import ReaderScreen
from incident_cockpit.tui.widgets.rich_text import Page

Do = Callable[[str, dict[str, str]], Awaitable[None]]

# What can become of an ask, the action whose key does it here as in the Due pane, and its words.
_WAYS = (
    ("answer", "finish", "answer"),
    ("ack", "ack", "on it"),
    ("extend", "extend", "more time"),
    ("pass", "reassign", "pass on"),
    ("drop", "drop-item", "drop"),
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
        view = self._screen.live.view()
        one = view.incident.asks.get(key)
        if one is None:
            return
        keys = self._screen.around.keys
        ways = _ways(keys, one)
        shown = [(key, words) for key, (_, words) in ways.items()]
        chosen = await self._screen.app.push_screen_wait(
            ReaderScreen(f"{one.who}: {one.text}", page(one), facts(one, view), ways=shown)
        )
        now = self._screen.live.record.incident.asks[key]
        if chosen in ways and now.status is not AskStatus.OPEN:
            self._screen.say(f"'{now.text}' is {now.status.value} already", "warn")
        elif chosen in ways:
            # How much more time, or why it is dropped, is worth a question here.
            await self._ask(ways[chosen][0], {"ask": key})

    async def release(self, values: dict[str, str]) -> None:
        """Free the role under the cursor, or drop the ask under it; of somebody who holds a role that is the role."""
        ask = None if self._screen.cursor(ArgKind.ROLE) else self._screen.cursor(ArgKind.ASK)
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


# -- briefs: Texts about the whole incident: the brief to read before a hand-over, what is copied for who comes and
# who goes.

_HEAD = re.compile(r"\*(?P<head>[^*]+)\*(?P<rest>.*)")


async def copy_brief(screen: Stage) -> str:
    """Copy the hand-over brief; return how that went."""
    return await _copy(screen, "the brief", brief_text(screen))


async def copy_join_brief(screen: Stage) -> None:
    """Copy what is happening, for somebody who has just arrived."""
    from incident_cockpit.documents.join_brief import join_brief

    view = screen.live.view()
    await _copy(screen, "the join brief", join_brief(view.record, view.now, view.zone))


async def copy_stand_down(screen: Stage) -> None:
    """Copy who was pulled in and who may rest."""
    from incident_cockpit.documents.join_brief import stand_down

    view = screen.live.view()
    await _copy(screen, "the stand-down list", stand_down(view.record, view.now, view.zone))


def brief_text(screen: Stage) -> str:
    """Return the hand-over brief as of now."""
    from incident_cockpit.documents.handoff_brief import brief

    view = screen.live.view()
    return brief(view.record, view.now, view.zone)


def page_of(text: str) -> Page:
    """Return a text of `*Head:* words`, `- items` and `> quotes` as a page; what people wrote stays as it is."""
    made = Page()
    for row in text.splitlines():
        found = _HEAD.fullmatch(row)
        if found is not None and found["rest"].strip():
            made.entry(found["head"], found["rest"].strip())
        elif found is not None:
            made.heading(found["head"].rstrip(":"))
        elif row.startswith("- "):
            made.bullets((row.removeprefix("- "),))
        elif row.startswith(">"):
            made.quiet(row.removeprefix(">").strip(), indent=2)
        else:
            made.line(row)
    return made


async def _copy(screen: Stage, name: str, text: str) -> str:
    copied = await copy_text(screen.app, text, screen.around.last_copy)
    screen.say(f"{name}: {copied.words}", "ok" if copied.verified else "warn")
    return copied.words


# -- handing: The hands of a hand-over: the brief, the offer, the read-back beside what the record says, and taking
# command.

HandingDo = Callable[[str, dict[str, str]], Awaitable[None]]
# Does an action with these values; returns why not, or nothing.
Try = Callable[[str, dict[str, str]], Awaitable[str]]

_COPY, _OFFER = "c", "enter"
# What somebody reads in one go; the brief has all of it.
_MOST = 5


class Handing:
    """Hands command over; `rule` does an action and asks for what it still needs, `attempt` does it as it is."""

    def __init__(self, screen: Stage, rule: HandingDo, attempt: Try) -> None:
        """Work for this screen."""
        self._screen = screen
        self._rule = rule
        self._attempt = attempt

    async def hand_over(self, values: dict[str, str]) -> None:
        """Show the brief and ask who takes over; where command is offered already, go on with the read-back."""
        if self._screen.live.record.incident.handoff is not None and not values:
            await self.read_back({})
        elif values or await self._read_brief("Hand over", "offer command"):
            await self._rule("handoff", values)

    async def read_back(self, values: dict[str, str]) -> None:
        """Have the points said back one by one, and then command taken."""
        if values.get("words"):
            await self._rule("read-back", values)
            return
        if self._offer() is None:
            await self._rule("read-back", values)
            return
        wanted: str | None = BRIEF
        while wanted == BRIEF:
            box = ReadBackScreen(self._offer, self._say, self._take, self._answers)
            wanted = await self._screen.app.push_screen_wait(box)
            if wanted == BRIEF:
                await self._read_brief("The brief", "read it back")
        if wanted == KEEP:
            await self._rule("keep-command", {})

    async def take(self, values: dict[str, str]) -> None:
        """Take command after the read-back; without one a reason is needed, which the rule asks for."""
        if values or self._offer() is None:
            await self._rule("take-command", values)
        else:
            await self.read_back({})

    async def _read_brief(self, title: str, on: str) -> bool:
        """Show the brief until it has been read; return whether to go on."""
        facts: list[tuple[str, str]] = []
        while True:
            page = page_of(brief_text(self._screen))
            ways = ((_OFFER, on), (_COPY, "copy"))
            chosen = await self._screen.app.push_screen_wait(ReaderScreen(title, page, facts, ways=ways))
            if chosen != _COPY:
                return chosen == _OFFER
            # The box stands over the line below, which says it too.
            facts = [("the brief", await copy_brief(self._screen))]

    def _offer(self) -> Offer | None:
        """Return the offer that stands, as of now, or None."""
        view = self._screen.live.view()
        held = view.incident.handoff
        if held is None:
            return None
        said = dict(held.read_back)
        points = tuple(
            Point(key, question, said.get(key, ""), tuple(as_recorded(key, view)))
            for key, question in READ_BACK_POINTS.items()
        )
        return Offer(held.outgoing, held.incoming, points)

    def _answers(self, point: str) -> Answers:
        """Return the answers for a point, with the draft that the form of the action shares."""
        return answers_for(self._screen, "read-back", {"point": point})

    async def _say(self, point: str, words: str) -> str:
        return await self._attempt("read-back", {"point": point, "words": words})

    async def _take(self) -> str:
        return await self._attempt("take-command", {})


def as_recorded(point: str, view: View) -> Iterator[str]:
    """Yield what the record says about a point of the read-back."""
    incident = view.incident
    match point:
        case "impact":
            said = incident.impact
            yield f"{said.value} ({ago(said.since, view.now)})" if said else "not described yet"
            yield from (f"{one.name}: {one.health.value}" for one in affected_systems(incident))
        case "asks":
            asks = sorted(open_asks(incident).values(), key=lambda one: one.due)
            told = (
                f"{one.who}: {one.text} ({countdown(one.due, view.now)}{', on it' if one.acknowledged else ''})"
                for one in asks[:_MOST]
            )
            yield from told if asks else ("nobody is asked for anything now",)
            yield from (f"and {len(asks) - _MOST} more" for _ in asks[_MOST : _MOST + 1])
        case "promise":
            items = [item for item in due_items(incident) if item.kind is DueKind.UPDATE]
            for item in items[:_MOST]:
                at = f"{clock(item.at, view.zone, view.now)} {zone_label(view.zone, view.now)}"
                yield f"{item.text}: {countdown(item.at, view.now)}, at {at}"
            yield from () if items else ("nothing is promised",)
