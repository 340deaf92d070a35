"""The hands for a line of the timeline: all of it, and what can still be said of a decision or an action."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from incident_cockpit.actions.options import Option
from incident_cockpit.incident.envelope import Event
from incident_cockpit.incident.timeline import BEFORE, line
from incident_cockpit.incident.topics.decisions import Ground
from incident_cockpit.incident.topics.notes import Logged
from incident_cockpit.timewords import clock, countdown, stamp
from incident_cockpit.tui.pages import Page
from incident_cockpit.tui.panes.timeline import action_of, decision_of
from incident_cockpit.tui.pinned import go_to, pins_of, put_pins
from incident_cockpit.tui.screens.pick import PickScreen
from incident_cockpit.tui.screens.reader import ReaderScreen
from incident_cockpit.tui.stage import Stage
from incident_cockpit.tui.view import View

Do = Callable[[str, dict[str, str]], Awaitable[None]]


class Recorded:
    """Does what can be done with a line; `rule` does an action and asks for what it still needs."""

    def __init__(self, screen: Stage, rule: Do) -> None:
        """Work for this screen."""
        self._screen = screen
        self._rule = rule

    async def look(self, seq: int) -> None:
        """Show a line whole, with both of its times and what became of it."""
        view = self._screen.following.view()
        event = view.record.events[seq - 1]
        said = line(view.record, event)
        before = f", {BEFORE}" if said.early else ""
        behind = f" (the clock showed {stamp(event.clock)})" if event.clock else ""
        facts = [
            ("happened", f"{stamp(event.happened)} ({clock(event.happened, view.zone)} here){before}"),
            ("recorded", f"{stamp(event.first_recorded or event.recorded)}{behind}"),
            ("by", event.who if said.who == event.who else f"{said.who}, written down by {event.who}"),
            ("number", f"#{event.seq}"),
        ]
        facts += [("put back", stamp(event.recorded))] if event.first_recorded else []
        facts += [("taken back", f"by {said.taken_back_by}")] if said.taken_back_by else []
        ways = {} if said.taken_back_by else self._ways(event, view)
        page = line_page(event, said.text, view)
        await put_pins(page, self._screen.following, event)
        shown = [(key, words) for key, (words, _, _) in ways.items()]
        leads = self._screen.around.keys.of.get("pinned", ())[:1] if pins_of(view.record, event) else ()
        shown += [(key, "go to it") for key in leads]
        chosen = await self._screen.app.push_screen_wait(ReaderScreen(said.sort, page, facts, ways=shown))
        if chosen in leads:
            await go_to(self._screen, seq)
        elif chosen in ways:
            _, action, values = ways[chosen]
            await (self.revisit(values) if action == "revisit" else self._rule(action, values))

    def _ways(self, event: Event, view: View) -> dict[str, tuple[str, str, dict[str, str]]]:
        """Return what can be said of a line, by key: the words, the action and its values."""
        ways: dict[str, tuple[str, str, dict[str, str]]] = {}
        decision, action = decision_of(event), action_of(event)
        ground = view.incident.decisions.get(decision)
        if action:
            ways["e"] = ("effect", "effect", {"action": action})
        if decision and not (ground and ground.reversed):
            ways["o"] = ("object", "objection", {"decision": decision})
            ways["w"] = ("again", "revisit", {"decision": decision})
            ways["x"] = ("reverse", "reverse", {"decision": decision})
        if view.incident.hypotheses:
            ways["plus"] = ("for a cause", "supports", {"text": f"#{event.seq}"})
            ways["minus"] = ("against", "contradicts", {"text": f"#{event.seq}"})
        for key in self._screen.around.keys.of.get("pin", ())[:1]:
            ways[key] = ("pin to it", "pin", {"line": f"#{event.seq}"})
        return ways

    async def revisit(self, values: dict[str, str]) -> None:
        """Ask what becomes of a decision that is looked at again, unless that was said."""
        decision = values.get("decision", "")
        note = self._screen.following.record.incident.notes.decisions.get(decision)
        if note is None or values.get("within"):
            await self._rule("revisit", values)
            return
        ways = [
            Option("keep", "it still holds"),
            Option("again", "it holds for now: look again later"),
            Option("reverse", "it no longer holds: say why"),
        ]
        chosen = await self._screen.app.push_screen_wait(PickScreen(note.text, ways))
        match chosen:
            case "keep":
                await self._rule("revisit", {"decision": decision, "within": "off"})
            case "again":
                await self._rule("revisit", {"decision": decision})
            case "reverse":
                await self._rule("reverse", {"decision": decision})

    async def look_at_decision(self, decision: str) -> None:
        """Show the line that a decision was logged with."""
        for event in self._screen.following.record.standing():
            if isinstance(event.fact, Logged) and event.fact.note == decision:
                await self.look(event.seq)
                return


def line_page(event: Event, text: str, view: View) -> Page:
    """Return a line's words, with the grounds of a decision and the effect of an action beneath."""
    made = Page()
    ground, effect = view.incident.decisions.get(decision_of(event)), view.incident.effects.get(action_of(event))
    # On the timeline the grounds stand behind the words; here they stand beneath.
    for part in (ground.text if ground is not None else text).split("\n"):
        made.line(part)
    if ground is not None:
        _ground(ground, made, view)
    if effect is not None:
        made.heading("What it did")
        made.line(effect.verdict.value, f"({effect.by}, {clock(effect.when, view.zone, view.now)})")
        made.bullets([effect.found] if effect.found else [])
    elif action_of(event):
        made.heading("What it did")
        made.quiet("not known yet")
    return made


def _ground(ground: Ground, made: Page, view: View) -> None:
    made.heading("What stands behind it")
    at = ground.revisit
    again = f"{countdown(at, view.now)}, at {clock(at, view.zone, view.now)}" if at else ""
    told = (
        ("no longer holds", ground.reversed),
        ("why", ground.why),
        ("risk", ground.risk),
        ("decided by", ground.who),
        ("objections", ground.objections),
        ("look again", again),
    )
    for name, words in told:
        if words:
            made.entry(f"{name}:", words)
