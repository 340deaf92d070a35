"""The hands of a hand-over: the brief, the offer, the read-back beside what the record says, and taking command."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator

from incident_cockpit.incident.due import due_items
from incident_cockpit.incident.due_item import DueKind
from incident_cockpit.incident.topics.asks import open_asks
from incident_cockpit.incident.topics.handoff import POINTS
from incident_cockpit.incident.topics.systems import affected
from incident_cockpit.timewords import ago, clock, countdown, zone_label
from incident_cockpit.tui.begun import Answers, answers_for
from incident_cockpit.tui.briefs import brief_text, copy_brief, page_of
from incident_cockpit.tui.screens.read_back import BRIEF, KEEP, Offer, Point, ReadBackScreen
from incident_cockpit.tui.screens.reader import ReaderScreen
from incident_cockpit.tui.stage import Stage
from incident_cockpit.tui.view import View

Do = Callable[[str, dict[str, str]], Awaitable[None]]
# Does an action with these values; returns why not, or nothing.
Try = Callable[[str, dict[str, str]], Awaitable[str]]

_COPY, _OFFER = "c", "enter"
# What somebody reads in one go; the brief has all of it.
_MOST = 5


class Handing:
    """Hands command over; `rule` does an action and asks for what it still needs, `attempt` does it as it is."""

    def __init__(self, screen: Stage, rule: Do, attempt: Try) -> None:
        """Work for this screen."""
        self._screen = screen
        self._rule = rule
        self._attempt = attempt

    async def hand_over(self, values: dict[str, str]) -> None:
        """Show the brief and ask who takes over; where command is offered already, go on with the read-back."""
        if self._screen.following.record.incident.handoff is not None and not values:
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
        view = self._screen.following.view()
        held = view.incident.handoff
        if held is None:
            return None
        said = dict(held.read_back)
        points = tuple(
            Point(key, question, said.get(key, ""), tuple(as_recorded(key, view))) for key, question in POINTS.items()
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
            yield from (f"{one.name}: {one.health.value}" for one in affected(incident))
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
