"""Leaving the cockpit for an address: opened only when that is asked for with the whole address in sight."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable

from incident_cockpit.actions.arguments import Option
from incident_cockpit.incident.event import Event
from incident_cockpit.incident.facts.attachments import AttachedFile, Attachment, AttachmentAdded, attachments_of
from incident_cockpit.incident.facts.notes import Logged, Rationale
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.views.timeline import BEFORE_START, timeline_entry
from incident_cockpit.integrations.browser import can_open, open_address
from incident_cockpit.times.format import clock, countdown, stamp
from incident_cockpit.tui.app.live import LiveIncident, View
from incident_cockpit.tui.handlers.context import Stage, copy_and_say
from incident_cockpit.tui.panes.timeline import action_of, decision_of
from incident_cockpit.tui.screens.pick import PickScreen
from incident_cockpit.tui.screens.reader import ReaderScreen
from incident_cockpit.tui.widgets.rich_text import Page


async def visit(screen: Stage, url: str) -> None:
    """Open an address in the desktop's browser, or copy it, as the person says."""
    env = dict(os.environ)
    ways = [Option("copy", f"copy {url}")]
    if can_open(url, env):
        ways.insert(0, Option("open", f"open {url}"))
    chosen = await screen.app.push_screen_wait(PickScreen("Leave the cockpit?", ways))
    if chosen == "open":
        screen.say(await asyncio.to_thread(open_address, url, env), "muted")
    elif chosen == "copy":
        await copy_and_say(screen, url)


# -- pinned: What is pinned to a line of the timeline: listed with where it lies, and the way to it.


def pins_of(record: Record, event: Event) -> tuple[Attachment, ...]:
    """Return what is pinned to a line; of the line that says so, the thing itself."""
    own = event.fact.now if isinstance(event.fact, AttachmentAdded) else None
    return ((own,) if own is not None else ()) + attachments_of(record.incident, event.seq)


async def put_pins(made: Page, live: LiveIncident, event: Event) -> None:
    """Put what is pinned to a line on its page, each with who put it there, and of a file where its copy lies."""
    view = live.view()
    pins = pins_of(view.record, event)
    if pins:
        made.heading("What was pinned" if isinstance(event.fact, AttachmentAdded) else "Pinned to it")
    for pin in pins:
        made.line(f"• {pin.words}", f"({pin.by}, {clock(pin.when, view.zone, view.now)})")
        if pin.file is not None:
            path = await live.where(pin.file)
            made.quiet(str(path) if path is not None else _elsewhere(pin.file), indent=2)


async def go_to(screen: Stage, seq: int) -> None:
    """Open or copy a link as the person says, or copy where a file lies; asks which where there are several."""
    record = screen.live.record
    pins = pins_of(record, record.events[seq - 1])
    if not pins:
        key = screen.around.keys.label("pin")
        screen.say(f"nothing is pinned to this line{f': {key} pins a link or a file' if key else ''}", "warn")
        return
    ways = [Option(str(number), pin.words) for number, pin in enumerate(pins)]
    chosen = ways[0].id if len(ways) == 1 else await screen.app.push_screen_wait(PickScreen("Pinned to it", ways))
    if not chosen:
        return
    pin = pins[int(chosen)]
    if pin.file is None:
        await visit(screen, pin.link)
        return
    path = await screen.live.where(pin.file)
    if path is None:
        screen.say(_elsewhere(pin.file), "warn")
    else:
        await copy_and_say(screen, str(path))


def _elsewhere(file: AttachedFile) -> str:
    return f"its copy, {file.where}, is not on this machine"


# -- recorded: The hands for a line of the timeline: all of it, and what can still be said of a decision or an action.

Do = Callable[[str, dict[str, str]], Awaitable[None]]


class Recorded:
    """Does what can be done with a line; `rule` does an action and asks for what it still needs."""

    def __init__(self, screen: Stage, rule: Do) -> None:
        """Work for this screen."""
        self._screen = screen
        self._rule = rule

    async def look(self, seq: int) -> None:
        """Show a line whole, with both of its times and what became of it."""
        view = self._screen.live.view()
        event = view.record.events[seq - 1]
        said = timeline_entry(view.record, event)
        before = f", {BEFORE_START}" if said.early else ""
        behind = f" (the clock showed {stamp(event.clock)})" if event.clock else ""
        facts = [
            ("happened", f"{stamp(event.happened)} ({clock(event.happened, view.zone)} here){before}"),
            ("recorded", f"{stamp(event.first_recorded or event.recorded)}{behind}"),
            ("by", event.who if said.who == event.who else f"{said.who}, written down by {event.who}"),
            ("number", f"#{event.seq}"),
        ]
        facts += [("put back", stamp(event.recorded))] if event.first_recorded else []
        facts += [("taken back", f"by {said.undone_by}")] if said.undone_by else []
        ways = {} if said.undone_by else self._ways(event, view)
        page = line_page(event, said.text, view)
        await put_pins(page, self._screen.live, event)
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
        note = self._screen.live.record.incident.notes.decisions.get(decision)
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
        for event in self._screen.live.record.effective():
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


def _ground(ground: Rationale, made: Page, view: View) -> None:
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
